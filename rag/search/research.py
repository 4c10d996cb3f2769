"""What the archive holds on a question: passages, statements, and how much each bears on it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from itertools import takewhile, zip_longest
from typing import TYPE_CHECKING, Any

from langchain_core.retrievers import BaseRetriever

from rag.archive.archive import Archive
from rag.archive.roster import Roster, roster_of
from rag.errors import QuestionError
from rag.language import lexicon
from rag.language.dates import find
from rag.language.days import is_of_days
from rag.language.names import is_form_of
from rag.language.words import content_words, fold, words
from rag.models import loaders
from rag.questions.understand import query, understand
from rag.search import evidence, retrieve
from rag.search.deduplicate import merged
from rag.search.evidence import Evidence, rarity
from rag.types import Article, Hit, Known, Question, Said, Scope, Statement, Turn

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

STATEMENTS = 50  # of each asked speaker that are looked at
SPOKEN = 200  # statements by which a refusal tells on what somebody did speak
SIDES = 4  # rows of a comparison that names nobody
CUT_ARTICLES = 500  # whose sentences are kept cut: of the latest questions
REMEMBERED = 1_000  # sentences whose vectors are kept: those of about forty questions
# Of the best one's relevance, from which a side shows more than a few of its statements.
KEEP_OF_SIDE, A_FEW = 0.65, 3
MOST_OF_SIDE, MOST_WITHOUT_TOPIC = 15, 40  # what a reader takes in of one row


class Research:
    """Looks things up in an archive; `retriever` may be any that finds passages of its articles."""

    def __init__(
        self, archive: Archive, retriever: BaseRetriever | None = None
    ) -> None:
        own = retrieve.NewsRetriever(search=self._search, k=archive.config.k)
        self.archive = archive
        self.retriever = retriever or own
        self._roster: tuple[object, Roster] = (None, Roster({}))
        self._units: tuple[object, dict[str, list[Evidence]]] = (None, {})
        self._remembered: dict[str, list[float]] = {}

    def _search(self, text: str, k: int, scope: Scope) -> list[Hit]:
        return retrieve.search(self.archive, text, k, scope)

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

    def names(self) -> Sequence[str]:
        """Everybody on record, the most quoted first."""
        return self.roster.names

    def statements(self, article_id: str) -> list[Statement]:
        """The statements of an article, each speaker under one name."""
        return [
            self._under_one_name(one)
            for one in self.archive.store.statements(article_id)
        ]

    def _under_one_name(self, statement: Statement) -> Statement:
        names = tuple(self.roster.one_name.get(name, name) for name in statement.names)
        if names == statement.names:
            return statement
        if statement.speaker:
            return replace(statement, speaker=names[0])
        return replace(statement, joint=names)

    def units(self, article: Article) -> list[Evidence]:
        """An article cut into evidence."""
        revision = self.archive.store.revision()
        if self._units[0] != revision or len(self._units[1]) > CUT_ARTICLES:
            self._units = (revision, {})
        cut = self._units[1]
        if article.id not in cut:
            cut[article.id] = evidence.units(article, self.statements(article.id))
        return cut[article.id]

    def days(self) -> tuple[str, str] | None:
        """The first and the last date of the articles, None where none has one."""
        first, last = self.archive.store.oldest_date(), self.archive.store.newest_date()
        return (first, last) if first and last else None

    # Understanding

    def understood(
        self, text: str, history: Sequence[Turn], longest: int, today: str | None = None
    ) -> Question:
        """What a question asks for on a day (ISO), the configured one by default.

        Where no day is known, "last week" counts from the newest article's date. Raises
        `QuestionError` for a day that is none.
        """
        day = _valid_day(today or self.archive.config.today)
        newest = self.archive.store.newest_date()
        known = self.known()
        asked = understand(
            text, known, history, longest=longest, today=day, newest=newest
        )
        return replace(
            asked, speakers=tuple(dict.fromkeys(map(self._holder, asked.speakers)))
        )

    def named(self, asked: Question) -> Question:
        """A question whose speakers and sources were named by themselves ("Haley", "the
        Turkish president"), each under the name that a question in words would find.
        """
        names = [self._holder(self.roster.known_as(name)) for name in asked.speakers]
        held = {fold(source): source for source in self.archive.store.sources()}
        outlets = [held.get(fold(name), name) for name in asked.sources]
        return replace(
            asked,
            speakers=tuple(dict.fromkeys(names)),
            sources=tuple(dict.fromkeys(outlets)),
        )

    def _holder(self, role: str) -> str:
        """The only one to whom articles give a role such as "the Russian representative";
        else the words as they are.
        """
        wanted = content_words(role)
        if role in self.roster.names or not wanted:
            return role
        if wanted[-1] not in lexicon.load("en").titles:
            return role
        store = self.archive.store
        holders = set()
        for one in store.said(store.search_statements(wanted, STATEMENTS)).values():
            speaker, source = one.statement.speaker, one.statement.source
            if speaker and source and _names_role(wanted, source.of(one.article.text)):
                holders.add(self.roster.one_name[speaker])
        return holders.pop() if len(holders) == 1 else role

    def names_of(self, speaker: str) -> Sequence[str]:
        """The names under which a speaker's words may stand, () for one who is not on record;
        a bare surname is shown as what it is.
        """
        if speaker not in self.roster.names:
            return ()
        return [speaker, *self.roster.surname_only(speaker)]

    # Looking up

    def passages(self, question: Question, k: int) -> list[Hit]:
        """The passages for a question, of the sources and days that it asks for, best first.

        Those of the days before the question count for more, and many articles come before
        many passages of one.
        """
        scope = Scope((), question.sources, question.since, question.until)
        text = query(question)
        documents = self.retriever.invoke(text, k=max(k, retrieve.DEPTH), scope=scope)
        found = retrieve.hits_of(documents, self.archive.store.article)
        hits = [hit for hit in found if retrieve.is_within(hit.article, scope)]
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
        scores = self._cross_encoder.predict(list(pairs), show_progress_bar=False)
        return [float(score) for score in scores]

    def said(
        self, question: Question, speakers: Sequence[str], limit: int = STATEMENTS
    ) -> list[Said]:
        """What these speakers (none for anybody) said on the question's topic, from its
        sources and in its days.

        Best first; without a topic the oldest first.
        """
        forms: list[str] = []
        for name in speakers:
            forms += self.roster.forms(name)
        scope = Scope(tuple(forms), question.sources, question.since, question.until)
        found = retrieve.statements(self.archive, question.topic, limit, scope)
        return [
            replace(one, statement=self._under_one_name(one.statement)) for one in found
        ]

    def spoken_by(self, speaker: str) -> list[Said]:
        """What a speaker is on record with, on whatever topic."""
        return self.said(Question("", speakers=(speaker,)), [speaker], SPOKEN)

    def evidence(self, question: Question, hits: Sequence[Hit]) -> list[Evidence]:
        """The evidence in passages, and in the statements found for each of the question's
        speakers by themselves.
        """
        asked: list[Sequence[str]] = [
            [name, *self.roster.surname_only(name)] for name in question.speakers
        ]
        if question.form == "who":
            asked.append(())
        by_speaker = [self.said(question, names) for names in asked]
        in_turn: list[Said] = []
        for row in zip_longest(*by_speaker):
            in_turn += [one for one in row if one]
        return evidence.found(hits, in_turn, self.units)

    def weighed(self, question: Question, k: int | None = None) -> list[Evidence]:
        """All evidence for a question, weighed, the best first."""
        hits = self.passages(question, k or self.archive.config.k)
        return self.weigh(question, self.evidence(question, hits))

    def relevant(self, question: Question, said: Sequence[Said]) -> list[Said]:
        """Those statements in whose words or surroundings the topic stands, each with its
        relevance, the best first.
        """
        ids = {one.statement.id for one in said}
        weighed = self.weigh(question, evidence.found([], said, self.units))
        bearing = [unit for unit in weighed if unit.coverage >= evidence.LEAST_COVERAGE]
        found = []
        for unit in evidence.singly(question, bearing, self._rarities):
            statement = unit.statements[0]
            if statement.id in ids:
                found.append(Said(statement, unit.article, unit.relevance))
        return found

    # Sides of a comparison

    def sides(self, question: Question, by_source: bool) -> dict[str, list[Said]]:
        """For each speaker (or source) to compare what is relevant, reports of one statement
        as one.

        Each side is looked up by itself, so that none is crowded out. Where the question
        names nobody, the sides are those with most to say.
        """
        if question.stance:
            theirs = replace(question, speakers=question.others, others=(), stance=None)
            ours = replace(question, stance=None)
            return self.sides(theirs, False) | self.sides(ours, False)
        if by_source:
            outlets = question.sources or self.most_heard(question, by_source)
            return {
                name: self._side(replace(question, sources=(name,)), question.speakers)
                for name in outlets
            }
        names = question.speakers or self.most_heard(question, by_source)
        return {name: self._side(question, [name]) for name in names}

    def heard(self, question: Question) -> list[str]:
        """Who spoke on the question's topic, the most relevant first."""
        return self.most_heard(question, by_source=False)

    def most_heard(self, question: Question, by_source: bool) -> list[str]:
        """The speakers, or sources, with most to say on the topic."""
        weight: dict[str, float] = defaultdict(float)
        for one in self.relevant(question, self.said(question, ())):
            names = [one.article.source] if by_source else one.statement.names
            for name in names:
                if name and name not in question.others:
                    weight[name] += one.relevance
        return [name for name, _ in Counter(weight).most_common(SIDES)]

    def _side(self, question: Question, speakers: Sequence[str]) -> list[Said]:
        """What is said on the very topic, each statement once: a few, and more where they
        are about as relevant.

        In time, the best of each day counts, so that none is crowded out by a day of many
        words. What was said before the days asked for, and only told again in them, is left
        out.
        """
        found = ever = self.said(question, speakers)
        if question.since or question.until:
            ever = self.said(replace(question, since=None, until=None), speakers)
        if question.topic:
            bearing = self.relevant(question, found)
            relevance = {one.statement.id: one.relevance for one in bearing}
            weighed = [(one, relevance.get(one.statement.id)) for one in found]
            found = [
                replace(one, relevance=value)
                for one, value in weighed
                if value is not None
            ]
        days: dict[str | None, list[Said]] = defaultdict(list)
        for one in merged(found, among=ever):
            if is_of_days(one.date, question.since, question.until):
                days[one.date if question.kind == "timeline" else None].append(one)
        kept: list[Said] = []
        for day in days.values():
            kept += _best_of(day)
        kept.sort(key=lambda one: -one.relevance)
        return kept[: MOST_OF_SIDE if question.topic else MOST_WITHOUT_TOPIC]

    # Weighing

    def weigh(
        self, question: Question, candidates: Sequence[Evidence]
    ) -> list[Evidence]:
        """The candidates, best first for the question."""
        return evidence.weigh(question, candidates, self._rarities, self.similarities)

    def mentions(self, phrase: str) -> int:
        """In how many passages a phrase stands."""
        return self.archive.store.passages_with(phrase)

    def passage_count(self) -> int:
        return self.archive.store.count()[1]

    def _rarities(self, wanted: Sequence[str]) -> dict[str, float]:
        total = self.passage_count()
        return {word: rarity(total, self.mentions(word)) for word in wanted}

    def similarities(self, text: str, others: Sequence[str]) -> list[float]:
        """Cosines between a question and other texts."""
        if not others:
            return []
        asked = [self.archive.embeddings.embed_query(text)]
        return _cosines(asked, self._vectors(others))[0]

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
            vectors = self.archive.embeddings.embed_documents(new)
            remembered.update(zip(new, vectors, strict=True))
        return [remembered[text] for text in given]


def _valid_day(day: str) -> str | None:
    try:
        return date.fromisoformat(day).isoformat() if day else None
    except ValueError:
        raise QuestionError(f"{day!r} is no day; write it like 2018-09-07.") from None


def _latest_day(text: str, today: str) -> str:
    """The last day that a question names, today where it names none."""
    named = [phrase.until for phrase in find(text, today)]
    return min(today, max(named, default=today))


def _best_of(said: Sequence[Said]) -> list[Said]:
    """A few, and of the others those about as relevant as the best."""
    ranked = sorted(said, key=lambda one: -one.relevance)
    least = KEEP_OF_SIDE * ranked[0].relevance if ranked else 0.0
    return ranked[:A_FEW] + [one for one in ranked[A_FEW:] if one.relevance >= least]


def _names_role(wanted: Sequence[str], source: str) -> bool:
    """Whether the words of a source name the role: "Russian representative" in "the
    representative of Russia"; not what they tell of somebody, as in "the Russian president,
    who spoke about the Turkish wish".
    """
    relatives = lexicon.load("en").words["relatives"]
    held = list(takewhile(lambda word: word not in relatives, words(source)))
    return all(_has_form(word, held) for word in wanted)


def _has_form(word: str, held: Sequence[str]) -> bool:
    return any(is_form_of(word, other) for other in held)


def _cosines(
    one: Sequence[Sequence[float]], other: Sequence[Sequence[float]]
) -> list[list[float]]:
    import numpy as np

    def unit(vectors: Sequence[Sequence[float]]) -> Any:
        array = np.asarray(vectors)
        lengths = np.linalg.norm(array, axis=1, keepdims=True)
        return array / np.maximum(lengths, 1e-12)  # a text without words has length 0

    cosines: list[list[float]] = (unit(one) @ unit(other).T).tolist()
    return cosines
