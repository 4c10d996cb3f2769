"""A statement as it may be printed: marks only where the article has them, a paraphrase with its verb."""

from __future__ import annotations

import pytest

from rag.statements.extract import extract
from rag.statements.retell import as_told, printed, reported
from rag.types import Article, Said, Span


def said(text: str) -> Said:
    article = Article("a", text)
    return Said(extract(article)[0], article)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("“We stay,” Ann Lee said.", "“We stay,”"),
        (
            "Ann Lee denied that the ground was unsafe.",
            "denied that the ground was unsafe",
        ),
        (
            "Officials in Ohio deny that the ground was unsafe.",
            "denied that the ground was unsafe",
        ),
        (
            "Ann Lee left, denying that the ground was unsafe.",
            "denied that the ground was unsafe",
        ),
        (
            "Ann Lee did not say that the plan failed.",
            "did not say that the plan failed",
        ),
        (
            "Ann Lee said the plan was “bad” and “unfair.”",
            "said the plan was “bad” and “unfair.”",
        ),
        ("The plan will fail, Ann Lee insisted.", "insisted: The plan will fail"),
        ("According to Ann Lee, the plan will fail.", "the plan will fail"),
        ("Ann Lee said: «We stay.»", "«We stay.»"),
        ("“The dam [1] will break,” Ann Lee said.", "“The dam (1) will break,”"),
    ],
)
def test_marks_and_verbs_are_those_of_the_article(text: str, told: str) -> None:
    assert as_told(said(text)) == told


QUOTED = "“We stay. We fight on; nobody leaves,” Ann Lee said. The town was quiet."


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("We fight on", "“We fight on”"),
        ("“We stay.", "“We stay.”"),
        ("nobody leaves,”", "“nobody leaves,”"),
        ("The town was quiet", "The town was quiet"),
        ("“We stay. We fight on; nobody leaves,” Ann Lee said", None),
    ],
)
def test_words_cut_out_of_a_quotation_stand_in_its_marks(
    words: str, shown: str | None
) -> None:
    start = QUOTED.index(words)
    span = Span(start, start + len(words))
    assert printed(Article("a", QUOTED), span) == (shown or words)


def test_each_paragraph_of_a_long_quotation_has_its_marks() -> None:
    text = "“We stay.\n\n“We fight on,” Ann Lee said."
    start = text.index("We stay")
    assert printed(Article("a", text), Span(start, start + 8)) == "“We stay.”"


def test_what_is_cut_has_an_ellipsis_and_ends_with_a_clause() -> None:
    clause = "the committee has looked at all of the papers that were handed in before the end of March"
    text = f"Ann Lee said that {clause}, and {clause}, and {clause}, and {clause}, and {clause}."
    told = reported(said(text), "Lee")
    assert told == f"Lee said that {clause}, and {clause}, and {clause} …"


def test_a_sentence_without_a_border_of_clauses_is_not_cut() -> None:
    text = "Ann Lee said that " + "very " * 100 + "much has been done."
    assert reported(said(text), "Lee").endswith("much has been done")


def test_of_several_sentences_the_first_is_told_and_more_is_hinted_at() -> None:
    assert (
        reported(said("“We stay. We fight on,” Ann Lee said."), "Lee")
        == "Lee said: “We stay …”"
    )


def test_a_quotation_over_two_paragraphs_opens_once_on_one_line() -> None:
    text = "“We stay.\n\n“We fight on,” Ann Lee said."
    assert (
        printed(Article("a", text), Span(0, text.index(" Ann")))
        == "“We stay. We fight on,”"
    )
