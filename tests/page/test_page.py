"""What the page shows, as HTML and as Markdown: nothing of an article or a model becomes markup."""

from __future__ import annotations

import base64
import json
import math
import re
import zlib
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import gradio as gr
import pytest

from rag.archive.feedback import read_feedback
from rag.assistant import Assistant
from rag.config import Config, load
from rag.language.days import readable_date
from rag.models.loaders import SentenceEmbeddings
from rag.output import documents
from rag.page import conversation
from rag.page.conversation import Exchange
from rag.page.tabs.ask import Handlers
from rag.page.views import chips, feedback, reader, shelf, timeline
from rag.page.views import exchange as exchange_view
from rag.page.views import refusal as refusal_view
from rag.page.views.comparison import grid, relations
from rag.page.views.exchange import evidence, masthead, notice, welcome
from rag.page.views.pieces import EVENTS
from rag.questions.parts import MOST_NAMES, changed, understood, worded
from rag.questions.understand import understand
from rag.types import (
    Answer,
    Article,
    Citation,
    Column,
    Comparison,
    Feedback,
    Hit,
    Known,
    Outcome,
    Passage,
    Progress,
    Question,
    Refusal,
    Relation,
    Span,
    Statement,
    Status,
)
from tests import ROOT

HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>${alert(3)}{{x}}\' [1](http://evil.example) \u202e'
TEXT = 'The mayor spoke on Monday.\n\n"The ferry returns in May," she said. "We owe it to the islanders."\n\nIt rained.'
READY = Status(articles=2, passages=5, model="", busy=None, ready=True)
READING = Progress("reading the articles", 3, 8)


