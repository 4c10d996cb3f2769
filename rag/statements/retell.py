"""A statement as it may be printed: who, the article's own verb, and what, in the article's
own marks.

The news agencies' rule (AP, Reuters): quotation marks stand only around words that the
article has in quotation marks. A paraphrase carries none and keeps its verb, since "denied
that the ground was unsafe" without it says the opposite.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise

from rag.language import lexicon
from rag.language.lexicon import Cue
from rag.language.segments import quotations, sentences
from rag.language.words import words
from rag.types import Article, Said, Span

# Between a verb and its content stand an addressee, a day or a place ("told reporters in
# Tehran on Friday that"); what is longer is a clause of its own.
LONGEST_GAP = 60
# A sentence of up to two lines of an answer is printed whole; a longer one ends at a border
# of its clauses, so that no clause is cut.
LONGEST_CONTENT = 320
_OWN_MARKER = re.compile(r"\[(\d+)\]")  # an article's own [1] is not one of ours
_STOPS = re.compile(r"[\s.,;:]+(?=[”\"’'»“]*$)")
_ENDS_SENTENCE = re.compile(r"[.!?…][”\"’'»)]*\s*$")
_CLAUSE_BORDER = re.compile(
    r"[;:](?=\s)|\s[—–-](?=\s)|,(?=\s(?:and|but|or|which|who|while|because|although)\s)"
)
_CLOSING = {
    "“": "”",
    "„": "“",
    "«": "»",
    "‹": "›",
    "‘": "’",
    "「": "」",
    "『": "』",
    "``": "''",
}


# Marks


def printed(article: Article, span: Span) -> str:
    """The words of a span on one line, in the quotation marks that the article has around
    them, also where these stand outside of the span.
    """
    opening, closing = marks_around(article, span)
    words_ = span.of(article.text)
    for mark in reversed(_reopened(article.text, span)):
        words_ = words_[: mark.start - span.start] + words_[mark.end - span.start :]
    line = _OWN_MARKER.sub(r"(\1)", " ".join(words_.split()))
    return f"{opening}{line}{closing}"


def marks_around(article: Article, span: Span) -> tuple[str, str]:
    """The marks of quotations that a span begins or ends inside of; "" where it does neither."""
    quoted = _quotations(article.text)
    first, last = _begun_before(quoted, span.start), _begun_before(quoted, span.end)
    opening = closing = ""
    if first and span.start < first.end:
        opening = _opening_of(article.text, first)
    if last and (
        span.end < last.end or (span.end == last.end and _is_open(article.text, last))
    ):
        closing = _closing_of(article.text, last)
    return opening, closing


def _reopened(text: str, span: Span) -> list[Span]:
    """The marks inside a span that only begin a further paragraph of one quotation, which on
    one line would open it twice.
    """
    quoted = [one for one in _quotations(text) if one.overlaps(span)]
    found = []
    for one, following in pairwise(quoted):
        is_next = not text[one.end : following.start].strip()
        if is_next and _is_open(text, one) and following.start >= span.start:
            size = len(_opening_of(text, following))
            found.append(Span(following.start, following.start + size))
    return found


@lru_cache(maxsize=64)  # the articles of one answer, several times each
def _quotations(text: str) -> list[Span]:
    return quotations(text)


def _begun_before(quoted: list[Span], place: int) -> Span | None:
    """The last quotation that begins before a place."""
    at = bisect_left(quoted, place, key=lambda span: span.start) - 1
    return quoted[at] if at >= 0 else None


def _opening_of(text: str, quotation: Span) -> str:
    pair = text[quotation.start : quotation.start + 2]
    return pair if pair in ("``", "''") else pair[:1]


def _closing_of(text: str, quotation: Span) -> str:
    opening = _opening_of(text, quotation)
    return _CLOSING.get(opening, opening)


def _is_open(text: str, quotation: Span) -> bool:
    """Whether the quotation goes on in the next paragraph, so that this one has no mark at
    its end.
    """
    return not text[quotation.start : quotation.end].endswith(
        ("”", '"', "“", "»", "«", "›", "’", "'", "」", "』")
    )


# Words


def as_told(said: Said) -> str:
    """What was said as it may stand beside its speaker: quoted words in their marks, a
    paraphrase behind the article's verb ("denied that the ground was unsafe").
    """
    content = " ".join(printed(said.article, span) for span in said.statement.content)
    verb = "" if said.statement.kind == "direct" else _verb_before(said)
    return f"{verb} {content}" if verb else content


def reported(said: Said, name: str) -> str:
    """`name`, the article's verb of saying and the content, without a full stop at the end.

    A pronoun or title that the article has for the speaker gives way to `name`. Of several
    sentences it is the first.
    """
    verb = _verb_before(said)
    lead = f"{name} {verb}" if verb else f"{name}:"
    return f"{lead} {shortened(said)}"


def shortened(said: Said) -> str:
    """The content's first sentence, or of a very long one its first clauses, with an
    ellipsis where more follows; without a full stop at the end.
    """
    pieces: list[str] = []
    room = LONGEST_CONTENT
    is_cut = False
    for span in said.statement.content:
        if pieces and _ENDS_SENTENCE.search(pieces[-1]):
            is_cut = True
            break
        kept = _first_clauses(said.article.text, span, room)
        pieces.append(printed(said.article, kept))
        room -= len(kept)
        if kept.end < span.end:
            is_cut = True
            break
    text = _STOPS.sub("", " ".join(pieces))
    return _with_ellipsis(text) if is_cut else text


def _first_clauses(text: str, span: Span, room: int) -> Span:
    """The first sentence of a span, up to its last border of clauses within the room."""
    content = span.of(text)
    first = sentences(content)[0]
    if not re.search(r"\w", content[first.end :]):
        first = Span(first.start, len(content))  # only a mark is left behind it
    if len(first) <= room:
        return Span(span.start + first.start, span.start + first.end)
    borders = [
        match.start()
        for match in _CLAUSE_BORDER.finditer(content, first.start, first.end)
    ]
    fitting = [border for border in borders if border - first.start <= room]
    end = fitting[-1] if fitting else borders[0] if borders else first.end
    return Span(span.start + first.start, span.start + end)


def _with_ellipsis(text: str) -> str:
    """The text with an ellipsis that stands inside a closing mark, since what is left out
    is quoted too.
    """
    bare = text.rstrip("”\"’'»")
    return f"{bare} …{text[len(bare) :]}"


def _verb_before(said: Said) -> str:
    """What joins a speaker's name to the content: "denied that"; "said:" where the article
    has the verb behind the content; "" where its attribution has no verb ("according to").
    """
    verb = _verb(said)
    if not verb:
        return ""
    return _lead(said, verb) or f"{verb}:"


def _lead(said: Said, verb: str) -> str:
    """From the verb to the content, where the article has them in this order with little
    between.
    """
    statement, text = said.statement, said.article.text
    if not statement.cue or statement.cue.end > statement.start:
        return ""
    gap = text[statement.cue.end : statement.start]
    is_inverted = (
        statement.source is not None and statement.source.start >= statement.cue.end
    )
    if is_inverted or len(gap) > LONGEST_GAP or re.search(r"[.!?;“”\"\n]", gap):
        return ""
    return " ".join(f"{verb}{gap}".split())


def _verb(said: Said) -> str:
    """The cue, in the past where its verb is not finite ("adding") or of many ("deny");
    empty where it is no verb ("according to").

    Never another verb in its place: "said" for "deny" would say the opposite.
    """
    if said.statement.cue is None:
        return ""
    cue = " ".join(said.statement.cue.of(said.article.text).split())
    known = lexicon.load(said.article.language or "en").cues
    verbs = [known[word] for word in words(cue) if word in known]
    if not verbs:
        return ""
    last = verbs[-1]
    is_finite = any(verb.tense in ("past", "third") for verb in verbs)
    is_whole = is_finite or " " in cue  # "will not say", "went on to say"
    return cue if is_whole and last.tense != "gerund" else _past_of(last, known) or cue


def _past_of(verb: Cue, known: Mapping[str, Cue]) -> str:
    for form, other in known.items():
        if other.lemma == verb.lemma and other.tense == "past":
            return form
    return ""
