"""The source of truth: SQLite with articles, their passages and statements, and the lexical index (FTS5, BM25).

An article is staged with everything that belongs to it in one transaction, and published in another once its vectors
are written; readers see published articles only. Everything else (the vectors) can be rebuilt from here.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rag import text as texts
from rag.types import Article, Passage, Span, Statement, StoreError

SCHEMA_VERSION = 1
TITLE_WEIGHT = 1.0
_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL, origin TEXT NOT NULL, published INTEGER NOT NULL DEFAULT 0,
    added REAL NOT NULL, text TEXT NOT NULL, title TEXT NOT NULL, author TEXT, source TEXT, date TEXT, url TEXT,
    language TEXT
);
CREATE UNIQUE INDEX articles_id ON articles (id, published);
CREATE INDEX articles_origin ON articles (origin);
CREATE TABLE passages (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL, article INTEGER NOT NULL REFERENCES articles (row) ON DELETE CASCADE,
    start INTEGER NOT NULL, end INTEGER NOT NULL
);
CREATE INDEX passages_id ON passages (id);
CREATE INDEX passages_article ON passages (article);
CREATE TABLE statements (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL, article INTEGER NOT NULL REFERENCES articles (row) ON DELETE CASCADE,
    speaker TEXT, start INTEGER NOT NULL, end INTEGER NOT NULL, fields TEXT NOT NULL
);
CREATE INDEX statements_article ON statements (article);
CREATE INDEX statements_speaker ON statements (speaker);
CREATE VIRTUAL TABLE words USING fts5 (title, body, tokenize = "porter unicode61 remove_diacritics 2");
CREATE TRIGGER passages_gone AFTER DELETE ON passages BEGIN DELETE FROM words WHERE rowid = old.row; END;
"""
_ARTICLE = "a.id, a.text, a.title, a.author, a.source, a.date, a.url, a.language"


@dataclass(frozen=True, slots=True)
class Stored:
    """An article's row with its passages, as it is embedded: on its way in, or when vectors are made anew."""

    row: int
    article: Article
    passages: tuple[Passage, ...]


