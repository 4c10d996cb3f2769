"""What the articles do not answer is refused for the right reason, with what is near; what
they do answer is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from rag.answers import refusal, suggest
from rag.answers.refusal import Support
from rag.assistant import Assistant
from rag.config import load
from rag.models.loaders import SentenceEmbeddings
from rag.types import Answer, Article, Incoming, Question, Turn
from tests.conftest import reports
from tests.saying import said

HARBOUR = [
    Article(
        "storm",
        "“The harbour of Lunde will be closed until the wall is mended,” harbour master Nora Vik said on Monday. The storm"
        " broke 40 metres of the sea wall. Fishermen moved their boats to Skarvik.\n\n“We will pay for the wall,” said"
        " Minister Jon Dahl. He said that a ferry would sail from Skarvik until then.",
        "Storm closes the harbour of Lunde",
        source="Coast Herald",
        date="2024-03-04",
    ),
    Article(
        "fish",
        "Jon Dahl said that the quota for herring would be halved. “The herring need three years,” he said.\n\n“Halving the"
        " quota will ruin us,” said Liv Moe, who speaks for the fishermen of Lunde. Mayor Ole Hagen has not commented.",
        "Minister halves the herring quota",
        source="Coast Herald",
        date="2024-03-20",
    ),
    Article(
        "open",
        "The harbour of Lunde opened again on Saturday. “The wall is stronger than before,” Nora Vik said. About 300 people"
        " came to see the first ferry.",
        "Harbour of Lunde open again",
        source="Valley Wire",
        date="2024-06-10",
    ),
]


@pytest.fixture(scope="module")
def harbour(
    tmp_path_factory: pytest.TempPathFactory, embeddings: SentenceEmbeddings
) -> Iterator[Assistant]:
    """An assistant over the articles about the harbour; tests read from it and change nothing."""
    with Assistant(
        load({}, data=tmp_path_factory.mktemp("harbour"), bundled=False),
        embeddings=embeddings,
    ) as made:
        reports(
            made.add_articles([Incoming(article, article.id) for article in HARBOUR])
        )
        yield made


def refused(assistant: Assistant, question: str, *history: Turn) -> Answer:
    """The refusal, its parts in agreement."""
    answer = assistant.ask(question, history)
    assert (
        answer.abstained and answer.refusal and answer.reason == answer.refusal.reason
    )
    assert answer.text.startswith(answer.reason) and "\n" not in answer.reason
    return answer


@pytest.mark.parametrize(
    ("question", "kind", "reason"),
    [
        (
            "Who won the 2014 World Cup?",
            "off topic",
            "none of them mentions 2014 World Cup",
        ),
        (
            "What is the capital of France?",
            "off topic",
            "none of them mentions France",
        ),
        ("How are pancakes baked?", "off topic", "pancakes or baked"),
        ("Who spoke about whales?", "off topic", "whales"),
        (
            "What did Angela Merkel say about the harbour?",
            "unknown speaker",
            "no article quotes Angela Merkel.",
        ),
        (
            "What did Ole Hagen say about the harbour?",
            "unknown speaker",
            "Ole Hagen, though the name stands in them",
        ),
        (
            "What did Nora Vik say about the taxes?",
            "silent speaker",
            "nothing that Nora Vik said about the taxes.",
        ),
        (
            "Did Jon Dahl ever say that whales must go?",
            "silent speaker",
            "to the effect that whales must go.",
        ),
        (
            "What did Nora Vik say about the wall in 2015?",
            "other time",
            "from 2015: the articles run from 4 March to 10 June",
        ),
        (
            "What did Nora Vik say about the wall in April 2024?",
            "other time",
            "from April 2024: what Nora Vik said about the",
        ),
        (
            "When did the storm break the sea wall in 1998?",
            "other time",
            "Nothing on record from 1998",
        ),
        (
            "Why did Nora Vik resign?",
            "false premise",
            "in none of them did Nora Vik resign.",
        ),
        (
            "When was Jon Dahl arrested?",
            "false premise",
            "in none of them was Jon Dahl arrested.",
        ),
        ("why did dahl divorce?", "false premise", "in none of them did dahl divorce."),
    ],
)
def test_the_reason_says_why(
    question: str, kind: str, reason: str, harbour: Assistant
) -> None:
    answer = refused(harbour, question)
    assert answer.refusal and answer.refusal.kind == kind
    assert reason in answer.refusal.reason


@pytest.mark.parametrize(
    "question",
    [
        "What did Nora Vik say about the wall?",
        "When did the harbour of Lunde open again?",
        "Where did the fishermen move their boats?",
        "What did Liv Moe say about the quota in 2024?",
        "How much of the sea wall broke in 2024?",
        "Who spoke about the herring?",
    ],
)
def test_what_the_articles_hold_is_answered(question: str, harbour: Assistant) -> None:
    answer = harbour.ask(question)
    assert not answer.abstained and answer.refusal is None and answer.citations


def test_a_topic_in_other_words_is_answered(bundled: Assistant) -> None:
    answer = bundled.ask("What did Erdogan say about a truce?")
    assert any("ceasefire" in citation.quote for citation in answer.citations)


def test_who_did_speak_on_the_topic_is_offered(harbour: Assistant) -> None:
    answer = refused(harbour, "What did Nora Vik say about the herring?")
    assert answer.refusal and set(answer.refusal.speakers) == {"Jon Dahl", "Liv Moe"}
    assert "On the herring, the articles quote" in answer.text and "Dahl" in answer.text


def test_what_the_speaker_did_speak_on_is_offered(harbour: Assistant) -> None:
    answer = refused(harbour, "What did Nora Vik say about the herring?")
    assert answer.refusal and "harbour" in answer.refusal.topics
    assert "Vik is on record on" in answer.text


def test_what_is_offered_is_answered(harbour: Assistant) -> None:
    offered = refused(harbour, "What did Nora Vik say about the herring?").refusal
    assert offered
    for topic in offered.topics:
        assert not harbour.ask(f"What did Nora Vik say about {topic}?").abstained
    for speaker in offered.speakers:
        assert not harbour.ask(f"What did {speaker} say about the herring?").abstained


def test_what_was_said_at_another_time_is_the_nearest(harbour: Assistant) -> None:
    answer = refused(harbour, "What did Nora Vik say about the wall in 2015?")
    assert {citation.speaker for citation in answer.citations} == {"Nora Vik"}


def test_a_misspelt_name_leads_to_the_name_on_record(harbour: Assistant) -> None:
    lookups = harbour.research
    because = refusal.of_speakers(
        Question("What did Nora Wick say?", speakers=("Nora Vikk",)), lookups
    )
    assert (
        because.kind == "unknown speaker"
        and "the nearest name on record is Nora Vik." in because.reason
    )


def test_a_follow_up_is_refused_too(harbour: Assistant) -> None:
    first = harbour.ask("What did Jon Dahl say about the herring?")
    before = Turn(
        "What did Jon Dahl say about the herring?", first.text, first.question
    )
    answer = refused(harbour, "And Nora Vik?", before)
    assert (
        answer.refusal
        and answer.refusal.kind == "silent speaker"
        and "herring" in answer.refusal.reason
    )


@pytest.mark.parametrize(
    ("question", "kind", "reason"),
    [
        (
            "Compare Angela Merkel and Emmanuel Macron on the herring",
            "unknown speaker",
            "no article quotes Angela Merkel",
        ),
        (
            "Compare Nora Vik and Angela Merkel on the taxes",
            "silent speaker",
            "nothing that Nora Vik said about the taxes",
        ),
        (
            "Who disagreed with Angela Merkel about the herring?",
            "unknown speaker",
            "no article quotes Angela Merkel",
        ),
        (
            "Compare Jon Dahl and Liv Moe on the quota in 2015",
            "other time",
            "from 2015: the articles run",
        ),
    ],
)
def test_a_comparison_of_nothing_is_a_refusal(
    question: str, kind: str, reason: str, harbour: Assistant
) -> None:
    answer = refused(harbour, question)
    assert (
        answer.refusal
        and answer.refusal.kind == kind
        and reason in answer.refusal.reason
    )


def test_a_comparison_says_in_its_row_who_was_silent(harbour: Assistant) -> None:
    answer = harbour.ask("Compare Jon Dahl and Nora Vik on the herring")
    assert not answer.abstained and answer.refusal is None
    assert (
        "Nothing on record from Nora Vik on the herring." in answer.text
        or "from Nora Vik on herring" in answer.text
    )


def test_nothing_at_all_is_a_refusal(assistant: Assistant) -> None:
    answer = refused(assistant, "Who spoke about the herring?")
    assert (
        answer.refusal and answer.refusal.kind == "off topic" and answer.citations == ()
    )


def test_the_json_tells_the_kind_and_what_is_near(harbour: Assistant) -> None:
    told = refused(harbour, "What did Nora Vik say about the herring?").to_json()[
        "refusal"
    ]
    assert isinstance(told, dict) and told["kind"] == "silent speaker"
    assert set(told) == {"kind", "reason", "speakers", "topics"}


def test_more_of_the_question_makes_an_answer_more_probable() -> None:
    little, much = Support(0.2, 0.4, 0.3), Support(0.8, 0.9, 0.7)
    assert little.probability < 0.5 < much.probability
    for field in ("held", "of_article", "similarity"):
        assert replace(little, **{field: 1.0}).probability > little.probability


def test_topics_are_what_statements_and_titles_name() -> None:
    spoken = [
        said(
            "Jon Dahl",
            "the Black Sea will have no quota",
            title="No quota for the Black Sea",
        ),
        said("Jon Dahl", "the quota is fair", title="A fair quota"),
    ]
    assert suggest.topics([(one.article, one.statement) for one in spoken], 2) == [
        "quota",
        "Black Sea",
    ]
