"""A chat model writes, through the real provider package and a real server; what it may not
say is left out.
"""

from __future__ import annotations

import dataclasses
import json
import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest

from rag.archive import doctor
from rag.assistant import Assistant
from rag.errors import ModelError
from rag.models import loaders
from rag.models.loaders import SentenceEmbeddings
from rag.types import Answer, Turn
from tests.chat_server import ChatServer, chat_server

QUESTION = "What did Putin say about Idlib?"
PRIORITY = "Putin said the absolute priority lies in the total elimination of terrorists in Syria"
SUPPORT = "Putin said that the radical groups apparently enjoy some outside support"
CONCERN = "Putin said the continued activities of extremists in Idlib have become a source of particular concern"
FALLBACK = "This answer is made of the articles' own sentences."
LEFT_OUT = "1 sentence was left out: not supported by the articles."
KEY = "sk-canary-0123456789"


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as made:
        yield made


@pytest.fixture
def asking(
    server: ChatServer,
    bundled: Assistant,
    embeddings: SentenceEmbeddings,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Assistant]:
    """The bundled articles, with the scripted server as the chat model."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    config = dataclasses.replace(
        bundled.config,
        model="openai:scripted",
        model_url=server.url,
        model_timeout=20.0,
    )
    assistant = Assistant(config, embeddings=embeddings)
    yield assistant
    assistant.archive.store.close()


def written(server: ChatServer, asking: Assistant, *tokens: str) -> Answer:
    server.tokens = tokens
    return asking.ask(QUESTION)


def hurried(asking: Assistant, seconds: float) -> Assistant:
    asking.pipeline.config = dataclasses.replace(asking.config, model_timeout=seconds)
    return asking


def assert_fell_back(answer: Answer, because: str) -> None:
    assert because in answer.notices[0] and FALLBACK in answer.notices[0]
    assert len(answer.citations) >= 3 and not answer.abstained and answer.writer == ""


def quotes(answer: Answer) -> list[str]:
    return [citation.quote for citation in answer.citations]


# What is written


def test_a_cited_answer_grows_sentence_by_sentence(
    server: ChatServer, asking: Assistant
) -> None:
    server.tokens = (PRIORITY[:20], PRIORITY[20:] + " [", "2", "]. ", f"{SUPPORT} [7].")
    texts = list(dict.fromkeys(growing.text for growing in asking.stream(QUESTION)))
    assert [text for text in texts if text] == [
        f"{PRIORITY} [1].",
        f"{PRIORITY} [1]. {SUPPORT} [2].",
    ]


def test_a_complete_answer_names_its_writer_and_numbers_what_it_cites(
    server: ChatServer, asking: Assistant
) -> None:
    answer = written(server, asking, f"{PRIORITY} [2]. {SUPPORT} [7].")
    assert [citation.marker for citation in answer.citations] == [1, 2]
    assert (
        quotes(answer)[1]
        == "that the radical groups apparently enjoy some outside support"
    )
    assert (answer.writer, answer.notices) == ("scripted", ())
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "marker",
    ["[2]", "【2】", "[2, 2]", "[2][2]", "［２］", "[^2]", "[Source 2]", "`[2]`"],
)
def test_markers_of_every_style_are_read(
    marker: str, server: ChatServer, asking: Assistant
) -> None:
    answer = written(server, asking, f"{PRIORITY} {marker}.")
    assert answer.text == f"{PRIORITY} [1]."
    assert "absolute priority" in quotes(answer)[0]


@pytest.mark.parametrize(
    "marker", ["", "[0]", "[99]", "[-1]", "[1.5]", "[1e9]", "[7]", "[1-2]", "[6][7]"]
)
def test_a_right_statement_gets_the_right_marker(
    marker: str, server: ChatServer, asking: Assistant
) -> None:
    answer = written(server, asking, f"{PRIORITY} {marker}.")
    assert answer.text == f"{PRIORITY} [1]."
    assert "absolute priority" in quotes(answer)[0]


def test_a_model_that_cites_nothing_is_cited(
    server: ChatServer, asking: Assistant
) -> None:
    answer = written(
        server, asking, f"Here is the answer:\n\n* **{PRIORITY}**\n* {SUPPORT}\n"
    )
    assert answer.text == f"{PRIORITY} [1]. {SUPPORT} [2]."


@pytest.mark.parametrize(
    "sentence",
    [
        "Putin resigned. ",
        "Putin has resigned in Moscow [1]. ",
        "Putin has resigned in Moscow (1). ",
        "Putin said “we will never talk to anybody” [1]. ",
        "Erdogan said that the radical groups apparently enjoy some outside support [7]. ",
        "Putin said on 9 September that the radical groups apparently enjoy some outside support [7]. ",
        "Putin said that the radical groups enjoy no outside support [7]. ",
        "Putin said that 500 radical groups apparently enjoy some outside support [7]. ",
        "Putin said that the radical groups apparently enjoy some support of Qatar [7]. ",
    ],
)
def test_a_sentence_without_support_is_left_out(
    sentence: str, server: ChatServer, asking: Assistant
) -> None:
    answer = written(server, asking, sentence, f"{PRIORITY} [2]. ")
    assert answer.text == f"{PRIORITY} [1]."
    assert answer.notices == (LEFT_OUT,)


def test_markers_alone_are_no_sentence(server: ChatServer, asking: Assistant) -> None:
    answer = written(server, asking, "[1] ", f"[2][3]\n{PRIORITY} [2]. ")
    assert (answer.text, answer.notices) == (f"{PRIORITY} [1].", ())


def test_a_sentence_is_shown_once(server: ChatServer, asking: Assistant) -> None:
    answer = written(server, asking, *[f"{PRIORITY} [2]. "] * 3)
    assert (answer.text, answer.notices) == (f"{PRIORITY} [1].", ())


def test_a_pronoun_means_whom_the_reader_takes_it_for(
    server: ChatServer, asking: Assistant
) -> None:
    server.tokens = (
        "Erdogan said a ceasefire “would be a victory for this summit.” [3] He said it would not hold [7].",
    )
    answer = asking.ask("What did Putin and Erdogan say about a ceasefire?")
    assert (
        answer.text
        == "Erdogan said a ceasefire “would be a victory for this summit” [1]."
    )


def test_words_of_a_speaker_are_not_told_as_the_articles_own(
    server: ChatServer, asking: Assistant
) -> None:
    answer = written(
        server, asking, "The radical groups apparently enjoy some outside support [7]."
    )
    assert (
        answer.text
        == "Vladimir Putin: The radical groups apparently enjoy some outside support [1]."
    )


def test_thoughts_before_the_answer_are_not_shown(
    server: ChatServer, asking: Assistant
) -> None:
    answer = written(
        server, asking, f"<think>{SUPPORT} [7]. I say ", f"so.</think>{PRIORITY} [2]."
    )
    assert answer.text == f"{PRIORITY} [1]."


def test_the_prompt_holds_the_evidence_and_the_conversation(
    server: ChatServer, asking: Assistant
) -> None:
    server.tokens = (f"{PRIORITY} [2].",)
    asking.ask(QUESTION, [Turn("Who met in Tehran?", "The three presidents met.")])
    assert '"said by": "Vladimir Putin"' in server.prompt()
    assert (
        QUESTION in server.prompt()
        and '"question": "Who met in Tehran?"' in server.prompt()
    )


# What fails is corrected once, what is doubtful is asked once


def test_a_sentence_that_fails_is_corrected(
    server: ChatServer, asking: Assistant
) -> None:
    server.replies = [(f"Erdogan {SUPPORT[6:]} [7].",), (f"{SUPPORT} [7].",)]
    answer = asking.ask(QUESTION)
    assert (answer.text, answer.notices) == (f"{SUPPORT} [1].", ())
    assert "the evidence cited is no statement of" in server.prompt()


def test_a_correction_that_fails_is_left_out(
    server: ChatServer, asking: Assistant
) -> None:
    server.replies = [
        (f"{PRIORITY} [2]. Putin has resigned [1].",),
        ("Putin has left Moscow for good [1].",),
    ]
    answer = asking.ask(QUESTION)
    assert (answer.text, answer.notices) == (f"{PRIORITY} [1].", (LEFT_OUT,))
    assert len(server.requests) == 2


def test_corrections_stay_within_the_time_limit(
    server: ChatServer, asking: Assistant
) -> None:
    server.replies = [(f"{PRIORITY} [2]. Putin has resigned [1].",)]
    server.tokens = ["word "] * 1_000
    server.pause = 0.1
    answer = hurried(asking, 8.0).ask(QUESTION)
    assert (answer.text, answer.notices) == (f"{PRIORITY} [1].", (LEFT_OUT,))
    assert answer.seconds < 12


@pytest.mark.parametrize(
    ("verdict", "count"), [("true", 2), ("false", 1), ('"yes"', 1)]
)
def test_a_doubtful_sentence_is_shown_where_the_model_finds_it_supported(
    verdict: str, count: int, server: ChatServer, asking: Assistant
) -> None:
    doubtful = "Putin said that these radical groups get help from abroad, it seems, and enjoy outside support"
    confirmation = f'{{"number": 1, "supported": {verdict}}}'
    server.replies = [(f"{PRIORITY} [2]. {doubtful} [7].",), (confirmation,)]
    answer = asking.ask(QUESTION)
    assert answer.text.count("[") == count
    assert answer.notices == (() if count == 2 else (LEFT_OUT,))
    assert doubtful in server.prompt()


# Structured output


def structured(server: ChatServer, asking: Assistant) -> Assistant:
    from langchain_openai import ChatOpenAI

    model = ChatOpenAI(
        model="scripted",
        base_url=server.url,
        api_key="none",  # type: ignore[arg-type]
        profile={"structured_output": True},
    )
    asking.pipeline.chat_model = model
    return asking


def test_structured_output_is_used_where_the_model_has_it(
    server: ChatServer, asking: Assistant
) -> None:
    reply = json.dumps(
        {
            "sentences": [
                {"text": PRIORITY, "evidence": [2]},
                {"text": SUPPORT, "evidence": [7]},
            ]
        }
    )
    server.tokens = [reply[at : at + 9] for at in range(0, len(reply), 9)]
    server.pause = 0.02
    texts = list(
        dict.fromkeys(
            growing.text for growing in structured(server, asking).stream(QUESTION)
        )
    )
    assert [text for text in texts if text] == [
        f"{PRIORITY} [1].",
        f"{PRIORITY} [1]. {SUPPORT} [2].",
    ]
    assert server.requests[0]["response_format"]["type"] == "json_schema"


@pytest.mark.parametrize(
    "reply",
    [
        f"{PRIORITY} [2].",
        "{",
        '{"sentences": 3}',
        "[]",
        '{"sentences": [{"text": null}]}',
    ],
)
def test_structured_output_that_fails_gives_way_to_prose(
    reply: str, server: ChatServer, asking: Assistant
) -> None:
    server.replies = [(reply,)]
    server.tokens = (f"{PRIORITY} [2].",)
    assert structured(server, asking).ask(QUESTION).text == f"{PRIORITY} [1]."
    assert "response_format" not in server.requests[1]


# What ends in the default answer


@pytest.mark.parametrize(
    "tokens",
    [
        (),
        ("   ",),
        ("[1][2]",),
        ("I cannot help with that.",),
        ("Nie wiem, co powiedział Putin.",),
    ],
)
def test_nothing_usable_ends_in_the_default_answer(
    tokens: tuple[str, ...], server: ChatServer, asking: Assistant
) -> None:
    assert_fell_back(
        written(server, asking, *tokens), "wrote nothing that the articles support"
    )


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (401, "set OPENAI_API_KEY to a valid one"),
        (403, "set OPENAI_API_KEY to a valid one"),
        (404, "check the model's name and ONRECORD_MODEL_URL"),
        (429, "ask again later"),
        (500, "its server failed (500)"),
        (503, "its server failed (503)"),
    ],
)
def test_a_server_that_refuses_ends_in_the_default_answer(
    status: int, advice: str, server: ChatServer, asking: Assistant
) -> None:
    server.status = status
    server.headers = {"retry-after-ms": "1"}
    answer = written(server, asking)
    assert_fell_back(answer, "did not answer")
    assert advice in answer.notices[0] and "\n" not in answer.notices[0]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_is_soon_ready_is_asked_again(
    status: int, server: ChatServer, asking: Assistant
) -> None:
    server.statuses = [status]
    server.headers = {"Retry-After": "1"}
    answer = written(server, asking, f"{PRIORITY} [2].")
    assert answer.text == f"{PRIORITY} [1]." and answer.seconds >= 1


@pytest.mark.parametrize("wait", ["1e9", "100000", "60", "-1", "soon"])
def test_no_server_is_waited_for_beyond_the_limit(
    wait: str, server: ChatServer, asking: Assistant
) -> None:
    server.status = 429
    server.headers = {"Retry-After": wait}
    answer = written(server, hurried(asking, 2.0))
    assert_fell_back(answer, "The chat model")
    assert answer.seconds < 6


def test_a_model_silent_from_the_start_is_not_waited_for(
    server: ChatServer, asking: Assistant
) -> None:
    server.delay = 5.0
    answer = written(server, hurried(asking, 1.0), f"{PRIORITY} [2].")
    assert_fell_back(answer, "took more than 1 seconds")
    assert answer.seconds < 4


def test_a_model_that_falls_silent_is_not_waited_for(
    server: ChatServer, asking: Assistant
) -> None:
    server.pause = 1.5
    answer = written(server, hurried(asking, 2.0), *[f"{PRIORITY} [2]. "] * 5)
    assert_fell_back(answer, "took more than 2 seconds")


@pytest.mark.parametrize("ending", ["cut", "reset", "fault"])
def test_a_stream_that_breaks_ends_in_the_default_answer(
    ending: str, server: ChatServer, asking: Assistant
) -> None:
    server.cut_after, server.ending, server.pause = 2, ending, 0.05
    answer = written(
        server, asking, f"{PRIORITY} [2]. ", "Putin spoke of ", "a priority [1]. "
    )
    assert_fell_back(answer, "The chat model did not answer")


def test_an_endless_stream_is_ended(server: ChatServer, asking: Assistant) -> None:
    server.pause = 0.2
    answer = written(server, hurried(asking, 2.0), *(["word "] * 1_000))
    assert_fell_back(answer, "took more than 2 seconds")
    assert answer.seconds < 6
    assert server.hung_up.wait(3)


def test_a_burst_is_ended(server: ChatServer, asking: Assistant) -> None:
    answer = written(
        server,
        asking,
        *["A long sentence without an end and with commas, " * 2_000] * 100,
    )
    assert_fell_back(answer, "wrote more than 20000 characters")
    assert answer.seconds < 10


def test_a_model_that_repeats_itself_is_ended(
    server: ChatServer, asking: Assistant
) -> None:
    assert_fell_back(
        written(server, asking, *[f"{PRIORITY} [2]. "] * 50), "repeats itself"
    )


def test_the_evidence_for_pages_is_ended(server: ChatServer, asking: Assistant) -> None:
    server.tokens = (f"{PRIORITY} [2].",)
    asking.ask(QUESTION)
    assert_fell_back(
        written(server, asking, *[server.prompt(0)] * 20), "The chat model"
    )


def test_an_echo_of_the_prompt_is_left_out(
    server: ChatServer, asking: Assistant
) -> None:
    server.tokens = (f"{PRIORITY} [2].",)
    asking.ask(QUESTION)
    instructions = server.requests[0]["messages"][0]["content"]
    assert_fell_back(written(server, asking, instructions), "that the articles")


def test_evidence_that_is_too_long_is_halved_once(
    server: ChatServer, asking: Assistant
) -> None:
    server.statuses = [400]
    server.message = "This model's maximum context length is 512 tokens. Please reduce the length of the messages."
    answer = written(server, asking, f"{PRIORITY}.")
    assert answer.citations and answer.writer == "scripted"
    assert server.prompt(1).count('"number"') < server.prompt(0).count('"number"')


def test_evidence_that_stays_too_long_ends_in_the_default_answer(
    server: ChatServer, asking: Assistant
) -> None:
    server.status = 400
    server.message = "maximum context length exceeded"
    assert_fell_back(written(server, asking), "is too long for it")
    assert len(server.requests) == 2


def test_a_page_in_place_of_an_answer_ends_in_the_default_answer(
    server: ChatServer, asking: Assistant
) -> None:
    server.page = "<html><body><script>alert(1)</script>Sign in</body></html>"
    assert_fell_back(written(server, asking), "The chat model")


def test_no_server_at_all_ends_in_the_default_answer(asking: Assistant) -> None:
    asking.pipeline.config = dataclasses.replace(
        asking.config, model_url="http://127.0.0.1:9/v1"
    )
    assert_fell_back(asking.ask(QUESTION), "did not answer")


def test_a_refusal_asks_no_model(server: ChatServer, asking: Assistant) -> None:
    assert asking.ask("What did Angela Merkel say about Idlib?").abstained
    assert server.requests == []


def test_closing_the_answer_ends_the_call(
    server: ChatServer, asking: Assistant
) -> None:
    server.tokens = [f"{PRIORITY} [2]. ", *["word "] * 1_000]
    server.pause = 0.2
    with closing(asking.stream(QUESTION)) as growing:  # type: ignore[type-var]
        next(growing)
        started = time.monotonic()
    assert server.hung_up.wait(3) and time.monotonic() - started < 3


def test_unicode_comes_through(server: ChatServer, asking: Assistant) -> None:
    answer = written(
        server,
        asking,
        f"{PRIORITY.replace('Putin', '“P”utin')} 🙂 [2]. {SUPPORT} 🙂\u202e [7].",
    )
    assert SUPPORT in answer.text and len(answer.citations) == 1


# Setting a model up


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gpt", "names no provider"),
        ("nobody:x", "cannot be set up"),
        ("groq:x", "needs the package langchain-groq"),
        ("openai:", "names no provider"),
    ],
)
def test_a_model_that_cannot_be_used_is_told_with_its_remedy(
    name: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ModelError, match=message):
        loaders.load_chat_model(name)


def test_a_missing_key_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(
        ModelError, match="openai:gpt-x.*cannot be set up.*OPENAI_API_KEY"
    ):
        loaders.load_chat_model("openai:gpt-x")


@pytest.mark.parametrize("status", [200, 400, 401, 429, 500])
def test_a_key_is_never_shown(
    status: int,
    server: ChatServer,
    asking: Assistant,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    server.statuses = [status] * 3
    server.message = f"Incorrect API key provided: {KEY}. Authorization: Bearer {KEY}"
    server.headers = {"retry-after-ms": "1"}
    with caplog.at_level(logging.DEBUG, logger="rag"):
        answer = written(server, asking, f"Your key is {KEY} [1]. {PRIORITY} [2].")
        checked = list(doctor.examine(asking.archive))
    told = [
        str(answer.to_json()),
        repr(answer),
        repr(checked),
        repr(asking.config),
        caplog.text,
        *capfd.readouterr(),
    ]
    assert not any("canary" in text for text in told)
    assert all("canary" not in json.dumps(request) for request in server.requests[:1])


@pytest.mark.parametrize("name", ["LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"])
def test_tracing_to_a_third_party_is_switched_off(
    name: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from langsmith import utils

    monkeypatch.setenv(name, "true")
    utils.get_env_var.cache_clear()  # type: ignore[attr-defined]
    assert utils.tracing_is_enabled()
    assert loaders.stop_tracing() and not utils.tracing_is_enabled()
    assert f"{name} is switched off" in caplog.text
    assert not loaders.stop_tracing()


def test_models_written_as_objects_are_asked_the_same_way(asking: Assistant) -> None:
    from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
    from langchain_core.messages import AIMessage

    replies: Sequence[AIMessage] = [AIMessage(f"{PRIORITY} [2].")]
    asking.pipeline.chat_model = GenericFakeChatModel(messages=iter(replies))
    assert asking.ask(QUESTION).text == f"{PRIORITY} [1]."
