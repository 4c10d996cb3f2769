"""The source of truth: SQLite with articles, their passages and statements, and the lexical
index (FTS5, BM25).

An article is staged with everything that belongs to it in one transaction, and published in
another once its vectors are written; readers see published articles only. Everything else
(the vectors) can be rebuilt from here.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
import uuid
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from rag.errors import StoreError
from rag.language import segments
from rag.language.days import first_day, last_day
from rag.language.words import fold
from rag.types import (
    ANYTHING,
    Article,
    Passage,
    QuoteKind,
    ResolvedBy,
    Said,
    Scope,
    Span,
    Statement,
)

if TYPE_CHECKING:
    from pydantic import TypeAdapter

# 1 had statements without days and without a lexical index of their own.
SCHEMA_VERSION = 2
# Of a word in the title to one in the passage, in BM25; even, chosen by hand.
TITLE_WEIGHT = 1.0
# Of the title, the sentence before, and the sentences of a statement, in BM25: what was said
# counts; what stands around it tells what it is about, and may be about something else.
SAID_WEIGHTS = 0.3, 0.3, 1.0
# Values in one query; SQLite before 3.32 takes 999 at most.
MOST_VALUES = 500
# Seconds for which SQLite waits for another process to finish its transaction.
BUSY_SECONDS = 10

_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    origin TEXT NOT NULL,
    published INTEGER NOT NULL DEFAULT 0,
    added REAL NOT NULL,
    text TEXT NOT NULL,
    title TEXT NOT NULL,
    author TEXT,
    source TEXT,
    date TEXT,
    url TEXT,
    language TEXT
);
CREATE UNIQUE INDEX articles_id ON articles (id, published);
CREATE INDEX articles_origin ON articles (origin);
CREATE TABLE passages (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    article INTEGER NOT NULL REFERENCES articles (row) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL
);
CREATE INDEX passages_id ON passages (id);
CREATE INDEX passages_article ON passages (article);
CREATE VIRTUAL TABLE words
USING fts5 (title, body, tokenize = "porter unicode61 remove_diacritics 2");
CREATE TRIGGER passages_gone AFTER DELETE ON passages
BEGIN
    DELETE FROM words WHERE rowid = old.row;
END;
"""
_STATEMENTS_SCHEMA = """
DROP TABLE IF EXISTS statements;
CREATE TABLE statements (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    article INTEGER NOT NULL REFERENCES articles (row) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    since INTEGER,
    until INTEGER,
    fields TEXT NOT NULL
);
CREATE INDEX statements_id ON statements (id);
CREATE INDEX statements_article ON statements (article);
CREATE TABLE speakers (
    name TEXT NOT NULL,
    statement INTEGER NOT NULL REFERENCES statements (row) ON DELETE CASCADE,
    PRIMARY KEY (name, statement)
) WITHOUT ROWID;
CREATE INDEX speakers_statement ON speakers (statement);
CREATE VIRTUAL TABLE said
USING fts5 (title, before, body, tokenize = "porter unicode61 remove_diacritics 2");
CREATE TRIGGER statements_gone AFTER DELETE ON statements
BEGIN
    DELETE FROM said WHERE rowid = old.row;
END;
"""
_ARTICLE = "a.id, a.text, a.title, a.author, a.source, a.date, a.url, a.language"


@dataclass(frozen=True, slots=True)
class Stored:
    """An article's row with its passages and statements, as they are embedded: on its way
    in, or made anew.
    """

    row: int
    article: Article
    passages: tuple[Passage, ...]
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Unused:
    """Ids of passages and statements that no article has any more."""

    passages: list[str]
    statements: list[str]


_Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A statement as its row keeps it in JSON: without its ids, its spans as pairs."""

    speaker: str | None
    resolved_by: ResolvedBy | None
    source: _Pair | None
    cue: _Pair | None
    content: tuple[_Pair, ...]
    kind: QuoteKind
    negated: bool
    rule: str
    confidence: float
    date: str | None
    when: _Pair | None
    joint: tuple[str, ...]


class Store:
    """One SQLite database in the data folder (WAL, fully synchronous), for one or many threads.

    Raises `StoreError` with the remedy where the folder cannot be used or the file is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "articles.sqlite3"
        self._lock = threading.RLock()
        _make_private(folder)
        with _readable_errors(self.path):
            self._db = sqlite3.connect(
                self.path,
                check_same_thread=False,
                timeout=BUSY_SECONDS,
                isolation_level=None,
            )
            self._prepare()

    def _prepare(self) -> None:
        # readers go on while one writes
        self._db.execute("PRAGMA journal_mode = WAL")
        # what was told to be written outlives a power cut
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA foreign_keys = ON")
        self.path.chmod(0o600)
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            raise StoreError(
                f"{self.path} was made by a newer On Record; "
                "upgrade, or give another folder with --data."
            )
        if version < SCHEMA_VERSION:
            with self._transaction():
                # asked again: another process may have upgraded it meanwhile
                self._upgrade(self._db.execute("PRAGMA user_version").fetchone()[0])

    def _upgrade(self, version: int) -> None:
        """Makes what a version lacks; statements are extracted again, since nothing else
        can be lost with them.
        """
        if version < 1:
            for statement in _complete_statements(_SCHEMA):
                self._db.execute(statement)
            self._db.execute("INSERT INTO meta VALUES ('id', ?)", [uuid.uuid4().hex])
        if version < 2:
            for statement in _complete_statements(_STATEMENTS_SCHEMA):
                self._db.execute(statement)
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

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        """All rows that a query finds, each a tuple."""
        with self._lock, _readable_errors(self.path):
            return self._db.execute(query, values).fetchall()

    def _column(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        """What a query with one column finds."""
        return [value for (value,) in self._rows(query, values)]

    def _text(self, query: str, values: Sequence[object] = ()) -> str | None:
        """The one text that a query finds, None where it finds none."""
        found = self._column(query, values)
        text: str | None = found[0] if found else None
        return text

    # Notes that outlive the process

    def note(self, name: str) -> str | None:
        return self._text("SELECT value FROM meta WHERE name = ?", [name])

    def set_note(self, name: str, value: str) -> None:
        with self._transaction():
            self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", [name, value])

    def revision(self) -> tuple[int, int]:
        """Changes whenever the database does, by this process or another."""
        with self._lock:
            return self._db.total_changes, self._column("PRAGMA data_version")[0]

    # Writing

    def set_origin(self, article_id: str, origin: str) -> None:
        """Notes that an article now comes from elsewhere, so that what is there in its old
        place does not replace it.
        """
        if self.origin(article_id) == origin:
            return
        with self._transaction():
            self._db.execute(
                "UPDATE articles SET origin = ? WHERE id = ?", [origin, article_id]
            )

    def replaces(self, article: Article, origin: str) -> bool:
        """Whether an article with this id, or from this origin, is visible."""
        found = self._rows(
            """
            SELECT 1
            FROM articles
            WHERE published AND (id = ? OR origin = ?)
            LIMIT 1
            """,
            [article.id, origin],
        )
        return bool(found)

    def stage(
        self,
        article: Article,
        origin: str,
        passages: Sequence[Passage],
        statements: Sequence[Statement],
    ) -> Stored:
        """Writes an article with its passages, statements and words, not visible yet.

        All in one transaction: what is staged is staged whole, and can be published.
        """
        with self._transaction():
            self._db.execute(
                "DELETE FROM articles WHERE NOT published AND (id = ? OR origin = ?)",
                [article.id, origin],
            )
            row = self._db.execute(
                """
                INSERT INTO articles
                    (id, origin, added, text, title, author, source, date, url, language)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    article.id,
                    origin,
                    time.time(),
                    article.text,
                    article.title,
                    article.author,
                    article.source,
                    article.date,
                    article.url,
                    article.language,
                ],
            ).lastrowid
            assert row is not None
            for passage in passages:
                self._add_passage(row, article, passage)
            self._add_statements(row, article, statements)
        return Stored(row, article, tuple(passages), tuple(statements))

    def _add_passage(
        self, article_row: int, article: Article, passage: Passage
    ) -> None:
        row = self._db.execute(
            "INSERT INTO passages (id, article, start, end) VALUES (?, ?, ?, ?)",
            [passage.id, article_row, passage.start, passage.end],
        ).lastrowid
        self._db.execute(
            "INSERT INTO words (rowid, title, body) VALUES (?, ?, ?)",
            [row, fold(article.title), fold(passage.span.of(article.text))],
        )

    def _add_statements(
        self, article_row: int, article: Article, statements: Sequence[Statement]
    ) -> None:
        surroundings = _surroundings(article, statements)
        for statement, around in zip(statements, surroundings, strict=True):
            date = statement.date or article.date
            row = self._db.execute(
                """
                INSERT INTO statements (id, article, start, end, since, until, fields)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    statement.id,
                    article_row,
                    statement.start,
                    statement.end,
                    first_day(date),
                    last_day(date),
                    _statement_fields(statement),
                ],
            ).lastrowid
            self._db.executemany(
                "INSERT INTO speakers VALUES (?, ?)",
                [(name, row) for name in statement.names],
            )
            before, sentences = around
            self._db.execute(
                "INSERT INTO said (rowid, title, before, body) VALUES (?, ?, ?, ?)",
                [row, fold(article.title), fold(before), fold(sentences)],
            )

    def set_statements(
        self, item: Stored, statements: Sequence[Statement]
    ) -> list[str]:
        """Puts statements in the place of an article's old ones; returns the ids of those
        that are gone.
        """
        with self._transaction():
            self._db.execute("DELETE FROM statements WHERE article = ?", [item.row])
            self._add_statements(item.row, item.article, statements)
        old = [statement.id for statement in item.statements]
        return self._unused("statements", old)

    def publish(self, staged: Iterable[Stored]) -> Unused:
        """Makes staged articles visible in place of those they replace; returns what no
        article has now.

        All in one transaction: a reader sees the old article or the new, never both or none.
        """
        gone = Unused([], [])
        with self._transaction():
            for item in staged:
                replaced = self._column(
                    """
                    SELECT old.row
                    FROM articles new
                    JOIN articles old ON old.id = new.id OR old.origin = new.origin
                    WHERE new.row = ? AND old.published
                    """,
                    [item.row],
                )
                for row in replaced:
                    self._delete(row, gone)
                self._db.execute(
                    "UPDATE articles SET published = 1 WHERE row = ?", [item.row]
                )
        return self._without_used(gone)

    def remove(self, article_id: str) -> Unused:
        """Removes an article and all that belongs to it; returns what no article has now."""
        gone = Unused([], [])
        with self._transaction():
            rows = self._column("SELECT row FROM articles WHERE id = ?", [article_id])
            for row in rows:
                self._delete(row, gone)
        return self._without_used(gone)

    def _delete(self, row: int, gone: Unused) -> None:
        """Deletes an article's row and all that belongs to it, and adds their ids to those
        that are gone.
        """
        belongings = (("passages", gone.passages), ("statements", gone.statements))
        for table, ids in belongings:
            query = f"SELECT id FROM {table} WHERE article = ?"
            ids.extend(self._column(query, [row]))
            # by name, so that the words go too
            self._db.execute(f"DELETE FROM {table} WHERE article = ?", [row])
        self._db.execute("DELETE FROM articles WHERE row = ?", [row])

    def _without_used(self, gone: Unused) -> Unused:
        """What is gone less what another article still has: the same words have the same id."""
        return Unused(
            self._unused("passages", gone.passages),
            self._unused("statements", gone.statements),
        )

    def _unused(self, table: str, ids: Iterable[str]) -> list[str]:
        query = f"SELECT 1 FROM {table} WHERE id = ? LIMIT 1"
        return [id for id in ids if not self._rows(query, [id])]

    def staged(self) -> Iterator[Stored]:
        """Articles that wait to be published, with those that an interrupted run left."""
        return self._whole(published=False)

    def staged_passages(self) -> int:
        """How many passages wait to be published."""
        (count,) = self._column(
            """
            SELECT count(*)
            FROM passages p
            JOIN articles a ON a.row = p.article
            WHERE NOT a.published
            """
        )
        return int(count)

    def _whole(self, published: bool) -> Iterator[Stored]:
        """Articles with all that belongs to them, read one at a time: all may not fit into
        memory, and one may be gone by then.
        """
        rows = self._column(
            "SELECT row FROM articles WHERE published = ? ORDER BY row", [published]
        )
        for row in rows:
            for article in self._articles_where("a.row = ?", [row]):
                passages = tuple(self._passages_of(row))
                statements = tuple(self._statements_where("a.row = ?", [row]))
                yield Stored(row, article, passages, statements)

    # Reading: published articles only

    def count(self) -> tuple[int, int]:
        """How many articles and passages are visible."""
        (articles,) = self._column("SELECT count(*) FROM articles WHERE published")
        return articles, self._count("passages")

    def count_statements(self) -> int:
        """How many statements are visible; one that two articles' rows share counts once."""
        return self._count("statements")

    def _count(self, table: str) -> int:
        (count,) = self._column(
            f"""
            SELECT count(DISTINCT p.id)
            FROM {table} p
            JOIN articles a ON a.row = p.article
            WHERE a.published
            """
        )
        return int(count)

    def articles(self) -> list[Article]:
        """The visible articles, newest first, undated ones last."""
        rows = self._rows(
            f"""
            SELECT {_ARTICLE}
            FROM articles a
            WHERE a.published
            ORDER BY a.date DESC, a.title, a.id
            """
        )
        return [Article(*fields) for fields in rows]

    def article(self, article_id: str) -> Article | None:
        found = self._articles_where("a.published AND a.id = ?", [article_id])
        return found[0] if found else None

    def _articles_where(
        self, condition: str, values: Sequence[object]
    ) -> list[Article]:
        rows = self._rows(
            f"SELECT {_ARTICLE} FROM articles a WHERE {condition}", values
        )
        return [Article(*fields) for fields in rows]

    def origin(self, article_id: str) -> str | None:
        return self._text(
            "SELECT origin FROM articles WHERE published AND id = ?", [article_id]
        )

    def ids_beginning(self, prefix: str) -> list[str]:
        """The ids of visible articles that begin so, for commands that take a shortened id."""
        return self._column(
            "SELECT id FROM articles WHERE published AND substr(id, 1, ?) = ?",
            [len(prefix), prefix],
        )

    def passages(self, ids: Sequence[str]) -> dict[str, tuple[Passage, Article]]:
        """The visible passages among the given ids, each with its article."""
        if not ids:
            return {}
        rows = self._rows(
            f"""
            SELECT p.id, p.start, p.end, {_ARTICLE}
            FROM passages p
            JOIN articles a ON a.row = p.article
            WHERE a.published AND p.id IN ({_marks(ids)})
            """,
            list(ids),
        )
        found = {}
        for id, start, end, *fields in rows:
            article = Article(*fields)
            found[id] = Passage(id, article.id, start, end), article
        return found

    def published(self) -> Iterator[Stored]:
        """Every visible article with its passages and statements, one at a time."""
        return self._whole(published=True)

    def _passages_of(self, row: int) -> list[Passage]:
        rows = self._rows(
            """
            SELECT p.id, a.id, p.start, p.end
            FROM passages p
            JOIN articles a ON a.row = p.article
            WHERE p.article = ?
            ORDER BY p.start
            """,
            [row],
        )
        return [Passage(*fields) for fields in rows]

    def ids(self, table: Literal["passages", "statements"]) -> set[str]:
        """The ids of all visible passages, or statements."""
        found = self._column(
            f"""
            SELECT p.id
            FROM {table} p
            JOIN articles a ON a.row = p.article
            WHERE a.published
            """
        )
        return set(found)

    def search(
        self, words: Sequence[str], limit: int, scope: Scope = ANYTHING
    ) -> list[str]:
        """Ids of visible passages that hold any of the words, best first by BM25; a scope's
        speakers do not count.
        """
        if not words:
            return []
        where, values = _articles_within(scope)
        return self._column(
            f"""
            SELECT p.id
            FROM words
            JOIN passages p ON p.row = words.rowid
            JOIN articles a ON a.row = p.article
            WHERE words MATCH ? AND {where}
            ORDER BY bm25(words, {TITLE_WEIGHT}, 1.0), p.id
            LIMIT ?
            """,
            [_any_of(words), *values, limit],
        )

    def passages_with(self, word: str) -> int:
        """In how many visible passages a word stands, in any of its forms."""
        (count,) = self._column(
            """
            SELECT count(*)
            FROM words
            JOIN passages p ON p.row = words.rowid
            JOIN articles a ON a.row = p.article
            WHERE words MATCH ? AND a.published
            """,
            [_any_of([word])],
        )
        return int(count)

    def statements(self, article_id: str) -> list[Statement]:
        """The statements of a visible article, in the order of its text."""
        return self._statements_where("a.published AND a.id = ?", [article_id])

    def _statements_where(
        self, condition: str, values: Sequence[object]
    ) -> list[Statement]:
        rows = self._rows(
            f"""
            SELECT s.fields, s.id, a.id
            FROM statements s
            JOIN articles a ON a.row = s.article
            WHERE {condition}
            ORDER BY s.start, s.end DESC, s.row
            """,
            values,
        )
        return [_statement(*fields) for fields in rows]

    def search_statements(
        self, words: Sequence[str], limit: int, scope: Scope = ANYTHING
    ) -> list[str]:
        """Ids of visible statements within a scope whose sentences hold any of the words,
        best first by BM25.

        Without words, all within the scope, the oldest first.
        """
        where, values = _statements_within(scope)
        if not words:
            return self._column(
                f"""
                SELECT s.id
                FROM statements s
                JOIN articles a ON a.row = s.article
                WHERE {where}
                ORDER BY s.since IS NULL, s.since, a.row, s.start
                LIMIT ?
                """,
                [*values, limit],
            )
        weights = ", ".join(map(str, SAID_WEIGHTS))
        return self._column(
            f"""
            SELECT s.id
            FROM said
            JOIN statements s ON s.row = said.rowid
            JOIN articles a ON a.row = s.article
            WHERE said MATCH ? AND {where}
            ORDER BY bm25(said, {weights}), s.id
            LIMIT ?
            """,
            [_any_of(words), *values, limit],
        )

    def said(self, ids: Sequence[str]) -> dict[str, Said]:
        """The visible statements among the given ids, each with its article, in the order
        of the ids.
        """
        found: dict[str, Said] = {}
        for at in range(0, len(ids), MOST_VALUES):
            part = ids[at : at + MOST_VALUES]
            rows = self._rows(
                f"""
                SELECT s.id, s.fields, {_ARTICLE}
                FROM statements s
                JOIN articles a ON a.row = s.article
                WHERE a.published AND s.id IN ({_marks(part)})
                """,
                list(part),
            )
            for id, fields, *of_article in rows:
                article = Article(*of_article)
                found[id] = Said(_statement(fields, id, article.id), article)
        return {id: found[id] for id in ids if id in found}

    def sources(self) -> list[str]:
        """The sources of visible articles, the most frequent first."""
        return self._column(
            """
            SELECT source
            FROM articles
            WHERE published AND source IS NOT NULL
            GROUP BY source
            ORDER BY count(*) DESC, source
            """
        )

    def newest_date(self) -> str | None:
        """The date of the newest visible article."""
        return self._text("SELECT max(date) FROM articles WHERE published")

    def oldest_date(self) -> str | None:
        """The date of the oldest visible article."""
        return self._text("SELECT min(date) FROM articles WHERE published")

    def speaker_days(self) -> list[tuple[str, str, str | None]]:
        """For every speaker of every visible statement: the name, the article's id, and the
        day or None.
        """
        return self._rows(
            """
            SELECT n.name, a.id, coalesce(json_extract(s.fields, '$.date'), a.date)
            FROM speakers n
            JOIN statements s ON s.row = n.statement
            JOIN articles a ON a.row = s.article
            WHERE a.published
            """
        )

    def speakers(self) -> list[tuple[str, int]]:
        """The names of speakers in visible articles, each with its number of statements,
        most first.
        """
        return self._rows(
            """
            SELECT n.name, count(*) AS n
            FROM speakers n
            JOIN statements s ON s.row = n.statement
            JOIN articles a ON a.row = s.article
            WHERE a.published
            GROUP BY n.name
            ORDER BY 2 DESC, 1
            """
        )

    def check(self) -> None:
        """Raises `StoreError` where SQLite finds the database or the lexical index damaged."""
        with self._transaction():
            result = self._db.execute("PRAGMA integrity_check").fetchone()[0]
            self._db.execute("INSERT INTO words (words) VALUES ('integrity-check')")
        if result != "ok":
            raise StoreError(
                f"{self.path} is damaged ({result}); "
                "restore it from a copy, or add the articles again."
            )


