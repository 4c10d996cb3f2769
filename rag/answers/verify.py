"""Whether a sentence may stand beside the evidence it cites: names, numbers, dates,
quotations, speakers, support.

Each check is a function of the sentence and its evidence that tells what failed, "" for
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import groupby

from rag.language import dates, lexicon, stance
from rag.language.dates import DatePhrase
from rag.language.days import first_day, last_day, readable_date
from rag.language.names import is_form_of, matches, variant
from rag.language.segments import quotations
from rag.language.stance import Stance, read_statement, stance_of
from rag.language.words import content_words, fold, listed, stem, words
from rag.models.loaders import Entails
from rag.search.evidence import Evidence, Similarities
from rag.statements import extract
from rag.types import Article, Citation, Question, Said, Span, Statement

LEAST_WORDS = 3
LEAST_SHARED = 2
SUPPORTED, UNSUPPORTED = (
    0.8,
    0.6,
)  # tests/answers/sentences.tsv: nothing unsupported above, all supported above the second
_ELLIPSIS = re.compile(r"\[?(?:…|\.{3})\]?|\[[^\]]*\]")
_DOUBLE = re.compile(r"[\"“”„‟«»]")
_CAPITAL = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W\d_][\w’'-]*")
_SIGNS = re.compile(
    r"(?P<percent>%|per\s?cent\b|percentage)|(?P<dollar>\$|dollar|USD)|(?P<euro>€|euro)|(?P<pound>£|pound)"
)
_IS_TO = re.compile(r"\b(?:is|are|was|were)\s+to\s", re.IGNORECASE)
_POINTED = re.compile(r"\b(?:the|these|those|all|both)\s+$", re.IGNORECASE)
_THIRD_PERSON = frozenset(
    {"he", "she", "they", "him", "her", "them", "his", "their", "hers", "theirs"}
)


@dataclass(frozen=True)
class Cited:
    """One citation that a sentence may carry, with the sentences around its words."""

    unit: Evidence
    citation: Citation

    @cached_property
    def said(self) -> tuple[Said, ...]:
        """What the cited words say, and who; empty where the article tells by itself.

        Of several speakers of the same words each has a statement of its own.
        """
        own = Span(self.citation.start, self.citation.end)
        found = [s for s in self.unit.statements if s.span == own]
        return tuple(Said(statement, self.unit.article) for statement in found)

    @property
    def speakers(self) -> tuple[str, ...]:
        return tuple(name for said in self.said for name in said.statement.names)

    @cached_property
    def text(self) -> str:
        return " ".join(self.unit.text.split())

    @cached_property
    def around(self) -> str:
        """All that a reader is shown of it: title, outlet, speaker, day and words."""
        shown = self.citation
        days = (readable_date(shown.date), readable_date(shown.said))
        return "\n".join(
            filter(None, (shown.title, shown.source, *self.speakers, *days, self.text))
        )

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(map(stem, words(self.around)))

    @cached_property
    def reading(self) -> Stance:
        """The speaker's words, read with the article's verb for saying them; those of the
        article where it tells by itself.
        """
        led = [said for said in self.said if said.lead]
        for said in (*led, *self.said):
            return read_statement(said)
        return stance_of(self.text)


@dataclass(frozen=True)
class Claim:
    """A sentence of an answer without its markers; `before` is what a reader has read so far.

    `speakers` are the last names of everybody on record, as `variant` spells them.
    """

    text: str
    question: Question
    before: str = ""
    speakers: frozenset[str] = frozenset()

    @cached_property
    def credited(self) -> list[Said]:
        """The statements that the sentence makes; pronouns mean those whom `before` names."""
        whole = Article("", f"{self.before} {self.text}".strip())
        start = len(whole.text) - len(self.text)
        found = [s for s in extract.extract(whole) if s.start >= start]
        return [Said(s, whole) for s in found if not _lies_in_another(s, found)]

    @cached_property
    def quoted(self) -> list[str]:
        return [span.of(self.text) for span in quotations(self.text)]

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(map(stem, content_words(self.text)))

    @cached_property
    def reading(self) -> Stance:
        return stance_of(self.text)


def _lies_in_another(statement: Statement, found: Sequence[Statement]) -> bool:
    """Whether somebody else's words hold the statement ("she said that he had refused")."""
    for other in found:
        if other is statement:
            continue
        if any(content.contains(statement.span) for content in other.content):
            return True
    return False


