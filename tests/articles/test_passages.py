"""Passages tile the article, fit the embedding model, and keep quotations with their
attributions.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.articles import passages
from rag.assistant import Assistant
from rag.models import loaders
from rag.models.loaders import SentenceEmbeddings
from rag.types import Article, Passage

PIECES = [
    *"abc .!?\"'“”‘’«»\n\r\t—…",
    "😀",
    "e\u0301",
    "שלום",
    "\u202e",
    "\u200d",
    "北京。",
    "Mr. ",
    "\u2028",
    "x" * 99,
]
HOSTILE = st.lists(st.sampled_from(PIECES), max_size=1_500).map("".join)


def assert_sound(
    article: Article, found: Sequence[Passage], embeddings: SentenceEmbeddings
) -> None:
    assert "".join(passage.span.of(article.text) for passage in found) == article.text
    assert all(passage.article_id == article.id for passage in found)
    assert len({passage.id for passage in found}) == len(found)
    read = passages.embedded_texts(article, found, embeddings.count_tokens)
    assert max(embeddings.count_tokens(read), default=0) <= embeddings.max_tokens


def test_the_model_reads_every_bundled_passage_whole(
    bundled: Assistant, embeddings: SentenceEmbeddings
) -> None:
    for article in bundled.articles():
        found = passages.split(article, embeddings.count_tokens, embeddings.max_tokens)
        assert len(found) >= 1
        assert_sound(article, found, embeddings)


@given(text=HOSTILE, title=st.text(max_size=400))
def test_hostile_text_is_tiled_too(
    text: str, title: str, embeddings: SentenceEmbeddings
) -> None:
    article = Article("x", text, title)
    assert_sound(
        article,
        passages.split(article, embeddings.count_tokens, embeddings.max_tokens),
        embeddings,
    )


@pytest.mark.parametrize(
    "text",
    [
        "x" * 20_000,
        "word " * 6_000,
        "😀. " * 6_000,
        "北京" * 3_000,
        "\r\n" * 500,
        "a\u0301" * 4_000,
    ],
)
def test_text_without_ordinary_sentences_is_cut_to_fit(
    text: str, embeddings: SentenceEmbeddings
) -> None:
    article = Article("x", text)
    found = passages.split(article, embeddings.count_tokens, embeddings.max_tokens)
    assert_sound(article, found, embeddings)
    assert max(len(passage.span) for passage in found) <= passages.MAX_CHARACTERS


def test_a_quotation_stays_with_its_attribution(embeddings: SentenceEmbeddings) -> None:
    quotation = (
        "“"
        + " ".join(f"This is sentence {n} of what was said there." for n in range(8))
        + "” the minister said."
    )
    filler = " ".join(
        f"Something else number {n} happened in the capital that day."
        for n in range(14)
    )
    article = Article("x", f"{filler} {quotation} {filler}")
    found = passages.split(article, embeddings.count_tokens, embeddings.max_tokens)
    assert len(found) > 1
    assert any(quotation in passage.span.of(article.text) for passage in found)


def test_passages_have_about_one_size(embeddings: SentenceEmbeddings) -> None:
    article = Article(
        "x",
        "\n".join(
            f"Paragraph {n} says that the talks went on until the morning."
            for n in range(90)
        ),
    )
    found = passages.split(article, embeddings.count_tokens, embeddings.max_tokens)
    sizes = embeddings.count_tokens(
        [passage.span.of(article.text) for passage in found]
    )
    assert min(sizes) > max(sizes) / 2


def test_embeddings_without_a_tokenizer_are_counted_carefully() -> None:
    from langchain_core.embeddings import DeterministicFakeEmbedding

    plain = DeterministicFakeEmbedding(size=8)
    article = Article(
        "x", "The talks went on until the morning, he said. " * 100, "Talks"
    )
    found = passages.split(
        article,
        lambda texts: loaders.count_tokens(plain, texts),
        loaders.max_tokens(plain),
    )
    assert len(found) > 3
    assert "".join(passage.span.of(article.text) for passage in found) == article.text
