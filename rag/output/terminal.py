"""Answers, comparisons and statements as text for a terminal, without the control
characters that it would obey.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from itertools import zip_longest

from rag.answers.suggest import question_about
from rag.language.words import listed
from rag.output.documents import NOTHING, column_name, kind_of
from rag.statements.retell import as_told
from rag.types import Answer, Citation, Comparison, Feedback, Said, Speaker

WIDTH = 100  # characters, where the terminal does not tell its own
LEAST_COLUMN, ROW_NAME = 22, 16  # characters: a narrower column breaks every other word
MEASURE, NUMBER = 24, 12  # characters of a measure's name and of each of its values
MARGIN = " " * 12  # room for a date


def plain(text: str) -> str:
    """The text on one line, without the control characters that a terminal would obey."""
    printable = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(printable.split())


# Answers


def answer_text(found: Answer, width: int = WIDTH) -> str:
    """The answer, its table where it is a comparison, what to ask instead of it, its
    notices and its citations.
    """
    parts = [
        textwrap.fill(plain(paragraph), width) for paragraph in found.text.split("\n\n")
    ]
    if found.comparison and found.comparison.columns:
        parts.append(comparison_text(found, found.comparison, width))
    near = [f"  {plain(question)}" for question in instead(found)]
    if near:
        parts.append("\n".join(["Ask instead:", *near]))
    parts += [plain(f"Note: {notice}") for notice in found.notices]
    if found.writer:
        parts.append(plain(f"Worded by {found.writer}; the citations are checked."))
    if found.citations:
        parts.append("\n".join(_citation_lines(one, width) for one in found.citations))
    return "\n\n".join(parts)


def instead(found: Answer) -> list[str]:
    """Questions near a refused one that the articles answer."""
    if found.refusal is None:
        return []
    asked, topic = found.question.speakers, found.question.topic
    questions = [question_about(asked[0], on) for on in found.refusal.topics if asked]
    return questions + [question_about(name, topic) for name in found.refusal.speakers]


def _citation_lines(citation: Citation, width: int) -> str:
    """The words, and below them who says them in which way, where and when."""
    head = f"[{citation.marker}] ".rjust(5)
    words = plain(citation.words)
    lines = [
        textwrap.fill(words, width, initial_indent=head, subsequent_indent=" " * 5)
    ]
    below = [
        f"{citation.speaker} · {kind_of(citation)}"
        if citation.speaker
        else kind_of(citation)
    ]
    below += [_where(citation), citation.url or ""]
    if citation.sources > 1:
        below.append(f"{citation.sources} independent sources")
    below += [f"also: {_where(report)}" for report in citation.also]
    lines += [f"     {plain(line)}" for line in below if line]
    return "\n".join(lines)


def _where(citation: Citation) -> str:
    known = (citation.title, citation.source, citation.date)
    return " · ".join(part for part in known if part)


# Comparisons


def comparison_text(answer: Answer, table: Comparison, width: int = WIDTH) -> str:
    """The table: rows by speaker or source, columns by date or article; a list where it is
    too narrow for columns.
    """
    words = {one.marker: plain(one.words) for one in answer.citations}
    rows: list[list[list[str]]] = []
    for cells in table.cells:
        row = []
        for cell in cells:
            row.append([f"[{marker}] {words[marker]}" for marker in cell] or [NOTHING])
        rows.append(row)
    heads = [plain(column_name(column.date, column.title)) for column in table.columns]
    names = [plain(name) for name in table.rows]
    column = (width - ROW_NAME) // len(heads) - 2
    if column < LEAST_COLUMN:
        return _as_list(names, heads, rows, width)
    return _as_grid(names, heads, rows, column)


def _as_grid(
    names: Sequence[str],
    heads: Sequence[str],
    rows: Sequence[Sequence[list[str]]],
    column: int,
) -> str:
    rule = "─" * (ROW_NAME + (column + 2) * len(heads))
    lines = [*_beside([[""], *([head] for head in heads)], column), rule]
    for name, row in zip(names, rows, strict=True):
        lines += [*_beside([[name], *row], column), rule]
    return "\n".join(line.rstrip() for line in lines)


def _beside(cells: Sequence[Sequence[str]], column: int) -> list[str]:
    """The cells of one row, each wrapped to its width, beside each other."""
    widths = [ROW_NAME - 2] + [column] * (len(cells) - 1)
    wrapped: list[list[str]] = []
    for cell, width in zip(cells, widths, strict=True):
        lines: list[str] = []
        for text in cell:
            lines += textwrap.wrap(text, width, subsequent_indent="  ") or [""]
        wrapped.append(lines)
    beside = []
    for at_one_height in zip_longest(*wrapped, fillvalue=""):
        padded = [
            line.ljust(width) for line, width in zip(at_one_height, widths, strict=True)
        ]
        beside.append("  ".join(padded))
    return beside


def _as_list(
    names: Sequence[str],
    heads: Sequence[str],
    rows: Sequence[Sequence[list[str]]],
    width: int,
) -> str:
    """A heading a row, and under it what was said in each column; columns without anything
    are left out.
    """
    parts = []
    for name, row in zip(names, rows, strict=True):
        lines = [name]
        for head, cell in zip(heads, row, strict=True):
            if cell == [NOTHING]:
                continue
            lines.append(f"  {head}")
            for text in cell:
                lines.append(
                    textwrap.fill(
                        text, width, initial_indent="    ", subsequent_indent="      "
                    )
                )
        if len(lines) == 1:
            lines.append(f"  {NOTHING}")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


# Statements, speakers, feedback


def statement_text(said: Said, width: int = WIDTH) -> str:
    """One statement: when, who, how and where, and the words."""
    statement, article = said.statement, said.article
    who = listed(statement.names)
    if not who:
        literal = (
            statement.source.of(article.text) if statement.source else "nobody named"
        )
        who = f"unresolved ({literal})"
    credit = [who, kind_of(statement), article.title, article.source or ""]
    head = plain(" · ".join(part for part in credit if part))
    return _dated(said.date or "undated", head, plain(as_told(said)), width)


def speaker_text(speaker: Speaker, longest: int) -> str:
    """One speaker: the name, how much is on record from when to when, other names."""
    name = plain(speaker.name)
    articles = "article " if speaker.articles == 1 else "articles"
    counts = f"{speaker.statements:>5} in {speaker.articles:>4} {articles}"
    days = dict.fromkeys(day for day in (speaker.first, speaker.last) if day)
    also = f"  also: {plain(', '.join(speaker.also))}" if speaker.also else ""
    return f"{name:<{longest}}  {counts}  {' to '.join(days) or 'undated'}{also}"


def feedback_text(given: Feedback, width: int = WIDTH) -> str:
    """What a reader thought: when, the verdict and the question, the citation that is
    wrong, the note.
    """
    about = f" [{given.marker}]" if given.marker is not None else ""
    head = plain(f"{given.verdict}{about}: {given.question}")
    return _dated(plain(given.at[:10]), head, plain(given.note), width)


def _dated(day: str, head: str, below: str, width: int) -> str:
    """A line that begins with a day, and what belongs to it in the same margin."""
    first = f"{day:<{len(MARGIN)}}"
    lines = [textwrap.fill(head, width, initial_indent=first, subsequent_indent=MARGIN)]
    if below:
        lines.append(
            textwrap.fill(below, width, initial_indent=MARGIN, subsequent_indent=MARGIN)
        )
    return "\n".join(lines)


# Measures


def measures_text(
    systems: Mapping[str, Mapping[str, float]], targets: Mapping[str, str] | None = None
) -> str:
    """A line a measure: its value for each system, "-" where it has none, and the ratio of
    the first to the last.

    `targets` are shown after the first system.
    """
    names: dict[str, None] = {}
    for measures in (*systems.values(), targets or {}):
        names.update(dict.fromkeys(measures))
    first, *others = systems
    heads = [
        first,
        *(["target"] if targets else []),
        *others,
        *(["ratio"] if others else []),
    ]
    lines = [_columns("", heads)]
    for name in names:
        ours = systems[first].get(name)
        cells = [_number(ours)]
        cells += [targets.get(name, "")] if targets else []
        cells += [_number(systems[other].get(name)) for other in others]
        if others:
            theirs = systems[others[-1]].get(name)
            cells.append(f"{ours / theirs:.2f}" if ours is not None and theirs else "")
        lines.append(_columns(name, cells).rstrip())
    return "\n".join(lines)


def _columns(name: str, cells: Sequence[str]) -> str:
    return f"{name:<{MEASURE}}" + "".join(f"{cell:>{NUMBER}}" for cell in cells)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
