"""The retriever passes LangChain's own tests; fusion, diversity, and hostile queries."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_tests.integration_tests import RetrieversIntegrationTests

from rag.assistant import Assistant
from rag.config import load_config
from rag.language.words import content_words
from rag.search import retrieve
from rag.types import Article, Hit, Incoming, Passage, Question
from tests.conftest import reports


class TestLangChainStandard(RetrieversIntegrationTests):
    @pytest.fixture(autouse=True)
    def _over_the_bundled_articles(self, bundled: Assistant) -> None:
        self._assistant = bundled

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return retrieve.NewsRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {
            "search": lambda *asked: retrieve.search(self._assistant.archive, *asked),
            "k": 4,
        }

    @property
    def retriever_query_example(self) -> str:
        return "What did Putin say about Idlib?"


def test_fusion_rewards_agreement() -> None:
    fused = retrieve.fuse([["a", "b", "c"], ["b", "d"]], [1, 1], constant=60)
    assert [id for id, _ in fused] == ["b", "a", "d", "c"]
    assert fused[0][1] == pytest.approx(1 / 62 + 1 / 61)


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), unique=True), max_size=4))
def test_fusion_keeps_every_id_once_best_first(rankings: list[list[str]]) -> None:
    fused = retrieve.fuse(rankings, [1.0] * len(rankings))
    assert sorted(id for id, _ in fused) == sorted(
        {id for ranking in rankings for id in ranking}
    )
    assert [score for _, score in fused] == sorted(
        (score for _, score in fused), reverse=True
    )


def test_copies_of_a_story_take_one_place(
    assistant: Assistant, incoming: Callable[..., Incoming]
) -> None:
    story = "The harbour of Varna reopened on Monday after the storm, and ferries sailed again at noon, officials said."
    copies = [incoming(f"copy{n}", story) for n in range(20)]
    other = incoming(
        "other", "Fishing boats stayed in the harbour of Varna because of the waves."
    )
    assert len(reports(assistant.add_articles([*copies, other]))) == 21
    hits = retrieve.search(assistant.archive, "harbour of Varna", 5)
    assert [hit.article.id for hit in hits if hit.article.id == "other"] == ["other"]
    assert len(hits) == 2


def hit(article_id: str, text: str, score: float, date: str | None = None) -> Hit:
    return Hit(
        Passage(f"{article_id}:{text}", article_id, 0, len(text)),
        Article(article_id, text, date=date),
        score,
    )


def ids(hits: list[Hit]) -> list[str]:
    return [hit.article.id for hit in hits]


def test_the_news_of_the_last_days_comes_first_among_equals() -> None:
    dates = {
        "old": "2018-01-01",
        "new": "2018-09-05",
        "after": "2018-09-08",
        "month": "2018-09",
        "undated": None,
    }
    hits = [hit(id, id, 0.1, date) for id, date in dates.items()]
    assert ids(retrieve.fresh(hits, "2018-09-07")) == [
        "new",
        "old",
        "after",
        "month",
        "undated",
    ]


def test_what_bears_on_the_question_stays_before_what_is_only_new() -> None:
    hits = [
        hit("apt", "apt", 0.1, "2018-01-01"),
        hit("new", "new", 0.1 / 4, "2018-09-07"),
    ]
    assert ids(retrieve.fresh(hits, "2018-09-07")) == ["apt", "new"]


def test_many_articles_come_before_many_passages_of_one() -> None:
    hits = [hit("a", f"passage {n}", 0.1 - 0.01 * n) for n in range(4)] + [
        hit("b", "other", 0.05)
    ]
    assert ids(retrieve.varied(hits)) == ["a", "b", "a", "a", "a"]
    far = [
        hit("a", "passage 1", 0.1),
        hit("a", "passage 2", 0.1),
        hit("b", "other", 0.001),
    ]
    assert ids(retrieve.varied(far)) == ["a", "a", "b"]


def test_edited_copies_of_a_story_do_not_fill_the_results(
    assistant: Assistant, incoming: Callable[..., Incoming]
) -> None:
    story = "The harbour of Varna sank into the sea on Monday after a flood, and all the ferries of the harbour were lost."
    places = [
        "Oslo",
        "Rome",
        "Kiel",
        "Brest",
        "Porto",
        "Malmo",
        "Bari",
        "Cadiz",
        "Turku",
        "Genoa",
        "Riga",
        "Split",
        "Gdynia",
        "Izmir",
        "Patras",
    ]
    copies = [
        incoming(
            f"copy{n}",
            f"{place} ({n}): readers from {place} were shocked when they heard of it at last. {story}",
        )
        for n, place in enumerate(places)
    ]
    true = incoming(
        "true",
        "The harbour of Varna is open, its master said: no ferry has been lost, and no flood came.",
    )
    assert len(reports(assistant.add_articles([*copies, true]))) == 16
    hits = assistant.research.passages(
        Question("Which ferries were lost in the harbour of Varna?"), 10
    )
    assert "true" in ids(hits)[:2]


def test_a_passage_stuffed_with_the_words_of_a_question_does_not_come_first(
    bundled: Assistant, tmp_path: Path
) -> None:
    query = "What did Putin say about Idlib?"
    before = [hit.passage.id for hit in retrieve.search(bundled.archive, query, 4)]
    config = load_config({}, data=tmp_path / "stuffed", bundled=False)
    with Assistant(config, embeddings=bundled.archive.embeddings) as assistant:
        stuffed = Incoming(Article("stuffed", "putin idlib say " * 60), "test:stuffed")
        given = [Incoming(article, article.id) for article in bundled.articles()]
        assert len(reports(assistant.add_articles([*given, stuffed]))) == len(given) + 1
        found = retrieve.search(assistant.archive, query, 4)
    assert found[0].article.id != "stuffed"
    assert len(set(before) & {hit.passage.id for hit in found}) >= 3


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ",
        '"unterminated',
        "NEAR(",
        "a AND",
        "*",
        "title:x",
        "-",
        "'; DROP TABLE words;--",
        "$where",
        "😀",
        "\u202e",
        "א" * 3_000,
    ],
)
def test_any_query_is_answered(query: str, bundled: Assistant) -> None:
    assert len(retrieve.search(bundled.archive, query, 3)) == 3


@pytest.mark.parametrize(("k", "least"), [(0, 0), (-5, 0), (1, 1), (10_000, 10)])
def test_any_number_is_possible(k: int, least: int, bundled: Assistant) -> None:
    found = retrieve.search(bundled.archive, "Idlib", k)
    assert least <= len(found) <= max(0, min(k, retrieve.MOST))


def test_spelling_variants_are_found(bundled: Assistant) -> None:
    plain = [hit.passage.id for hit in retrieve.search(bundled.archive, "Erdogan", 5)]
    for variant in ("Erdoğan", "ERDOGAN", "Erdog\u0306an", "Er\u200bdogan"):
        lexical = bundled.archive.store.search(content_words(variant), 50)
        assert set(plain) & set(lexical)


def test_a_retriever_of_another_kind_can_be_plugged_in(bundled: Assistant) -> None:
    article = bundled.articles()[0]

    class Fixed(BaseRetriever):
        def _get_relevant_documents(
            self, query: str, *, run_manager: object
        ) -> list[Document]:
            return [
                Document(
                    page_content=article.text[10:400],
                    metadata={"article_id": article.id},
                ),
                Document(
                    page_content="words that stand nowhere",
                    metadata={"article_id": article.id},
                ),
                Document(
                    page_content="no such article", metadata={"source": "nowhere.txt"}
                ),
            ]

    plugged = Assistant(
        bundled.config, embeddings=bundled.archive.embeddings, retriever=Fixed()
    )
    answer = plugged.ask("What happened in Idlib?")
    assert [
        (hit.article.id, hit.passage.start, hit.passage.end) for hit in answer.passages
    ] == [(article.id, 10, 400)]
    assert all(citation.article_id == article.id for citation in answer.citations)
    plugged.archive.store.close()


def test_the_whole_is_a_runnable(bundled: Assistant) -> None:
    answers = bundled.runnable().batch(
        ["What did Putin say about Idlib?", "What did Nikki Haley say?"]
    )
    assert [bool(answer.citations) for answer in answers] == [True, True]
