"""Question -> what it asks for: speakers, topic, sources, time and form, understood without
a chat model.

The road of a question: `understand` cuts it into parts; `parse` reads the words of each by
themselves, with `mentions` for whom they name and `periods` for the time; `followups` takes
what they leave out from the questions before. The words and patterns are data (`patterns`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from rag.errors import QuestionError
from rag.language.words import words
from rag.questions.followups import complete
from rag.questions.parse import parse
from rag.questions.patterns import vocabulary
from rag.types import Known, Question, Turn

# "When did he say that?" seldom reaches further back; every turn is read again, so that
# the number bounds the time that a long conversation takes (chosen by hand).
RECENT_TURNS = 10
# Each part is searched and answered by itself; nobody asks five things at once (chosen by
# hand).
MOST_PARTS = 4

# What neither SQLite nor Chroma would take: halves of surrogate pairs, control characters.
_UNSTORABLE = re.compile(r"[\ud800-\udfff\x00-\x1f]")


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
    text = _askable(clean(text), longest)
    reader = _Reader(known, today, today or newest or date.today().isoformat())
    earlier = reader.conversation(history, longest)
    whole = reader.question(text, earlier)
    parts = reader.parts(text, earlier)
    return _with_parts(whole, parts) if parts else whole


@dataclass(frozen=True, slots=True)
class _Reader:
    """Understands questions, given who is on record and the day from which times are
    counted; `today` is None where that day is a guess.
    """

    known: Known
    today: str | None
    day: str

    def question(self, text: str, earlier: Sequence[Question]) -> Question:
        """A question read as one, completed from those before it."""
        wording = parse(text, self.known, self.day, is_guessed=self.today is None)
        return replace(complete(wording, earlier), today=self.today)

    def conversation(self, history: Sequence[Turn], longest: int) -> list[Question]:
        """The questions of the latest turns, oldest first, as they were understood or by
        their words; those of several parts as these.
        """
        earlier: list[Question] = []
        for turn in history[-RECENT_TURNS:]:
            text = clean(turn.question)[:longest]
            if turn.understood:
                earlier += turn.understood.parts or (turn.understood,)
            elif words(text):
                earlier.append(self.question(text, earlier))
        return earlier

    def parts(self, text: str, earlier: Sequence[Question]) -> list[Question]:
        """The several questions that one consists of, each of which may lean on those before
        it: "What did Putin say about Idlib? And Erdogan?"; none where it is only one.
        """
        pieces = vocabulary().next_part.split(text)[:MOST_PARTS]
        if len(pieces) < 2:
            return []
        parts: list[Question] = []
        for piece in pieces:
            part = self.question(piece, [*earlier, *parts])
            if part.kind != "ask" or part.stance:
                # "What do Putin and Erdogan disagree on and what did they sign?"
                return []
            if parts and not part.topic:
                # "What did Putin say about Idlib and what did Erdogan say?"
                part = replace(part, topic=parts[-1].topic)
            parts.append(part)
        return parts


def _askable(text: str, longest: int) -> str:
    if len(text) > longest:
        raise QuestionError(
            f"The question has {len(text):,} characters; ask in at most {longest:,}."
        )
    if not words(text):
        raise QuestionError(
            "The question is empty; ask something such as: What did Putin say about Idlib?"
        )
    return text


def _with_parts(whole: Question, parts: Sequence[Question]) -> Question:
    speakers: list[str] = []
    topics: list[str] = []
    for part in parts:
        speakers += part.speakers
        topics.append(part.topic)
    return replace(
        whole,
        speakers=tuple(dict.fromkeys(speakers)),
        topic=", ".join(dict.fromkeys(filter(None, topics))),
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
    if not question.topic and not who:
        return question.text
    if not question.topic:
        return queries["without topic"].format(who=who)
    # "Who spoke about Idlib?" names nobody; "What did ... say" without a name cannot be asked.
    asks_of_all = question.form in ("who", "report")
    form = question.form if who or asks_of_all else "topic alone"
    return queries[form].format(who=who, topic=question.topic)


def clean(text: str) -> str:
    """The question on one line, without characters that neither SQLite nor Chroma would take."""
    return " ".join(_UNSTORABLE.sub(" ", text).split())
