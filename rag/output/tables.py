"""Answers, comparisons and statements as CSV, JSON and Markdown: the same citations, in
files that other programs read.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence

from rag.types import Answer, Citation, Comparison, Said, Span

COMPARISON_FIELDS = (
    "row",
    "speaker",
    "date",
    "source",
    "title",
    "url",
    "kind",
    "quote",
    "marker",
    "relations",
    "sources",
    "article_id",
    "start",
    "end",
)
STATEMENT_FIELDS = (
    "speaker",
    "date",
    "source",
    "title",
    "url",
    "kind",
    "quote",
    "resolved_by",
    "negated",
    "rule",
    "confidence",
    "id",
    "article_id",
    "start",
    "end",
)
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def comparison_csv(answer: Answer) -> str:
    """One line a cited statement, in the order of the markers, with its relations to others."""
    table = _comparison(answer)
    rows = {
        n: name
        for name, cells in zip(table.rows, table.cells, strict=True)
        for cell in cells
        for n in cell
    }
    return _csv(
        COMPARISON_FIELDS,
        (
            _comparison_row(one, rows.get(one.marker, ""), table)
            for one in answer.citations
        ),
    )


def _comparison_row(cited: Citation, row: str, table: Comparison) -> dict[str, object]:
    return {
        **{name: getattr(cited, name, None) for name in COMPARISON_FIELDS},
        "row": row,
        "date": cited.said or cited.date,
        "relations": "; ".join(_relations_of(cited.marker, table)),
    }


def _relations_of(marker: int, table: Comparison) -> list[str]:
    found = []
    for relation in table.relations:
        if marker in (relation.first, relation.second):
            other = relation.second if marker == relation.first else relation.first
            found.append(f"{relation.kind} [{other}]: {relation.reason}")
    return found


def _comparison(answer: Answer) -> Comparison:
    return answer.comparison or Comparison("speaker", (), (), ())


def statements_csv(said: Iterable[Said]) -> str:
    """One line a report of a statement."""
    return _csv(STATEMENT_FIELDS, map(_statement_row, said))


def _statement_row(said: Said) -> dict[str, object]:
    statement, article = said.statement, said.article
    return {
        **{name: getattr(statement, name, None) for name in STATEMENT_FIELDS},
        "date": said.date,
        "source": article.source,
        "joint": list(statement.joint),
        "title": article.title,
        "url": article.url,
        "quote": statement.span.of(article.text),
    }


def _csv(names: Sequence[str], rows: Iterable[dict[str, object]]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _harmless(row[name]) for name in names} for row in rows)
    return file.getvalue()


def _harmless(value: object) -> object:
    """Text that no spreadsheet takes for a formula (OWASP, CSV injection): an apostrophe
    before what begins like one.
    """
    return (
        f"'{value}"
        if isinstance(value, str) and value.startswith(_FORMULA_STARTS)
        else ""
        if value is None
        else value
    )


def answer_json(answer: Answer) -> str:
    return json.dumps(answer.to_json(), ensure_ascii=False, indent=2) + "\n"


def statement_fields(said: Said) -> dict[str, object]:
    """The object of one statement that `onrecord statements --format json` prints."""
    statement, article = said.statement, said.article
    return {
        "id": statement.id,
        "article_id": statement.article_id,
        "date": said.date,
        "speaker": statement.speaker,
        "resolved_by": statement.resolved_by,
        "source": _words(statement.source, article.text),
        "cue": _words(statement.cue, article.text),
        "content": [_words(span, article.text) for span in statement.content],
        "kind": statement.kind,
        "negated": statement.negated,
        "rule": statement.rule,
        "confidence": statement.confidence,
        "joint": list(statement.joint),
        "title": article.title,
        "outlet": article.source,
        "url": article.url,
    }


def _words(span: Span | None, text: str) -> dict[str, object] | None:
    return (
        {"start": span.start, "end": span.end, "text": span.of(text)} if span else None
    )


def conversation_json(answers: Sequence[Answer]) -> str:
    """A JSON list of answers, each as `onrecord ask --json` prints it."""
    return (
        json.dumps(
            [answer.to_json() for answer in answers], ensure_ascii=False, indent=2
        )
        + "\n"
    )
