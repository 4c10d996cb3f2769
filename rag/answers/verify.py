"""Whether a sentence may stand beside the evidence it cites: names, numbers, dates,
quotations, speakers, support.

Each check is a function of the sentence and its evidence that tells what failed, "" for
nothing. `CHECKS` has them in their order; each says which sentence it is there for.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise, zip_longest

from rag.language import dates, lexicon
from rag.language.dates import DatePhrase
from rag.language.days import first_day, last_day, readable_date
from rag.language.names import is_form_of, matches, variant
from rag.language.segments import quotations
from rag.language.stance import Position, Stance, Word, read_statement, stance_of
from rag.language.stance import lexicon as stance_lexicon
from rag.language.words import content_words, fold, listed, stem, words
from rag.models.loaders import Entails
from rag.search.evidence import Evidence, Similarities
from rag.statements import extract
from rag.types import Article, Citation, Question, Said, Span, Statement

# "Putin resigned." has two, as many as a heading or a fragment; no sentence that tells what
# somebody said about something has fewer than three.
LEAST_WORDS = 3
# Different words with content: "He said it again" has one, which any evidence may hold.
LEAST_CONTENT = 2
# Content words that two clauses share before a denial in only one of them turns the
# sentence: with one word alone ("Idlib") they may speak of different things.
LEAST_SHARED = 2
# On tests/answers/sentences.tsv nothing unsupported reaches the first, and all that is
# supported reaches the second; what lies between is in doubt, and the model is asked again.
SUPPORTED, UNSUPPORTED = 0.8, 0.6
# Characters before and behind a number that are read for its sign: "$" stands right before
# it, "percent" and "dollars" behind a blank. Chosen by hand.
SIGN_BEFORE, SIGN_BEHIND = 2, 10

_ELLIPSIS = re.compile(r"\[?(?:…|\.{3})\]?|\[[^\]]*\]")
_DOUBLE = re.compile(r"[\"“”„‟«»]")
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W\d_][\w’'-]*")  # "U.S." is one word
_INITIAL_STOP = re.compile(r"(?<=\b\w)\.(?=\w\b)")
_CAPITALISED = re.compile(r"[A-Z][\w’'-]*")
# "Weapons of Mass Destruction", "United Nations", "Abdul-Rahman"
_NAME = re.compile(r"(?:[A-Z][\w’'-]*)(?:(?:\s|-)(?:of |and |for )?[A-Z][\w’'-]*)+")
_GENITIVE = re.compile(r"[’']s?$")
_SIGNS = re.compile(
    r"(?P<percent>%|per\s?cent\b|percentage)|(?P<dollar>\$|dollar|USD)"
    r"|(?P<euro>€|euro)|(?P<pound>£|pound)"
)
# "is to leave" is not done yet
_IS_TO = re.compile(r"\b(?:is|are|was|were)\s+to\s", re.IGNORECASE)
# "the three presidents" counts nothing new
_POINTED = re.compile(r"\b(?:the|these|those|all|both)\s+$", re.IGNORECASE)
_OPENING_MARKS = " “\"'‘("
_CLOSING_MARKS = " ”\"'’"
_OPPOSITE = "it says the opposite of the evidence"
_THIRD_PERSON = frozenset(
    {"he", "she", "they", "him", "her", "them", "his", "their", "hers", "theirs"}
)


# What is checked


@dataclass(frozen=True)
class Cited:
    """One citation that a sentence may carry, with the sentences around its words."""

    unit: Evidence
    citation: Citation

    @cached_property
    def said(self) -> tuple[Said, ...]:
        """What the cited words say, and who; empty where the article tells by itself."""
        own = Span(self.citation.start, self.citation.end)
        found = [one for one in self.unit.statements if one.span == own]
        return tuple(Said(statement, self.unit.article) for statement in found)

    @cached_property
    def speakers(self) -> tuple[str, ...]:
        names: list[str] = []
        for said in self.said:
            names += said.statement.names
        return tuple(names)

    @cached_property
    def speaker_words(self) -> frozenset[str]:
        return frozenset(words(" ".join(self.speakers)))

    @cached_property
    def text(self) -> str:
        return " ".join(self.unit.text.split())

    @cached_property
    def around(self) -> str:
        """All that a reader is shown of it: title, outlet, speaker, day and words."""
        shown = self.citation
        days = readable_date(shown.date), readable_date(shown.said)
        lines = (shown.title, shown.source, *self.speakers, *days, self.text)
        return "\n".join(filter(None, lines))

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(map(stem, words(self.around)))

    @cached_property
    def reading(self) -> Stance:
        """The speaker's words, read with the article's verb for saying them; those of the
        article where it tells by itself.
        """
        if not self.said:
            return stance_of(self.text)
        return read_statement(self.said[0])


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
        found = [one for one in extract.extract(whole) if one.start >= start]
        return [Said(one, whole) for one in found if not _lies_in_another(one, found)]

    @cached_property
    def quoted(self) -> list[str]:
        return [span.of(self.text) for span in quotations(self.text)]

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(map(stem, content_words(self.text)))

    @cached_property
    def reading(self) -> Stance:
        return stance_of(self.text)

    def last_names(self, held: Iterable[str]) -> list[str]:
        """Those of some words that are the last name of somebody on record."""
        return [word for word in held if variant(word) in self.speakers]


def _lies_in_another(statement: Statement, found: Sequence[Statement]) -> bool:
    """Whether another statement's words hold this one: "she said that he had refused"."""
    for other in found:
        if other is statement:
            continue
        if any(content.contains(statement.span) for content in other.content):
            return True
    return False


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
        """What orders findings, the best last."""
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

    def finding(self, claim: Claim, cited: Sequence[Cited]) -> Finding:
        """Whether the sentence may stand with these citations, all of them together."""
        if not cited:
            return Finding("it cites none of the evidence", 0.0)
        for check in CHECKS:
            fault = check(claim, cited)
            if fault:
                return Finding(fault, 0.0)
        support = self.support(claim, cited)
        if support < UNSUPPORTED:
            return Finding("the evidence does not say so", support)
        return Finding("", support)

    def support(self, claim: Claim, cited: Sequence[Cited]) -> float:
        """How well the evidence supports the sentence, from 0 to 1: by entailment, else by
        its words and its meaning.
        """
        texts = [one.text for one in cited]
        if self.entails is not None:
            # two statements of one sentence have it in common
            evidence = " ".join(dict.fromkeys(texts))
            return float(self.entails([(evidence, claim.text)])[0])
        near = max(self.similarities(claim.text, texts))
        return (covered(claim, cited) + max(0.0, near)) / 2


