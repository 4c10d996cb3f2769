"""Whether the evidence answers a question at all; where it does not, why, and what is near.

What somebody said is asked of statements, which bear on the topic or do not. Any other
question is answered by a sentence that holds whom or what it names together with the rest
of it, or says the like in other words: a logistic regression over how much is held, set by
`python -m tests.benchmarks.refusal DATA --calibrate`.
"""

from __future__ import annotations

import difflib
import math
import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Protocol

from rag.answers import suggest
from rag.language import lexicon
from rag.language.days import first_day, is_of_days, last_day, readable_date
from rag.language.names import short_names, surname
from rag.language.words import (
    content_words,
    fold,
    is_small,
    listed,
    stem,
    tokens,
    words,
)
from rag.questions.periods import Period, periods
from rag.search.evidence import Evidence, coverage, coverage_of, rarity
from rag.types import Article, Question, Refusal, Said

# The regression's constants, fitted on one half of the questions of newsquiz and
# statements; on the other half .98 of the unanswerable are refused, .03 of the answerable.
BIAS, HELD, OF_ARTICLE, SIMILAR = -3.8, 3.5, 2.3, 2.7
LOOKED_AT = 24  # pieces of evidence, those that are compared with the question
# The mean cosine of topic and question with words that speak of it without naming it, and
# how many statements are looked at: a topic in other words ("attack", "offensive") is rare.
LIKE, LIKE_LOOKED_AT = 0.4, 12
MOST_SPEAKERS, MOST_MISSING, MOST_TOPICS = 3, 3, 3  # offered in one line of a refusal
SAME_NAME = 0.85  # difflib's ratio: "Nora Wick" and "Nora Vik" are one misspelt
LONGEST_TOPIC = 80  # characters that a refusal says again

_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d")
_CAPITALISED = r"(?:[0-9]+|[^\W\d_a-z][\w’'-]*)"
_RUN = re.compile(rf"\b{_CAPITALISED}(?: {_CAPITALISED})*")
_TOKEN = re.compile(r"[.?!:]|\w[\w’'-]*")

Days = tuple[str | None, str | None]


class Knowledge(Protocol):
    """What the archive knows beyond the evidence found; all but the first four are asked
    only where nothing answers.

    `names_of` gives the names under which a speaker's words may stand, () for one who is
    not on record; `mentions` in how many of the passages a phrase stands; `similarities`
    the cosines of a text with others; `weighed` the evidence for a question, the best first;
    `heard` who spoke on its topic, `spoken_by` what a speaker said, best first; `names` who
    is on record; `days` the first and the last date of the articles, None where none has one.
    """

    def names_of(self, speaker: str) -> Sequence[str]: ...
    def mentions(self, phrase: str) -> int: ...
    def passage_count(self) -> int: ...
    def similarities(self, text: str, others: Sequence[str]) -> list[float]: ...
    def weighed(self, question: Question) -> Sequence[Evidence]: ...
    def heard(self, question: Question) -> Sequence[str]: ...
    def spoken_by(self, speaker: str) -> Sequence[Said]: ...
    def names(self) -> Sequence[str]: ...
    def days(self) -> tuple[str, str] | None: ...


# Whether there is an answer


@dataclass(frozen=True, slots=True)
class Support:
    """How far a sentence holds what a question asks, from 0 to 1.

    `held` is the share of its words, by their rarity: that of the names or that of the
    others, the smaller; `of_article` the share that stands in the whole article;
    `similarity` the cosine of the two.
    """

    held: float
    of_article: float
    similarity: float

    @property
    def probability(self) -> float:
        """How probable it is that the question has an answer there."""
        weighed = (
            HELD * self.held + OF_ARTICLE * self.of_article + SIMILAR * self.similarity
        )
        return 1 / (1 + math.exp(-BIAS - weighed))


def supports(
    question: Question, ranked: Sequence[Evidence], known: Knowledge
) -> list[Support]:
    """How far each of the best pieces of evidence holds what a question asks, apart from
    its time.
    """
    asked = content_words(_without_years(question.topic or question.text))
    total = known.passage_count()
    weighed = {
        word: rarity(total, known.mentions(word))
        for word in dict.fromkeys(map(stem, asked))
    }
    named = _named(question.text)
    names = {word: weight for word, weight in weighed.items() if word in named}
    others = {word: weight for word, weight in weighed.items() if word not in named}
    found = []
    for unit in ranked[:LOOKED_AT]:
        held = [coverage_of(unit, part) for part in (names, others) if part]
        of_article = coverage(weighed, _stems(unit.article))
        found.append(Support(min(held, default=0.0), of_article, unit.similarity))
    return found


def is_supported(
    question: Question, ranked: Sequence[Evidence], known: Knowledge
) -> bool:
    """Whether any of the evidence probably holds an answer."""
    return any(
        support.probability >= 0.5 for support in supports(question, ranked, known)
    )