class Outline(HTMLParser):
    """The tags and the text of some HTML, with what a browser would run or fetch noted."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.active: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.marks: list[tuple[str, str]] = []
        self._mark: str | None = None
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        if tag in {"img", "script", "iframe", "style", "object"} or any(
            name.startswith("on") for name in given
        ):
            self.active.append(tag)
        if tag == "form" and "action" in given:
            self.active.append(tag)
        if tag == "a":
            self.links.append(given["href"] or "")
        if tag == "mark":
            self._mark = given["class"]
            self.marks.append((self._mark or "", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "mark":
            self._mark = None

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._mark:
            name, words = self.marks[-1]
            self.marks[-1] = (name, words + data)


def article(**given: str | None) -> Article:
    return replace(
        Article("ferry", TEXT, "Ferry to return", None, "Harbour Post", "2021-03-01"),
        **given,  # type: ignore[arg-type]
    )


def citation(quote: str, marker: int = 1, **given: str | None) -> Citation:
    start = TEXT.index(quote)
    whole = Citation(
        marker,
        "ferry",
        "Ferry to return",
        "Harbour Post",
        "2021-03-01",
        None,
        start,
        start + len(quote),
        quote,
    )
    return replace(whole, **given)  # type: ignore[arg-type]


def answered(text: str, *citations: Citation, **given: Any) -> Exchange:
    question = Question("When does the ferry return?")
    return Exchange(Answer(question, text, citations, **given))


SAID = citation('"The ferry returns in May,"', speaker="The mayor", kind="direct")
OWED = citation('"We owe it to the islanders."', 2)


CEASEFIRE = Comparison(
    "speaker",
    ("Vladimir Putin", "Recep Tayyip Erdogan", "Angela Merkel"),
    (Column("2018-09-07"), Column("2018-09-17")),
    (((1, 2), (4,)), ((3,), ()), ((), ())),
    (
        Relation("differs", 2, 3, "“doubt” [2] is not “call” [3]."),
        Relation("changed position", 1, 4, "so", "model"),
    ),
)


def compared(comparison: Comparison = CEASEFIRE, **dates: str | None) -> Answer:
    """An answer whose statements 1 to 4 are of the days given as `d1` to `d4`, the seventh
    of September otherwise.
    """
    citations = tuple(
        replace(
            SAID,
            marker=marker,
            date=dates.get(f"d{marker}", "2018-09-07"),
            speaker=name,
        )
        for marker, name in enumerate(
            [
                "Vladimir Putin",
                "Vladimir Putin",
                "Recep Tayyip Erdogan",
                "Vladimir Putin",
            ],
            1,
        )
    )
    asked = Question(
        "Compare", "compare", comparison.rows, "a ceasefire", form="differ"
    )
    return Answer(asked, "They differ [2][3].", citations, comparison=comparison)


def said(quote: str, speaker: str | None, source: str | None = None) -> Statement:
    start = TEXT.index(quote)
    named = (
        Span(TEXT.index(source), TEXT.index(source) + len(source)) if source else None
    )
    return Statement(
        "s",
        "ferry",
        speaker,
        "name",
        named,
        None,
        (Span(start, start + len(quote)),),
        "direct",
    )


def everything_shown(hostile: str) -> list[str]:
    """Every rendering with the hostile words wherever words can be."""
    cited = replace(
        SAID,
        title=hostile,
        source=hostile,
        date=hostile,
        speaker=hostile,
        quote=hostile,
        url=hostile,
        article_id=hostile,
        said=hostile,
        sources=2,
    )
    cited = replace(cited, also=(cited,))
    dated = replace(cited, marker=2, said="2018-09-05")
    table = Comparison(
        "source",
        (hostile, hostile),
        (Column(hostile, hostile, hostile),),
        (((1, 2),), ((),)),
        (Relation("differs", 1, 2, hostile),),
    )
    spoken = Statement(
        "s", hostile, hostile, None, None, None, (Span(0, len(hostile)),), "direct"
    )
    question = Question(
        hostile,
        "ask",
        (hostile,),
        hostile,
        (hostile,),
        hostile,
        hostile,
        others=(hostile,),
        is_follow_up=True,
    )
    refusal = Refusal("silent speaker", hostile, (hostile,), (hostile,))
    answer = Answer(
        question,
        f"{hostile} [1]",
        (cited, dated),
        notices=(hostile,),
        reason=hostile,
        comparison=table,
        refusal=refusal,
        writer=hostile,
    )
    told = Exchange(answer, problem=hostile)
    hostile_article = Article(
        hostile, hostile, hostile, hostile, hostile, hostile, hostile
    )
    work = Progress(hostile, 1, 2)
    return [
        masthead(replace(READY, problem=hostile), hostile),
        masthead(replace(READY, busy=work), ""),
        welcome(READY, [hostile]),
        exchange_view.exchange(told, 0, latest=True, next_=[hostile]),
        exchange_view.compared(told),
        timeline.timeline(answer, 0),
        grid(answer, 0),
        relations(answer, 0),
        chips.chips(question, 0),
        exchange_view.exchange(Exchange(replace(answer, abstained=True)), 0),
        exchange_view.exchange(
            Exchange(replace(answer, abstained=True, reason=None)), 0
        ),
        refusal_view.refusal(answer, 0),
        feedback.feedback(told, 0),
        exchange_view.conversation([told]),
        exchange_view.conversation([told, told], 1),
        evidence(told, 0, 1),
        reader.article(
            hostile_article,
            replace(cited, start=0, end=len(hostile)),
            [cited],
            [spoken],
        ),
        reader.article(hostile_article, cited),
        reader.missing(cited),
        shelf.articles([hostile_article]),
        shelf.articles([hostile_article] * 2, most=1),
        shelf.removed(hostile_article),
        shelf.progress(work, [Outcome("skipped", hostile, hostile, reason=hostile)]),
        notice(hostile),
    ]


@pytest.mark.parametrize(
    "hostile",
    [HOSTILE, "![x](javascript:alert(1))<img src=x>", "javascript:alert(1)<img src=x>"],
)
def test_hostile_words_stay_words_wherever_they_are_shown(hostile: str) -> None:
    for shown in everything_shown(hostile):
        outline = Outline(shown)
        assert outline.active == [], shown
        assert outline.links == []
        assert "<img src=x" in outline.text


def test_every_button_asks_for_something_that_the_page_knows() -> None:
    shown = "".join(everything_shown("x"))
    assert set(re.findall(r'data-event="(\w+)"', shown)) == set(EVENTS)


def test_hostile_names_are_offered_to_a_chip_as_words() -> None:
    assert Outline(chips.offered(Known((HOSTILE,), (HOSTILE,)))).active == []


@pytest.mark.parametrize("words", ["\ud800", "\x00", "\u202e", "x" * 100_000, ""])
def test_odd_words_can_be_shown_and_sent(words: str) -> None:
    for shown in everything_shown(words):
        assert shown.encode("utf-8").decode("utf-8") == shown


def test_a_cited_place_is_marked_strongly_and_the_others_lightly() -> None:
    outline = Outline(reader.article(article(), SAID, [SAID, OWED]))
    assert outline.marks == [("cited", SAID.quote), ("also", OWED.quote)]


def test_the_whole_text_of_an_article_is_shown_once() -> None:
    outline = Outline(
        reader.article(article(title="T", source=None, date=None), SAID, [OWED])
    )
    assert "".join(outline.text.split()) == "T" + "".join(TEXT.split())


def test_a_mark_may_run_over_paragraphs_and_over_another_mark() -> None:
    long = citation(TEXT[10:-5])
    outline = Outline(reader.article(article(), OWED, [long]))
    assert ("cited", OWED.quote) in outline.marks
    assert " ".join("".join(words for _, words in outline.marks).split()) == " ".join(
        long.quote.replace("\n\n", "").split()
    )


def test_an_article_that_has_changed_shows_the_cited_words_without_marking_others() -> (
    None
):
    outline = Outline(reader.article(article(text="Rewritten."), SAID))
    assert outline.marks == []
    assert "has changed" in outline.text
    assert SAID.quote in outline.text


def test_a_removed_article_still_shows_the_cited_words() -> None:
    assert SAID.quote in Outline(reader.missing(SAID)).text


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "file:///etc/passwd",
        "http://",
        "http://[",
        None,
    ],
)
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert Outline(reader.article(article(url=url))).links == []


def test_a_web_address_becomes_a_link_without_opener() -> None:
    shown = reader.article(article(url="https://example.org/a?b=1&c=2"))
    assert Outline(shown).links == ["https://example.org/a?b=1&c=2"]
    assert 'rel="noopener noreferrer"' in shown


def test_markers_become_buttons_only_where_there_is_a_citation() -> None:
    outline = Outline(
        exchange_view.exchange(
            answered("In May [1]. And [7], [0], [99999999999].", SAID), 0
        )
    )
    assert outline.text.count("[1]") == 1
    assert "And [7], [0], [99999999999]." in outline.text
    answer = Outline(ways_out(exchange_view.exchange(answered("In May [1].", SAID), 0)))
    assert answer.tags.count("button") == 4  # the citation, Evidence, Copy, Export


def ways_out(shown: str) -> str:
    """An exchange as HTML without its chips and its feedback."""
    return re.sub(
        r'<ul class="chips".*?</ul>|<div class="feedback".*?</div>', "", shown
    )


def test_a_very_long_word_before_a_citation_is_shown_whole_and_at_once() -> None:
    outline = Outline(
        exchange_view.exchange(answered("x" * 100_000 + "[1]" + "y" * 100_000, SAID), 0)
    )
    assert "x" * 100_000 + "[1]" + "y" * 100_000 in outline.text


def test_a_citation_button_tells_its_quotation() -> None:
    shown = exchange_view.exchange(answered("In May [1].", SAID), 3)
    assert 'data-turn="3" data-marker="1"' in shown
    assert (
        'aria-label="Citation 1: The mayor: &quot;The ferry returns in May,&quot;"'
        in shown
    )


def test_a_refusal_says_what_was_looked_for_and_shows_the_nearest_evidence() -> None:
    question = Question("What of trams?", speakers=("The mayor",), topic="trams")
    reason = "No article says anything of trams."
    shown = Exchange(
        Answer(
            question,
            f"{reason} The nearest [1].",
            (OWED,),
            abstained=True,
            reason=reason,
        )
    )
    outline = Outline(
        exchange_view.exchange(
            shown, 0, latest=True, next_=["When does the ferry return?"]
        )
    )
    for words in (
        "Not on record",
        "by The mayor",
        "about trams",
        "When does the ferry",
        "Nearest evidence",
    ):
        assert words in outline.text
    assert outline.text.count(reason) == 1
    text = Outline(evidence(shown, 0)).text
    assert text.startswith("Nearest evidence")
    assert "It does not answer the question." in text


def refusing(refusal: Refusal, **asked: Any) -> str:
    """A refusal by a question of these parts, as the page shows it."""
    answer = Answer(
        Question("q", **asked),
        "text",
        abstained=True,
        reason=refusal.reason,
        refusal=refusal,
    )
    return exchange_view.exchange(Exchange(answer), 0)


def offered_questions(shown: str) -> list[str]:
    return re.findall(r'data-event="ask" data-question="([^"]*)"', shown)


def test_a_refusal_offers_those_who_spoke_on_the_topic_and_what_the_speaker_spoke_on() -> (
    None
):
    near = Refusal(
        "silent speaker",
        "Macron says nothing about Idlib.",
        ("Putin", "Erdogan"),
        ("trade", "Brexit"),
    )
    shown = refusing(near, speakers=("Emmanuel Macron",), topic="Idlib")
    assert "On this topic, on record:PutinErdogan" in Outline(shown).text
    assert "Emmanuel Macron did speak on:tradeBrexit" in Outline(shown).text
    assert offered_questions(shown) == [
        "What did Putin say about Idlib?",
        "What did Erdogan say about Idlib?",
        "What did Emmanuel Macron say about trade?",
        "What did Emmanuel Macron say about Brexit?",
    ]


def test_a_refusal_offers_nothing_that_is_not_there() -> None:
    assert "offers" not in refusing(Refusal("off topic", "r"))
    assert "offers" not in refusing(Refusal("off topic", "r", topics=("trade",)))
    assert offered_questions(refusing(Refusal("off topic", "r", ("Putin",)))) == [
        "What did Putin say?"
    ]


def test_a_model_s_answer_says_so_and_no_other_does() -> None:
    shown = answered(
        "In May [1].", SAID, writer="openai:gpt", notices=("1 sentence was left out.",)
    )
    text = Outline(exchange_view.exchange(shown, 0)).text
    assert "Worded by openai:gpt — every sentence checked against the articles" in text
    assert "1 sentence was left out." in text
    assert "Worded" not in exchange_view.exchange(replace(shown, state="asking"), 0)
    assert "Worded" not in exchange_view.exchange(answered("In May [1].", SAID), 0)


def test_only_an_answer_that_has_ended_can_be_judged() -> None:
    whole = answered("In May [7].", replace(SAID, marker=7))
    shown = exchange_view.exchange(whole, 3)
    assert shown.count('data-event="judge"') == 3
    assert '<option value="7">7: &quot;The ferry' in shown
    assert "sent nowhere" in shown
    assert "wrong citation" not in exchange_view.exchange(answered("None."), 0)
    for state in ("asking", "stopped", "failed"):
        assert "judge" not in exchange_view.exchange(replace(whole, state=state), 0)


def test_an_answer_that_was_judged_is_thanked_for() -> None:
    shown = exchange_view.exchange(
        replace(answered("In May [1].", SAID), verdict="wrong citation"), 0
    )
    assert "Marked as wrong citation. Thank you;" in Outline(shown).text
    assert "judge" not in shown


def judge(assistant: Assistant, shown: Exchange, **told: str) -> Exchange:
    """What becomes of an exchange when a reader judges it so."""
    event = gr.EventData(None, {"turn": "1", **told})
    exchanges = [answered("One [1].", SAID), shown]
    Handlers(assistant).judge(exchanges, "", event)
    return exchanges[1]


def test_feedback_is_kept_with_its_marker_and_its_note(assistant: Assistant) -> None:
    shown = answered("In May [7].", replace(SAID, marker=7))
    judged = judge(
        assistant,
        shown,
        verdict="wrong citation",
        marker="7",
        note=" not \x00 he\n" + "x" * 999,
    )
    assert judged == replace(shown, verdict="wrong citation")
    [kept] = read_feedback(assistant.config.data)
    assert isinstance(kept, Feedback)
    assert (kept.verdict, kept.marker, kept.answer) == (
        "wrong citation",
        7,
        "In May [7].",
    )
    assert kept.note.startswith("not he x")
    assert len(kept.note) == feedback.LONGEST_NOTE
    assert kept.history == ("When does the ferry return?",)


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"verdict": "superb"},
        {"verdict": "wrong citation"},
        {"verdict": "wrong citation", "marker": "1"},
        {"verdict": "wrong citation", "marker": "x"},
    ],
)
def test_feedback_that_does_not_fit_the_answer_is_not_kept(
    assistant: Assistant, told: dict[str, str]
) -> None:
    shown = answered("In May [7].", replace(SAID, marker=7))
    assert judge(assistant, shown, **told) == shown
    assert list(read_feedback(assistant.config.data)) == []


def test_feedback_that_cannot_be_kept_is_said(assistant: Assistant) -> None:
    (assistant.config.data / "feedback.jsonl").mkdir(parents=True)
    judged = judge(assistant, answered("In May [1].", SAID), verdict="useful")
    assert judged.verdict is None
    assert "the feedback is not kept" in Outline(exchange_view.exchange(judged, 0)).text


def test_the_newest_exchanges_are_shown_and_the_earlier_ones_on_demand(
    assistant: Assistant,
) -> None:
    exchanges = [answered(f"Number {number} [1].", SAID) for number in range(50)]
    shown = exchange_view.conversation(exchanges)
    assert re.findall(r'<article[^>]*data-turn="(\d+)"', shown) == [
        str(turn) for turn in range(30, 50)
    ]
    assert 'data-event="earlier" data-turn="30"' in shown
    event = gr.EventData(None, {"turn": "30"})
    more = Handlers(assistant).earlier([*exchanges, exchanges[0]], "", event)
    assert more.count("<article") == 40
    assert "earlier" not in exchange_view.conversation(exchanges[:20])


def test_a_marker_means_the_citation_of_its_own_answer() -> None:
    exchanges = [
        answered("In May [8].", replace(OWED, marker=8)),
        answered("In May [8].", replace(SAID, marker=8)),
    ]
    first, second = (
        exchange_view.exchange(each, turn) for turn, each in enumerate(exchanges)
    )
    assert 'data-turn="0" data-marker="8"' in first
    assert "We owe it" in first
    assert 'data-turn="1" data-marker="8"' in second
    assert "The ferry returns" in second
    assert [each.citation(8) for each in exchanges] == [
        each.answer.citations[0] for each in exchanges
    ]
    assert exchanges[0].citation(1) is None


def test_an_answer_on_its_way_is_busy_and_has_no_actions() -> None:
    shown = exchange_view.exchange(
        conversation.asking("When?"), 0, latest=True, status=READY
    )
    assert 'aria-busy="true"' in shown
    assert "<footer" not in shown


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (READY, "Looking through the articles…"),
        (None, "Looking through the articles…"),
        # an upload of somebody else's is not waited for
        (replace(READY, ready=False, busy=READING), "Looking through the articles…"),
        (
            replace(READY, ready=False, busy=READING, starting=True),
            "Reading the articles: 3 of 8. Your question is next.",
        ),
        (
            replace(READY, busy=Progress("loading the model", 0, None), starting=True),
            "Loading the model. Your question is next.",
        ),
        (
            replace(READY, ready=False, starting=True),
            "Starting. Your question is next.",
        ),
    ],
)
def test_a_question_says_what_it_waits_for(status: Status | None, words: str) -> None:
    asked = conversation.asking("When?")
    shown = exchange_view.exchange(asked, 0, latest=True, status=status)
    assert words in Outline(shown).text
    assert words in Outline(exchange_view.compared(asked, status)).text


def test_the_bundled_articles_are_counted_as_they_are_read(tmp_path: Path) -> None:
    seen: list[Status] = []

    class Looking(SentenceEmbeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            seen.append(assistant.status())
            return super().embed_documents(texts)

    embeddings = Looking(Config().embedding_model)
    with Assistant(load({}, data=tmp_path), embeddings=embeddings) as assistant:
        assistant.warm_up()
        assert seen[0].busy == Progress("reading the articles", 8, 8)
        assert seen[0].starting
        assert not seen[0].ready
        assert assistant.status().ready
        assert not assistant.status().starting


def test_the_welcome_does_not_come_over_a_question(bundled: Assistant) -> None:
    handlers, asked = Handlers(bundled), conversation.asking("When?")
    assert "What is on record?" in Outline(handlers.welcome([], "")).text
    assert handlers.welcome([asked], "") == gr.skip()
    assert handlers.welcome([], conversation.stored([asked])) == gr.skip()


def ask_all(handlers: Handlers, exchanges: list[Exchange]) -> None:
    """Has everything answered that was put, as the browser does."""
    while conversation.next_asked(exchanges) is not None:
        assert list(handlers.answer(exchanges, "", ""))


def test_a_question_put_while_another_is_answered_waits_its_turn(
    bundled: Assistant,
) -> None:
    handlers, exchanges = Handlers(bundled), list[Exchange]()
    handlers.ask("What did Putin say about Idlib?", exchanges, "")
    answering = handlers.answer(exchanges, "", "")
    next(answering)
    desk = handlers.ask("and Erdogan?", exchanges, "")
    assert "and Erdogan?" in Outline(desk.queued).text
    *_, last = answering
    assert "and Erdogan?" in last.latest
    kept = conversation.restored(last.records)
    assert [one.state for one in kept] == ["answered", "asking"]
    ask_all(handlers, exchanges)
    assert [one.state for one in exchanges] == ["answered", "answered"]
    first, second = (one.answer.question for one in exchanges)
    assert first.speakers == ("Vladimir Putin",)
    assert (second.speakers, second.topic) == (("Recep Tayyip Erdogan",), "Idlib")


def test_what_was_stopped_stays_so_though_its_answer_is_still_under_way(
    bundled: Assistant,
) -> None:
    handlers, exchanges = Handlers(bundled), list[Exchange]()
    handlers.ask("What did Putin say about Idlib?", exchanges, "")
    handlers.ask("and Erdogan?", exchanges, "")
    answering = handlers.answer(exchanges, "", "")
    next(answering)
    handlers.stop(exchanges, "")
    assert list(answering) == []
    assert [one.state for one in exchanges] == ["stopped", "stopped"]


def test_a_visit_that_the_server_has_forgotten_comes_back_from_the_browser(
    bundled: Assistant,
) -> None:
    handlers, exchanges = Handlers(bundled), list[Exchange]()
    kept = conversation.stored([answered("In May [1].", SAID)])
    handlers.ask("What did Putin say about Idlib?", exchanges, kept)
    assert [one.state for one in exchanges] == ["answered", "asking"]
    exchanges = []
    handlers.ask("What did Putin say about Idlib?", exchanges, "")
    handlers.open(exchanges, kept)  # that was quick: asked before the page was open
    assert [one.state for one in exchanges] == ["answered", "asking"]


@pytest.mark.parametrize(
    ("exchange", "words"),
    [
        (
            Exchange(Answer(Question("q"), "Half [1]"), "stopped"),
            "Stopped before the answer was complete.",
        ),
        (
            Exchange(Answer(Question("q"), ""), "failed", "Ask something."),
            "Ask something.",
        ),
        (
            answered("All [1].", SAID, notices=("The chat model did not answer.",)),
            "The chat model did not answer.",
        ),
    ],
)
def test_what_went_otherwise_is_said(exchange: Exchange, words: str) -> None:
    assert words in Outline(exchange_view.exchange(exchange, 0, latest=True)).text


def test_the_evidence_names_speaker_kind_title_source_and_date() -> None:
    text = Outline(evidence(answered("a", SAID, OWED), 0, 1)).text
    assert (
        '1"The ferry returns in May,"The mayor · quotationFerry to return · Harbour Post · 1 March 2021'
        in text
    )
    assert "the article’s own words" in text


def test_the_open_card_is_the_current_one() -> None:
    shown = evidence(answered("a", SAID, OWED), 0, 2)
    assert shown.count('aria-current="true"') == 1
    assert 'data-marker="2" aria-current="true"' in shown


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (READY, "2 articles · ready"),
        (replace(READY, articles=1), "1 article · ready"),
        (replace(READY, ready=False), "2 articles · starting"),
        (
            replace(READY, busy=Progress("indexing", 3, 12, 2.0, 4.5)),
            "indexing 3 of 12 · about 4 s left",
        ),
        (
            replace(READY, busy=Progress("loading the model", 0, None)),
            "2 articles · loading the model",
        ),
        (replace(READY, problem="The disk is full."), "The disk is full."),
    ],
)
def test_the_top_line_says_what_is_being_done(status: Status, words: str) -> None:
    assert words in Outline(masthead(status, "")).text


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (READY, "Ask what was said"),
        (replace(READY, articles=0), "Add some under Articles"),
        (replace(READY, articles=0, ready=False), "The articles are being read."),
    ],
)
def test_an_empty_conversation_says_what_can_be_done(
    status: Status, words: str
) -> None:
    assert words in Outline(welcome(status, [])).text


def test_the_top_line_names_the_chat_model() -> None:
    assert "model: none" in Outline(masthead(READY, "")).text
    assert "model: ollama:llama3.2" in Outline(masthead(READY, "ollama:llama3.2")).text


@pytest.mark.parametrize(
    ("wanted", "titles"),
    [
        ("", ["Ferry to return", "Cafés of Zürich"]),
        ("ferry", ["Ferry to return"]),
        ("harbour 2021", ["Ferry to return"]),
        ("march", ["Ferry to return"]),
        ("cafes zurich", ["Cafés of Zürich"]),
        ("weather", []),
    ],
)
def test_articles_are_found_by_title_source_and_date(
    wanted: str, titles: list[str]
) -> None:
    every = [article(), Article("cafes", "Coffee.", "Cafés of Zürich")]
    text = Outline(shelf.articles(every, wanted)).text
    assert [each.title for each in every if each.title in text] == titles


def test_a_long_list_of_articles_shows_the_newest_and_leads_to_the_others() -> None:
    every = [article(id=str(number)) for number in range(1000)]
    shown = shelf.articles(every)
    assert shown.count("<li>") == shelf.LISTED_ARTICLES
    assert "1,000 articles; the newest 200 are listed" in shown
    assert "Show more (800)" in shown
    assert 'data-event="more" data-shown="200"' in shown
    shown = shelf.articles(every, "ferry 2021", most=600)
    assert shown.count("<li>") == 600
    assert "Show more (400)" in shown
    shown = shelf.articles(every, most=1000)
    assert shown.count("<li>") == 1000
    assert "1,000 articles<" in shown
    assert "Show more" not in shown


def test_a_report_counts_and_puts_what_was_skipped_first() -> None:
    reports = [
        Outcome("added", "a.txt", "A"),
        Outcome("added", "b.txt", "B"),
        Outcome("skipped", "c.png", reason="not text"),
    ]
    text = Outline(shelf.report(reports)).text
    assert text.startswith("2 added, 1 skipped.")
    assert text.index("c.png: not text") < text.index("A")


def test_an_answer_with_200_citations_is_shown_whole() -> None:
    citations = [replace(SAID, marker=number) for number in range(1, 201)]
    shown = answered(
        " ".join(f"Sentence [{number}]." for number in range(1, 201)), *citations
    )
    assert exchange_view.exchange(shown, 0).count('class="cite"') == 200
    assert Outline(evidence(shown, 0)).tags.count("li") == 200


def test_a_conversation_comes_back_from_the_browser_as_it_was() -> None:
    question = Question(
        "q",
        "timeline",
        ("A",),
        "t",
        ("s",),
        "2020-01-01",
        "2020-02-01",
        15,
        "change",
        ("B",),
        is_follow_up=True,
        today="2020-02-03",
        parts=(Question("a"), Question("b", speakers=("B",))),
    )
    many = replace(
        SAID, said="2021-02", also=(replace(SAID, source="Radio"),), sources=2
    )
    exchanges = [
        Exchange(
            replace(compared(), citations=(many, *compared().citations[1:])),
            is_edited=True,
        ),
        answered("In May [1].", SAID, OWED, seconds=0.042, notices=("n",)),
        Exchange(
            Answer(
                replace(question, stance="differs"),
                "",
                (OWED,),
                abstained=True,
                reason="r",
                refusal=Refusal("other time", "r", ("A",), ("t",)),
            ),
            verdict="missing",
        ),
        answered("In May [1].", SAID, writer="openai:gpt"),
        Exchange(Answer(Question("q"), ""), "failed", "The question is empty."),
    ]
    assert conversation.restored(conversation.stored(exchanges)) == exchanges


def test_what_was_not_stored_is_not_restored() -> None:
    one = conversation.stored([answered("In May [1].", SAID)])
    bomb = "." + base64.b64encode(zlib.compress(b" " * 50_000_000 + b"{}")).decode()
    nested = "." + base64.b64encode(zlib.compress(b"[" * 100_000)).decode()
    assert conversation.stored([])  # the browser keeps nothing that is empty
    others: list[object] = [None, [], "", "x", one[:-80], one[1:], one[4:], ".é"]
    others += [bomb, nested, "." + one]
    for sent in others:
        assert conversation.restored(sent) == []


def test_a_question_without_its_answer_comes_back_to_be_answered() -> None:
    asked = conversation.asking("When?"), conversation.asking("q", ASKED)
    exchanges = [answered("In May [1].", SAID), *asked]
    back = conversation.restored(conversation.stored(exchanges))
    assert back == exchanges
    assert conversation.next_asked(back) == 1
    assert conversation.stored(exchanges)[0] == conversation.ASKED
    assert conversation.stored(exchanges[:1])[0] == conversation.AT_REST


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "x",
        "null",
        "[]",
        "[null]",
        "{}",
        '{"answer": 1}',
        '{"answer": {}}',
        '[[["x"]]]',
        '{"answer": {"question": []}}',
        '{"answer": {"question": {"text": "q"}, "text": null}}',
        "[" * 100_000,
    ],
)
def test_whatever_a_browser_sends_does_no_harm(sent: str) -> None:
    assert conversation.from_lines([sent]) == []
    assert conversation.from_lines([sent.encode()]) == []


def records(*exchanges: Exchange) -> Any:
    """The exchanges as the browser keeps them, to be tampered with."""
    return [json.loads(line) for line in conversation.to_lines(exchanges)]


def read_back(*records: object) -> list[Exchange]:
    return conversation.from_lines([json.dumps(record) for record in records])


@pytest.mark.parametrize(
    "path",
    [
        "answer question form",
        "answer question kind",
        "answer question stance",
        "answer question sentences",
        "answer question others",
        "answer question speakers",
        "answer question parts",
        "answer refusal",
        "answer refusal kind",
        "answer refusal speakers",
        "answer refusal topics",
        "answer writer",
        "answer citations 0 also",
        "answer citations 0 said",
        "answer citations 0 sources",
        "answer citations 0 kind",
        "answer citations 0 marker",
        "answer citations 0 also 0 start",
        "answer comparison rows",
        "answer comparison columns",
        "answer comparison columns 0 title",
        "answer comparison cells",
        "answer comparison cells 0",
        "answer comparison cells 0 0",
        "answer comparison cells 0 0 0",
        "answer comparison relations 0 kind",
        "answer comparison relations 0 first",
        "answer comparison relations 0 reason",
        "problem",
        "state",
        "verdict",
    ],
)
@pytest.mark.parametrize("value", [{}, [[]], 1.5, True])
def test_a_record_with_anything_else_inside_is_left_out(
    path: str, value: object
) -> None:
    citations = (replace(SAID, also=(SAID,)), *compared().citations[1:])
    refusal = Refusal("off topic", "r")
    one = Exchange(replace(compared(), citations=citations, refusal=refusal))
    good, bad = records(one, one)
    *way, last = [int(step) if step.isdigit() else step for step in path.split()]
    place = bad
    for step in way:
        place = place[step]
    place[last] = value
    assert read_back(good, bad) == [one]


def test_a_table_that_does_not_fit_together_is_left_out() -> None:
    too_long, too_few, unknown_cell, unknown_relation = records(
        *[Exchange(compared())] * 4
    )
    too_long["answer"]["comparison"]["cells"][0].append([1])
    too_few["answer"]["comparison"]["cells"].pop()
    unknown_cell["answer"]["comparison"]["cells"][0][0] = [9]
    unknown_relation["answer"]["comparison"]["relations"][0]["second"] = 9
    assert read_back(too_long, too_few, unknown_cell, unknown_relation) == []


def test_a_record_with_half_a_character_is_left_out() -> None:
    assert (
        conversation.from_lines(conversation.to_lines([answered("\ud800 [1].", SAID)]))
        == []
    )


def test_further_reports_have_no_reports_of_their_own() -> None:
    nested = replace(SAID, also=(replace(SAID, also=(SAID,)),))
    [back] = conversation.from_lines(conversation.to_lines([answered("a [1]", nested)]))
    assert back.citation(1, 0) == SAID
    assert back.citation(1, 1) is back.citation(1, -1) is back.citation(2, 0) is None


def test_more_names_than_a_question_has_room_for_are_cut_off() -> None:
    names = tuple(f"Name {number}" for number in range(MOST_NAMES + 5))
    asked = Question("q", speakers=names, sources=names, others=names)
    refusal = Refusal("off topic", "r", names, names)
    [back] = read_back(*records(Exchange(Answer(asked, "a", refusal=refusal))))
    read = back.answer
    assert read.refusal is not None
    for kept in (
        read.question.speakers,
        read.question.sources,
        read.question.others,
        read.refusal.speakers,
        read.refusal.topics,
    ):
        assert kept == names[:MOST_NAMES]


@pytest.mark.parametrize(
    "field", ["question", "text", "citations", "seconds", "notices", "abstained"]
)
def test_a_record_with_a_wrong_field_is_left_out(field: str) -> None:
    good, bad = records(answered("In May [1].", SAID), answered("In May [1].", SAID))
    bad["answer"][field] = 7 if field != "seconds" else "soon"
    assert len(read_back(good, bad)) == 1


def test_the_passages_stay_with_the_server() -> None:
    hit = Hit(Passage("p", "ferry", 0, 9), article(), 0.5)
    shown = answered("In May [1].", SAID, passages=(hit,))
    assert "The ferry returns" in conversation.to_lines([shown])[0]
    assert "It rained" not in conversation.to_lines([shown])[0]


def test_two_hundred_exchanges_are_kept_and_fit_into_the_browser() -> None:
    exchanges = [
        answered(f"Number {number}. " + "In May [1]. " * 40, *[SAID] * 8)
        for number in range(250)
    ]
    kept = conversation.stored(exchanges)
    assert conversation.restored(kept) == exchanges[-200:]
    assert len(kept) * 4 / 3 < 5_000_000


def test_long_exchanges_are_kept_as_far_as_they_fit_into_the_browser() -> None:
    exchanges = [answered(f"{number} " + "x" * 100_000, SAID) for number in range(60)]
    kept = conversation.stored(exchanges)
    back = conversation.restored(kept)
    assert len(kept) * 4 / 3 < 5_000_000
    assert back == exchanges[-len(back) :]
    assert len(back) > 30


def test_the_export_holds_questions_answers_and_evidence() -> None:
    text = documents.markdown(
        [answered("In May [1].", replace(SAID, url="https://example.org/a")).answer],
        "an answer",
    )
    for words in (
        "## When does the ferry return?",
        "In May [1].",
        '> [1] "The ferry returns in May,"',
    ):
        assert words in text
    assert (
        "> The mayor (quotation), Ferry to return, Harbour Post, 1 March 2021, <https://example.org/a>"
        in text
    )


def test_the_export_tells_how_the_statements_stand_to_each_other() -> None:
    text = documents.markdown([compared()], "a comparison")
    assert "- **differs** [2] [3]: “doubt” [2] is not “call” [3]." in text


def test_the_export_holds_no_markup_of_an_article() -> None:
    cited = replace(
        SAID,
        quote="![x](http://evil.example/a.png)\n# Title\n<b>",
        title="[1]: http://evil.example",
    )
    text = documents.markdown(
        [answered("[1]: http://evil.example\n[1]", cited).answer], "an answer"
    )
    assert "![x](" not in text
    assert "\n# Title" not in text
    assert "[1]: http" not in text
    assert "<b>" not in text.replace("\\<b\\>", "")


def test_the_export_of_a_refusal_and_of_a_model_s_answer_say_what_they_are() -> None:
    answer = Answer(
        Question("q"), "No. The nearest [1].", (SAID,), abstained=True, reason="No."
    )
    text = documents.markdown([answer], "an answer")
    assert text.startswith(
        "# On Record: an answer\n\n## q\n\n**Not on record**\n\nNo.\n\n### Nearest evidence\n\n> [1]"
    )
    assert documents.plain_text(answer).startswith("No.\n\nNearest evidence:\n[1]")
    worded = answered("In May [1].", SAID, writer="openai:gpt")
    for words in (
        documents.markdown([worded.answer], "an answer"),
        documents.plain_text(worded.answer),
    ):
        assert "Worded by openai:gpt — every sentence checked" in words


def test_a_model_s_words_make_no_headings_in_the_export() -> None:
    text = documents.markdown(
        [answered("Word\n---\n# Title [1]", SAID).answer], "an answer"
    )
    assert "Word --- \\# Title [1]" in text


def test_what_is_copied_holds_the_evidence() -> None:
    assert documents.plain_text(answered("In May [1].", SAID).answer) == (
        'In May [1].\n\n[1] "The ferry returns in May," The mayor (quotation), Ferry to return, Harbour Post, 1 March 2021'
    )


def test_the_history_of_a_question_is_what_was_answered() -> None:
    exchanges = [
        answered("In May [1].", SAID),
        Exchange(Answer(Question("x"), ""), "failed", "No."),
    ]
    assert [
        (turn.question, turn.answer, turn.citations)
        for turn in conversation.turns(exchanges)
    ] == [("When does the ferry return?", "In May [1].", (SAID,))]


@pytest.mark.parametrize(
    ("iso", "shown"),
    [
        ("2018-09-07", "7 September 2018"),
        ("2018-09", "September 2018"),
        ("soon", "soon"),
    ],
)
def test_dates_are_written_out_where_they_are_dates(iso: str, shown: str) -> None:
    assert readable_date(iso) == shown


def test_every_part_of_the_understanding_is_a_chip() -> None:
    question = Question(
        "q",
        "ask",
        ("A", "B"),
        "trams",
        ("Post",),
        "2018-09-01",
        "2018-09-30",
        form="first",
        others=("C",),
    )
    text = Outline(chips.chips(question, 0)).text
    for words in (
        "when it was first said×",
        "by A",
        "and B",
        "except C×",
        "about trams",
        "in Post",
        "since 1 Sept",
    ):
        assert words in text
    assert "+" not in text


def test_what_is_not_restricted_can_be() -> None:
    shown = chips.chips(Question("q"), 7)
    assert Outline(shown).text.count("+") == 4
    assert shown.count('data-event="refine" data-turn="7"') == 4


def test_a_follow_up_says_what_was_carried_over() -> None:
    followed = Question(
        "and Erdogan?",
        speakers=("Recep Tayyip Erdogan",),
        topic="Idlib",
        is_follow_up=True,
    )
    text = Outline(chips.chips(followed, 1)).text
    assert text.count("carried over") == 1
    assert "about Idlib carried over" in text
    assert (
        "carried over"
        not in Outline(chips.chips(replace(followed, is_follow_up=False), 1)).text
    )


def test_chips_that_the_reader_changed_say_so() -> None:
    assert "as you changed it" in chips.chips(Question("q"), 0, edited=True)


ASKED = Question(
    "q",
    "compare",
    ("A", "B"),
    "trams",
    ("Post",),
    "2018-09-01",
    None,
    form="differ",
    is_follow_up=True,
)


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"field": "speakers", "old": "A", "new": ""}, {"speakers": ("B",)}),
        ({"field": "speakers", "old": "A", "new": "C"}, {"speakers": ("C", "B")}),
        (
            {"field": "speakers", "old": "A", "new": "A", "more": " C  D "},
            {"speakers": ("A", "B", "C D")},
        ),
        ({"field": "speakers", "old": "A", "new": "B"}, {"speakers": ("B",)}),
        (
            {"field": "sources", "old": "", "new": "Radio"},
            {"sources": ("Post", "Radio")},
        ),
        ({"field": "sources", "old": "Post", "new": ""}, {"sources": ()}),
        ({"field": "others", "old": "", "new": "E"}, {"others": ("E",)}),
        ({"field": "topic", "new": "buses"}, {"topic": "buses"}),
        ({"field": "topic", "new": ""}, {"topic": ""}),
        ({"field": "topic", "new": "x" * 999}, {"topic": "x" * 200}),
        ({"field": "topic", "new": "a\ud800\x00\nb"}, {"topic": "a b"}),
        ({"field": "topic", "new": 7}, {"topic": "7"}),
        ({"field": "form", "new": ""}, {"form": "what", "kind": "ask"}),
        (
            {"field": "dates", "since": "2018-01-02", "until": "2018-01-01"},
            {"since": "2018-01-01", "until": "2018-01-02"},
        ),
        (
            {"field": "dates", "since": "soon", "until": "2018-13-01"},
            {"since": None, "until": None},
        ),
        ({"field": "dates", "new": ""}, {"since": None, "until": None}),
    ],
)
def test_a_changed_chip_changes_one_part_of_the_question(
    change: dict[str, object], fields: dict[str, Any]
) -> None:
    expected = replace(ASKED, is_follow_up=False, **fields)
    assert changed(ASKED, change) == replace(expected, text=worded(expected))


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (
            {"field": "speakers", "old": "Vladimir Putin", "new": "Erdogan"},
            "What did Erdogan say about Idlib?",
        ),
        (
            {"field": "speakers", "old": "", "new": "Ann Lee"},
            "What did Vladimir Putin and Ann Lee say about Idlib?",
        ),
        ({"field": "speakers", "old": "Vladimir Putin", "new": ""}, "Idlib"),
        ({"field": "topic", "new": ""}, "What did Vladimir Putin say?"),
        (
            {"field": "sources", "old": "", "new": "Radio"},
            "What did Vladimir Putin say about Idlib in Radio?",
        ),
        (
            {"field": "dates", "since": "2018-09-07", "until": "2018-09-10"},
            "What did Vladimir Putin say about Idlib"
            " since 7 September 2018 until 10 September 2018?",
        ),
    ],
)
def test_a_changed_question_asks_in_words_for_what_it_is_now(
    change: dict[str, object], text: str
) -> None:
    asked = Question("Putin Idlib", speakers=("Vladimir Putin",), topic="Idlib")
    assert changed(asked, change).text == text


def test_a_changed_question_of_several_parts_is_one() -> None:
    parts = Question("a", speakers=("A",)), Question("b", speakers=("B",))
    asked = Question("a? And b?", speakers=("A", "B"), topic="trams", parts=parts)
    alone = changed(asked, {"field": "speakers", "old": "B", "new": ""})
    assert (alone.text, alone.parts) == ("What did A say about trams?", ())


def test_who_disagreed_with_nobody_is_no_question() -> None:
    asked = Question("q", form="who", others=("A",), topic="trams", stance="differs")
    assert worded(asked) == "Who disagreed with A about trams?"
    alone = changed(asked, {"field": "others", "old": "A", "new": ""})
    assert (alone.text, alone.stance) == ("Who spoke about trams?", None)
    assert worded(changed(alone, {"field": "topic", "new": ""})) == "What is on record?"


@pytest.mark.parametrize(
    "asked",
    [
        Question("", speakers=("Vladimir Putin",), topic="Idlib"),
        Question("", speakers=("Vladimir Putin", "Ann Lee"), topic="ceasefire"),
        Question("", speakers=("Vladimir Putin",)),
        Question("", speakers=("Vladimir Putin",), topic="Idlib", form="whether"),
        Question("", speakers=("Vladimir Putin",), topic="Idlib", form="when"),
        Question("", speakers=("Vladimir Putin",), topic="Idlib", form="first"),
        Question("", "timeline", ("Vladimir Putin",), "Idlib", form="change"),
        Question("", "timeline", ("Vladimir Putin",), "Idlib"),
        Question("", "compare", ("Vladimir Putin", "Ann Lee"), "Idlib", form="differ"),
        Question("", topic="Idlib", form="who"),
        Question("", topic="Idlib", form="who", others=("Ann Lee",)),
        Question("", topic="Idlib", form="who", others=("Ann Lee",), stance="differs"),
        Question("", topic="Idlib", form="who", others=("Ann Lee",), stance="agrees"),
        Question("", speakers=("Ann Lee",), topic="Idlib", sources=("Post", "Radio")),
        Question("", speakers=("Ann Lee",), topic="Idlib", since="2018-09-07"),
        Question("", speakers=("Ann Lee",), topic="Idlib", until="2018-09-07"),
        Question(
            "", "ask", ("Ann Lee",), "Idlib", ("Post",), "2018-09-07", "2018-09-07"
        ),
    ],
    ids=worded,
)
def test_a_question_worded_from_its_parts_is_understood_as_these(
    asked: Question,
) -> None:
    known = Known(("Vladimir Putin", "Ann Lee"), ("Post", "Radio"))
    text = worded(asked)
    assert understand(text, known) == replace(asked, text=text)


@pytest.mark.parametrize(
    "change", [{}, {"field": "text", "new": "x"}, {"field": None}, {"field": ["topic"]}]
)
def test_a_change_of_anything_else_changes_nothing(change: dict[str, object]) -> None:
    assert changed(ASKED, change) == ASKED


def test_an_understanding_reads_as_one_line() -> None:
    assert (
        understood(ASKED)
        == "where they differ · by A and B · about trams · in Post · since 1 September 2018"
    )
    assert understood(Question("q")) == ""


def test_the_grid_has_people_down_and_dates_across() -> None:
    shown = grid(compared(), 0)
    rows = [Outline(row).text for row in shown.split("<tr>")[1:]]
    assert rows[0] == "7 September 201817 September 2018"
    assert rows[1].startswith("Vladimir PutinCitation 1 ")
    assert [row.count("nothing on record") for row in rows] == [0, 0, 1, 2]
    assert shown.count('data-event="cite"') == 4


def test_a_grid_by_article_names_the_article_and_by_source_the_speaker() -> None:
    table = Comparison(
        "source", ("Post",), (Column("2018-09-07", "a", "Ferry to return"),), (((1,),),)
    )
    text = Outline(grid(compared(table), 0)).text
    assert "7 September 2018Ferry to return" in text
    assert SAID.quote + "Vladimir Putin" in text


def test_a_relation_shows_its_kind_its_reason_and_both_citations() -> None:
    shown = relations(compared(), 3)
    text = Outline(shown).text
    assert (
        "differs“doubt”[2] is not “call”[3].Vladimir Putin · 7 September 2018[2]Recep Tayyip Erdogan"
        in text
    )
    assert text.count("found by the chat model") == 1
    assert shown.count('data-event="cite" data-turn="3"') == 6


def test_a_relation_without_both_citations_is_not_shown() -> None:
    table = replace(
        CEASEFIRE,
        relations=(Relation("contradicts", 1, 9, "r"), Relation("agrees", 9, 1, "r")),
    )
    assert relations(compared(table), 0) == ""


def test_an_answer_with_a_comparison_shows_all_of_it() -> None:
    shown = exchange_view.exchange(Exchange(compared()), 0)
    for part in ('class="grid"', 'class="relations"', 'class="timeline"'):
        assert part in shown
    assert 'class="grid"' not in exchange_view.exchange(
        answered("In May [1].", SAID), 0
    )


def test_further_reports_open_their_own_places_and_are_counted() -> None:
    carried = replace(
        SAID, also=(replace(SAID, source="TASS"), replace(SAID, source=None)), sources=2
    )
    shown = evidence(answered("a [1]", carried), 0)
    assert (
        "also in: TASS, Ferry to return · 2 independent sources" in Outline(shown).text
    )
    assert 'data-marker="1" data-also="1"' in shown
    assert "(2 independent sources)" in exchange_view.exchange(
        answered("a [1]", carried), 0
    )


def test_the_day_of_the_words_is_told_where_it_is_not_the_article_s() -> None:
    text = Outline(
        evidence(answered("a [1]", replace(SAID, said="2021-02-26")), 0)
    ).text
    assert (
        "The mayor · quotation · said 26 February 2021Ferry to return · Harbour Post · 1 March 2021"
        in text
    )
    assert (
        "said"
        not in Outline(
            evidence(answered("a [1]", replace(SAID, said=SAID.date)), 0)
        ).text
    )


def plotted(answer: Answer) -> ElementTree.Element:
    """The SVG of an answer's timeline, which must be well-formed."""
    shown = timeline.timeline(answer, 0)
    return ElementTree.fromstring(
        shown[shown.index("<svg") : shown.index("</svg>") + len("</svg>")]
    )