def surnames(names: Iterable[str]) -> frozenset[str]:
    """The last words of names, as `variant` spells them."""
    return frozenset(variant(name.split()[-1]) for name in names if name.split())


def covered(claim: Claim, cited: Sequence[Cited]) -> float:
    """The share of the sentence's content words, by their stems, that stand in the evidence.

    Speakers' names and verbs of saying, which are checked apart, do not count.
    """
    apart = set(_cue_stems())
    held: set[str] = set()
    for one in cited:
        apart.update(map(stem, one.speaker_words))
        held |= one.stems
    told = (claim.stems - apart) or claim.stems
    return len(told & held) / max(1, len(told))


@cache
def _cue_stems(language: str = "en") -> frozenset[str]:
    found: set[str] = set()
    for form, cue in lexicon.load(language).cues.items():
        if cue.frame in ("clause", "told"):
            found.add(stem(form))
    return frozenset(found)


# Whether it is a sentence


def says_something(claim: Claim, cited: Sequence[Cited]) -> str:
    """A sentence has three words, two of them different ones with content."""
    has_words = len(words(claim.text)) >= LEAST_WORDS
    has_content = len(claim.stems) >= LEAST_CONTENT
    return "" if has_words and has_content else "it is not a sentence"


# Numbers and dates


def numbers_stand(claim: Claim, cited: Sequence[Cited]) -> str:
    """Every number stands in the evidence or the question, in digits or words, a share or a
    sum with its sign.
    """
    told = "\n".join([claim.question.text, *(one.around for one in cited)])
    held = _numbers(told)
    # the 7 of "7 September" is no number: a date is checked as a date
    for value, signs in _numbers(_without_dates(claim, cited)).items():
        is_pronoun = value == 1  # "one of them"
        is_held = value in held and signs <= held[value] | {""}
        if not is_held and not is_pronoun:
            return f"the number {value:g} stands nowhere in the evidence"
    return ""


