"""The store and its vectors kept as one: adding, replacing, removing and repairing
articles.

The order of writing is what makes a crash harmless: text first (staged), then vectors under
deterministic ids, then the word that the article is published. What an interrupted run
leaves staged, the next writing run finishes.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from filelock import FileLock, Timeout
from langchain_core.embeddings import Embeddings

from rag.archive.store import Store, Stored, Unused
from rag.archive.vectors import (
    VectorIndex,
    discard,
    passage_metadata,
    statement_metadata,
)
from rag.articles.passages import embedded_texts, split
from rag.config import Config
from rag.errors import (
    ArticleError,
    IndexMismatchError,
    LockedError,
    StoreError,
    VectorIndexError,
)
from rag.models import loaders
from rag.statements.extract import EXTRACTOR_VERSION, extract
from rag.types import (
    Article,
    Change,
    Incoming,
    Outcome,
    Progress,
    Said,
    Skipped,
    Statement,
)

BATCH_PASSAGES = 256
LOCK_SECONDS = 1.0
CLOSING_SECONDS = 5.0


class Archive:
    """All articles of one data folder. One process writes at a time; others may read
    meanwhile.

    The embedding model is loaded at its first use. Raises `LockedError` from the writing
    methods while another process writes to the same folder.
    """

    def __init__(
        self,
        config: Config,
        embeddings: Embeddings | None = None,
        notify: Callable[[Progress], None] | None = None,
    ) -> None:
        self.config = config
        self._notify = notify or (lambda progress: None)
        self.store = Store(config.data)
        self._embeddings = embeddings
        self.model_name = (
            loaders.model_name(embeddings) if embeddings else config.embedding_model
        )
        self._index: VectorIndex | None = None
        self._loading = threading.RLock()
        # not reentrant: a generator that holds it may be resumed by another thread
        self._turn = threading.Lock()
        self._writer = _WriterLock(config.data)

    def close(self) -> None:
        """Closes the files and lets other processes write, once nobody in this one does."""
        at_rest = self._turn.acquire(timeout=CLOSING_SECONDS)
        self._forget_index()
        self.store.close()
        self._writer.release()
        if at_rest:
            self._turn.release()

    @property
    def embeddings(self) -> Embeddings:
        with self._loading:
            if self._embeddings is None:
                self._embeddings = loaders.load_embeddings(self.model_name)
            return self._embeddings

    @property
    def is_loaded(self) -> bool:
        return self._embeddings is not None and self._index is not None

    @property
    def index(self) -> VectorIndex:
        """The vectors, opened at first use, and made anew then if they hold or find less
        than the store has.
        """
        with self._loading:
            if self._index is None:
                self._index = self._opened()
            return self._index

    def _opened(self) -> VectorIndex:
        was_held = self._writer.held
        try:
            return self._opened_or_made_anew(may_write=self._writer.acquire())
        finally:
            if not was_held:
                self._let_others_write()

    def _opened_or_made_anew(self, may_write: bool) -> VectorIndex:
        try:
            index = self._index_of(self._generation())
            if not may_write:
                return index
            if self._is_whole(index):
                self._extract_anew(index)
                return index
            index.close()
        except IndexMismatchError:
            raise
        except VectorIndexError:
            if self.config.chroma_url or not may_write:
                raise
        index = self._made_anew()
        self._extract_anew(index)
        return index

    def _extract_anew(self, index: VectorIndex) -> None:
        """Extracts the statements of all articles again where an older version of the rules did."""
        version = str(EXTRACTOR_VERSION)
        if self.store.note("extractor") == version:
            return
        total, started = self.store.count()[0], time.monotonic()
        for done, item in enumerate(self.store.published(), start=1):
            found = tuple(extract(item.article))
            self._write_statements(index, [replace(item, statements=found)])
            index.statements.delete(self.store.set_statements(item, found))
            self._notify(_progress("finding statements", done, total, started))
        self.store.set_note("extractor", version)

    def _is_whole(self, index: VectorIndex) -> bool:
        passages, statements = self.store.count()[1], self.store.count_statements()
        return (
            index.passages.count() >= passages
            and index.statements.count() >= statements
            and index.is_sound()
        )

    def _made_anew(self) -> VectorIndex:
        """A new collection with the vectors of all passages, put in the place of the old
        one when it is complete.
        """
        old = self._generation()
        index = self._index_of(old + 1)
        total, started, done = self.store.count()[1], time.monotonic(), 0
        for batch in _batches(self.store.published()):
            done += self._write_vectors(index, batch)
            self._notify(_progress("making the vectors anew", done, total, started))
        self.store.set_note("vectors", str(old + 1))
        self._discard(old)
        return index

    def _discard(self, generation: int) -> None:
        if self.config.chroma_url:
            self._index_of(generation, any_model=True).drop()
        else:
            discard(self._folder(generation))

    def _generation(self) -> int:
        return int(self.store.note("vectors") or 0)

    def _folder(self, generation: int) -> Path:
        return self.config.data / f"vectors-{generation}"

    def _index_of(self, generation: int, any_model: bool = False) -> VectorIndex:
        prefix = f"onrecord-{(self.store.note('id') or '')[:16]}"
        names = f"{prefix}-passages-{generation}", f"{prefix}-statements-{generation}"
        model = None if any_model else self.model_name
        return VectorIndex(
            self._folder(generation), self.config.chroma_url, names, model
        )

    def rebuild(self) -> None:
        """Makes all vectors anew, with the embedding model of the configuration."""
        with self._writing():
            self._replace_index()

    def _replace_index(self) -> None:
        new = self._made_anew()
        with self._loading:
            if self._index:
                self._index.close()
            self._index = new

    # Writing

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._turn:
            was_held = self._writer.held
            if not self._writer.acquire():
                raise LockedError(self._writer.explanation())
            if not was_held:
                self._forget_index()
            try:
                yield
            finally:
                self._let_others_write()

    def _forget_index(self) -> None:
        """Has the index opened afresh: while another process held the lock, it may have
        written beneath this one.
        """
        with self._loading:
            if self._index:
                self._index.close()
                self._index = None

    def _let_others_write(self) -> None:
        """An embedded index goes stale when others write beneath it, so its lock is kept; a
        server's does not.
        """
        if self.config.chroma_url:
            self._writer.release()

    def add(
        self, items: Iterable[Incoming | Skipped]
    ) -> Generator[Outcome | Progress, None, None]:
        """Adds articles, replacing those of the same id or origin; yields a report for
        each, and the progress.

        First all are read and staged, then embedded and published batch by batch, the ones
        that an interrupted run left among them. Whatever stops it, each article is visible
        whole or not at all.
        """
        with self._writing():
            waiting: dict[int, Outcome] = {}
            yield from self._stage_all(items, waiting)
            yield from self._publish_staged(waiting)

    def _stage_all(
        self, items: Iterable[Incoming | Skipped], waiting: dict[int, Outcome]
    ) -> Iterator[Outcome | Progress]:
        seen: set[str] = set()
        for done, item in enumerate(items, start=1):
            report = self._stage(item, seen, waiting)
            if report:
                yield report
            if done % 20 == 0:
                yield Progress("reading articles", done, None)

    def _stage(
        self, item: Incoming | Skipped, seen: set[str], waiting: dict[int, Outcome]
    ) -> Outcome | None:
        """The report of an item that needs no more work, or None when it waits to be published."""
        if isinstance(item, Skipped):
            return Outcome("skipped", item.origin, reason=item.reason)
        article = item.article
        if article.id in seen or self.store.article(article.id) == article:
            self.store.set_origin(article.id, item.origin)
            return Outcome("unchanged", item.origin, article.title, article.id)
        seen.add(article.id)
        change: Change = (
            "updated" if self.store.replaces(article, item.origin) else "added"
        )
        pieces = split(article, self._count_tokens, loaders.max_tokens(self.embeddings))
        staged = self.store.stage(article, item.origin, pieces, extract(article))
        waiting[staged.row] = Outcome(change, item.origin, article.title, article.id)
        return None

    def _publish_staged(
        self, waiting: dict[int, Outcome]
    ) -> Iterator[Outcome | Progress]:
        total, started, done = self.store.staged_passages(), time.monotonic(), 0
        for batch in _batches(self.store.staged()):
            done += self._write_vectors(self.index, batch)
            self._forget(self.store.publish(batch))
            yield from (waiting.pop(item.row) for item in batch if item.row in waiting)
            yield _progress("indexing passages", done, total, started)

    def _write_vectors(self, index: VectorIndex, batch: Sequence[Stored]) -> int:
        """Embeds and writes the passages and statements of a batch; returns how many passages."""
        entries = [
            (item.article, passage) for item in batch for passage in item.passages
        ]
        read = [
            text
            for item in batch
            for text in embedded_texts(item.article, item.passages, self._count_tokens)
        ]
        metadata = [passage_metadata(article, passage) for article, passage in entries]
        index.passages.upsert(
            [passage.id for _, passage in entries],
            self.embeddings.embed_documents(read),
            metadata,
        )
        self._write_statements(index, batch)
        return len(entries)

    def _write_statements(self, index: VectorIndex, batch: Sequence[Stored]) -> None:
        entries = {
            statement.id: (item.article, statement)
            for item in batch
            for statement in item.statements
        }
        if not entries:
            return
        vectors = self.embeddings.embed_documents(
            [_embedded_statement(*entry) for entry in entries.values()]
        )
        index.statements.upsert(
            list(entries),
            vectors,
            [statement_metadata(*entry) for entry in entries.values()],
        )

    def _forget(self, unused: Unused) -> None:
        self.index.passages.delete(unused.passages)
        self.index.statements.delete(unused.statements)

    def _count_tokens(self, given: Sequence[str]) -> list[int]:
        return loaders.count_tokens(self.embeddings, given)

    def remove(self, article_id: str) -> Article:
        """Removes an article, its vectors and all else that came of it, and returns it."""
        with self._writing():
            article = self.store.article(article_id)
            if article is None:
                raise ArticleError(
                    f"There is no article {article_id!r}; `onrecord articles list` shows their ids."
                )
            self._forget(self.store.remove(article_id))
            return article

    def finish(self) -> Generator[Outcome | Progress, None, None]:
        """Finishes what an interrupted run left staged."""
        with self._writing():
            yield from self._publish_staged({})

    def mend(self) -> bool:
        """Makes the vectors hold exactly the store's passages; true where something was amiss."""
        with self._writing():
            index = self.index
            held = Unused(sorted(index.passages.ids()), sorted(index.statements.ids()))
            expected = self.store.ids("passages"), self.store.ids("statements")
            missing = expected[0] - set(held.passages) or expected[1] - set(
                held.statements
            )
            extra = Unused(
                [id for id in held.passages if id not in expected[0]],
                [id for id in held.statements if id not in expected[1]],
            )
            if missing or not index.is_sound():
                self._replace_index()
            else:
                self._forget(extra)
            return bool(missing or extra.passages or extra.statements)


