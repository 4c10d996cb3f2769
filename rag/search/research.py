"""What the archive holds on a question: passages, statements, and how much each bears on it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from langchain_core.retrievers import BaseRetriever

from rag.archive.archive import Archive
from rag.archive.roster import Roster, roster_of
from rag.errors import QuestionError
from rag.language import lexicon
from rag.language.dates import find
from rag.language.days import is_of_days
from rag.language.names import is_form_of
from rag.language.words import content_words, words
from rag.models import loaders
from rag.questions.understand import query, understand
from rag.search import evidence, retrieve
from rag.search.deduplicate import merged
from rag.search.evidence import LEAST_COVERAGE, Evidence, rarity, singly
from rag.types import Article, Hit, Known, Question, Said, Scope, Statement, Turn

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

STATEMENTS = 50
SIDES = 4
CUT_ARTICLES, REMEMBERED = 500, 1_000
KEEP_OF_SIDE, A_FEW = 0.65, 3
MOST_OF_SIDE, MOST_WITHOUT_TOPIC = 15, 40


class Research:
    """Looks things up in an archive; `retriever` may be any that finds passages of its articles."""

    def __init__(
        self, archive: Archive, retriever: BaseRetriever | None = None
    ) -> None:
        self.archive = archive
        self.retriever = retriever or retrieve.NewsRetriever(
            search=self._search, k=archive.config.k
        )
        self._roster: tuple[object, Roster] = (None, Roster({}))
        self._units: tuple[object, dict[str, list[Evidence]]] = (None, {})
        self._remembered: dict[str, list[float]] = {}

    # Who and where

    @property
    def roster(self) -> Roster:
        """Who is on record, as of now."""
        revision = self.archive.store.revision()
        if self._roster[0] != revision:
            self._roster = (revision, roster_of(self.archive.store))
        return self._roster[1]

    def known(self) -> Known:
        """What a question may name."""
        return Known(tuple(self.roster.names), tuple(self.archive.store.sources()))

    def statements(self, article_id: str) -> list[Statement]:
        """The statements of an article, each speaker under one name."""
        return [
            self._under_one_name(statement)
            for statement in self.archive.store.statements(article_id)
        ]

    def _under_one_name(self, statement: Statement) -> Statement:
        names = tuple(self.roster.one_name.get(name, name) for name in statement.names)
        if names == statement.names:
            return statement
        return (
            replace(statement, speaker=names[0])
            if statement.speaker
            else replace(statement, joint=names)
        )

    def units(self, article: Article) -> list[Evidence]:
        """An article cut into evidence."""
        revision = self.archive.store.revision()
        if self._units[0] != revision or len(self._units[1]) > CUT_ARTICLES:
            self._units = (revision, {})
        cut = self._units[1]
        if article.id not in cut:
            cut[article.id] = evidence.units(article, self.statements(article.id))
        return cut[article.id]

    def understood(
        self, text: str, history: Sequence[Turn], longest: int, today: str | None = None
    ) -> Question:
        """What a question asks for on a day (ISO), the configured one by default.

        Where no day is known, "last week" counts from the newest article's date. Raises
        `QuestionError` for a day that is none.
        """
        today = _valid_day(today or self.archive.config.today)
        newest = self.archive.store.newest_date()
        asked = understand(
            text, self.known(), history, longest=longest, today=today, newest=newest
        )
        return replace(
            asked, speakers=tuple(dict.fromkeys(map(self._holder, asked.speakers)))
        )

    def _holder(self, role: str) -> str:
        """The only one to whom articles give a role such as "the Russian representative";
        else the words as they are.
        """
        wanted = content_words(role)
        if (
            role in self.roster.names
            or not wanted
            or wanted[-1] not in lexicon.load("en").titles
        ):
            return role
        found = self.archive.store.said(
            self.archive.store.search_statements(wanted, STATEMENTS)
        )
        holders = {
            self.roster.one_name[one.statement.speaker]
            for one in found.values()
            if one.statement.speaker
            and one.statement.source
            and _names_role(wanted, one.statement.source.of(one.article.text))
        }
        return holders.pop() if len(holders) == 1 else role

    # Looking up

    def _search(self, text: str, k: int, scope: Scope) -> list[Hit]:
        return retrieve.search(self.archive, text, k, scope)

    def passages(self, question: Question, k: int) -> list[Hit]:
        """The passages for a question, of the sources and days that it asks for, best
        first.

        Those of the days before the question count for more, and many articles come before
        many passages of one.
        """
        scope = Scope((), question.sources, question.since, question.until)
        text = query(question)
        documents = self.retriever.invoke(text, k=max(k, retrieve.DEPTH), scope=scope)
        hits = retrieve.hits_of(documents, self.archive.store.article)
        hits = [hit for hit in hits if retrieve.is_within(hit.article, scope)]
        if self.archive.config.rerank:
            hits = retrieve.reranked(hits, text, self._score)
        if question.today:
            hits = retrieve.fresh(hits, _latest_day(question.text, question.today))
        return retrieve.varied(hits)

    @cached_property
    def _cross_encoder(self) -> CrossEncoder:
        return loaders.load_cross_encoder(self.archive.config.rerank)

    def _score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """How well each text answers its query, as the configured cross-encoder has it."""
        return [
            float(value)
            for value in self._cross_encoder.predict(
                list(pairs), show_progress_bar=False
            )
        ]

    def said(
        self, question: Question, speakers: Sequence[str], limit: int = STATEMENTS
    ) -> list[Said]:
        """What these speakers (none for anybody) said on the question's topic, from its
        sources and in its days.

        Best first; without a topic the oldest first.
        """
        forms = tuple(form for name in speakers for form in self.roster.forms(name))
        scope = Scope(forms, question.sources, question.since, question.until)
        found = retrieve.statements(self.archive, question.topic, limit, scope)
        return [
            replace(one, statement=self._under_one_name(one.statement)) for one in found
        ]

    def evidence(self, question: Question, hits: Sequence[Hit]) -> list[Evidence]:
        """The evidence in passages, and in the statements found for each of the question's
        speakers by themselves.
        """
        asked: list[Sequence[str]] = [self.meant(name) for name in question.speakers]
        if question.form == "who":
            asked.append(())
        by_speaker = [self.said(question, names) for names in asked]
        in_turn = [one for row in zip_longest(*by_speaker) for one in row if one]
        return evidence.found(hits, in_turn, self.units)

    def meant(self, name: str) -> list[str]:
        """The names under which an asked speaker's words may stand; a bare surname is shown
        as what it is.
        """
        return [name, *self.roster.surname_only(name)]

    def relevant(self, question: Question, said: Sequence[Said]) -> list[Said]:
        """Those statements in whose words or surroundings the topic stands, each with its
        relevance, the best first.
        """
        ids = {one.statement.id for one in said}
        weighed = self.weigh(question, evidence.found([], said, self.units))
        bearing = [unit for unit in weighed if unit.coverage >= LEAST_COVERAGE]
        return [
            Said(unit.statements[0], unit.article, unit.relevance)
            for unit in singly(question, bearing, self._rarities)
            if unit.statements[0].id in ids
        ]

    def sides(self, question: Question, by_source: bool) -> dict[str, list[Said]]:
        """For each speaker (or source) to compare what is relevant, reports of one
        statement as one.

        Each side is looked up by itself, so that none is crowded out. Where the question
        names nobody, the sides are those with most to say.
        """
        if question.stance:
            theirs = replace(question, speakers=question.others, others=(), stance=None)
            return self.sides(theirs, False) | self.sides(
                replace(question, stance=None), False
            )
        if by_source:
            outlets = question.sources or self.most_heard(question, by_source)
            return {
                name: self._side(replace(question, sources=(name,)), question.speakers)
                for name in outlets
            }
        names = question.speakers or self.most_heard(question, by_source)
        return {name: self._side(question, [name]) for name in names}

    def most_heard(self, question: Question, by_source: bool) -> list[str]:
        """The speakers, or sources, with most to say on the topic."""
        weight: Counter[str] = Counter()
        for one in self.relevant(question, self.said(question, ())):
            for name in [one.article.source] if by_source else one.statement.names:
                if name and name not in question.others:
                    weight[name] += round(1000 * one.relevance)
        return [name for name, _ in weight.most_common(SIDES)]

    def _side(self, question: Question, speakers: Sequence[str]) -> list[Said]:
        """What is said on the very topic, each statement once: a few, and more where they
        are about as relevant.

        In time, the best of each day counts, so that none is crowded out by a day of many
        words. What was said before the days asked for, and only told again in them, is left
        out.
        """
        found = self.said(question, speakers)
        restricted = question.since or question.until
        ever = (
            self.said(replace(question, since=None, until=None), speakers)
            if restricted
            else found
        )
        if question.topic:
            relevance = {
                one.statement.id: one.relevance
                for one in self.relevant(question, found)
            }
            found = [
                replace(one, relevance=relevance[id])
                for one in found
                if (id := one.statement.id) in relevance
            ]
        days: dict[str | None, list[Said]] = defaultdict(list)
        for one in merged(found, among=ever):
            if is_of_days(one.date, question.since, question.until):
                days[one.date if question.kind == "timeline" else None].append(one)
        kept = [one for day in days.values() for one in _best_of(day)]
        return sorted(kept, key=lambda one: -one.relevance)[
            : MOST_OF_SIDE if question.topic else MOST_WITHOUT_TOPIC
        ]

    # Weighing

    def weigh(
        self, question: Question, candidates: Sequence[Evidence]
    ) -> list[Evidence]:
        """The candidates, best first for the question."""
        return evidence.weigh(question, candidates, self._rarities, self.similarities)

    def _rarities(self, words: Sequence[str]) -> dict[str, float]:
        total = self.archive.store.count()[1]
        return {
            word: rarity(total, self.archive.store.passages_with(word))
            for word in words
        }

    def similarities(self, text: str, others: Sequence[str]) -> list[float]:
        """Cosines between a question and other texts."""
        if not others:
            return []
        return _cosines(
            [self.archive.embeddings.embed_query(text)], self._vectors(others)
        )[0]

    def cosines(self, given: Sequence[str]) -> list[list[float]]:
        """Cosines of every text with every other, as rows."""
        vectors = self._vectors(given)
        return _cosines(vectors, vectors)

    def _vectors(self, given: Sequence[str]) -> list[list[float]]:
        """The vectors of texts, those of the latest questions' sentences remembered:
        embedding is what takes time.
        """
        if len(self._remembered) > REMEMBERED:
            self._remembered = {}
        remembered = self._remembered
        new = [text for text in dict.fromkeys(given) if text not in remembered]
        if new:
            remembered.update(
                zip(new, self.archive.embeddings.embed_documents(new), strict=True)
            )
        return [remembered[text] for text in given]


def _valid_day(day: str) -> str | None:
    try:
        return date.fromisoformat(day).isoformat() if day else None
    except ValueError:
        raise QuestionError(f"{day!r} is no day; write it like 2018-09-07.") from None


def _latest_day(text: str, today: str) -> str:
    """The last day that a question names, today where it names none."""
    return min(
        today, max((phrase.until for phrase in find(text, today)), default=today)
    )


def _best_of(said: Sequence[Said]) -> list[Said]:
    ranked = sorted(said, key=lambda one: -one.relevance)
    return [
        one
        for at, one in enumerate(ranked)
        if at < A_FEW or one.relevance >= KEEP_OF_SIDE * ranked[0].relevance
    ]


def _names_role(wanted: Sequence[str], source: str) -> bool:
    """Whether the words of a source name the role: "Russian representative" in "the
    representative of Russia".
    """
    held = words(source)
    return all(any(is_form_of(word, other) for other in held) for word in wanted)


def _cosines(
    one: Sequence[Sequence[float]], other: Sequence[Sequence[float]]
) -> list[list[float]]:
    import numpy as np

    def unit(vectors: Sequence[Sequence[float]]) -> Any:
        array = np.asarray(vectors)
        return array / np.maximum(np.linalg.norm(array, axis=1, keepdims=True), 1e-12)

    return [[float(cosine) for cosine in row] for row in unit(one) @ unit(other).T]
