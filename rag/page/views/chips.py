"""The understanding of a question as chips: each can be changed in a small form or removed,
and that asks again.
"""

from __future__ import annotations

from collections.abc import Iterable

from rag.page.views.pieces import attributes, button, isolated, text, unseen
from rag.questions.parts import LONGEST_CHANGE, Part, parts
from rag.types import Known, Question

KNOWN_SPEAKERS, KNOWN_SOURCES = "known-speakers", "known-sources"
OFFERED = 500
UNRESTRICTED = {
    "speakers": "by anybody",
    "topic": "about anything",
    "sources": "any source",
    "dates": "any date",
}
CARRIED = "Taken over from the conversation before"


def chips(question: Question, turn: int, edited: bool = False) -> str:
    """The chips of an exchange; `edited` says that the reader has changed them."""
    items = "".join(_chip(part, question, turn) for part in parts(question))
    remark = '<li class="remark">as you changed it</li>' if edited else ""
    return f'<ul class="chips" aria-label="Understood as">{items}{remark}</ul>'


def offered(known: Known) -> str:
    """The names that the forms of the chips offer while the reader types."""
    return _names(KNOWN_SPEAKERS, known.speakers) + _names(KNOWN_SOURCES, known.sources)


def _names(id_: str, values: Iterable[str]) -> str:
    options = "".join(
        f'<option value="{text(value)}"></option>' for value in list(values)[:OFFERED]
    )
    return f'<datalist id="{id_}">{options}</datalist>'


def _chip(part: Part, question: Question, turn: int) -> str:
    place = attributes(turn=turn, field=part.field, old=part.value)
    if not part.value:
        name = UNRESTRICTED[part.field]
        label = f'{name} <span aria-hidden="true">+</span>'
        return f'<li class="chip empty">{_editor(part, question, turn, label, "Restrict: ", place)}</li>'
    label = f"{text(part.lead)} <b>{isolated(part.value)}</b>{_carried(part)}"
    if part.field in ("form", "others"):
        shown = f'<span class="label">{label}</span>'
    else:
        shown = _editor(part, question, turn, label, "Change: ", place)
    removal = button(
        "refine",
        '<span aria-hidden="true">×</span>',
        f"Remove: {part}",
        turn=turn,
        field=part.field,
        old=part.value,
        new="",
    )
    return f'<li class="chip">{shown}{removal}</li>'


def _carried(part: Part) -> str:
    return f' <small title="{CARRIED}">carried over</small>' if part.is_carried else ""


def _editor(
    part: Part, question: Question, turn: int, label: str, action: str, place: str
) -> str:
    """What opens the small form of a chip, and the form."""
    return (
        f'<details class="form-in-place" name="chips-{turn}"><summary>{unseen(action)}{label}</summary>'
        f'<form data-event="refine"{place}>{_fields(part, question)}'
        '<button type="submit">Ask again</button></form></details>'
    )


def _fields(part: Part, question: Question) -> str:
    if part.field == "dates":
        return _field("Since", "since", question.since, kind="date") + _field(
            "Until", "until", question.until, kind="date"
        )
    if part.field == "topic":
        return _field("Topic", "new", part.value)
    noun, names = (
        ("speaker", KNOWN_SPEAKERS)
        if part.field == "speakers"
        else ("source", KNOWN_SOURCES)
    )
    another = _field(f"Another {noun}", "more", "", names) if part.value else ""
    return _field(noun.capitalize(), "new", part.value, names) + another


def _field(
    label: str, name: str, value: str | None, names: str = "", kind: str = "text"
) -> str:
    offering = f' list="{names}"' if names else ""
    length = f' maxlength="{LONGEST_CHANGE}"' if kind == "text" else ""
    return (
        f'<label>{label} <input type="{kind}" name="{name}" value="{text(value or "")}"{offering}{length} '
        'autocomplete="off"></label>'
    )
