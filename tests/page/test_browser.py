"""The page in a real browser, over the real assistant: what a reader does, and that nothing
leaves the machine.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount
from starlette.testclient import TestClient

from app import _middleware
from rag.archive.feedback import read_feedback
from rag.config import Config
from rag.types import Feedback
from tests import ROOT
from tests.chat_server import ChatServer
from tests.page.visitors import (
    PHONE,
    QUESTION,
    TABS,
    OpenPage,
    Visitors,
    ask,
    choose_model,
    compare,
    fill_comparison,
    find_articles,
    is_in_view,
    keep_conversation,
    long_conversation,
    open_tab,
    too_wide,
    upload,
    wait_for_answer,
    write_article,
)
from tests.serving import SUPPORTED, as_tokens, wait_until

COLOURS = "(element) => (({ color, backgroundColor }) => ({ color, backgroundColor }))(getComputedStyle(element))"
UNSUPPORTED = "Putin said that he will grow tomatoes on the Moon in 2031 [1]."
HOSTILE_TITLE = "<img src=x onerror=\"document.title='hacked'\"> ${document.title='hacked'} {{constructor}}"

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.usefixtures("nothing_leaves_and_nothing_fails"),
]


def test_a_citation_opens_its_article_with_the_cited_words_in_view(page: Page) -> None:
    ask(page)
    page.locator("#latest .cite").first.click()
    mark = page.locator("#reader mark.cited")
    expect(mark.first).to_be_visible()
    wait_until(lambda: is_in_view(page, "#reader mark.cited"))
    card = page.locator("#evidence .card[aria-current=true] .quote")
    marked = "".join(mark.all_inner_texts())
    assert squeezed(marked) in squeezed(card.inner_text())
    assert squeezed(page.locator("#reader h2").inner_text()) in squeezed(
        page.locator("#evidence").inner_text()
    )


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_every_card_of_the_evidence_opens_its_words(page: Page) -> None:
    ask(page)
    for card in page.locator("#evidence .card").all():
        card.click()
        expect(card).to_have_attribute("aria-current", "true")
        wait_until(lambda: is_in_view(page, "#reader mark.cited"))


def test_hovering_a_citation_shows_the_quotation(page: Page) -> None:
    ask(page)
    citation = page.locator("#latest .cite").first
    citation.hover()
    quotation = page.locator("#evidence .card .quote").first.inner_text()
    expect(page.locator("#tip")).to_contain_text(quotation[:60])


def test_suggested_questions_have_answers(page: Page) -> None:
    suggestion = page.locator(".suggestions button").first
    question = suggestion.inner_text()
    suggestion.click()
    wait_for_answer(page, question)
    expect(page.locator("#latest .cite").first).to_be_visible()


def test_what_is_not_on_record_is_refused_visibly(page: Page) -> None:
    ask(page, "Who won the 1987 Wimbledon quarter-final in straight sets?")
    expect(page.locator("#latest .refusal .verdict")).to_have_text("Not on record")


def test_an_added_article_answers_until_it_is_removed_and_again_after_undo(
    page: Page, tmp_path: Path
) -> None:
    title, question = (
        "Bridge of Varnholm to close",
        "What did Ottoline Brask say about the bridge of Varnholm?",
    )
    text = 'Varnholm, Tuesday. "The bridge of Varnholm closes for two winters," said Ottoline Brask, the engineer.'
    upload(page, write_article(tmp_path, "bridge.jsonl", title=title, text=text))
    expect(page.locator("#report")).to_contain_text("1 added")
    assert answers(page, question)

    open_tab(page, "Articles")
    find_articles(page, "varnholm")
    page.get_by_role("button", name=f"Remove {title}").click()
    expect(page.locator("#undo")).to_contain_text(f"{title} was removed.")
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    expect(page.locator("#articles")).to_contain_text("No article matches.")
    assert not answers(page, question)

    open_tab(page, "Articles")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#articles")).to_contain_text(title)
    assert answers(page, question)


def answers(page: Page, question: str) -> bool:
    """Whether the page answers from the article of Varnholm, asked in a new conversation."""
    open_tab(page, "Ask")
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".welcome")).to_be_visible()
    ask(page, question)
    return "closes for two winters" in page.locator("#evidence").inner_text()


def test_many_files_are_added_at_once_and_each_is_reported(
    page: Page, tmp_path: Path
) -> None:
    good = [
        write_article(
            tmp_path,
            f"{name}.jsonl",
            title=f"Report {name}",
            text=f"Rain fell on {name}.",
        )
        for name in ("Aa", "Bb")
    ]
    bad = tmp_path / "picture.txt"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    upload(page, *good, bad)
    report = page.locator("#report")
    expect(report).to_contain_text("2 added, 1 skipped")
    expect(report.locator(".skipped")).to_contain_text("picture.txt")
    assert "/" not in report.inner_text().replace("and/or", "")
    upload(page, good[0])
    expect(report).to_contain_text("1 unchanged")


def test_a_hostile_article_is_text_everywhere(page: Page, tmp_path: Path) -> None:
    words = "The kestrel of Quillbury has been seen again, said Amabel Thrupp. <b>bold</b> ${document.title='hacked'}"
    hostile = write_article(
        tmp_path,
        "hostile.jsonl",
        title=HOSTILE_TITLE,
        text=words,
        source=HOSTILE_TITLE,
        url="javascript:alert(1)",
    )
    upload(page, hostile)
    expect(page.locator("#report")).to_contain_text(HOSTILE_TITLE)
    page.get_by_role("button", name=f"Read {HOSTILE_TITLE}").click()
    expect(page.locator("#shelf-reader h2")).to_have_text(HOSTILE_TITLE)
    expect(page.locator("#shelf-reader .body")).to_contain_text(
        "<b>bold</b> ${document.title"
    )
    expect(page.locator("#shelf-reader a")).to_have_count(0)
    open_tab(page, "Ask")
    ask(page, "What did Amabel Thrupp say about the kestrel of Quillbury?")
    page.locator("#latest .cite").first.click()
    expect(page.locator("#reader h2")).to_have_text(HOSTILE_TITLE)
    expect(page.locator("#evidence")).to_contain_text(HOSTILE_TITLE)
    page.locator("#question textarea").fill(HOSTILE_TITLE)
    page.locator("#ask").click()
    wait_for_answer(page, HOSTILE_TITLE)
    compare(page, "kestrel", "Amabel Thrupp", HOSTILE_TITLE)
    expect(page.locator("#compared .grid th[scope=row]")).to_have_text(
        ["Amabel Thrupp", HOSTILE_TITLE]
    )
    expect(page.locator("#compared-evidence")).to_contain_text(HOSTILE_TITLE)
    assert page.locator("img[src=x]").count() == 0
    assert page.title() == "On Record"


def test_an_empty_question_changes_nothing(page: Page, visitors: Visitors) -> None:
    ask(page)
    page.locator("#question textarea").fill("   ")
    page.locator("#question textarea").press("Enter")
    expect(page.locator("#question textarea")).to_have_value("")
    expect(page.locator(".exchange")).to_have_count(1)
    visitors.come_back(page)
    expect(page.locator(".exchange")).to_have_count(1)


def test_a_question_sent_while_another_is_answered_comes_next(page: Page) -> None:
    page.locator("#question textarea").fill(QUESTION)
    page.locator("#question textarea").press("Enter")
    expect(page.locator("#latest .question")).to_have_text(QUESTION)
    ask(page, "What did Erdogan say about Idlib?")
    expect(page.locator("#past .question")).to_have_text(QUESTION)


def test_the_conversation_is_kept_over_a_reload(page: Page, visitors: Visitors) -> None:
    ask(page)
    ask(page, "What did Erdogan say about Idlib?")
    before = page.locator("#latest .answer").inner_text()
    visitors.come_back(page)
    wait_for_answer(page, "What did Erdogan say about Idlib?")
    assert page.locator("#latest .answer").inner_text() == before
    expect(page.locator("#past .question")).to_have_text(QUESTION)
    page.locator("#past .cite").first.click()
    expect(page.locator("#reader mark.cited").first).to_be_visible()


def test_a_new_conversation_is_empty_and_stays_so(
    page: Page, visitors: Visitors
) -> None:
    ask(page)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".welcome")).to_be_visible()
    expect(
        page.locator("#past .exchange, #evidence .card, #reader article")
    ).to_have_count(0)
    visitors.come_back(page)
    expect(page.locator(".welcome")).to_be_visible()


def test_the_export_holds_the_conversation_and_its_evidence(page: Page) -> None:
    ask(page)
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Export conversation").click()
    assert downloading.value.suggested_filename == "on-record.md"
    text = Path(downloading.value.path()).read_text(encoding="utf-8")
    assert f"## {QUESTION}" in text
    assert "### Evidence" in text
    for quote in page.locator("#evidence .card .quote").all_inner_texts():
        assert squeezed(quote)[1:40] in squeezed(text.replace("\\", ""))


def test_an_answer_can_be_copied_with_its_evidence(page: Page) -> None:
    ask(page)
    page.get_by_role("button", name="Copy the answer").click()
    expect(page.get_by_role("button", name="Copied the answer")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "[1]" in copied
    assert squeezed(page.locator("#evidence .card .quote").first.inner_text())[
        :40
    ] in squeezed(copied)


def test_a_question_can_be_asked_again(page: Page) -> None:
    ask(page)
    page.get_by_role("button", name="Ask this question again").click()
    wait_for_answer(page, QUESTION)
    expect(page.locator(".exchange")).to_have_count(1)
    expect(page.locator("#latest .cite").first).to_be_visible()


def test_one_answer_can_be_exported_with_its_evidence(page: Page) -> None:
    ask(page)
    ask(page, "What did Erdogan say about Idlib?")
    with page.expect_download() as downloading:
        page.locator("#past").get_by_role("button", name="Export the answer").click()
    assert downloading.value.suggested_filename == "on-record-answer.md"
    text = Path(downloading.value.path()).read_text(encoding="utf-8")
    assert f"## {QUESTION}" in text
    assert "### Evidence" in text
    assert "What did Erdogan say" not in text


def test_citation_numbers_go_on_and_open_the_places_of_their_own_answer(
    page: Page,
) -> None:
    ask(page)
    last = max(numbers(page, "#latest .cite"))
    ask(page, "What did Erdogan say about Idlib?")
    shown = numbers(page, "#latest .cite")
    assert min(shown) == last + 1
    assert numbers(page, "#evidence .number") == list(dict.fromkeys(shown))
    page.locator("#latest .cite").first.click()
    card = page.locator("#evidence .card[aria-current=true]")
    expect(card).to_contain_text("Recep Tayyip Erdogan")
    page.locator("#past .cite").first.click()
    expect(card).to_contain_text("Vladimir Putin")
    expect(page.locator("#reader mark.cited").first).to_be_visible()
    ask(page)
    assert numbers(page, "#latest .cite") == numbers(
        page, "#past .exchange:first-of-type .cite"
    )


def numbers(page: Page, selector: str) -> list[int]:
    texts = page.locator(selector).all_inner_texts()
    return [int(re.sub(r"\D", "", text)) for text in texts]


def test_a_chat_model_streams_and_can_be_stopped(
    open_page: OpenPage, visitors: Visitors, model: ChatServer
) -> None:
    model.pause = 0.2
    page = open_page()
    choose_model(page, "openai:slow")
    open_tab(page, "Ask")
    page.locator("#question textarea").fill(QUESTION)
    page.locator("#question textarea").press("Enter")
    expect(page.locator("#latest .answer")).to_contain_text(
        "should be the primary goal"
    )
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#question textarea")).to_be_focused()
    expect(page.locator("#latest .notice")).to_have_text(
        "Stopped before the answer was complete."
    )
    written = page.locator("#latest .answer").inner_text()
    time.sleep(1.5)
    assert page.locator("#latest .answer").inner_text() == written
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    visitors.come_back(page)
    expect(page.locator("#latest .answer")).to_contain_text(
        "should be the primary goal"
    )


def test_a_model_s_answer_says_who_worded_it_and_what_was_left_out(
    open_page: OpenPage, model: ChatServer
) -> None:
    model.tokens = as_tokens(SUPPORTED[0], UNSUPPORTED, SUPPORTED[1])
    page = open_page()
    choose_model(page, "openai:worder")
    open_tab(page, "Ask")
    ask(page)
    answer = page.locator("#latest .answer")
    expect(answer.locator(".writer")).to_contain_text(
        "worder — every sentence checked against the articles"
    )
    expect(answer.locator(".notice")).to_have_text(
        "1 sentence was left out: not supported by the articles."
    )
    expect(answer).not_to_contain_text("tomatoes")
    answer.locator(".cite").first.click()
    expect(page.locator("#reader mark.cited").first).to_be_visible()


def test_where_the_model_fails_the_articles_own_sentences_answer(
    open_page: OpenPage, model: ChatServer
) -> None:
    model.status = 500
    page = open_page()
    choose_model(page, "openai:broken")
    open_tab(page, "Ask")
    ask(page)
    answer = page.locator("#latest .answer")
    expect(answer.locator(".notice")).to_contain_text(
        "This answer is made of the articles' own sentences."
    )
    expect(answer.locator(".cite").first).to_be_visible()
    expect(answer.locator(".writer, .verdict")).to_have_count(0)


def test_a_hostile_model_s_name_and_words_are_text(
    open_page: OpenPage, model: ChatServer
) -> None:
    image = "<img src=http://evil.example/a.png onerror=document.title='hacked'>"
    model.tokens = as_tokens(
        SUPPORTED[0],
        f"{image} ![x](http://evil.example/b.png) {UNSUPPORTED}",
        SUPPORTED[1],
    )
    page = open_page()
    choose_model(page, f"openai:{image}")
    open_tab(page, "Ask")
    ask(page)
    expect(page.locator("#latest .writer")).to_contain_text(image)
    ask(page, f"What did {image} say about ![x](http://evil.example/c.png)?")
    expect(page.locator("#latest .refusal .verdict")).to_be_visible()
    assert page.locator("img[src*=evil], a[href*=evil]").count() == 0
    assert page.title() == "On Record"


def test_a_refusal_leads_to_who_did_speak_on_the_topic(page: Page) -> None:
    ask(page, "What did Emmanuel Macron say about Idlib?")
    refusal = page.locator("#latest .refusal")
    expect(refusal.locator(".verdict")).to_have_text("Not on record")
    expect(refusal.locator(".writer")).to_have_count(0)
    expect(page.locator("#evidence h2")).to_have_text("Nearest evidence")
    offer = (
        refusal.locator(".offers")
        .filter(has_text="On this topic, on record")
        .get_by_role("button")
        .first
    )
    question = str(offer.get_attribute("data-question"))
    assert question.endswith(" say about Idlib?")
    offer.click()
    wait_for_answer(page, question)
    expect(page.locator("#latest .cite").first).to_be_visible()
    page.locator("#past .offers button").nth(1).click()
    expect(page.locator("#past .exchange")).to_have_count(2)


def judgements(folder: Path) -> list[Feedback]:
    return [one for one in read_feedback(folder / "data") if isinstance(one, Feedback)]


def test_feedback_is_given_by_keyboard_and_kept_in_the_data_folder(
    page: Page, visitors: Visitors, folder: Path
) -> None:
    ask(page)
    before = len(judgements(folder))
    page.locator("#latest .feedback summary").filter(has_text="Wrong citation").focus()
    page.keyboard.press("Enter")
    choice = page.get_by_label("Which citation").locator("visible=true")
    expect(choice).to_be_focused()
    choice.select_option("2")
    page.keyboard.press("Tab")
    page.keyboard.type("Not <b>he</b>")
    page.keyboard.press("Enter")
    thanks = page.locator("#latest .thanks")
    expect(thanks).to_be_focused()
    expect(thanks).to_contain_text("Marked as wrong citation. Thank you;")
    given = judgements(folder)[before:]
    assert [(one.verdict, one.marker, one.note, one.question) for one in given] == [
        ("wrong citation", 2, "Not <b>he</b>", QUESTION)
    ]
    visitors.come_back(page)
    expect(thanks).to_contain_text("Marked as wrong citation.")


def test_an_earlier_answer_and_a_refusal_can_be_judged(
    page: Page, folder: Path
) -> None:
    ask(page)
    ask(page, "Who won the 1987 Wimbledon quarter-final in straight sets?")
    before = len(judgements(folder))
    page.locator("#past").get_by_role("button", name="This answer is useful").click()
    expect(page.locator("#past .thanks")).to_contain_text("Marked as useful.")
    page.locator("#latest .feedback summary").filter(
        has_text="Something missing"
    ).click()
    page.locator("#latest .feedback [open] input").fill("The final")
    page.get_by_role("button", name="Send feedback").locator("visible=true").click()
    expect(page.locator("#latest .thanks")).to_contain_text("Marked as missing.")
    assert [(one.verdict, one.note) for one in judgements(folder)[before:]] == [
        ("useful", ""),
        ("missing", "The final"),
    ]


def seconds_to_answer(page: Page) -> float:
    """The quickest of three answers, from the question to the end."""
    seconds = []
    for name in ("Putin", "Erdogan", "Rouhani"):
        begun = time.monotonic()
        ask(page, f"What did {name} say about Idlib?")
        seconds.append(time.monotonic() - begun)
    return min(seconds)


def test_two_hundred_exchanges_slow_nothing_down(
    open_page: OpenPage, visitors: Visitors
) -> None:
    page = open_page()
    alone = seconds_to_answer(page)
    page.goto(f"{visitors.server}/favicon.ico")
    keep_conversation(page, long_conversation(200))
    page.goto(visitors.server)
    expect(page.locator("#latest .question")).to_have_text("Question number 199?")
    assert seconds_to_answer(page) < alone + max(2, alone)
    expect(page.locator("#past .exchange")).to_have_count(20)
    page.get_by_role("button", name="Show earlier questions").click()
    expect(page.locator("#past .exchange")).to_have_count(40)
    page.locator("#past .exchange").first.get_by_role(
        "button", name="Evidence for"
    ).click()
    expect(page.locator("#evidence .card")).to_have_count(10)
    visitors.come_back(page)
    expect(page.locator("#latest .question")).to_have_text(
        "What did Rouhani say about Idlib?"
    )


def test_a_chat_model_that_cannot_be_used_is_said_in_one_line(
    open_page: OpenPage,
) -> None:
    page = open_page()
    choose_model(page, "nonsense")
    open_tab(page, "Ask")
    ask(page)
    expect(page.locator("#latest .notice")).to_contain_text("nonsense")
    expect(page.locator("#latest .cite").first).to_be_visible()


def test_on_a_phone_the_evidence_slides_over_and_goes_back_with_one_touch(
    open_page: OpenPage,
) -> None:
    page = open_page(viewport=PHONE, has_touch=True)
    ask(page)
    evidence = page.locator("#evidence")
    expect(evidence).not_to_be_visible()
    page.locator("#latest .cite").first.tap()
    expect(evidence).to_be_visible()
    wait_until(lambda: is_in_view(page, "#reader mark.cited"))
    page.get_by_role("button", name="Back to the conversation").tap()
    expect(evidence).not_to_be_visible()
    page.locator("#latest .cite").first.tap()
    expect(evidence).to_be_visible()
    page.keyboard.press("Escape")
    expect(evidence).not_to_be_visible()
    expect(page.locator("#latest .cite").first).to_be_focused()


def test_nothing_is_wider_than_a_phone(open_page: OpenPage) -> None:
    page = open_page(viewport=PHONE)
    ask(page, "What did Putin say about Idlib? " + "Antidisestablishmentarianism" * 12)
    for tab in TABS:
        open_tab(page, tab)
        assert too_wide(page) == []


def test_the_page_is_dark_where_the_reader_prefers_it(
    open_page: OpenPage, page: Page
) -> None:
    assert not is_dark(page)
    assert is_dark(open_page(color_scheme="dark"))


def is_dark(page: Page) -> bool:
    """Whether the whole page is lighter ink on darker paper; it must be the one or the other."""
    ask(page)
    found = {
        brightness(colours["backgroundColor"]) < brightness(colours["color"])
        for selector in ("body", ".aside", "#question textarea")
        for colours in [page.locator(selector).first.evaluate(COLOURS)]
    }
    assert len(found) == 1
    return found.pop()


def brightness(colour: str) -> int:
    return sum(int(part) for part in re.findall(r"\d+", colour)[:3])


def test_everything_is_done_by_keyboard_alone(page: Page) -> None:
    page.locator("#question textarea").focus()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    wait_for_answer(page, QUESTION)
    page.locator("#tabs [role=tab]").first.focus()
    order = tab_until(page, "Your question")
    assert (
        order.index("Citation 1")
        < order.index("Copy the answer")
        < order.index("Your question")
    )
    page.locator("#tabs [role=tab]").first.focus()
    tab_until(page, "Citation 1")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#reader mark.cited").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#latest .cite").first).to_be_focused()


def focused(page: Page) -> str:
    return str(
        page.evaluate(
            """() => {
              const element = document.activeElement;
              const label = element.labels && element.labels[0] ? element.labels[0].innerText : "";
              return element.getAttribute("aria-label") || label || element.innerText || element.tagName;
            }"""
        )
    )


def tab_until(page: Page, name: str) -> list[str]:
    """Presses Tab until the control of that name has the focus; the names on the way."""
    names: list[str] = []
    while name not in names:
        page.keyboard.press("Tab")
        names.append(re.sub(r":.*", "", focused(page), flags=re.DOTALL).strip())
        assert len(names) < 60, names
    return names


def test_every_control_has_a_name(page: Page) -> None:
    ask(page)
    for tab in TABS:
        open_tab(page, tab)
        nameless = page.evaluate(
            """() => [...document.querySelectorAll("button, input, textarea, a, select")]
              .filter((element) => element.checkVisibility({ visibilityProperty: true }))
              .filter((element) => !(element.getAttribute("aria-label") || element.innerText.trim() ||
                (element.labels && element.labels[0] && element.labels[0].textContent.trim())))
              .map((element) => element.outerHTML.slice(0, 120))"""
        )
        assert nameless == []


def chip(page: Page, words: str) -> Locator:
    return page.locator("#latest .chip").filter(has_text=words)


def change(page: Page, words: str, label: str, value: str) -> None:
    """Opens the chip with these words and asks again with another value."""
    chip(page, words).locator("summary").click()
    page.get_by_label(label, exact=True).locator("visible=true").fill(value)
    chip(page, words).get_by_role("button", name="Ask again").click()


def credited(page: Page) -> set[str]:
    """Who is credited with the evidence shown."""
    return {
        who.split(" · ")[0]
        for who in page.locator("#evidence .card .who").all_inner_texts()
    }


def test_a_removed_chip_asks_again_without_it(page: Page) -> None:
    ask(page)
    assert credited(page) == {"Vladimir Putin"}
    page.get_by_role("button", name="Remove: by Vladimir Putin").click()
    expect(page.locator("#latest .chips")).to_contain_text("by anybody")
    expect(page.locator("#latest .chips")).to_contain_text("as you changed it")
    expect(page.locator("#latest .answer")).to_have_attribute("aria-busy", "false")
    expect(page.locator(".exchange")).to_have_count(1)
    assert credited(page) - {"Vladimir Putin"}


def test_a_changed_chip_asks_again_with_the_change_which_is_kept(
    page: Page, visitors: Visitors
) -> None:
    ask(page)
    change(page, "Vladimir Putin", "Speaker", "Recep Tayyip Erdogan")
    expect(page.locator("#latest .chips")).to_contain_text("by Recep Tayyip Erdogan")
    expect(page.locator("#latest .actions")).to_be_visible()
    assert credited(page) == {"Recep Tayyip Erdogan"}
    change(page, "any date", "Until", "2018-09-10")
    expect(page.locator("#latest .chips")).to_contain_text("until 10 September 2018")
    expect(page.locator("#latest .actions")).to_be_visible()
    visitors.come_back(page)
    expect(page.locator("#latest .chips")).to_contain_text("until 10 September 2018")
    expect(page.locator("#latest .chips")).to_contain_text("as you changed it")
    page.get_by_role("button", name="Ask this question again").click()
    expect(page.locator("#latest .chips")).to_contain_text("until 10 September 2018")


def test_a_changed_chip_of_an_earlier_question_is_a_new_exchange(page: Page) -> None:
    ask(page)
    ask(page, "What did Erdogan say about Idlib?")
    page.locator("#past .exchange").first.get_by_role(
        "button", name="Remove: about Idlib"
    ).click()
    expect(page.locator(".exchange")).to_have_count(3)
    expect(page.locator("#latest .chips")).to_contain_text("about anything")
    expect(page.locator("#past .chips").first).to_contain_text("about Idlib")


def test_a_chip_is_changed_by_keyboard_and_left_by_escape(page: Page) -> None:
    ask(page)
    summary = chip(page, "about Idlib").locator("summary")
    summary.focus()
    page.keyboard.press("Enter")
    field = page.get_by_label("Topic", exact=True).locator("visible=true")
    expect(field).to_be_focused()
    expect(field).to_have_value("Idlib")
    page.keyboard.press("Escape")
    expect(field).to_have_count(0)
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    page.keyboard.type("ceasefire")
    page.keyboard.press("Enter")
    expect(page.locator("#latest .chips")).to_contain_text("about ceasefire")


def test_the_names_in_the_articles_are_offered(page: Page) -> None:
    ask(page)
    offered = page.locator("#known-speakers option").evaluate_all(
        "(options) => options.map((option) => option.value)"
    )
    assert {"Vladimir Putin", "Recep Tayyip Erdogan"} <= set(offered)


def test_a_follow_up_shows_what_it_carries_over(page: Page) -> None:
    ask(page)
    ask(page, "and Erdogan?")
    expect(chip(page, "about Idlib")).to_contain_text("carried over")
    expect(chip(page, "Recep Tayyip Erdogan")).not_to_contain_text("carried over")
    assert credited(page) == {"Recep Tayyip Erdogan"}


def test_an_answer_leads_on_to_what_can_be_asked_next(page: Page) -> None:
    ask(page)
    suggestion = page.locator("#latest .suggestions button").first
    question = suggestion.inner_text()
    suggestion.click()
    wait_for_answer(page, question)
    expect(page.locator("#past .question")).to_have_text(QUESTION)
    expect(page.locator("#past .suggestions")).to_have_count(0)


def test_a_question_that_compares_shows_the_table_in_the_conversation(
    page: Page, visitors: Visitors
) -> None:
    ask(page, "How do Putin and Erdogan differ on a ceasefire?")
    latest = page.locator("#latest")
    expect(latest.locator(".grid th[scope=row]")).to_have_text(
        ["Vladimir Putin", "Recep Tayyip Erdogan"]
    )
    expect(latest.locator(".relations .differs").first).to_be_visible()
    latest.locator(".timeline .mark").first.click()
    expect(page.locator("#reader mark.cited").first).to_be_visible()
    visitors.come_back(page)
    expect(page.locator("#latest .relations .differs").first).to_be_visible()


def test_a_comparison_on_its_way_can_be_stopped(
    open_page: OpenPage, model: ChatServer
) -> None:
    model.pause = 0.2
    page = open_page()
    choose_model(page, "openai:slow")
    fill_comparison(page, "ceasefire", "Vladimir Putin", "Recep Tayyip Erdogan")
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.locator(".compared")).to_contain_text("Looking through the articles")
    page.get_by_role("button", name="Stop").locator("visible=true").click()
    expect(page.locator("#compared")).to_contain_text("Name a topic")
    expect(page.get_by_role("button", name="Compare", exact=True)).to_be_visible()


@pytest.fixture(scope="module")
def compared(visitors: Visitors) -> Iterator[Page]:
    """A page at a desk on which Putin, Erdogan and Merkel are compared on a ceasefire."""
    page = visitors.open()
    compare(
        page, "ceasefire", "Vladimir Putin", "Recep Tayyip Erdogan", "Angela Merkel"
    )
    yield page
    page.context.close()


def test_putin_and_erdogan_differ_on_a_ceasefire_and_merkel_is_not_on_record(
    compared: Page,
) -> None:
    result = compared.locator("#compared")
    expect(result.locator(".grid th[scope=row]")).to_have_text(
        ["Vladimir Putin", "Recep Tayyip Erdogan", "Angela Merkel"]
    )
    differing = result.locator(".relations .differs").filter(has_text="ceasefire").first
    expect(differing).to_contain_text("Vladimir Putin")
    expect(differing).to_contain_text("Recep Tayyip Erdogan")
    expect(differing.locator(".pair .cite")).to_have_count(2)
    merkel = result.locator(".grid tr").filter(has_text="Angela Merkel")
    assert set(merkel.locator("td").all_inner_texts()) == {"nothing on record"}


def test_every_mark_of_the_timeline_opens_its_place(compared: Page) -> None:
    marks = compared.locator("#compared .timeline .mark")
    assert marks.count() == compared.locator("#compared-evidence .card").count() > 3
    for mark in marks.all()[:4]:
        mark.click()
        number = mark.get_attribute("data-marker")
        expect(
            compared.locator(f'#compared-evidence .card[data-marker="{number}"]')
        ).to_have_attribute("aria-current", "true")
        wait_until(lambda: is_in_view(compared, "#compared-reader mark.cited"))


def test_a_mark_is_opened_by_keyboard_and_tells_its_quotation(compared: Page) -> None:
    mark = compared.locator("#compared .timeline .mark").nth(1)
    mark.focus()
    expect(compared.locator("#tip")).to_contain_text(
        compared.locator("#compared .said .quote").nth(1).inner_text()[:40]
    )
    compared.keyboard.press("Enter")
    expect(compared.locator("#compared-reader mark.cited").first).to_be_focused()


def test_no_mark_of_the_timeline_hides_another(compared: Page) -> None:
    hidden = compared.locator("#compared .timeline .mark").evaluate_all(
        """(marks) => marks.filter((mark) => {
          mark.scrollIntoView({ block: "center" });
          const box = mark.querySelector("circle").getBoundingClientRect();
          return !mark.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
        }).map((mark) => mark.dataset.marker)"""
    )
    assert hidden == []


def test_a_relation_opens_both_its_quotations(compared: Page) -> None:
    for citation in (
        compared.locator("#compared .relations .pair").first.locator(".cite").all()
    ):
        citation.click()
        expect(compared.locator("#compared-reader mark.cited").first).to_be_focused()


@pytest.mark.parametrize(
    ("form", "name", "words"),
    [
        ("CSV", "on-record-comparison.csv", "marker"),
        ("JSON", "on-record-comparison.json", '"relations"'),
        ("Markdown", "on-record-comparison.md", "nothing on record"),
    ],
)
def test_a_comparison_can_be_exported(
    compared: Page, form: str, name: str, words: str
) -> None:
    with compared.expect_download() as downloading:
        compared.get_by_role("button", name=f"Export {form}").click()
    assert downloading.value.suggested_filename == name
    text = Path(downloading.value.path()).read_text(encoding="utf-8")
    assert words in text
    assert "would be a victory for this summit" in text


def test_a_comparison_is_kept_over_a_reload(compared: Page, visitors: Visitors) -> None:
    before = compared.locator("#compared .grid").inner_text()
    visitors.come_back(compared)
    open_tab(compared, "Compare")
    expect(compared.locator("#compared .grid")).to_be_visible()
    assert compared.locator("#compared .grid").inner_text() == before
    compared.locator("#compared .quote-button").first.click()
    expect(compared.locator("#compared-reader mark.cited").first).to_be_visible()


def test_what_nobody_spoke_of_is_said_to_be_not_on_record(open_page: OpenPage) -> None:
    page = open_page()
    open_tab(page, "Compare")
    expect(page.locator("#compared")).to_contain_text("Name a topic")
    expect(page.get_by_role("button", name="Export CSV")).not_to_be_visible()
    compare(page, "Wimbledon tennis", "Angela Merkel")
    expect(page.locator("#compared .verdict")).to_have_text("Not on record")
    expect(page.get_by_role("button", name="Export CSV")).not_to_be_visible()


def test_on_a_phone_the_comparison_is_a_list_and_a_citation_slides_over(
    open_page: OpenPage,
) -> None:
    page = open_page(viewport=PHONE, has_touch=True)
    compare(page, "ceasefire", "Vladimir Putin", "Recep Tayyip Erdogan")
    assert too_wide(page) == []
    box = page.locator("#compared .grid").bounding_box()
    quote = page.locator("#compared .quote-button").first.bounding_box()
    assert box is not None
    assert quote is not None
    assert quote["width"] > 0.9 * box["width"]
    page.locator("#compared .mark").first.tap()
    expect(page.locator("#compared-reader mark.cited").first).to_be_visible()
    page.get_by_role("button", name="Back to the comparison").tap()
    expect(page.locator("#compared-reader")).not_to_be_visible()


def test_the_timeline_is_legible_in_the_dark(open_page: OpenPage) -> None:
    page = open_page(color_scheme="dark")
    compare(page, "ceasefire", "Vladimir Putin", "Recep Tayyip Erdogan")
    fill = "(element) => ({ color: getComputedStyle(element).fill })"
    circle = page.locator("#compared .mark circle").first.evaluate(fill)
    number = page.locator("#compared .mark text").first.evaluate(fill)
    assert brightness(circle["color"]) - brightness(number["color"]) > 300


def test_an_article_is_read_with_every_statement_marked_and_its_speaker_named(
    page: Page,
) -> None:
    open_tab(page, "Articles")
    find_articles(page, "erdogan presses")
    row = page.locator("#articles li").filter(
        has_text="Erdogan presses for a ceasefire"
    )
    expect(row).to_contain_text("statements")
    row.locator("button.open").click()
    reader = page.locator("#shelf-reader")
    expect(
        reader.locator(".voice").filter(has_text="Recep Tayyip Erdogan").first
    ).to_be_visible()
    expect(
        reader.locator("mark.said").filter(has_text="would be a victory").first
    ).to_be_visible()
    voice = reader.locator(".voice").first.bounding_box()
    words = reader.locator("mark.said").first.bounding_box()
    assert voice is not None
    assert words is not None
    assert voice["x"] + voice["width"] < words["x"] + words["width"]
    find_articles(page, "")


def test_an_answer_is_announced_when_it_is_complete(page: Page) -> None:
    ask(page)
    answer = page.locator("#latest .answer")
    expect(answer).to_have_attribute("aria-live", "polite")
    expect(answer).to_have_attribute("aria-busy", "false")


def test_two_visitors_share_no_conversation(
    page: Page, open_page: OpenPage, visitors: Visitors
) -> None:
    second = open_page()
    ask(page)
    expect(second.locator(".welcome")).to_be_visible()
    visitors.come_back(second)
    expect(second.locator(".welcome")).to_be_visible()


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        (
            {"GRADIO_VIBE_MODE": "1"},
            "GRADIO_VIBE_MODE would let every visitor run code here; unset it.\n",
        ),
        (
            {"ONRECORD_HOST": "0.0.0.0"},
            "At 0.0.0.0 anybody could read and remove articles; set ONRECORD_PASSWORD or --password.\n",
        ),
    ],
)
def test_a_page_that_would_be_open_to_all_is_refused_in_one_line(
    setting: dict[str, str], message: str, tmp_path: Path
) -> None:
    environment = {**os.environ, "ONRECORD_DATA": str(tmp_path), **setting}
    done = subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (1, message)


def get(address: str, **headers: str) -> tuple[int, Message, str]:
    try:
        with urllib.request.urlopen(
            urllib.request.Request(address, headers=headers), timeout=30
        ) as response:
            return response.status, response.headers, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, ""


def test_every_answer_of_the_server_forbids_other_origins(server: str) -> None:
    _, headers, _ = get(server)
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("127.0.0.1:7860", 200),
        ("[::1]:7860", 200),
        ("evil.example", 400),
        ("localhost.evil.example:7860", 400),
        ("127.0.0.1@evil.example", 400),
    ],
)
def test_only_who_asks_this_machine_by_its_own_name_is_served(
    server: str, host: str, status: int
) -> None:
    assert get(server, Host=host)[0] == status
    assert get(f"{server}/gradio_api/info", Host=host)[0] == status


def test_with_a_password_any_name_is_served() -> None:
    served = Starlette(
        routes=[Mount("/", PlainTextResponse("hello"))],
        middleware=_middleware(Config(password="x")),
    )
    assert TestClient(served, base_url="http://news.example").get("/").text == "hello"


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "app.py", "..%2f..%2fetc%2fpasswd", "http://127.0.0.1:1/"]
)
def test_files_of_the_server_cannot_be_read(server: str, path: str) -> None:
    assert get(f"{server}/gradio_api/file={path}")[0] in (400, 403, 404)


@pytest.mark.parametrize("path", ["/config", "/openapi.json", "/gradio_api/info"])
def test_the_page_tells_no_paths_and_no_settings(server: str, path: str) -> None:
    status, _, told = get(f"{server}{path}")
    assert status in (200, 404)
    assert str(ROOT) not in told
    assert "ONRECORD" not in told
