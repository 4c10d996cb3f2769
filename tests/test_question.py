"""What a question asks for is understood without a chat model."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question import content_words, understand
from rag.types import QuestionError

KNOWN = ["Vladimir Putin", "Recep Tayyip Erdogan", "Nikki Haley", "the Kremlin"]


@pytest.mark.parametrize(
    ("text", "speakers", "topic"),
    [
        ("What did Putin say about Idlib?", ["Vladimir Putin"], "Idlib"),
        ("what did putin say about idlib", ["Vladimir Putin"], "idlib"),
        ("What did President Erdoğan say about a ceasefire?", ["Recep Tayyip Erdogan"], "ceasefire"),
        ("What has Nikki Haley said?", ["Nikki Haley"], ""),
        ("Did Putin ever warn of chemical weapons?", ["Vladimir Putin"], "chemical weapons"),
        ("According to Haley, what would be reckless?", ["Nikki Haley"], "reckless"),
        ("Tell me what Erdogan said about refugees", ["Recep Tayyip Erdogan"], "refugees"),
        ("What is Putin's position on a ceasefire?", ["Vladimir Putin"], "ceasefire"),
        ("What did Putin and Erdogan say about Idlib?", ["Vladimir Putin", "Recep Tayyip Erdogan"], "Idlib"),
        ("What did Angela Merkel say about Idlib?", ["Angela Merkel"], "Idlib"),
        ("What did the Kremlin say about the summit?", ["the Kremlin"], "summit"),
        ("How many civilians live in Idlib?", [], "many civilians live Idlib"),
        ("Who said that diplomacy works?", [], "diplomacy works"),
    ],
)
def test_speakers_and_topic(text: str, speakers: list[str], topic: str) -> None:
    question = understand(text, KNOWN)
    assert list(question.speakers) == speakers
    assert question.topic == topic
    assert question.kind == "ask"


@pytest.mark.parametrize("text", ["", "   ", "?!…", "😀😀", "\x00\n"])
def test_a_question_without_words_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(QuestionError, match="The question is empty; ask something such as"):
        understand(text, KNOWN)


def test_a_question_that_is_too_long_is_refused() -> None:
    with pytest.raises(QuestionError, match="1,000,000 characters; ask in at most 4,000"):
        understand("x" * 1_000_000, KNOWN)


@given(st.text(max_size=500))
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        question = understand(text, KNOWN)
    except QuestionError:
        return
    question.text.encode()
    assert content_words(question.text)


def test_more_sentences_are_given_when_more_is_asked() -> None:
    assert (
        understand("List all statements of Putin", KNOWN).sentences > understand("What did Putin say?", KNOWN).sentences
    )
