"""How one question is worded, read by itself: the answer it wants, whom and what it names,
and what it leaves open.

`parse` takes the words apart from the outside in: first what only introduces a question
("please show me"), then the times, then the sources; what stays is read by the patterns of
the language, or else as keywords, or else it is a topic as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rag.language.words import is_small, tokens, words
from rag.questions.mentions import Mentions, Named, without
from rag.questions.patterns import Form, Pattern, vocabulary
from rag.questions.periods import Period, periods
from rag.types import Known, Question, QuestionKind

Direction = Literal["", "earlier", "later"]
Reference = Literal["", "topic", "person"]

# The forms of answer that need more than a list of statements; the others are "ask".
KINDS: dict[Form, QuestionKind] = {
    "differ": "compare",
    "report": "compare",
    "change": "timeline",
}
# Six sentences are read at a glance; "list all statements" asks for as many as still fit on
# a screen (both chosen by hand).
SENTENCES, MORE_SENTENCES = 6, 15

_NAME_SLOTS = frozenset(("who", "someone", "other", "another"))
# In "<someone> on <topic>" nothing but capitals tells a name from a topic: "Angela Merkel
# on Idlib", but not "Views on Idlib".
_FULL_NAME_SLOTS = ("someone", "another")
_MARKS = ' ,;:?!…"“”()[]'
_AROUND_WORD = _MARKS + "'’‘."
# "... say about tolls." ends here, "... say about the U.S." does not.
_FINAL_STOP = re.compile(r"(?<!\.\w)\.+$")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")


@dataclass(frozen=True, slots=True)
class Wording:
    """A question as far as it can be understood by itself, and what in it points back to
    the conversation.

    `form` is "" where it only changes the question before ("and Erdogan?"). Pronouns leave
    the speaker, the topic, or a person in the topic open, and "before that" the time.
    `apart` asks for others than the speakers before, `anew` for other things than those
    before.
    """

    question: Question
    form: Form
    continues: bool = False
    speaker_open: bool = False
    other_open: bool = False
    topic_open: bool = False
    person_open: bool = False
    needs_topic: bool = False
    apart: bool = False
    anew: bool = False
    time_open: Direction = ""

    @property
    def is_change(self) -> bool:
        """Whether it only changes the question before: "and Erdogan?"."""
        return self.form == ""

    @property
    def needs_speaker(self) -> bool:
        """Whether only a speaker before can say whom it means: "did he?"."""
        return self.speaker_open or self.other_open or self.person_open

    @property
    def points_back(self) -> bool:
        """Whether words of it mean something before it: "he", "it", "before that"."""
        return self.needs_speaker or self.topic_open or self.time_open != ""

    @property
    def names_matter(self) -> bool:
        """Whether it says what it is about, if only by "it", "there" or "him"."""
        return self.question.topic != "" or self.topic_open or self.person_open


@dataclass(frozen=True, slots=True)
class Opening:
    """How a question begins, and the rest of it."""

    rest: str
    continues: bool = False
    asks_about: bool = False
    compares: bool = False
    timeline: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What a pattern or keywords say: whom, with or apart from whom, and the topic with the
    small words around it.
    """

    form: Form
    named: Named = Named()
    other: Named = Named()
    topic: str = ""
    apart: bool = False
    anew: bool = False
    more: bool = False
    stance: Literal["agrees", "differs"] | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic without the small words around it, and what a pronoun at its end stands for:
    "say about it" for a topic, "say about him" for a person.
    """

    text: str
    refers_to: Reference = ""


def parse(text: str, known: Known, today: str, is_guessed: bool = False) -> Wording:
    """The wording of a question without its conversation; `today` (ISO) is the day of
    asking, known or guessed.
    """
    mentions = Mentions(text, known)
    opening = _opening(text)
    time_open, rest = _open_time(opening.rest)
    times = periods(rest, today, is_guessed)
    cited = mentions.cited(_without_times(rest, times))
    plain = cited.rest
    asked = _statement(_tidy(plain), opening, mentions)
    if asked is None:
        # What is asked is a fact, and its time a part of the matter ("What happened in Idlib
        # in September 2018?"); only "since 7 September" still limits what may answer.
        times = [period for period in times if period.is_stretch and period.since]
        cited = mentions.cited(_without_times(rest, times))
        plain = cited.rest
        asked = Asked("what", topic=_tidy(plain))
    topic = _topic(asked.topic, text)
    return Wording(
        _question(text, opening, asked, topic, times, cited.names),
        asked.form,
        continues=opening.continues,
        speaker_open=asked.named.pronoun,
        other_open=asked.other.pronoun,
        topic_open=topic.refers_to == "topic",
        person_open=topic.refers_to == "person",
        needs_topic=not vocabulary().needs_topic.isdisjoint(words(plain)[-1:]),
        apart=asked.apart,
        anew=asked.anew,
        time_open=time_open,
    )


def _question(
    text: str,
    opening: Opening,
    asked: Asked,
    topic: Topic,
    times: Sequence[Period],
    sources: tuple[str, ...],
) -> Question:
    wants_more = asked.more or vocabulary().more.search(text)
    # "after 2015 and before 2018" is one stretch, from the first day to the last.
    firsts = [period.since for period in times if period.since]
    lasts = [period.until for period in times if period.until]
    return Question(
        text,
        kind="timeline" if opening.timeline else KINDS.get(asked.form, "ask"),
        form=asked.form or "what",
        speakers=asked.named.speakers,
        others=asked.other.speakers,
        topic=topic.text,
        sources=tuple(dict.fromkeys(asked.named.sources + sources)),
        since=min(firsts, default=None),
        until=max(lasts, default=None),
        sentences=MORE_SENTENCES if wants_more else SENTENCES,
        stance=asked.stance,
    )


# What stands around a question


def _opening(text: str) -> Opening:
    """The question behind words such as "please show me", "and what about", "compare" and
    "a timeline of".
    """
    for short, full in vocabulary().contractions:
        text = short.sub(full, text)
    rest = text.lstrip(_MARKS)
    found: set[str] = set()
    while prefix := _prefix(rest):
        name, end = prefix
        found.add(name)
        rest = rest[end:]
    in_order = vocabulary().over_time.search(rest)
    return Opening(
        vocabulary().over_time.sub(" ", rest),
        continues=not found.isdisjoint(("continuing", "asking_about")),
        asks_about="asking_about" in found,
        compares="compared" in found,
        timeline="timeline" in found or in_order is not None,
    )


def _prefix(text: str) -> tuple[str, int] | None:
    """What the first words of a text do, where they only introduce a question, and where
    they end.
    """
    for name, pattern in vocabulary().prefixes.items():
        match = pattern.match(text)
        if match:
            return name, match.end()
    return None


def _open_time(text: str) -> tuple[Direction, str]:
    """Whether a question asks for the time before or after the one before ("and before
    that?"), and the rest of it.
    """
    directions: tuple[Direction, ...] = ("earlier", "later")
    for direction in directions:
        pattern = re.compile(rf"\b{vocabulary().times[direction]}\b", re.IGNORECASE)
        if pattern.search(text):
            return direction, pattern.sub(" ", text)
    return "", text


def _without_times(text: str, times: Iterable[Period]) -> str:
    return without(text, [period.span for period in times])


def _tidy(text: str) -> str:
    return _FINAL_STOP.sub("", " ".join(text.split()).strip(_MARKS)).strip(_MARKS)


# Who is asked for what


def _statement(plain: str, opening: Opening, mentions: Mentions) -> Asked | None:
    """What a question asks of statements; None where it asks for facts, not for what
    somebody said.
    """
    patterns = vocabulary().patterns
    if opening.compares:
        patterns += vocabulary().compared
    # "I am writing about the dam. What did Okafor say about the flood?"
    last_sentence = _SENTENCE_END.split(plain)[-1]
    asked = (
        _by_patterns(plain, patterns, opening, mentions)
        or _by_patterns(last_sentence, patterns, opening, mentions)
        or _by_keywords(plain, opening, mentions)
    )
    if asked is None and (opening.compares or opening.timeline):
        asked = Asked("what", topic=plain)  # "a timeline of the ceasefire"
    if asked and opening.compares:
        return _compared(asked, mentions)
    return asked


def _compared(asked: Asked, mentions: Mentions) -> Asked:
    """What was asked behind "compare": where those named differ, or how sources report
    ("Compare Northwire and the Coast Gazette on tolls").
    """
    if asked.form == "report":
        return asked
    parties = asked.named | asked.other
    sources = _as_sources(parties, mentions)
    if parties.sources and sources:
        return replace(asked, form="report", named=sources, other=Named())
    return replace(asked, form="differ", named=parties, other=Named())


def _by_patterns(
    plain: str, patterns: Sequence[Pattern], opening: Opening, mentions: Mentions
) -> Asked | None:
    """What the first pattern says that is a whole text and has names in its places of names."""
    for pattern in patterns:
        match = pattern.template.fullmatch(plain)
        if not match:
            continue
        written = {slot: held for slot, held in match.groupdict().items() if held}
        asked = _asked(pattern.form, written, opening, mentions)
        if asked:
            return asked
    return None


def _asked(
    form: Form, written: Mapping[str, str], opening: Opening, mentions: Mentions
) -> Asked | None:
    """What the slots of a pattern say that are `written`; None where those in the places of
    names are no names.
    """
    names = _names(written, mentions)
    if names is None:
        return None
    pointer = Named(pronoun="pronoun" in written)
    asked = Asked(
        form,
        names.get("who") or names.get("someone") or pointer,
        names.get("other") or names.get("another") or Named(),
        written.get("topic") or written.get("topic_after", ""),
        apart=not written.keys().isdisjoint(("apart", "against")),
        anew="anew" in written,
        more="more" in written,
        stance=_stance(written.get("against")),
    )
    if form == "differ":
        return _differing(asked, opening)
    if form == "report":
        return _reported(asked, mentions)
    return asked


def _names(written: Mapping[str, str], mentions: Mentions) -> dict[str, Named] | None:
    """Whom each slot of a pattern names; None where one of them cannot be a name."""
    found: dict[str, Named] = {}
    for slot in written.keys() & _NAME_SLOTS:
        is_full = slot in _FULL_NAME_SLOTS
        named = mentions.named(written[slot], full_names_only=is_full)
        if named is None:
            return None
        found[slot] = named
    return found


def _differing(asked: Asked, opening: Opening) -> Asked | None:
    """All parties in one place; None where only one is named, who differs from nobody:
    "What does Okafor agree to?".
    """
    parties = asked.named | asked.other
    is_alone = parties.count == 1 and not parties.pronoun
    if is_alone and not opening.compares:
        return None
    return replace(asked, named=parties, other=Named())


def _reported(asked: Asked, mentions: Mentions) -> Asked:
    """How sources report; "How did Okafor present the plan?" asks what he said."""
    sources = _as_sources(asked.named | asked.other, mentions)
    if sources is None:
        return replace(asked, form="what")
    return replace(asked, named=sources, other=Named())


def _as_sources(named: Named, mentions: Mentions) -> Named | None:
    """Those who report, all as sources; None with a speaker on record, who presents a
    matter as he sees it.
    """
    if not set(named.speakers).isdisjoint(mentions.known.speakers):
        return None
    return Named(sources=named.speakers + named.sources, pronoun=named.pronoun)


def _stance(verb: str | None) -> Literal["agrees", "differs"] | None:
    """How those asked for stand to others: "who agreed?", "who disagreed with him?"."""
    if not verb:
        return None
    return "agrees" if verb.lower() in vocabulary().agreeing else "differs"


def _by_keywords(plain: str, opening: Opening, mentions: Mentions) -> Asked | None:
    """What words without a sentence ask for: "Putin Idlib ceasefire", or behind "and" or
    "what about" only a change.
    """
    if not plain:  # "please tell me", "and before that?"
        return Asked("")
    is_sentence = not vocabulary().question_words.isdisjoint(words(plain))
    if is_sentence and not opening.asks_about:
        return None
    about = vocabulary().about.match(plain)
    if about and opening.continues:  # "and about the refugees?"
        return Asked("", topic=plain[about.end() :])
    whole = mentions.on_record(plain)
    if whole:  # "Erdogan?", "what about the Daily Ledger?"
        return Asked("", whole)
    found = mentions.in_keywords(plain)
    if found.names:
        return _of_speakers(Named(found.names), found.rest, plain)
    if not opening.continues:
        return None
    if mentions.is_full_name(plain) and not opening.asks_about:  # "and Ann Lee?"
        return Asked("", Named((plain,)))
    return Asked("", topic=plain)  # "what about chemical weapons?"


def _of_speakers(named: Named, rest: str, plain: str) -> Asked:
    """What keywords ask of the speakers on record among them, by the rest of the words."""
    versus = vocabulary().versus
    if versus.search(rest):  # "putin vs erdogan ceasefire"
        return Asked("differ", named, topic=versus.sub(" ", rest))
    if _trimmed(rest, plain):  # "Putin Idlib ceasefire"
        return Asked("what", named, topic=rest)
    return Asked("", named, topic=rest)  # "and Erdogan, Rouhani?"


# What it is about


def _topic(raw: str, text: str) -> Topic:
    plain = _tidy(raw)
    topic = vocabulary().anaphor.search(plain)
    if topic:
        return Topic(_trimmed(plain[: topic.start()], text), "topic")
    person = vocabulary().personal.search(plain)
    if person:
        return Topic(_trimmed(plain[: person.start()], text), "person")
    return Topic(_trimmed(plain, text))


def _trimmed(topic: str, text: str) -> str:
    """The topic from its first to its last word that carries meaning; a capital letter
    inside a question makes one ("The Hague").
    """
    parts = topic.split()
    # "WHAT DID PUTIN SAY?": where nothing is small, a capital says nothing; and the first
    # word of a text has one anyway.
    case_tells = any(token[0].islower() for token in tokens(text))
    begins_text = text.lstrip(_MARKS).startswith(topic.lstrip(_MARKS))
    content = []
    for place, part in enumerate(parts):
        bare = part.strip(_AROUND_WORD)
        is_first = begins_text and place == 0
        is_name = case_tells and not is_first and _is_capitalised(bare)
        if words(bare) and (is_name or not is_small(bare, text)):
            content.append(place)
    if not content:
        return ""
    kept = _tidy(" ".join(parts[content[0] : content[-1] + 1]))
    # A quotation that was cut apart is none any more.
    is_cut = kept.count('"') % 2 == 1
    return kept.replace('"', "") if is_cut else kept


def _is_capitalised(word: str) -> bool:
    """A capital and more: "I" and "A" are no names."""
    return len(word) > 1 and word[0].isupper()