class Store:
    """One SQLite database in the data folder (WAL, fully synchronous), for one or many threads.

    Raises `StoreError` with the remedy where the folder cannot be used or the file is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "articles.sqlite3"
        self._lock = threading.RLock()
        _make_private(folder)
        with _readable_errors(self.path):
            self._db = sqlite3.connect(self.path, check_same_thread=False, timeout=10, isolation_level=None)
            self._prepare()

    def _prepare(self) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA foreign_keys = ON")
        self.path.chmod(0o600)
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            raise StoreError(f"{self.path} was made by a newer On Record; upgrade, or give another folder with --data.")
        if version == 0:
            with self._transaction():
                if self._db.execute("PRAGMA user_version").fetchone()[0] == 0:
                    for statement in _complete_statements(_SCHEMA):
                        self._db.execute(statement)
                    self._db.execute("INSERT INTO meta VALUES ('id', ?)", [uuid.uuid4().hex])
                    self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock, _readable_errors(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[tuple]:  # type: ignore[type-arg]
        with self._lock, _readable_errors(self.path):
            return self._db.execute(query, values).fetchall()

    # Notes that outlive the process

    def note(self, name: str) -> str | None:
        rows = self._rows("SELECT value FROM meta WHERE name = ?", [name])
        return rows[0][0] if rows else None

    def set_note(self, name: str, value: str) -> None:
        with self._transaction():
            self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", [name, value])

    def revision(self) -> tuple[int, int]:
        """Changes whenever the database does, by this process or another."""
        with self._lock:
            return self._db.total_changes, self._rows("PRAGMA data_version")[0][0]

    # Writing

    def set_origin(self, article_id: str, origin: str) -> None:
        """Notes that an article now comes from elsewhere, so that what is there in its old place does not replace it."""
        if self.origin(article_id) != origin:
            with self._transaction():
                self._db.execute("UPDATE articles SET origin = ? WHERE id = ?", [origin, article_id])

    def replaces(self, article: Article, origin: str) -> bool:
        """Whether an article with this id, or from this origin, is visible."""
        query = "SELECT 1 FROM articles WHERE published AND (id = ? OR origin = ?) LIMIT 1"
        return bool(self._rows(query, [article.id, origin]))

    def stage(
        self, article: Article, origin: str, passages: Sequence[Passage], statements: Sequence[Statement]
    ) -> Stored:
        """Writes an article with its passages, statements and words, not visible yet."""
        with self._transaction():
            self._db.execute(
                "DELETE FROM articles WHERE NOT published AND (id = ? OR origin = ?)", [article.id, origin]
            )
            fields = (article.text, article.title, article.author, article.source, article.date, article.url)
            row = self._db.execute(
                "INSERT INTO articles (id, origin, added, text, title, author, source, date, url, language)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [article.id, origin, time.time(), *fields, article.language],
            ).lastrowid
            assert row is not None
            for passage in passages:
                self._add_passage(row, article, passage)
            self._db.executemany(
                "INSERT INTO statements (id, article, speaker, start, end, fields) VALUES (?, ?, ?, ?, ?, ?)",
                [(s.id, row, s.speaker, s.start, s.end, _statement_fields(s)) for s in statements],
            )
        return Stored(row, article, tuple(passages))

    def _add_passage(self, article_row: int, article: Article, passage: Passage) -> None:
        row = self._db.execute(
            "INSERT INTO passages (id, article, start, end) VALUES (?, ?, ?, ?)",
            [passage.id, article_row, passage.start, passage.end],
        ).lastrowid
        self._db.execute(
            "INSERT INTO words (rowid, title, body) VALUES (?, ?, ?)",
            [row, texts.fold(article.title), texts.fold(passage.span.of(article.text))],
        )

    def publish(self, staged: Iterable[Stored]) -> list[str]:
        """Makes staged articles visible in place of those they replace; returns the passage ids now without an article."""
        gone: list[str] = []
        with self._transaction():
            for item in staged:
                query = (
                    "SELECT b.row FROM articles a JOIN articles b ON b.published AND (b.id = a.id OR b.origin = a.origin)"
                    " WHERE a.row = ?"
                )
                for (old,) in self._db.execute(query, [item.row]).fetchall():
                    gone.extend(self._delete(old))
                self._db.execute("UPDATE articles SET published = 1 WHERE row = ?", [item.row])
        return self._unused(gone)

    def remove(self, article_id: str) -> list[str]:
        """Removes an article and all that belongs to it; returns the passage ids now without an article."""
        gone: list[str] = []
        with self._transaction():
            for (row,) in self._db.execute("SELECT row FROM articles WHERE id = ?", [article_id]).fetchall():
                gone.extend(self._delete(row))
        return self._unused(gone)

    def _delete(self, row: int) -> list[str]:
        ids = [id for (id,) in self._db.execute("SELECT id FROM passages WHERE article = ?", [row])]
        self._db.execute("DELETE FROM passages WHERE article = ?", [row])  # by name, so that the words go too
        self._db.execute("DELETE FROM articles WHERE row = ?", [row])
        return ids

    def _unused(self, ids: Iterable[str]) -> list[str]:
        return [id for id in ids if not self._rows("SELECT 1 FROM passages WHERE id = ? LIMIT 1", [id])]

    def staged(self) -> Iterator[Stored]:
        """Articles that wait to be published, with those that an interrupted run left."""
        return self._with_passages(published=False)

    def staged_passages(self) -> int:
        query = "SELECT count(*) FROM passages p JOIN articles a ON a.row = p.article WHERE NOT a.published"
        return int(self._rows(query)[0][0])

    def _with_passages(self, published: bool) -> Iterator[Stored]:
        for (row,) in self._rows("SELECT row FROM articles WHERE published = ? ORDER BY row", [published]):
            for fields in self._rows(f"SELECT {_ARTICLE} FROM articles a WHERE a.row = ?", [row]):
                yield Stored(row, Article(*fields), tuple(self._passages_of(row)))

    # Reading: published articles only

    def count(self) -> tuple[int, int]:
        """How many articles and passages are visible."""
        query = "SELECT count(DISTINCT a.row), count(p.row) FROM articles a LEFT JOIN passages p ON p.article = a.row"
        return self._rows(f"{query} WHERE a.published")[0]

    def articles(self) -> list[Article]:
        """The visible articles, newest first, undated ones last."""
        rows = self._rows(f"SELECT {_ARTICLE} FROM articles a WHERE a.published ORDER BY a.date DESC, a.title, a.id")
        return [Article(*fields) for fields in rows]

    def article(self, article_id: str) -> Article | None:
        rows = self._rows(f"SELECT {_ARTICLE} FROM articles a WHERE a.published AND a.id = ?", [article_id])
        return Article(*rows[0]) if rows else None

    def origin(self, article_id: str) -> str | None:
        rows = self._rows("SELECT origin FROM articles WHERE published AND id = ?", [article_id])
        return rows[0][0] if rows else None

    def ids_beginning(self, prefix: str) -> list[str]:
        """The ids of visible articles that begin so, for commands that take a shortened id."""
        rows = self._rows("SELECT id FROM articles WHERE published AND substr(id, 1, ?) = ?", [len(prefix), prefix])
        return [id for (id,) in rows]

    def passages(self, ids: Sequence[str]) -> dict[str, tuple[Passage, Article]]:
        """The visible passages among the given ids, each with its article."""
        if not ids:
            return {}
        marks = ", ".join("?" * len(ids))
        rows = self._rows(
            f"SELECT p.id, p.start, p.end, {_ARTICLE} FROM passages p JOIN articles a ON a.row = p.article"
            f" WHERE a.published AND p.id IN ({marks})",
            list(ids),
        )
        return {id: (Passage(id, fields[0], start, end), Article(*fields)) for id, start, end, *fields in rows}

    def published(self) -> Iterator[Stored]:
        """Every visible article with its passages, one at a time."""
        return self._with_passages(published=True)

    def _passages_of(self, row: int) -> list[Passage]:
        query = (
            "SELECT p.id, a.id, p.start, p.end FROM passages p JOIN articles a ON a.row = p.article"
            " WHERE p.article = ? ORDER BY p.start"
        )
        return [Passage(*fields) for fields in self._rows(query, [row])]

    def passage_ids(self) -> set[str]:
        """The ids of all visible passages."""
        query = "SELECT p.id FROM passages p JOIN articles a ON a.row = p.article WHERE a.published"
        return {id for (id,) in self._rows(query)}

    def search(self, words: Sequence[str], limit: int) -> list[tuple[str, float]]:
        """Ids of visible passages that hold any of the words, best first by BM25, with their scores (higher is better)."""
        if not words:
            return []
        query = " OR ".join(f'"{word}"' for word in dict.fromkeys(words))
        rows = self._rows(
            f"SELECT p.id, bm25(words, {TITLE_WEIGHT}, 1.0) AS score FROM words"
            " JOIN passages p ON p.row = words.rowid JOIN articles a ON a.row = p.article"
            " WHERE words MATCH ? AND a.published ORDER BY score, p.id LIMIT ?",
            [query, limit],
        )
        return [(id, -score) for id, score in rows]

    def passages_with(self, word: str) -> int:
        """In how many visible passages a word stands, in any of its forms."""
        rows = self._rows(
            "SELECT count(*) FROM words JOIN passages p ON p.row = words.rowid JOIN articles a ON a.row = p.article"
            " WHERE words MATCH ? AND a.published",
            [f'"{word}"'],
        )
        return int(rows[0][0])

    def statements(self, article_id: str) -> list[Statement]:
        """The statements of a visible article, in the order of its text."""
        rows = self._rows(
            "SELECT s.fields, s.id, a.id FROM statements s JOIN articles a ON a.row = s.article"
            " WHERE a.published AND a.id = ? ORDER BY s.start, s.end",
            [article_id],
        )
        return [_statement(*fields) for fields in rows]

    def speakers(self) -> list[tuple[str, int]]:
        """The names of speakers in visible articles, each with its number of statements, most first."""
        return self._rows(
            "SELECT s.speaker, count(*) AS n FROM statements s JOIN articles a ON a.row = s.article"
            " WHERE a.published AND s.speaker IS NOT NULL GROUP BY s.speaker ORDER BY n DESC, s.speaker"
        )

    def check(self) -> None:
        """Raises `StoreError` where SQLite finds the database or the lexical index damaged."""
        with self._transaction():
            result = self._db.execute("PRAGMA integrity_check").fetchone()[0]
            self._db.execute("INSERT INTO words (words) VALUES ('integrity-check')")
        if result != "ok":
            raise StoreError(f"{self.path} is damaged ({result}); restore it from a copy, or add the articles again.")


def _statement_fields(statement: Statement) -> str:
    """What a statement is, beside its ids, as JSON."""

    def pair(span: Span | None) -> list[int] | None:
        return None if span is None else [span.start, span.end]

    return json.dumps(
        {
            "speaker": statement.speaker,
            "resolved_by": statement.resolved_by,
            "source": pair(statement.source),
            "cue": pair(statement.cue),
            "content": [pair(span) for span in statement.content],
            "kind": statement.kind,
            "negated": statement.negated,
            "rule": statement.rule,
            "confidence": statement.confidence,
        }
    )


def _statement(fields: str, id: str, article_id: str) -> Statement:
    values = json.loads(fields)
    for name in ("source", "cue"):
        values[name] = Span(*values[name]) if values[name] else None
    values["content"] = tuple(Span(*pair) for pair in values["content"])
    return Statement(id=id, article_id=article_id, **values)


def _complete_statements(script: str) -> Iterator[str]:
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""


def _make_private(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreError(
            f"The data folder {folder} cannot be made ({error.strerror}); give another with --data."
        ) from None


@contextmanager
def _readable_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(_explanation(path, error)) from error
    except OSError as error:
        raise StoreError(f"{path} cannot be used ({error.strerror}); give another folder with --data.") from error


def _explanation(path: Path, error: sqlite3.Error) -> str:
    message = str(error)
    if "locked" in message:
        return f"{path} is being written by another process; try again when it is done."
    if "full" in message:
        return f"The disk is full; {path} is unharmed. Free some space and run again."
    if "readonly" in message or "unable to open" in message:
        return f"{path} cannot be written ({message}); give another folder with --data."
    if isinstance(error, sqlite3.DatabaseError) and ("malformed" in message or "not a database" in message):
        return f"{path} is damaged ({message}); restore it from a copy, or give another folder with --data."
    return f"{path} does not work ({message}); run `onrecord doctor`."
