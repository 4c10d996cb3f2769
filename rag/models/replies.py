"""A chat model's reply as it comes: within a limit of time and length, and ended as soon as
nobody waits for it.
"""

from __future__ import annotations

import asyncio
import json
import os
import queue
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from functools import cache
from typing import TYPE_CHECKING, Any

from rag.errors import ModelError

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

# In characters; an answer has six sentences, so that a model which writes on never stops.
LONGEST_REPLY = 20_000
# Seconds until a caller who no longer waits is heard.
PULSE = 0.5
# In the order of OpenAI and its kin, Anthropic, and Ollama.
_REASONS = ("finish_reason", "stop_reason", "done_reason")
_CUT = frozenset({"length", "max_tokens"})
# In characters; a notice on the page is two lines at most.
LONGEST_REASON = 200
# Shorter values of the environment ("1", "none") are no keys, and stand in many words.
SHORTEST_KEY = 6
_SECRETS = ("_KEY", "_TOKEN", "_SECRET", "_PASSWORD")
_OBJECT = re.compile(r"\{[^{}]*\}")
# What providers repeat in their errors: "Incorrect API key provided: sk-ab***yz".
_KEY = re.compile(r"\b(?:sk|pk|key|gsk|xai)[-_][\w*.…-]{6,}|(?i:\bbearer\s+\S+)")
_TOO_LONG = re.compile(
    r"context.{0,20}(?:length|window|size)|too (?:long|many tokens|large)|maximum.{0,20}tokens",
    re.I,
)


class TooLongError(ModelError):
    """The request is longer than the model can read."""


class Limit:
    """A limit of time that begins now, in seconds, for one or several replies."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._ends = time.monotonic() + seconds

    @property
    def left(self) -> float:
        return self._ends - time.monotonic()


def tokens(model: Runnable[Any, Any], message: object, limit: Limit) -> Iterator[str]:
    """The words of the reply as they come, and "" every half a second, so that a caller can
    stop while it waits.

    Closing it ends the call. Raises `ModelError` when the model fails, is too slow or never
    stops, `TooLongError` when it cannot read so much.
    """
    written, last, reason = 0, "", ""
    for chunk in chunks(model, message, limit):
        if chunk is None:
            yield ""
            continue
        text = str(chunk.text)
        written += len(text)
        if written > LONGEST_REPLY:
            raise ModelError(
                f"The chat model wrote more than {LONGEST_REPLY} characters."
            )
        last = text.strip() or last
        reason = _reason(chunk) or reason
        yield text
    # a stream that breaks gives no reason, and mostly ends within a sentence
    breaks_off = not reason and last[-1:].isalnum()
    if reason in _CUT or breaks_off:
        raise ModelError("The chat model did not answer: its reply was cut off.")


def _reason(chunk: Any) -> str:
    """Why the reply ends, as the provider names it with the last chunk; "" before that."""
    metadata = getattr(chunk, "response_metadata", None) or {}
    for name in _REASONS:
        if metadata.get(name):
            return str(metadata[name])
    return ""


def reply(model: Runnable[Any, Any], message: object, limit: Limit) -> str:
    """The whole reply; raises as `tokens` does."""
    return "".join(tokens(model, message, limit))


def objects(written: str) -> Iterator[dict[str, Any]]:
    """The JSON objects without objects inside, whatever stands around them."""
    for match in _OBJECT.finditer(written):
        try:
            value = json.loads(match.group())
        except ValueError:
            continue
        yield value


def chunks(model: Runnable[Any, Any], message: object, limit: Limit) -> Iterator[Any]:
    """What the model streams, and None every half a second; closing it ends the call."""
    arrived: queue.SimpleQueue[Any] = queue.SimpleQueue()
    end = object()

    async def stream() -> None:
        async for chunk in model.astream(message):
            arrived.put(chunk)

    call = asyncio.run_coroutine_threadsafe(stream(), _loop())
    call.add_done_callback(lambda _: arrived.put(end))
    try:
        beat = time.monotonic()
        while (chunk := _next(arrived, limit)) is not end:
            if chunk is not None:
                yield chunk
            if time.monotonic() - beat >= PULSE:
                yield None
                beat = time.monotonic()
        error = call.exception()
    except CancelledError:
        error = None  # from within the client; what has come so far is judged as it is
    finally:
        call.cancel()
    if error is not None:
        raise _explained(error, model) from None


def _next(arrived: queue.SimpleQueue[Any], limit: Limit) -> Any:
    """What arrives within a pulse, else None."""
    if limit.left <= 0:
        raise ModelError(f"The chat model took more than {limit.seconds:g} seconds.")
    try:
        return arrived.get(timeout=min(PULSE, limit.left))
    except queue.Empty:
        return None


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """One loop for all calls, since the providers' clients keep their connections between calls."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="chat-model", daemon=True).start()
    return loop


def _explained(error: BaseException, model: object) -> ModelError:
    """The provider's error as one line with the remedy, and without the key."""
    if isinstance(error, ModelError):
        return error
    # the clients of all providers have it, though their errors have no common class
    status = getattr(error, "status_code", None)
    if status in (400, 413) and _TOO_LONG.search(str(error)):
        return TooLongError(
            "The chat model did not answer: "
            "the question with its evidence is too long for it."
        )
    reason = first_line(error)
    if status in (401, 403):
        reason = f"it refused the key ({status}); set {_keys(model)} to a valid one"
    elif status == 404:
        reason = (
            f"no such model or address (404: {reason}); "
            "check the model's name and ONRECORD_MODEL_URL"
        )
    elif status == 429:
        reason = "too many requests, or none left in the plan (429); ask again later"
    elif isinstance(status, int) and status >= 500:
        reason = f"its server failed ({status}); ask again later"
    return ModelError(f"The chat model did not answer: {reason.rstrip('.')}.")


def _keys(model: object) -> str:
    """The names in the environment that hold a model's key, as LangChain has them."""
    names = sorted(getattr(model, "lc_secrets", {}).values())
    return " or ".join(names) or "the provider's key"


def first_line(error: BaseException) -> str:
    """The first line of an error's message without any key in it, cut to a readable length."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return without_keys(lines[0])[:LONGEST_REASON]


def without_keys(text: str) -> str:
    """The text without what is, or looks like, a key of the environment."""
    for name, value in os.environ.items():
        is_secret = name.upper().endswith(_SECRETS) and len(value) >= SHORTEST_KEY
        if is_secret:
            text = text.replace(value, "…")
    return _KEY.sub("…", text)
