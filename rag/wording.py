"""How one question is worded, read by itself: the answer it wants, whom and what it names, and what it leaves open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

from rag.grammar import Pattern, Vocabulary, is_small, vocabulary
from rag.naming import Named, Names
from rag.periods import Period, periods
from rag.text import words
from rag.types import Known, Question, QuestionForm, QuestionKind, Span

KINDS: dict[str, QuestionKind] = {"differ": "compare", "report": "compare", "change": "timeline"}
SENTENCES, MORE_SENTENCES = 6, 15


@dataclass(frozen=True, slots=True)
class Wording:
    """A question as far as it can be understood by itself, and what in it points back to the conversation.

    `form` is "" where the question only changes the one before ("and Erdogan?"). `speaker_open` and `topic_open` stand
    for pronouns in place of a speaker or a topic; `person_open` for one of a person in the topic ("about him").
    `apart` asks for others than those before, `anew` for other things than those before; `time_open` for a time before
    or after the one before.
    """

    question: Question
    form: QuestionForm | Literal[""] = "what"
    is_statement: bool = False
    continues: bool = False
    speaker_open: bool = False
    topic_open: bool = False
    person_open: bool = False
    needs_topic: bool = False
    apart: bool = False
    anew: bool = False
    time_open: Literal["", "earlier", "later"] = ""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a pattern, or keywords, say: whom, others than whom, and the topic with the small words around it."""

    form: str
    named: Named
    others: Named
    topic: str
    verb: str = ""
    apart: bool = False
    anew: bool = False
    more: bool = False


def read(text: str, known: Known, today: str) -> Wording:
    """The wording of a question without its conversation; `today` (ISO) is the day of asking."""
    lists = vocabulary()
    rest, lead = _without_prefixes(text)
    ...
