"""A chat model writes, through the real provider package and a real server; what it may not say is left out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from rag import models
from rag.chat import Assistant
from rag.models import SentenceEmbeddings
from rag.types import Answer, ModelError
from tests.chat_server import ChatServer, chat_server

QUESTION = "What did Putin say about Idlib?"
FALLBACK = "This answer is made of the articles' own sentences."


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as made:
        yield made


@pytest.fixture
def asking(
    server: ChatServer, bundled: Assistant, embeddings: SentenceEmbeddings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Assistant]:
    """The bundled articles, with the scripted server as the chat model."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    config = dataclasses.replace(bundled.config, model="openai:scripted", model_url=server.url, model_timeout=3.0)
    assistant = Assistant(config, embeddings=embeddings)
    yield assistant
    assistant.archive.store.close()


def written(server: ChatServer, asking: Assistant, *tokens: str) -> Answer:
    server.tokens = tokens
    return asking.ask(QUESTION)


def assert_fell_back(answer: Answer, because: str) -> None:
    assert because in answer.notices[0] and FALLBACK in answer.notices[0]
    assert len(answer.citations) >= 3 and not answer.abstained


def test_a_cited_answer_is_shown_as_the_model_writes_it(server: ChatServer, asking: Assistant) -> None:
    server.tokens = ("Putin spoke of ", "a priority [", "1", "]. ", "He expected a ceasefire [2][1]. ")
    growing = list(asking.stream(QUESTION))
    assert growing[0].text == "Putin spoke of a priority [1]."
    assert growing[-1].text == "Putin spoke of a priority [1]. He expected a ceasefire [2][1]."
    assert [citation.marker for citation in growing[-1].citations] == [1, 2]
    assert growing[-1].notices == ()


def test_the_prompt_holds_the_evidence_and_who_said_it(server: ChatServer, asking: Assistant) -> None:
    written(server, asking, "Putin spoke [1].")
    assert "said by: Vladimir Putin" in server.prompt()
    assert QUESTION in server.prompt()


@pytest.mark.parametrize(
    "sentence",
    [
        "Putin resigned. ",
        "Putin resigned [99]. ",
        "Putin resigned [0]. ",
        "Putin resigned [-1]. ",
        "Putin resigned [1.5]. ",
        "Putin resigned [1e9]. ",
        "Putin said “we will never talk to anybody” [1]. ",
        "[1] ",
    ],
)
def test_a_sentence_without_support_is_left_out(sentence: str, server: ChatServer, asking: Assistant) -> None:
    answer = written(server, asking, sentence, "He expected a ceasefire 【2, 1】. ")
    assert answer.text == "He expected a ceasefire [1][2]."
    assert "resigned" not in answer.text and "never talk" not in answer.text
    if sentence.strip() != "[1]":
        assert answer.notices == ("1 sentence was left out: not supported by the articles.",)


@pytest.mark.parametrize("tokens", [(), ("   ",), ("[1][2]",), ("I cannot help with that.",)])
def test_nothing_usable_ends_in_the_default_answer(
    tokens: tuple[str, ...], server: ChatServer, asking: Assistant
) -> None:
    assert_fell_back(written(server, asking, *tokens), "wrote nothing that the articles support")


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
def test_a_server_that_refuses_ends_in_the_default_answer(status: int, server: ChatServer, asking: Assistant) -> None:
    server.status = status
    assert_fell_back(written(server, asking), "did not answer")


def test_a_cut_stream_keeps_nothing_half(server: ChatServer, asking: Assistant) -> None:
    server.cut_after = 1
    answer = written(server, asking, "Putin spoke of ", "a priority [1]. ")
    assert_fell_back(answer, "The chat model")


def test_an_endless_stream_is_ended(server: ChatServer, asking: Assistant) -> None:
    server.pause = 0.2
    answer = written(server, asking, *(["word "] * 1_000))
    assert_fell_back(answer, "took more than 3 seconds")
    assert answer.seconds < 10


def test_no_server_at_all_ends_in_the_default_answer(asking: Assistant) -> None:
    nowhere = dataclasses.replace(asking.config, model_url="http://127.0.0.1:9/v1")
    asking.config = nowhere
    assert_fell_back(asking.ask(QUESTION), "did not answer")


def test_a_refusal_asks_no_model(server: ChatServer, asking: Assistant) -> None:
    assert asking.ask("What did Angela Merkel say about Idlib?").abstained
    assert server.requests == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gpt", "names no provider"),
        ("nobody:x", "cannot be set up"),
        ("groq:x", "needs the package langchain-groq"),
    ],
)
def test_a_model_that_cannot_be_used_is_told_with_its_remedy(
    name: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ModelError, match=message):
        models.load_chat_model(name)


def test_a_missing_key_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ModelError, match="openai:gpt-x.*cannot be set up"):
        models.load_chat_model("openai:gpt-x")


def test_a_key_is_never_shown(server: ChatServer, asking: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    server.status = 401
    assert "canary" not in str(written(server, asking).to_json())