def _numbers(text: str) -> dict[float, set[str]]:
    """The numbers of a text, each with the names of the percent or currency signs that it
    has, "" for none.
    """
    found: dict[float, set[str]] = defaultdict(set)
    for amount in stance_of(text).amounts:
        is_in_words = not text[amount.start].isdigit()
        if is_in_words and _POINTED.search(text[: amount.start]):
            continue
        start = max(0, amount.start - SIGN_BEFORE)
        sign = _SIGNS.search(text[start : amount.end + SIGN_BEHIND])
        found[amount.value].add((sign and sign.lastgroup) or "")
    return found


def _without_dates(claim: Claim, cited: Sequence[Cited]) -> str:
    """The sentence with blanks in place of its dates."""
    text = claim.text
    for phrase in _dates(claim, cited):
        span = phrase.span
        text = text[: span.start] + " " * len(span) + text[span.end :]
    return text


def _dates(claim: Claim, cited: Sequence[Cited]) -> list[DatePhrase]:
    """The dates in the sentence, a day without a year as the article cited would mean it."""
    written = [one.citation.date for one in cited if one.citation.date]
    return dates.find(claim.text, written[0] if written else None)


def dates_stand(claim: Claim, cited: Sequence[Cited]) -> str:
    """Every date is one of the evidence, its article or the question; a month or year holds
    one of them.
    """
    held = _days_told(claim.question, cited)
    for phrase in _dates(claim, cited):
        first, last = _days(phrase.since, phrase.until)
        if not any(first <= since and until <= last for since, until in held):
            return f"the date {phrase.span.of(claim.text)} is not that of the evidence"
    return ""


def _days_told(question: Question, cited: Sequence[Cited]) -> list[tuple[int, int]]:
    """The first and last days of the times that the question and the evidence name."""
    found: list[tuple[int, int]] = []
    if question.since and question.until:
        found.append(_days(question.since, question.until))
    for one in cited:
        written = one.citation.date
        for day in filter(None, (written, one.citation.said)):
            found.append(_days(day, day))
        for phrase in dates.find(one.text, written):
            found.append(_days(phrase.since, phrase.until))
    return found


def _days(since: str, until: str) -> tuple[int, int]:
    """The first and the last day as numbers that sort."""
    return first_day(since) or 0, last_day(until) or 0


# Names


def names_stand(claim: Claim, cited: Sequence[Cited]) -> str:
    """Every capitalised name stands in the evidence or the question; roles of a speaker, in
    the article cited.
    """
    question = claim.question
    around = [one.around for one in cited]
    held = _known_names("\n".join([question.text, *question.speakers, *around]))
    articles = _known_names("\n".join(one.unit.article.text for one in cited))
    speaks_as_we = any(one.reading.speaks_as_we for one in cited)
    for name in _names(claim.text, _dates(claim, cited)):
        # "Turkish President Erdogan" has his role from elsewhere in the article, and so has
        # "Russia" where its president says "we"
        is_of_speaker = speaks_as_we or _names_a_speaker(name, cited)
        known = articles if is_of_speaker else held
        missing = [word for word in name if not _is_held(word, known)]
        if missing and not _stands_by_initials(name, held):
            return f"{missing[0]} stands nowhere in the evidence"
    return ""


def _names_a_speaker(name: Sequence[str], cited: Sequence[Cited]) -> bool:
    folded = frozenset(map(fold, name))
    return any(folded & one.speaker_words for one in cited)


def _names(text: str, found: Sequence[DatePhrase]) -> list[list[str]]:
    """The names of a text that are no part of a date, each as its capitalised words.

    The first word of a sentence counts where another capitalised word follows it.
    """
    found_words = [one for one in _WORD.finditer(text) if not _is_dated(one, found)]
    names: list[list[str]] = []
    end = 0
    for match, following in zip_longest(found_words, found_words[1:]):
        word = match.group()
        if not word[0].isupper():
            continue
        before = text[: match.start()].rstrip(_OPENING_MARKS)
        begins_sentence = not before or before[-1] in ".!?:"
        # "Officials said" and "The Kremlin" begin with no name, "Ana Kovač" does
        if begins_sentence and not _begins_name(match, following, text):
            continue
        bare = _GENITIVE.sub("", word).replace(".", "")
        if names and text[end : match.start()] == " ":
            names[-1].append(bare)
        else:
            names.append([bare])
        end = match.end()
    return names


