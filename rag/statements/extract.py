"""Who said what: every statement that an article reports, with its speaker, cue and exact
words.

No parser and no model: verbs of speech are looked up in the language's lexicon, and each is
tried in two frames (`rag.statements.frames`), content to the left of the verb and content
to the right of it.

    tokens        the article in units: sentences, each a list of tokens
    vocabulary    what a token can be
    clauses       what can be asked of a unit's tokens, and its verbs of speech
    subjects, openings, endings     where a subject, a content begins and ends
    drafts        a statement before its speaker is known; the scene that the rules read
    frames, participles, credits    the rules: from a scene to its drafts
    moments       when something was said
    mentions, cast                  who a name, a title or a pronoun is
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from rag.language import lexicon
from rag.language.lexicon import Language
from rag.language.words import fingerprint
from rag.statements.cast import Cast
from rag.statements.credits import Credits, Written
from rag.statements.drafts import Draft, Scene
from rag.statements.frames import LeftFrame, RightFrame
from rag.statements.moments import Moments, setting, spoken
from rag.statements.participles import Participles
from rag.statements.tokens import Tokens, Unit, tokenize
from rag.statements.vocabulary import (
    CAPITAL,
    DETERMINER,
    QUOTATION_MARKS,
    QUOTE,
    UTTERING,
    WORD,
)
from rag.types import Article, QuoteKind, Span, Statement

__all__ = ["EXTRACTOR_VERSION", "extract"]

EXTRACTOR_VERSION = 2
"""Raised whenever the rules change, so that stored articles are read again."""

# A quotation with the "that" or the comma that leads to it is still direct.
_DIRECT_SHARE = 0.9

# The confidence of a rule that nobody measured; the language's data has the others.
_UNMEASURED = 0.5


def extract(article: Article) -> list[Statement]:
    """The statements of an article, by place; a statement nested in another's words is
    listed beside it.

    `confidence` is the precision of the statement's rule on annotated articles (PolNeAR).
    """
    code = article.language or "en"
    language = lexicon.load(code)
    reading = tokenize(article.text, code)
    cast = Cast(reading, language)
    found: dict[str, Statement] = {}
    for draft in drafts(reading, language):
        statement = _statement(article, reading, draft, cast, language)
        found[statement.id] = statement
    return sorted(found.values(), key=lambda one: (one.start, -one.end))


def drafts(reading: Tokens, language: Language) -> list[Draft]:
    """The statements of all units, their speakers not resolved; quotations without a cue
    continue the one before.
    """
    found: list[Draft] = []
    previous: list[Draft] = []
    before: Unit | None = None
    opening: Span | None = None
    names = Written(reading.text)
    for unit in reading.units:
        scene = Scene(unit, language)
        current = _pointed_back(scene, before)
        current.extend(unit_drafts(scene, reading, names))
        found.extend(current)
        if not current:
            current = _continued(unit, previous, before)
        if before and before.paragraph != unit.paragraph:
            opening = None
        if opening:
            _date_from(opening, current, reading)
        opening = setting(unit) or opening
        previous, before = current, unit
    return [draft for draft in found if draft.content]


def unit_drafts(scene: Scene, reading: Tokens, names: Written) -> list[Draft]:
    """The statements of one unit; the words that an attribution closes are not searched again."""
    found = Credits(scene, reading, names).drafts()
    if scene.clauses.groups:
        _read_verbs(scene, found)
    kept = []
    for draft in found:
        is_told_by_another = draft.attitude and _is_nested(draft, found)
        if not is_told_by_another and _says_something(draft, scene):
            kept.append(draft)
    if kept:
        _place_in_time(kept, Moments(scene))
    return kept


def _read_verbs(scene: Scene, found: list[Draft]) -> None:
    """Add the statements that the unit's verbs introduce."""
    left, right, participles = LeftFrame(scene), RightFrame(scene), Participles(scene)
    # A closing "..., X said" takes its whole sentence before inner verbs are looked at.
    open_groups = []
    for group in scene.clauses.groups:
        closing = left.draft(group)
        if closing:
            found.append(closing)
        else:
            open_groups.append(group)
    covered: list[Span] = []
    for draft in found:
        if draft.covers:
            covered.extend(draft.content)
    for group in open_groups:
        has_no_subject = participles.handles(group)
        rules = participles.draft if has_no_subject else right.draft
        inner = rules(group)
        if inner and _may_be_nested(inner, covered):
            found.append(inner)


# What is kept


def _may_be_nested(draft: Draft, covered: list[Span]) -> bool:
    """Whether the draft stands outside the covered words, or is a clear one ("X said that
    ...") that ends with them.
    """
    for cover in covered:
        if not cover.start <= draft.cue.start < cover.end:
            continue
        inside = [span for span in draft.content if span.start < cover.end]
        draft.content = [Span(span.start, min(span.end, cover.end)) for span in inside]
        return draft.rule == "that" and bool(inside)
    return True


def _is_nested(draft: Draft, others: list[Draft]) -> bool:
    """Whether the draft's cue stands in the content of another."""
    place = draft.cue.start
    for other in others:
        if other is draft:
            continue
        for span in other.content:
            if span.start <= place < span.end:
                return True
    return False


