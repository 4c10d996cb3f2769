"""`Assistant`: the only place that wires the parts; what the command and the page call."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever

from rag import answer, articles, doctor, evidence, models, question, retrieve, speakers, suggest, writing
from rag.answer import Decision
from rag.archive import Archive
from rag.config import Config, load, resource
from rag.evidence import Evidence
from rag.types import (
    Answer,
    Article,
    Health,
    Hit,
    Incoming,
    ModelError,
    OnRecordError,
    Progress,
    Question,
    Report,
    Skipped,
    Statement,
    Status,
    Turn,
)

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import Runnable

RECENT = 50


class Assistant:
    """Answers questions over the articles of one data folder.

    Any LangChain part may be plugged in: `embeddings`, a `retriever` in place of the built-in search, a
    `chat_model` (an object, or `provider:name` in the configuration). Opening it loads no model.
    """

    def __init__(
        self,
        config: Config | None = None,
        *,
        embeddings: Embeddings | None = None,
        retriever: BaseRetriever | None = None,
        chat_model: BaseChatModel | None = None,
    ) -> None:
        self.config = config or load()
        self.archive = Archive(self.config, embeddings, self._set_busy)
        self.retriever = retriever or retrieve.NewsRetriever(search=self._search, k=self.config.k)
        self._chat_model = chat_model
        self._busy: Progress | None = None
        self._problem: str | None = None
        self._known_names: tuple[object, dict[str, str]] = (None, {})
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
        """Loads the embedding model, opens the vectors and indexes what waits, the bundled articles at the first start."""
        try:
            self._set_busy(Progress("loading the embedding model", 0, None))
            self.archive.index.passages.search(self.archive.embeddings.embed_query("news"), 1)
            for _ in self._finished():
                pass
            self._problem = None
        except OnRecordError as error:
            self._problem = str(error)
        finally:
            self._set_busy(None)

    def _finished(self) -> Iterator[Report | Progress]:
        if self.archive.store.staged_passages():
            yield from self._shown(self.archive.finish())
        yield from self.seed()

    def seed(self) -> Iterator[Report | Progress]:
        """Indexes the bundled articles, once, where nothing has ever been added."""
        with self._seeding:
            store = self.archive.store
            if self.config.bundled and not store.note("begun"):
                yield from self.add([resource("seeds")])

    def add(self, paths: Iterable[str | Path]) -> Generator[Report | Progress, None, None]:
        """Adds the articles of files and folders; yields a report for each article, and the progress."""
        yield from self.add_articles(articles.read(paths, self.config))

    def add_articles(self, items: Iterable[Incoming | Skipped]) -> Iterator[Report | Progress]:
        """Adds articles from anywhere, as `add` does."""
        yield from self._shown(self.archive.add(items))
        if not self._closing:
            self.archive.store.set_note("begun", "yes")

    def _shown(self, work: Generator[Report | Progress, None, None]) -> Iterator[Report | Progress]:
        """The same work, its progress shown in `status` meanwhile, ended early when the assistant is closed."""
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
        for _ in self.add_articles([Incoming(article, self._removed_from.get(article.id, article.id))]):
            pass

    def speakers(self) -> list[str]:
        """Everybody whose statements the articles hold, each under one name, the most quoted first."""
        return list(dict.fromkeys(self._names().values()))

    def statements(self, article_id: str) -> list[Statement]:
        """The statements of an article, their speakers under the names that `speakers` gives them."""
        names = self._names()
        found = self.archive.store.statements(article_id)
        return [replace(s, speaker=names.get(s.speaker, s.speaker)) if s.speaker else s for s in found]

    def _names(self) -> dict[str, str]:
        """The one name of each name that an article gives a speaker, the most quoted first."""
        revision = self.archive.store.revision()
        if self._known_names[0] != revision:
            counts = dict(self.archive.store.speakers())
            one_name = speakers.unify(counts)
            together: Counter[str] = Counter()
            for name, count in counts.items():
                together[one_name[name]] += count
            order = sorted(counts, key=lambda name: (-together[one_name[name]], one_name[name], name))
            self._known_names = (revision, {name: one_name[name] for name in order})
        return self._known_names[1]

    def status(self) -> Status:
        count, passages = self.archive.store.count()
        ready = self.archive.is_loaded and self._busy is None
        return Status(count, passages, self.config.model, self._busy, ready, self._problem)

    # Answers

    def ask(self, text: str, history: Sequence[Turn] = (), *, model: str | None = None, k: int | None = None) -> Answer:
        """The complete answer, or refusal, with its citations. `model` names a chat model, "" none."""
        *_, last = self.stream(text, history, model=model, k=k)
        return last

    def stream(
        self, text: str, history: Sequence[Turn] = (), *, model: str | None = None, k: int | None = None
    ) -> Iterator[Answer]:
        """The answer as it grows; text and citations of the last one are complete."""
        started = time.monotonic()
        state = self._chain().invoke({"text": text, "k": k or self.config.k})
        passages = tuple(state["hits"][: k or self.config.k])
        for growing in self._composed(state["question"], state["decision"], history, model):
            yield replace(growing, passages=passages, seconds=time.monotonic() - started)

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
        return question.understand(state["text"], self.speakers(), self.config.max_question_chars)

    def _retrieved(self, state: dict[str, Any]) -> list[Hit]:
        depth = max(state["k"], retrieve.DEPTH)
        documents = self.retriever.invoke(state["question"].text, k=depth)
        return retrieve.hits_of(documents, self.archive.store.article)

    def _search(self, query: str, k: int) -> list[Hit]:
        return retrieve.search(self.archive, query, k)

    def _decided(self, state: dict[str, Any]) -> dict[str, Any]:
        asked: Question = state["question"]

        def weighed(candidates: Sequence[Evidence]) -> list[Evidence]:
            return evidence.weigh(asked, candidates, self._rarities, self._similarities)

        candidates = evidence.in_hits(state["hits"], self.statements)
        decision = answer.decide(asked, candidates, weighed, self.speakers())
        whole = evidence.explained(
            decision.evidence, lambda article: evidence.units(article, self.statements(article.id)), asked.sentences
        )
        ordered = evidence.in_reading_order(whole)
        return state | {"decision": replace(decision, evidence=ordered)}

    def _rarities(self, words: Sequence[str]) -> dict[str, float]:
        total = self.archive.store.count()[1]
        return {word: evidence.rarity(total, self.archive.store.passages_with(word)) for word in words}

    def _similarities(self, text: str, sentences: Sequence[str]) -> list[float]:
        """Cosines between the question and each sentence."""
        if not sentences:
            return []
        import numpy as np

        query = np.asarray(self.archive.embeddings.embed_query(text))
        vectors = np.asarray(self.archive.embeddings.embed_documents(list(sentences)))
        lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(query)
        return [float(cosine) for cosine in vectors @ query / np.maximum(lengths, 1e-12)]

    def _composed(
        self, asked: Question, decision: Decision, history: Sequence[Turn], model: str | None
    ) -> Iterator[Answer]:
        chosen = decision.evidence
        if decision.refusal is not None:
            yield answer.refused(asked, decision.refusal, chosen)
            return
        notices = decision.notices
        try:
            writer = self._writer(self.config.model if model is None else model)
            if writer is not None:
                for growing in writing.write(asked, chosen, writer, history, self.config.model_timeout):
                    yield replace(growing, notices=growing.notices + notices)
                return
        except ModelError as error:
            notices += (f"{error} This answer is made of the articles' own sentences.",)
        for growing in answer.answered(asked, chosen):
            yield replace(growing, notices=notices)

    def _writer(self, name: str) -> BaseChatModel | None:
        if self._chat_model is not None:
            return self._chat_model
        return models.load_chat_model(name, self.config.model_url, self.config.model_timeout) if name else None

    def suggestions(self, count: int = 4) -> list[str]:
        """Questions that the articles can answer, each from the statements of a different speaker."""
        articles_ = self.articles()[:RECENT]
        said = [(article, statement) for article in articles_ for statement in self.statements(article.id)]
        return suggest.questions(said, count)

    def doctor(self) -> Iterator[Health]:
        """What is installed, where the data lies, which model, whether Chroma answers; one line each."""
        yield from doctor.examine(self.archive)
