"""Comparisons and statements in files: complete, and harmless in a spreadsheet or a
Markdown viewer.
"""

from __future__ import annotations

import csv
import io
import json

import pytest

from rag.comparisons.compare import compared
from rag.output import documents, tables
from rag.types import Answer, Question, Said
from tests.saying import said


def compare(ana: list[Said], ivan: list[Said]) -> Answer:
    sides = {"Ana Petrova": ana, "Ivan Dimov": ivan}
    question = Question("Compare <b>them</b>", "compare", tuple(sides), "the bridge")
    return compared(
        question, sides, "speaker", lambda given: [[0.8] * len(given)] * len(given)
    )


ANA = said(
    "Ana Petrova",
    "“the bridge | is a disaster”",
    kind="direct",
    url="https://example.org/a b?q=<1>",
    title="*Bridge*",
)
IVAN = said(
    "Ivan Dimov",
    "that the bridge is a\nsuccess",
    url="javascript:alert(1)",
    title="[x](y)",
)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_comparison_as_csv_has_one_row_a_statement() -> None:
    answer = compare([ANA], [IVAN])
    first, second = rows(tables.comparison_csv(answer))
    assert list(first) == list(tables.COMPARISON_FIELDS)
    assert (
        first["row"],
        first["speaker"],
        first["date"],
        first["source"],
        first["kind"],
        first["marker"],
    ) == (
        "Ana Petrova",
        "Ana Petrova",
        "2024-03-01",
        "Gazette",
        "direct",
        "1",
    )
    assert (
        first["quote"] == answer.citations[0].quote
        and second["quote"] == "that the bridge is a\nsuccess"
    )
    assert first["relations"].startswith(
        "differs [2]: Petrova said “the bridge"
    ) and second["relations"].startswith("differs [1]:")


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1"])
def test_no_cell_is_a_formula(start: str) -> None:
    hostile = said("Ana Petrova", "that it rains", title=start, outlet=start)
    (row,) = rows(tables.statements_csv([hostile]))
    assert row["title"] == row["source"] == f"'{start}"
    (row,) = rows(tables.comparison_csv(compare([hostile], [])))
    assert row["title"] == f"'{start}"


def test_statements_as_csv_have_their_spans() -> None:
    (row,) = rows(tables.statements_csv([IVAN]))
    assert list(row) == list(tables.STATEMENT_FIELDS)
    assert IVAN.article.text[int(row["start"]) : int(row["end"])] == row["quote"]


def test_json_is_the_answer() -> None:
    answer = compare([ANA], [IVAN])
    assert json.loads(tables.answer_json(answer)) == json.loads(
        json.dumps(answer.to_json())
    )


def test_a_statement_as_json_is_that_of_the_design() -> None:
    fields = tables.statement_fields(said("Ana", "that it rains", when="2024-02-01"))
    assert list(fields)[:12] == [
        "id",
        "article_id",
        "date",
        "speaker",
        "resolved_by",
        "source",
        "cue",
        "content",
        "kind",
        "negated",
        "rule",
        "confidence",
    ]
    assert fields["date"] == "2024-02-01"
    assert fields["source"] == {"start": 0, "end": 3, "text": "Ana"}
    assert fields["content"] == [{"start": 9, "end": 22, "text": "that it rains"}]
    unnamed = tables.statement_fields(said(None, "that it rains"))
    assert unnamed["speaker"] is None


def test_markdown_holds_the_table_the_relations_and_the_citations() -> None:
    lines = documents.markdown([compare([ANA], [IVAN])], "a comparison").splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert (
        len(table) == 4
        and len({line.replace("\\|", "").count("|") for line in table}) == 1
    )
    assert "nothing on record" in table[2]
    assert any(line.startswith("- **differs** [1] [2]: ") for line in lines)
    assert "> [1] “the bridge \\| is a disaster”" in lines
    assert any(
        line.startswith("> Ana Petrova (quotation), \\*Bridge\\*") for line in lines
    )


def test_nothing_of_an_article_is_markup() -> None:
    text = documents.markdown([compare([ANA], [IVAN])], "a comparison")
    assert "<b>" not in text and "[x](y)" not in text
    assert "<https://example.org/a%20b?q=%3C1%3E>" in text
    assert "<javascript" not in text


def test_markdown_of_a_refusal_says_why() -> None:
    assert "Nothing on record from Ana Petrova on the bridge." in documents.markdown(
        [compare([], [])], "a comparison"
    )