def in_named_years(question: Question, units: Iterable[Evidence]) -> list[Evidence]:
    """Only the evidence of articles that are of the years which the question names, or
    write of them.
    """
    kept = list(units)
    for period in _years(question):
        years = _YEAR.findall(period.span.of(question.text))
        fitting = []
        for unit in kept:
            is_of_year = unit.date and is_of_days(unit.date, period.since, period.until)
            if is_of_year or any(year in unit.article.text for year in years):
                fitting.append(unit)
        kept = fitting
    return kept


def alike(
    question: Question, said: Sequence[Evidence], known: Knowledge
) -> list[Evidence]:
    """The statements that speak of the topic in other words ("attack" for "offensive"); a
    name has no other words.
    """
    if not question.topic:
        return []
    topic = map(stem, content_words(question.topic))
    names = dict.fromkeys(_named(question.text).intersection(topic), 1.0)
    naming = [
        unit
        for unit in said[:LIKE_LOOKED_AT]
        if not names or coverage_of(unit, names) == 1.0
    ]
    near = known.similarities(question.topic, [unit.told for unit in naming])
    found = []
    for unit, cosine in zip(naming, near, strict=True):
        if (cosine + unit.similarity) / 2 >= LIKE:
            found.append(unit)
    return found


@lru_cache(maxsize=256)  # the articles of the latest questions
def _stems(article: Article) -> frozenset[str]:
    return frozenset(map(stem, words(f"{article.title} {article.text}")))


def _named(text: str) -> set[str]:
    """The stems of what a question writes with a capital letter inside its sentences."""
    found: set[str] = set()
    begins = True
    for token in _TOKEN.findall(text):
        if token[0].isupper() and not begins and not is_small(token, text):
            found.update(map(stem, words(token)))
        begins = not token[0].isalnum()
    return found


def _years(question: Question) -> list[Period]:
    """The times of a question that are no stretch to search, but name a year: "in 1998"."""
    if question.since or question.until:
        return []
    found = periods(
        question.text, "2000-01-01"
    )  # whether a year is named hangs on no day
    return [period for period in found if _YEAR.search(period.span.of(question.text))]


def _without_years(text: str) -> str:
    without = _YEAR.sub(" ", text)
    return without if without.strip() else text


# Why there is none


def of_speakers(question: Question, known: Knowledge) -> Refusal:
    """Who asked for is not on record, or is silent on the topic; who did speak on it, and on
    what they did.
    """
    on_record = [name for name in question.speakers if known.names_of(name)]
    reason = " ".join(silent(name, question, known) for name in question.speakers)
    topics: tuple[str, ...] = ()
    if on_record and len(question.speakers) == 1:
        said = [(one.article, one.statement) for one in known.spoken_by(on_record[0])]
        topics = tuple(suggest.topics(said, MOST_TOPICS))
    kind = "silent speaker" if on_record else "unknown speaker"
    return Refusal(kind, reason, heard(question, known), topics)  # type: ignore[arg-type]


def silent(speaker: str, question: Question, known: Knowledge) -> str:
    """Why nothing of a speaker's answers."""
    if known.names_of(speaker):
        return f"The articles hold nothing that {speaker} said{_about(question)}."
    nobody = f"Nothing on record: no article quotes {speaker}"
    near = difflib.get_close_matches(speaker, known.names(), 1, SAME_NAME)
    if near:
        return f"{nobody}; the nearest name on record is {near[0]}."
    if known.mentions(speaker):
        return f"{nobody}, though the name stands in them."
    return f"{nobody}."


def heard(question: Question, known: Knowledge) -> tuple[str, ...]:
    """Others who spoke on the topic, the most first."""
    if not question.topic:
        return ()
    others = question.speakers + question.others
    found = known.heard(replace(question, speakers=(), others=others))
    return tuple(found[:MOST_SPEAKERS])


def of_time(
    question: Question, elsewhere: Sequence[Evidence], known: Knowledge
) -> Refusal | None:
    """The days asked for hold nothing; None where the articles run through them and other
    days hold nothing either.
    """
    asked, covered = _asked_days(question), known.days()
    if not asked or not covered:
        return None
    nothing = f"Nothing on record {_days_asked(*asked)}"
    is_outside = not any(is_of_days(day, *asked) for day in covered)
    if is_outside and not _lies_within(asked, covered):
        verb = "run" if covered[0] != covered[1] else "are"
        return Refusal(
            "other time", f"{nothing}: the articles {verb} {_run(*covered)}."
        )
    days = sorted({unit.date for unit in elsewhere if unit.date})
    if not days:
        return None
    held = "what the articles hold on it"
    if question.speakers:
        held = f"what {listed(question.speakers)} said{_about(question)}"
    return Refusal("other time", f"{nothing}: {held} is {_run(days[0], days[-1])}.")


def _asked_days(question: Question) -> Days | None:
    if question.since or question.until:
        return question.since, question.until
    for period in _years(question):
        return period.since, period.until
    return None


def _lies_within(asked: Days, covered: tuple[str, str]) -> bool:
    """Whether the days asked for begin or end among the articles' own."""
    first, last = covered
    return any(day is not None and first <= day <= last for day in asked)


