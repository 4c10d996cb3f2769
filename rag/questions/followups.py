"""What a question leaves out and the conversation before it said: "and Erdogan?", "when did
he say that?".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from rag.questions.parse import KINDS, Wording
from rag.types import Question

_DAY = timedelta(days=1)


def complete(wording: Wording, earlier: Sequence[Question]) -> Question:
    """The question with what it leaves out taken from the questions before it, oldest
    first; unchanged without them.
    """
    asked = wording.question
    before = _antecedent(wording, earlier)
    if before is None or not _leaves_out(wording):
        return asked
    elliptical = not wording.anew and (not asked.topic or not wording.form)
    since, until = _time(wording, before, elliptical)
    completed = replace(
        asked,
        speakers=_speakers(wording, before, earlier),
        others=_others(wording, before),
        topic=_topic(wording, before),
        sources=_sources(wording, before, elliptical),
        since=since,
        until=until,
    )
    if not wording.form:
        completed = _in_form_of(before, completed, wording)
    return completed if completed == asked else replace(completed, is_follow_up=True)


def _antecedent(wording: Wording, earlier: Sequence[Question]) -> Question | None:
    """The latest question with a speaker where a speaker is left open, else the latest with
    anything to carry over.
    """
    needs_speaker = wording.speaker_open or wording.other_open or wording.person_open
    with_speaker = (question for question in reversed(earlier) if question.speakers)
    with_anything = (
        question
        for question in reversed(earlier)
        if question.speakers or question.topic
    )
    return next(with_speaker if needs_speaker else with_anything, None)


def _leaves_out(wording: Wording) -> bool:
    asked = wording.question
    says_nothing = (
        not asked.speakers and not asked.topic and not (asked.sources and wording.form)
    )
    incomplete = not asked.topic and (wording.continues or wording.needs_topic)
    is_change = not wording.form and not (asked.speakers and asked.topic)
    points_back = (
        wording.speaker_open
        or wording.other_open
        or wording.topic_open
        or wording.person_open
    )
    return (
        points_back
        or bool(wording.time_open)
        or says_nothing
        or incomplete
        or is_change
    )


def _speakers(
    wording: Wording, before: Question, earlier: Sequence[Question]
) -> tuple[str, ...]:
    asked = wording.question
    if wording.form == "who" or (wording.form == "report" and not asked.speakers):
        return ()
    if wording.form == "differ" and (wording.speaker_open or not asked.speakers):
        return _joined(
            asked.speakers,
            before.speakers if asked.speakers else _parties(before, earlier),
        )
    if asked.speakers:
        return (
            _joined(before.speakers, asked.speakers)
            if _adds_party(wording, before)
            else asked.speakers
        )
    says_nothing = (
        not asked.topic and not wording.topic_open and not wording.person_open
    )
    return (
        before.speakers
        if wording.speaker_open or not wording.form or says_nothing
        else ()
    )


def _adds_party(wording: Wording, before: Question) -> bool:
    return not wording.form and before.form == "differ"


def _parties(before: Question, earlier: Sequence[Question]) -> tuple[str, ...]:
    """Those whom the conversation so far compares: all that were asked about on one topic,
    or else the latest two.
    """
    together: tuple[str, ...] = ()
    for question in reversed(earlier):
        if len(together) < 2 or question.topic == before.topic:
            together = _joined(question.speakers, together)
        if len(question.speakers) > 1:
            break
    return together


def _others(wording: Wording, before: Question) -> tuple[str, ...]:
    asked = wording.question
    leaves_out = (
        wording.apart and not asked.others and (wording.other_open or not asked.topic)
    )
    return before.speakers or before.others if leaves_out else asked.others


def _topic(wording: Wording, before: Question) -> str:
    own = wording.question.topic
    if wording.person_open:
        return " ".join(filter(None, [own, *before.speakers]))
    if wording.topic_open:
        return " ".join(filter(None, [own, before.topic]))
    return own if own or wording.anew else before.topic


def _sources(wording: Wording, before: Question, elliptical: bool) -> tuple[str, ...]:
    own = wording.question.sources
    if own and not wording.form and before.form == "report":
        return _joined(before.sources, own)
    return own or (before.sources if elliptical else ())


def _time(
    wording: Wording, before: Question, elliptical: bool
) -> tuple[str | None, str | None]:
    asked = wording.question
    if wording.time_open == "earlier":
        return None, _next_to(before.since or before.until, -1)
    if wording.time_open == "later":
        return _next_to(before.until or before.since, 1), None
    if asked.since or asked.until or not elliptical:
        return asked.since, asked.until
    return before.since, before.until


def _next_to(day: str | None, days: int) -> str | None:
    return (date.fromisoformat(day) + _DAY * days).isoformat() if day else None


def _in_form_of(before: Question, completed: Question, wording: Wording) -> Question:
    """A mere change asks for the same form of answer; "who" no longer where a speaker is given."""
    form = "what" if before.form == "who" and completed.speakers else before.form
    kind = before.kind if completed.kind == "ask" else completed.kind
    if form != before.form:
        kind = KINDS.get(form, "ask")
    others = before.others if form == "who" else completed.others
    return replace(completed, form=form, kind=kind, others=others)


def _joined(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(first + second))
