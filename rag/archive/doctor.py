"""What is installed, where the data lies, which model, whether Chroma answers: one line each."""

from __future__ import annotations

import platform
import sqlite3
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version

from rag.archive.archive import Archive
from rag.errors import OnRecordError
from rag.models import loaders
from rag.types import Health

# Those whose versions decide what is found and answered, or that come apart most easily.
PACKAGES = (
    "langchain",
    "langchain-core",
    "chromadb",
    "sentence-transformers",
    "gradio",
    "torch",
    "trafilatura",
)


def examine(archive: Archive) -> Iterator[Health]:
    """The checks, in the order in which one builds on the other; each is yielded as soon as
    it is known.
    """
    python = f"{platform.python_version()} on {platform.system()}"
    yield Health("Python", True, f"{python}, SQLite {sqlite3.sqlite_version}")
    yield from map(_installed, PACKAGES)
    yield _checked("Data", lambda: _data(archive))
    yield _checked("Store", lambda: _store(archive))
    yield _checked("Embedding model", lambda: _embedding_model(archive))
    yield _checked("Chroma", lambda: _chroma(archive))
    yield _checked("Chat model", lambda: _chat_model(archive))


def _checked(name: str, check: Callable[[], str]) -> Health:
    try:
        return Health(name, True, check())
    except OnRecordError as error:
        return Health(name, False, str(error))


def _installed(package: str) -> Health:
    try:
        return Health(package, True, version(package))
    except PackageNotFoundError:
        return Health(package, False, "not installed; install On Record again")


def _data(archive: Archive) -> str:
    articles, passages = archive.store.count()
    waiting = archive.store.staged_passages()
    rest = f", {waiting} passages wait to be indexed" if waiting else ""
    return f"{archive.config.data}: {articles} articles, {passages} passages{rest}"


def _store(archive: Archive) -> str:
    archive.store.check()
    return "sound"


def _embedding_model(archive: Archive) -> str:
    # it has to run: weights may be there, and not fit the installed torch
    length = len(archive.embeddings.embed_query("news"))
    pieces = loaders.max_tokens(archive.embeddings)
    return f"{archive.model_name}, {length} dimensions, reads {pieces} word pieces"


def _chroma(archive: Archive) -> str:
    was_mended = archive.mend()
    state = "mended just now" if was_mended else "sound"
    index = archive.index
    passages, statements = index.passages.count(), index.statements.count()
    held = f"{passages} passages and {statements} statements"
    return f"answers at {index.place}: {held}, {state}"


def _chat_model(archive: Archive) -> str:
    config = archive.config
    if not config.model:
        return "none; answers are made of the articles' own sentences"
    # sets it up without asking it: a look at one's installation costs nothing
    loaders.load_chat_model(config.model, config.model_url, config.model_timeout)
    if config.model_url:
        return f"{config.model} at {config.model_url}"
    return config.model
