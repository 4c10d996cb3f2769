"""How one question is worded, read by itself: the answer it wants, whom and what it names,
and what it leaves open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rag.language.words import is_small, tokens, words
from rag.questions.mentions import Mentions, Named
from rag.questions.patterns import Form, Pattern, vocabulary
from rag.questions.periods import Period, periods
from rag.types import Known, Question, QuestionKind

KINDS: dict[Form, QuestionKind] = {
    "differ": "compare",
    "report": "compare",
    "change": "timeline",
}
SENTENCES, MORE_SENTENCES = 6, 15

_NAME_SLOTS = ("who", "someone", "other", "another")
_FULL_NAME_SLOTS = ("someone", "another")
_MARKS = ' ,;:?!…"“”()[]'
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
    time_open: Literal["", "earlier", "later"] = ""


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


def parse(text: str, known: Known, today: str, is_guessed: bool = False) -> Wording:
    """The wording of a question without its conversation; `today` (ISO) is the day of
    asking, known or guessed.
    """
    names = Mentions(text, known)
    opening = _opened(text)
    time_open, rest = _open_time(opening.rest)
    times = periods(rest, today, is_guessed)
    sources, plain = names.cited(_without(rest, times))
    asked = _statement(_tidy(plain), opening, names)
    if asked is None:
        times = [period for period in times if period.is_stretch and period.since]
        sources, plain = names.cited(_without(rest, times))
        asked = Asked("what", topic=_tidy(plain))
    topic, reference = _topic(asked.topic, text)
    question = Question(
        text,
        kind="timeline" if opening.timeline else KINDS.get(asked.form, "ask"),
        form=asked.form or "what",
        speakers=asked.named.speakers,
        others=asked.other.speakers,
        topic=topic,
        sources=tuple(dict.fromkeys(asked.named.sources + sources)),
        since=min((period.since for period in times if period.since), default=None),
        until=max((period.until for period in times if period.until), default=None),
        sentences=MORE_SENTENCES
        if asked.more or vocabulary().more.search(text)
        else SENTENCES,
        stance=asked.stance,
    )
    return Wording(
        question,
        asked.form,
        continues=opening.continues,
        speaker_open=asked.named.pronoun,
        other_open=asked.other.pronoun,
        topic_open=reference == "topic",
        person_open=reference == "person",
        needs_topic=bool(vocabulary().needs_topic.intersection(words(plain)[-1:])),
        apart=asked.apart,
        anew=asked.anew,
        time_open=time_open,
    )


def _opened(text: str) -> Opening:
    """The question behind words such as "please show me", "and what about", "compare" and
    "a timeline of".
    """
    for short, full in vocabulary().contractions:
        text = short.sub(full, text)
    prefixes, found, rest = vocabulary().prefixes, set[str](), text.lstrip(_MARKS)
    while True:
        name, match = next(
            ((n, m) for n, p in prefixes.items() if (m := p.match(rest))), ("", None)
        )
        if match is None:
            break
        found.add(name)
        rest = rest[match.end() :]
    in_order = vocabulary().over_time.search(rest)
    return Opening(
        vocabulary().over_time.sub(" ", rest),
        continues=bool(found & {"continuing", "asking_about"}),
        asks_about="asking_about" in found,
        compares="compared" in found,
        timeline="timeline" in found or in_order is not None,
    )


def _open_time(text: str) -> tuple[Literal["", "earlier", "later"], str]:
    """Whether a question asks for the time before or after the one before, and the rest of it."""
    for direction in ("earlier", "later"):
        pattern = re.compile(rf"\b{vocabulary().times[direction]}\b", re.IGNORECASE)
        if pattern.search(text):
            return direction, pattern.sub(" ", text)
    return "", text


def _without(text: str, times: Iterable[Period]) -> str:
    for period in sorted(times, key=lambda period: -period.span.start):
        text = f"{text[: period.span.start]} {text[period.span.end :]}"
    return text


def _tidy(text: str) -> str:
    return _FINAL_STOP.sub("", " ".join(text.split()).strip(_MARKS)).strip(_MARKS)


def _statement(plain: str, opening: Opening, names: Mentions) -> Asked | None:
    """What a question asks of statements; None where it asks for facts, not for what
    somebody said.
    """
    patterns = vocabulary().patterns + (
        vocabulary().compared if opening.compares else ()
    )
    last_sentence = _SENTENCE_END.split(plain)[-1]
    asked = _matched(plain, patterns, opening, names) or _matched(
        last_sentence, patterns, opening, names
    )
    asked = asked or _keywords(plain, opening, names)
    if asked is None and (opening.compares or opening.timeline):
        asked = Asked("what", topic=plain)
    if asked is None or not opening.compares or asked.form == "report":
        return asked
    parties = asked.named | asked.other
    sources = _as_sources(parties, names) if parties.sources else None
    return replace(
        asked,
        form="report" if sources else "differ",
        named=sources or parties,
        other=Named(),
    )


def _matched(
    plain: str, patterns: Sequence[Pattern], opening: Opening, names: Mentions
) -> Asked | None:
    for pattern in patterns:
        match = pattern.template.fullmatch(plain)
        asked = (
            _asked(pattern.form, match.groupdict(), opening, names) if match else None
        )
        if asked:
            return asked
    return None


def _asked(
    form: Form, groups: dict[str, str | None], opening: Opening, names: Mentions
) -> Asked | None:
    """What a pattern's groups say; None where those in the places of names are no names."""
    found = {
        slot: names.named(groups[slot] or "", full_names_only=slot in _FULL_NAME_SLOTS)
        for slot in _NAME_SLOTS
        if groups.get(slot)
    }
    if None in found.values():
        return None
    named = (
        found.get("who")
        or found.get("someone")
        or Named(pronoun=bool(groups.get("pronoun")))
    )
    other = found.get("other") or found.get("another") or Named()
    if form == "differ":
        named, other = named | other, Named()
        if named.count == 1 and not named.pronoun and not opening.compares:
            return None
    if form == "report":
        sources = _as_sources(named | other, names)
        form, named, other = (
            ("report", sources, Named()) if sources else ("what", named, other)
        )
    return Asked(
        form,
        named,
        other,
        groups.get("topic") or groups.get("topic_after") or "",
        apart=bool(groups.get("apart") or groups.get("against")),
        anew=bool(groups.get("anew")),
        more=bool(groups.get("more")),
        stance=_stance(groups.get("against")),
    )


