"""The list of articles, and what became of those that were added or removed."""

from __future__ import annotations

from collections import Counter
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

LISTED_ARTICLES = 200  # rows that a phone still scrolls smoothly; chosen by hand
LISTED_REPORTS = (
    200  # likewise; what was skipped comes first, since it needs the reader
)
CHANGES = ("added", "updated", "unchanged", "skipped")


def found(every: Sequence[Article], wanted: str) -> list[Article]:
    """The articles whose title, source, author or date holds every word of `wanted`."""
    words = fold(wanted).split()
    matching = []
    for each in every:
        searched = _searchable(each)
        if all(word in searched for word in words):
            matching.append(each)
    return matching


def articles(
    every: Sequence[Article],
    wanted: str = "",
    statements: Mapping[str, int] | None = None,
    most: int = LISTED_ARTICLES,
) -> str:
    """The list of articles that match `wanted`, at most so many and a way to more;
    `statements` are their numbers of statements by article id.
    """
    if not every:
        return '<p class="quiet">There are no articles yet.</p>'
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
        '<p class="undo" role="status">'
        f"<span>{isolated(title(last))} was removed.</span> "
        '<button type="button" data-event="undo">Undo</button></p>'
    )


def progress(work: Progress, reports: Sequence[Outcome] = ()) -> str:
    """How far the adding of articles is, over the report so far."""
    bar = ""
    if work.total is not None:
        bar = f' value="{work.done}" max="{max(work.total, 1)}"'
    so_far = report(reports) if reports else ""
    return (
        f'<p class="working"><label>{text(doing(work))} '
        f"<progress{bar}></progress></label></p>{so_far}"
    )


def report(reports: Sequence[Outcome]) -> str:
    """What became of each article that was given."""
    numbers: Counter[str] = Counter(each.change for each in reports)
    counts = [f"{numbers[change]} {change}" for change in CHANGES if numbers[change]]
    summary = ", ".join(counts) or "Nothing was found to add"
    skipped_first = sorted(reports, key=lambda each: each.change != "skipped")
    rows = "".join(_report_row(each) for each in skipped_first[:LISTED_REPORTS])
    return f'<div class="report" role="status"><p>{summary}.</p><ul>{rows}</ul></div>'


def doing(work: Progress) -> str:
    """A stage of work, how far it is and how long it may still take."""
    line = work.stage
    if work.total:
        line += f" {work.done:,} of {work.total:,}"
    if work.seconds_left and work.seconds_left >= 1:
        line += f" · about {work.seconds_left:.0f} s left"
    return line


def _searchable(shown: Article) -> str:
    """All that an article can be found by, its date as it is written and as it is read."""
    day = readable_date(shown.date)
    known = (shown.title, shown.source, shown.author, shown.date, day)
    return fold(" ".join(part for part in known if part))


def _listed(shown: int, matching: int, total: int) -> str:
    which = count(total, "article")
    if matching < total:
        which = f"{matching:,} of {which}"
    return which if shown == matching else f"{which}; the newest {shown:,} are listed"


def _row(shown: Article, statements: int | None) -> str:
    headline = title(shown)
    known = where(shown.source, shown.date) or "no source, no date"
    if statements is not None:
        known += f" · {count(statements, 'statement')}"
    data = attributes(event="read", article=shown.id)
    removal = button("remove", "Remove", f"Remove {headline}", article=shown.id)
    return (
        f'<li><button type="button" class="open"{data}>'
        f'<span class="headline">{unseen("Read ")}{isolated(headline)}</span>'
        f'<span class="where">{known}</span></button>{removal}</li>'
    )


def _report_row(each: Outcome) -> str:
    name = isolated(each.title or each.origin)
    reason = f": <span>{text(each.reason)}</span>" if each.reason else ""
    return f'<li class="{each.change}"><b>{each.change}</b> {name}{reason}</li>'
