"""A statement in a sentence of its own: who, the article's own verb, and what."""

from __future__ import annotations

import re

from rag.language import lexicon
from rag.language.segments import sentences
from rag.language.words import words
from rag.types import Said

LONGEST_GAP, LONGEST_CONTENT = 60, 320
_OWN_MARKER = re.compile(r"\[(\d+)\]")  # an article's own [1] is not one of ours
_STOPS = re.compile(r"[\s.,;:]+(?=[”\"’'»]*$)")
_QUOTED_FIRST = re.compile(r"\s*[“\"„«]")


def reported(said: Said, name: str) -> str:
    """`name`, the article's verb of saying and the content, without a full stop at the end.

    A pronoun or title that the article has for the speaker gives way to `name`; content
    that stands before its verb follows a colon.
    """
    content = shortened(said.text)
    lead = _lead(said)
    if lead is not None:
        return f"{name} {lead}{content}"
    verb = _verb(said)
    if verb and _QUOTED_FIRST.match(content):
        return f"{name} {verb}: {content}"
    return f"{name}: {content}"


def shortened(content: str) -> str:
    """The content's first sentence on one line, cut where it is very long, its quotation
    marks closed.
    """
    first = sentences(content)[:1]
    text = first[0].of(content) if first else content
    is_cut = len(text) < len(content.rstrip(" ”\"’'"))
    if len(text) > LONGEST_CONTENT:
        text, is_cut = text[:LONGEST_CONTENT].rsplit(None, 1)[0], True
    text = _STOPS.sub("", _OWN_MARKER.sub(r"(\1)", " ".join(text.split())))
    text += " …" if is_cut else ""
    return text + "”" * max(0, text.count("“") - text.count("”"))


def _lead(said: Said) -> str | None:
    """From the verb to the content, where the article has them in this order with little
    between.
    """
    statement, article = said.statement, said.article.text
    verb = _verb(said)
    if not verb or not statement.cue or statement.cue.end > statement.start:
        return None
    gap = article[statement.cue.end : statement.start]
    inverted = statement.source and statement.source.start >= statement.cue.end
    if inverted or len(gap) > LONGEST_GAP or re.search(r"[.!?;“”\"\n]", gap):
        return None
    return " ".join(f"{verb}{gap}".split()) + " "


def _verb(said: Said) -> str:
    """The cue, in the past where it is a gerund ("adding"); empty where it is no verb
    ("according to").
    """
    cue = (
        " ".join(said.statement.cue.of(said.article.text).split())
        if said.statement.cue
        else ""
    )
    known = lexicon.load(said.article.language or "en").cues
    found = [known[word] for word in words(cue) if word in known]
    if not found:
        return ""
    last = found[-1]
    if last.tense == "gerund":
        return next(
            (
                form
                for form, c in known.items()
                if c.lemma == last.lemma and c.tense == "past"
            ),
            "said",
        )
    return (
        cue
        if any(one.tense in ("past", "third") for one in found) or " " in cue
        else "said"
    )