def _attributed_to(said: Said) -> str:
    """The sentence's own words for the speaker: a name, "he", "the Russian president"."""
    source = said.statement.source
    return source.of(said.article.text) if source else ""


Check = Callable[[Claim, Sequence[Cited]], str]


@dataclass(frozen=True)
class Finding:
    """What is wrong with a sentence, "" for nothing, and its support from 0 to 1; what is
    not sure is in doubt.
    """

    fault: str = ""
    support: float = 1.0

    @property
    def is_sure(self) -> bool:
        return not self.fault and self.support >= SUPPORTED

    @property
    def standing(self) -> tuple[bool, float]:
        """What orders verdicts, the best last."""
        return not self.fault, self.support

    @property
    def is_in_doubt(self) -> bool:
        return not self.fault and not self.is_sure


@dataclass(frozen=True)
class Verifier:
    """The checks, with what compares meanings: `similarities` of texts, and an entailment
    model where there is one.

    `surnames` are the last names of everybody on record, as `variant` spells them.
    """

    similarities: Similarities
    entails: Entails | None = None
    surnames: frozenset[str] = frozenset()

    def verdict(self, claim: Claim, cited: Sequence[Cited]) -> Finding:
        """Whether the sentence may stand with these citations, all of them together."""
        if not cited:
            return Finding("it cites none of the evidence", 0.0)
        fault = next(filter(None, (check(claim, cited) for check in CHECKS)), "")
        if fault:
            return Finding(fault, 0.0)
        support = self.support(claim, cited)
        return Finding(
            "" if support >= UNSUPPORTED else "the evidence does not say so", support
        )

    def support(self, claim: Claim, cited: Sequence[Cited]) -> float:
        """How well the evidence supports the sentence, from 0 to 1: by entailment, else by
        its words and its meaning.
        """
        evidence = " ".join(dict.fromkeys(source.text for source in cited))
        if self.entails is not None:
            return float(self.entails([(evidence, claim.text)])[0])
        near = max(self.similarities(claim.text, [source.text for source in cited]))
        return (covered(claim, cited) + max(0.0, near)) / 2


def surnames(names: Iterable[str]) -> frozenset[str]:
    """The last words of names, as `variant` spells them."""
    return frozenset(variant(name.split()[-1]) for name in names if name.split())


def covered(claim: Claim, cited: Sequence[Cited]) -> float:
    """The share of the sentence's content words, by their stems, that stand in the evidence.

    Speakers' names and verbs of saying, which are checked apart, do not count.
    """
    apart = _cue_stems().union(
        stem(word)
        for source in cited
        for name in source.speakers
        for word in words(name)
    )
    told = (claim.stems - apart) or claim.stems
    held = frozenset().union(*(source.stems for source in cited))
    return len(told & held) / max(1, len(told))


@cache
def _cue_stems(language: str = "en") -> frozenset[str]:
    cues = lexicon.load(language).cues
    return frozenset(
        stem(form) for form, cue in cues.items() if cue.frame in ("clause", "told")
    )


def says_something(claim: Claim, cited: Sequence[Cited]) -> str:
    """A sentence has three words, two of them different ones with content."""
    is_sentence = len(words(claim.text)) >= LEAST_WORDS and len(claim.stems) >= 2
    return "" if is_sentence else "it is not a sentence"


def quotations_stand(claim: Claim, cited: Sequence[Cited]) -> str:
    """All words between quotation marks, of every style, stand so in one piece of the evidence."""
    if len(_DOUBLE.findall(claim.text)) % 2:
        return "a quotation mark is not closed"
    wrong = [
        quoted
        for quoted in claim.quoted
        if not any(_stands(quoted, source.text) for source in cited)
    ]
    return f"{wrong[0]} is no quotation of the evidence" if wrong else ""


def _stands(quoted: str, text: str) -> bool:
    """Whether the quoted words stand in the text, the parts between ellipses in their order."""
    rest = f" {' '.join(words(text))} "
    for part in _ELLIPSIS.split(quoted):
        wanted = " ".join(words(part))
        if wanted and f" {wanted} " not in rest:
            return False
        rest = rest[rest.find(f" {wanted} ") + len(wanted) + 1 :] if wanted else rest
    return True