def places(svg: ElementTree.Element) -> list[tuple[float, float]]:
    """Where the marks stand where the plot is narrowest, in pixels."""
    found = []
    for mark in svg.iter("g"):
        circle = mark.find("circle")
        if circle is not None:
            aside = float(
                (re.findall(r"translate\((-?\d+)", mark.get("transform", "")) or ["0"])[
                    0
                ]
            )
            across = (
                float(circle.get("cx", "").rstrip("%")) * timeline.NARROWEST / 100
                + aside
            )
            found.append((across, float(circle.get("cy", ""))))
    return found


def test_the_timeline_has_one_lane_a_person_and_one_mark_a_statement() -> None:
    svg = plotted(compared(d4="2018-09-17"))
    lanes = [lane for lane in svg.iter("g") if "lane" in lane.get("class", "")]
    assert [lane.find("text").text for lane in lanes] == list(CEASEFIRE.rows)  # type: ignore[union-attr]
    marks = [
        [
            mark.get("data-marker")
            for mark in lane.iter("g")
            if mark.get("role") == "button"
        ]
        for lane in lanes
    ]
    assert marks == [["1", "2", "4"], ["3"], []]
    assert "nothing on record" in "".join(lanes[2].itertext())
    assert len({lane.get("class") for lane in lanes}) == 3


