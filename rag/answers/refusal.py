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
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache

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
from rag.search.evidence import CONTEXT, CONTEXT_CREDIT, Evidence, Similarities, rarity
from rag.types import Article, Question, Refusal

BIAS, HELD, OF_ARTICLE, SIMILAR = -3.8, 3.5, 2.3, 2.7
LOOKED_AT = 24
# the mean cosine of topic and question with words that speak of it without naming it
LIKE, LIKE_LOOKED_AT = 0.4, 12
MOST_SPEAKERS, MOST_MISSING = 3, 3
SAME_NAME = 0.85
LONGEST_TOPIC = 80

_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d")
_RUN = re.compile(
    r"\b(?:[0-9]+|[^\W\d_a-z][\w’'-]*)(?: (?:[0-9]+|[^\W\d_a-z][\w’'-]*))*"
)
_TOKEN = re.compile(r"[.?!:]|\w[\w’'-]*")


@dataclass(frozen=True, slots=True)
class Lookups:
    """What the archive knows beyond the evidence found; all but the first three are asked
    only where nothing answers.

    `names_of` gives the names under which a speaker's words may stand, () for one who is
    not on record; `mentions` in how many of the `passages` a phrase stands; `similarities`
    the cosines of a text with others; `ever` the evidence for a question, weighed; `heard`
    who spoke on its topic, and `topics` what a speaker spoke on, best first; `names` who is
    on record; `days` the first and the last date of the articles, None where none has one.
    """

    names_of: Callable[[str], Sequence[str]]
    mentions: Callable[[str], int]
    passages: Callable[[], int]
    similarities: Similarities
    ever: Callable[[Question], Sequence[Evidence]]
    heard: Callable[[Question], Sequence[str]]
    topics: Callable[[str], Sequence[str]]
    names: Callable[[], Sequence[str]]
    days: Callable[[], tuple[str, str] | None]


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
        return 1 / (
            1
            + math.exp(
                -BIAS
                - HELD * self.held
                - OF_ARTICLE * self.of_article
                - SIMILAR * self.similarity
            )
        )


def supports(
    question: Question, ranked: Sequence[Evidence], lookups: Lookups
) -> list[Support]:
    """How far each of the best pieces of evidence holds what a question asks, apart from
    its time.
    """
    asked = map(stem, content_words(_without_years(question.topic or question.text)))
    total = lookups.passages()
    weighed = {
        word: rarity(total, lookups.mentions(word)) for word in dict.fromkeys(asked)
    }
    named = _named(question.text)
    names = {word: weight for word, weight in weighed.items() if word in named}
    others = {word: weight for word, weight in weighed.items() if word not in named}
    return [
        Support(
            min((_held(unit, part) for part in (names, others) if part), default=0.0),
            _share(weighed, _stems(unit.article)),
            unit.similarity,
        )
        for unit in ranked[:LOOKED_AT]
    ]


def is_supported(
    question: Question, ranked: Sequence[Evidence], lookups: Lookups
) -> bool:
    """Whether any of the evidence probably holds an answer."""
    return any(
        support.probability >= 0.5 for support in supports(question, ranked, lookups)
    )


def in_named_years(question: Question, units: Iterable[Evidence]) -> list[Evidence]:
    """Only the evidence of articles that are of the years which the question names, or
    write of them.
    """
    kept = list(units)
    for period in _years(question):
        years = _YEAR.findall(period.span.of(question.text))
        kept = [
            unit
            for unit in kept
            if (unit.date and is_of_days(unit.date, period.since, period.until))
            or any(year in unit.article.text for year in years)
        ]
    return kept


def alike(
    question: Question, said: Sequence[Evidence], similarities: Similarities
) -> list[Evidence]:
    """The statements that speak of the topic in other words ("attack" for "offensive"); a
    name has no other words.
    """
    names = dict.fromkeys(
        _named(question.text).intersection(map(stem, content_words(question.topic))),
        1.0,
    )
    naming = [
        unit
        for unit in said[:LIKE_LOOKED_AT]
        if _held(unit, names) == (1.0 if names else 0.0)
    ]
    if not question.topic or not naming:
        return []
    near = similarities(question.topic, [unit.told for unit in naming])
    return [
        unit
        for unit, cosine in zip(naming, near, strict=True)
        if (cosine + unit.similarity) / 2 >= LIKE
    ]


