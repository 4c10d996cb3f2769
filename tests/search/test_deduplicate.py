"""Several reports of one statement are one statement; how many independent sources carry it."""

from __future__ import annotations

import pytest

from rag.language.names import short_names
from rag.search.citations import citation
from rag.search.deduplicate import merged
from rag.types import Said
from tests.saying import said

QUOTE = "“the harbour will be open to every ship that carries grain”"


def texts(found: list[Said]) -> list[tuple[str, ...]]:
    return [(one.text, *(report.text for report in one.also)) for one in found]


def test_the_earliest_report_stands_for_all_and_the_order_given_is_kept() -> None:
    other = said("Ana Petrova", "“Prices are another matter”", kind="direct")
    late = said(
        "Ana Petrova",
        f"that {QUOTE}",
        date="2024-03-09",
        kind="mixed",
        outlet="Herald",
        relevance=0.8,
    )
    early = said("Ana Petrova", QUOTE, date="2024-03-02", kind="direct", relevance=0.3)
    first, second = merged([late, other, early])
    assert (first.article.date, first.also[0].article.date) == (
        "2024-03-02",
        "2024-03-09",
    )
    assert first.relevance == 0.8
    assert second.statement == other.statement and second.also == ()


def test_of_one_day_the_fuller_report_comes_first() -> None:
    part, whole = (
        said("Ana", "“open to every ship that carries grain”"),
        said("Ana", QUOTE),
    )
    assert texts(merged([part, whole])) == [(whole.text, part.text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (QUOTE, '"The harbour will be open to every ship that carries grain"'),
        (
            "that the café's naïve plan “cannot succeed without new money”",
            "the cafe’s naive plan “cannot succeed without new money”",
        ),
        (
            "that ships which carry no grain would have to wait",
            "that ships which carry no grain would have to wait outside",
        ),
        (
            "that grain ships, among them the old ferries, would have to leave",
            "that grain ships, the old ferries among them, would have to leave the pier",
        ),
    ],
)
def test_spelling_marks_parts_and_order_make_no_other_statement(
    one: str, other: str
) -> None:
    assert len(merged([said("Ana", one), said("Ana", other, outlet="Herald")])) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "that we will raise the fees for all ships next year",
            "that we will not raise the fees for all ships next year",
        ),
        (
            "that 12 ships were lost in the storm of last night",
            "that 30 ships were lost in the storm of last night",
        ),
        (
            "that the fees for ships in the harbour will rise by May",
            "that the fees for ships in the harbour will fall by May",
        ),
        ("A ferry “would be good”", "A tunnel “would be good”"),
        ("that the harbour is open", "that the tunnel was closed"),
    ],
)
def test_a_denial_a_number_or_another_subject_makes_another_statement(
    one: str, other: str
) -> None:
    assert len(merged([said("Ana", one), said("Ana", other)])) == 2


def test_the_same_words_of_another_speaker_are_another_statement() -> None:
    assert len(merged([said("Ana Petrova", QUOTE), said("Ivan Petrov", QUOTE)])) == 2


def test_retold_months_later_it_was_said_again() -> None:
    content = "that ships which carry no grain would have to wait"
    assert (
        len(merged([said("Ana", content), said("Ana", content, date="2024-09-01")]))
        == 2
    )


def test_sentences_that_name_different_days_report_two_occasions() -> None:
    assert (
        len(
            merged(
                [
                    said("Ana", QUOTE, when="2024-03-01"),
                    said("Ana", QUOTE, when="2024-03-08"),
                ]
            )
        )
        == 2
    )
    assert (
        len(
            merged(
                [
                    said("Ana", QUOTE, when="2024-03"),
                    said("Ana", QUOTE, when="2024-03-08"),
                ]
            )
        )
        == 1
    )


def test_an_earlier_report_is_found_among_other_statements() -> None:
    late, early = (
        said("Ana", QUOTE, date="2024-03-09", relevance=0.5),
        said("Ana", QUOTE, date="2024-03-02"),
    )
    unasked = said("Ana", "that prices are another matter")
    (found,) = merged([late], among=[early, late, unasked])
    assert (found.date, found.relevance, len(found.also)) == ("2024-03-02", 0.5, 1)


BEFORE = "The storm had kept nineteen vessels outside the breakwater since Tuesday morning, and crews ran short of water. "
AFTER = "Pilots went out again at noon, the harbour master told a crowd of captains beside the customs house."


@pytest.mark.parametrize(
    ("reports", "sources"),
    [
        ([("Gazette", "", ""), ("Herald", "", "")], 2),
        ([("Gazette", "", ""), ("GAZETTE", "", "")], 1),
        ([("Gazette", BEFORE, AFTER), ("Herald", BEFORE, AFTER)], 1),
        (
            [
                ("Gazette", BEFORE, AFTER),
                ("Herald", BEFORE, AFTER),
                ("Courier", "Elsewhere rain fell all day. ", ""),
            ],
            2,
        ),
        ([(None, "", ""), (None, "It rained. ", "")], 2),
    ],
)
def test_outlets_count_once_and_so_do_copies(
    reports: list[tuple[str | None, str, str]], sources: int
) -> None:
    carried = [
        said("Ana", QUOTE, outlet=outlet, before=before, after=after)
        for outlet, before, after in reports
    ]
    (found,) = merged(carried)
    assert found.sources == sources


def test_merging_again_changes_nothing() -> None:
    once = merged(
        [
            said("Ana", QUOTE),
            said("Ana", QUOTE, outlet="Herald"),
            said("Ana", "that it rains in the harbour"),
        ]
    )
    assert merged(once) == once


def test_a_citation_points_to_the_words_of_every_report() -> None:
    (found,) = merged(
        [
            said("Ana", QUOTE, kind="direct"),
            said("Ana", QUOTE, outlet="Herald", when="2024-02-29"),
        ]
    )
    cited = citation(found, 7)
    assert (cited.marker, cited.speaker, cited.kind, cited.sources) == (
        7,
        "Ana",
        "direct",
        2,
    )
    assert [(report.marker, report.source, report.said) for report in cited.also] == [
        (7, "Herald", "2024-02-29")
    ]
    articles = {one.article.id: one.article.text for one in (found, *found.also)}
    for pointer in (cited, *cited.also):
        assert (
            articles[pointer.article_id][pointer.start : pointer.end]
            == pointer.quote
            == QUOTE
        )


def test_surnames_are_short_names_unless_two_share_one() -> None:
    names = ["Ana Petrova", "Ivan Petrov", "Vera Petrov", "The Harbour Board", "NATO"]
    assert list(short_names(names).values()) == [
        "Petrova",
        "Ivan Petrov",
        "Vera Petrov",
        "The Harbour Board",
        "NATO",
    ]


def test_many_statements_are_merged_in_a_moment() -> None:
    many = [
        said(
            "Ana",
            f"that ship number {n} of the line carries {n * 7} sacks of grain to port {n}",
        )
        for n in range(1500)
    ]
    assert len(merged([*many, *many[:5]])) >= 1500 - 5
