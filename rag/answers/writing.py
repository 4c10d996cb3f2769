"""Evidence -> Answer by a chat model; every sentence is held until it and its citations are
checked.
"""

from __future__ import annotations

import contextlib
import json
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from rag.answers.verify import Cited, Claim, Finding, Verifier, covered, needs_credit
from rag.errors import ModelError
from rag.language import segments
from rag.language.days import readable_date
from rag.language.words import words
from rag.models import plain_text, prompts, replies
from rag.models.loaders import model_name
from rag.models.plain_text import inert
from rag.models.replies import Limit, TooLongError
from rag.search.citations import cite, markers, with_markers
from rag.search.evidence import Evidence
from rag.types import Answer, Citation, Question, Turn

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

Numbered = Mapping[int, Cited]

HISTORY_TURNS, LONGEST_TURN = 4, 400
PLACES = 4
MOST_REPEATS, MOST_WAITING = 3, 12
FENCE_BYTES = 8
SCHEMA = {
    "title": "CitedAnswer",
    "description": "The answer as sentences, each with the numbers of the evidence that supports it.",
    "type": "object",
    "properties": {
        "sentences": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "text": {
                        "type": "string",
                        "description": "One sentence, without numbers in brackets.",
                    },
                    "evidence": {"type": "array", "items": {"type": "integer"}},
                },
                "required": ["text", "evidence"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["sentences"],
    "additionalProperties": False,
}


def write(
    question: Question,
    evidence: Sequence[Evidence],
    model: BaseChatModel,
    history: Sequence[Turn],
    timeout: float,
    verifier: Verifier,
) -> Iterator[Answer]:
    """The answer as it grows, sentence by checked sentence; the last one is complete.

    A sentence that does not pass the checks is shown to the model once to be corrected, and
    left out where that does not help; the last answer says how many were. While the model
    keeps silent the answer so far comes again, so that closing the iterator ends the call.
    Raises `ModelError` when the model fails, is too slow (`timeout`, in seconds, for
    everything), or has written nothing that can be shown.
    """
    limit = Limit(timeout)
    draft = _Draft(question, _numbered(evidence), verifier, model_name(model))
    try:
        yield from _written(draft, model, history, limit)
    except TooLongError:
        fewer = sorted(evidence, key=lambda unit: -unit.score)[: len(evidence) // 2]
        draft = replace(
            draft, sources=_numbered([unit for unit in evidence if unit in fewer])
        )
        yield from _written(draft, model, history, limit)
    with contextlib.suppress(
        ModelError
    ):  # what could not be corrected or confirmed is left out
        yield from _corrected(draft, model, limit)
        yield from _confirmed(draft, model, limit)
    if not draft.sentences:
        raise ModelError("The chat model wrote nothing that the articles support.")
    yield draft.complete()


def _written(
    draft: _Draft, model: BaseChatModel, history: Sequence[Turn], limit: Limit
) -> Iterator[Answer]:
    """The answer as the model writes it: as a structure where its profile has that, in
    prose where it has not or fails.
    """
    message = prompts.load("answer").invoke(
        {
            "fence": _fence(),
            "question": draft.question.text,
            "evidence": _evidence_block(draft.sources),
            "history": _history_block(history),
        }
    )
    if (getattr(model, "profile", None) or {}).get("structured_output"):
        chunks = replies.chunks(model.with_structured_output(SCHEMA), message, limit)
        try:
            yield from _grown(draft, _structured_sentences(chunks))
        except ModelError:
            if draft.sentences:
                raise
        if draft.sentences:
            return
        draft.failed.clear()
    yield from _grown(draft, _sentences(replies.tokens(model, message, limit)))


def _grown(draft: _Draft, sentences: Iterator[str]) -> Iterator[Answer]:
    for sentence in sentences:
        if draft.offer(sentence) or not sentence:
            yield draft.answer()


def _corrected(draft: _Draft, model: BaseChatModel, limit: Limit) -> Iterator[Answer]:
    """The answer with what the model corrects of the sentences that failed; it is asked once."""
    failed, draft.failed = draft.failed, []
    draft.left_out = len(failed)
    if not failed:
        return
    numbers = sorted({number for one in failed for number in one.numbers})
    message = prompts.load("repair").invoke(
        {
            "fence": _fence(),
            "question": draft.question.text,
            "evidence": _evidence_block(
                {number: draft.sources[number] for number in numbers}
            ),
            "failed": _lines(
                {"sentence": one.text, "reason": one.verdict.fault} for one in failed
            ),
        }
    )
    for sentence in _sentences(replies.tokens(model, message, limit)):
        before = len(draft.sentences) + len(draft.doubtful)
        if draft.offer(sentence) or not sentence:
            yield draft.answer()
        draft.left_out = max(
            0, draft.left_out - (len(draft.sentences) + len(draft.doubtful) - before)
        )


def _confirmed(draft: _Draft, model: BaseChatModel, limit: Limit) -> Iterator[Answer]:
    """The answer with those of the doubtful sentences that the model, asked again, finds in
    their evidence.
    """
    if not draft.doubtful:
        return
    pairs = [
        {
            "number": at,
            "sentence": one.text,
            "evidence": [draft.sources[n].text for n in one.numbers],
        }
        for at, one in enumerate(draft.doubtful, start=1)
    ]
    message = prompts.load("confirm").invoke(
        {"fence": _fence(), "pairs": _lines(pairs)}
    )
    written = ""
    for token in replies.tokens(model, message, limit):
        written += token
        if not token:
            yield draft.answer()
    said = {one.get("number"): one.get("supported") for one in replies.objects(written)}
    for at, one in enumerate(draft.doubtful, start=1):
        if said.get(at) is True and draft.accept(one):
            yield draft.answer()


def _structured_sentences(chunks: Iterator[Any]) -> Iterator[str]:
    """Sentences with their markers from the structure as it grows, each when the next one
    begins; "" for silence.
    """
    done, sentences = 0, list[dict[str, Any]]()
    for chunk in chunks:
        found = chunk.get("sentences") if isinstance(chunk, dict) else None
        sentences = (
            [one for one in found if isinstance(one, dict)]
            if isinstance(found, list)
            else sentences
        )
        yield from (
            map(_as_prose, sentences[done:-1])
            if len(sentences) > done + 1
            else ("",) * (chunk is None)
        )
        done = max(done, len(sentences) - 1)
    yield from map(_as_prose, sentences[done:])


def _as_prose(one: Mapping[str, Any]) -> str:
    numbers = one.get("evidence")
    return f"{one.get('text', '')} {[n for n in numbers if type(n) is int] if isinstance(numbers, list) else ''}"


def _sentences(tokens: Iterator[str]) -> Iterator[str]:
    """Whole sentences, each with the markers that follow it, as soon as the next one
    begins; "" for silence.
    """
    pending = ""
    for token in tokens:
        pending = plain_text.without_thoughts(pending + token)
        if not token:
            yield ""
        elif plain_text.may_be_cut(pending):
            *whole, rest = _cut(pending)
            yield from (pending[start:end] for start, end in whole)
            pending = pending[rest[0] :]
    yield from (pending[start:end] for start, end in _cut(pending))


def _cut(written: str) -> list[tuple[int, int]]:
    """Where the text's sentences begin and end, each with the markers behind it; the last
    may go on.
    """
    found: list[tuple[int, int]] = []
    for span in segments.sentences(written):
        taken = plain_text.leading_markers(span.of(written)) if found else 0
        if taken:
            found[-1] = (found[-1][0], span.start + taken)
        if taken < len(span):
            found.append((span.start + taken, span.end))
    return found or [(0, len(written))]


@dataclass(frozen=True, slots=True)
class _Checked:
    """A sentence without markers, the numbers that it may carry, and what was found."""

    text: str
    numbers: tuple[int, ...]
    verdict: Finding


@dataclass
class _Draft:
    """What a reader may see so far, and what waits: sentences in doubt, and sentences that
    failed.
    """

    question: Question
    sources: Numbered
    verifier: Verifier
    writer: str
    sentences: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    used: list[Citation] = field(default_factory=list)
    marker_of: dict[int, int] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    doubtful: list[_Checked] = field(default_factory=list)
    failed: list[_Checked] = field(default_factory=list)
    left_out: int = 0

    def offer(self, sentence: str) -> bool:
        """Whether the sentence, checked, is shown; else it waits. A sentence said before is
        passed over.
        """
        text, numbers = plain_text.parsed(sentence)
        key = " ".join(words(text))
        self.seen[key] += bool(key)
        if self.seen[key] > MOST_REPEATS:
            raise ModelError("The chat model repeats itself.")
        if not key or self.seen[key] > 1:
            return False
        found = self._placed(text, [n for n in numbers if n in self.sources])
        if found.verdict.is_sure:
            return self.accept(found)
        if len(self.failed) + len(self.doubtful) == MOST_WAITING:
            raise ModelError(
                "The chat model wrote too much that the articles do not support."
            )
        (self.doubtful if found.verdict.is_in_doubt else self.failed).append(found)
        return False

    def accept(self, one: _Checked) -> bool:
        """Shows the sentence, unless it fails where it now stands."""
        claim, cited = self._claim(one.text), [self.sources[n] for n in one.numbers]
        if self.verifier.verdict(claim, cited).fault:
            self.failed.append(one)
            return False
        credit = needs_credit(claim, cited)
        text = f"{credit}: {one.text}" if credit else one.text
        self.sentences.append(
            with_markers(text, markers(self._renumbered(one.numbers)))
        )
        self.told.append(text)
        return True

    def _placed(self, text: str, numbers: Sequence[int]) -> _Checked:
        """The sentence with the citations that support it: the model's own where they do,
        else the one that does best.
        """
        claim, tried = self._claim(text), dict[tuple[int, ...], _Checked]()
        for choice in self._choices(claim, numbers):
            if choice not in tried:
                verdict = self.verifier.verdict(
                    claim, [self.sources[n] for n in choice]
                )
                tried[choice] = _Checked(text, choice, verdict)
        sure = [one for one in tried.values() if one.verdict.is_sure]
        own = tuple(
            n
            for one in sure
            for n in one.numbers
            if n in numbers and len(one.numbers) == 1
        )
        if own:
            return _Checked(text, own, Finding())
        return next(iter(sure), None) or max(
            tried.values(), key=lambda one: one.verdict.standing
        )

    def _choices(
        self, claim: Claim, numbers: Sequence[int]
    ) -> Iterator[tuple[int, ...]]:
        """Sets of citations to try: all of the model's together, each alone, and others by
        the words in common.
        """
        yield from filter(None, [tuple(numbers)])
        yield from ((number,) for number in numbers)
        shares = {
            number: covered(claim, [source]) for number, source in self.sources.items()
        }
        yield from (
            (number,)
            for number in sorted(shares, key=lambda number: -shares[number])[:PLACES]
        )

    def _claim(self, text: str) -> Claim:
        return Claim(
            text, self.question, " ".join(self.told[-2:]), self.verifier.surnames
        )

    def _renumbered(self, numbers: Sequence[int]) -> list[Citation]:
        """The citations as the reader counts them: in the order in which they first stand."""
        shown = []
        for number in numbers:
            marker = self.marker_of.setdefault(number, len(self.marker_of) + 1)
            if marker > len(self.used):
                self.used.append(replace(self.sources[number].citation, marker=marker))
            shown.append(self.used[marker - 1])
        return sorted(shown, key=lambda citation: citation.marker)

    def answer(self) -> Answer:
        return Answer(
            self.question,
            " ".join(self.sentences),
            tuple(self.used),
            writer=self.writer,
        )

    def complete(self) -> Answer:
        """The answer with a notice of what was left out."""
        accepted = {one.text for one in self.doubtful} & set(self.told)
        count = self.left_out + len(self.doubtful) - len(accepted)
        if not count:
            return self.answer()
        were = "1 sentence was" if count == 1 else f"{count} sentences were"
        return replace(
            self.answer(), notices=(f"{were} left out: not supported by the articles.",)
        )


def _numbered(evidence: Sequence[Evidence]) -> dict[int, Cited]:
    found: dict[int, Cited] = {}
    for unit in evidence:
        found |= {
            citation.marker: Cited(unit, citation)
            for citation in cite(unit, len(found) + 1)
        }
    return found


def _evidence_block(sources: Numbered) -> str:
    """One JSON object a line, so that no article can end its own entry or begin another."""
    return _lines(
        {
            "number": number,
            "said by": inert(source.citation.speaker or "the article itself"),
            "title": inert(source.citation.title),
            "source": inert(source.citation.source or ""),
            "published": readable_date(source.citation.date),
            "words": inert(source.citation.quote),
            "in the sentence": inert(source.text),
        }
        for number, source in sources.items()
    )


def _history_block(history: Sequence[Turn]) -> str:
    turns = (
        {"question": inert(t.question), "answer": inert(t.answer)[:LONGEST_TURN]}
        for t in history[-HISTORY_TURNS:]
    )
    return _lines(turns) or "nothing"


def _lines(rows: Any) -> str:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)


def _fence() -> str:
    """A line that no article can know."""
    return f"=== {secrets.token_hex(FENCE_BYTES)} ==="