def test_a_mark_is_a_button_that_tells_who_said_what_when() -> None:
    [mark] = [
        mark for mark in plotted(compared()).iter("g") if mark.get("data-marker") == "3"
    ]
    assert (mark.get("role"), mark.get("tabindex"), mark.get("data-event")) == (
        "button",
        "0",
        "cite",
    )
    assert (
        mark.get("data-tip") == f"7 September 2018 · Recep Tayyip Erdogan: {SAID.quote}"
    )
    assert (
        mark.get("aria-label")
        == f"Citation 3, 7 September 2018: Recep Tayyip Erdogan: {SAID.quote}"
    )


@pytest.mark.parametrize(
    "last", ["2018-09-07", "2018-09-08", "2018-10-01", "2031-01-01"]
)
def test_no_mark_hides_another(last: str) -> None:
    count = 60
    table = Comparison(
        "speaker", ("A",), (Column(None),), ((tuple(range(1, count + 1)),),)
    )
    citations = tuple(
        replace(SAID, marker=n, date=last if n == count else "2018-09-07")
        for n in range(1, count + 1)
    )
    found = places(plotted(Answer(Question("q"), "a", citations, comparison=table)))
    assert len(found) == count
    for (x, y), (other_x, other_y) in combinations(found, 2):
        assert (x - other_x) ** 2 + (y - other_y) ** 2 >= (2 * timeline.RADIUS) ** 2


