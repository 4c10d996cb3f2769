"""`--verbose`: what is done and how long it takes, as lines on standard error."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rag.output.terminal import plain
from rag.types import Answer, Outcome, Progress

LOG = logging.getLogger("rag")
# what an archive is at before it tells of its first stage
FIRST_STAGE = "reading articles"


@contextmanager
def shown(verbose: bool) -> Iterator[None]:
    """The log of `rag` on standard error, if that is wanted; else it is as quiet as ever.

    Those of the libraries stay out: they hold requests and addresses, and so keys.
    """
    if not verbose:
        yield
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Line())
    before = LOG.level
    LOG.addHandler(handler)
    LOG.setLevel(logging.DEBUG)
    started = time.monotonic()
    try:
        yield
    finally:
        LOG.info("all of it took %.2f s", time.monotonic() - started)
        LOG.setLevel(before)
        LOG.removeHandler(handler)


class _Line(logging.Formatter):
    """Seconds since the start, and the message without what a terminal would obey."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        return f"{record.relativeCreated / 1000:8.2f} s  {plain(record.message)}"


def answer(found: Answer, seconds_until_first: float | None = None) -> None:
    """Tells how an answer came about, and how long its first words and all of it took."""
    LOG.info("understood: %s", found.to_json()["understood"])
    LOG.info("retrieved: %d passages", len(found.passages))
    for hit in found.passages:
        place = hit.passage
        LOG.debug(
            "passage: %s, %d to %d, score %.3f",
            place.article_id,
            place.start,
            place.end,
            hit.score,
        )
    if found.refusal is not None:
        LOG.info("decided: refused, %s", found.refusal.kind)
    else:
        writer = found.writer or "the articles' own sentences"
        LOG.info("decided: answered with %d citations", len(found.citations))
        LOG.info("composed: %d characters, by %s", len(found.text), writer)
    if seconds_until_first is not None:
        LOG.info("the first words took %.3f s", seconds_until_first)
    LOG.info("the answer took %.3f s", found.seconds)


class Stages:
    """How long each stage of adding articles takes, told when it is over."""

    def __init__(self) -> None:
        self._stage = FIRST_STAGE
        self._began = time.monotonic()
        self._has_begun = False

    def see(self, step: Outcome | Progress) -> None:
        self._has_begun = True
        if not isinstance(step, Progress) or step.stage == self._stage:
            return
        # a stage tells of itself when it has done something; its speed says when it began
        speed = step.passages_per_second
        spent = step.done / speed if speed else 0.0
        self._end(time.monotonic() - spent)
        self._stage = step.stage

    def end(self) -> None:
        if self._has_begun:
            self._end(time.monotonic())

    def _end(self, now: float) -> None:
        LOG.info("%s took %.2f s", self._stage, now - self._began)
        self._began = now