def speakers_are_right(claim: Claim, cited: Sequence[Cited]) -> str:
    """Whoever is credited with words is a speaker of the evidence, and words quoted as
    theirs are theirs.
    """
    for one in claim.credited:
        names = one.statement.names or _meant(claim, one, cited)
        if not names and _is_pronoun(one):
            return f"nobody is named before “{_attributed_to(one)}”"
        for name in names:
            own = [
                source
                for source in cited
                if any(matches(name, speaker) for speaker in source.speakers)
            ]
            if not own:
                return f"the evidence cited is no statement of {name}"
            quoted = [span.of(one.text) for span in quotations(one.text)]
            if len(names) == 1 and not all(
                any(_stands(q, source.text) for source in own) for q in quoted
            ):
                return f"the words quoted are not {name}'s"
    return _other_speaker(claim, cited)


def _meant(claim: Claim, one: Said, cited: Sequence[Cited]) -> tuple[str, ...]:
    """Whom "he" means, by the question, and whom the articles cited call "the Russian
    president".
    """
    if not one.statement.source:
        return ()
    if _is_pronoun(one):
        return claim.question.speakers if len(claim.question.speakers) == 1 else ()
    for article in {
        source.unit.article.id: source.unit.article for source in cited
    }.values():
        start = len(article.text) + 2
        told = Article("", f"{article.text}\n\n{claim.text}", language=article.language)
        for found in extract.extract(told):
            if found.start >= start and found.names:
                return found.names
    return ()


def _is_pronoun(said: Said) -> bool:
    """Whether the speaker is only "he", "she" or "they"."""
    return not _THIRD_PERSON.isdisjoint(words(_attributed_to(said))[:1])


def _other_speaker(claim: Claim, cited: Sequence[Cited]) -> str:
    """A sentence that cites only statements names one of their speakers, where it names
    anybody who speaks.
    """
    speakers = [source.speakers for source in cited]
    if claim.credited or not all(speakers):
        return ""
    held = words(claim.text)
    if not _THIRD_PERSON.isdisjoint(held):
        held += [
            word for word in words(claim.before) if variant(word) in claim.speakers
        ][-1:]
    named = any(
        matches(word, name)
        for names in speakers
        for name in names
        for word in held
        if len(word) > 1
    )
    others = [word for word in held if variant(word) in claim.speakers]
    return (
        f"{others[0].title()} is no speaker of the evidence cited"
        if others and not named
        else ""
    )


def names_stand(claim: Claim, cited: Sequence[Cited]) -> str:
    """Every capitalised name stands in the evidence or the question; roles of a speaker, in
    the article cited.
    """
    shown = "\n".join(
        [
            claim.question.text,
            *claim.question.speakers,
            *(source.around for source in cited),
        ]
    )
    held = _known_names(shown)
    found = _dates(claim, cited)
    speaks_as_we = any(source.reading.speaks_as_we for source in cited)
    articles = _known_names("\n".join(source.unit.article.text for source in cited))
    speakers = {
        word for source in cited for name in source.speakers for word in words(name)
    }
    runs = [
        [*run]
        for _, run in groupby(_names(claim.text, found), key=lambda name: name[1])
    ]
    for run in runs:
        parts = [name for name, _ in run]
        is_of_speaker = not speakers.isdisjoint(fold(word) for word in parts)
        missing = [
            word
            for word in parts
            if not _is_held(word, articles if is_of_speaker or speaks_as_we else held)
        ]
        initials = fold("".join(word[0] for word in parts))
        if missing and not (len(parts) > 1 and initials in held):
            return f"{missing[0]} stands nowhere in the evidence"
    return ""


def _names(text: str, found: Sequence[DatePhrase]) -> Iterator[tuple[str, int]]:
    """The capitalised words that are no part of a date, each with the number of its run.

    The first word of a sentence counts where another capitalised word follows it.
    """
    run, end = 0, -1
    matched = [
        m
        for m in _CAPITAL.finditer(text)
        if not any(p.span.start <= m.start() < p.span.end for p in found)
    ]
    for at, match in enumerate(matched):
        if not match.group()[0].isupper():
            continue
        begins = (
            not text[: match.start()].strip(" “\"'‘(")
            or text[: match.start()].rstrip(" “\"'‘(")[-1:] in ".!?:"
        )
        following = matched[at + 1] if at + 1 < len(matched) else None
        is_joined = (
            following
            and following.group()[0].isupper()
            and text[match.end() : following.start()].isspace()
        )
        if begins and (
            not is_joined
            or content_words(match.group().lower()) == []
            or _is_small(match.group())
        ):
            continue
        run += text[end : match.start()] != " " or end < 0
        end = match.end()
        yield re.sub(r"[’']s?$", "", match.group()).replace(".", ""), run


