"""How two statements stand to each other; above all what must not be called a contradiction."""

from __future__ import annotations

import re

import pytest

from rag.comparisons.relations import relate, said_together
from rag.types import Said
from tests.saying import said

NEAR = 0.8


def kind(one: Said, other: Said, similarity: float = NEAR) -> str | None:
    found = relate(one, other, similarity)
    assert found == relate(one, other, similarity)
    return found.kind if found else None


def pair(first: str, second: str) -> tuple[Said, Said]:
    return said("Ana Petrova", first), said("Ivan Dimov", second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            "The council will raise taxes next year",
            "the council will not raise taxes next year",
        ),
        ("House prices will rise this summer", "house prices will fall this summer"),
        ("12 people died in the factory fire", "30 people died in the factory fire"),
        ("The new tunnel will open on 3 May", "The tunnel will open on 17 May"),
        ("the vaccine is safe", "the vaccine isn't safe"),
        (
            "the merger was approved by the board",
            "the merger was rejected by the board",
        ),
        ("The minister resigned", "the minister never resigned"),
    ],
)
def test_an_explicit_opposite_contradicts(first: str, second: str) -> None:
    assert kind(*pair(first, second)) == "contradicts"
    assert kind(*pair(second, first)) == "contradicts"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("The vaccine is safe for adults", "the vaccine is not safe for children"),
        ("Sales rose in May", "Sales fell in June"),
        ("Taxes will rise", "Unemployment will fall"),
        ("We will sign the contract", "We will not sign the contract"),
        (
            "The government will not raise income tax",
            "the government will raise fuel tax",
        ),
        ("Turkey cannot take in more refugees", "Germany can take in more refugees"),
        ("at least 12 people died in the fire", "15 people died in the fire"),
        ("about 3 million people live there", "2.9 million people live there"),
        ("The plant in Leeds will close", "The plant in York will stay open"),
        (
            "The company will not only cut prices but also hire staff",
            "The company will cut prices and hire staff",
        ),
        ("12 people were hurt in the fire", "30 firefighters fought the fire"),
        ("The strike begins on 3 May", "the talks begin on 17 May"),
        (
            "vaccination must be mandatory for nurses",
            "vaccination should remain voluntary",
        ),
        ("The budget is not the last word", "the budget is the best in years"),
        ("There is no better vaccine", "the vaccine is good"),
        ("the merger talks went on for 3 weeks", "the merger talks involve 3 banks"),
    ],
)
def test_what_is_no_explicit_opposite_never_contradicts(
    first: str, second: str
) -> None:
    assert kind(*pair(first, second)) != "contradicts"
    assert kind(*pair(second, first)) != "contradicts"


def test_what_was_said_long_before_does_not_contradict() -> None:
    early, late = (
        said("Ana", "the bank will raise rates"),
        said("Ivan", "the bank will not raise rates", date="2024-11-01"),
    )
    assert kind(early, late) == "differs"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("the strike is necessary and will go on", "the strike is a mistake"),
        ("The budget is a disaster for schools", "the budget is good for families"),
        ("the takeover would be good for the bank", "the takeover would be dangerous"),
        (
            "vaccination must be mandatory for nurses",
            "vaccination should remain voluntary",
        ),
        ("a ceasefire would not hold", "a ceasefire would be a victory"),
        (
            "any attack on the town would result in a catastrophe",
            "there is no other way but fighting in the town",
        ),
        ("this is not a military operation", "they must stop their military campaign"),
    ],
)
def test_opposite_stances_towards_one_thing_differ(first: str, second: str) -> None:
    assert kind(*pair(first, second)) == "differs"
    assert kind(*pair(second, first)) == "differs"


