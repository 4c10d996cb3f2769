"""Who said what: every statement that an article reports, with its speaker, cue and exact
words.

No parser and no model: verbs of speech are looked up in the language's lexicon, and each is
tried in two frames (`rag.statements.frames`), content to the left of the verb and content
to the right of it.
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
from rag.types import Article, QuoteKind, Span, Statement

__all__ = ["EXTRACTOR_VERSION", "extract"]

EXTRACTOR_VERSION = 2
"""Raised whenever the rules change, so that stored articles are read again."""

_CLOSING_MARKS = "\"'“”‘’«»„‹›」』`"
_DIRECT_SHARE = 0.9


def extract(article: Article) -> list[Statement]:
    """The statements of an article, by place; a statement nested in another's words is
    listed beside it.

    `confidence` is the precision of the statement's rule on annotated articles (PolNeAR).
    """
    language = lexicon.load(article.language or "en")
    reading = tokenize(article.text, article.language or "en")
    cast = Cast(reading, language)
    found = [
        _statement(article, reading, draft, cast, language)
        for draft in drafts(reading, language)
    ]
    once = {statement.id: statement for statement in found}
    return sorted(
        once.values(), key=lambda statement: (statement.start, -statement.end)
    )


def drafts(reading: Tokens, language: Language) -> list[Draft]:
    """The statements of all units, their speakers not resolved; quotations without a cue
    continue the one before.
    """
    found: list[Draft] = []
    previous: list[Draft] = []
    before: Unit | None = None
    names = Written(reading.text)
    told_of: tuple[int, Span] | None = None
    for unit in reading.units:
        current = [
            *_pointed_back(unit, before, language),
            *unit_drafts(unit, reading, names, language),
        ]
        if not current:
            current = _continued(unit, previous, before)
        else:
            found.extend(current)
        if told_of and told_of[0] == unit.paragraph:
            _date_from(told_of[1], current, reading)
        opening = setting(unit, language)
        told_of = (unit.paragraph, opening) if opening else told_of
        previous, before = current, unit
    return [draft for draft in found if draft.content]


def _date_from(opening: Span, current: list[Draft], reading: Tokens) -> None:
    """Lets an earlier sentence date the statements, but for those in the present tense
    ("now he says").
    """
    for draft in current:
        if not draft.cue.of(reading.text).endswith("s"):
            draft.around.append(opening)


def unit_drafts(
    unit: Unit, reading: Tokens, names: Written, language: Language
) -> list[Draft]:
    """The statements of one unit; the words that an attribution closes are not searched again."""
    scene = Scene(unit, language)
    found = Credits(scene, reading, names).drafts()
    left, right, participles = LeftFrame(scene), RightFrame(scene), Participles(scene)
    closed = {
        group.place: draft for group in scene.groups if (draft := left.draft(group))
    }
    found.extend(closed.values())
    covered = [span for draft in found if draft.covers for span in draft.content]
    for group in scene.groups:
        if group.place not in closed:
            draft = (
                participles.draft(group)
                if participles.handles(group)
                else right.draft(group)
            )
            if draft and _may_be_nested(draft, covered):
                found.append(draft)
    kept = [
        draft
        for draft in found
        if not (draft.attitude and _is_nested(draft, found))
        and _says_something(draft, scene)
    ]
    _place_in_time(kept, Moments(scene))
    return kept


def _place_in_time(found: list[Draft], moments: Moments) -> None:
    """Tell the drafts which words may date them; "and added" was said when "said on
    Tuesday" was.
    """
    for draft in found:
        draft.around = moments.around(draft)
    for draft in found:
        if draft.inherited:
            leaders = (
                other
                for other in found
                if not other.inherited and other.source == draft.source
            )
            draft.around += [span for leader in leaders for span in leader.around]


def _may_be_nested(draft: Draft, covered: list[Span]) -> bool:
    """Whether the draft stands outside the covered words, or is a clear one ("X said that
    ...") that ends with them.
    """
    cover = next(
        (span for span in covered if span.start <= draft.cue.start < span.end), None
    )
    if cover is None:
        return True
    draft.content = [
        Span(span.start, min(span.end, cover.end))
        for span in draft.content
        if span.start < cover.end
    ]
    return draft.rule == "that" and bool(draft.content)


def _says_something(draft: Draft, scene: Scene) -> bool:
    """Whether the content is more than a word ("warned them", but "called for calm") or a date."""
    if draft.quoted or not draft.content:
        return True
    clauses = scene.clauses
    start, end = draft.content[0].start, draft.content[-1].end
    places = [
        at
        for at, token in enumerate(clauses.tokens)
        if start <= token.start < end and token.kind == "word"
    ]
    if all(clauses.is_empty(at) for at in places):
        return False
    last = places[-1]
    asked_for = clauses.low(places[0] - 1) == "for"
    if (
        asked_for
        or draft.covers
        or clauses.tokens[last].capital
        or clauses.is_("determiners", last)
    ):
        return True
    return len(places) > 1


def _is_nested(draft: Draft, others: list[Draft]) -> bool:
    place = draft.cue.start
    return any(
        span.start <= place < span.end
        for other in others
        if other is not draft
        for span in other.content
    )


def _pointed_back(unit: Unit, before: Unit | None, language: Language) -> list[Draft]:
    """`“...” Ann Lee used these words.`"""
    if (
        before is None
        or before.paragraph != unit.paragraph
        or len(before.tokens) > 1
        or before.tokens[0].kind != "quote"
    ):
        return []
    scene = Scene(unit, language)
    low = scene.clauses.low
    for place in range(1, len(unit.tokens) - 2):
        subject = (
            scene.clauses.subject_before(place)
            if low(place) in language.words["words_of"]
            else None
        )
        if (
            subject
            and low(place + 1) in ("these", "those")
            and low(place + 2) == "words"
        ):
            cue = Span(unit.tokens[place].start, unit.tokens[place + 2].end)
            draft = scene.credit("quotation", cue, subject, [])
            draft.content, draft.quoted = (
                [Span(before.tokens[0].start, before.tokens[0].end)],
                True,
            )
            draft.around = Moments(scene).around(draft)
            return [draft]
    return []


def _continued(unit: Unit, previous: list[Draft], before: Unit | None) -> list[Draft]:
    """The statement before that a quotation without a cue goes on with, now with the quotation."""
    first = unit.tokens[0]
    if first.kind != "quote" or before is None:
        return []
    left_open = (
        before.tokens[-1].kind == "quote"
        and before.tokens[-1].text[-1] not in _CLOSING_MARKS
    )
    waiting = [
        draft for draft in previous if not draft.content or left_open or draft.quoted
    ]
    if not waiting:
        return []
    last = max(waiting, key=lambda draft: draft.cue.start)
    if last.content and before.paragraph != unit.paragraph and not left_open:
        return []
    last.content.append(Span(first.start, first.end))
    last.quoted = True
    return [last]


def _statement(
    article: Article, reading: Tokens, draft: Draft, cast: Cast, language: Language
) -> Statement:
    source = Span(draft.source[0].start, draft.source[-1].end) if draft.source else None
    speaker, resolved_by = cast.resolve(draft.source)
    content = tuple(sorted(draft.content, key=lambda span: span.start))
    date, when = spoken(article, draft.around)
    place = ",".join(
        f"{span.start}-{span.end}"
        for span in ([source] if source else []) + list(content)
    )
    return Statement(
        id=fingerprint(f"{article.id} {place}")[:32],
        article_id=article.id,
        speaker=speaker,
        resolved_by="inherited" if speaker and draft.inherited else resolved_by,
        source=source,
        cue=draft.cue,
        content=content,
        kind=_kind(content, reading.quotations),
        negated=draft.negated,
        rule=draft.rule,
        confidence=language.confidence.get(draft.rule, 0.5),
        date=date,
        when=when,
        joint=cast.joint(draft.source) if not speaker else (),
    )


def _kind(content: tuple[Span, ...], quotations: list[Span]) -> QuoteKind:
    total = sum(len(span) for span in content)
    inside = sum(_overlap(span, quotations) for span in content)
    return (
        "direct"
        if inside >= _DIRECT_SHARE * total
        else "mixed"
        if inside
        else "indirect"
    )


def _overlap(span: Span, quotations: list[Span]) -> int:
    """How many characters of a span are inside quotations."""
    first = bisect_right(quotations, span.start, key=lambda quotation: quotation.end)
    last = bisect_left(quotations, span.end, key=lambda quotation: quotation.start)
    return sum(
        min(span.end, q.end) - max(span.start, q.start) for q in quotations[first:last]
    )
