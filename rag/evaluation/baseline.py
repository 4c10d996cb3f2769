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

# Part of the yardstick, never tuned: LangChain's tutorial splits by 1,000 and 200; ten are
# retrieved, as we list ten; an answer has about as many sentences as ours, of the first four.
CHUNK, OVERLAP, TOP, READ, SENTENCES = 1000, 200, 10, 4, 5
BATCH = 250  # chunks written at once, so that the progress moves; changes no result

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
            ids: list[str] = []
            texts: list[str] = []
            places: list[Any] = []
            for article, start, end in part:
                ids.append(f"{article.id}:{start}")
                texts.append(article.text[start:end])
                places.append({"article_id": article.id, "start": start, "end": end})
            vectors: Any = self._embeddings.embed_documents(texts)
            self._collection.add(ids, embeddings=vectors, metadatas=places)
            yield at + len(part)

    def ask(self, question: str) -> dict[str, Any]:
        """The answer in the JSON form of `onrecord ask --json`."""
        started = time.monotonic()
        query = self._embeddings.embed_query(question)
        reply: Any = self._collection.query([query], n_results=TOP)  # type: ignore[arg-type]
        found: list[Any] = reply["metadatas"][0]
        cited = self._nearest(self._sentences(found[:READ]), query)
        sentences = []
        for marker, place in enumerate(cited, start=1):
            sentences.append(f"{self._text(place)} [{marker}]")
        return {
            "question": question,
            "answer": " ".join(sentences),
            "abstained": False,
            "citations": cited,
            "passages": list(found),
            "seconds": round(time.monotonic() - started, 3),
        }

    def _sentences(self, chunks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The places of the sentences of these chunks; a sentence cut in two is two."""
        places = []
        for chunk in chunks:
            for match in _SENTENCE.finditer(self._text(chunk)):
                start, end = (
                    chunk["start"] + match.start(),
                    chunk["start"] + match.end(),
                )
                places.append(
                    {"article_id": chunk["article_id"], "start": start, "end": end}
                )
        return places

    def _nearest(
        self, places: Sequence[dict[str, Any]], query: Sequence[float]
    ) -> list[dict[str, Any]]:
        import numpy as np

        if not places:
            return []
        texts = [self._text(place) for place in places]
        vectors = np.asarray(self._embeddings.embed_documents(texts))
        # unit vectors, so that the product is the cosine
        nearest_first = np.argsort(-(vectors @ np.asarray(query)))
        return [places[at] for at in nearest_first[:SENTENCES]]

    def _text(self, place: dict[str, Any]) -> str:
        return self._articles[place["article_id"]].text[place["start"] : place["end"]]


def _splitter() -> TextSplitter:
    try:
        from langchain_text_splitters import RecursiveCharacterTextSplitter
    except ImportError:
        raise ConfigError(
            "The tutorial pipeline needs the package langchain-text-splitters; "
            "pip install langchain-text-splitters."
        ) from None
    return RecursiveCharacterTextSplitter(
        chunk_size=CHUNK, chunk_overlap=OVERLAP, add_start_index=True
    )