def _is_dated(match: re.Match[str], found: Sequence[DatePhrase]) -> bool:
    return any(one.span.start <= match.start() < one.span.end for one in found)


def _begins_name(
    first: re.Match[str], following: re.Match[str] | None, text: str
) -> bool:
    """Whether a capitalised word goes on in another one and is none of the small words."""
    if following is None or fold(first.group()) in stance_lexicon().small:
        return False
    is_next = text[first.end() : following.start()].isspace()
    return is_next and following.group()[0].isupper()


def _known_names(text: str) -> frozenset[str]:
    """The words of a text, and the initials of its names: "UN" for "United Nations"."""
    bare = _INITIAL_STOP.sub("", text)
    known = set(words(bare))
    for name in _NAME.findall(bare):
        known.add(_initials(_CAPITALISED.findall(name)))
    return frozenset(known)


def _initials(name: Sequence[str]) -> str:
    return fold("".join(word[0] for word in name))


def _stands_by_initials(name: Sequence[str], held: frozenset[str]) -> bool:
    """Whether the evidence has "UN" for "United Nations"."""
    return len(name) > 1 and _initials(name) in held


def _is_held(name: str, held: frozenset[str]) -> bool:
    """Whether all words of a name are held, in some form: "Iranian" where "Iran" is."""
    for word in words(name):
        if word in held:
            continue
        if not any(is_form_of(word, other) for other in held):
            return False
    return True


# Quotations and speakers


def quotations_stand(claim: Claim, cited: Sequence[Cited]) -> str:
    """All words between quotation marks, of every style, stand so in one piece of the evidence."""
    if len(_DOUBLE.findall(claim.text)) % 2:
        return "a quotation mark is not closed"
    for quoted in claim.quoted:
        if not _stands_in_any(quoted, cited):
            return f"{quoted} is no quotation of the evidence"
    return ""


def _stands_in_any(quoted: str, cited: Sequence[Cited]) -> bool:
    return any(_stands(quoted, one.text) for one in cited)


def _stands(quoted: str, text: str) -> bool:
    """Whether the quoted words stand in the text, the parts between ellipses in their order."""
    rest = f" {' '.join(words(text))} "
    for part in _ELLIPSIS.split(quoted):
        wanted = f" {' '.join(words(part))} "
        if wanted.isspace():
            continue
        at = rest.find(wanted)
        if at < 0:
            return False
        rest = rest[at + len(wanted) - 1 :]  # with the blank before the next word
    return True


def speakers_are_right(claim: Claim, cited: Sequence[Cited]) -> str:
    """Whoever is credited with words is a speaker of the evidence, and words quoted as
    theirs are theirs.
    """
    for said in claim.credited:
        names = said.statement.names or _meant(claim, said, cited)
        if not names and _is_pronoun(said):
            return f"nobody is named before “{_attributed_to(said)}”"
        for name in names:
            own = [one for one in cited if _is_of(name, one)]
            if not own:
                return f"the evidence cited is no statement of {name}"
            # of what several said together, the words may be quoted from any of them
            is_of_one = len(names) == 1
            if is_of_one and not _quotations_stand_in(said, own):
                return f"the words quoted are not {name}'s"
    return _other_speaker(claim, cited)


def _attributed_to(said: Said) -> str:
    """The sentence's own words for the speaker: a name, "he", "the Russian president"."""
    source = said.statement.source
    return source.of(said.article.text) if source else ""


def _is_pronoun(said: Said) -> bool:
    return not _THIRD_PERSON.isdisjoint(words(_attributed_to(said))[:1])


def _is_of(name: str, one: Cited) -> bool:
    return any(matches(name, speaker) for speaker in one.speakers)


def _quotations_stand_in(said: Said, own: Sequence[Cited]) -> bool:
    spans = quotations(said.text)
    return all(_stands_in_any(span.of(said.text), own) for span in spans)


def _meant(claim: Claim, said: Said, cited: Sequence[Cited]) -> tuple[str, ...]:
    """Whom "he" means, by the question, and whom the articles cited call "the Russian
    president".
    """
    if said.statement.source is None:
        return ()
    if _is_pronoun(said):
        asked = claim.question.speakers
        return asked if len(asked) == 1 else ()
    articles = {one.unit.article.id: one.unit.article for one in cited}
    for article in articles.values():
        # read behind the article, the sentence means by a title whom the article means
        before = f"{article.text}\n\n"
        told = Article("", before + claim.text, language=article.language)
        for found in extract.extract(told):
            if found.start >= len(before) and found.names:
                return found.names
    return ()


