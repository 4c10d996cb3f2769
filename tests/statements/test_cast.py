"""Speakers: who a name, a title and a pronoun are, in one article and across articles."""

from __future__ import annotations

import pytest

from rag.language.names import matches, unify, variant
from rag.statements.extract import extract
from rag.types import Article

INTRODUCED = "Russian President Vladimir Putin met Recep Tayyip Erdogan, the Turkish president, in Tehran. "


def speakers(text: str) -> list[tuple[str | None, str | None]]:
    return [
        (statement.speaker, statement.resolved_by)
        for statement in extract(Article("a", text))
    ]


@pytest.mark.parametrize(
    ("sentence", "speaker", "resolved_by"),
    [
        ("Putin said it was over.", "Vladimir Putin", "name"),
        ("Vladimir V. Putin said it was over.", "Vladimir Putin", "name"),
        ("The Russian president said it was over.", "Vladimir Putin", "title"),
        ("The Russian leader said it was over.", "Vladimir Putin", "title"),
        ("The Turkish president said it was over.", "Recep Tayyip Erdogan", "title"),
        ("Erdoğan said it was over.", "Recep Tayyip Erdogan", "name"),
        ("The president said it was over.", None, None),
        ("The former president said it was over.", None, None),
        ("A president said it was over.", None, None),
        ("Officials said it was over.", "Officials", "name"),
        ("The Kremlin said it was over.", "Kremlin", "name"),
        ("The Trump campaign said it was over.", "Trump campaign", "name"),
        ("They said it was over.", None, None),
        ("He and Putin said it was over.", None, None),
        ("Putin’s campaign said it was over.", "Putin campaign", "name"),
        ("The joint statement said it was over.", "joint statement", "name"),
        (
            "A joint statement by Russia and Turkey said it was over.",
            "joint statement",
            "name",
        ),
        ("Joint statement says it was over.", "joint statement", "name"),
        ("The statement said it was over.", None, None),
        ("Another guest, Ann Lee, said it was over.", "Ann Lee", "name"),
        ("Two guests, Ann Lee and Bob Ray, said it was over.", None, None),
        ("Putin and Erdogan said it was over.", None, None),
        ("Putin, Erdogan and Hassan Rouhani said it was over.", None, None),
        ("Reports from Tehran said it was over.", None, None),
    ],
)
def test_a_source_is_resolved_in_its_article(
    sentence: str, speaker: str | None, resolved_by: str | None
) -> None:
    assert speakers(INTRODUCED + sentence) == [(speaker, resolved_by)]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Hillary Clinton spoke in Iowa. She said it was over.", "Hillary Clinton"),
        ("Hillary Clinton met Donald Trump. He said it was over.", "Donald Trump"),
        (
            "Donald Trump said no. Nancy Pelosi said yes. He said it was over.",
            "Donald Trump",
        ),
        ("Hillary Clinton spoke in Iowa. He said it was over.", None),
        ("New Hampshire votes. He said it was over.", None),
        (
            "Donald Trump met Fox News. Rhode Island rained. He said it was over.",
            "Donald Trump",
        ),
    ],
)
def test_a_pronoun_is_the_nearest_subject_whose_gender_agrees(
    text: str, speaker: str | None
) -> None:
    assert speakers(text)[-1] == (speaker, "pronoun" if speaker else None)


def test_one_surname_does_not_make_one_person() -> None:
    text = "George Smith came. Mary Smith came. Smith said it ended. Mr. Smith said it began. Mary Smith said it failed."
    assert speakers(text) == [
        ("Smith", "name"),
        ("George Smith", "name"),
        ("Mary Smith", "name"),
    ]


def test_a_title_that_a_nameless_person_has_too_stays_open() -> None:
    text = "Vassily Nebenzia, the representative of Russia, came. The US representative said no. The representative said it ended."
    assert speakers(text) == [(None, None), (None, None)]


def test_a_possessed_title() -> None:
    text = "Mohammad Zarif, Iran's foreign minister, came. Iran's foreign minister said no. Oman's foreign minister said no."
    assert speakers(text) == [("Mohammad Zarif", "title"), (None, None)]


def test_the_adjective_of_a_country_names_its_president() -> None:
    text = "Hassan Rouhani, the President of Iran, came. The Iranian president said it ended. The Syrian president said it began."
    assert speakers(text) == [("Hassan Rouhani", "title"), (None, None)]


def test_an_inherited_subject_is_marked() -> None:
    assert speakers("Ann Lee said no, adding that it was late.") == [
        ("Ann Lee", "name"),
        ("Ann Lee", "inherited"),
    ]


def test_unify_joins_spellings_and_surnames_but_never_two_given_names() -> None:
    names = [
        "Vladimir Putin",
        "Putin",
        "Hassan Rouhani",
        "Hassan Rouhani",
        "Hassan Rohani",
        "Rohani",
    ]
    names += [
        "Bill Clinton",
        "Hillary Clinton",
        "Clinton",
        "Donald J. Trump",
        "Donald Trump",
        "Kremlin",
    ]
    assert unify(names) == {
        "Vladimir Putin": "Vladimir Putin",
        "Putin": "Vladimir Putin",
        "Hassan Rouhani": "Hassan Rouhani",
        "Hassan Rohani": "Hassan Rouhani",
        "Rohani": "Hassan Rouhani",
        "Bill Clinton": "Bill Clinton",
        "Hillary Clinton": "Hillary Clinton",
        "Clinton": "Clinton",
        "Donald J. Trump": "Donald Trump",
        "Donald Trump": "Donald Trump",
        "Kremlin": "Kremlin",
    }


def test_unify_of_nothing() -> None:
    assert unify([]) == {}


@pytest.mark.parametrize(
    ("asked", "canonical", "expected"),
    [
        ("putin", "Vladimir Putin", True),
        ("President Putin", "Vladimir Putin", True),
        ("Vladimir Putin", "Putin", True),
        ("Putin's", "Vladimir Putin", True),
        ("Erdoğan", "Recep Tayyip Erdogan", True),
        ("Rohani", "Hassan Rouhani", True),
        ("the Kremlin", "Kremlin", True),
        ("Trump", "Trump campaign", False),
        ("the Trump campaign", "Trump campaign", True),
        ("Bill Clinton", "Hillary Clinton", False),
        ("Clinton", "Hillary Clinton", True),
        ("Merkel", "Vladimir Putin", False),
        ("", "Vladimir Putin", False),
        ("...", "Vladimir Putin", False),
        ("president", "Vladimir Putin", False),
    ],
)
def test_matches(asked: str, canonical: str, expected: bool) -> None:
    assert matches(asked, canonical) is expected


def test_short_words_have_no_variants() -> None:
    assert variant("Bush") != variant("Bosh")
    assert variant("Zelensky") == variant("Zelenskyy") == variant("ZELENSKIY")
