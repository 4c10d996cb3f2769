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
IN_TIME: dict[RelationKind, RelationKind] = {
    "agrees": "repeats",
    "differs": "changed position",
    "contradicts": "changed position",
}
LEAST_WORDS, LONGEST_WORDS, LONGEST_REASON = 2, 200, 160
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
    message = prompts.load("relations").invoke(
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
        day = readable_date(one.date) or "an unknown day"
        lines.append(
            f"[{number}] said by: {inert(listed(one.statement.names) or 'unknown')}; on: {day}"
        )
        lines.append(f"    words: {inert(one.text)}")
    return "\n".join(lines)


def _verified(proposal: dict[str, Any], said: Sequence[Said]) -> Relation | None:
    first, second = (
        _number(proposal.get("first"), said),
        _number(proposal.get("second"), said),
    )
    if not first or not second or first == second:
        return None
    one, other = said[first - 1], said[second - 1]
    if is_later(one, other) and str(one.date) > str(other.date):
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
    return value if type(value) is int and 1 <= value <= len(said) else 0


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
    kind = next((kind for kind in KINDS if kind == value), None)
    if kind and is_later(one, other):
        return IN_TIME.get(kind, kind)
    is_one_voice = (
        one.statement.names == other.statement.names
        and one.article.source == other.article.source
    )
    return None if kind in IN_TIME.values() or is_one_voice else kind


def _stands_in(chosen: object, said: Said) -> bool:
    """Whether the words that the model chose, at least two, stand so in the statement."""
    if not isinstance(chosen, str) or len(chosen) > LONGEST_WORDS:
        return False
    wanted = [token.word for token in stance_of(chosen).tokens]
    held = [token.word for token in stance_of(said.text).tokens]
    return (
        len(wanted) >= LEAST_WORDS and f" {' '.join(wanted)} " in f" {' '.join(held)} "
    )


def _reason(value: object, one: Said, other: Said) -> str:
    """The model's reason where it is short and at least half of its words are those of the
    statements or of our kinds.
    """
    if not isinstance(value, str) or len(value) > LONGEST_REASON:
        return UNEXPLAINED
    stems = stance_of(value).stems
    known = stance_of(
        f"{one.text} {other.text} {' '.join(KINDS)} {' '.join(labels(one, other))}"
    ).stems
    is_theirs = bool(stems) and len(stems & known) / len(stems) >= OWN_WORDS
    return inert(value).strip(" .()") if is_theirs else UNEXPLAINED
