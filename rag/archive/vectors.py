"""Vectors of passages and statements in Chroma, embedded or on a server; the only user of
chromadb.

Vectors are a cache of the store: deterministic ids, rebuildable, and never trusted to say
what is visible.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rag.errors import ConfigError, IndexMismatchError, VectorIndexError
from rag.language.days import first_day, last_day
from rag.types import ANYTHING, Article, Passage, Scope, Statement

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

BATCH = 250
HNSW: Any = {
    "space": "cosine",
    "ef_construction": 200,
    "ef_search": 400,
    "max_neighbors": 32,
}
METADATA_MODEL = "embedding_model"
NEVER = 99_999_999
NOBODY = "-"  # Chroma takes no empty list


class VectorIndex:
    """The vectors of passages and those of statements, in cosine space, made by one
    embedding model.

    `url` names a Chroma server; without it they lie in `folder`. Opening raises
    `IndexMismatchError` where they were made by another model (any will do where `model` is
    None), and `VectorIndexError` where Chroma cannot be opened.
    """

    def __init__(
        self, folder: Path, url: str, names: tuple[str, str], model: str | None
    ) -> None:
        self.place = url or str(folder)
        with _readable_errors(self.place, bool(url)):
            self._client = _server(url) if url else _embedded(folder)
            passages, statements = (self._open(name, model) for name in names)
        self.passages = Vectors(self._client, passages, self.place, bool(url))
        self.statements = Vectors(self._client, statements, self.place, bool(url))

    def _open(self, name: str, model: str | None) -> Any:
        collection = self._client.get_or_create_collection(
            name,
            metadata={METADATA_MODEL: model or ""},
            configuration={"hnsw": HNSW},
            embedding_function=None,
        )
        made_by = (collection.metadata or {}).get(METADATA_MODEL)
        if model not in (None, made_by):
            raise IndexMismatchError(
                f"The vectors in {self.place} were made by the embedding model {made_by!r}, not {model!r}; "
                f"set ONRECORD_EMBEDDING_MODEL={made_by}, or run `onrecord doctor --rebuild` to make them anew."
            )
        return collection

    def close(self) -> None:
        close = getattr(self._client, "close", None)
        if close:
            close()

    def drop(self) -> None:
        """Deletes the collections."""
        self.passages.drop()
        self.statements.drop()

    def is_sound(self) -> bool:
        """Whether both find what they hold."""
        return self.passages.is_sound() and self.statements.is_sound()


class Vectors:
    """One Chroma collection."""

    def __init__(
        self, client: ClientAPI, collection: Any, place: str, on_server: bool
    ) -> None:
        self._client, self._collection = client, collection
        self._place, self._on_server = place, on_server

    def count(self) -> int:
        with self._readable_errors():
            return int(self._collection.count())

    def ids(self) -> set[str]:
        with self._readable_errors():
            return set(self._collection.get(include=[])["ids"])

    def upsert(
        self,
        ids: Sequence[str],
        vectors: Sequence[Sequence[float]],
        metadata: Sequence[dict[str, Any]],
    ) -> None:
        """Writes vectors under their ids; each metadata dict must hold every key, since
        Chroma merges old ones in.
        """
        with self._readable_errors():
            for at in range(0, len(ids), BATCH):
                part = slice(at, at + BATCH)
                self._collection.upsert(
                    list(ids[part]),
                    embeddings=list(vectors[part]),
                    metadatas=list(metadata[part]),
                )

    def delete(self, ids: Sequence[str]) -> None:
        with self._readable_errors():
            for at in range(0, len(ids), BATCH):
                self._collection.delete(list(ids[at : at + BATCH]))

    def search(
        self, vector: Sequence[float], limit: int, scope: Scope = ANYTHING
    ) -> list[tuple[str, float]]:
        """Ids of the nearest vectors within a scope, best first, with their cosine similarities.

        Raises `VectorIndexError` for a vector that points nowhere.
        """
        if not any(vector) or not all(map(math.isfinite, vector)):
            raise VectorIndexError(
                "The embedding model gave a vector of zeros or of no numbers; name another model."
            )
        with self._readable_errors():
            found = self._collection.query(
                [list(vector)],
                n_results=max(1, limit),
                where=_where(scope),
                include=["distances"],
            )
        return [
            (id, 1 - distance)
            for id, distance in zip(found["ids"][0], found["distances"][0], strict=True)
        ]

    def drop(self) -> None:
        """Deletes the collection."""
        with self._readable_errors():
            self._client.delete_collection(self._collection.name)

    def is_sound(self) -> bool:
        """Whether the collection finds what it holds: a damaged one may answer short, or
        miss, without an error.
        """
        try:
            total = self.count()
            wanted = min(total, 20)
            sample = (
                self._collection.get(limit=wanted, include=["embeddings"])
                if wanted
                else {"ids": []}
            )
            for id, vector in zip(
                sample["ids"], sample.get("embeddings", ()), strict=False
            ):
                hits = self.search(vector, wanted)
                if len(hits) < wanted or (hits[0][0] != id and hits[0][1] < 0.99):
                    return False
        except VectorIndexError:
            return False
        return len(sample["ids"]) == wanted

    def _readable_errors(self) -> AbstractContextManager[None]:
        return _readable_errors(self._place, self._on_server)


@contextmanager
def _readable_errors(place: str, on_server: bool) -> Iterator[None]:
    """Chroma raises errors of many families; whatever it is, the reader needs the place and
    the remedy.
    """
    try:
        yield
    except (VectorIndexError, ConfigError):
        raise
    except Exception as error:
        remedy = (
            "is the server running there?"
            if on_server
            else "run `onrecord doctor --rebuild`."
        )
        first = str(error).strip().partition("\n")[0][:160]
        raise VectorIndexError(
            f"Chroma at {place} does not answer ({first}); {remedy}"
        ) from error


def passage_metadata(article: Article, passage: Passage) -> dict[str, str | int]:
    """What a passage's vector is filtered by."""
    return {
        "article_id": article.id,
        "start": passage.start,
        "end": passage.end,
        "source": article.source or "",
        **_days(article.date),
    }


