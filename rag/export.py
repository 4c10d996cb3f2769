"""Answers, comparisons and statements as CSV, JSON and Markdown: the same citations, in files that other programs read."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote, urlsplit

from rag.text import readable_date
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
NOTHING = "nothing on record"
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_MARKUP = re.compile(r"([\\`*_{}\[\]<>|#~&!])")


def comparison_csv(answer: Answer) -> str:
    """One line a cited statement, in the order of the markers, with its relations to others."""
    table = _comparison(answer)
    rows = {n: name for name, cells in zip(table.rows, table.cells, strict=True) for cell in cells for n in cell}
    return _csv(COMPARISON_FIELDS, (_comparison_row(one, rows.get(one.marker, ""), table) for one in answer.citations))


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
    """Text that no spreadsheet takes for a formula (OWASP, CSV injection): an apostrophe before what begins like one."""
    return (
        f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else "" if value is None else value
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
    return {"start": span.start, "end": span.end, "text": span.of(text)} if span else None


# Markdown


def conversation_json(answers: Iterable[Answer]) -> str:
    """A JSON list of answers, each as `onrecord ask --json` prints it."""
    return json.dumps([answer.to_json() for answer in answers], ensure_ascii=False, indent=2) + "\n"


def conversation_markdown(answers: Iterable[Answer]) -> str:
    """Question after question with its answer and the evidence."""
    return "\n".join(map(answer_markdown, answers))


def answer_markdown(answer: Answer) -> str:
    """The answer, its table and relations, its notices and its citations; nothing of an article is markup."""
    parts = [f"# {_plain(answer.question.text or answer.question.topic or 'Comparison')}", _paragraphs(answer.text)]
    if answer.comparison and answer.comparison.columns:
        parts.append(_table(answer, answer.comparison))
        relations = [
            f"- {_plain(r.kind)} [{r.first}][{r.second}]: {_plain(r.reason)}" for r in answer.comparison.relations
        ]
        parts += ["## Relations", "\n".join(relations)] if relations else []
    parts += [f"Note: {_plain(notice)}" for notice in answer.notices]
    parts += [f"Worded by {_plain(answer.writer)}; the citations are checked."] if answer.writer else []
    if answer.citations:
        parts += ["## Citations", "\n".join(map(_citation, answer.citations))]
    return "\n\n".join(parts) + "\n"


def _paragraphs(text: str) -> str:
    return "\n\n".join(_prose(paragraph) for paragraph in text.split("\n\n"))


def _table(answer: Answer, table: Comparison) -> str:
    quotes = {one.marker: one.quote for one in answer.citations}
    head = ["", *(column_name(column.date, column.title) for column in table.columns)]
    lines = [head, ["---"] * len(head)]
    for name, cells in zip(table.rows, table.cells, strict=True):
        told = ["<br>".join(f"{_plain(quotes[marker])} [{marker}]" for marker in cell) or NOTHING for cell in cells]
        lines.append([_plain(name), *told])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [[_plain(one) for one in lines[0]], *lines[1:]])


def column_name(date: str | None, title: str = "") -> str:
    """The heading of a column: its day, and the article where there is one."""
    return ": ".join(part for part in (readable_date(date) or "undated", title) if part)


def _citation(one: Citation) -> str:
    where = [one.speaker, one.kind, one.title, one.source, readable_date(one.said or one.date)]
    words = f"{one.marker}. “{_plain(one.quote).strip('“”')}” — {_plain(' · '.join(part for part in where if part))}"
    also = "; ".join(_plain(", ".join(filter(None, (r.title, r.source, readable_date(r.date))))) for r in one.also)
    more = f" · {one.sources} sources, also: {also}" if one.also else ""
    return words + more + (f" · {_link(one.url)}" if one.url else "")


def _link(url: str) -> str:
    """A web address as a link, anything else as plain text."""
    return f"<{quote(url, safe=':/?#@!$&()*+,;=%')}>" if urlsplit(url).scheme in ("http", "https") else _plain(url)


def _prose(text: str) -> str:
    """Our own sentences, their markers kept."""
    return re.sub(r"\\\[(\d+)\\\]", r"[\1]", _plain(text))


def _plain(text: str) -> str:
    """The text on one line, its punctuation escaped so that none of it is markup."""
    visible = "".join(char if char.isprintable() else " " for char in text)
    return _MARKUP.sub(r"\\\1", " ".join(visible.split()))
