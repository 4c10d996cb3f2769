"""Evaluation: lines of a user's own file, the measures by hand, both pipelines on real
articles, and the command.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from rag.archive import feedback
from rag.assistant import Assistant
from rag.config import load
from rag.evaluation import cases, measure
from rag.evaluation.baseline import Tutorial
from rag.evaluation.cases import Case, Gold
from rag.evaluation.measure import Row
from rag.models.loaders import SentenceEmbeddings
from rag.output.terminal import measures_text
from rag.types import Article, Feedback, Skipped, Span
from tests.commands.running import Run

HARBOUR = Article(
    "harbour-1",
    "“The harbour of Varna is open again,” Ivan Petrov said.",
    "Harbour open",
    url="https://a.example/1",
)
BRIDGE = Article(
    "bridge-2",
    "“The bridge of Varna is a disaster,” Ana Dimova said.",
    "Bridge closed",
    date="2024-03-01",
)
SHELF = [HARBOUR, BRIDGE]


def read(tmp_path: Path, *lines: Mapping[str, Any] | str) -> list[Case | Skipped]:
    path = tmp_path / "asked.jsonl"
    texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text("\n".join(texts), encoding="utf-8")
    return list(cases.read_cases(path, SHELF))


@pytest.mark.parametrize(
    "name", ["harbour-1", "harb", "Harbour OPEN", "https://a.example/1"]
)
def test_an_article_goes_by_id_its_beginning_title_or_address(
    name: str, tmp_path: Path
) -> None:
    (found,) = read(tmp_path, {"question": "What?", "articles": [name]})
    assert isinstance(found, Case) and found.articles == ("harbour-1",)


def test_a_line_holds_all_that_is_known(tmp_path: Path) -> None:
    line = {
        "question": "And he?",
        "history": ["What did Dimova say?"],
        "today": "2024-03-02",
        "spans": [
            {"article_id": "harbour-1", "start": 1, "end": 4},
            {"article_id": "bridge", "quote": "a disaster"},
        ],
        "not": [{"article_id": "bridge-2", "quote": "Ana"}],
        "speakers": ["Petrov"],
        "further": 1,
    }
    (found,) = read(tmp_path, line)
    at = BRIDGE.text.index("a disaster")
    assert found == Case(
        "And he?",
        (),
        (Gold("harbour-1", (Span(1, 4),)), Gold("bridge-2", (Span(at, at + 10),))),
        ("Petrov",),
        (
            Gold(
                "bridge-2",
                (Span(BRIDGE.text.index("Ana"), BRIDGE.text.index("Ana") + 3),),
            ),
        ),
        ("What did Dimova say?",),
        "2024-03-02",
        origin=f"{tmp_path / 'asked.jsonl'}, line 1",
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("not json", "not a JSON object; write a line like"),
        ("[" * 100_000, "not a JSON object; write a line like"),
        ("[1]", "not a JSON object; write a line like"),
        ({}, '"question" is missing'),
        ({"question": " "}, '"question" is missing'),
        (
            {"question": "What?", "articles": "harbour-1"},
            '"articles" is no list; write it in brackets.',
        ),
        (
            {"question": "What?", "articles": [1]},
            '"articles" holds something other than text',
        ),
        (
            {"question": "What?", "articles": ["zzz"]},
            "\"articles\": there is no article 'zzz'; give an id",
        ),
        (
            {"question": "What?", "speakers": ["", "x"]},
            '"speakers" holds something other than text',
        ),
        ({"question": "What?", "spans": ["x"]}, '"spans" lacks an article_id'),
        (
            {"question": "What?", "spans": [{"article_id": "harb"}]},
            '"spans" lacks a place; give start and end',
        ),
        (
            {
                "question": "What?",
                "spans": [{"article_id": "harb", "start": 5, "end": 999}],
            },
            '"spans": 5 to 999 lies',
        ),
        (
            {"question": "What?", "not": [{"article_id": "harb", "quote": "ferry"}]},
            '"not": the article does not hold',
        ),
        (
            {"question": "What?", "today": "last week"},
            "\"today\" is 'last week'; give a day",
        ),
        (
            {"question": "What?", "today": "2024-03"},
            "\"today\" is '2024-03'; give a day",
        ),
        (
            {"question": "What?", "unanswerable": "yes"},
            "\"unanswerable\" is 'yes'; give true or false.",
        ),
        (
            {"question": "What?", "unanswerable": True, "speakers": ["Petrov"]},
            '"unanswerable": the line names what',
        ),
        (
            {"question": "What?", "todo": "the ferry"},
            '"todo": complete the line by hand',
        ),
    ],
)
def test_a_bad_line_names_its_field_and_the_rest_goes_on(
    line: Mapping[str, Any] | str, reason: str, tmp_path: Path
) -> None:
    first, bad, _ = read(
        tmp_path, {"question": "Before?"}, line, {"question": "After?"}
    )
    assert isinstance(first, Case) and isinstance(bad, Skipped)
    assert (
        bad.origin == f"{tmp_path / 'asked.jsonl'}, line 2"
        and bad.reason.startswith(reason)
    )


def test_two_articles_of_one_title_are_told_apart_by_id(tmp_path: Path) -> None:
    path = tmp_path / "asked.jsonl"
    path.write_text(
        '{"question": "What?", "articles": ["Bridge closed"]}', encoding="utf-8"
    )
    (found,) = cases.read_cases(
        path, [BRIDGE, Article("bridge-3", "Another.", "Bridge closed")]
    )
    assert isinstance(found, Skipped) and "several articles are called" in found.reason


def place(article_id: str, start: int, end: int, **more: object) -> dict[str, object]:
    return {"article_id": article_id, "start": start, "end": end, **more}


def measured(case: Case, **answer: Any) -> measure.Measures:
    given = {
        "passages": [],
        "citations": [],
        "abstained": False,
        "seconds": 0.5,
    } | answer
    (row,) = measure.rows([case], {"it": lambda _: given})
    assert isinstance(row, Row)
    return measure.summary([row.observed["it"]])


def test_ranks_are_over_distinct_articles() -> None:
    passages = [place("b", 0, 9), place("b", 9, 20), place("c", 0, 9), place("a", 0, 9)]
    assert (
        measured(Case("What?", articles=("a", "z")), passages=passages).items()
        >= {
            "hits@1": 0.0,
            "hits@4": 1.0,
            "hits@10": 1.0,
            "mrr@10": 1 / 3,
        }.items()
    )


def test_words_are_found_where_half_of_their_characters_lie() -> None:
    gold = (Gold("a", (Span(0, 10), Span(20, 30))), Gold("b", (Span(0, 100),)))
    passages = [
        place("b", 60, 200),
        place("a", 0, 10),
        place("a", 100, 4000),
        place("z", 0, 1),
        place("b", 0, 50),
    ]
    found = measured(Case("What?", gold=gold), passages=passages)
    assert (
        found["passage_recall@4"],
        found["passage_recall@10"],
        found["recall_in_2500_chars"],
    ) == (0.5, 1.0, 0.5)


def test_a_citation_is_right_by_half_of_the_shorter() -> None:
    gold = (Gold("a", (Span(0, 100),)),)
    citations = [
        place("a", 90, 110),
        place("a", 91, 111),
        place("a", 0, 400),
        place("b", 0, 100),
    ]
    found = measured(Case("What?", gold=gold), citations=citations)
    assert (found["citation_precision"], found["citation_recall"]) == (0.5, 1.0)


def test_what_is_marked_as_wrong_is_wrong_and_the_rest_right() -> None:
    wrong = (Gold("a", (Span(0, 10),)),)
    citations = [place("a", 0, 10), place("a", 50, 60)]
    assert (
        measured(Case("What?", wrong=wrong), citations=citations)["citation_precision"]
        == 0.5
    )
    assert (
        measured(Case("What?", ("a",), wrong=wrong), citations=citations)[
            "citation_precision"
        ]
        == 0.5
    )
    assert (
        measured(Case("What?", ("b",), wrong=wrong), citations=citations)[
            "citation_precision"
        ]
        == 0.0
    )


def test_credit_goes_to_the_asked_to_another_or_to_nobody() -> None:
    citations = [
        place("a", 0, 1, speaker=name)
        for name in ("Ivan Petrov", "Ana Petrova", None, "Ana and Ivan Petrov")
    ]
    found = measured(Case("What?", speakers=("Petrov",)), citations=citations)
    assert (found["by_speaker"], found["by_another"]) == (0.5, 0.25)
    assert "by_speaker" not in measured(
        Case("What?", speakers=("Petrov",)), citations=[place("a", 0, 1)]
    )


def test_refusals_are_right_for_what_nothing_answers() -> None:
    answers = {
        "none": True,
        "none either": False,
        "some": True,
        "some more": False,
        "unknown": True,
    }
    asked = [
        Case(text, ("a",) if "some" in text else (), is_unanswerable="none" in text)
        for text in answers
    ]

    def ask(case: Case) -> dict[str, Any]:
        return {
            "passages": [],
            "citations": [],
            "abstained": answers[case.question],
            "seconds": 0.1,
        }

    rows = [row for row in measure.rows(asked, {"it": ask}) if isinstance(row, Row)]
    found = measure.summary(row.observed["it"] for row in rows)
    assert (
        found["refusal_precision"],
        found["refusal_recall"],
        found["refused_answerable"],
    ) == (0.5, 0.5, 0.5)


def test_seconds_are_the_median_and_the_slowest_but_one_in_twenty() -> None:
    found = measure.summary([{"seconds": [float(n)]} for n in range(1, 21)])
    assert found == {"median_seconds": 10.5, "p95_seconds": 19.0}
    assert measure.summary([]) == {}


def test_the_table_shows_targets_ratios_and_what_was_not_measured() -> None:
    text = measures_text(
        {"ours": {"a": 0.5, "b": 1.0}, "theirs": {"a": 0.25}}, {"a": "≥ .60", "b": "1"}
    )
    assert [line.split() for line in text.splitlines()] == [
        ["ours", "target", "theirs", "ratio"],
        ["a", "0.500", "≥", ".60", "0.250", "2.00"],
        ["b", "1.000", "1", "-"],
    ]


def test_a_question_that_cannot_be_asked_is_left_out(assistant: Assistant) -> None:
    asked = [Case("???", origin="asked.jsonl, line 1"), Case("Is the harbour open?")]
    skipped, row = measure.rows(asked, {"ours": measure.on_record(assistant)})
    assert isinstance(skipped, Skipped) and skipped.origin == "asked.jsonl, line 1"
    assert isinstance(row, Row)


def test_the_tutorial_pipeline_finds_places_of_the_text(
    embeddings: SentenceEmbeddings,
) -> None:
    long = Article(
        "long",
        "The sea is calm. " * 100
        + "The ferry sails at noon. "
        + "The town is quiet. " * 100,
    )
    for _ in range(2):  # each run is by itself
        pipeline = Tutorial(embeddings)
        *_, chunks = pipeline.add([*SHELF, long])
        assert chunks >= 6
        found = pipeline.ask("When does the ferry sail?")
        assert (
            len(found["passages"]) == chunks
            and found["passages"][0]["article_id"] == "long"
        )
        best = found["citations"][0]
        assert long.text[best["start"] : best["end"]] == "The ferry sails at noon."
        assert found["answer"].startswith("The ferry sails at noon. [1]")


def test_the_tutorial_pipeline_over_nothing_answers_nothing(
    embeddings: SentenceEmbeddings,
) -> None:
    found = Tutorial(embeddings).ask("When?")
    assert (found["passages"], found["citations"], found["answer"]) == ([], [], "")


# The command

ASKED: list[dict[str, Any]] = [
    {
        "question": "What did Petrov say about the harbour?",
        "articles": ["Harbour open"],
        "speakers": ["Ivan Petrov"],
    },
    {
        "question": "and Dimova about the bridge?",
        "history": ["What did Petrov say about the harbour?"],
        "articles": ["bri"],
    },
    {"question": "What did Angela Merkel say about the harbour?", "unanswerable": True},
]


@pytest.fixture
def town(run: Run, tmp_path: Path) -> Run:
    """The command over two articles."""
    file = tmp_path / "town.jsonl"
    fields = ("id", "title", "text", "date", "url")
    file.write_text(
        "\n".join(
            json.dumps({name: getattr(one, name) for name in fields}) for one in SHELF
        ),
        "utf-8",
    )
    run("add", str(file))
    return run


def dataset(tmp_path: Path, *lines: object) -> str:
    path = tmp_path / "asked.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return str(path)


def test_evaluate_prints_both_beside_each_other(town: Run, tmp_path: Path) -> None:
    status, out, err = town("evaluate", dataset(tmp_path, *ASKED), "--compare")
    lines = {line.split()[0]: line.split()[1:] for line in out.splitlines()[1:]}
    assert (status, err) == (0, "")
    assert out.splitlines()[0] == "3 questions"
    assert lines["On"] == ["Record", "tutorial", "ratio"]
    assert (
        lines["hits@1"][0]
        == lines["citation_recall"][0]
        == lines["refusal_recall"][0]
        == "1.000"
    )
    assert lines["refusal_recall"][1] == "0.000" and lines["by_speaker"] == [
        "1.000",
        "-",
    ]


def test_evaluate_as_json_has_each_question(town: Run, tmp_path: Path) -> None:
    status, out, _ = town(
        "evaluate", dataset(tmp_path, *ASKED), "--json", "--limit", "2"
    )
    found = json.loads(out)
    assert (status, found["questions"]) == (0, 2)
    assert found["measures"]["On Record"]["hits@1"] == 1.0
    row = found["rows"][1]
    assert row["question"] == ASKED[1]["question"]
    assert [one["speaker"] for one in row["On Record"]["citations"]] == ["Ana Dimova"]
    assert (
        row["On Record"]["measures"]["citation_precision"] == 1.0
        and not row["On Record"]["abstained"]
    )


def test_evaluate_measures_the_good_lines_and_fails_for_the_bad(
    town: Run, tmp_path: Path
) -> None:
    path = dataset(tmp_path, {"question": 1}, ASKED[0], {"question": "???"})
    status, out, err = town("evaluate", path)
    assert (status, out.splitlines()[0]) == (1, "1 question")
    assert [line.split(": ")[1] for line in err.splitlines()] == [
        f"{path}, line 1",
        f"{path}, line 3",
    ]


class Interrupted(SentenceEmbeddings):
    """The real embeddings, until somebody presses Ctrl+C."""

    def embed_query(self, text: str) -> list[float]:
        if "Merkel" in text:
            raise KeyboardInterrupt
        return super().embed_query(text)


def test_an_interrupted_evaluation_prints_what_was_measured(
    town: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.models.loaders.load_embeddings", Interrupted)
    status, out, err = town("evaluate", dataset(tmp_path, *ASKED))
    assert (status, out.splitlines()[0]) == (130, "2 questions")
    assert err == "onrecord: interrupted after 2 of 3 questions.\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["evaluate"],
            "onrecord: Give a DATASET, or --from-feedback OUT.jsonl to make one of what readers thought.",
        ),
        (
            ["evaluate", "nowhere.jsonl"],
            "onrecord: nowhere.jsonl cannot be read (No such file or directory).",
        ),
        (
            ["evaluate", "nowhere.jsonl", "--limit", "0"],
            "onrecord: --limit is 0; give 1 or more.",
        ),
        (
            ["evaluate", "--from-feedback", "no/such/out"],
            "onrecord: --from-feedback no/such/out cannot be written",
        ),
    ],
)
def test_what_goes_wrong_is_one_line(
    arguments: list[str], message: str, town: Run
) -> None:
    status, out, err = town(*arguments)
    assert (
        (status, out) == (1, "")
        and err.startswith(message)
        and len(err.splitlines()) == 1
    )


def test_feedback_becomes_a_dataset_that_is_measured(
    town: Run, tmp_path: Path, embeddings: SentenceEmbeddings
) -> None:
    with Assistant(
        load({}, data=tmp_path / "data"), embeddings=embeddings
    ) as assistant:
        good = assistant.ask("What did Petrov say about the harbour?")
        bad = assistant.ask("What did Dimova say about the bridge?")
    for kept in (
        Feedback("2026-01-01", "useful", good.question.text, good.text, good.citations),
        Feedback(
            "2026-01-02",
            "wrong citation",
            bad.question.text,
            bad.text,
            bad.citations,
            1,
        ),
        Feedback(
            "2026-01-03",
            "missing",
            "What about the ferry?",
            bad.text,
            note="When it sails.",
        ),
    ):
        feedback.keep(tmp_path / "data", kept)
    listed = town("feedback")[1].splitlines()
    assert listed[1:] == [
        "2026-01-02  wrong citation [1]: What did Dimova say about the bridge?",
        "2026-01-03  missing: What about the ferry?",
        "            When it sails.",
    ]
    out = tmp_path / "out.jsonl"
    status, _, err = town("evaluate", "--from-feedback", str(out))
    assert (status, err.splitlines()) == (
        0,
        [
            f"3 questions written to {out}, nothing measured.",
            '1 of them need a hand: look for "todo".',
        ],
    )
    listing = json.loads(town("feedback", "--json")[1])
    assert [one["verdict"] for one in listing] == [
        "useful",
        "wrong citation",
        "missing",
    ]
    assert json.loads(town("evaluate", "--from-feedback", str(out), "--json")[1]) == {
        "file": str(out),
        "questions": 3,
        "todo": 1,
    }
    status, printed, err = town("evaluate", str(out), "--json")
    measures = json.loads(printed)["measures"]["On Record"]
    assert status == 1 and '"todo": complete the line by hand' in err
    assert (
        measures["citation_recall"],
        measures["citation_precision"],
        measures["by_speaker"],
    ) == (1.0, 0.5, 1.0)
