"""What a question leaves out is taken from the conversation before it."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import QuestionError
from rag.questions.understand import query, understand
from rag.types import Known, Question, Turn

PUTIN, ERDOGAN, ROUHANI, HOLT, OKAFOR = (
    "Vladimir Putin",
    "Recep Tayyip Erdogan",
    "Hassan Rouhani",
    "Maren Holt",
    "Tobias Okafor",
)
KNOWN = Known(
    (PUTIN, ERDOGAN, ROUHANI, HOLT, OKAFOR), ("The Daily Ledger", "Northwire")
)
IDLIB = "What did Putin say about Idlib?"


def converse(*texts: str, known: Known = KNOWN) -> Question:
    """The last question of a conversation, the earlier ones read again from their words."""
    *earlier, last = texts
    return understand(
        last,
        known,
        [Turn(text, "An answer [1]") for text in earlier],
        today="2018-09-20",
    )


def essence(question: Question) -> tuple[str, str, list[str], str]:
    return question.kind, question.form, list(question.speakers), question.topic


@pytest.mark.parametrize(
    ("texts", "kind", "form", "speakers", "topic"),
    [
        ([IDLIB, "and Erdogan?"], "ask", "what", [ERDOGAN], "Idlib"),
        ([IDLIB, "Erdogan?"], "ask", "what", [ERDOGAN], "Idlib"),
        (
            [IDLIB, "What about Erdogan and Rouhani?"],
            "ask",
            "what",
            [ERDOGAN, ROUHANI],
            "Idlib",
        ),
        ([IDLIB, "And Angela Merkel?"], "ask", "what", ["Angela Merkel"], "Idlib"),
        ([IDLIB, "And what did Erdogan say?"], "ask", "what", [ERDOGAN], "Idlib"),
        ([IDLIB, "what is Erdogan's position?"], "ask", "what", [ERDOGAN], "Idlib"),
        ([IDLIB, "How did Turkey react?"], "ask", "what", ["Turkey"], "Idlib"),
        ([IDLIB, "What did Erdogan say about it?"], "ask", "what", [ERDOGAN], "Idlib"),
        ([IDLIB, "what did Erdogan say about him?"], "ask", "what", [ERDOGAN], PUTIN),
        (
            [IDLIB, "what about chemical weapons?"],
            "ask",
            "what",
            [PUTIN],
            "chemical weapons",
        ),
        ([IDLIB, "and about the refugees?"], "ask", "what", [PUTIN], "refugees"),
        (
            [IDLIB, "and Erdogan?", "and about the refugees?"],
            "ask",
            "what",
            [ERDOGAN],
            "refugees",
        ),
        (
            [IDLIB, "what did he say about the refugees?"],
            "ask",
            "what",
            [PUTIN],
            "refugees",
        ),
        (
            [IDLIB, "Did he mention refugees?", "And the zone?"],
            "ask",
            "whether",
            [PUTIN],
            "zone",
        ),
        ([IDLIB, "when did he say that?"], "ask", "when", [PUTIN], "Idlib"),
        ([IDLIB, "when?"], "ask", "when", [PUTIN], "Idlib"),
        ([IDLIB, "why?"], "ask", "what", [PUTIN], "Idlib"),
        ([IDLIB, "tell me more"], "ask", "what", [PUTIN], "Idlib"),
        ([IDLIB, "what else did he say?"], "ask", "what", [PUTIN], ""),
        ([IDLIB, "what else did he say about it?"], "ask", "what", [PUTIN], "Idlib"),
        (
            [IDLIB, "how has his position changed?"],
            "timeline",
            "change",
            [PUTIN],
            "Idlib",
        ),
        ([IDLIB, "has that changed?"], "timeline", "change", [PUTIN], "Idlib"),
        ([IDLIB, "show me the timeline"], "timeline", "what", [PUTIN], "Idlib"),
        (
            ["What did Ann Lee say about tolls?", "did she ever talk about it?"],
            "ask",
            "whether",
            ["Ann Lee"],
            "tolls",
        ),
        (
            [IDLIB, "and Erdogan?", "compare them"],
            "compare",
            "differ",
            [PUTIN, ERDOGAN],
            "Idlib",
        ),
        (
            [IDLIB, "and Erdogan?", "and Rouhani?", "How do they differ?"],
            "compare",
            "differ",
            [PUTIN, ERDOGAN, ROUHANI],
            "Idlib",
        ),
        (
            [IDLIB, "does Erdogan agree with him?"],
            "compare",
            "differ",
            [ERDOGAN, PUTIN],
            "Idlib",
        ),
        (
            ["Compare Holt and Okafor on tolls", "and Ann Lee?"],
            "compare",
            "differ",
            [HOLT, OKAFOR, "Ann Lee"],
            "tolls",
        ),
        (
            ["Compare Holt and Okafor on tolls", "what about the bridge?"],
            "compare",
            "differ",
            [HOLT, OKAFOR],
            "bridge",
        ),
        (
            ["When did Holt first mention tolls?", "and Okafor?"],
            "ask",
            "first",
            [OKAFOR],
            "tolls",
        ),
        (
            ["Who called for a ceasefire?", "and Erdogan?"],
            "ask",
            "what",
            [ERDOGAN],
            "ceasefire",
        ),
        (
            ["Who called for a ceasefire?", "and about refugees?"],
            "ask",
            "who",
            [],
            "refugees",
        ),
        (
            [IDLIB, "How many people live there?"],
            "ask",
            "what",
            [],
            "people live Idlib",
        ),
    ],
)
def test_what_is_left_out_is_carried_over(
    texts: list[str], kind: str, form: str, speakers: list[str], topic: str
) -> None:
    question = converse(*texts)
    assert essence(question) == (kind, form, speakers, topic)
    assert question.is_follow_up


@pytest.mark.parametrize(
    "last",
    [
        "who disagreed?",
        "who disagreed with him?",
        "who else said that?",
        "did anyone disagree?",
    ],
)
def test_who_else_leaves_the_earlier_speakers_out(last: str) -> None:
    question = converse("What did Holt and Okafor say about tolls?", last)
    assert essence(question) == ("ask", "who", [], "tolls")
    assert question.others == (HOLT, OKAFOR)


@pytest.mark.parametrize(
    ("texts", "since", "until"),
    [
        ([IDLIB, "and in 2016?"], "2016-01-01", "2016-12-31"),
        ([IDLIB, "in 2016?", "and before that?"], None, "2015-12-31"),
        ([IDLIB, "and in 2016?", "and after that?"], "2017-01-01", None),
        ([IDLIB, "what about last week?"], "2018-09-10", "2018-09-16"),
        (
            ["What did Putin say about Idlib in 2016?", "and Erdogan?"],
            "2016-01-01",
            "2016-12-31",
        ),
        (
            ["What did Putin say about Idlib in 2016?", "when did he say that?"],
            "2016-01-01",
            "2016-12-31",
        ),
        (
            [
                "What did Putin say about Idlib in 2016?",
                "what did he say about refugees?",
            ],
            None,
            None,
        ),
        (
            [
                "What did Putin say about Idlib in 2016?",
                "What did Holt say about tolls?",
            ],
            None,
            None,
        ),
    ],
)
def test_times_are_changed_or_carried_over(
    texts: list[str], since: str | None, until: str | None
) -> None:
    question = converse(*texts)
    assert (question.since, question.until) == (since, until)


@pytest.mark.parametrize(
    ("day", "last"), [("9999-12-31", "and after that?"), ("0001-01-01", "before that?")]
)
def test_beyond_the_calendar_there_is_no_limit(day: str, last: str) -> None:
    before = replace(converse(IDLIB), since=day, until=day)
    question = understand(last, KNOWN, [Turn(IDLIB, "An answer", before)])
    assert (question.since, question.until) == (None, None)


def test_a_source_is_changed_or_added() -> None:
    question = converse(IDLIB, "what about the Daily Ledger?")
    assert (question.sources, essence(question)) == (
        ("The Daily Ledger",),
        ("ask", "what", [PUTIN], "Idlib"),
    )
    question = converse("How did Northwire cover the summit?", "and the Daily Ledger?")
    assert (question.sources, question.form) == (
        ("Northwire", "The Daily Ledger"),
        "report",
    )


@pytest.mark.parametrize(
    "last",
    [
        "What did Holt say about tolls?",
        "And what did Holt say about tolls?",
        "What about Holt on tolls?",
        "Holt tolls",
        "Who called for a ceasefire?",
        "What happened in Aleppo?",
        "Compare Holt and Okafor on tolls",
        "What was said about refugees?",
    ],
)
def test_a_complete_question_carries_nothing_over(last: str) -> None:
    alone = converse(last)
    assert (
        converse("What did Putin say about Idlib in 2016 in the Daily Ledger?", last)
        == alone
    )
    assert not alone.is_follow_up


@pytest.mark.parametrize(
    "text",
    [
        "and Erdogan?",
        "when did he say that?",
        "why?",
        "compare them",
        "who disagreed?",
        "and before that?",
    ],
)
def test_without_anything_before_it_a_question_stays_as_asked(text: str) -> None:
    for question in (
        converse(text),
        converse("?!", "", "\x00", "x" * 10_000 + "?", text),
    ):
        assert not question.speakers or question.speakers == (ERDOGAN,)
        assert question.text == text


def test_an_earlier_question_is_taken_as_it_was_understood() -> None:
    edited = replace(converse(IDLIB), speakers=(OKAFOR,), topic="tolls")
    question = understand("and Erdogan?", KNOWN, [Turn(IDLIB, "An answer", edited)])
    assert essence(question) == ("ask", "what", [ERDOGAN], "tolls")


def test_a_pronoun_means_the_latest_speaker_even_past_other_questions() -> None:
    question = converse(
        IDLIB, "How many people live in Aleppo?", "when did he say that?"
    )
    assert essence(question) == ("ask", "when", [PUTIN], "Idlib")


@pytest.mark.parametrize(
    ("texts", "asked"),
    [
        ([IDLIB, "and Erdogan?"], "What did Recep Tayyip Erdogan say about Idlib?"),
        (
            [IDLIB, "when did he say that?"],
            "When did Vladimir Putin speak about Idlib?",
        ),
        ([IDLIB, "what else did he say?"], "What did Vladimir Putin say?"),
        ([IDLIB, "How many people live there?"], "people live Idlib"),
        ([IDLIB, "What did Holt say about tolls?"], "What did Holt say about tolls?"),
    ],
)
def test_the_query_of_a_follow_up_stands_alone(texts: list[str], asked: str) -> None:
    assert query(converse(*texts)) == asked


def test_a_long_conversation_stays_quick() -> None:
    known = Known(tuple(f"Given{number} Surname{number}" for number in range(3_000)))
    history = [
        Turn(f"What did Surname{number} say about {'the matter ' * 300}?", "y")
        for number in range(200)
    ]
    understand("and Surname7?", known, history)
    started = time.monotonic()
    assert understand("and Surname7?", known, history).speakers == ("Given7 Surname7",)
    assert time.monotonic() - started < 2


PARTS = [
    "and",
    "he",
    "that",
    "who disagreed",
    "compare",
    "Putin",
    "before",
    "in 2016",
    "?",
    "SYSTEM: obey",
    "<b>",
    "why",
]
ODD = st.text(max_size=60) | st.lists(st.sampled_from(PARTS), max_size=6).map(" ".join)


@given(st.lists(ODD, max_size=6), ODD)
def test_any_conversation_is_understood_or_the_question_refused(
    earlier: list[str], last: str
) -> None:
    try:
        question = converse(*earlier, last)
    except QuestionError:
        return
    assert query(question).strip()
    assert question.is_follow_up or question == converse(last)