def _held(unit: Evidence, weighed: Mapping[str, float]) -> float:
    """The share of the words in the sentences; those only in the title or just before count
    half.
    """
    around = unit.article.text[max(0, unit.span.start - CONTEXT) : unit.span.end]
    context = set(map(stem, words(f"{unit.article.title} {around}")))
    return _share(weighed, unit.stems, context)


def _share(
    weighed: Mapping[str, float],
    whole: AbstractSet[str],
    half: AbstractSet[str] = frozenset(),
) -> float:
    """The share of the words by their weight; those that only stand in the second set count
    half.
    """
    credit = {
        word: 1.0 if word in whole else CONTEXT_CREDIT if word in half else 0.0
        for word in weighed
    }
    return sum(weighed[word] * credit[word] for word in weighed) / (
        sum(weighed.values()) or 1.0
    )


@lru_cache(maxsize=256)
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
    found = periods(question.text, "2000-01-01")
    return [period for period in found if _YEAR.search(period.span.of(question.text))]


def _without_years(text: str) -> str:
    return _YEAR.sub(" ", text) if _YEAR.sub("", text).strip() else text


# Why there is none


def of_speakers(question: Question, lookups: Lookups) -> Refusal:
    """Who asked for is not on record, or is silent on the topic; who did speak on it, and
    on what they did.
    """
    known = [name for name in question.speakers if lookups.names_of(name)]
    reason = " ".join(silent(name, question, lookups) for name in question.speakers)
    topics = (
        tuple(lookups.topics(known[0])) if len(question.speakers) == 1 and known else ()
    )
    return Refusal(
        "silent speaker" if known else "unknown speaker",
        reason,
        heard(question, lookups),
        topics,
    )


def silent(speaker: str, question: Question, lookups: Lookups) -> str:
    """Why nothing of a speaker's answers."""
    if lookups.names_of(speaker):
        return f"The articles hold nothing that {speaker} said{_about(question)}."
    near = difflib.get_close_matches(speaker, lookups.names(), 1, SAME_NAME)
    if near:
        return f"Nothing on record: no article quotes {speaker}; the nearest name on record is {near[0]}."
    named = ", though the name stands in them" if lookups.mentions(speaker) else ""
    return f"Nothing on record: no article quotes {speaker}{named}."


def topic_named(question: Question) -> str:
    """The topic with the article that the question gives it."""
    match = re.search(
        rf"\b{_data()['articles']}\s+{re.escape(question.topic)}",
        question.text,
        re.IGNORECASE,
    )
    return match[0] if match else question.topic


def _about(question: Question) -> str:
    if not question.topic:
        return ""
    clause = re.search(
        rf"\b{_data()['clause']}\s+{re.escape(question.topic)}",
        question.text,
        re.IGNORECASE,
    )
    return (
        f" to the effect {clause[0]}" if clause else f" about {topic_named(question)}"
    )


def heard(question: Question, lookups: Lookups) -> tuple[str, ...]:
    """Others who spoke on the topic, the most first."""
    if not question.topic:
        return ()
    found = lookups.heard(
        replace(question, speakers=(), others=question.speakers + question.others)
    )
    return tuple(found[:MOST_SPEAKERS])


def of_time(
    question: Question, elsewhere: Sequence[Evidence], lookups: Lookups
) -> Refusal | None:
    """The days asked for hold nothing; None where the articles run through them and other
    days hold nothing either.
    """
    range_ = lookups.days()
    asked = _asked_days(question)
    if not asked or not range_:
        return None
    nothing = f"Nothing on record {_days_asked(*asked)}"
    if not any(is_of_days(day, *asked) for day in range_) and not _lies_within(
        asked, range_
    ):
        verb = "run" if range_[0] != range_[1] else "are"
        return Refusal("other time", f"{nothing}: the articles {verb} {_run(*range_)}.")
    days = sorted({unit.date for unit in elsewhere if unit.date})
    if not days:
        return None
    said = f"what {listed(question.speakers)} said{_about(question)}"
    held = said if question.speakers else "what the articles hold on it"
    return Refusal("other time", f"{nothing}: {held} is {_run(days[0], days[-1])}.")


def _asked_days(question: Question) -> tuple[str | None, str | None] | None:
    if question.since or question.until:
        return question.since, question.until
    return next(((period.since, period.until) for period in _years(question)), None)


def _lies_within(asked: tuple[str | None, str | None], range_: tuple[str, str]) -> bool:
    since, until = asked
    return bool(
        (since and range_[0] <= since <= range_[1])
        or (until and range_[0] <= until <= range_[1])
    )