def _is_small(word: str) -> bool:
    return fold(word) in stance.lexicon().small


def _known_names(text: str) -> frozenset[str]:
    """The words of a text, and the initials of its capitalised runs."""
    bare = re.sub(r"(?<=\b\w)\.(?=\w\b)", "", text)
    runs = re.findall(
        r"(?:[A-Z][\w’'-]*)(?:(?:\s|-)(?:of |and |for )?[A-Z][\w’'-]*)+", bare
    )
    initials = {
        fold("".join(word[0] for word in re.findall(r"[A-Z][\w’'-]*", run)))
        for run in runs
    }
    return frozenset(words(bare)) | initials


def _is_held(name: str, held: frozenset[str]) -> bool:
    return all(
        word in held or any(is_form_of(word, other) for other in held)
        for word in words(name)
    )


def numbers_stand(claim: Claim, cited: Sequence[Cited]) -> str:
    """Every number stands in the evidence or the question, in digits or words, a share or a
    sum with its sign.
    """
    told = "\n".join([claim.question.text, *(source.around for source in cited)])
    held = _signed(told)
    for value, sign in _signed(_without(claim.text, _dates(claim, cited))):
        if value != 1 and not any(
            value == other and (not sign or sign == mark) for other, mark in held
        ):
            return f"the number {value:g} stands nowhere in the evidence"
    return ""


def _signed(text: str) -> set[tuple[float, str]]:
    """The numbers of a text, each with the percent or currency sign beside it."""
    found = set()
    for amount in stance_of(text).amounts:
        if _POINTED.search(text[: amount.start]) and not text[amount.start].isdigit():
            continue
        beside = _SIGNS.search(text[max(0, amount.start - 2) : amount.end + 10])
        found.add((amount.value, beside.lastgroup or "" if beside else ""))
    return found


def _without(text: str, found: Sequence[DatePhrase]) -> str:
    for phrase in reversed(found):
        text = (
            text[: phrase.span.start] + " " * len(phrase.span) + text[phrase.span.end :]
        )
    return text


def _dates(claim: Claim, cited: Sequence[Cited]) -> list[DatePhrase]:
    """The dates in the sentence, a day without a year as the article cited would mean it."""
    written = next(
        (source.citation.date for source in cited if source.citation.date), None
    )
    return dates.find(claim.text, written)


def dates_stand(claim: Claim, cited: Sequence[Cited]) -> str:
    """Every date is one of the evidence, its article or the question; a month or year holds
    one of them.
    """
    held = [(claim.question.since, claim.question.until)]
    for source in cited:
        held += [
            (day, day) for day in (source.citation.date, source.citation.said) if day
        ]
        held += [
            (found.since, found.until)
            for found in dates.find(source.text, source.citation.date)
        ]
    for phrase in _dates(claim, cited):
        first, last = first_day(phrase.since), last_day(phrase.until)
        days = [
            (first_day(since), last_day(until))
            for since, until in held
            if since and until
        ]
        if not any(first <= since and until <= last for since, until in days):  # type: ignore[operator]
            return f"the date {phrase.span.of(claim.text)} is not that of the evidence"
    return ""


def nothing_is_turned(claim: Claim, cited: Sequence[Cited]) -> str:
    """No denial is added or lost, and nothing becomes its opposite."""
    readings = [read_statement(one) for one in claim.credited] or [claim.reading]
    told = [(source.reading, stance_of(source.text)) for source in cited]
    turned = any(
        all(any(_turns(reading, words) for words in both) for both in told)
        for reading in readings
    )
    negated = {one.statement.negated for one in claim.credited}
    held = {said.statement.negated for source in cited for said in source.said}
    is_denied = len(negated) == len(held) == 1 and negated != held
    return "it says the opposite of the evidence" if turned or is_denied else ""


