"""How a question was understood, part by part, and the question that a reader makes of it
by changing a part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from rag.language import dates
from rag.language.days import readable_date
from rag.language.words import words
from rag.questions.understand import clean
from rag.types import Question, QuestionForm

Field = Literal["form", "speakers", "others", "topic", "sources", "dates"]

CHANGES = ("field", "old", "new", "more", "since", "until")
LONGEST_CHANGE = 200
MOST_NAMES = 24
SEPARATOR = " · "
ANY_DAY = (
    "2000-01-01"  # whether a text names a day does not depend on when it was written
)
FORMS: Mapping[QuestionForm, str] = {
    "what": "",
    "who": "who said it",
    "whether": "whether it was said",
    "when": "when it was said",
    "first": "when it was first said",
    "change": "how the position changed",
    "differ": "where they differ",
    "report": "how it was reported",
}
KINDS = {"ask": "", "compare": "compared", "timeline": "in order of time"}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an understanding: a field of the Question, a word before its value, ""
    where nothing is restricted.

    `is_carried` is true where a follow-up took it over from the conversation.
    """

    field: Field
    lead: str
    value: str
    is_carried: bool = False

    def __str__(self) -> str:
        return f"{self.lead} {self.value}".strip()


def parts(question: Question) -> list[Part]:
    """All parts, in the order in which they are read; unrestricted speakers, topic, sources
    and dates too.
    """
    return [
        *_form(question),
        *_names(question, "speakers", "by", question.speakers or ("",)),
        *_names(question, "others", "except", tuple(filter(None, question.others))),
        Part("topic", "about", question.topic, _is_carried(question, question.topic)),
        *_names(question, "sources", "in", question.sources or ("",)),
        Part(
            "dates",
            "",
            _period(question),
            question.is_follow_up and not dates.find(question.text, ANY_DAY),
        ),
    ]


def understood(question: Question) -> str:
    """How a question was understood, in one line; empty where it asks for no restriction."""
    shown = [part for part in parts(question) if part.value]
    return "".join(f"{_before(part)}{part}" for part in shown).removeprefix(SEPARATOR)


def _before(part: Part) -> str:
    return " " if part.lead == "and" else SEPARATOR


def changed(question: Question, change: Mapping[str, object]) -> Question:
    """The question with one part changed: `field` names it, `old` is its value, `new` (and
    `more`) or the dates its next.

    A browser may send anything: a change that cannot be made leaves the question as it was.
    """
    told = {name: cleaned(value) for name, value in change.items()}
    field = told.get("field", "")
    if field in ("speakers", "others", "sources"):
        next_ = replace(question, **{field: _swapped(getattr(question, field), told)})  # type: ignore[arg-type]
    elif field == "topic":
        next_ = replace(question, topic=told.get("new", ""))
    elif field == "dates":
        since, until = in_order(told.get("since"), told.get("until"))
        next_ = replace(question, since=since, until=until)
    elif field == "form":
        next_ = replace(question, form="what", kind="ask")
    else:
        return question
    return replace(next_, is_follow_up=False)


def cleaned(value: object) -> str:
    """What a browser gives for a name, a topic or a day, as one line that is not too long."""
    return clean(str(value))[:LONGEST_CHANGE]


def in_order(first: str | None, last: str | None) -> tuple[str | None, str | None]:
    """Two ISO days, the earlier first; None in place of what is not a day."""
    since, until = _day(first), _day(last)
    return (until, since) if since and until and until < since else (since, until)


def _day(iso: str | None) -> str | None:
    try:
        return date.fromisoformat(iso or "").isoformat()
    except ValueError:
        return None


def _swapped(names: Sequence[str], told: Mapping[str, str]) -> tuple[str, ...]:
    old, new = told.get("old", ""), told.get("new", "")
    swapped = [new if name == old else name for name in names] if old else [*names, new]
    return tuple(
        dict.fromkeys(name for name in [*swapped, told.get("more", "")] if name)
    )[:MOST_NAMES]


def _form(question: Question) -> Iterator[Part]:
    form = FORMS[question.form] or KINDS[question.kind]
    if form:
        yield Part("form", "", form)


def _names(
    question: Question, field: Field, lead: str, names: Sequence[str]
) -> Iterator[Part]:
    for at, name in enumerate(names):
        yield Part(field, "and" if at else lead, name, _is_carried(question, name))


def _is_carried(question: Question, value: str) -> bool:
    """Whether a follow-up has this value from elsewhere: none of its words is in the
    question's own.
    """
    return (
        question.is_follow_up
        and bool(value)
        and set(words(value)).isdisjoint(words(question.text))
    )


def _period(question: Question) -> str:
    since, until = readable_date(question.since), readable_date(question.until)
    if since and since == until:
        return f"on {since}"
    return " ".join(
        part
        for part in (since and f"since {since}", until and f"until {until}")
        if part
    )