def test_the_cue_takes_a_side() -> None:
    opposed, backed = (
        said("Ana", "the merger", cue="denounced"),
        said("Ivan", "the merger", cue="praised"),
    )
    found = relate(opposed, backed, 1.0)
    assert found and found.kind == "differs"
    assert found.reason.startswith("Ana denounced the merger – Ivan praised the merger")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("The budget is a disaster", "this budget is a terrible mistake"),
        ("a ceasefire would be good", "a ceasefire would be a victory"),
        ("there can be no military solution", "any attack would be a catastrophe"),
        (
            "the bridge must be repaired before winter",
            "before winter the bridge must be repaired",
        ),
    ],
)
def test_the_same_stance_agrees(first: str, second: str) -> None:
    assert kind(*pair(first, second)) == "agrees"


def test_what_is_said_before_a_but_agrees_only_in_part() -> None:
    conceded = said(
        "Ana", "a ceasefire would be good", after="But she doubted that it would last."
    )
    assert (
        kind(conceded, said("Ivan", "a ceasefire would be a victory"))
        == "differs in emphasis"
    )


def test_one_statement_of_several_speakers_is_their_agreement() -> None:
    assert said_together(said("Ana", "There can be no military solution.")) == (
        "together they said There can be no military solution"
    )


def test_one_speaker_repeats_or_changes_in_time() -> None:
    def on(date: str, content: str) -> Said:
        return said("Ana Petrova", content, date=date)

    assert (
        kind(
            on("2024-01-01", "the bridge must be repaired"),
            on("2024-06-01", "the bridge must be repaired"),
        )
        == "repeats"
    )
    assert (
        kind(
            on("2024-01-01", "We will not raise taxes"),
            on("2024-06-01", "taxes will be raised"),
        )
        == "changed position"
    )
    assert (
        kind(
            on("2024-01-01", "we will go on fighting the rebels"),
            on("2024-06-01", "a ceasefire with the rebels is right"),
        )
        == "changed position"
    )
    assert (
        kind(
            on("2024-01-01", "12 people died in the fire"),
            on("2024-01-02", "30 people died in the fire"),
        )
        == "changed position"
    )


def test_days_tell_the_statements_of_one_speaker_apart_and_outlets_those_of_one_day() -> (
    None
):
    first, later = (
        said("Ana", "We will not raise taxes"),
        said("Ana", "taxes will be raised", date="2024-06-01"),
    )
    found = relate(first, later, NEAR)
    assert (
        found
        and found.reason
        == "1 March 2024: Ana said We will not raise taxes – 1 June 2024: Ana said taxes will be raised (one denies it)"
    )
    other = said("Ana", "that 30 people died in the fire", outlet="Herald")
    found = relate(said("Ana", "that 12 people died in the fire"), other, NEAR)
    assert (
        found
        and found.kind == "contradicts"
        and found.reason.startswith("Gazette: Ana said that 12 people")
    )


@pytest.mark.parametrize("similarity", [-0.2, 0.0, 0.2])
def test_unrelated_statements_stand_in_no_relation(similarity: float) -> None:
    assert (
        kind(
            *pair(
                "The harbour of Varna is open again", "Inflation reached four percent"
            ),
            similarity,
        )
        is None
    )


@pytest.mark.parametrize(
    "content",
    [
        "…",
        "“”",
        "我们要和平",
        "!",
        "a" * 5000,
        "Peace, Mr A would, " * 50_000,
        "1 2 3 4",
        "[1] said [2]",
    ],
)
def test_any_words_can_be_compared(content: str) -> None:
    for one, other in (
        pair(content, "the harbour is open"),
        pair("the harbour is open", content),
        pair(content, content),
    ):
        found = relate(one, other, 0.9)
        assert found is None or not re.search(r"\[\d+\]", found.reason)


def test_the_words_of_the_reason_stand_in_the_statements() -> None:
    one = said(
        "Ana",
        "“Any attack on the town,” as I said, “would result in a catastrophe for us all, for the young and the old”",
    )
    other = said(
        "Ivan",
        "that there is, whatever they say in the capital, no other way but fighting",
    )
    found = relate(one, other, NEAR)
    assert found and found.kind == "differs"
    for quoted in re.findall(r": “([^”]+)”", found.reason):
        assert any(quoted in re.sub("[“”]", "", text.text) for text in (one, other))