def _statement_fields(statement: Statement) -> str:
    """What a statement is, beside its ids, as JSON."""
    kept = _Kept(
        speaker=statement.speaker,
        resolved_by=statement.resolved_by,
        source=_pair(statement.source),
        cue=_pair(statement.cue),
        content=tuple((span.start, span.end) for span in statement.content),
        kind=statement.kind,
        negated=statement.negated,
        rule=statement.rule,
        confidence=statement.confidence,
        date=statement.date,
        when=_pair(statement.when),
        joint=statement.joint,
    )
    return json.dumps(asdict(kept))


def _statement(fields: str, id: str, article_id: str) -> Statement:
    """The statement of those ids. Raises `StoreError` where its fields have another form."""
    # every question reads some: 9.1 µs each, where picking the fields by hand took 11.2
    try:
        kept = _form().validate_json(fields, strict=True)
    except ValueError:  # pydantic's ValidationError is one too
        raise StoreError(
            f"A statement of the article {article_id!r} is damaged; "
            "remove the article and add it again."
        ) from None
    return Statement(
        id=id,
        article_id=article_id,
        speaker=kept.speaker,
        resolved_by=kept.resolved_by,
        source=_span(kept.source),
        cue=_span(kept.cue),
        content=tuple(Span(start, end) for start, end in kept.content),
        kind=kept.kind,
        negated=kept.negated,
        rule=kept.rule,
        confidence=kept.confidence,
        date=kept.date,
        when=_span(kept.when),
        joint=kept.joint,
    )


