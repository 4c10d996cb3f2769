"""The pipeline of the usual tutorial, as the yardstick: recursive splitter, MiniLM, Chroma,
top ten, nearest sentences.
"""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rag.errors import ConfigError
from rag.types import Article

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings
    from langchain_text_splitters import TextSplitter

CHUNK, OVERLAP, TOP, READ, SENTENCES = 1000, 200, 10, 4, 5
BATCH = 250

_SENTENCE = re.compile(r"\S.*?(?:[.!?][\"”’]?(?=\s)|\Z)", re.DOTALL)


class Tutorial:
    """Chunks of 1,000 characters with 200 of overlap; an answer is the five most similar
    sentences of the top four.

    It knows no conversation, credits nobody and never refuses. Raises `ConfigError` where
    its splitter is missing.
    """

    def __init__(self, embeddings: Embeddings) -> None:
        import chromadb

        self._splitter = _splitter()
        self._embeddings = embeddings
        self._articles: dict[str, Article] = {}
        self._collection = chromadb.EphemeralClient().create_collection(
            f"tutorial-{uuid.uuid4()}",
            configuration={"hnsw": {"space": "cosine"}},
            embedding_function=None,
        )

    def add(self, articles: Iterable[Article]) -> Iterator[int]:
        """Indexes the articles; yields how many chunks are in, batch after batch."""
        chunks: list[tuple[Article, int, int]] = []
        for article in articles:
            self._articles[article.id] = article
            for chunk in self._splitter.create_documents([article.text]):
                start = chunk.metadata["start_index"]
                chunks.append((article, start, start + len(chunk.page_content)))
        for at in range(0, len(chunks), BATCH):
            part = chunks[at : at + BATCH]
            self._collection.add(
                [f"{article.id}:{start}" for article, start, _ in part],
                embeddings=self._embeddings.embed_documents(
                    [article.text[a:b] for article, a, b in part]
                ),  # type: ignore[arg-type]
                metadatas=[
                    {"article_id": article.id, "start": a, "end": b}
                    for article, a, b in part
                ],
            )
            yield at + len(part)

    def ask(self, question: str) -> dict[str, Any]:
        """The answer in the JSON form of `onrecord ask --json`."""
        started = time.monotonic()
        query = self._embeddings.embed_query(question)
        reply: Any = self._collection.query([query], n_results=TOP)  # type: ignore[arg-type]
        found: list[Any] = reply["metadatas"][0]
        sentences = [
            {
                "article_id": chunk["article_id"],
                "start": chunk["start"] + a,
                "end": chunk["start"] + b,
            }
            for chunk in found[:READ]
            for a, b in (
                match.span() for match in _SENTENCE.finditer(self._text(chunk))
            )
        ]
        cited = self._nearest(sentences, query)
        return {
            "question": question,
            "answer": " ".join(
                f"{self._text(place)} [{n}]" for n, place in enumerate(cited, start=1)
            ),
            "abstained": False,
            "citations": cited,
            "passages": list(found),
            "seconds": round(time.monotonic() - started, 3),
        }

    def _nearest(
        self, places: Sequence[dict[str, Any]], query: Sequence[float]
    ) -> list[dict[str, Any]]:
        import numpy as np

        if not places:
            return []
        vectors = np.asarray(
            self._embeddings.embed_documents([self._text(place) for place in places])
        )
        return [
            places[at] for at in np.argsort(-(vectors @ np.asarray(query)))[:SENTENCES]
        ]

    def _text(self, place: dict[str, Any]) -> str:
        return self._articles[place["article_id"]].text[place["start"] : place["end"]]


def _splitter() -> TextSplitter:
    try:
        from langchain_text_splitters import RecursiveCharacterTextSplitter
    except ImportError:
        raise ConfigError(
            "The tutorial pipeline needs the package langchain-text-splitters; pip install langchain-text-splitters."
        ) from None
    return RecursiveCharacterTextSplitter(
        chunk_size=CHUNK, chunk_overlap=OVERLAP, add_start_index=True
    )
