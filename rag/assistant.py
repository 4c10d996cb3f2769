"""`Assistant`: the one door, which wires the parts; what the command and the page call."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever

from rag.answers import suggest
from rag.archive import feedback, roster
from rag.archive.archive import Archive
from rag.archive.doctor import examine
from rag.articles import files
from rag.config import Config, load, resource
from rag.errors import OnRecordError
from rag.models import loaders
from rag.pipeline import Asked, Pipeline
from rag.questions.understand import clean
from rag.search import retrieve
from rag.search.evidence import LEAST_RELEVANCE
from rag.search.research import Research
from rag.types import (
    Answer,
    Article,
    Feedback,
    Health,
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

RECENT = 50  # articles from which questions are suggested
CANDIDATES = 3  # suggested questions looked at for each that is shown
ALL = 1_000_000  # statements: more than a folder holds


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
        self.pipeline = Pipeline(self.config, self.research, chat_model)
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
        origin = self._removed_from.get(article.id, article.id)
        for _ in self.add_articles([Incoming(article, origin)]):
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
        asked = self.research.named(asked)
        found = self.research.said(
            asked, asked.speakers, retrieve.MOST if about else ALL
        )
        if about:
            relevant = self.research.relevant(asked, found)
            found = [one for one in relevant if one.relevance >= LEAST_RELEVANCE]
        if article_id:
            found = [one for one in found if one.article.id == article_id]
        return found[:limit]

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
        """A question from its parts."""
        topic = clean(topic)
        return Question(
            topic, kind, tuple(speakers), topic, tuple(sources), since, until
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
        """The answer as it grows; text and citations of the last one are complete."""
        yield from self.pipeline.stream(
            Asked(text, tuple(history), asked, k, model, today)
        )

    def runnable(self) -> Runnable[str, Answer]:
        """The whole as a LangChain Runnable: a question in, an `Answer` out."""
        return self.pipeline.runnable()

    def suggestions(self, count: int = 4) -> list[str]:
        """Questions that the articles can answer, each from the statements of a different
        speaker, whose name and words a question finds.
        """
        said: list[tuple[Article, Statement]] = []
        for article in self.articles()[:RECENT]:
            said += [(article, one) for one in self.statements(article.id)]
        kept: list[str] = []
        for question in suggest.questions(said, CANDIDATES * count):
            asked = self.research.understood(
                question, (), self.config.max_question_chars
            )
            is_on_record = any(self.research.names_of(name) for name in asked.speakers)
            if is_on_record and asked.topic and len(kept) < count:
                kept.append(question)
        return kept

    def follow_ups(self, given: Answer, count: int = 3) -> list[str]:
        """Questions that go on from an answer and that the articles can answer."""
        asked = given.question
        others = self.research.heard(replace(asked, speakers=(), others=asked.speakers))
        days = {citation.said or citation.date for citation in given.citations}
        return suggest.follow_ups(asked, others, len(days) > 1, count)

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
