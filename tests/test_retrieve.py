"""The retriever passes LangChain's own tests; fusion, diversity, and hostile queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_tests.integration_tests import RetrieversIntegrationTests

from rag import retrieve
from rag.chat import Assistant
from rag.question import content_words
from rag.types import Incoming
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
        return {"search": lambda *asked: retrieve.search(self._assistant.archive, *asked), "k": 4}

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
    assert sorted(id for id, _ in fused) == sorted({id for ranking in rankings for id in ranking})
    assert [score for _, score in fused] == sorted((score for _, score in fused), reverse=True)


def test_copies_of_a_story_take_one_place(assistant: Assistant, incoming: Callable[..., Incoming]) -> None:
    story = "The harbour of Varna reopened on Monday after the storm, and ferries sailed again at noon, officials said."
    copies = [incoming(f"copy{n}", story) for n in range(20)]
    other = incoming("other", "Fishing boats stayed in the harbour of Varna because of the waves.")
    assert len(reports(assistant.add_articles([*copies, other]))) == 21
    hits = retrieve.search(assistant.archive, "harbour of Varna", 5)
    assert [hit.article.id for hit in hits if hit.article.id == "other"] == ["other"]
    assert len(hits) == 2


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
        def _get_relevant_documents(self, query: str, *, run_manager: object) -> list[Document]:
            return [
                Document(page_content=article.text[10:400], metadata={"article_id": article.id}),
                Document(page_content="words that stand nowhere", metadata={"article_id": article.id}),
                Document(page_content="no such article", metadata={"source": "nowhere.txt"}),
            ]

    plugged = Assistant(bundled.config, embeddings=bundled.archive.embeddings, retriever=Fixed())
    answer = plugged.ask("What happened in Idlib?")
    assert [(hit.article.id, hit.passage.start, hit.passage.end) for hit in answer.passages] == [(article.id, 10, 400)]
    assert all(citation.article_id == article.id for citation in answer.citations)
    plugged.archive.store.close()


def test_the_whole_is_a_runnable(bundled: Assistant) -> None:
    answers = bundled.runnable().batch(["What did Putin say about Idlib?", "What did Nikki Haley say?"])
    assert [bool(answer.citations) for answer in answers] == [True, True]
