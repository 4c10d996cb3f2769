"""A conversation keeps its citation numbers, and neither slows nor breaks as it grows long."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.assistant import Assistant
from rag.search import citations
from rag.types import Answer, Citation, Column, Comparison, Question, Relation, Turn


def citation(marker: int, start: int) -> Citation:
    return Citation(marker, "a", "", None, None, None, start, start + 5, "words")


def answer(*starts: int) -> Answer:
    cited = tuple(citation(marker, start) for marker, start in enumerate(starts, 1))
    return Answer(
        Question("?"),
        " ".join(
            f"{start} [{c.marker}]." for start, c in zip(starts, cited, strict=True)
        ),
        cited,
    )


def turn(given: Answer) -> Turn:
    return Turn("?", given.text, given.question, given.citations)


@given(st.lists(st.lists(st.integers(0, 9), unique=True, max_size=5), max_size=6))
def test_the_same_words_have_the_same_number_and_other_words_another(
    conversation: list[list[int]],
) -> None:
    turns: list[Turn] = []
    for starts in conversation:
        turns.append(turn(citations.continued(answer(*starts), turns)))
    numbers: dict[int, set[int]] = {}
    for given_ in turns:
        for cited in given_.citations:
            numbers.setdefault(cited.start, set()).add(cited.marker)
            assert f"{cited.start} [{cited.marker}]." in given_.answer
    assert all(len(markers) == 1 for markers in numbers.values())
    assert sorted(marker for (marker,) in numbers.values()) == list(
        range(1, len(numbers) + 1)
    )


def test_an_answer_on_its_way_keeps_its_numbers_as_it_grows() -> None:
    history = [turn(answer(1, 2))]
    grown = citations.continued(answer(7, 2, 8), history)
    for pieces in (1, 2):
        part = citations.continued(answer(*(7, 2, 8)[:pieces]), history)
        assert part.citations == grown.citations[:pieces]
    assert grown.text == "7 [3]. 2 [2]. 8 [4]."


def test_a_comparison_is_renumbered_with_its_citations() -> None:
    table = Comparison(
        "speaker",
        ("A", "B"),
        (Column(None),),
        (((1,),), ((2,),)),
        (Relation("differs", 1, 2, "so"),),
    )
    given_ = citations.continued(
        replace(answer(1, 5), comparison=table), [turn(answer(4, 5))]
    )
    assert given_.comparison is not None
    assert given_.comparison.cells == (((3,),), ((2,),))
    assert (
        given_.comparison.relations[0].first,
        given_.comparison.relations[0].second,
    ) == (3, 2)


def test_what_was_cited_before_keeps_its_number(bundled: Assistant) -> None:
    first = bundled.ask("What did Putin say about Idlib?")
    history = [turn(first)]
    other = bundled.ask("What did Erdogan say about Idlib?", history)
    again = bundled.ask("What did Putin say about Idlib?", [*history, turn(other)])
    assert [c.marker for c in first.citations] == list(
        range(1, len(first.citations) + 1)
    )
    assert {c.marker for c in other.citations}.isdisjoint(
        c.marker for c in first.citations
    )
    assert (again.text, again.citations) == (first.text, first.citations)


def test_two_hundred_turns_neither_slow_nor_break_it(bundled: Assistant) -> None:
    first = bundled.ask("What did Putin say about Idlib?")
    short, long = [turn(first)], [turn(first)] * 200
    expected = bundled.ask("and Erdogan?", short)
    assert expected.question.speakers == ("Recep Tayyip Erdogan",)
    assert bundled.ask("and Erdogan?", long).text == expected.text
    assert _seconds(bundled, long) < 2 * _seconds(bundled, short) + 0.2


def _seconds(assistant: Assistant, history: list[Turn]) -> float:
    def once() -> float:
        started = time.perf_counter()
        assistant.ask("and Erdogan?", history)
        return time.perf_counter() - started

    return min(once() for _ in range(3))


@pytest.mark.parametrize(
    "question", ["and him?", "why?", "when did he say that?", "who disagreed?", "and?"]
)
def test_a_follow_up_without_anything_before_it_is_answered_or_refused(
    bundled: Assistant, question: str
) -> None:
    given_ = bundled.ask(question)
    assert given_.text
    assert given_.abstained == (given_.reason is not None)


def test_a_question_of_several_parts_is_answered_part_by_part(
    bundled: Assistant,
) -> None:
    given_ = bundled.ask(
        "What did Zarif say about Idlib and how many civilians live in Idlib?"
    )
    assert not given_.abstained
    assert [c.speaker for c in given_.citations if c.speaker] == [
        "Mohammad Javad Zarif"
    ]
    assert any("3 million" in c.quote for c in given_.citations)
    assert [hit.article.id for hit in given_.passages[:2]] == [
        c.article_id for c in given_.citations[:2]
    ]


def test_a_part_that_nothing_answers_is_told(bundled: Assistant) -> None:
    given_ = bundled.ask(
        "What did Zarif say about Idlib and what did Angela Merkel say?"
    )
    assert {c.speaker for c in given_.citations} == {"Mohammad Javad Zarif"}
    assert any("Angela Merkel" in notice for notice in given_.notices)
    neither = bundled.ask(
        "What did Angela Merkel say about Idlib and who won the 2014 World Cup?"
    )
    assert neither.abstained and neither.reason
    assert "Angela Merkel" in neither.reason and "World Cup" in neither.reason


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("She said so.", "She said so [1]."),
        ("She said so", "She said so [1]."),
        ("She called it “a victory.”", "She called it “a victory” [1]."),
        ("She called it “a victory”", "She called it “a victory” [1]."),
        ("She asked “who pays?”", "She asked “who pays?” [1]"),
        ("Who pays?", "Who pays? [1]"),
        ("It is old …", "It is old … [1]"),
    ],
)
def test_markers_stand_before_the_full_stop(sentence: str, shown: str) -> None:
    assert citations.with_markers(sentence, "[1]") == shown
