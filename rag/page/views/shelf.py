"""The list of articles, and what became of those that were added or removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.language.days import readable_date
from rag.language.words import fold
from rag.page.views.pieces import (
    attributes,
    button,
    count,
    isolated,
    text,
    unseen,
    where,
)
from rag.page.views.reader import title
from rag.types import Article, Outcome, Progress

LISTED_ARTICLES = 200
LISTED_REPORTS = 200


def found(every: Sequence[Article], wanted: str) -> list[Article]:
    """The articles whose title, source, author or date holds every word of `wanted`."""
    words = fold(wanted).split()
    return [each for each in every if all(word in _searchable(each) for word in words)]


def articles(
    every: Sequence[Article],
    wanted: str = "",
    statements: Mapping[str, int] | None = None,
    most: int = LISTED_ARTICLES,
) -> str:
    """The list of articles that match `wanted`, at most so many and a way to more;
    `statements` are their numbers of statements by article id.
    """
    matching = found(every, wanted)
    if not matching:
        nothing = "No article matches." if every else "There are no articles yet."
        return f'<p class="quiet">{nothing}</p>'
    known = statements or {}
    rows = [_row(each, known.get(each.id)) for each in matching[:most]]
    further = len(matching) - len(rows)
    more = ""
    if further:
        caption = f"Show more ({further:,})"
        more = button("more", caption, "Show more articles", shown=len(rows))
        more = f'<p class="earlier">{more}</p>'
    return (
        f'<p class="quiet">{_listed(len(rows), len(matching), len(every))}</p>'
        f'<ul class="articles">{"".join(rows)}</ul>{more}'
    )


def removed(last: Article | None) -> str:
    """The offer to take back the last removal."""
    if last is None:
        return ""
    return (
        f'<p class="undo" role="status"><span>{isolated(title(last))} was removed.</span> '
        '<button type="button" data-event="undo">Undo</button></p>'
    )


def progress(work: Progress, reports: Sequence[Outcome] = ()) -> str:
    """How far the adding of articles is, over the report so far."""
    bar = (
        "" if work.total is None else f' value="{work.done}" max="{max(work.total, 1)}"'
    )
    return (
        f'<p class="working"><label>{text(doing(work))} <progress{bar}></progress></label></p>'
        f"{report(reports) if reports else ''}"
    )


def report(reports: Sequence[Outcome]) -> str:
    """What became of each article that was given."""
    kinds = ("added", "updated", "unchanged", "skipped")
    counts = [(sum(each.change == kind for each in reports), kind) for kind in kinds]
    summary = (
        ", ".join(f"{number} {kind}" for number, kind in counts if number)
        or "Nothing was found to add"
    )
    notable = sorted(reports, key=lambda each: each.change != "skipped")[
        :LISTED_REPORTS
    ]
    rows = "".join(_report_row(each) for each in notable)
    return f'<div class="report" role="status"><p>{summary}.</p><ul>{rows}</ul></div>'


def doing(work: Progress) -> str:
    """A stage of work, how far it is and how long it may still take."""
    far = f" {work.done:,} of {work.total:,}" if work.total else ""
    left = (
        f" · about {work.seconds_left:.0f} s left"
        if work.seconds_left and work.seconds_left >= 1
        else ""
    )
    return f"{work.stage}{far}{left}"


def _searchable(shown: Article) -> str:
    date = shown.date or ""
    known = (shown.title, shown.source, shown.author, date, readable_date(date))
    return fold(" ".join(part for part in known if part))


def _listed(shown: int, matching: int, total: int) -> str:
    which = count(total, "article")
    if matching < total:
        which = f"{matching:,} of {which}"
    return which if shown == matching else f"{which}; the newest {shown:,} are listed"


def _row(shown: Article, statements: int | None) -> str:
    headline = title(shown)
    known = where(shown.source, shown.date) or "no source, no date"
    said = "" if statements is None else f" · {count(statements, 'statement')}"
    return (
        f'<li><button type="button" class="open"{attributes(event="read", article=shown.id)}>'
        f'<span class="headline">{unseen("Read ")}{isolated(headline)}</span>'
        f'<span class="where">{known}{said}</span></button>'
        f"{button('remove', 'Remove', f'Remove {headline}', article=shown.id)}</li>"
    )


def _report_row(each: Outcome) -> str:
    name = each.title or each.origin
    reason = f": <span>{text(each.reason)}</span>" if each.reason else ""
    return (
        f'<li class="{each.change}"><b>{each.change}</b> {isolated(name)}{reason}</li>'
    )