def _other_speaker(claim: Claim, cited: Sequence[Cited]) -> str:
    """A sentence that cites only statements names one of their speakers, where it names
    anybody who speaks.
    """
    if claim.credited or not _are_all_statements(cited):
        return ""
    held = words(claim.text)
    if not _THIRD_PERSON.isdisjoint(held):
        # "He was to leave" speaks of the last one who was named
        held += claim.last_names(words(claim.before))[-1:]
    others = claim.last_names(held)
    if not others or _has_a_speaker(held, cited):
        return ""
    return f"{others[0].title()} is no speaker of the evidence cited"


def _are_all_statements(cited: Sequence[Cited]) -> bool:
    return all(one.speakers for one in cited)


def _has_a_speaker(held: Iterable[str], cited: Sequence[Cited]) -> bool:
    """Whether one of the words names a speaker of the evidence; a lone letter names nobody."""
    speakers = _speakers(cited)
    for word in held:
        if len(word) == 1:
            continue
        if any(matches(word, speaker) for speaker in speakers):
            return True
    return False


def _speakers(cited: Sequence[Cited]) -> list[str]:
    """The names of all speakers of the evidence, each once."""
    names: dict[str, None] = {}
    for one in cited:
        names.update(dict.fromkeys(one.speakers))
    return list(names)


def needs_credit(claim: Claim, cited: Sequence[Cited]) -> str:
    """The speaker to name before a sentence that tells a speaker's words as if they were
    the article's own.
    """
    if claim.credited or not _are_all_statements(cited):
        return ""
    held = words(claim.text)
    has_pronoun = not _THIRD_PERSON.isdisjoint(held)
    if has_pronoun or _has_a_speaker(held, cited):
        return ""
    return listed(_speakers(cited))


# Denials and opposites


def nothing_is_turned(claim: Claim, cited: Sequence[Cited]) -> str:
    """No denial is added or lost, and nothing becomes its opposite."""
    readings = list(map(read_statement, claim.credited)) or [claim.reading]
    for reading in readings:
        if all(_is_turned(reading, one) for one in cited):
            return _OPPOSITE
    return ""


def verb_denies_alike(claim: Claim, cited: Sequence[Cited]) -> str:
    """Where the evidence only denies something, or only says it, so does the sentence."""
    held: list[Said] = []
    for one in cited:
        held += one.said
    denies, denied = _denials(claim.credited), _denials(held)
    is_clear = len(denies) == len(denied) == 1
    return _OPPOSITE if is_clear and denies != denied else ""


def _denials(said: Sequence[Said]) -> set[bool]:
    """Whether the verbs of saying deny: one of both, both, or nothing for no statement."""
    return {one.statement.negated for one in said}


def _is_turned(reading: Stance, one: Cited) -> bool:
    """Whether a reading turns the words cited, or the sentences around them."""
    return _turns(reading, one.reading) or _turns(reading, stance_of(one.text))


def _turns(one: Stance, other: Stance) -> bool:
    """Whether opposite words stand, praise meets blame, or a clause is denied where the
    clause most like it is not.
    """
    first, second = one.positions("opposite"), other.positions("opposite")
    for axis in first.keys() & second.keys():
        if any(_pairs_opposed(first[axis], second[axis])):
            return True
    for praise, blame in _pairs_opposed(one.opinions(), other.opinions()):
        if praise.stems & blame.stems:
            return True
    return _has_denial_turned(one, other)


def _pairs_opposed(
    ones: Iterable[Position], others: Iterable[Position]
) -> list[tuple[Position, Position]]:
    """The pairs of positions on opposite sides; two without a side are such a pair too."""
    held = list(others)
    found = []
    for one in ones:
        found += [(one, other) for other in held if one.sign == -other.sign]
    return found


def _has_denial_turned(one: Stance, other: Stance) -> bool:
    held = _clauses(other)
    for stems, is_denied in _clauses(one):
        shared = [len(stems & theirs) for theirs, _ in held]
        most = max(shared, default=0)
        if most < LEAST_SHARED:
            continue
        pairs = zip(held, shared, strict=True)
        nearest = {denied for (_, denied), count in pairs if count == most}
        if is_denied not in nearest:
            return True
    return False