def _stance(verb: str | None) -> Literal["agrees", "differs"] | None:
    return (
        None
        if not verb
        else "agrees"
        if verb.lower() in vocabulary().agreeing
        else "differs"
    )


def _as_sources(named: Named, names: Mentions) -> Named | None:
    """Those who report, all as sources; None with a speaker on record, who presents a
    matter as he sees it.
    """
    if set(named.speakers) & set(names.known.speakers):
        return None
    return Named(sources=named.speakers + named.sources, pronoun=named.pronoun)


def _keywords(plain: str, opening: Opening, names: Mentions) -> Asked | None:
    """What words without a sentence ask for: "Putin Idlib ceasefire", or behind "and" or
    "what about" only a change.
    """
    if (
        vocabulary().question_words.intersection(words(plain))
        and not opening.asks_about
    ):
        return None
    about = vocabulary().about.match(plain)
    if about and opening.continues:
        return Asked("", topic=plain[about.end() :])
    whole = names.on_record(plain)
    if whole or not plain:
        return Asked("", whole or Named())
    speakers, rest = names.in_keywords(plain)
    if not speakers and opening.continues:
        is_person = names.is_full_name(plain) and not opening.asks_about
        return Asked("", Named((plain,))) if is_person else Asked("", topic=plain)
    if vocabulary().versus.search(rest):
        return (
            Asked("differ", Named(speakers), topic=vocabulary().versus.sub(" ", rest))
            if speakers
            else None
        )
    return (
        Asked("what" if _trimmed(rest, plain) else "", Named(speakers), topic=rest)
        if speakers
        else None
    )


def _topic(raw: str, text: str) -> tuple[str, Literal["", "topic", "person"]]:
    """The topic without the small words around it, and whether a pronoun at its end stands
    for a topic or a person.
    """
    plain = _tidy(raw)
    topic, person = (
        vocabulary().anaphor.search(plain),
        vocabulary().personal.search(plain),
    )
    if topic:
        return _trimmed(plain[: topic.start()], text), "topic"
    if person:
        return _trimmed(plain[: person.start()], text), "person"
    return _trimmed(plain, text), ""


def _trimmed(topic: str, text: str) -> str:
    """The topic from its first to its last word that carries meaning; a capital letter
    inside a question makes one.
    """
    parts = topic.split()
    begins_text = text.lstrip(_MARKS).startswith(topic.lstrip(_MARKS))
    names_show = any(token[0].islower() for token in tokens(text))

    def is_content(place: int) -> bool:
        bare = parts[place].strip(_MARKS + "'’‘.")
        is_name = (
            names_show
            and len(bare) > 1
            and bare[0].isupper()
            and not (begins_text and place == 0)
        )
        return bool(words(bare)) and (is_name or not is_small(bare, text))

    content = [place for place in range(len(parts)) if is_content(place)]
    kept = _tidy(" ".join(parts[content[0] : content[-1] + 1])) if content else ""
    return kept.replace('"', "") if kept.count('"') % 2 else kept
