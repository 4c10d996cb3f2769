"""`Assistant`: the only place that wires the parts; what the command and the page call."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever

from rag.answers import compose, refusal, suggest, verify, writing
from rag.answers.compose import Decision
from rag.answers.refusal import Lookups
from rag.archive import feedback, roster
from rag.archive.archive import Archive
from rag.archive.doctor import examine
from rag.articles import files
from rag.comparisons.compare import compared
from rag.config import Config, load, resource
from rag.errors import ModelError, OnRecordError
from rag.language.words import fold, listed, words
from rag.models import loaders
from rag.questions import understand
from rag.search import citations, evidence, retrieve
from rag.search.research import Research
from rag.types import (
    Answer,
    Article,
    Feedback,
    Health,
    Hit,
    Incoming,
    Known,
    Outcome,
    Progress,
    Question,
    QuestionKind,
    Said,
    Skipped,
    Speaker,
    Statement,
    Status,
    Turn,
    Verdict,
)

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import Runnable

RECENT = 50
STATEMENTS, TOPICS = 200, 3
ALL = 1_000_000


class Assistant:
    """Answers questions over the articles of one data folder.

    Any LangChain part may be plugged in: `embeddings`, a `retriever` in place of the
    built-in search, a `chat_model` (an object, or `provider:name` in the configuration).
    Opening it loads no model.
    """

    def __init__(
        self,
        config: Config | None = None,
        *,
        embeddings: Embeddings | None = None,
        retriever: BaseRetriever | None = None,
        chat_model: BaseChatModel | None = None,
    ) -> None:
        loaders.stop_tracing()
        self.config = config or load()
        self.archive = Archive(self.config, embeddings, self._set_busy)
        self.research = Research(self.archive, retriever)
        self.retriever = self.research.retriever
        self._chat_model = chat_model
        self._entails: loaders.Entails | None = None
        self._busy: Progress | None = None
        self._problem: str | None = None
        self._starting = False
        self._removed_from: dict[str, str] = {}
        self._closing = False
        self._seeding = threading.Lock()

    def close(self) -> None:
        """Ends what is under way at the next article or batch, and closes the files."""
        self._closing = True
        self.archive.close()

    def __enter__(self) -> Assistant:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _set_busy(self, progress: Progress | None) -> None:
        self._busy = progress

    # Articles

    def warm_up(self) -> None:
        """Loads the embedding model, opens the vectors and indexes what waits, the bundled
        articles at the first start.
        """
        self._starting = True
        try:
            self._set_busy(Progress("loading the embedding model", 0, None))
            self.archive.index.passages.search(
                self.archive.embeddings.embed_query("news"), 1
            )
            for _ in self._finished():
                pass
            self._problem = None
        except OnRecordError as error:
            self._problem = str(error)
        finally:
            self._set_busy(None)
            self._starting = False

    def _finished(self) -> Iterator[Outcome | Progress]:
        if self.archive.store.staged_passages():
            yield from self._shown(self.archive.finish())
        yield from self.seed()

    def seed(self) -> Iterator[Outcome | Progress]:
        """Indexes the bundled articles, once, where nothing has ever been added."""
        with self._seeding:
            store = self.archive.store
            if self.config.bundled and not store.note("begun"):
                bundled = files.read_articles([resource("seeds")], self.config)
                yield from self.add_articles(self._counted(list(bundled)))

    def _counted(
        self, items: Sequence[Incoming | Skipped]
    ) -> Iterator[Incoming | Skipped]:
        """The same articles; `status` tells which of them is being read."""
        for number, item in enumerate(items, start=1):
            self._set_busy(Progress("reading the articles", number, len(items)))
            yield item

    def add(
        self, paths: Iterable[str | Path]
    ) -> Generator[Outcome | Progress, None, None]:
        """Adds the articles of files and folders; yields a report for each article, and the
        progress.
        """
        yield from self.add_articles(files.read_articles(paths, self.config))

    def add_articles(
        self, items: Iterable[Incoming | Skipped]
    ) -> Iterator[Outcome | Progress]:
        """Adds articles from anywhere, as `add` does."""
        yield from self._shown(self.archive.add(items))
        if not self._closing:
            self.archive.store.set_note("begun", "yes")

    def _shown(
        self, work: Generator[Outcome | Progress, None, None]
    ) -> Iterator[Outcome | Progress]:
        """The same work, its progress shown in `status` meanwhile, ended early when the
        assistant is closed.
        """
        try:
            with closing(work):
                for step in work:
                    if isinstance(step, Progress):
                        self._set_busy(step)
                    yield step
                    if self._closing:
                        break
        finally:
            self._set_busy(None)

    def articles(self) -> list[Article]:
        """The articles, newest first."""
        return self.archive.store.articles()

    def article(self, article_id: str) -> Article | None:
        return self.archive.store.article(article_id)

    def ids_beginning(self, prefix: str) -> list[str]:
        """The ids of articles that begin so."""
        return self.archive.store.ids_beginning(prefix)

    def remove(self, article_id: str) -> Article:
        """Removes an article, which never answers again; returns it, for `restore`."""
        origin = self.archive.store.origin(article_id)
        removed = self.archive.remove(article_id)
        self._removed_from[article_id] = origin or article_id
        return removed

    def restore(self, article: Article) -> None:
        """Puts a removed article back."""
        for _ in self.add_articles(
            [Incoming(article, self._removed_from.get(article.id, article.id))]
        ):
            pass

    # Who said what

    def speakers(self) -> list[str]:
        """Everybody whose statements the articles hold, each under one name, the most
        quoted first.
        """
        return self.research.roster.names

    def speakers_on_record(self) -> list[Speaker]:
        """The same, with how much they said, in how many articles, from when to when."""
        return roster.on_record(self.archive.store, self.research.roster)

    def known(self) -> Known:
        """The speakers and sources that a question may name."""
        return self.research.known()

    def statements(self, article_id: str) -> list[Statement]:
        """The statements of an article, their speakers under the names that `speakers`
        gives them.
        """
        return self.research.statements(article_id)

    def find(
        self,
        speakers: Sequence[str] = (),
        about: str = "",
        sources: Sequence[str] = (),
        since: str | None = None,
        until: str | None = None,
        article_id: str | None = None,
        limit: int | None = None,
    ) -> list[Said]:
        """Statements by who said them, where and when: the oldest first, or the most
        relevant to what they are `about`.
        """
        asked = self._asked("ask", about, speakers, sources, since, until)
        found = self.research.said(
            asked, asked.speakers, retrieve.MOST if about else ALL
        )
        if about:
            relevant = self.research.relevant(asked, found)
            found = [
                one for one in relevant if one.relevance >= evidence.LEAST_RELEVANCE
            ]
        return [one for one in found if article_id in (None, one.article.id)][:limit]

    def compare(
        self,
        topic: str,
        speakers: Sequence[str] = (),
        sources: Sequence[str] = (),
        since: str | None = None,
        until: str | None = None,
        model: str | None = None,
    ) -> Answer:
        """What these speakers (or, without them, sources) said on a topic, side by side,
        with the relations.
        """
        asked = self._asked("compare", topic, speakers, sources, since, until)
        return self.ask(asked.text, asked=asked, model=model)

    def timeline(
        self,
        topic: str = "",
        speakers: Sequence[str] = (),
        sources: Sequence[str] = (),
        since: str | None = None,
        until: str | None = None,
    ) -> Answer:
        """What these speakers (none for those who said most) said on a topic, in order of time."""
        asked = self._asked("timeline", topic, speakers, sources, since, until)
        return self.ask(asked.text, asked=asked)

    def _asked(
        self,
        kind: QuestionKind,
        topic: str,
        speakers: Sequence[str],
        sources: Sequence[str],
        since: str | None,
        until: str | None,
    ) -> Question:
        """A question from its parts; speakers and sources that the articles name otherwise
        get the name known here.
        """
        names = tuple(
            dict.fromkeys(self.research.roster.known_as(name) for name in speakers)
        )
        held = self.known().sources
        outlets = (
            one
            for name in sources
            for one in [h for h in held if fold(h) == fold(name)] or [name]
        )
        topic = understand.clean(topic)
        return Question(
            topic, kind, names, topic, tuple(dict.fromkeys(outlets)), since, until
        )

    def status(self) -> Status:
        count, passages = self.archive.store.count()
        is_idle = self._busy is None and not self._starting
        return Status(
            count,
            passages,
            self.config.model,
            self._busy,
            ready=self.archive.is_loaded and is_idle,
            problem=self._problem,
            starting=self._starting,
        )

    # Answers

    def ask(
        self,
        text: str,
        history: Sequence[Turn] = (),
        *,
        asked: Question | None = None,
        model: str | None = None,
        k: int | None = None,
        today: str | None = None,
    ) -> Answer:
        """The complete answer, or refusal, with its citations.

        `asked` is an understanding to use in place of our own; `model` names a chat model,
        "" none; `today` (ISO) is the day of the question, in place of the configured one.
        """
        *_, last = self.stream(
            text, history, asked=asked, model=model, k=k, today=today
        )
        return last

    def stream(
        self,
        text: str,
        history: Sequence[Turn] = (),
        *,
        asked: Question | None = None,
        model: str | None = None,
        k: int | None = None,
        today: str | None = None,
    ) -> Iterator[Answer]:
        """The answer as it grows; text and citations of the last one are complete.

        What was cited earlier in the conversation keeps its number.
        """
        started = time.monotonic()
        given = {"text": text, "history": history, "asked": asked, "today": today}
        state = self._chain().invoke(given | {"k": k or self.config.k})
        notices = self._namesakes(state["question"]) if asked is None else ()
        for growing in self._composed(state, history, model):
            yield replace(
                citations.continued(growing, history),
                notices=growing.notices + notices,
                passages=tuple(state["passages"]),
                seconds=time.monotonic() - started,
            )

    def runnable(self) -> Runnable[str, Answer]:
        """The whole as a LangChain Runnable: a question in, an `Answer` out."""
        from langchain_core.runnables import RunnableLambda

        return RunnableLambda(self.ask)

    def _chain(self) -> Runnable[dict[str, Any], dict[str, Any]]:
        """understand -> retrieve -> decide, in LCEL; each step adds to the state."""
        from langchain_core.runnables import RunnableLambda, RunnablePassthrough

        return (
            RunnablePassthrough.assign(question=RunnableLambda(self._understood))
            | RunnablePassthrough.assign(hits=RunnableLambda(self._retrieved))
            | RunnableLambda(self._decided)
        )

    def _understood(self, state: dict[str, Any]) -> Question:
        if state["asked"]:
            return state["asked"]  # type: ignore[no-any-return]
        given = state["text"], state["history"], self.config.max_question_chars
        return self.research.understood(*given, today=state["today"])

    def _retrieved(self, state: dict[str, Any]) -> list[list[Hit]]:
        """The passages for each part of the question."""
        return [
            self.research.passages(part, state["k"])
            for part in _parts(state["question"])
        ]

    def _decided(self, state: dict[str, Any]) -> dict[str, Any]:
        asked: Question = state["question"]
        k: int = state["k"]
        if asked.kind != "ask" or asked.stance:
            return state | {
                "passages": state["hits"][0][:k],
                "sides": self._sides(asked),
            }
        decided = [
            self._answering(part, hits, k)
            for part, hits in zip(_parts(asked), state["hits"], strict=True)
        ]
        passages = evidence.in_turn([passages for passages, _ in decided])[:k]
        return state | {
            "passages": passages,
            "decision": compose.joined([decision for _, decision in decided]),
        }

    def _answering(
        self, asked: Question, hits: list[Hit], k: int
    ) -> tuple[list[Hit], Decision]:
        """The passages to show for one part of a question, and what answers it."""
        research = self.research
        ranked = research.weigh(asked, research.evidence(asked, hits))
        passages = (
            evidence.windows(ranked, research.units, k) if asked.speakers else hits[:k]
        )
        decision = compose.decide(asked, ranked, self.lookups(k))
        whole = evidence.explained(decision.evidence, research.units, asked.sentences)
        return passages, replace(decision, evidence=evidence.in_reading_order(whole))

    def _namesakes(self, asked: Question) -> tuple[str, ...]:
        """Who else may be meant, where the question gives only a surname."""
        found = []
        for name in asked.speakers:
            others = self.research.roster.namesakes(name)
            if (
                others
                and not asked.is_follow_up
                and fold(name.split()[0]) not in words(asked.text)
            ):
                found.append(
                    f"Taken to mean {name}; {listed(others)} {'is' if len(others) == 1 else 'are'} on record too."
                )
        return tuple(found)

    def _names_of(self, speaker: str) -> list[str]:
        return (
            self.research.meant(speaker)
            if speaker in self.research.roster.names
            else []
        )

    def lookups(self, k: int | None = None) -> Lookups:
        """What a refusal needs to know of the archive."""
        research, store = self.research, self.archive.store
        return Lookups(
            names_of=self._names_of,
            mentions=store.passages_with,
            passages=lambda: store.count()[1],
            similarities=research.similarities,
            ever=lambda asked: research.weigh(
                asked,
                research.evidence(asked, research.passages(asked, k or self.config.k)),
            ),
            heard=lambda asked: research.most_heard(asked, by_source=False),
            topics=self._topics_of,
            names=lambda: research.roster.names,
            days=lambda: (
                (first, last)
                if (first := store.oldest_date()) and (last := store.newest_date())
                else None
            ),
        )

    def _topics_of(self, speaker: str) -> list[str]:
        said = self.research.said(
            Question("", speakers=(speaker,)), [speaker], STATEMENTS
        )
        return suggest.topics(((one.article, one.statement) for one in said), TOPICS)

    def _sides(self, asked: Question) -> dict[str, list[Said]]:
        return self.research.sides(asked, _by(asked) == "source")

    def _composed(
        self, state: dict[str, Any], history: Sequence[Turn], model: str | None
    ) -> Iterator[Answer]:
        asked: Question = state["question"]
        if "sides" in state:
            yield self._compared(asked, state["sides"], model)
            return
        decision: Decision = state["decision"]
        chosen = decision.evidence
        if decision.refusal is not None:
            yield compose.refused(asked, decision.refusal, chosen)
            return
        notices = decision.notices
        try:
            writer = self._writer(self.config.model if model is None else model)
            if writer is not None:
                timeout = self.config.model_timeout
                for growing in writing.write(
                    asked, chosen, writer, history, timeout, self._verifier()
                ):
                    yield replace(growing, notices=growing.notices + notices)
                return
        except ModelError as error:
            notices += (f"{error} This answer is made of the articles' own sentences.",)
        for growing in compose.answered(asked, chosen):
            yield replace(growing, notices=notices)

    def _compared(
        self, asked: Question, sides: dict[str, list[Said]], model: str | None
    ) -> Answer:
        notices: tuple[str, ...] = ()
        writer = None
        try:
            writer = self._writer(self.config.model if model is None else model)
        except ModelError as error:
            notices = (f"{error} The relations come from rules.",)
        found = compared(
            asked,
            sides,
            _by(asked),
            self.research.cosines,
            writer,
            self.config.model_timeout,
        )
        if found.abstained:
            because = refusal.of_comparison(asked, found.reason or "", self.lookups())
            found = replace(
                compose.refused(asked, because, ()), comparison=found.comparison
            )
        return replace(found, notices=notices + found.notices)

    def _verifier(self) -> verify.Verifier:
        """What checks a chat model's sentences against the articles."""
        if self.config.entailment and self._entails is None:
            self._entails = loaders.load_entailment(self.config.entailment)
        return verify.Verifier(
            self.research.similarities,
            self._entails,
            verify.surnames(self.research.roster.names),
        )

    def _writer(self, name: str) -> BaseChatModel | None:
        if self._chat_model is not None:
            return self._chat_model
        return (
            loaders.load_chat_model(
                name, self.config.model_url, self.config.model_timeout
            )
            if name
            else None
        )

    def suggestions(self, count: int = 4) -> list[str]:
        """Questions that the articles can answer, each from the statements of a different
        speaker.
        """
        articles_ = self.articles()[:RECENT]
        said = [
            (article, statement)
            for article in articles_
            for statement in self.statements(article.id)
        ]
        return suggest.questions(said, count)

    def follow_ups(self, given: Answer, count: int = 3) -> list[str]:
        """Questions that go on from an answer and that the articles can answer."""
        asked = given.question
        others = self.research.most_heard(
            replace(asked, speakers=(), others=asked.speakers), by_source=False
        )
        several_days = (
            len({citation.said or citation.date for citation in given.citations}) > 1
        )
        return suggest.follow_ups(asked, others, several_days, count)

    def give_feedback(
        self,
        given: Answer,
        verdict: Verdict,
        marker: int | None = None,
        note: str = "",
        history: Sequence[Turn] = (),
    ) -> None:
        """Keeps, in the data folder, what a reader thought of an answer; `marker` is that
        of a wrong citation.
        """
        at = datetime.now(timezone.utc).isoformat(timespec="seconds")
        earlier = tuple(turn.question for turn in history)
        asked = given.question.text
        kept = Feedback(
            at, verdict, asked, given.text, given.citations, marker, note, earlier
        )
        feedback.keep(self.config.data, kept)

    def doctor(self) -> Iterator[Health]:
        """What is installed, where the data lies, which model, whether Chroma answers; one
        line each.
        """
        yield from examine(self.archive)


def _parts(asked: Question) -> tuple[Question, ...]:
    return asked.parts or (asked,)


def _by(asked: Question) -> Literal["speaker", "source"]:
    """What the rows of a comparison are: sources where the question is how they report, or
    names no other side.
    """
    return (
        "source"
        if asked.form == "report" or (asked.sources and not asked.speakers)
        else "speaker"
    )
