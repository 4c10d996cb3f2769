"""The understanding of a question as chips: each can be changed in a small form or removed,
and that asks again.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.page.views.pieces import attributes, button, isolated, text, unseen
from rag.questions.parts import LONGEST_CHANGE, Part, parts
from rag.types import Known, Question

KNOWN_SPEAKERS, KNOWN_SOURCES = "known-speakers", "known-sources"
# Names that a form offers while the reader types: as many as a list may have before it slows
# a phone down; chosen by hand.
OFFERED = 500
UNRESTRICTED = {
    "speakers": "by anybody",
    "topic": "about anything",
    "sources": "any source",
    "dates": "any date",
}
# What is taken away or left, but not typed: "where they differ", "all the others"
NOT_TYPED = ("form", "others")
CARRIED = "Taken over from the conversation before"
CROSS = '<span aria-hidden="true">×</span>'
PLUS = '<span aria-hidden="true">+</span>'


def chips(question: Question, turn: int, edited: bool = False) -> str:
    """The chips of an exchange; `edited` says that the reader has changed them."""
    items = ""
    for part in parts(question):
        if part.value:
            items += _chip(part, question, turn)
        else:
            items += _empty_chip(part, question, turn)
    if edited:
        items += '<li class="remark">as you changed it</li>'
    return f'<ul class="chips" aria-label="Understood as">{items}</ul>'


def offered(known: Known) -> str:
    """The names that the forms of the chips offer while the reader types."""
    speakers = _names(KNOWN_SPEAKERS, known.speakers)
    return speakers + _names(KNOWN_SOURCES, known.sources)


def _names(id_: str, values: Sequence[str]) -> str:
    options = ""
    for value in values[:OFFERED]:
        options += f'<option value="{text(value)}"></option>'
    return f'<datalist id="{id_}">{options}</datalist>'


def _chip(part: Part, question: Question, turn: int) -> str:
    label = f"{text(part.lead)} <b>{isolated(part.value)}</b>"
    if part.is_carried:
        label += f' <small title="{CARRIED}">carried over</small>'
    if part.field in NOT_TYPED:
        shown = f'<span class="label">{label}</span>'
    else:
        shown = _editor(part, question, turn, unseen("Change: ") + label)
    place = {"turn": turn, "field": part.field, "old": part.value}
    removal = button("refine", CROSS, f"Remove: {part}", **place, new="")
    return f'<li class="chip">{shown}{removal}</li>'


def _empty_chip(part: Part, question: Question, turn: int) -> str:
    """What the question does not restrict, and where that can be done."""
    label = f"{unseen('Restrict: ')}{UNRESTRICTED[part.field]} {PLUS}"
    return f'<li class="chip empty">{_editor(part, question, turn, label)}</li>'


def _editor(part: Part, question: Question, turn: int, label: str) -> str:
    """What opens the small form of a chip, and the form."""
    place = attributes(turn=turn, field=part.field, old=part.value)
    return (
        f'<details class="form-in-place" name="chips-{turn}"><summary>{label}</summary>'
        f'<form data-event="refine"{place}>{_fields(part, question)}'
        '<button type="submit">Ask again</button></form></details>'
    )


def _fields(part: Part, question: Question) -> str:
    if part.field == "dates":
        return _day("Since", "since", question.since) + _day(
            "Until", "until", question.until
        )
    if part.field == "topic":
        return _words("Topic", "new", part.value)
    noun, names = "source", KNOWN_SOURCES
    if part.field == "speakers":
        noun, names = "speaker", KNOWN_SPEAKERS
    fields = _words(noun.capitalize(), "new", part.value, names)
    if part.value:
        fields += _words(f"Another {noun}", "more", "", names)
    return fields


def _day(label: str, name: str, value: str | None) -> str:
    return (
        f'<label>{label} <input type="date" name="{name}" '
        f'value="{text(value or "")}" autocomplete="off"></label>'
    )


def _words(label: str, name: str, value: str, names: str = "") -> str:
    offering = f' list="{names}"' if names else ""
    return (
        f'<label>{label} <input type="text" name="{name}" value="{text(value)}"'
        f'{offering} maxlength="{LONGEST_CHANGE}" autocomplete="off"></label>'
    )
