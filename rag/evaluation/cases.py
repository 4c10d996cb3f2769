"""Questions of one's own with what a right answer rests on: the lines of an evaluation file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rag.errors import QuestionError
from rag.language import dates
from rag.language.words import fold
from rag.types import Article, Skipped, Span

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Gold:
    """Words of one article, in one or more pieces."""

    article_id: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A question, and what is known of its right answer; what is empty is not measured.

    Any of `articles` (ids) answers; `gold` are the words to find and to cite, `wrong` words
    that must not be cited. `history` are the questions asked before, `today` (ISO) is the
    day of the question, `origin` the line it stands in.
    """

    question: str
    articles: tuple[str, ...] = ()
    gold: tuple[Gold, ...] = ()
    speakers: tuple[str, ...] = ()
    wrong: tuple[Gold, ...] = ()
    history: tuple[str, ...] = ()
    today: str | None = None
    is_unanswerable: bool = False
    origin: str = ""

    @property
    def is_answerable(self) -> bool:
        return bool(self.articles or self.gold or self.speakers)


def read_cases(path: Path, articles: Sequence[Article]) -> Iterator[Case | Skipped]:
    """The cases of a JSONL file over these articles; a line that cannot be used comes as
    `Skipped`, with the remedy.

    Raises `QuestionError` where the file cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig", errors="replace").split("\n")
    except OSError as error:
        raise QuestionError(f"{path} cannot be read ({error.strerror}).") from None
    shelf = _Shelf(articles)
    for number, line in enumerate(lines, start=1):
        if line.strip():
            origin = f"{path}, line {number}"
            try:
                yield replace(_case(_record(line), shelf), origin=origin)
            except QuestionError as error:
                yield Skipped(origin, str(error))


def _case(record: Record, shelf: _Shelf) -> Case:
    """One line as a case. Raises `QuestionError` with the field and the remedy."""
    if "todo" in record:
        raise QuestionError(
            '"todo": complete the line by hand (articles, spans or unanswerable), then take this out.'
        )
    found = Case(
        _question(record),
        tuple(
            shelf.article("articles", name).id for name in _texts(record, "articles")
        ),
        tuple(_gold(shelf, "spans", place) for place in _list(record, "spans")),
        tuple(_texts(record, "speakers")),
        tuple(_gold(shelf, "not", place) for place in _list(record, "not")),
        tuple(_texts(record, "history")),
        _today(record),
        _unanswerable(record),
    )
    if found.is_unanswerable and found.is_answerable:
        raise QuestionError(
            '"unanswerable": the line names what answers too; keep one of the two.'
        )
    return found


def _record(line: str) -> Record:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise QuestionError(
            'not a JSON object; write a line like {"question": "...", "articles": ["..."]}.'
        )
    return value


def _question(record: Record) -> str:
    question = record.get("question")
    if not isinstance(question, str) or not question.strip():
        raise QuestionError(
            '"question" is missing; write a line like {"question": "..."}.'
        )
    return question


def _list(record: Record, field: str) -> list[Any]:
    value = record.get(field) or []
    if not isinstance(value, list):
        raise QuestionError(f'"{field}" is no list; write it in brackets.')
    return value


def _texts(record: Record, field: str) -> list[str]:
    values = _list(record, field)
    if not all(isinstance(value, str) and value.strip() for value in values):
        raise QuestionError(
            f'"{field}" holds something other than text; write it as ["...", "..."].'
        )
    return values


def _today(record: Record) -> str | None:
    value = record.get("today")
    if value is None:
        return None
    phrase = dates.whole(value) if isinstance(value, str) else None
    if phrase is None or phrase.since != phrase.until:
        raise QuestionError(f'"today" is {value!r}; give a day such as 2018-09-07.')
    return phrase.since


def _unanswerable(record: Record) -> bool:
    value = record.get("unanswerable", False)
    if not isinstance(value, bool):
        raise QuestionError(f'"unanswerable" is {value!r}; give true or false.')
    return value


def _gold(shelf: _Shelf, field: str, place: object) -> Gold:
    """A place given by `start` and `end`, or by its words as `quote`."""
    if not isinstance(place, dict) or not isinstance(place.get("article_id"), str):
        raise QuestionError(
            f'"{field}" lacks an article_id; write {{"article_id": "...", "quote": "..."}}.'
        )
    article = shelf.article(field, place["article_id"])
    start, end, quote = (place.get(name) for name in ("start", "end", "quote"))
    if isinstance(start, int) and isinstance(end, int):
        if not 0 <= start < end <= len(article.text):
            raise QuestionError(
                f'"{field}": {start} to {end} lies outside the {len(article.text)} characters.'
            )
        return Gold(article.id, (Span(start, end),))
    if not isinstance(quote, str) or not quote:
        raise QuestionError(f'"{field}" lacks a place; give start and end, or a quote.')
    at = article.text.find(quote)
    if at < 0:
        raise QuestionError(
            f'"{field}": the article does not hold the quote {quote[:60]!r}; copy it from `onrecord articles show`.'
        )
    return Gold(article.id, (Span(at, at + len(quote)),))


class _Shelf:
    """The articles by what a line may call them: id, the beginning of an id, title or address."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self._by_id = {article.id: article for article in articles}

    def article(self, field: str, name: str) -> Article:
        """Raises `QuestionError` where the name means no article, or several."""
        if name in self._by_id:
            return self._by_id[name]
        found = [
            one
            for one in self._by_id.values()
            if name == one.url or fold(name) == fold(one.title)
        ]
        found = found or [one for id, one in self._by_id.items() if id.startswith(name)]
        if len(found) != 1:
            problem = "several articles are called" if found else "there is no article"
            raise QuestionError(
                f'"{field}": {problem} {name[:60]!r}; give an id of `onrecord articles list`.'
            )
        return found[0]
