"""Answers, comparisons and statements as text for a terminal, without the control
characters that it would obey.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from rag.comparisons.retell import shortened
from rag.language.words import listed
from rag.output.documents import NOTHING, column_name
from rag.types import Answer, Citation, Comparison, Feedback, Said, Speaker

WIDTH = 100
LEAST_COLUMN, ROW_NAME = 22, 16
MEASURE, NUMBER = 24, 12


def plain(text: str) -> str:
    """The text on one line, without the control characters that a terminal would obey."""
    return " ".join(
        "".join(char if char.isprintable() else " " for char in text).split()
    )


def answer_text(found: Answer, width: int = WIDTH) -> str:
    """The answer, its table where it is a comparison, what to ask instead of it, its
    notices and its citations.
    """
    parts = [*(textwrap.fill(plain(p), width) for p in found.text.split("\n\n"))]
    parts += (
        [comparison_text(found, found.comparison, width)]
        if found.comparison and found.comparison.columns
        else []
    )
    near = [f"  {plain(question)}" for question in instead(found)]
    parts += ["\n".join(["Ask instead:", *near])] if near else []
    parts += [plain(f"Note: {notice}") for notice in found.notices]
    parts += (
        [plain(f"Worded by {found.writer}; the citations are checked.")]
        if found.writer
        else []
    )
    parts += (
        ["\n".join(_citation_lines(citation, width) for citation in found.citations)]
        if found.citations
        else []
    )
    return "\n\n".join(parts)


def instead(found: Answer) -> list[str]:
    """Questions near a refused one that the articles answer."""
    if found.refusal is None:
        return []
    about = f" about {found.question.topic}" if found.question.topic else ""
    asked = found.question.speakers[:1]
    return [
        *(
            f"What did {speaker} say about {topic}?"
            for speaker in asked
            for topic in found.refusal.topics
        ),
        *(f"What did {speaker} say{about}?" for speaker in found.refusal.speakers),
    ]


def _citation_lines(citation: Citation, width: int) -> str:
    credit = " · ".join(part for part in (citation.speaker, citation.kind) if part)
    quote = textwrap.fill(
        plain(citation.quote),
        width,
        initial_indent=f"[{citation.marker}] ".rjust(5),
        subsequent_indent="     ",
    )
    sources = f"{citation.sources} independent sources" if citation.sources > 1 else ""
    also = [f"also: {_where(report)}" for report in citation.also]
    lines = [
        quote,
        *(
            f"     {plain(line)}"
            for line in (credit, _where(citation), citation.url, sources, *also)
            if line
        ),
    ]
    return "\n".join(lines)


def _where(citation: Citation) -> str:
    return " · ".join(
        part for part in (citation.title, citation.source, citation.date) if part
    )


def comparison_text(answer: Answer, table: Comparison, width: int = WIDTH) -> str:
    """The table: rows by speaker or source, columns by date or article; a list where it is
    too narrow for columns.
    """
    quotes = {one.marker: shortened(plain(one.quote)) for one in answer.citations}
    cells = [
        [
            [f"[{marker}] {quotes[marker]}" for marker in cell] or [NOTHING]
            for cell in cells
        ]
        for cells in table.cells
    ]
    heads = [plain(column_name(column.date, column.title)) for column in table.columns]
    names = [plain(name) for name in table.rows]
    column = (width - ROW_NAME) // len(heads) - 2
    if column < LEAST_COLUMN:
        return _as_list(names, heads, cells, width)
    return _as_grid(names, heads, cells, column)


def _as_grid(
    names: Sequence[str],
    heads: Sequence[str],
    cells: Sequence[Sequence[list[str]]],
    column: int,
) -> str:
    rule = "─" * (ROW_NAME + (column + 2) * len(heads))
    lines = [*_beside([[""], *([head] for head in heads)], column), rule]
    for name, row in zip(names, cells, strict=True):
        lines += [*_beside([[name], *row], column), rule]
    return "\n".join(line.rstrip() for line in lines)


def _beside(cells: Sequence[Sequence[str]], column: int) -> list[str]:
    """The cells of one row, each wrapped to its width, beside each other."""
    widths = [ROW_NAME - 2] + [column] * (len(cells) - 1)
    wrapped = [
        [
            line
            for text in cell
            for line in textwrap.wrap(text, width, subsequent_indent="  ") or [""]
        ]
        for cell, width in zip(cells, widths, strict=True)
    ]
    height = max(map(len, wrapped))
    padded = [lines + [""] * (height - len(lines)) for lines in wrapped]
    return [
        "  ".join(line.ljust(width) for line, width in zip(at, widths, strict=True))
        for at in zip(*padded, strict=True)
    ]


def _as_list(
    names: Sequence[str],
    heads: Sequence[str],
    cells: Sequence[Sequence[list[str]]],
    width: int,
) -> str:
    """A heading a row, and under it what was said in each column; columns without anything
    are left out.
    """
    parts = []
    for name, row in zip(names, cells, strict=True):
        told = [
            (head, cell)
            for head, cell in zip(heads, row, strict=True)
            if cell != [NOTHING]
        ]
        lines = [name, *([] if told else [f"  {NOTHING}"])]
        for head, cell in told:
            lines.append(f"  {head}")
            lines += [
                textwrap.fill(
                    text, width, initial_indent="    ", subsequent_indent="      "
                )
                for text in cell
            ]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def statement_text(said: Said, width: int = WIDTH) -> str:
    """One statement: when, who, how and where, and the words."""
    statement = said.statement
    literal = (
        statement.source.of(said.article.text) if statement.source else "nobody named"
    )
    who = listed(statement.names) or f"unresolved ({literal})"
    credit = [who, statement.kind, said.article.title, said.article.source or ""]
    words = statement.span.of(said.article.text)
    margin = " " * 12
    head = f"{said.date or 'undated':<{len(margin)}}"
    lines = [
        textwrap.fill(
            plain(" · ".join(filter(None, credit))),
            width,
            initial_indent=head,
            subsequent_indent=margin,
        ),
        textwrap.fill(
            plain(words), width, initial_indent=margin, subsequent_indent=margin
        ),
    ]
    return "\n".join(lines)


def speaker_text(speaker: Speaker, longest: int) -> str:
    """One speaker: the name, how much is on record from when to when, other names."""
    name = plain(speaker.name)
    counts = f"{speaker.statements:>5} in {speaker.articles:>4} {'article ' if speaker.articles == 1 else 'articles'}"
    days = (
        " to ".join(dict.fromkeys(day for day in (speaker.first, speaker.last) if day))
        or "undated"
    )
    also = f"  also: {plain(', '.join(speaker.also))}" if speaker.also else ""
    return f"{name:<{longest}}  {counts}  {days}{also}"


def feedback_text(given: Feedback, width: int = WIDTH) -> str:
    """What a reader thought: when, the verdict and the question, the citation that is
    wrong, the note.
    """
    margin = " " * 12
    about = f" [{given.marker}]" if given.marker is not None else ""
    head = f"{plain(given.at[:10]):<{len(margin)}}"
    words = plain(f"{given.verdict}{about}: {given.question}")
    lines = [textwrap.fill(words, width, initial_indent=head, subsequent_indent=margin)]
    if given.note:
        lines.append(
            textwrap.fill(
                plain(given.note),
                width,
                initial_indent=margin,
                subsequent_indent=margin,
            )
        )
    return "\n".join(lines)


def measures_text(
    systems: Mapping[str, Mapping[str, float]], targets: Mapping[str, str] | None = None
) -> str:
    """A line a measure: its value for each system, "-" where it has none, and the ratio of
    the first to the last.

    `targets` are shown after the first system.
    """
    first, *others = systems.values()
    names = list(
        dict.fromkeys(
            [*first, *(name for other in others for name in other), *(targets or {})]
        )
    )
    heads = [
        *list(systems)[:1],
        *(["target"] if targets else []),
        *list(systems)[1:],
        *(["ratio"] if others else []),
    ]
    lines = ["".join([f"{'':<{MEASURE}}", *(f"{head:>{NUMBER}}" for head in heads)])]
    for name in names:
        goal = [targets.get(name, "")] if targets else []
        cells = [
            _number(first, name),
            *goal,
            *(_number(other, name) for other in others),
        ]
        cells += [_ratio(first.get(name), other.get(name)) for other in others[-1:]]
        lines.append(
            "".join(
                [f"{name:<{MEASURE}}", *(f"{cell:>{NUMBER}}" for cell in cells)]
            ).rstrip()
        )
    return "\n".join(lines)


def _number(measures: Mapping[str, float], name: str) -> str:
    return f"{measures[name]:.3f}" if name in measures else "-"


def _ratio(ours: float | None, theirs: float | None) -> str:
    return f"{ours / theirs:.2f}" if ours is not None and theirs else ""
