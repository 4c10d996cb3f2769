"""Question -> what it asks for: speakers, topic, sources, time and form, understood without
a chat model.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from rag.errors import QuestionError
from rag.language.words import words
from rag.questions.followups import complete
from rag.questions.parse import parse
from rag.questions.patterns import vocabulary
from rag.types import Known, Question, Turn

RECENT_TURNS = 10
MOST_PARTS = 4


def understand(
    text: str,
    known: Known,
    history: Sequence[Turn] = (),
    *,
    longest: int = 4_000,
    today: str | None = None,
    newest: str | None = None,
) -> Question:
    """What a question asks for; what it leaves out is taken from the latest turns of the
    conversation, oldest first.

    Speakers and sources on record carry their one name, others the words of the question.
    `today` (ISO) is the day of asking; where it is not known, "last week" counts from
    `newest`, the date of the newest article, and "this week" sets no limit. Raises
    `QuestionError` for a question that is empty, has no word in it, or is longer than
    `longest` characters.
    """
    text = clean(text)
    if len(text) > longest:
        raise QuestionError(
            f"The question has {len(text):,} characters; ask in at most {longest:,}."
        )
    if not words(text):
        raise QuestionError(
            "The question is empty; ask something such as: What did Putin say about Idlib?"
        )
    day, is_guessed = today or newest or date.today().isoformat(), today is None

    def meant(text: str, earlier: Sequence[Question]) -> Question:
        return replace(
            complete(parse(text, known, day, is_guessed), earlier), today=today
        )

    earlier: list[Question] = []
    for turn in history[-RECENT_TURNS:]:
        before = clean(turn.question)[:longest]
        if turn.understood or words(before):
            earlier += (
                (turn.understood.parts or (turn.understood,))
                if turn.understood
                else [meant(before, earlier)]
            )
    return _in_parts(text, meant, earlier) or meant(text, earlier)


def _in_parts(
    text: str,
    meant: Callable[[str, Sequence[Question]], Question],
    earlier: Sequence[Question],
) -> Question | None:
    """The question with its parts, each of which may lean on those before it; None where it
    has only one.
    """
    parts: list[Question] = []
    for piece in vocabulary().next_part.split(text)[:MOST_PARTS]:
        part = meant(piece, [*earlier, *parts])
        parts.append(
            part if part.topic or not parts else replace(part, topic=parts[-1].topic)
        )
    if len(parts) < 2 or any(part.kind != "ask" or part.stance for part in parts):
        return None
    speakers = dict.fromkeys(name for part in parts for name in part.speakers)
    topics = dict.fromkeys(part.topic for part in parts if part.topic)
    return replace(
        meant(text, earlier),
        speakers=tuple(speakers),
        topic=", ".join(topics),
        parts=tuple(parts),
    )


def query(question: Question) -> str:
    """A text that asks the whole question: its own, or for a follow-up one made of what it
    was understood as.
    """
    if not question.is_follow_up:
        return question.text
    queries = vocabulary().queries
    who = queries["and"].join(question.speakers)
    if not question.topic:
        return queries["without topic"].format(who=who) if who else question.text
    form = question.form if who or question.form in ("who", "report") else "topic alone"
    return queries[form].format(who=who, topic=question.topic)


def clean(text: str) -> str:
    """The question on one line, without characters that neither SQLite nor Chroma would take."""
    return " ".join(re.sub(r"[\ud800-\udfff\x00-\x1f]", " ", text).split())
