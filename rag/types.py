"""The nouns of On Record, and the tree of its errors.

Everything that points into an article is a `Span` of the article's text, kept as it came in:
`article.text[span.start:span.end]` is what is quoted, always. Offsets count Unicode code points.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

QuoteKind = Literal["direct", "indirect", "mixed"]
ResolvedBy = Literal["name", "title", "pronoun", "inherited"]
QuestionKind = Literal["ask", "compare", "timeline"]
QuestionForm = Literal[
    "what", "who", "whether", "when", "first", "change", "differ", "report"
]
RefusalKind = Literal[
    "off topic", "unknown speaker", "silent speaker", "other time", "false premise"
]
Verdict = Literal["useful", "wrong citation", "missing"]
RelationKind = Literal[
    "agrees",
    "repeats",
    "differs in emphasis",
    "differs",
    "contradicts",
    "changed position",
]
Change = Literal["added", "updated", "unchanged", "skipped"]

# Between a verb of saying and its content: "told reporters in Tehran on Friday that".
LONGEST_LEAD = 80
_BREAKS = re.compile(r"[.!?“”\"]")


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of code points in one article's text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]

    def contains(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    def __len__(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Article:
    """A news article: its text as it came in, and what is known about it.

    `date` is ISO (`2018-09-07`) or None; `language` is a two-letter code or None.
    """

    id: str
    text: str
    title: str = ""
    author: str | None = None
    source: str | None = None
    date: str | None = None
    url: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences, small enough for the embedding model to read whole."""

    id: str
    article_id: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Statement:
    """Something that somebody said: who, with which words the article says so, and what.

    `speaker` is the resolved name, None where the article leaves it open; `source` holds
    the literal words that name the speaker, None where the article has none. `content` may
    be split by its attribution ("...," she said, "..."). `confidence` is the measured
    precision of `rule`. `date` (ISO; a year or a month where no more is known) and its
    words, `when`, are there where the sentence says when it was said. `joint` are the names
    of several who said it together; `speaker` is None then.
    """

    id: str
    article_id: str
    speaker: str | None
    resolved_by: ResolvedBy | None
    source: Span | None
    cue: Span | None
    content: tuple[Span, ...]
    kind: QuoteKind
    negated: bool = False
    rule: str = ""
    confidence: float = 1.0
    date: str | None = None
    when: Span | None = None
    joint: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Everybody whose statement it is."""
        return (self.speaker,) if self.speaker else self.joint

    @property
    def start(self) -> int:
        return self.content[0].start

    @property
    def end(self) -> int:
        return self.content[-1].end

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Said:
    """A statement with the article that reports it, and further reports of the same words.

    `relevance` to the question is from 0 to 1; `sources` counts the independent sources of
    all reports.
    """

    statement: Statement
    article: Article
    relevance: float = 0.0
    also: tuple[Said, ...] = ()
    sources: int = 1

    @property
    def text(self) -> str:
        """The statement's content, without the attribution that may split it."""
        return " ".join(span.of(self.article.text) for span in self.statement.content)

    @property
    def lead(self) -> str:
        """The verb of its attribution, and what joins it to the content where that follows."""
        cue, text = self.statement.cue, self.article.text
        if cue is None:
            return ""
        gap = text[cue.end : self.statement.start]
        joins = len(gap) < LONGEST_LEAD and not _BREAKS.search(gap)
        return text[cue.start : cue.end] + (gap if joins else "")

    @property
    def date(self) -> str | None:
        """When it was said, as far as the article tells: the sentence's date, else the
        article's.
        """
        return self.statement.date or self.article.date


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody on record: the one name, other names that articles use, and how much there
    is from when to when.
    """

    name: str
    also: tuple[str, ...]
    statements: int
    articles: int
    first: str | None = None
    last: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the articles hold that a question may name, most frequent first: speakers, and
    sources (outlets).
    """

    speakers: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was understood; empty fields ask for no restriction.

    `form` says which answer is right: what somebody said, who said it, whether or when they
    did, when first, how a position changed, where speakers differ, how sources report it.
    `is_follow_up` is true where something was carried over from the conversation; `others`
    are speakers whom the answer leaves out ("who else?"), and `stance` how those who answer
    should stand to them ("who disagreed?"). `parts` are the questions that it consists of,
    where there are several. `today` is the day of asking (ISO), None where it is not known.
    """

    text: str
    kind: QuestionKind = "ask"
    speakers: tuple[str, ...] = ()
    topic: str = ""
    sources: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    sentences: int = 6
    form: QuestionForm = "what"
    others: tuple[str, ...] = ()
    is_follow_up: bool = False
    stance: Literal["agrees", "differs"] | None = None
    today: str | None = None
    parts: tuple[Question, ...] = ()

    def understood(self) -> dict[str, object]:
        """The `understood` object of the JSON output."""
        return {
            "kind": self.kind,
            "form": self.form,
            "speakers": list(self.speakers),
            "topic": self.topic,
            "sources": list(self.sources),
            "since": self.since,
            "until": self.until,
        }


@dataclass(frozen=True, slots=True)
class Scope:
    """What may answer: the words of these speakers, as articles name them, from these
    sources, in these days (ISO).
    """

    speakers: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None


ANYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of a conversation.

    `understood` is how its question was taken, where that is known; `citations` keep their
    markers in later answers.
    """

    question: str
    answer: str
    understood: Question | None = None
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question, with its fused score (higher is better)."""

    passage: Passage
    article: Article
    score: float

    @property
    def text(self) -> str:
        return self.article.text[self.passage.start : self.passage.end]


@dataclass(frozen=True, slots=True)
class Citation:
    """A checked pointer into an article: `text[start:end] == quote`.

    `speaker` and `kind` are None where the words are the article's own narration. `said` is
    the ISO date of the words where the article gives one of its own; `also` are further
    reports of the same statement, under the same marker, and `sources` counts the
    independent sources of all of them. `shown` are the words as they may be printed: in
    quotation marks only where the article has them, a paraphrase behind its verb.
    """

    marker: int
    article_id: str
    title: str
    source: str | None
    date: str | None
    url: str | None
    start: int
    end: int
    quote: str
    speaker: str | None = None
    kind: QuoteKind | None = None
    said: str | None = None
    also: tuple[Citation, ...] = ()
    sources: int = 1
    shown: str = ""

    @property
    def words(self) -> str:
        """The words as they may be printed, on one line."""
        return self.shown or " ".join(self.quote.split())

    def to_json(self) -> dict[str, object]:
        values = {name: getattr(self, name) for name in Citation.__dataclass_fields__}
        return values | {"also": [report.to_json() for report in self.also]}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a comparison: a date, or with `article_id` one article."""

    date: str | None
    article_id: str | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """How two cited statements stand to each other: their markers, and the reason in words of both.

    `by` says who found it: rules over the words, or the chat model, its quotations verified.
    """

    kind: RelationKind
    first: int
    second: int
    reason: str
    by: Literal["rules", "model"] = "rules"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Statements side by side: `cells[row][column]` are markers of the answer's citations,
    () for nothing on record.
    """

    by: Literal["speaker", "source"]
    rows: tuple[str, ...]
    columns: tuple[Column, ...]
    cells: tuple[tuple[tuple[int, ...], ...], ...]
    relations: tuple[Relation, ...] = ()

    def to_json(self) -> dict[str, object]:
        return {
            "by": self.by,
            "rows": list(self.rows),
            "columns": [
                {"date": c.date, "article_id": c.article_id, "title": c.title}
                for c in self.columns
            ],
            "cells": [[list(markers) for markers in row] for row in self.cells],
            "relations": [
                {
                    name: getattr(relation, name)
                    for name in Relation.__dataclass_fields__
                }
                for relation in self.relations
            ],
        }


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the articles do not answer, as one line for the reader, and what is near.

    `speakers` did speak on the topic; `topics` are what the asked speaker did speak on;
    both best first, () for none.
    """

    kind: RefusalKind
    reason: str
    speakers: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        return {
            "kind": self.kind,
            "reason": self.reason,
            "speakers": list(self.speakers),
            "topics": list(self.topics),
        }


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a reader thought of an answer, at a UTC time (ISO), with what was shown;
    `marker` names a wrong citation.

    `history` are the questions that were asked before it in the conversation.
    """

    at: str
    verdict: Verdict
    question: str
    answer: str
    citations: tuple[Citation, ...] = ()
    marker: int | None = None
    note: str = ""
    history: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer whose every sentence carries a `[n]` marker, or a refusal with its reason.

    A comparison or timeline carries its table as `comparison`. In a refusal `abstained` is
    true, `reason` says why, `refusal` tells its kind and what is near, and `citations` hold
    the nearest evidence. `notices` tell the reader what did not go as asked (the chat model
    did not answer, a sentence was left out). `writer` names the chat model that worded the
    answer; it is empty where these are the articles' own sentences.
    """

    question: Question
    text: str
    citations: tuple[Citation, ...] = ()
    passages: tuple[Hit, ...] = ()
    abstained: bool = False
    reason: str | None = None
    notices: tuple[str, ...] = ()
    seconds: float = 0.0
    comparison: Comparison | None = None
    refusal: Refusal | None = None
    writer: str = ""

    def to_json(self) -> dict[str, object]:
        """The object that `onrecord ask --json` prints."""
        return {
            "question": self.question.text,
            "answer": self.text,
            "abstained": self.abstained,
            "reason": self.reason,
            "refusal": self.refusal.to_json() if self.refusal else None,
            "writer": self.writer,
            "understood": self.question.understood(),
            "citations": [citation.to_json() for citation in self.citations],
            "passages": [
                {
                    "article_id": hit.article.id,
                    "start": hit.passage.start,
                    "end": hit.passage.end,
                    "score": round(hit.score, 6),
                }
                for hit in self.passages
            ],
            "comparison": self.comparison.to_json() if self.comparison else None,
            "notices": list(self.notices),
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True, slots=True)
class Incoming:
    """An article on its way in, and the stable key of where it came from (its url, or file
    path and row).
    """

    article: Article
    origin: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """An item that could not be read as an article, and why, with the remedy."""

    origin: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item given to `ingest`."""

    change: Change
    origin: str
    title: str = ""
    article_id: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long piece of work is; `seconds_left` is None until it can be told."""

    stage: str
    done: int
    total: int | None
    passages_per_second: float | None = None
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """What the assistant holds and is doing; `model` is the chat model's name, empty for none.

    `starting` is true until what `warm_up` does is done: what is asked before may miss
    articles that are still to be read.
    """

    articles: int
    passages: int
    model: str
    busy: Progress | None
    ready: bool
    problem: str | None = None
    starting: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """One line of `onrecord doctor`."""

    name: str
    ok: bool
    detail: str