@cache
def _form() -> TypeAdapter[_Kept]:
    from pydantic import TypeAdapter

    return TypeAdapter(_Kept)


def _pair(span: Span | None) -> _Pair | None:
    return None if span is None else (span.start, span.end)


def _span(pair: _Pair | None) -> Span | None:
    return None if pair is None else Span(*pair)


def _surroundings(
    article: Article, statements: Sequence[Statement]
) -> list[tuple[str, str]]:
    """For each statement the sentence before it, and the sentences that hold it and its
    attribution.
    """
    sentences = segments.sentences(article.text)
    starts = [sentence.start for sentence in sentences]
    found = []
    for statement in statements:
        start, end = statement.start, statement.end
        for span in (statement.source, statement.cue):
            if span:
                start, end = min(start, span.start), max(end, span.end)
        first = max(0, bisect_right(starts, start) - 1)
        last = max(first, bisect_left(starts, end) - 1)
        before = sentences[first - 1].of(article.text) if first else ""
        around = Span(sentences[first].start, sentences[last].end)
        found.append((before, around.of(article.text)))
    return found


def _any_of(words: Sequence[str]) -> str:
    """The words as FTS5's query; quoted, since bare ones may be its operators (AND, NEAR, *)."""
    return " OR ".join(f'"{word}"' for word in dict.fromkeys(words))


