"""Relations that a chat model proposes; one is kept only where the words that it names stand
in both statements, and is told in the statements' own words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, get_args

from rag.comparisons.relations import is_later, labelled, labels
from rag.errors import ModelError
from rag.language.days import readable_date
from rag.language.stance import stance_of
from rag.language.words import listed
from rag.models import prompts, replies
from rag.models.plain_text import inert
from rag.models.replies import Limit
from rag.types import Relation, RelationKind, Said

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

KINDS: tuple[RelationKind, ...] = get_args(RelationKind)
# What the model calls a pair of one speaker's statements, as it is called in time.
IN_TIME: dict[RelationKind, RelationKind] = {
    "agrees": "repeats",
    "differs": "changed position",
    "contradicts": "changed position",
}
# One word ("bridge") stands in every statement on the topic, so that it verifies nothing.
LEAST_WORDS = 2
# Characters: the prompt asks for a dozen words at most, and one short phrase as the reason;
# twice as much is let through.
LONGEST_WORDS, LONGEST_REASON = 200, 160
# Share of the reason's words that are the statements': with half of them a phrase that
# compares ("a disaster against a success") passes, advertising and orders do not.
OWN_WORDS = 0.5
UNEXPLAINED = "as the chat model reads them"


def proposed(
    said: Sequence[Said], topic: str, model: BaseChatModel, timeout: float
) -> list[Relation]:
    """The relations of statements, numbered from 1 in their order, that the model names and
    we can verify.

    Left out is what names no two statements, no kind of relation, or words that do not
    stand in them. Raises `ModelError` when the model fails, is too slow (`timeout`, in
    seconds), or names nothing that can be verified.
    """
    message = prompts.load_prompt("relations").invoke(
        {"topic": inert(topic), "statements": _statements_block(said)}
    )
    reply = replies.reply(model, message, Limit(timeout))
    kept: dict[tuple[int, int], Relation] = {}
    for proposal in replies.objects(reply):
        relation = _verified(proposal, said)
        if relation:
            kept.setdefault((relation.first, relation.second), relation)
    if not kept:
        raise ModelError(
            "The chat model named no relation that the statements support."
        )
    return list(kept.values())


def _statements_block(said: Sequence[Said]) -> str:
    lines = []
    for number, one in enumerate(said, start=1):
        speaker = inert(listed(one.statement.names) or "unknown")
        day = readable_date(one.date) or "an unknown day"
        lines.append(f"[{number}] said by: {speaker}; on: {day}")
        lines.append(f"    words: {inert(one.text)}")
    return "\n".join(lines)


def _verified(proposal: dict[str, Any], said: Sequence[Said]) -> Relation | None:
    """The relation that the model proposes, in the statements' own words; None where it
    names what is not there.
    """
    first = _number(proposal.get("first"), said)
    second = _number(proposal.get("second"), said)
    if not first or not second or first == second:
        return None
    one, other = said[first - 1], said[second - 1]
    is_reversed = is_later(one, other) and str(one.date) > str(other.date)
    if is_reversed:
        return _verified(_turned(proposal), said)
    kind = _kind(proposal.get("kind"), one, other)
    if kind is None:
        return None
    if not _stands_in(proposal.get("words_of_first"), one):
        return None
    if not _stands_in(proposal.get("words_of_second"), other):
        return None
    label, other_label = labels(one, other)
    why = _reason(proposal.get("reason"), one, other)
    reason = f"{labelled(one, label)} – {labelled(other, other_label)} ({why})"
    return Relation(kind, first, second, reason, "model")


def _number(value: object, said: Sequence[Said]) -> int:
    """The number of a statement; 0 for anything else."""
    if type(value) is not int:  # true is no number
        return 0
    return value if 1 <= value <= len(said) else 0


def _turned(proposal: dict[str, Any]) -> dict[str, Any]:
    """The same proposal with the earlier statement first."""
    turned = {
        "first": "second",
        "second": "first",
        "words_of_first": "words_of_second",
        "words_of_second": "words_of_first",
    }
    return {turned.get(name, name): value for name, value in proposal.items()}


def _kind(value: object, one: Said, other: Said) -> RelationKind | None:
    """The kind as it fits the pair: one speaker repeats or changes in time, and only one
    speaker does.
    """
    if value not in KINDS:
        return None
    kind: RelationKind = value
    if is_later(one, other):
        return IN_TIME.get(kind, kind)
    is_one_speaker = one.statement.names == other.statement.names
    is_one_outlet = one.article.source == other.article.source
    is_one_voice = is_one_speaker and is_one_outlet
    if is_one_voice or kind in IN_TIME.values():
        return None
    return kind


def _stands_in(chosen: object, said: Said) -> bool:
    """Whether the words that the model chose, at least two, stand so in the statement."""
    if not isinstance(chosen, str) or len(chosen) > LONGEST_WORDS:
        return False
    wanted = [token.word for token in stance_of(chosen).tokens]
    held = [token.word for token in stance_of(said.text).tokens]
    if len(wanted) < LEAST_WORDS:
        return False
    return f" {' '.join(wanted)} " in f" {' '.join(held)} "


def _reason(value: object, one: Said, other: Said) -> str:
    """The model's reason where it is short and at least half of its words are those of the
    statements or of our kinds.
    """
    if not isinstance(value, str) or len(value) > LONGEST_REASON:
        return UNEXPLAINED
    stems = stance_of(value).stems
    labelled_by = " ".join(labels(one, other))
    known = stance_of(f"{one.text} {other.text} {' '.join(KINDS)} {labelled_by}").stems
    is_theirs = bool(stems) and len(stems & known) / len(stems) >= OWN_WORDS
    return inert(value).strip(" .()") if is_theirs else UNEXPLAINED