def of_matter(question: Question, known: Knowledge) -> Refusal:
    """What is asked stands nowhere: it is off the articles' topics, or takes for granted
    what none of them reports.
    """
    clause = _premise(question, known)
    if clause:
        reason = f"No article reports that: in none of them {clause}."
        return Refusal("false premise", reason)
    missing = _missing(question, known)
    if missing:
        reason = (
            f"The articles do not say: none of them mentions {' or '.join(missing)}."
        )
        return Refusal("off topic", reason)
    topic = topic_named(question) if question.topic else question.text
    looked_for = f" Looked for: {topic}." if len(topic) <= LONGEST_TOPIC else ""
    return Refusal("off topic", f"The articles do not say.{looked_for}")


def of_comparison(question: Question, reason: str, known: Knowledge) -> Refusal:
    """Why no side of a comparison has anything to show; `reason` says it where all that are
    asked for are on record.
    """
    asked = replace(question, speakers=question.speakers + question.others, others=())
    timed = of_time(asked, (), known)
    if timed or question.sources:
        return timed or Refusal("off topic", reason)
    if not asked.speakers:
        return of_matter(question, known)
    because = of_speakers(asked, known)
    if question.stance and because.kind == "silent speaker":
        return replace(because, reason=reason)
    return because


def _premise(question: Question, known: Knowledge) -> str:
    """What a question such as "Why did Putin resign?" takes for granted of somebody whom the
    articles name, or "".
    """
    match = _pattern("premise").fullmatch(question.text.strip(" ?!."))
    if not match:
        return ""
    asked = tokens(match["of"])
    named = [word for word in asked if word[:1].isupper()]
    if not named:  # "why did putin resign"
        surnames = {fold(name.split()[-1]) for name in known.names()}
        named = [word for word in asked if fold(word) in surnames]
    return match["clause"] if named and known.mentions(named[0]) else ""


def _missing(question: Question, known: Knowledge) -> list[str]:
    """What stands in no article: names and numbers, or where all of these do, other words."""
    asked = question.topic or question.text
    names = []
    for run in _RUN.findall(asked):
        if not is_small(run, question.text) and not known.mentions(run):
            names.append(run)
    if names:
        return list(dict.fromkeys(names))[:MOST_MISSING]
    others = []
    for word in tokens(asked):
        if not is_small(word, asked) and not any(map(known.mentions, words(word))):
            others.append(word)
    return list(dict.fromkeys(others))[:MOST_MISSING]


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_patterns()[name].replace(" ", r"\s+"), re.IGNORECASE)


def _patterns(language: str = "en") -> dict[str, str]:
    return lexicon.data("refusals", language)  # type: ignore[no-any-return]


# The words of it


def topic_named(question: Question) -> str:
    """The topic with the article that the question gives it."""
    topic = re.escape(question.topic)
    match = re.search(
        rf"\b{_patterns()['articles']}\s+{topic}", question.text, re.IGNORECASE
    )
    return match[0] if match else question.topic


def _about(question: Question) -> str:
    if not question.topic:
        return ""
    topic = re.escape(question.topic)
    clause = re.search(
        rf"\b{_patterns()['clause']}\s+{topic}", question.text, re.IGNORECASE
    )
    return (
        f" to the effect {clause[0]}" if clause else f" about {topic_named(question)}"
    )


def offers(question: Question, refusal: Refusal) -> str:
    """What is near, in sentences: who spoke on the topic, and on what the asked speaker did
    speak.
    """
    said = []
    if refusal.speakers:
        others = listed(list(short_names(refusal.speakers).values()))
        said.append(f"On {topic_named(question)}, the articles quote {others}.")
    if refusal.topics:
        speaker = (question.speakers + question.others)[0]
        said.append(f"{surname(speaker)} is on record on {listed(refusal.topics)}.")
    return " ".join(said)


def _days_asked(since: str | None, until: str | None) -> str:
    """`from September 2018` for all of its days, `since` or `until` one, or from one to another."""
    if not since or not until:
        return (
            f"since {readable_date(since)}"
            if since
            else f"until {readable_date(until)}"
        )
    for whole in (since[:4], since[:7]):
        if (first_day(whole), last_day(whole)) == (first_day(since), _end(until)):
            return f"from {readable_date(whole)}"
    return _run(since, until)


def _end(day: str) -> int | None:
    """The day as a number, that of a month's last day as the month's."""
    last = monthrange(int(day[:4]), int(day[5:7]))[1]
    is_last = date.fromisoformat(day).day == last
    return last_day(day[:7] if is_last else day)


def _run(first: str, last: str) -> str:
    """`from 7 to 28 September 2018`, or `of 7 September 2018` for one day."""
    if first == last:
        return f"of {readable_date(first)}"
    start, end = readable_date(first), readable_date(last)
    month_and_year, year = start.split(" ", 1)[-1], start.split()[-1]
    for shared in (month_and_year, year):
        if start != shared and end.endswith(f" {shared}"):
            return f"from {start[: -len(shared) - 1]} to {end}"
    return f"from {start} to {end}"
