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
from rag.questions.patterns import vocabulary
from rag.questions.understand import clean, query
from rag.types import Question, QuestionForm

Field = Literal["form", "speakers", "others", "topic", "sources", "dates"]

# what a chip's form sends
CHANGES = ("field", "old", "new", "more", "since", "until")
# room for any name or topic that fits on a chip; a browser may send a book
LONGEST_CHANGE = 200
# more than anybody names, and few enough to look each of them up
MOST_NAMES = 24
SEPARATOR = " · "
# whether a text names a day does not depend on when it was written
ANY_DAY = "2000-01-01"
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
    period = _period(question)
    names_no_day = not dates.find(question.text, ANY_DAY)
    others = [name for name in question.others if name]
    return [
        *_form(question),
        *_names(question, "speakers", "by", question.speakers or ("",)),
        *_names(question, "others", "except", others),
        Part("topic", "about", question.topic, _is_carried(question, question.topic)),
        *_names(question, "sources", "in", question.sources or ("",)),
        Part("dates", "", period, question.is_follow_up and names_no_day),
    ]


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
    if not question.is_follow_up or not value:
        return False
    return set(words(value)).isdisjoint(words(question.text))


def _period(question: Question) -> str:
    since, until = readable_date(question.since), readable_date(question.until)
    if since and since == until:
        return f"on {since}"
    pieces = []
    if since:
        pieces.append(f"since {since}")
    if until:
        pieces.append(f"until {until}")
    return " ".join(pieces)


def understood(question: Question) -> str:
    """How a question was understood, in one line; empty where it asks for no restriction."""
    line = ""
    for part in parts(question):
        if not part.value:
            continue
        before = " " if part.lead == "and" else SEPARATOR
        line += f"{before}{part}" if line else str(part)
    return line


def changed(question: Question, change: Mapping[str, object]) -> Question:
    """The question with one part changed, worded anew: `field` names it, `old` is its value,
    `new` (and `more`) or the dates its next.

    A browser may send anything: a change that cannot be made leaves the question as it was.
    """
    told = {name: cleaned(value) for name, value in change.items()}
    field = told.get("field", "")
    if field == "speakers":
        next_ = replace(question, speakers=_swapped(question.speakers, told))
    elif field == "sources":
        next_ = replace(question, sources=_swapped(question.sources, told))
    elif field == "others":
        others = _swapped(question.others, told)
        # "who disagreed?" needs somebody to disagree with
        next_ = replace(
            question, others=others, stance=question.stance if others else None
        )
    elif field == "topic":
        next_ = replace(question, topic=told.get("new", ""))
    elif field == "dates":
        since, until = in_order(told.get("since"), told.get("until"))
        next_ = replace(question, since=since, until=until)
    elif field == "form":
        next_ = replace(question, form="what", kind="ask")
    else:
        return question
    # what was understood of several parts by themselves is one question now
    next_ = replace(next_, is_follow_up=False, parts=())
    return replace(next_, text=worded(next_))


def _swapped(names: Sequence[str], told: Mapping[str, str]) -> tuple[str, ...]:
    old, new, more = told.get("old", ""), told.get("new", ""), told.get("more", "")
    swapped = [new if name == old else name for name in names]
    if not old:
        swapped.append(new)
    swapped.append(more)
    return tuple(name for name in dict.fromkeys(swapped) if name)[:MOST_NAMES]


def worded(question: Question) -> str:
    """A question in words, made of its parts, as a reader would ask it."""
    text = _bare(question)
    mark = "?" if text.endswith("?") else ""
    pieces = [text.removesuffix("?")]
    if question.kind == "timeline" and question.form == "what":
        pieces.append("over time")
    if question.sources:
        pieces.append("in " + vocabulary().queries["and"].join(question.sources))
    pieces.append(_period(question))
    return " ".join(piece for piece in pieces if piece) + mark


def _bare(question: Question) -> str:
    """The words of a question without its sources and its time."""
    queries = vocabulary().queries
    if question.others and question.topic:
        others = queries["and"].join(question.others)
        template = queries[question.stance or "apart"]
        return template.format(others=others, topic=question.topic)
    form = question.form
    if form == "differ" and len(question.speakers) < 2:
        form = "what"
    # `query` words a follow-up, which is understood from elsewhere, as this one is
    asked = replace(question, text=queries["nothing"], form=form, is_follow_up=True)
    return query(asked)


def cleaned(value: object) -> str:
    """What a browser gives for a name, a topic or a day, as one line that is not too long."""
    return clean(str(value))[:LONGEST_CHANGE]


def in_order(first: str | None, last: str | None) -> tuple[str | None, str | None]:
    """Two ISO days, the earlier first; None in place of what is not a day."""
    since, until = _day(first), _day(last)
    if since and until and until < since:
        return until, since
    return since, until


def _day(iso: str | None) -> str | None:
    try:
        return date.fromisoformat(iso or "").isoformat()
    except ValueError:
        return None