def test_marks_stand_in_the_order_of_time() -> None:
    table = Comparison("speaker", ("A",), (Column(None),), (((1, 2, 3, 4),),))
    svg = plotted(
        compared(table, d1="2018", d2="2018-09-07", d3="2016-02", d4="1999-12-31")
    )
    order = sorted(
        zip(
            places(svg),
            [m.get("data-marker") for m in svg.iter("g") if m.get("role")],
            strict=True,
        )
    )
    assert [marker for _, marker in order] == ["4", "3", "1", "2"]
    assert svg.findall(".//line[@class='tick']") != []
    extents = [
        mark.get("data-marker")
        for mark in svg.iter("g")
        if mark.find("line") is not None and mark.get("role")
    ]
    # a year and a month are drawn as long as they are
    assert sorted(str(marker) for marker in extents) == ["1", "3"]


def test_statements_without_a_date_are_listed_under_the_plot() -> None:
    shown = timeline.timeline(compared(d3=None, d4="soon"), 0)
    assert (
        "Without a date: Vladimir Putin[4], Recep Tayyip Erdogan[3]"
        in Outline(shown).text
    )
    assert "<svg" not in timeline.timeline(
        compared(d1=None, d2=None, d3=None, d4="0000"), 0
    )


@pytest.mark.parametrize(
    ("first", "last", "names"),
    [
        ("2018-09-07", "2018-09-07", ["7 Sep 2018"]),
        (
            "2018-09-05",
            "2018-09-09",
            ["5 Sep 2018", "6 Sep", "7 Sep", "8 Sep", "9 Sep"],
        ),
        ("2018-09-05", "2018-09-18", ["5 Sep 2018", "10 Sep", "15 Sep"]),
        ("2018-12-30", "2019-01-02", ["30 Dec 2018", "31 Dec", "1 Jan 2019", "2 Jan"]),
        ("2018-03-20", "2018-08-02", ["Apr 2018", "May", "Jun", "Jul", "Aug"]),
        ("2016-11-01", "2018-09-01", ["Jan 2017", "Jul", "Jan 2018", "Jul"]),
        ("2014-05-01", "2018-09-01", ["2015", "2016", "2017", "2018"]),
        ("1900-05-01", "2018-09-01", ["1950", "2000"]),
    ],
)
def test_an_axis_names_at_most_five_days_of_the_calendar(
    first: str, last: str, names: list[str]
) -> None:
    assert [
        name
        for _, name in timeline.ticks(
            date.fromisoformat(first), date.fromisoformat(last)
        )
    ] == names


