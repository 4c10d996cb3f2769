"""Text: sentences, paragraphs and quotations keep their offsets, whatever the text."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.language.segments import paragraphs, quotations, sentences
from rag.language.words import fingerprint, fold, words
from rag.types import Span

NEWS_LIKE = st.text(
    alphabet=st.sampled_from(list("aB.!? …\"“”‘’'«»()\n\r\u2028é́😀1,א")), max_size=120
)
TEXTS = st.one_of(st.text(max_size=200), NEWS_LIKE)


def pieces(split: Callable[[str], list[Span]], text: str) -> list[str]:
    return [span.of(text) for span in split(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ['"Stop!" he said.', "Then he left."],
        ["“Why?” Trump asked.", "“We won.”", "Trump left."],
        ["Donald J. Trump spoke.", "Nobody listened."],
        ["Marco Rubio, R-Fla., said so.", "Others, in the U.S. Senate, did not."],
        ["It was made in the U.S.", "The price rose by 3.5 percent."],
        ["The presence … of some ... is known.", "We stay."],
        ["He left at 5 p.m.", "The train was late."],
        ["Dr. Jones met Gov. Smith on Jan. 5.", "(It rained.)", "Then they ate."],
        ["He said it was “over.”", "She agreed."],
        ["“No!", "Never!", "We fight on,” he said."],
        ["He wrote: “Go.”", "“Stay,” she said."],
        ["Это конец.", "Новое начало."],
        ["Is it?", "It is!"],
        ["Martin Luther King Jr. spoke.", "Acme Inc. paid."],
    ],
)
def test_sentences(expected: list[str]) -> None:
    assert pieces(sentences, " ".join(expected)) == expected


def test_a_language_without_data_is_read_as_english() -> None:
    assert sentences("Dr. Jones left. He ran.", "xx") == sentences(
        "Dr. Jones left. He ran.", "en"
    )


def test_a_sentence_of_chinese_needs_no_space() -> None:
    assert pieces(sentences, "彼は行った。彼女は残った。") == [
        "彼は行った。",
        "彼女は残った。",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Title\nOne.\nTwo.", ["Title", "One.", "Two."]),
        ("Title\n\nOne.\n\n Two. ", ["Title", "One.", "Two."]),
        (
            "A line that is\nwrapped hard at\nsome column.\n\nNext.",
            ["A line that is\nwrapped hard at\nsome column.", "Next."],
        ),
        ("One.\r\nTwo.\r\n\r\nThree.", ["One.", "Two.", "Three."]),
        ("Only", ["Only"]),
        (" \n\t", []),
    ],
)
def test_paragraphs(text: str, expected: list[str]) -> None:
    assert pieces(paragraphs, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('He said "no" and "never".', ['"no"', '"never"']),
        (
            "“He told me ‘go’ and I went,” she said. “Really.”",
            ["“He told me ‘go’ and I went,”", "“Really.”"],
        ),
        ('"I said "stop" to him," she said.', ['"I said "stop" to him,"']),
        (
            "«Oui», dit-il. »Ja«, sagt er. „Nein“, sagt sie.",
            ["«Oui»", "»Ja«", "„Nein“"],
        ),
        ("He said ''this is it'' and left.", ["''this is it''"]),
        ("‘I don’t know,’ he said.", ["‘I don’t know,’"]),
        ("The workers’ rights in the ’90s weren't theirs.", []),
        ('It is 5" long, he said "today".', ['"today"']),
        ("She said: “One.\n\n“Two.\n\n“Three.” Then.", ["“One.", "“Two.", "“Three.”"]),
        ("A stray “ mark.\n\nNothing.", []),
    ],
)
def test_quotations(text: str, expected: list[str]) -> None:
    assert pieces(quotations, text) == expected


@given(TEXTS)
def test_sentences_hold_every_visible_character_once(text: str) -> None:
    found, blocks = sentences(text), paragraphs(text)
    covered = [place for span in found for place in range(span.start, span.end)]
    assert covered == sorted(set(covered))
    assert {place for place, char in enumerate(text) if not char.isspace()} <= set(
        covered
    )
    for span in found:
        assert span.of(text) == span.of(text).strip() != ""
        assert any(
            block.start <= span.start and span.end <= block.end for block in blocks
        )


@given(TEXTS)
def test_quotations_are_apart_and_inside_paragraphs(text: str) -> None:
    found, blocks = quotations(text), paragraphs(text)
    assert all(first.end <= second.start for first, second in pairwise(found))
    assert all(
        any(block.start <= span.start and span.end <= block.end for block in blocks)
        for span in found
    )


@given(TEXTS)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert "".join(words(text)) == "".join(words(fold(text)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Erdoğan", "erdogan"),
        ("ERDOGAN", "Erdoğan"),
        ("Pu\u200btin", "putin"),
        ("don’t", "don't"),
        ("Ｐｕｔｉｎ", "putin"),
        ("e\u0301", "é"),
        ("Søren Łukasz", "soren lukasz"),
    ],
)
def test_fold_makes_variants_equal(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_words_are_runs_of_letters_and_digits() -> None:
    assert words("Syria’s 2nd ‘de-escalation’ zone: Erdoğan") == [
        "syria",
        "s",
        "2nd",
        "de",
        "escalation",
        "zone",
        "erdogan",
    ]


def test_fingerprint_is_sha256_and_takes_lone_surrogates() -> None:
    assert (
        fingerprint("")
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
    assert fingerprint("\ud800") != fingerprint("\ud801")


HOSTILE = ["😀. " * 6_000, "A sentence here. " * 10_000, "a" * 100_000, "“ " * 30_000, '"' * 30_000, "." * 100_000, ")." * 50_000,
           "\r\n" * 50_000, "‘“" * 20_000 + "’" * 20_000, ("." * 40 + " ") * 2_000, "אב “ג. ד” " * 5_000,
           "« " * 20_000 + '" ' * 20_000]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:6]))
def test_hostile_text_takes_linear_time(text: str) -> None:
    started = time.process_time()
    assert len(sentences(text)) + len(quotations(text)) + len(words(text)) >= 0
    assert time.process_time() - started < 2