def _says_something(draft: Draft, scene: Scene) -> bool:
    """Whether the content is more than a word ("warned them", but "called for calm") or a date."""
    if draft.quoted or not draft.content:
        return True
    clauses = scene.clauses
    start, end = draft.content[0].start, draft.content[-1].end
    places = []
    for place, token in enumerate(clauses.tokens):
        if start <= token.start < end and token.is_(WORD):
            places.append(place)
    if all(clauses.is_empty(place) for place in places):
        return False
    if len(places) > 1 or draft.covers:
        return True
    # "called for calm", "praised Lee", "supports this"
    is_asked_for = clauses.is_(places[0] - 1, "for")
    return is_asked_for or clauses.is_(places[0], CAPITAL, DETERMINER)


# What goes on over several units


def _pointed_back(scene: Scene, before: Unit | None) -> list[Draft]:
    """`“...” Ann Lee used these words.`"""
    if before is None or before.paragraph != scene.unit.paragraph:
        return []
    quotation = before.tokens[0]
    if len(before.tokens) > 1 or not quotation.is_(QUOTE):
        return []
    clauses, tokens = scene.clauses, scene.unit.tokens
    for place in range(1, len(tokens) - 2):
        is_pointing = clauses.is_(place + 1, "these", "those")
        if not is_pointing or not clauses.is_(place, UTTERING):
            continue
        subject = scene.subjects.before(place)
        if subject and clauses.is_(place + 2, "words"):
            cue = Span(tokens[place].start, tokens[place + 2].end)
            draft = scene.credit("quotation", cue, subject, [])
            draft.content = [Span(quotation.start, quotation.end)]
            draft.quoted = True
            draft.around = Moments(scene).around(draft)
            return [draft]
    return []


def _continued(unit: Unit, previous: list[Draft], before: Unit | None) -> list[Draft]:
    """The statement before that a quotation without a cue goes on with, now with the quotation."""
    quotation = unit.tokens[0]
    if before is None or not quotation.is_(QUOTE):
        return []
    # A quotation over several paragraphs is closed only at the end of the last one.
    last = before.tokens[-1]
    is_open = last.is_(QUOTE) and last.text[-1] not in QUOTATION_MARKS
    waiting = previous
    if not is_open:
        waiting = [draft for draft in previous if draft.quoted or not draft.content]
    if not waiting:
        return []
    draft = max(waiting, key=lambda one: one.cue.start)
    is_apart = before.paragraph != unit.paragraph and not is_open
    if draft.content and is_apart:
        return []
    draft.content.append(Span(quotation.start, quotation.end))
    draft.quoted = True
    return [draft]


# When it was said


def _place_in_time(found: list[Draft], moments: Moments) -> None:
    """Tell the drafts which words may date them; "and added" was said when "said on
    Tuesday" was.
    """
    for draft in found:
        draft.around = moments.around(draft)
    leaders = [draft for draft in found if not draft.inherited]
    for draft in found:
        if not draft.inherited:
            continue
        for leader in leaders:
            if leader.source == draft.source:
                draft.around.extend(leader.around)


def _date_from(opening: Span, current: list[Draft], reading: Tokens) -> None:
    """Lets an earlier sentence date the statements, but for those in the present tense
    ("now he says").
    """
    for draft in current:
        if not draft.cue.of(reading.text).endswith("s"):
            draft.around.append(opening)


# The statement itself


def _statement(
    article: Article, reading: Tokens, draft: Draft, cast: Cast, language: Language
) -> Statement:
    content = sorted(draft.content, key=lambda span: span.start)
    source = None
    spans = content
    if draft.source:
        source = Span(draft.source[0].start, draft.source[-1].end)
        spans = [source, *content]
    place = ",".join(f"{span.start}-{span.end}" for span in spans)
    speaker, resolved_by = cast.resolve(draft.source)
    if speaker and draft.inherited:
        resolved_by = "inherited"
    date, when = spoken(article, draft.around)
    return Statement(
        id=fingerprint(f"{article.id} {place}")[:32],
        article_id=article.id,
        speaker=speaker,
        resolved_by=resolved_by,
        source=source,
        cue=draft.cue,
        content=tuple(content),
        kind=_kind(content, reading.quotations),
        negated=draft.negated,
        rule=draft.rule,
        confidence=language.confidence.get(draft.rule, _UNMEASURED),
        date=date,
        when=when,
        joint=() if speaker else cast.joint(draft.source),
    )


def _kind(content: list[Span], quotations: list[Span]) -> QuoteKind:
    inside = sum(_overlap(span, quotations) for span in content)
    if inside >= _DIRECT_SHARE * sum(map(len, content)):
        return "direct"
    return "mixed" if inside else "indirect"


def _overlap(span: Span, quotations: list[Span]) -> int:
    """How many characters of a span are inside quotations."""
    first = bisect_right(quotations, span.start, key=lambda quotation: quotation.end)
    last = bisect_left(quotations, span.end, key=lambda quotation: quotation.start)
    inside = 0
    for quotation in quotations[first:last]:
        inside += min(span.end, quotation.end) - max(span.start, quotation.start)
    return inside