def test_a_comparison_has_an_empty_a_working_and_a_refused_state() -> None:
    assert "Name a topic" in exchange_view.compared(None)
    assert "Looking through the articles" in exchange_view.compared(
        conversation.asking("t", ASKED)
    )
    refusal = replace(
        compared(),
        text="",
        citations=(),
        abstained=True,
        reason="Nobody spoke of it.",
        comparison=None,
    )
    shown = Outline(exchange_view.compared(Exchange(refusal))).text
    assert "Not on record" in shown
    assert "Nobody spoke of it." in shown
    failed = Exchange(refusal, "failed", "The topic is empty.")
    assert "The topic is empty." in Outline(exchange_view.compared(failed)).text


def test_statements_are_marked_with_their_speaker_before_the_words() -> None:
    shown = reader.article(
        article(),
        OWED,
        [],
        [said('"The ferry returns in May,"', "Ann Lee"), said(OWED.quote, "Ann Lee")],
    )
    outline = Outline(shown)
    assert outline.marks == [("said", SAID.quote), ("cited", OWED.quote)]
    assert outline.text.count("Ann Lee: ") == 1  # once, as nobody else speaks between
    assert 'title="Ann Lee · direct"' in shown


def test_each_change_of_speaker_is_named() -> None:
    statements = [
        said("The mayor", "Ann Lee"),
        said("on Monday", None, "The mayor"),
        said("It rained", None),
    ]
    text = Outline(reader.article(article(), statements=statements)).text
    assert "Ann Lee: The mayor spoke The mayor: on Monday" in text
    assert "not named: It rained" in text