def _batches(items: Iterable[Stored]) -> Iterator[list[Stored]]:
    """Whole articles, together holding `BATCH_PASSAGES` passages or a little more."""
    batch: list[Stored] = []
    for item in items:
        batch.append(item)
        if sum(len(one.passages) for one in batch) >= BATCH_PASSAGES:
            yield batch
            batch = []
    if batch:
        yield batch


def _embedded_statement(article: Article, statement: Statement) -> str:
    said = Said(statement, article)
    return f"{article.title}. {statement.speaker or ''}: {said.text}"


def _progress(stage: str, done: int, total: int, started: float) -> Progress:
    rate = done / max(time.monotonic() - started, 1e-6)
    return Progress(stage, done, total, rate, (total - done) / max(rate, 1e-6))


class _WriterLock:
    """The right to write to a data folder: a lock file, and beside it a line that says who
    holds it.
    """

    def __init__(self, folder: Path) -> None:
        self._lock = FileLock(folder / "writer.lock", mode=0o600, thread_local=False)
        self._holder = folder / "writer.txt"

    @property
    def held(self) -> bool:
        return bool(self._lock.is_locked)

    def acquire(self) -> bool:
        if self.held:
            return True
        try:
            self._lock.acquire(timeout=LOCK_SECONDS)
            self._holder.write_text(
                f"process {os.getpid()}, since {time.strftime('%H:%M')}",
                encoding="utf-8",
            )
        except Timeout:
            return False
        except OSError as error:
            raise StoreError(
                f"{self._holder.parent} cannot be written ({error.strerror}); give another with --data."
            ) from None
        return True

    def release(self) -> None:
        self._lock.release()

    def explanation(self) -> str:
        try:
            holder = self._holder.read_text(encoding="utf-8")
        except OSError:
            holder = "unknown"
        return (
            f"{self._holder.parent} is in use by another On Record ({holder}); "
            "add or remove articles there, or stop it first, or use a Chroma server (ONRECORD_CHROMA_URL)."
        )
