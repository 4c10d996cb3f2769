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

# Chroma's documentation recommends 50 to 250 at once; it refuses more than 5,461.
BATCH = 250
# Of 12,000 vectors, half of them deleted as by updates, Chroma's defaults (100, 100 and 16)
# miss 2.4 % of the nearest hundred, these 0.02 %, in 1.5 ms a search in place of 0.9.
HNSW: Any = {
    "space": "cosine",
    "ef_construction": 200,
    "ef_search": 400,
    "max_neighbors": 32,
}
# How many vectors must find themselves for a collection to be sound; chosen by hand. A lost
# segment answers short, garbage in its links with wrong neighbours, both without an error.
SAMPLE = 20
# A vector that comes first in another's place is as near: two passages of the same words.
AS_NEAR = 0.99
# Of Chroma's message; it may go on for pages, and errors here are one line.
LONGEST_MESSAGE = 160
CHROMA_PORT = 8000  # where `chroma run` listens unless told otherwise
HTTPS_PORT = 443  # where a proxy with TLS before it does
METADATA_MODEL = "embedding_model"
# Days are numbers such as 20180907; this is after all of them.
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
            passages = self._open(names[0], model)
            statements = self._open(names[1], model)
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
                f"The vectors in {self.place} were made by the embedding model "
                f"{made_by!r}, not {model!r}; set ONRECORD_EMBEDDING_MODEL={made_by}, "
                "or run `onrecord doctor --rebuild` to make them anew."
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
                # `add` would pass over ids that are there without an error
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
        points_somewhere = any(vector) and all(map(math.isfinite, vector))
        if not points_somewhere:
            # Chroma takes zeros, and finds everything equally near
            raise VectorIndexError(
                "The embedding model gave a vector of zeros or of no numbers; "
                "name another model."
            )
        with self._readable_errors():
            found = self._collection.query(
                [list(vector)],
                n_results=max(1, limit),
                where=_where(scope),
                include=["distances"],
            )
        similarities = [1 - distance for distance in found["distances"][0]]
        return list(zip(found["ids"][0], similarities, strict=True))

    def drop(self) -> None:
        """Deletes the collection."""
        with self._readable_errors():
            self._client.delete_collection(self._collection.name)

    def is_sound(self) -> bool:
        """Whether the collection finds what it holds: a damaged one may answer short, or
        miss, without an error.
        """
        try:
            wanted = min(self.count(), SAMPLE)
            if not wanted:
                return True
            with self._readable_errors():
                sample = self._collection.get(limit=wanted, include=["embeddings"])
            vectors = sample["embeddings"]
            if len(vectors) < wanted:
                return False
            for id, vector in zip(sample["ids"], vectors, strict=True):
                hits = self.search(vector, wanted)
                if len(hits) < wanted:
                    return False
                nearest, similarity = hits[0]
                if nearest != id and similarity < AS_NEAR:
                    return False
        except VectorIndexError:
            return False
        return True

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
        remedy = "run `onrecord doctor --rebuild`."
        if on_server:
            remedy = "is the server running there?"
        first = str(error).strip().partition("\n")[0][:LONGEST_MESSAGE]
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
    """A scope as Chroma's filter, None for one without bounds."""
    conditions: list[dict[str, Any]] = []
    if scope.speakers:
        named: list[dict[str, Any]] = []
        for name in scope.speakers:
            named.append({"speakers": {"$contains": name}})
        conditions.append(_joined("$or", named))
    if scope.sources:
        conditions.append({"source": {"$in": list(scope.sources)}})
    if scope.since:
        conditions.append({"until": {"$gte": first_day(scope.since)}})
    if scope.until:
        conditions.append({"since": {"$lte": last_day(scope.until)}})
    return _joined("$and", conditions) if conditions else None


def _joined(operator: str, conditions: list[dict[str, Any]]) -> dict[str, Any]:
    """Chroma refuses an operator over a single condition."""
    if len(conditions) == 1:
        return conditions[0]
    return {operator: conditions}


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
            f"The Chroma server {url!r} is no address; "
            "write it like http://localhost:8000."
        )
    is_secure = address.scheme == "https"
    usual_port = HTTPS_PORT if is_secure else CHROMA_PORT
    return chromadb.HttpClient(
        address.hostname,
        port=address.port or usual_port,
        ssl=is_secure,
        settings=Settings(anonymized_telemetry=False),
    )