def _clauses(reading: Stance) -> list[tuple[frozenset[str], bool]]:
    """The content stems of each clause, and whether it is denied."""
    stems: dict[int, set[str]] = defaultdict(set)
    for token, clause in zip(reading.tokens, reading.clauses, strict=True):
        stems[clause].add(token.stem)
    denials: Counter[int] = Counter()
    for mark in reading.marks:
        denials[mark.clause] += mark.term.sense == "denial"
    found = []
    for clause, inside in stems.items():
        is_denied = denials[clause] % 2 == 1  # "no doubt that it is not" denies nothing
        found.append((reading.stems & inside, is_denied))
    return found


# Moods


@dataclass(frozen=True, slots=True)
class Moods:
    """What tells that something is not so yet (`unreal`), is only said to be (`reserved`),
    or is an order.

    Verbs that are bent are stems; `unreal` and `order_starts` are words, since the lemma of
    "could" is "can".
    """

    unreal: frozenset[str]
    reserved: frozenset[str]
    orders: frozenset[str]
    order_starts: frozenset[str]


@cache
def _moods(language: str = "en") -> Moods:
    data = lexicon.data("moods", language)
    return Moods(
        unreal=frozenset(data["unreal"]),
        reserved=frozenset(map(stem, data["reserved"])),
        orders=frozenset(map(stem, data["orders"])),
        order_starts=frozenset(data["order_starts"]),
    )


def mood_is_kept(claim: Claim, cited: Sequence[Cited]) -> str:
    """What the evidence only fears, wants, asks or orders is not told as done."""
    moods = _moods()
    tokens = claim.reading.tokens
    is_unreal = any(token.word in moods.unreal for token in tokens)
    is_hedged = is_unreal or any(token.stem in moods.reserved for token in tokens)
    if is_hedged or _IS_TO.search(claim.text):
        return ""
    if all(_is_unreal(claim.reading, stance_of(one.text)) for one in cited):
        return "it tells as a fact what the evidence does not"
    return ""


def _is_unreal(claim: Stance, evidence: Stance) -> bool:
    """Whether the clause of the evidence that has most words of the claim tells what is not so."""
    best: list[Word] = []
    most = -1
    for clause in _runs(evidence):
        shared = len(claim.stems.intersection(token.stem for token in clause))
        if shared > most:
            best, most = clause, shared
    if not best:
        return False
    end = best[-1].end
    is_asked = evidence.text[end:].lstrip(_CLOSING_MARKS).startswith("?")
    if is_asked or _IS_TO.search(evidence.text[best[0].start : end]):
        return True
    return any(token.word in _moods().unreal for token in best) or _orders(best)


def _runs(reading: Stance) -> list[list[Word]]:
    """The tokens of each clause as they stand together; one that goes on behind another
    makes two.
    """
    runs: list[list[Word]] = []
    last = None
    for token, clause in zip(reading.tokens, reading.clauses, strict=True):
        if clause != last:
            runs.append([])
        runs[-1].append(token)
        last = clause
    return runs


def _orders(clause: Sequence[Word]) -> bool:
    """Whether a clause gives an order: an order word, or a bare verb of saying where a
    clause begins ("and say that").
    """
    moods = _moods()
    if any(token.stem in moods.orders for token in clause):
        return True
    words = [token.word for token in clause]
    for before, following in pairwise(["and", *words]):
        if before in moods.order_starts and following in _bare_cues():
            return True
    return False


@cache
def _bare_cues(language: str = "en") -> frozenset[str]:
    cues = lexicon.load(language).cues
    return frozenset(form for form, cue in cues.items() if cue.tense == "base")


# The cheap ones first; the first that fails is what the model is told to correct.
CHECKS: tuple[Check, ...] = (
    says_something,  # "[1][2]" and "Yes."
    numbers_stand,  # "500 radical groups" where the article has no number
    dates_stand,  # "on 9 September" for what was said on the 7th
    names_stand,  # "the support of Qatar" where the article names nobody
    quotations_stand,  # “we will never talk to anybody”
    speakers_are_right,  # Erdogan, for what Putin said
    nothing_is_turned,  # "enjoy no outside support"
    verb_denies_alike,  # "denied that it fell" for "said that it fell"
    mood_is_kept,  # "the attack resulted in a catastrophe" for "would result"
)
