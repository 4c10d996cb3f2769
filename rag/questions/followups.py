"""What a question leaves out and the conversation before it said: "and Erdogan?", "when did
he say that?".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.questions.parse import Wording
from rag.questions.periods import moved
from rag.types import Question

_UNLIMITED = Question("")


def complete(wording: Wording, earlier: Sequence[Question]) -> Question:
    """The question with what it leaves out taken from the questions before it, oldest
    first; unchanged without them.
    """
    asked = wording.question
    before = _antecedent(wording, earlier)
    if before is None or not _leaves_out(wording):
        return asked
    # "and Erdogan?" stays within the sources and the time before, "what else did he say?" does
    # not.
    is_elliptical = wording.is_change or not asked.topic
    limits = before if is_elliptical and not wording.anew else _UNLIMITED
    since, until = _time(wording, before, limits)
    completed = replace(
        asked,
        speakers=_speakers(wording, before, earlier),
        others=_others(wording, before),
        topic=_topic(wording, before),
        sources=_sources(wording, before, limits),
        since=since,
        until=until,
    )
    if wording.is_change:
        completed = _in_form_of(before, completed)
    return replace(completed, is_follow_up=completed != asked)


def _antecedent(wording: Wording, earlier: Sequence[Question]) -> Question | None:
    """The latest question with a speaker where a speaker is left open, else the latest with
    anything to carry over.
    """
    for question in reversed(earlier):
        if question.speakers:
            return question
        if question.topic and not wording.needs_speaker:
            return question
    return None


def _leaves_out(wording: Wording) -> bool:
    """Whether a question needs the conversation to be understood."""
    asked = wording.question
    is_complete = asked.speakers and asked.topic
    limits_itself = asked.speakers or (asked.sources and wording.form)
    if wording.points_back:  # "when did he say that?", "and before that?"
        return True
    if wording.is_change and not is_complete:  # "and Erdogan?"
        return True
    if asked.topic:  # "What happened in Aleppo?"
        return False
    if wording.continues or wording.needs_topic:  # "How did Turkey react?"
        return True
    # "why?", but not "What did the Gazette report?"
    return not limits_itself


def _speakers(
    wording: Wording, before: Question, earlier: Sequence[Question]
) -> tuple[str, ...]:
    own, form = wording.question.speakers, wording.form
    if form == "differ" and not own:  # "compare them"
        return _parties(before, earlier)
    if form == "differ" and wording.speaker_open:  # "does Erdogan agree with him?"
        return _joined(own, before.speakers)
    if wording.is_change and before.form == "differ":
        # "Compare Holt and Okafor on tolls", "and Ann Lee?"
        return _joined(before.speakers, own)
    if own or form in ("who", "report"):  # "who disagreed?", "how was it reported?"
        return own
    # "did he?", "and the refugees?" and "why?", but not "How many people live there?"
    points_back = wording.speaker_open or wording.is_change
    is_open = points_back or not wording.names_matter
    return before.speakers if is_open else ()


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
    """Whom the answer leaves out: "who else?" means others than those before."""
    own = wording.question.others
    if own or not wording.apart:
        return own
    if wording.other_open or not wording.question.topic:
        return before.speakers or before.others
    return own


def _topic(wording: Wording, before: Question) -> str:
    own = wording.question.topic
    if wording.person_open:  # "what did Erdogan say about him?"
        return " ".join(filter(None, [own, *before.speakers]))
    if wording.topic_open:  # "How many people live there?"
        return " ".join(filter(None, [own, before.topic]))
    if own or wording.anew:  # "what else did he say?"
        return own
    return before.topic


def _sources(wording: Wording, before: Question, limits: Question) -> tuple[str, ...]:
    own = wording.question.sources
    if own and wording.is_change and before.form == "report":
        # "How did Northwire cover the summit?", "and the Daily Ledger?"
        return _joined(before.sources, own)
    return own or limits.sources


def _time(
    wording: Wording, before: Question, limits: Question
) -> tuple[str | None, str | None]:
    """The first and the last day (ISO)."""
    asked = wording.question
    if wording.time_open == "earlier":  # "and before that?"
        return None, moved(before.since or before.until, -1)
    if wording.time_open == "later":  # "and after that?"
        return moved(before.until or before.since, 1), None
    if asked.since or asked.until:  # "and in 2016?"
        return asked.since, asked.until
    return limits.since, limits.until


def _in_form_of(before: Question, completed: Question) -> Question:
    """A mere change asks for the same form of answer; "who" no longer where a speaker is
    given ("Who called for a ceasefire?", "and Erdogan?").
    """
    if before.form == "who" and completed.speakers:
        return replace(completed, form="what", kind="ask")
    # "show me the timeline" stays one, whatever was asked before
    kind = before.kind if completed.kind == "ask" else completed.kind
    others = before.others if before.form == "who" else completed.others
    return replace(completed, form=before.form, kind=kind, others=others)


def _joined(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(first + second))
