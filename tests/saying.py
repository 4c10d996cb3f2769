"""Invented statements for tests: an article of one sentence a statement, and who said it."""

from __future__ import annotations

from rag.language.words import fingerprint
from rag.types import Article, QuoteKind, Said, Span, Statement


def said(
    speaker: str | None,
    content: str,
    *,
    date: str | None = "2024-03-01",
    cue: str = "said",
    kind: QuoteKind = "indirect",
    outlet: str | None = "Gazette",
    before: str = "",
    after: str = "",
    when: str | None = None,
    relevance: float = 0.0,
    id: str = "",
    title: str = "",
    url: str | None = None,
) -> Said:
    """`speaker cue content.` in an article of its own, between the sentences `before` and
    `after`.
    """
    name = speaker or "They"
    text = f"{before}{name} {cue} {content}. {after}"
    start = len(before)
    cue_start = start + len(name) + 1
    content_start = cue_start + len(cue) + 1
    key = fingerprint(f"{text} {date} {outlet} {id}")
    statement = Statement(
        id=f"statement-{key[:12]}",
        article_id=id or f"article-{key[:12]}",
        speaker=speaker,
        resolved_by="name" if speaker else None,
        source=Span(start, start + len(name)),
        cue=Span(cue_start, cue_start + len(cue)),
        content=(Span(content_start, content_start + len(content)),),
        kind=kind,
        date=when,
    )
    article = Article(
        statement.article_id,
        text,
        title or f"{name} speaks",
        source=outlet,
        date=date,
        url=url,
    )
    return Said(statement, article, relevance)