def _turns(one: Stance, other: Stance) -> bool:
    """Whether a clause is denied where the clause most like it is not, opposite words
    stand, or praise meets blame.
    """
    first, second = one.positions("opposite"), other.positions("opposite")
    if any(
        a.sign == -b.sign
        for axis in first
        for a in first[axis]
        for b in second.get(axis, ())
    ):
        return True
    if any(
        a.sign == -b.sign and a.stems & b.stems
        for a in one.opinions()
        for b in other.opinions()
    ):
        return True
    held = _clauses(other)
    for stems, denied in _clauses(one):
        most = max((len(stems & theirs) for theirs, _ in held), default=0)
        if most >= LEAST_SHARED and all(
            is_so != denied for theirs, is_so in held if len(stems & theirs) == most
        ):
            return True
    return False


def _clauses(reading: Stance) -> list[tuple[frozenset[str], bool]]:
    """The content stems of each clause, and whether it is denied."""
    found = []
    for clause in dict.fromkeys(reading.clauses):
        inside = {
            t.stem
            for t, at in zip(reading.tokens, reading.clauses, strict=True)
            if at == clause
        }
        denials = sum(
            mark.term.sense == "denial"
            for mark in reading.marks
            if mark.clause == clause
        )
        found.append((reading.stems & inside, denials % 2 == 1))
    return found


@dataclass(frozen=True, slots=True)
class Moods:
    """Stems that tell that something is not so yet (`unreal`), is only said to be
    (`reserved`), or is an order.
    """

    unreal: frozenset[str]
    reserved: frozenset[str]
    orders: frozenset[str]
    order_starts: frozenset[str]


@cache
def _moods(language: str = "en") -> Moods:
    data = lexicon.data("moods", language)
    return Moods(**{name: frozenset(map(stem, words)) for name, words in data.items()})


def mood_is_kept(claim: Claim, cited: Sequence[Cited]) -> str:
    """What the evidence only fears, wants, asks or orders is not told as done."""
    moods = _moods()
    stems = {token.stem for token in claim.reading.tokens}
    if stems & (moods.unreal | moods.reserved) or _IS_TO.search(claim.text):
        return ""
    unreal = all(_is_unreal(claim.reading, stance_of(source.text)) for source in cited)
    return "it tells as a fact what the evidence does not" if unreal else ""


def _is_unreal(claim: Stance, evidence: Stance) -> bool:
    """Whether the clause of the evidence that has most words of the claim tells what is not so."""
    clauses = [
        [token for token, _ in group]
        for _, group in groupby(
            zip(evidence.tokens, evidence.clauses, strict=True),
            key=lambda pair: pair[1],
        )
    ]
    best = max(
        clauses,
        key=lambda tokens: len({t.stem for t in tokens} & claim.stems),
        default=[],
    )
    moods = _moods()
    stems = [token.stem for token in best]
    asks = bool(best) and evidence.text[best[-1].end :].lstrip(" ”\"'’")[:1] == "?"
    is_to = bool(best) and bool(
        _IS_TO.search(evidence.text[best[0].start : best[-1].end])
    )
    return asks or is_to or not moods.unreal.isdisjoint(stems) or _orders(stems)


def _orders(stems: Sequence[str]) -> bool:
    """Whether a clause gives an order: an order word, or a bare verb of saying where a
    clause begins.
    """
    moods = _moods()
    firsts = [
        stem
        for before, stem in zip(["and", *stems], stems, strict=False)
        if before in moods.order_starts
    ]
    return not moods.orders.isdisjoint(stems) or not _bare_cues().isdisjoint(firsts)


@cache
def _bare_cues(language: str = "en") -> frozenset[str]:
    return frozenset(
        form for form, cue in lexicon.load(language).cues.items() if cue.tense == "base"
    )


CHECKS: tuple[Check, ...] = (
    says_something,
    numbers_stand,
    dates_stand,
    names_stand,
    quotations_stand,
    speakers_are_right,
    nothing_is_turned,
    mood_is_kept,
)


def needs_credit(claim: Claim, cited: Sequence[Cited]) -> str:
    """The speaker to name before a sentence that tells a speaker's words as if they were
    the article's own.
    """
    if claim.credited or not cited or not all(source.speakers for source in cited):
        return ""
    held = words(claim.text)
    names = dict.fromkeys(name for source in cited for name in source.speakers)
    named = any(matches(word, name) for name in names for word in held if len(word) > 1)
    return "" if named or not _THIRD_PERSON.isdisjoint(held) else listed(list(names))
