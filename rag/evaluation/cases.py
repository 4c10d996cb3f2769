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

SHOWN = 60  # characters of a long value, so that the message stays one line


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
        if not line.strip():
            continue
        origin = f"{path}, line {number}"
        try:
            yield replace(_case(_record(line), shelf), origin=origin)
        except QuestionError as error:
            yield Skipped(origin, str(error))


def _case(record: Record, shelf: _Shelf) -> Case:
    """One line as a case. Raises `QuestionError` with the field and the remedy."""
    # a line that `evaluate --from-feedback` could not finish by itself
    if "todo" in record:
        raise QuestionError(
            '"todo": complete the line by hand (articles, spans or unanswerable), '
            "then take this out."
        )
    named = _texts(record, "articles")
    found = Case(
        _question(record),
        articles=tuple(shelf.article("articles", name).id for name in named),
        gold=_places(record, "spans", shelf),
        speakers=tuple(_texts(record, "speakers")),
        wrong=_places(record, "not", shelf),
        history=tuple(_texts(record, "history")),
        today=_today(record),
        is_unanswerable=_unanswerable(record),
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
            "not a JSON object; "
            'write a line like {"question": "...", "articles": ["..."]}.'
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
    if isinstance(value, str):
        phrase = dates.whole(value)
        if phrase and phrase.since == phrase.until:
            return phrase.since
    raise QuestionError(f'"today" is {value!r}; give a day such as 2018-09-07.')


def _unanswerable(record: Record) -> bool:
    value = record.get("unanswerable", False)
    if not isinstance(value, bool):
        raise QuestionError(f'"unanswerable" is {value!r}; give true or false.')
    return value


def _places(record: Record, field: str, shelf: _Shelf) -> tuple[Gold, ...]:
    return tuple(_gold(shelf, field, place) for place in _list(record, field))


def _gold(shelf: _Shelf, field: str, place: object) -> Gold:
    """A place given by `start` and `end`, or by its words as `quote`."""
    if not isinstance(place, dict) or not isinstance(place.get("article_id"), str):
        raise QuestionError(
            f'"{field}" lacks an article_id; '
            'write {"article_id": "...", "quote": "..."}.'
        )
    article = shelf.article(field, place["article_id"])
    start, end = place.get("start"), place.get("end")
    if isinstance(start, int) and isinstance(end, int):
        length = len(article.text)
        if not 0 <= start < end <= length:
            raise QuestionError(
                f'"{field}": {start} to {end} lies outside the {length} characters.'
            )
        return Gold(article.id, (Span(start, end),))
    quote = place.get("quote")
    if not isinstance(quote, str) or not quote:
        raise QuestionError(f'"{field}" lacks a place; give start and end, or a quote.')
    at = article.text.find(quote)
    if at < 0:
        raise QuestionError(
            f'"{field}": the article does not hold the quote {quote[:SHOWN]!r}; '
            "copy it from `onrecord articles show`."
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
        articles = self._by_id.values()
        folded = fold(name)
        found = [
            one for one in articles if one.url == name or fold(one.title) == folded
        ]
        # only then: a title may look like the beginning of an id, as "2018" does
        if not found:
            found = [one for one in articles if one.id.startswith(name)]
        if len(found) != 1:
            problem = "several articles are called" if found else "there is no article"
            raise QuestionError(
                f'"{field}": {problem} {name[:SHOWN]!r}; '
                "give an id of `onrecord articles list`."
            )
        return found[0]
