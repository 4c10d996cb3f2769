"""Shared parts of the tests: the real embedding model, loaded once, and an assistant over
the bundled articles.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from rag.assistant import Assistant
from rag.config import Config, load_config
from rag.models.loaders import SentenceEmbeddings
from rag.types import Article, Incoming, Outcome

settings.register_profile("on-record", deadline=None, max_examples=50, derandomize=True)
settings.load_profile("on-record")


@pytest.fixture(autouse=True)
def no_outside_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any look-up or connection beyond this machine fails the test that makes it."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            assert isinstance(address, tuple)
            assert address[0] in ("127.0.0.1", "::1", "localhost"), (
                f"a connection to {address}"
            )
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


class Remembering(SentenceEmbeddings):
    """The real embeddings, that embed a text once for all tests."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._vectors: dict[str, list[float]] = {}

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        self._vectors.update(zip(new, super().embed_documents(new), strict=True))
        return [self._vectors[text] for text in texts]


@pytest.fixture(scope="session")
def embeddings() -> SentenceEmbeddings:
    return Remembering(Config().embedding_model)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """A configuration of its own data folder, untouched by the environment."""
    return load_config({}, data=tmp_path / "data", bundled=False)


@pytest.fixture
def assistant(config: Config, embeddings: SentenceEmbeddings) -> Iterator[Assistant]:
    """An assistant without articles."""
    with Assistant(config, embeddings=embeddings) as made:
        yield made


@pytest.fixture(scope="session")
def bundled(
    tmp_path_factory: pytest.TempPathFactory, embeddings: SentenceEmbeddings
) -> Iterator[Assistant]:
    """An assistant over the bundled articles; tests read from it and change nothing."""
    with Assistant(
        load_config({}, data=tmp_path_factory.mktemp("bundled")), embeddings=embeddings
    ) as made:
        made.warm_up()
        assert made.status().problem is None
        yield made


@pytest.fixture
def incoming() -> Callable[..., Incoming]:
    """Makes an article on its way in: `incoming(id, text, title=..., ...)`."""

    def make(id: str, text: str, **fields: str | None) -> Incoming:
        return Incoming(Article(id, text, **fields), f"test:{id}")  # type: ignore[arg-type]

    return make


def reports(steps: Iterator[object]) -> list[Outcome]:
    """The reports among the steps of adding articles."""
    return [step for step in steps if isinstance(step, Outcome)]