def _marks(values: Sequence[object]) -> str:
    """A question mark for each value, for `IN (...)`."""
    return ", ".join("?" * len(values))


def _articles_within(scope: Scope) -> tuple[str, list[object]]:
    """The SQL condition, and its values, for visible articles `a` of a scope's sources and days."""
    conditions = ["a.published"]
    values: list[object] = []
    if scope.sources:
        conditions.append(f"a.source IN ({_marks(scope.sources)})")
        values += scope.sources
    if scope.since:
        conditions.append("a.date >= ?")
        values.append(scope.since)
    if scope.until:
        conditions.append("a.date <= ?")
        values.append(scope.until)
    return " AND ".join(conditions), values


def _statements_within(scope: Scope) -> tuple[str, list[object]]:
    """The SQL condition, and its values, for statements `s` in visible articles `a` that
    lie within a scope.
    """
    # the days bound the statement, which may have a date of its own
    where, values = _articles_within(Scope(sources=scope.sources))
    conditions = [where]
    if scope.speakers:
        names = _marks(scope.speakers)
        conditions.append(
            f"s.row IN (SELECT statement FROM speakers WHERE name IN ({names}))"
        )
        values += scope.speakers
    if scope.since:
        conditions.append("s.until >= ?")
        values.append(first_day(scope.since))
    if scope.until:
        conditions.append("s.since <= ?")
        values.append(last_day(scope.until))
    return " AND ".join(conditions), values


def _complete_statements(script: str) -> Iterator[str]:
    """The statements of an SQL script one by one: `executescript` would commit the
    transaction around it.
    """
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
            f"The data folder {folder} cannot be made ({error.strerror}); "
            "give another with --data."
        ) from None


@contextmanager
def _readable_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(_explanation(path, error)) from error
    except OSError as error:
        raise StoreError(
            f"{path} cannot be used ({error.strerror}); give another folder with --data."
        ) from error


def _explanation(path: Path, error: sqlite3.Error) -> str:
    """What SQLite's error means to the reader; only its message tells them apart in Python 3.10."""
    message = str(error)
    if "locked" in message:
        return f"{path} is being written by another process; try again when it is done."
    if "full" in message:
        return f"The disk is full; {path} is unharmed. Free some space and run again."
    if "readonly" in message or "unable to open" in message:
        return f"{path} cannot be written ({message}); give another folder with --data."
    if "malformed" in message or "not a database" in message:
        return (
            f"{path} is damaged ({message}); "
            "restore it from a copy, or give another folder with --data."
        )
    return f"{path} does not work ({message}); run `onrecord doctor`."
