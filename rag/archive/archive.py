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

# What an interrupted run embeds again at most, and how often the progress moves; by hand.
BATCH_PASSAGES = 256
# Enough for a process that is just closing; a second that stays is refused soon after.
LOCK_SECONDS = 1.0
# For a batch that another thread is writing; whoever presses Ctrl-C does not wait longer.
CLOSING_SECONDS = 5.0
# How many articles are read between two reports of progress; chosen by hand.
REPORTED_EVERY = 20


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
            raise  # which of two models is meant, only the reader knows
        except VectorIndexError:
            # a server that is down comes back whole
            if self.config.chroma_url or not may_write:
                raise
        index = self._made_anew()
        self._extract_anew(index)
        return index

    def _extract_anew(self, index: VectorIndex) -> None:
        """Extracts the statements of all articles again where an older version of the
        rules did.

        The version is noted last, so that an interrupted extraction begins again; for each
        article the vectors come before the store's statements, which alone are visible.
        """
        version = str(EXTRACTOR_VERSION)
        if self.store.note("extractor") == version:
            return
        total, started = self.store.count()[0], time.monotonic()
        for done, item in enumerate(self.store.published(), start=1):
            found = tuple(extract(item.article))
            self._write_statements(index, [replace(item, statements=found)])
            gone = self.store.set_statements(item, found)
            index.statements.delete(gone)
            self._notify(_progress("finding statements", done, total, started))
        self.store.set_note("extractor", version)

    def _is_whole(self, index: VectorIndex) -> bool:
        """Whether the vectors can find all that is visible; some may belong to articles
        still staged.
        """
        has_passages = index.passages.count() >= self.store.count()[1]
        has_statements = index.statements.count() >= self.store.count_statements()
        return has_passages and has_statements and index.is_sound()

    def _made_anew(self) -> VectorIndex:
        """New collections with the vectors of all visible articles.

        The note that makes them the ones in use is written when they are complete, and the
        old ones are deleted after that: a crash leaves the old ones in use, or the new.
        """
        old = self._generation()
        index = self._index_of(old + 1)
        total, started, done = self.store.count()[1], time.monotonic(), 0
        for batch in _batches(self.store.published()):
            done += self._write_vectors(index, batch)
            self._notify(_progress("making the vectors anew", done, total, started))
        self.store.set_note("vectors", str(old + 1))
        if self.config.chroma_url:
            self._index_of(old, any_model=True).drop()
        else:
            # Chroma would leave the files of a deleted collection where they are
            discard(self._folder(old))
        return index

    def _generation(self) -> int:
        """The number of the collections in use; making them anew counts it up."""
        return int(self.store.note("vectors") or 0)

    def _folder(self, generation: int) -> Path:
        return self.config.data / f"vectors-{generation}"

    def _index_of(self, generation: int, any_model: bool = False) -> VectorIndex:
        # data folders that share a server do not share collections
        prefix = f"onrecord-{(self.store.note('id') or '')[:16]}"
        names = f"{prefix}-passages-{generation}", f"{prefix}-statements-{generation}"
        model = None if any_model else self.model_name
        folder = self._folder(generation)
        return VectorIndex(folder, self.config.chroma_url, names, model)

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
        """One writer at a time, in this process and among all: two processes that write to
        one embedded Chroma destroy its index without an error to either.
        """
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
        whole or not at all. Raises `LockedError` while another process writes.
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
            if done % REPORTED_EVERY == 0:
                yield Progress("reading articles", done, None)

    def _stage(
        self, item: Incoming | Skipped, seen: set[str], waiting: dict[int, Outcome]
    ) -> Outcome | None:
        """The report of an item that needs no more work, or None when it waits to be
        published.
        """
        if isinstance(item, Skipped):
            return Outcome("skipped", item.origin, reason=item.reason)
        article = item.article
        is_known = self.store.article(article.id) == article
        if is_known or article.id in seen:
            self.store.set_origin(article.id, item.origin)
            return Outcome("unchanged", item.origin, article.title, article.id)
        seen.add(article.id)
        change: Change = "added"
        if self.store.replaces(article, item.origin):
            change = "updated"
        pieces = split(article, self._count_tokens, loaders.max_tokens(self.embeddings))
        staged = self.store.stage(article, item.origin, pieces, extract(article))
        waiting[staged.row] = Outcome(change, item.origin, article.title, article.id)
        return None

    def _publish_staged(
        self, waiting: dict[int, Outcome]
    ) -> Iterator[Outcome | Progress]:
        total, started, done = self.store.staged_passages(), time.monotonic(), 0
        for batch in _batches(self.store.staged()):
            # This order is what a crash cannot harm: the vectors, then the word that the
            # articles are published, and only then away with the vectors they replace.
            done += self._write_vectors(self.index, batch)
            self._forget(self.store.publish(batch))
            for item in batch:
                if item.row in waiting:
                    yield waiting.pop(item.row)
            yield _progress("indexing passages", done, total, started)

    def _write_vectors(self, index: VectorIndex, batch: Sequence[Stored]) -> int:
        """Embeds and writes the passages and statements of a batch; returns how many
        passages.
        """
        ids: list[str] = []
        texts: list[str] = []
        metadata = []
        for item in batch:
            article = item.article
            texts += embedded_texts(article, item.passages, self._count_tokens)
            for passage in item.passages:
                ids.append(passage.id)
                metadata.append(passage_metadata(article, passage))
        index.passages.upsert(ids, self.embeddings.embed_documents(texts), metadata)
        self._write_statements(index, batch)
        return len(ids)

    def _write_statements(self, index: VectorIndex, batch: Sequence[Stored]) -> None:
        # by id: Chroma refuses a batch that holds one id twice
        texts: dict[str, str] = {}
        metadata = {}
        for item in batch:
            article = item.article
            for statement in item.statements:
                texts[statement.id] = _embedded_statement(article, statement)
                metadata[statement.id] = statement_metadata(article, statement)
        if texts:
            vectors = self.embeddings.embed_documents(list(texts.values()))
            index.statements.upsert(list(texts), vectors, list(metadata.values()))

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
                    f"There is no article {article_id!r}; "
                    "`onrecord articles list` shows their ids."
                )
            self._forget(self.store.remove(article_id))
            return article

    def finish(self) -> Generator[Outcome | Progress, None, None]:
        """Finishes what an interrupted run left staged."""
        with self._writing():
            yield from self._publish_staged({})

    def mend(self) -> bool:
        """Makes the vectors hold exactly the store's passages and statements; true where
        something was amiss.
        """
        with self._writing():
            index = self.index
            passages = self.store.ids("passages")
            statements = self.store.ids("statements")
            held_passages = index.passages.ids()
            held_statements = index.statements.ids()
            is_whole = passages <= held_passages and statements <= held_statements
            if not is_whole or not index.is_sound():
                self._replace_index()
                return True
            extra = Unused(
                sorted(held_passages - passages),
                sorted(held_statements - statements),
            )
            self._forget(extra)
            return bool(extra.passages or extra.statements)


def _batches(items: Iterable[Stored]) -> Iterator[list[Stored]]:
    """Whole articles, together holding `BATCH_PASSAGES` passages or a little more."""
    batch: list[Stored] = []
    size = 0
    for item in items:
        batch.append(item)
        size += len(item.passages)
        if size >= BATCH_PASSAGES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _embedded_statement(article: Article, statement: Statement) -> str:
    """A statement with what it is about and whose it is, as its vector is to be found."""
    said = Said(statement, article)
    return f"{article.title}. {statement.speaker or ''}: {said.text}"


def _progress(stage: str, done: int, total: int, started: float) -> Progress:
    # nothing may be done yet, and the clock may not have moved
    seconds = max(time.monotonic() - started, 1e-6)
    rate = done / seconds
    seconds_left = (total - done) / max(rate, 1e-6)
    return Progress(stage, done, total, rate, seconds_left)


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
                f"{self._holder.parent} cannot be written ({error.strerror}); "
                "give another with --data."
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
            "add or remove articles there, or stop it first, "
            "or use a Chroma server (ONRECORD_CHROMA_URL)."
        )