def test_the_list_of_articles_tells_how_many_statements_each_holds() -> None:
    text = Outline(
        shelf.articles([article(), article(id="b")], statements={"ferry": 3})
    ).text
    assert text.count("3 statements") == 1


# What each kind of eye sees of linear red, green and blue: Machado, Oliveira and Fernandes
# (2009), severity 1.
EYES = {
    "all colours": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "no green": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
}
# D65, white at 1, 1, 1
TO_XYZ = ((0.4339, 0.3762, 0.1899), (0.2126, 0.7152, 0.0722), (0.0177, 0.1095, 0.8729))
Triple = tuple[float, ...]


def colours(scheme: int) -> dict[str, Triple]:
    """The colours of the light (0) or dark (1) scheme of the style, as linear red, green
    and blue.
    """
    style = (ROOT / "rag/page/page.css").read_text(encoding="utf-8")
    block = re.findall(r"^ *body(?:\.dark)? \{(.*?)^ *\}", style, re.S | re.M)[scheme]
    found = re.findall(r"--(paper|s\d): #(\w\w)(\w\w)(\w\w);", block)
    return {
        name: tuple((int(part, 16) / 255) ** 2.2 for part in parts)
        for name, *parts in found
    }


def times(matrix: tuple[tuple[float, ...], ...], colour: Triple) -> Triple:
    return tuple(
        max(0.0, sum(a * b for a, b in zip(row, colour, strict=True))) for row in matrix
    )


def lab(colour: Triple) -> Triple:
    x, y, z = (value ** (1 / 3) for value in times(TO_XYZ, colour))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("scheme", [0, 1])
def test_the_speakers_colours_are_told_apart_by_every_eye_and_stand_out_from_the_paper(
    scheme: int,
) -> None:
    found = colours(scheme)
    paper = times(TO_XYZ, found.pop("paper"))[1]
    assert len(found) == timeline.COLOURS
    for colour in found.values():
        darker, lighter = sorted((times(TO_XYZ, colour)[1], paper))
        assert (lighter + 0.05) / (darker + 0.05) > 4.5  # WCAG 2.2, AA
    for eye in EYES.values():
        seen = [lab(times(eye, colour)) for colour in found.values()]
        assert min(math.dist(one, other) for one, other in combinations(seen, 2)) > 20
