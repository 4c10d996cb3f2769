"""Evidence -> Answer by a chat model; every sentence is held until it and its citations are
checked.
"""

from __future__ import annotations

import contextlib
import json
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
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

# What "he" and "there" in a question may point back to: four turns, and of each answer the
# first sentences, in characters; more takes the model's room from the evidence. By hand.
HISTORY_TURNS, LONGEST_TURN = 4, 400
# Evidence beside the model's own that is tried for a sentence, the likest in words first;
# each costs a check by meaning. Chosen by hand.
PLACES = 4
# A model may come back to a sentence, which is shown once; a fourth time is a loop, in which
# it would write until the limit of time. Chosen by hand.
MOST_REPEATS = 3
# Sentences that failed or are in doubt: a reply with more is an echo of the prompt or an
# essay of the model's own, and no correction saves it. Chosen by hand.
MOST_WAITING = 12
FENCE_BYTES = 8  # 2 ** 64 fences, so that no article holds the right one by chance
SCHEMA = {
    "title": "CitedAnswer",
    "description": "The answer as sentences, each with the numbers of the evidence that "
    "supports it.",
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
        # the better half of the evidence, in its order; a model that cannot read so much
        # is too small, so that there is no third try
        best = sorted(evidence, key=lambda unit: -unit.score)[: len(evidence) // 2]
        kept = [unit for unit in evidence if unit in best]
        draft = replace(draft, sources=_numbered(kept))
        yield from _written(draft, model, history, limit)
    # what could not be corrected or confirmed is left out
    with contextlib.suppress(ModelError):
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
    message = prompts.load_prompt("answer").invoke(
        {
            "fence": _fence(),
            "question": draft.question.text,
            "evidence": _evidence_block(draft.sources),
            "history": _history_block(history),
        }
    )
    profile = getattr(model, "profile", None) or {}
    if profile.get("structured_output"):
        chunks = replies.chunks(model.with_structured_output(SCHEMA), message, limit)
        try:
            yield from _grown(draft, _structured_sentences(chunks))
        except ModelError:
            # a server may take the schema and not keep to it; what is shown stays, though
            if draft.sentences:
                raise
        if draft.sentences:
            return
        draft.failed.clear()
    yield from _grown(draft, _sentences(replies.tokens(model, message, limit)))


def _grown(draft: _Draft, sentences: Iterator[str]) -> Iterator[Answer]:
    """The answer after each sentence that is shown, and again for silence (a sentence "")."""
    for sentence in sentences:
        if draft.offer(sentence) or not sentence:
            yield draft.answer()


def _corrected(draft: _Draft, model: BaseChatModel, limit: Limit) -> Iterator[Answer]:
    """The answer with what the model corrects of the sentences that failed; it is asked once."""
    failed, draft.failed = draft.failed, []
    draft.left_out = len(failed)
    if not failed:
        return
    cited: set[int] = set()
    for one in failed:
        cited.update(one.numbers)
    evidence = {number: draft.sources[number] for number in sorted(cited)}
    rows = [{"sentence": one.text, "reason": one.finding.fault} for one in failed]
    message = prompts.load_prompt("repair").invoke(
        {
            "fence": _fence(),
            "question": draft.question.text,
            "evidence": _evidence_block(evidence),
            "failed": _lines(rows),
        }
    )
    for sentence in _sentences(replies.tokens(model, message, limit)):
        before = draft.passed
        if draft.offer(sentence) or not sentence:
            yield draft.answer()
        draft.left_out = max(0, draft.left_out - (draft.passed - before))


def _confirmed(draft: _Draft, model: BaseChatModel, limit: Limit) -> Iterator[Answer]:
    """The answer with those of the doubtful sentences that the model, asked again, finds in
    their evidence.
    """
    if not draft.doubtful:
        return
    pairs = []
    for at, one in enumerate(draft.doubtful, start=1):
        texts = [draft.sources[number].text for number in one.numbers]
        pairs.append({"number": at, "sentence": one.text, "evidence": texts})
    message = prompts.load_prompt("confirm").invoke(
        {"fence": _fence(), "pairs": _lines(pairs)}
    )
    written = ""
    for token in replies.tokens(model, message, limit):
        written += token
        if not token:
            yield draft.answer()
    said = {one.get("number"): one.get("supported") for one in replies.objects(written)}
    for at, one in enumerate(draft.doubtful, start=1):
        is_confirmed = said.get(at) is True  # "yes" and "true" in words confirm nothing
        if is_confirmed and draft.accept(one):
            yield draft.answer()


def _structured_sentences(chunks: Iterator[Any]) -> Iterator[str]:
    """Sentences with their markers from the structure as it grows, each when the next one
    begins; "" for silence.
    """
    done = 0
    sentences: list[dict[str, Any]] = []
    for chunk in chunks:
        if chunk is None:
            yield ""
            continue
        sentences = _sentences_in(chunk) or sentences
        whole = sentences[done:-1]  # the last one may still be growing
        yield from map(_as_prose, whole)
        done += len(whole)
    yield from map(_as_prose, sentences[done:])


def _sentences_in(chunk: Any) -> list[dict[str, Any]]:
    """The sentences of a structure so far; none where the model does not keep to the schema."""
    found = chunk.get("sentences") if isinstance(chunk, dict) else None
    if not isinstance(found, list):
        return []
    return [one for one in found if isinstance(one, dict)]


def _as_prose(one: Mapping[str, Any]) -> str:
    """The sentence with its markers behind it: `Ana resigned. [1, 3]`."""
    given = one.get("evidence")
    numbers: list[int] = []
    for number in given if isinstance(given, list) else []:
        if type(number) is int:  # true is no number
            numbers.append(number)
    return f"{one.get('text', '')} {numbers}"


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
    finding: Finding


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
        if not key:
            return False
        self.seen[key] += 1
        if self.seen[key] > MOST_REPEATS:
            raise ModelError("The chat model repeats itself.")
        if self.seen[key] > 1:
            return False
        found = self._placed(text, [n for n in numbers if n in self.sources])
        if found.finding.is_sure:
            return self.accept(found)
        waiting = len(self.failed) + len(self.doubtful)
        if waiting == MOST_WAITING:
            raise ModelError(
                "The chat model wrote too much that the articles do not support."
            )
        if found.finding.is_in_doubt:
            self.doubtful.append(found)
        else:
            self.failed.append(found)
        return False

    def accept(self, one: _Checked) -> bool:
        """Shows the sentence, unless it fails where it now stands: "he" may be another now."""
        claim = self._claim(one.text)
        cited = [self.sources[number] for number in one.numbers]
        if self.verifier.finding(claim, cited).fault:
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
        claim = self._claim(text)
        tried: list[_Checked] = []
        for choice in self._choices(claim, numbers):
            cited = [self.sources[number] for number in choice]
            tried.append(_Checked(text, choice, self.verifier.finding(claim, cited)))
        sure = [one for one in tried if one.finding.is_sure]
        # each of the model's own that supports the sentence by itself is shown
        own: list[int] = []
        for one in sure:
            if len(one.numbers) == 1 and one.numbers[0] in numbers:
                own += one.numbers
        if own:
            return _Checked(text, tuple(own), Finding())
        if sure:
            return sure[0]
        return max(tried, key=lambda one: one.finding.standing)

    def _choices(self, claim: Claim, numbers: Sequence[int]) -> list[tuple[int, ...]]:
        """Sets of citations to try, each once: all of the model's together, each alone, and
        others by the words in common.
        """
        together = [tuple(numbers)] if numbers else []
        shares: dict[int, float] = {}
        for number, one in self.sources.items():
            shares[number] = covered(claim, [one])
        likest = sorted(shares, key=lambda number: -shares[number])[:PLACES]
        alone = [(number,) for number in (*numbers, *likest)]
        return list(dict.fromkeys([*together, *alone]))

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

    @property
    def passed(self) -> int:
        """How many sentences did not fail."""
        return len(self.sentences) + len(self.doubtful)

    def answer(self) -> Answer:
        """The answer as a reader may see it now."""
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
        notice = f"{were} left out: not supported by the articles."
        return replace(self.answer(), notices=(notice,))


def _numbered(evidence: Sequence[Evidence]) -> dict[int, Cited]:
    found: dict[int, Cited] = {}
    for unit in evidence:
        for citation in cite(unit, len(found) + 1):
            found[citation.marker] = Cited(unit, citation)
    return found


def _evidence_block(sources: Numbered) -> str:
    """One JSON object a line, so that no article can end its own entry or begin another."""
    rows = []
    for number, one in sources.items():
        cited = one.citation
        row = {
            "number": number,
            "said by": inert(cited.speaker or "the article itself"),
            "title": inert(cited.title),
            "source": inert(cited.source or ""),
            "published": readable_date(cited.date),
            "words": inert(cited.quote),
            "in the sentence": inert(one.text),
        }
        rows.append(row)
    return _lines(rows)


def _history_block(history: Sequence[Turn]) -> str:
    rows = []
    for turn in history[-HISTORY_TURNS:]:
        answer = inert(turn.answer)[:LONGEST_TURN]
        rows.append({"question": inert(turn.question), "answer": answer})
    return _lines(rows) or "nothing"


def _lines(rows: Iterable[Mapping[str, object]]) -> str:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)


def _fence() -> str:
    """A line that no article can know."""
    return f"=== {secrets.token_hex(FENCE_BYTES)} ==="