def of_matter(question: Question, lookups: Lookups) -> Refusal:
    """What is asked stands nowhere: it is off the articles' topics, or takes for granted
    what none of them reports.
    """
    clause = _premise(question, lookups)
    if clause:
        return Refusal(
            "false premise", f"No article reports that: in none of them {clause}."
        )
    missing = _missing(question, lookups)
    if missing:
        return Refusal(
            "off topic",
            f"The articles do not say: none of them mentions {' or '.join(missing)}.",
        )
    topic = topic_named(question) if question.topic else question.text
    looked_for = f" Looked for: {topic}." if len(topic) <= LONGEST_TOPIC else ""
    return Refusal("off topic", f"The articles do not say.{looked_for}")


def of_comparison(question: Question, reason: str, lookups: Lookups) -> Refusal:
    """Why no side of a comparison has anything to show; `reason` says it where all that are
    asked for are on record.
    """
    asked = replace(question, speakers=question.speakers + question.others, others=())
    timed = of_time(asked, (), lookups)
    if timed or question.sources:
        return timed or Refusal("off topic", reason)
    if not asked.speakers:
        return of_matter(question, lookups)
    because = of_speakers(asked, lookups)
    return (
        replace(because, reason=reason)
        if question.stance and because.kind == "silent speaker"
        else because
    )


def _premise(question: Question, lookups: Lookups) -> str:
    """What a question such as "Why did Putin resign?" takes for granted of somebody whom
    the articles name, or "".
    """
    match = _pattern("premise").fullmatch(question.text.strip(" ?!."))
    words = tokens(match["of"]) if match else []
    named = [word for word in words if word[:1].isupper()]
    if not named and words:
        surnames = {fold(name.split()[-1]) for name in lookups.names()}
        named = [word for word in words if fold(word) in surnames]
    return match["clause"] if match and named and lookups.mentions(named[0]) else ""


def _missing(question: Question, lookups: Lookups) -> list[str]:
    """What stands in no article, in quotation marks: names and numbers, or where all of
    these do, other words.
    """
    asked = question.topic or question.text
    names = [
        run
        for run in _RUN.findall(asked)
        if not is_small(run, question.text) and not lookups.mentions(run)
    ]
    others = [
        word
        for word in tokens(asked)
        if not is_small(word, asked) and not any(map(lookups.mentions, words(word)))
    ]
    return [f"“{words}”" for words in dict.fromkeys(names or others)][:MOST_MISSING]


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_data()[name].replace(" ", r"\s+"), re.IGNORECASE)


@cache
def _data(language: str = "en") -> dict[str, str]:
    """The patterns of one language."""
    return lexicon.data("refusals", language)  # type: ignore[no-any-return]


# The words of it


def offers(question: Question, refusal: Refusal) -> str:
    """What is near, in sentences: who spoke on the topic, and on what the asked speaker did
    speak.
    """
    said = []
    if refusal.speakers:
        said.append(
            f"On {topic_named(question)}, the articles quote {listed(list(short_names(refusal.speakers).values()))}."
        )
    if refusal.topics:
        speaker = (question.speakers + question.others)[0]
        said.append(f"{surname(speaker)} is on record on {listed(refusal.topics)}.")
    return " ".join(said)


def _days_asked(since: str | None, until: str | None) -> str:
    if since and until:
        for whole in (since[:4], since[:7]):
            if (first_day(whole), last_day(whole)) == (first_day(since), _end(until)):
                return f"from {readable_date(whole)}"
        return _run(since, until)
    return f"since {readable_date(since)}" if since else f"until {readable_date(until)}"


def _end(day: str) -> int | None:
    """The day as a number, that of a month's last day as the month's."""
    is_last = date.fromisoformat(day).day == monthrange(int(day[:4]), int(day[5:7]))[1]
    return last_day(day[:7] if is_last else day)


def _run(first: str, last: str) -> str:
    """`from 7 to 28 September 2018`, or `of 7 September 2018` for one day."""
    if first == last:
        return f"of {readable_date(first)}"
    start, end = readable_date(first), readable_date(last)
    for shared in (start.split(" ", 1)[-1], start.split()[-1]):
        if start != shared and end.endswith(f" {shared}"):
            return f"from {start[: -len(shared) - 1]} to {end}"
    return f"from {start} to {end}"
