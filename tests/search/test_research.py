"""What the archive holds on a question: no side crowded out, each statement once, and only
what was asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
import torch
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

from rag.assistant import Assistant
from rag.errors import ModelError, QuestionError
from rag.models.loaders import load_cross_encoder
from rag.search.evidence import windows
from rag.types import Hit, Incoming, Question, Said
from tests.conftest import reports

Make = Callable[..., Incoming]

THINGS = """
    cranes pilots storms lamps ferries anchors nets crews gulls tides ropes barrels wharves tolls mills carts horses ovens
    roofs wells gates bells clocks towers maps charts flags drums sails masts oars decks keels buoys fish salt grain wool
    silk tea
"""


def hold(assistant: Assistant, *stories: Incoming) -> None:
    assert len(reports(assistant.add_articles(stories))) == len(stories)


def about(topic: str, **fields: object) -> Question:
    return Question(f"What was said about the {topic}?", topic=topic, **fields)  # type: ignore[arg-type]


def on_harbour(**fields: object) -> Question:
    return about("harbour", **fields)


def compared(*speakers: str, **fields: object) -> Question:
    return on_harbour(kind="compare", speakers=speakers, **fields)


def articles(found: list[Said] | list[Hit]) -> set[str]:
    return {one.article.id for one in found}


# Sides


def test_whoever_is_quoted_forty_times_does_not_crowd_out_another(
    assistant: Assistant, incoming: Make
) -> None:
    things = THINGS.split()
    triples = zip(things, things[7:] + things, things[13:] + things, strict=False)
    texts = [
        f"Ann Lee said that {one} hide {two} from {three} in the harbour."
        for one, two, three in triples
    ]
    many = [
        incoming(f"a{n}", text, date=f"2024-01-{n % 28 + 1:02}")
        for n, text in enumerate(texts)
    ]
    hold(
        assistant,
        *many,
        incoming("b", "Bob Ray said that the harbour was empty.", date="2024-02-01"),
    )
    sides = assistant.research.sides(compared("Ann Lee", "Bob Ray"), by_source=False)
    assert list(sides) == ["Ann Lee", "Bob Ray"] and articles(sides["Bob Ray"]) == {"b"}
    assert 1 < len(sides["Ann Lee"]) <= 15
    answer = assistant.ask("What did Ann Lee and Bob Ray say about the harbour?")
    assert {citation.speaker for citation in answer.citations} == {"Ann Lee", "Bob Ray"}


def test_each_side_has_only_its_own_words_and_a_joint_statement_all_who_made_it(
    assistant: Assistant, incoming: Make
) -> None:
    hold(
        assistant,
        incoming(
            "a",
            "Ann Lee said that the harbour was old. Carl Moss said that the harbour was deep.",
        ),
        incoming(
            "b",
            "“The harbour needs a lighthouse,” Ann Lee and Bob Ray said in a joint statement.",
        ),
    )
    sides = assistant.research.sides(
        compared("Ann Lee", "Bob Ray", "Greta Moss"), by_source=False
    )
    assert {name: articles(said) for name, said in sides.items()} == {
        "Ann Lee": {"a", "b"},
        "Bob Ray": {"b"},
        "Greta Moss": set(),
    }
    for name, said in sides.items():
        assert all(name in one.statement.names for one in said)


def test_sides_nobody_named_are_those_with_most_to_say(
    assistant: Assistant, incoming: Make
) -> None:
    hold(
        assistant,
        incoming(
            "a",
            "Ann Lee said that the harbour was old. Ann Lee added that the harbour would be shut in winter.",
        ),
        incoming("b", "Bob Ray said that the harbour was deep."),
        incoming("c", "Carl Moss said that the theatre was full."),
    )
    assert list(assistant.research.sides(compared(), by_source=False)) == [
        "Ann Lee",
        "Bob Ray",
    ]
    assert list(
        assistant.research.sides(compared(others=("Ann Lee",)), by_source=False)
    ) == ["Bob Ray"]


def test_sides_may_be_sources(assistant: Assistant, incoming: Make) -> None:
    hold(
        assistant,
        incoming("a", "Ann Lee said that the harbour was old.", source="Gazette"),
        incoming(
            "b", "Ann Lee said that the harbour was shut in winter.", source="Herald"
        ),
    )
    sides = assistant.research.sides(
        compared(sources=("Gazette", "Herald")), by_source=True
    )
    assert {name: articles(said) for name, said in sides.items()} == {
        "Gazette": {"a"},
        "Herald": {"b"},
    }


# Reports of one statement


def test_reports_of_one_statement_are_one_at_its_earliest_with_its_sources_counted(
    assistant: Assistant, incoming: Make
) -> None:
    words = "“the harbour of Varna must be closed before the winter,”"
    hold(
        assistant,
        incoming(
            "late",
            f"It rained. Ann Lee said that {words} a paper wrote.",
            source="Herald",
            date="2024-01-05",
        ),
        incoming(
            "first",
            f"Ann Lee said that {words} at noon.",
            source="Gazette",
            date="2024-01-02",
        ),
        incoming(
            "again",
            f"Ann Lee said that {words} on the quay.",
            source="Gazette",
            date="2024-01-03",
        ),
    )
    (said,) = assistant.research.sides(compared("Ann Lee"), by_source=False)["Ann Lee"]
    assert (said.article.id, said.sources) == ("first", 2)
    assert [report.article.id for report in said.also] == ["again", "late"]
    answer = assistant.ask("What did Ann Lee say about the harbour of Varna?")
    assert [(c.article_id, c.sources, len(c.also)) for c in answer.citations] == [
        ("first", 2, 2)
    ]


def test_what_is_told_again_keeps_its_first_day(
    assistant: Assistant, incoming: Make
) -> None:
    words = "“The harbour of Varna must be closed before the winter,”"
    hold(
        assistant,
        incoming("first", f"{words} Ann Lee said.", date="2024-01-02"),
        incoming(
            "again",
            f"{words} Ann Lee said in January. Ann Lee said that the harbour was shut.",
            date="2024-12-30",
        ),
    )
    sides = assistant.research.sides(compared("Ann Lee"), by_source=False)
    assert {(one.article.id, one.date) for one in sides["Ann Lee"]} == {
        ("first", "2024-01-02"),
        ("again", "2024-12-30"),
    }
    later = assistant.research.sides(
        compared("Ann Lee", since="2024-06-01"), by_source=False
    )
    assert [one.text for one in later["Ann Lee"]] == ["that the harbour was shut"]


# Restrictions


@pytest.fixture
def harbour(assistant: Assistant, incoming: Make) -> Assistant:
    """One statement, and some narration, of each of three days and two sources."""
    hold(
        assistant,
        incoming(
            "old",
            "The harbour is old. Ann Lee said that the harbour was deep.",
            source="Gazette",
            date="2024-01-10",
        ),
        incoming(
            "mid",
            "The harbour is shut. Bob Ray said that the harbour was cold.",
            source="Herald",
            date="2024-02-10",
        ),
        incoming(
            "new",
            "The harbour is full. Ann Lee said that the harbour was loud.",
            source="Herald",
            date="2024-03-10",
        ),
    )
    return assistant


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, {"old", "mid", "new"}),
        ({"since": "2024-02-10"}, {"mid", "new"}),
        ({"until": "2024-02-10"}, {"old", "mid"}),
        ({"since": "2024-01-11", "until": "2024-03-09"}, {"mid"}),
        ({"sources": ("Herald",)}, {"mid", "new"}),
        ({"sources": ("Gazette", "Herald")}, {"old", "mid", "new"}),
        ({"sources": ("Herald",), "until": "2024-02-28"}, {"mid"}),
        ({"sources": ("Nowhere Times",)}, set()),
        ({"since": "2025-01-01"}, set()),
    ],
)
def test_passages_and_statements_are_of_the_sources_and_days_asked_for(
    fields: dict[str, object], expected: set[str], harbour: Assistant
) -> None:
    question = on_harbour(**fields)
    assert articles(harbour.research.passages(question, 10)) == expected
    assert articles(harbour.research.said(question, ())) == expected
    assert articles(harbour.research.said(question, ["Ann Lee"])) == expected & {
        "old",
        "new",
    }
    assert articles(harbour.research.said(about("", **fields), ())) == expected


def test_a_statement_is_of_the_day_on_which_it_was_made(
    assistant: Assistant, incoming: Make
) -> None:
    hold(
        assistant,
        incoming(
            "a",
            "Ann Lee said on 3 February that the harbour was deep.",
            date="2024-03-10",
        ),
    )
    research = assistant.research
    assert articles(research.said(on_harbour(until="2024-02-28"), ())) == {"a"}
    assert articles(research.said(on_harbour(since="2024-03-01"), ())) == set()
    assert assistant.ask(
        "What did Ann Lee say about the harbour before March 2024?"
    ).citations
    assert assistant.ask(
        "What did Ann Lee say about the harbour since March 2024?"
    ).abstained


def test_what_has_no_date_is_of_no_days(assistant: Assistant, incoming: Make) -> None:
    hold(assistant, incoming("a", "Ann Lee said that the harbour was deep."))
    for question in (on_harbour(since="1900-01-01"), on_harbour(until="2100-01-01")):
        assert assistant.research.said(question, ()) == []
        assert assistant.research.passages(question, 10) == []


def test_a_retriever_that_ignores_the_restriction_is_held_to_it(
    harbour: Assistant,
) -> None:
    class Everything(BaseRetriever):
        def _get_relevant_documents(
            self, query: str, *, run_manager: object, **_: object
        ) -> list[Document]:
            return [
                Document(page_content=a.text, metadata={"article_id": a.id})
                for a in harbour.articles()
            ]

    plugged = Assistant(
        harbour.config, embeddings=harbour.archive.embeddings, retriever=Everything()
    )
    assert articles(plugged.research.passages(on_harbour(), 10)) == {
        "old",
        "mid",
        "new",
    }
    assert articles(
        plugged.research.passages(on_harbour(sources=("Gazette",)), 10)
    ) == {"old"}
    assert articles(
        plugged.research.passages(
            on_harbour(since="2024-02-01", until="2024-02-28"), 10
        )
    ) == {"mid"}
    asked = on_harbour(sources=("Gazette",), speakers=("Ann Lee",))
    answer = plugged.ask(asked.text, asked=asked)
    assert {c.article_id for c in answer.citations} | articles(
        list(answer.passages)
    ) == {"old"}
    plugged.close()


def test_a_question_asked_again_embeds_no_sentence_again(harbour: Assistant) -> None:
    class Counting(Embeddings):
        documents = 0

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            self.documents += len(texts)
            return harbour.archive.embeddings.embed_documents(texts)

        def embed_query(self, text: str) -> list[float]:
            return harbour.archive.embeddings.embed_query(text)

        name = harbour.archive.model_name

    counting = Counting()
    again = Assistant(harbour.config, embeddings=counting)
    first = again.ask("What did Ann Lee say about the harbour?")
    embedded = counting.documents
    second = again.ask("What did Ann Lee say about the harbour?")
    again.close()
    assert counting.documents == embedded > 0
    assert second.citations == first.citations != ()


# The day of asking, and a cross-encoder


def understood_passages(
    assistant: Assistant, text: str, today: str | None
) -> list[str]:
    research = assistant.research
    return [
        hit.article.id
        for hit in research.passages(research.understood(text, (), 4_000, today), 10)
    ]


def test_news_of_the_day_of_asking_comes_first(
    assistant: Assistant, incoming: Make
) -> None:
    dates = ["2023-01-10", "2024-03-08", "2023-06-10", "2024-05-10"]
    ferries = ["The Gull", "The Heron", "The Swan", "The Tern"]
    texts = [
        f"{ferry} ran aground in the harbour, and its crew was brought to the shore."
        for ferry in ferries
    ]
    hold(
        assistant,
        *(
            incoming(day, text, date=day)
            for day, text in zip(dates, texts, strict=True)
        ),
    )
    question = "Which ferry ran aground in the harbour?"
    assert understood_passages(assistant, question, "2024-03-10")[0] == "2024-03-08"
    assert understood_passages(assistant, question, "2024-05-12")[0] == "2024-05-10"
    assert (
        understood_passages(assistant, f"In June 2023, {question}", "2024-05-12")[0]
        == "2023-06-10"
    )
    configured = Assistant(
        replace(assistant.config, today="2024-03-10"),
        embeddings=assistant.archive.embeddings,
    )
    assert understood_passages(configured, question, None)[0] == "2024-03-08"
    assert (
        configured.ask(question, today="2024-05-12").passages[0].article.id
        == "2024-05-10"
    )
    configured.close()


def test_this_week_without_a_day_of_asking_finds_the_old(harbour: Assistant) -> None:
    question = "What did Ann Lee say about the harbour this week?"
    assert {c.article_id for c in harbour.ask(question).citations} == {"old", "new"}
    assert {
        c.article_id for c in harbour.ask(question, today="2024-03-10").citations
    } == {"new"}


@pytest.mark.parametrize("day", ["yesterday", "2024-02-30", "10/3/2024"])
def test_a_day_of_asking_that_is_none_is_refused(day: str, harbour: Assistant) -> None:
    with pytest.raises(
        QuestionError, match=f"{day}' is no day; write it like 2018-09-07"
    ):
        harbour.research.understood("What is new?", (), 4_000, day)


@pytest.fixture
def cross_encoder(tmp_path: Path) -> str:
    """A folder with a cross-encoder of a few random weights."""
    words = "[PAD] [UNK] [CLS] [SEP] [MASK] the harbour is was old deep shut cold full loud ann lee bob ray said that ."
    (tmp_path / "vocab.txt").write_text("\n".join(words.split()), encoding="utf-8")
    torch.manual_seed(0)
    sizes = {
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
    }
    config = BertConfig(
        vocab_size=len(words.split()), num_labels=1, initializer_range=0.3, **sizes
    )
    BertForSequenceClassification(config).save_pretrained(tmp_path)
    BertTokenizer(str(tmp_path / "vocab.txt")).save_pretrained(tmp_path)
    return str(tmp_path)


def test_a_cross_encoder_orders_the_passages(
    harbour: Assistant, cross_encoder: str
) -> None:
    question = on_harbour()
    config = replace(harbour.config, rerank=cross_encoder)
    reranking = Assistant(config, embeddings=harbour.archive.embeddings)
    found = reranking.research.passages(question, 10)
    reranking.close()
    pairs = [(question.text, f"{hit.article.title}. {hit.text}") for hit in found]
    values = list(load_cross_encoder(cross_encoder).predict(pairs))
    assert articles(found) == {"old", "mid", "new"}
    assert values == sorted(values, reverse=True) and len(set(values)) == 3


def test_a_cross_encoder_that_is_missing_is_named(harbour: Assistant) -> None:
    config = replace(harbour.config, rerank="nowhere/no-such-model")
    reranking = Assistant(config, embeddings=harbour.archive.embeddings)
    with pytest.raises(
        ModelError,
        match="The cross-encoder 'nowhere/no-such-model' is not on this machine",
    ):
        reranking.research.passages(on_harbour(), 10)
    reranking.close()


# What is shown, and what is gone


@pytest.mark.parametrize(
    "question",
    ["What did Putin say about Idlib?", "What did Erdogan say about a ceasefire?"],
)
def test_windows_keep_their_places_and_never_overlap(
    question: str, bundled: Assistant
) -> None:
    hits = bundled.ask(question, k=12).passages
    assert hits
    for hit in hits:
        whole = bundled.article(hit.article.id)
        assert whole and whole.text[hit.passage.start : hit.passage.end] == hit.text
    for one, other in combinations(hits, 2):
        assert one.article.id != other.article.id or not one.passage.span.overlaps(
            other.passage.span
        )


@pytest.mark.parametrize("k", [0, 1, 3])
def test_windows_are_as_many_as_asked_for_and_hold_what_ranked(
    k: int, harbour: Assistant
) -> None:
    research = harbour.research
    question = on_harbour(speakers=("Ann Lee",))
    ranked = research.weigh(
        question, research.evidence(question, research.passages(question, 10))
    )
    hits = windows(ranked, research.units, k)
    assert len(hits) == k
    assert [ranked[0].text in hit.text for hit in hits[:1]] == [True] * min(k, 1)


def test_a_removed_articles_statements_no_longer_answer(harbour: Assistant) -> None:
    research = harbour.research
    assert articles(research.said(on_harbour(), ["Ann Lee"])) == {"old", "new"}
    removed = harbour.remove("new")
    assert articles(research.said(on_harbour(), ["Ann Lee"])) == {"old"}
    assert articles(
        research.sides(compared("Ann Lee"), by_source=False)["Ann Lee"]
    ) == {"old"}
    assert "new" not in articles(research.passages(on_harbour(), 10))
    assert {
        c.article_id
        for c in harbour.ask("What did Ann Lee say about the harbour?").citations
    } == {"old"}
    harbour.restore(removed)
    assert articles(research.said(on_harbour(), ["Ann Lee"])) == {"old", "new"}


def test_a_changed_article_answers_with_its_new_words(
    harbour: Assistant, incoming: Make
) -> None:
    hold(
        harbour,
        incoming(
            "new",
            "Ann Lee said that the harbour was silent.",
            source="Herald",
            date="2024-03-10",
        ),
    )
    said = harbour.research.said(on_harbour(), ["Ann Lee"])
    assert {one.text for one in said} == {
        "that the harbour was deep",
        "that the harbour was silent",
    }


def test_without_a_topic_the_oldest_come_first(harbour: Assistant) -> None:
    assert [one.article.id for one in harbour.research.said(about(""), ())] == [
        "old",
        "mid",
        "new",
    ]


def test_what_may_be_named_is_what_is_held(harbour: Assistant) -> None:
    known = harbour.research.known()
    assert known.speakers == ("Ann Lee", "Bob Ray") and known.sources == (
        "Herald",
        "Gazette",
    )
