"""Evidence -> Answer by a chat model; every sentence is held until its citations are checked."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rag import prompts
from rag import text as texts
from rag.answer import cite
from rag.evidence import Evidence
from rag.models import first_line
from rag.text import readable_date
from rag.types import Answer, Citation, ModelError, Question, Turn

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

Numbered = dict[int, tuple[Evidence, Citation]]

LONGEST_OUTPUT = 8_000
HISTORY_TURNS = 4
_MARKERS = re.compile(r"\s*[\[【]\s*(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\s*[\]】]")
_BRACKETED = re.compile(r"\s*[\[【][^\]】\n]{0,40}[\]】]")
_SENTENCE = re.compile(r"\S.*?[.!?][\"”’')]*(?:\s*[\[【][^\]】\n]*[\]】])*[.!?]?(?=\s)|\S[^\n]*\n", re.DOTALL)
_QUOTED = re.compile(r"[“\"]([^“”\"]{3,}?)[”\"]")


def write(
    question: Question, evidence: Sequence[Evidence], model: BaseChatModel, history: Sequence[Turn], timeout: float
) -> Iterator[Answer]:
    """The answer as it grows, sentence by checked sentence; the last one is complete.

    A sentence is left out when it carries no citation of the evidence, or quotes words that the cited article does
    not hold; the last answer says how many were. Raises `ModelError` when the model fails, is too slow (`timeout`,
    in seconds, for the whole answer), or has written nothing that can be shown.
    """
    numbered = _numbered(evidence)
    checked = _Checked(question, numbered)
    message = prompts.load("answer").invoke(
        {
            "question": question.text,
            "evidence": _evidence_block(numbered),
            "history": "\n".join(f"- {turn.question}" for turn in history[-HISTORY_TURNS:]) or "nothing",
        }
    )
    for sentence in _sentences(tokens(model, message, timeout)):
        if checked.add(sentence):
            yield checked.answer()
    if not checked.sentences:
        raise ModelError("The chat model wrote nothing that the articles support.")
    yield checked.complete()


def tokens(model: BaseChatModel, message: object, timeout: float) -> Iterator[str]:
    """The model's reply as it comes; raises `ModelError` when it fails or takes longer than `timeout`, in seconds."""
    deadline = time.monotonic() + timeout
    written = 0
    try:
        for chunk in model.stream(message):  # type: ignore[arg-type]
            written += len(chunk.text)
            yield str(chunk.text)
            if written > LONGEST_OUTPUT:
                return
            if time.monotonic() > deadline:
                raise ModelError(f"The chat model took more than {timeout:g} seconds.")
    except ModelError:
        raise
    except Exception as error:  # every provider package raises errors of its own
        raise ModelError(f"The chat model did not answer ({first_line(error)}).") from error


def _sentences(tokens: Iterator[str]) -> Iterator[str]:
    """Whole sentences, each with the markers that follow it, as soon as the next one begins."""
    pending = ""
    for token in tokens:
        pending += token
        while match := _SENTENCE.match(pending.lstrip()):
            if not pending.lstrip()[match.end() :].strip():
                break  # markers may still follow
            yield match.group().strip()
            pending = pending.lstrip()[match.end() :]
    for line in pending.splitlines():
        if line.strip():
            yield from (s.of(line) for s in texts.sentences(line))


@dataclass
class _Checked:
    """The sentences that passed, and the citations they use, numbered as they first appear."""

    question: Question
    available: Numbered
    sentences: list[str] = field(default_factory=list)
    used: list[Citation] = field(default_factory=list)
    markers: dict[int, int] = field(default_factory=dict)
    left_out: int = 0

    def add(self, sentence: str) -> bool:
        numbers = [int(n) for group in _MARKERS.findall(sentence) for n in re.findall(r"\d+", group)]
        cited = [self.available[n] for n in dict.fromkeys(numbers) if n in self.available]
        words = _BRACKETED.sub("", sentence).strip()
        if not cited or not texts.words(words) or not _quotes_stand(words, cited):
            self.left_out += bool(texts.words(words))
            return False
        self.sentences.append(f"{words.rstrip('.')} {self._renumbered(cited)}.")
        return True

    def _renumbered(self, cited: Sequence[tuple[Evidence, Citation]]) -> str:
        numbers = []
        for _, citation in cited:
            marker = self.markers.setdefault(citation.marker, len(self.markers) + 1)
            if marker > len(self.used):
                self.used.append(replace(citation, marker=marker))
            numbers.append(marker)
        return "".join(f"[{n}]" for n in numbers)

    def answer(self) -> Answer:
        return Answer(self.question, " ".join(self.sentences), tuple(self.used))

    def complete(self) -> Answer:
        if not self.left_out:
            return self.answer()
        were = "1 sentence was" if self.left_out == 1 else f"{self.left_out} sentences were"
        return replace(self.answer(), notices=(f"{were} left out: not supported by the articles.",))


def _quotes_stand(sentence: str, cited: Sequence[tuple[Evidence, Citation]]) -> bool:
    """Whether all words between quotation marks stand in the evidence cited."""
    evidence = [" ".join(texts.words(unit.text)) for unit, _ in cited]
    return all(
        any(" ".join(texts.words(quoted)) in words for words in evidence) for quoted in _QUOTED.findall(sentence)
    )


def _numbered(evidence: Sequence[Evidence]) -> Numbered:
    found: Numbered = {}
    for unit in evidence:
        found |= {citation.marker: (unit, citation) for citation in cite(unit, len(found) + 1)}
    return found


def _evidence_block(numbered: Numbered) -> str:
    """One entry a citation: who said it, where it stands, its words, and the sentence around them."""
    lines = []
    for number, (unit, citation) in numbered.items():
        where = ", ".join(filter(None, (citation.title, citation.source, readable_date(citation.date))))
        lines.append(f"[{number}] said by: {citation.speaker or 'the article itself'}; published: {inert(where)}")
        lines.append(f"    words: {inert(citation.quote)}")
        if len(unit.span) > citation.end - citation.start:
            lines.append(f"    in the sentence: {inert(unit.text)}")
    return "\n".join(lines)


def inert(text: str) -> str:
    """Article text on one line, without what looks like our markers."""
    return _BRACKETED.sub(
        lambda match: match.group() if not any(c.isdigit() for c in match.group()) else "", " ".join(text.split())
    )