def statement_metadata(
    article: Article, statement: Statement
) -> dict[str, str | int | list[str]]:
    """What a statement's vector is filtered by."""
    return {
        "article_id": article.id,
        "start": statement.start,
        "end": statement.end,
        "speakers": list(statement.names) or [NOBODY],
        "source": article.source or "",
        "kind": statement.kind,
        **_days(statement.date or article.date),
    }


def _days(date: str | None) -> dict[str, str | int]:
    """The first and the last day of a date; those of none lie within no bounds."""
    return {"since": first_day(date) or NEVER, "until": last_day(date) or 0}


def _where(scope: Scope) -> dict[str, Any] | None:
    """A scope as Chroma's filter."""
    conditions: list[dict[str, Any]] = []
    if scope.speakers:
        named: list[dict[str, Any]] = [
            {"speakers": {"$contains": name}} for name in scope.speakers
        ]
        conditions.append(named[0] if len(named) == 1 else {"$or": named})
    if scope.sources:
        conditions.append({"source": {"$in": list(scope.sources)}})
    if scope.since:
        conditions.append({"until": {"$gte": first_day(scope.since)}})
    if scope.until:
        conditions.append({"since": {"$lte": last_day(scope.until)}})
    return (
        conditions[0]
        if len(conditions) == 1
        else {"$and": conditions}
        if conditions
        else None
    )


def discard(folder: Path) -> None:
    """Deletes the folder of an embedded index that nobody uses any more."""
    shutil.rmtree(folder, ignore_errors=True)


def _embedded(folder: Path) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return chromadb.PersistentClient(
        str(folder), settings=Settings(anonymized_telemetry=False)
    )


def _server(url: str) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings

    address = urlsplit(url)
    if address.scheme not in {"http", "https"} or not address.hostname:
        raise ConfigError(
            f"The Chroma server {url!r} is no address; write it like http://localhost:8000."
        )
    secure = address.scheme == "https"
    return chromadb.HttpClient(
        address.hostname,
        port=address.port or (443 if secure else 8000),
        ssl=secure,
        settings=Settings(anonymized_telemetry=False),
    )
