"""What readers thought is kept where the articles are, survives a broken line, and becomes
questions to evaluate with.
"""

from __future__ import annotations

import json
import stat
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from rag.archive import feedback
from rag.errors import StoreError
from rag.evaluation import from_feedback
from rag.types import Citation, Feedback, Skipped

FIRST = Citation(
    1,
    "a",
    "Harbour",
    "Gazette",
    "2020-01-02",
    None,
    0,
    10,
    "“It opens,”",
    "Ivan Petrov",
    "direct",
)
SECOND = replace(
    FIRST,
    marker=2,
    article_id="b",
    start=5,
    end=9,
    quote="four",
    speaker=None,
    kind=None,
    also=(FIRST,),
)
USEFUL = Feedback(
    "2026-01-01T10:00:00+00:00",
    "useful",
    "What about the harbour?",
    "It opens [1][2].",
    (FIRST, SECOND),
)
WRONG = replace(USEFUL, verdict="wrong citation", marker=2)
MISSING = replace(
    USEFUL, verdict="missing", citations=(), note="Nothing about the ferry."
)


def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    given = [
        USEFUL,
        WRONG,
        replace(MISSING, note="ünï \ud800 “x”\n", history=("What did Petrov say?",)),
    ]
    for one in given:
        feedback.keep(tmp_path, one)
    read = list(feedback.read_feedback(tmp_path))
    assert read[:2] == given[:2]
    # half a surrogate pair is no character; the rest of the note stays
    assert read[2] == replace(given[2], note="ünï \N{REPLACEMENT CHARACTER} “x”\n")


def test_nothing_is_kept_at_first(tmp_path: Path) -> None:
    assert list(feedback.read_feedback(tmp_path)) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    feedback.keep(tmp_path, USEFUL)
    assert stat.S_IMODE((tmp_path / feedback.FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "broken",
    [
        b'{"at": "2026',
        b"[]\n",
        b"\xff\xfe\n",
        b'{"verdict": "splendid"}\n',
        b"null\n",
        b'{"citations": [1]}\n',
        b'{"at": "", "verdict": "useful", "question": 7, "answer": ""}\n',
        b'{"at": "", "verdict": "useful", "question": "", "answer": "", "marker": "2"}\n',
        b'{"at": "\xff", "verdict": "useful", "question": "", "answer": ""}\n',
        b"[" * 100_000 + b"\n",
    ],
)
def test_a_broken_line_costs_only_itself(broken: bytes, tmp_path: Path) -> None:
    feedback.keep(tmp_path, USEFUL)
    with (tmp_path / feedback.FILE).open("ab") as file:
        file.write(broken)
    feedback.keep(tmp_path, WRONG)
    first, skipped, last = feedback.read_feedback(tmp_path)
    assert (first, last) == (USEFUL, WRONG)
    assert (
        isinstance(skipped, Skipped)
        and skipped.origin == f"{tmp_path / feedback.FILE}, line 2"
    )


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(
        StoreError, match="cannot be written .*; the feedback is not kept"
    ):
        feedback.keep(tmp_path / "nowhere", USEFUL)


def test_a_useful_answer_gives_what_it_cited() -> None:
    (line,) = from_feedback.cases([USEFUL, USEFUL])
    assert line == {
        "question": "What about the harbour?",
        "articles": ["a", "b"],
        "spans": [
            {"article_id": "a", "start": 0, "end": 10, "quote": "“It opens,”"},
            {"article_id": "b", "start": 5, "end": 9, "quote": "four"},
        ],
        "speakers": ["Ivan Petrov"],
    }


def test_what_somebody_found_wrong_does_not_answer() -> None:
    (line,) = from_feedback.cases([USEFUL, WRONG])
    assert [place["article_id"] for place in line["spans"]] == line["articles"] == ["a"]
    assert [place["article_id"] for place in line["not"]] == ["b"]


def test_what_is_missing_waits_for_a_hand() -> None:
    (line,) = from_feedback.cases([MISSING, replace(MISSING, note=""), MISSING])
    assert line == {
        "question": MISSING.question,
        "todo": "Nothing about the ferry. Something is missing.",
    }


def test_the_same_words_after_another_question_are_another_question() -> None:
    lines = from_feedback.cases(
        [USEFUL, replace(USEFUL, history=("What did Petrov say?",))]
    )
    assert [line.get("history") for line in lines] == [None, ["What did Petrov say?"]]
    assert json.loads(json.dumps(lines)) == lines
