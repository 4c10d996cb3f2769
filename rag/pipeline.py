"""The road of a question: understand -> retrieve -> decide -> compose.

Each step is a method that takes what the step before it gave. `stream` goes along it for
the page and the command; `runnable` is the same road as a LangChain chain.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from rag.answers import compose, refusal, verify, writing
from rag.answers.compose import Decision
from rag.comparisons.compare import compared
from rag.config import Config
from rag.errors import ModelError
from rag.language.words import fold, listed, words
from rag.models import loaders
from rag.search import citations, evidence
from rag.search.research import Research
from rag.types import Answer, Hit, Question, Said, Turn

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import Runnable

Sides = dict[str, list[Said]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it comes in.

    `question` is an understanding to use in place of our own; `k` is how many passages are
    listed; `model` names a chat model, "" none, None the configured one; `today` (ISO) is
    the day of asking.
    """

    text: str
    history: tuple[Turn, ...] = ()
    question: Question | None = None
    k: int | None = None
    model: str | None = None
    today: str | None = None


@dataclass(frozen=True, slots=True)
class Understood:
    """What the question asks for; `parts` are the questions that it consists of, or itself."""

    asked: Asked
    question: Question

    @property
    def parts(self) -> tuple[Question, ...]:
        return self.question.parts or (self.question,)


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The passages for each part of the question, best first."""

    understood: Understood
    hits: tuple[list[Hit], ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """What the answer will be made of: a decision over the evidence, or the sides of a
    comparison; and the passages to list with it.
    """

    understood: Understood
    passages: list[Hit]
    decision: Decision | None = None
    sides: Sides | None = None


class Pipeline:
    """Answers questions from an archive; `chat_model` is one to use whatever is configured."""

    def __init__(
        self,
        config: Config,
        research: Research,
        chat_model: BaseChatModel | None = None,
    ) -> None:
        self.config = config
        self.research = research
        self.chat_model = chat_model
        self._entails: loaders.Entails | None = None

    def stream(self, asked: Asked) -> Iterator[Answer]:
        """The answer as it grows; text and citations of the last one are complete.

        What was cited earlier in the conversation keeps its number.
        """
        started = time.monotonic()
        decided = self.decide(self.retrieve(self.understand(asked)))
        for growing in self.compose(decided):
            yield replace(growing, seconds=time.monotonic() - started)

    def runnable(self) -> Runnable[str, Answer]:
        """The same road as a LangChain chain: a question in, an `Answer` out."""
        from langchain_core.runnables import RunnableLambda

        return (
            RunnableLambda(Asked)
            | RunnableLambda(self.understand)
            | RunnableLambda(self.retrieve)
            | RunnableLambda(self.decide)
            | RunnableLambda(self._composed_whole)
        )

    # The steps

    def understand(self, asked: Asked) -> Understood:
        """Speakers, topic, sources, days and the form of the answer."""
        if asked.question:
            return Understood(asked, self.research.named(asked.question))
        question = self.research.understood(
            asked.text, asked.history, self.config.max_question_chars, asked.today
        )
        return Understood(asked, question)

    def retrieve(self, understood: Understood) -> Retrieved:
        """The passages for each part of the question, dense and lexical search fused."""
        k = self._listed(understood)
        hits = tuple(self.research.passages(part, k) for part in understood.parts)
        return Retrieved(understood, hits)

    def decide(self, retrieved: Retrieved) -> Decided:
        """Which evidence answers, or that none does and why; the sides of a comparison."""
        understood = retrieved.understood
        question, k = understood.question, self._listed(understood)
        if question.kind != "ask" or question.stance:
            sides = self.research.sides(question, _rows_of(question) == "source")
            return Decided(understood, retrieved.hits[0][:k], sides=sides)
        rankings, decisions = [], []
        for part, hits in zip(understood.parts, retrieved.hits, strict=True):
            passages, decision = self._decided_part(part, hits, k)
            rankings.append(passages)
            decisions.append(decision)
        passages = evidence.in_turn(rankings)[:k]
        return Decided(understood, passages, decision=compose.joined(decisions))

    def compose(self, decided: Decided) -> Iterator[Answer]:
        """The answer as it grows, with its passages, its numbers counted on from the
        conversation, and who else may be meant.
        """
        asked, question = decided.understood.asked, decided.understood.question
        namesakes = () if asked.question else self._namesakes(question)
        for growing in self._worded(decided):
            yield replace(
                citations.continued(growing, asked.history),
                notices=growing.notices + namesakes,
                passages=tuple(decided.passages),
            )

    # What they do

    def _worded(self, decided: Decided) -> Iterator[Answer]:
        """The answer in words, a chat model's where there is one; or the refusal, or the
        comparison.
        """
        asked, question = decided.understood.asked, decided.understood.question
        if decided.sides is not None:
            yield self._compared(question, decided.sides, asked.model)
            return
        assert decided.decision is not None
        chosen, notices = decided.decision.evidence, decided.decision.notices
        if decided.decision.refusal is not None:
            yield compose.refused(question, decided.decision.refusal, chosen)
            return
        try:
            model = self._chat_model(asked.model)
            if model is not None:
                timeout, verifier = self.config.model_timeout, self._verifier()
                for growing in writing.write(
                    question, chosen, model, asked.history, timeout, verifier
                ):
                    yield replace(growing, notices=growing.notices + notices)
                return
        except ModelError as error:
            own_words = "This answer is made of the articles' own sentences."
            notices += (f"{error} {own_words}",)
        for growing in compose.answered(question, chosen):
            yield replace(growing, notices=notices)

    def _composed_whole(self, decided: Decided) -> Answer:
        *_, last = self.compose(decided)
        return last

    def _listed(self, understood: Understood) -> int:
        return understood.asked.k or self.config.k

    def _decided_part(
        self, question: Question, hits: list[Hit], k: int
    ) -> tuple[list[Hit], Decision]:
        """The passages to show for one part of a question, and what answers it.

        Where speakers are asked for, the places of their statements are shown in place of
        the passages found.
        """
        research = self.research
        ranked = research.weigh(question, research.evidence(question, hits))
        decision = compose.decide(question, ranked, research)
        whole = evidence.explained(
            decision.evidence, research.units, question.sentences
        )
        ordered = evidence.in_reading_order(whole)
        passages = hits[:k]
        if question.speakers:
            passages = evidence.windows(ranked, research.units, k)
        return passages, replace(decision, evidence=ordered)

    def _namesakes(self, question: Question) -> tuple[str, ...]:
        """Who else may be meant, where the question gives only a surname."""
        if question.is_follow_up:
            return ()
        found = []
        for name in question.speakers:
            others = self.research.roster.namesakes(name)
            gives_first_name = fold(name.split()[0]) in words(question.text)
            if others and not gives_first_name:
                verb = "is" if len(others) == 1 else "are"
                found.append(
                    f"Taken to mean {name}; {listed(others)} {verb} on record too."
                )
        return tuple(found)

    def _compared(self, question: Question, sides: Sides, model: str | None) -> Answer:
        notices: tuple[str, ...] = ()
        writer = None
        try:
            writer = self._chat_model(model)
        except ModelError as error:
            notices = (f"{error} The relations come from rules.",)
        found = compared(
            question,
            sides,
            _rows_of(question),
            self.research.cosines,
            writer,
            self.config.model_timeout,
        )
        if found.abstained:
            because = refusal.of_comparison(question, found.reason or "", self.research)
            refused = compose.refused(question, because, ())
            found = replace(refused, comparison=found.comparison)
        return replace(found, notices=notices + found.notices)

    def _chat_model(self, name: str | None) -> BaseChatModel | None:
        """The chat model that words the answer, None for the articles' own sentences."""
        if self.chat_model is not None:
            return self.chat_model
        wanted = self.config.model if name is None else name
        if not wanted:
            return None
        return loaders.load_chat_model(
            wanted, self.config.model_url, self.config.model_timeout
        )

    def _verifier(self) -> verify.Verifier:
        """What checks a chat model's sentences against the articles."""
        if self.config.entailment and self._entails is None:
            self._entails = loaders.load_entailment(self.config.entailment)
        surnames = verify.surnames(self.research.names())
        return verify.Verifier(self.research.similarities, self._entails, surnames)


def _rows_of(question: Question) -> Literal["speaker", "source"]:
    """What the rows of a comparison are: sources where the question is how they report, or
    names no other side.
    """
    if question.form == "report" or (question.sources and not question.speakers):
        return "source"
    return "speaker"
