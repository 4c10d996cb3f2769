"""What the page shows, as HTML and as Markdown: nothing of an article or a model becomes markup."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from rag.answer import readable_date
from rag.page import conversation, render
from rag.page.conversation import Exchange
from rag.types import Answer, Article, Citation, Progress, Question, Report, Status

HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>${alert(3)}{{x}}\' [1](http://evil.example) \u202e'
TEXT = 'The mayor spoke on Monday.\n\n"The ferry returns in May," she said. "We owe it to the islanders."\n\nIt rained.'
READY = Status(articles=2, passages=5, model="", busy=None, ready=True)


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
        if tag in {"img", "script", "iframe", "form", "style", "object"} or any(
            name.startswith("on") for name in given
        ):
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
    return replace(Article("ferry", TEXT, "Ferry to return", None, "Harbour Post", "2021-03-01"), **given)  # type: ignore[arg-type]


def citation(quote: str, marker: int = 1, **given: str | None) -> Citation:
    start = TEXT.index(quote)
    whole = Citation(
        marker, "ferry", "Ferry to return", "Harbour Post", "2021-03-01", None, start, start + len(quote), quote
    )
    return replace(whole, **given)  # type: ignore[arg-type]


def answered(text: str, *citations: Citation, **given: object) -> Exchange:
    return Exchange(Answer(Question("When does the ferry return?"), text, citations, **given))  # type: ignore[arg-type]


SAID = citation('"The ferry returns in May,"', speaker="The mayor", kind="direct")
OWED = citation('"We owe it to the islanders."', 2)


def everything_shown(hostile: str) -> list[str]:
    """Every rendering with the hostile words wherever words can be."""
    cited = replace(
        SAID, title=hostile, source=hostile, speaker=hostile, quote=hostile, url=hostile, article_id=hostile
    )
    question = Question(hostile, speakers=(hostile,), topic=hostile, sources=(hostile,), since=hostile, until=hostile)
    answer = Answer(question, f"{hostile} [1]", (cited,), notices=(hostile,), reason=hostile)
    told = Exchange(answer, problem=hostile)
    hostile_article = Article(hostile, hostile, hostile, hostile, hostile, hostile, hostile)
    work = Progress(hostile, 1, 2)
    return [
        render.masthead(replace(READY, problem=hostile), hostile),
        render.masthead(replace(READY, busy=work), ""),
        render.welcome(READY, [hostile]),
        render.exchange(told, 0, latest=True, suggestions=[hostile]),
        render.exchange(Exchange(replace(answer, abstained=True)), 0),
        render.conversation([told]),
        render.evidence(told, 0, 1),
        render.article(hostile_article, replace(cited, start=0, end=len(hostile)), [cited]),
        render.article(hostile_article, cited),
        render.missing(cited),
        render.articles([hostile_article]),
        render.removed(hostile_article),
        render.progress(work, [Report("skipped", hostile, hostile, reason=hostile)]),
        render.notice(hostile),
    ]


def test_hostile_words_stay_words_wherever_they_are_shown() -> None:
    for shown in everything_shown(HOSTILE):
        outline = Outline(shown)
        assert outline.active == [], shown
        assert outline.links == []
        assert "<img src=x" in outline.text


@pytest.mark.parametrize("words", ["\ud800", "\x00", "\u202e", "x" * 100_000, ""])
def test_odd_words_can_be_shown_and_sent(words: str) -> None:
    for shown in everything_shown(words):
        assert shown.encode("utf-8").decode("utf-8") == shown


def test_a_cited_place_is_marked_strongly_and_the_others_lightly() -> None:
    outline = Outline(render.article(article(), SAID, [SAID, OWED]))
    assert outline.marks == [("cited", SAID.quote), ("also", OWED.quote)]


def test_the_whole_text_of_an_article_is_shown_once() -> None:
    outline = Outline(render.article(article(title="T", source=None, date=None), SAID, [OWED]))
    assert "".join(outline.text.split()) == "T" + "".join(TEXT.split())


def test_a_mark_may_run_over_paragraphs_and_over_another_mark() -> None:
    long = citation(TEXT[10:-5])
    outline = Outline(render.article(article(), OWED, [long]))
    assert ("cited", OWED.quote) in outline.marks
    assert " ".join("".join(words for _, words in outline.marks).split()) == " ".join(
        long.quote.replace("\n\n", "").split()
    )


def test_an_article_that_has_changed_shows_the_cited_words_without_marking_others() -> None:
    outline = Outline(render.article(article(text="Rewritten."), SAID))
    assert outline.marks == []
    assert "has changed" in outline.text
    assert SAID.quote in outline.text


def test_a_removed_article_still_shows_the_cited_words() -> None:
    assert SAID.quote in Outline(render.missing(SAID)).text


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//evil.example", "file:///etc/passwd", "http://", "http://[", None],
)
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert Outline(render.article(article(url=url))).links == []


def test_a_web_address_becomes_a_link_without_opener() -> None:
    shown = render.article(article(url="https://example.org/a?b=1&c=2"))
    assert Outline(shown).links == ["https://example.org/a?b=1&c=2"]
    assert 'rel="noopener noreferrer"' in shown


def test_markers_become_buttons_only_where_there_is_a_citation() -> None:
    outline = Outline(render.exchange(answered("In May [1]. And [7], [0], [99999999999].", SAID), 0))
    assert outline.text.count("[1]") == 1
    assert "And [7], [0], [99999999999]." in outline.text
    assert outline.tags.count("button") == 3  # the citation, Evidence, Copy


def test_a_very_long_word_before_a_citation_is_shown_whole_and_at_once() -> None:
    outline = Outline(render.exchange(answered("x" * 100_000 + "[1]" + "y" * 100_000, SAID), 0))
    assert "x" * 100_000 + "[1]" + "y" * 100_000 in outline.text


def test_a_citation_button_tells_its_quotation() -> None:
    shown = render.exchange(answered("In May [1].", SAID), 3)
    assert 'data-turn="3" data-marker="1"' in shown
    assert 'aria-label="Citation 1: The mayor: &quot;The ferry returns in May,&quot;"' in shown


def test_a_refusal_says_what_was_looked_for_and_shows_the_nearest_evidence() -> None:
    question = Question("What of trams?", speakers=("The mayor",), topic="trams")
    refusal = Exchange(Answer(question, "", (OWED,), abstained=True, reason="No article says anything of trams."))
    shown = Outline(render.exchange(refusal, 0, latest=True, suggestions=["When does the ferry return?"]))
    for words in (
        "Not on record",
        "No article says anything of trams.",
        "by The mayor · about trams",
        "When does the ferry",
    ):
        assert words in shown.text
    assert "Nearest evidence" in render.evidence(refusal, 0)


def test_an_answer_on_its_way_is_busy_and_has_no_actions() -> None:
    shown = render.exchange(conversation.asking("When?"), 0, latest=True, status=READY)
    assert 'aria-busy="true"' in shown
    assert "<footer" not in shown


@pytest.mark.parametrize(
    ("exchange", "words"),
    [
        (Exchange(Answer(Question("q"), "Half [1]"), "stopped"), "Stopped before the answer was complete."),
        (Exchange(Answer(Question("q"), ""), "failed", "Ask something."), "Ask something."),
        (answered("All [1].", SAID, notices=("The chat model did not answer.",)), "The chat model did not answer."),
    ],
)
def test_what_went_otherwise_is_said(exchange: Exchange, words: str) -> None:
    assert words in Outline(render.exchange(exchange, 0, latest=True)).text


def test_the_evidence_names_speaker_kind_title_source_and_date() -> None:
    text = Outline(render.evidence(answered("a", SAID, OWED), 0, 1)).text
    assert '1"The ferry returns in May,"The mayor · directFerry to return · Harbour Post · 1 March 2021' in text
    assert "the article’s own words" in text


def test_the_open_card_is_the_current_one() -> None:
    shown = render.evidence(answered("a", SAID, OWED), 0, 2)
    assert shown.count('aria-current="true"') == 1
    assert 'data-marker="2" aria-current="true"' in shown


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (READY, "2 articles · ready"),
        (replace(READY, articles=1), "1 article · ready"),
        (replace(READY, ready=False), "2 articles · starting"),
        (replace(READY, busy=Progress("indexing", 3, 12, 2.0, 4.5)), "indexing 3 of 12 · about 4 s left"),
        (replace(READY, busy=Progress("loading the model", 0, None)), "2 articles · loading the model"),
        (replace(READY, problem="The disk is full."), "The disk is full."),
    ],
)
def test_the_top_line_says_what_is_being_done(status: Status, words: str) -> None:
    assert words in Outline(render.masthead(status, "")).text


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (READY, "Ask what was said"),
        (replace(READY, articles=0), "Add some under Articles"),
        (replace(READY, articles=0, ready=False), "The articles are being read."),
    ],
)
def test_an_empty_conversation_says_what_can_be_done(status: Status, words: str) -> None:
    assert words in Outline(render.welcome(status, [])).text


def test_the_top_line_names_the_chat_model() -> None:
    assert "model: none" in Outline(render.masthead(READY, "")).text
    assert "model: ollama:llama3.2" in Outline(render.masthead(READY, "ollama:llama3.2")).text


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
def test_articles_are_found_by_title_source_and_date(wanted: str, titles: list[str]) -> None:
    shelf = [article(), Article("cafes", "Coffee.", "Cafés of Zürich")]
    text = Outline(render.articles(shelf, wanted)).text
    assert [each.title for each in shelf if each.title in text] == titles


def test_a_long_list_of_articles_shows_the_newest_and_says_so() -> None:
    shelf = [article(id=str(number)) for number in range(1000)]
    shown = render.articles(shelf)
    assert shown.count("<li>") == render.LISTED_ARTICLES
    assert "The newest 200 of 1,000 articles" in shown


def test_a_report_counts_and_puts_what_was_skipped_first() -> None:
    reports = [
        Report("added", "a.txt", "A"),
        Report("added", "b.txt", "B"),
        Report("skipped", "c.png", reason="not text"),
    ]
    text = Outline(render.report(reports)).text
    assert text.startswith("2 added, 1 skipped.")
    assert text.index("c.png: not text") < text.index("A")


def test_an_answer_with_200_citations_is_shown_whole() -> None:
    citations = [replace(SAID, marker=number) for number in range(1, 201)]
    shown = answered(" ".join(f"Sentence [{number}]." for number in range(1, 201)), *citations)
    assert Outline(render.exchange(shown, 0)).tags.count("button") == 202
    assert Outline(render.evidence(shown, 0)).tags.count("li") == 200


def test_a_conversation_comes_back_from_the_browser_as_it_was() -> None:
    question = Question("q", speakers=("A",), topic="t", sources=("s",), since="2020-01-01", until="2020-02-01")
    exchanges = [
        answered("In May [1].", SAID, OWED, seconds=0.042, notices=("n",)),
        Exchange(Answer(question, "", (OWED,), abstained=True, reason="r")),
        Exchange(Answer(Question("q"), ""), "failed", "The question is empty."),
    ]
    records = json.loads(json.dumps(conversation.to_records(exchanges)))
    assert conversation.from_records(records) == exchanges


def test_an_unfinished_exchange_comes_back_as_stopped() -> None:
    [back] = conversation.from_records(conversation.to_records([conversation.asking("When?")]))
    assert (back.question, back.state) == ("When?", "stopped")


@pytest.mark.parametrize("sent", [None, "x", {}, [None], [{}], [{"question": 1}], [[["x"]]], [{"understood": []}]])
def test_whatever_a_browser_sends_does_no_harm(sent: object) -> None:
    assert conversation.from_records(sent) == []


@pytest.mark.parametrize("field", ["question", "answer", "citations", "understood", "seconds", "notices"])
def test_a_record_with_a_wrong_field_is_left_out(field: str) -> None:
    good, bad = conversation.to_records([answered("In May [1].", SAID)] * 2)
    bad[field] = 7 if field != "seconds" else "soon"
    assert len(conversation.from_records([good, bad])) == 1


def test_two_hundred_exchanges_are_kept_and_fit_into_the_browser() -> None:
    exchanges = [answered(f"Number {number}. " + "In May [1]. " * 40, *[SAID] * 8) for number in range(250)]
    records = conversation.to_records(exchanges)
    assert len(records) == 200
    assert records[-1]["answer"] == exchanges[-1].answer.text
    encrypted = len(json.dumps(records)) * 4 / 3
    assert encrypted < 5_000_000


def test_the_export_holds_questions_answers_and_evidence() -> None:
    text = conversation.to_markdown([answered("In May [1].", replace(SAID, url="https://example.org/a"))])
    for words in ("## When does the ferry return?", "In May [1].", '> [1] "The ferry returns in May,"'):
        assert words in text
    assert "> The mayor (direct), Ferry to return, Harbour Post, 1 March 2021, https://example.org/a" in text


def test_the_export_holds_no_markup_of_an_article() -> None:
    cited = replace(SAID, quote="![x](http://evil.example/a.png)\n# Title\n<b>", title="[1]: http://evil.example")
    text = conversation.to_markdown([answered("[1]: http://evil.example\n[1]", cited)])
    assert "![x](" not in text
    assert "\n# Title" not in text
    assert "[1]: http" not in text
    assert "<b>" not in text.replace("\\<b\\>", "")


def test_what_is_copied_holds_the_evidence() -> None:
    assert conversation.to_plain(answered("In May [1].", SAID).answer) == (
        'In May [1].\n\n[1] "The ferry returns in May," The mayor (direct), Ferry to return, Harbour Post, 1 March 2021'
    )


def test_the_history_of_a_question_is_what_was_answered() -> None:
    exchanges = [answered("In May [1].", SAID), Exchange(Answer(Question("x"), ""), "failed", "No.")]
    assert [(turn.question, turn.answer) for turn in conversation.turns(exchanges)] == [
        ("When does the ferry return?", "In May [1].")
    ]


@pytest.mark.parametrize(
    ("iso", "shown"), [("2018-09-07", "7 September 2018"), ("2018-09", "2018-09"), ("soon", "soon")]
)
def test_dates_are_written_out_where_they_are_dates(iso: str, shown: str) -> None:
    assert readable_date(iso) == shown
