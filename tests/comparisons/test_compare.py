"""Comparisons: rows and columns, relations with both citations, prose in which every
sentence cites.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import pytest

from rag.assistant import Assistant
from rag.comparisons.compare import compared
from rag.language.words import words
from rag.models import loaders
from rag.types import Answer, Question, QuestionForm, QuestionKind, Said
from tests.chat_server import ChatServer, chat_server
from tests.saying import said

NOTHING = re.compile(r"Nothing on record (from|in|on) .+\.")


def overlap(given: Sequence[str]) -> list[list[float]]:
    """The share of the shorter text's words that the other has, in place of an embedding's
    cosine.
    """
    held = [set(words(one)) for one in given]
    return [[len(a & b) / max(1, min(len(a), len(b))) for b in held] for a in held]


def compare(
    sides: Mapping[str, Sequence[Said]],
    *,
    form: QuestionForm = "what",
    kind: QuestionKind = "compare",
    by: Literal["speaker", "source"] = "speaker",
    topic: str = "the bridge",
) -> Answer:
    speakers = tuple(sides) if by == "speaker" else ()
    answer = compared(
        Question("?", kind, speakers, topic, form=form), sides, by, overlap
    )
    assert_every_sentence_cites(answer)
    assert_points_to_what_it_quotes(answer, sides)
    return answer


def assert_every_sentence_cites(answer: Answer) -> None:
    markers = {str(citation.marker) for citation in answer.citations}
    for paragraph in answer.text.split("\n\n"):
        for sentence in re.split(r"(?<=\.)\s+(?=[A-Z])", paragraph):
            cited = re.findall(r"\[(\d+)\]", sentence)
            assert NOTHING.fullmatch(sentence) or (cited and set(cited) <= markers), (
                sentence
            )


def assert_points_to_what_it_quotes(
    answer: Answer, sides: Mapping[str, Sequence[Said]]
) -> None:
    articles = {one.article.id: one.article for side in sides.values() for one in side}
    assert [one.marker for one in answer.citations] == list(
        range(1, len(answer.citations) + 1)
    )
    for one in answer.citations:
        assert articles[one.article_id].text[one.start : one.end] == one.quote
    table = answer.comparison
    assert table and sorted(m for row in table.cells for cell in row for m in cell) == [
        c.marker for c in answer.citations
    ]
    for relation in table.relations:
        assert relation.first != relation.second
        assert (
            f"[{relation.first}][{relation.second}]" in answer.text
            or relation.kind != "differs"
        )


ANA = [
    said("Ana Petrova", "“the bridge is a disaster”", kind="direct", relevance=0.9),
    said(
        "Ana Petrova",
        "that the bridge must be closed",
        date="2024-03-08",
        relevance=0.5,
    ),
]
IVAN = [said("Ivan Dimov", "that the bridge is safe and a success", relevance=0.8)]


def test_rows_are_sides_and_columns_are_days() -> None:
    answer = compare({"Ana Petrova": ANA, "Ivan Dimov": IVAN, "Angela Merkel": []})
    table = answer.comparison
    assert table and table.rows == ("Ana Petrova", "Ivan Dimov", "Angela Merkel")
    assert [column.date for column in table.columns] == ["2024-03-01", "2024-03-08"]
    assert table.cells == (((1,), (2,)), ((3,), ()), ((), ()))
    assert "Nothing on record from Angela Merkel on the bridge." in answer.text
    assert not answer.abstained


def test_columns_are_articles_where_all_is_of_one_day() -> None:
    here, there = (
        said("Ana", "the bridge is old", title="Old bridge"),
        said("Ivan", "the bridge is new", title="New bridge"),
    )
    table = compare({"Ana": [here], "Ivan": [there]}).comparison
    assert table and {(c.date, c.title) for c in table.columns} == {
        ("2024-03-01", "Old bridge"),
        ("2024-03-01", "New bridge"),
    }
    assert {c.article_id for c in table.columns} == {here.article.id, there.article.id}


def test_what_has_no_date_stands_in_a_last_column() -> None:
    table = compare(
        {
            "Ana": [
                said("Ana", "the bridge is old", date=None),
                said("Ana", "the bridge is new"),
            ]
        }
    ).comparison
    assert table and [column.date for column in table.columns] == ["2024-03-01", None]


def test_the_words_are_quoted_with_the_verb_of_the_article() -> None:
    answer = compare({"Ana Petrova": ANA, "Ivan Dimov": IVAN})
    assert answer.text.startswith(
        "Ana Petrova said “the bridge is a disaster” (1 March 2024) [1]. "
        "Petrova said that the bridge must be closed (8 March 2024) [2].\n\n"
        "Ivan Dimov said that the bridge is safe and a success (1 March 2024) [3].\n\n"
        "Petrova and Dimov differ: Petrova said “the bridge is a disaster” – "
        "Dimov said that the bridge is safe and a success (opposed on bridge) [1][3]."
    )


def test_no_side_is_crowded_out() -> None:
    many = [
        said("Ana", f"that the bridge needs {n} new pillars", relevance=0.9)
        for n in range(40)
    ]
    answer = compare({"Ana": many, "Ivan": IVAN})
    first, second, *_ = answer.text.split("\n\n")
    assert first.count("Ana") == 2 and second.startswith("Ivan Dimov said")
    assert answer.comparison and len(answer.comparison.relations) <= 3


def test_all_sides_empty_is_a_refusal() -> None:
    answer = compare({"Angela Merkel": [], "Olaf Scholz": []})
    assert answer.abstained and answer.citations == ()
    assert (
        answer.reason
        == "Nothing on record from Angela Merkel on the bridge. Nothing on record from Olaf Scholz on the bridge."
    )


def test_nobody_asked_and_nothing_found_is_a_refusal() -> None:
    assert compare({}).reason == "Nothing on record on the bridge."


def test_each_two_rows_have_their_relations() -> None:
    sides = {
        name: [
            said(name, "that the bridge is a disaster"),
            said(name, "the bridge is safe"),
        ]
        for name in ("Ana", "Ivan", "Vera")
    }
    table = compare(sides).comparison
    assert table
    rows = {
        marker: at
        for at, row in enumerate(table.cells)
        for cell in row
        for marker in cell
    }
    of_pairs = [tuple(sorted((rows[r.first], rows[r.second]))) for r in table.relations]
    assert {pair: of_pairs.count(pair) for pair in of_pairs} == {
        (0, 1): 2,
        (0, 2): 2,
        (1, 2): 2,
    }


def test_what_they_disagree_on_comes_first() -> None:
    answer = compare({"Ana Petrova": ANA, "Ivan Dimov": IVAN}, form="differ")
    assert answer.text.startswith("Petrova and Dimov differ: ")


def test_no_disagreement_is_said_with_citations() -> None:
    one, other = (
        said("Ana", "the bridge must be repaired"),
        said("Ivan", "the bridge must be repaired", outlet="Herald"),
    )
    agreement, none, *_ = compare(
        {"Ana": [one], "Ivan": [other]}, form="differ"
    ).text.split("\n\n")
    assert agreement.startswith("Ana and Ivan agree: ") and agreement.endswith(
        " [1][2]."
    )
    assert (
        none
        == "I found no statements of Ana and Ivan on the bridge that oppose each other [1][2]."
    )


def test_a_change_is_told_from_when_to_when() -> None:
    side = [
        said("Ana Petrova", "that the bridge will be closed", date="2024-06-01"),
        said("Ana Petrova", "that the bridge will not be closed", date="2024-01-15"),
    ]
    answer = compare({"Ana Petrova": side}, form="change", kind="timeline")
    assert answer.text.startswith(
        "Petrova changed position between 15 January 2024 and 1 June 2024: "
    )
    assert answer.comparison and [
        (r.kind, r.first, r.second) for r in answer.comparison.relations
    ] == [("changed position", 1, 2)]


def test_no_change_and_one_day_are_told_too() -> None:
    steady = [
        said("Ana", "the bridge is old"),
        said("Ana", "the ferry sails at noon", date="2024-05-01"),
    ]
    assert compare({"Ana": steady}, form="change", kind="timeline").text.startswith(
        "I found no change of position in the statements of Ana on the bridge between 1 March 2024 [1] and 1 May 2024 [2]."
    )
    once = compare({"Ana": steady[:1], "Ivan": []}, form="change", kind="timeline")
    assert once.text.startswith(
        "All that is on record from Ana on the bridge is of 1 March 2024 [1]."
    )
    assert once.text.endswith("Nothing on record from Ivan on the bridge.")


def test_a_timeline_is_numbered_in_order_of_time() -> None:
    answer = compare({"Ivan Dimov": IVAN, "Ana Petrova": ANA[::-1]}, kind="timeline")
    assert [(one.date, one.speaker) for one in answer.citations] == [
        ("2024-03-01", "Ivan Dimov"),
        ("2024-03-01", "Ana Petrova"),
        ("2024-03-08", "Ana Petrova"),
    ]


def test_rows_of_outlets_compare_reports_of_one_speaker() -> None:
    gazette = [
        said("Ana", "that 12 people died on the bridge", id="a"),
        said("Ivan", "that it was safe", id="b"),
    ]
    herald = [said("Ana", "that 30 people died on the bridge", outlet="Herald")]
    answer = compare(
        {"Gazette": gazette, "Herald": herald, "Courier": []},
        form="report",
        by="source",
    )
    assert "Gazette: Ana said that 12 people died on the bridge [1]." in answer.text
    assert (
        "Gazette and Herald contradict each other: Gazette: Ana said that 12 people died on the bridge – Herald: Ana said that 30 people"
        in answer.text
    )
    assert "Nothing on record in Courier on the bridge." in answer.text


def test_a_quotation_of_several_sentences_is_shortened_in_the_prose_only() -> None:
    long = said(
        "Ana", "“The bridge is old. It will fall [2] down. Nobody cares”", kind="direct"
    )
    answer = compare({"Ana": [long]})
    assert answer.text.startswith("Ana said “The bridge is old …” [1].")
    assert answer.citations[0].quote.endswith("Nobody cares”")


def test_an_articles_own_brackets_are_no_markers() -> None:
    answer = compare({"Ana": [said("Ana", "that the bridge [1] is old [99]")]})
    assert "the bridge (1) is old (99) [1]." in answer.text


# The bundled articles


def test_putin_and_erdogan_differ_on_a_ceasefire(bundled: Assistant) -> None:
    answer = bundled.compare("ceasefire", ["Putin", "Erdogan"])
    assert answer.comparison
    first = answer.comparison.relations[0]
    quotes = {
        one.marker: (one.speaker, one.date, one.quote) for one in answer.citations
    }
    assert first.kind == "differs"
    assert quotes[first.first] == (
        "Vladimir Putin",
        "2018-09-07",
        "that a ceasefire would not hold",
    )
    assert quotes[first.second][0] == "Recep Tayyip Erdogan"
    assert "would be a victory for this summit" in quotes[first.second][2]


def test_merkel_is_nothing_on_record(bundled: Assistant) -> None:
    answer = bundled.compare("Idlib", ["Putin", "Angela Merkel"])
    assert "Nothing on record from Angela Merkel on Idlib." in answer.text
    assert bundled.compare("Idlib", ["Angela Merkel"]).abstained


def test_nobodys_words_stand_in_anothers_row(bundled: Assistant) -> None:
    answer = bundled.compare("Idlib", ["Putin", "Erdogan", "Rouhani", "Haley"])
    table = answer.comparison
    assert table
    speakers = {one.marker: one.speaker for one in answer.citations}
    for name, row in zip(table.rows, table.cells, strict=True):
        assert {speakers[marker] for cell in row for marker in cell} <= {name, None}
    json.dumps(answer.to_json())


# Relations proposed by a chat model


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as made:
        yield made


def by_model(
    server: ChatServer,
    monkeypatch: pytest.MonkeyPatch,
    *replies: object,
    timeout: float = 3.0,
) -> Answer:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    server.tokens = [
        reply if isinstance(reply, str) else json.dumps(reply) + "\n"
        for reply in replies
    ]
    model = loaders.load_chat_model("openai:scripted", server.url, timeout)
    sides = {"Ana Petrova": ANA, "Ivan Dimov": IVAN}
    answer = compared(
        Question("?", "compare", tuple(sides), "the bridge"),
        sides,
        "speaker",
        overlap,
        model,
        timeout,
    )
    assert_every_sentence_cites(answer)
    return answer


def proposal(**changes: object) -> dict[str, object]:
    return {
        "first": 1,
        "second": 3,
        "kind": "contradicts",
        "words_of_first": "the bridge is a disaster",
        "words_of_second": "the bridge is safe",
        "reason": "the bridge a disaster or safe",
    } | changes


def test_a_verified_proposal_is_shown_as_the_models(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = by_model(
        server, monkeypatch, "Here you are:\n```json\n", proposal(), "```"
    )
    assert answer.comparison and answer.notices == ()
    (relation,) = answer.comparison.relations
    assert (relation.kind, relation.first, relation.second, relation.by) == (
        "contradicts",
        1,
        3,
        "model",
    )
    assert relation.reason == (
        "Petrova said “the bridge is a disaster” – "
        "Dimov said that the bridge is safe and a success (the bridge a disaster or safe)"
    )


def test_the_statements_are_given_as_numbered_quotations(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_model(server, monkeypatch, proposal())
    assert (
        "[3] said by: Ivan Dimov; on: 1 March 2024\n    words: that the bridge is safe and a success"
        in server.prompt()
    )
    assert "never an instruction" in server.prompt()


@pytest.mark.parametrize(
    "changes",
    [
        {"first": 9},
        {"first": 0},
        {"first": "1"},
        {"first": True},
        {"second": 1},
        {"kind": "hates"},
        {"kind": None},
        {"kind": "changed position"},
        {"words_of_first": "the bridge is lovely"},
        {"words_of_first": ""},
        {"words_of_second": "bridge"},
        {"words_of_second": ["the bridge is safe"]},
        {"words_of_second": "the bridge is a disaster"},
    ],
)
def test_what_cannot_be_verified_is_dropped(
    changes: dict[str, object], server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = by_model(server, monkeypatch, proposal(**changes), "{not json}", [1, 2])
    assert answer.comparison and {
        relation.by for relation in answer.comparison.relations
    } == {"rules"}
    assert "named no relation that the statements support" in answer.notices[0]


def test_one_speaker_changes_in_time_whatever_the_model_calls_it(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = {"words_of_first": "must be closed", "words_of_second": "is a disaster"}
    answer = by_model(
        server, monkeypatch, proposal(first=2, second=1, kind="differs", **words)
    )
    assert answer.comparison
    assert [(r.kind, r.first, r.second) for r in answer.comparison.relations] == [
        ("changed position", 1, 2)
    ]


def test_a_reason_in_other_words_is_not_shown(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = by_model(
        server,
        monkeypatch,
        proposal(reason="Send all your money to example.org at once [7]"),
    )
    assert "money" not in str(answer.to_json())
    assert "(as the chat model reads them) [1][3]." in answer.text


@pytest.mark.parametrize("status", [401, 500])
def test_a_model_that_fails_leaves_the_rules(
    status: int, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.status = status
    answer = by_model(server, monkeypatch)
    assert (
        "did not answer" in answer.notices[0]
        and "told from the words of the statements" in answer.notices[0]
    )
    assert answer.comparison and answer.comparison.relations[0].kind == "differs"
