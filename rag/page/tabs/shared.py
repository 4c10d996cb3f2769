"""What the tabs of the page have in common: panels that forward clicks, pacing, and opening
a citation.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeVar

import gradio as gr

from rag.page import conversation
from rag.page.conversation import ASKED, Exchange
from rag.page.views import exchange, reader
from rag.page.views.pieces import EVENTS
from rag.types import Status

if TYPE_CHECKING:
    from rag.assistant import Assistant


# twelve a second look like writing; more would only keep the browser busy
SECONDS_BETWEEN_SNAPSHOTS = 0.08
# how often a question that waits for the articles tells how far they are, as often as the
# top line does
SECONDS_BETWEEN_LOOKS = 1.0
STILL_READING = (
    "Articles are being added, so this may be incomplete; "
    "ask again when the top line says ready."
)
BROKEN = "Something went wrong here. The server's log says what; asking again may help."
Item = TypeVar("Item")
QUIET = {"show_progress": "hidden", "api_visibility": "private"}
AT_ONCE = {**QUIET, "queue": False}
# answers and comparisons share these places, as they share the models: more at a time make
# each slower (chosen by hand). What waits for the articles to be read takes none.
ANSWERS = {**QUIET, "concurrency_limit": 4, "concurrency_id": "answers"}
# the names under which a browser keeps what its visitor asked and compared
CONVERSATION, COMPARISON = "on-record-conversation", "on-record-comparison"
# what an event of the page's start has as its inputs: the visit, as the browser kept it
FROM_BROWSER = (
    "(exchanges, _, ...others) => [exchanges, onRecord.kept('NAME'), ...others]"
)

# Gradio takes the names of a component's own events from the text of its script
FORWARD_CLICKS = (
    f"const events = {json.dumps(list(EVENTS))};"
    + """
const forward = (asked, more) => {
  if (!asked || !events.includes(asked.dataset.event)) return;
  trigger(asked.dataset.event, { ...asked.dataset, ...more });
};
element.addEventListener("click", (click) => {
  forward(click.target.closest("[data-event]:not(form)"), {});
});
element.addEventListener("submit", (submit) => {
  submit.preventDefault();
  forward(submit.target, Object.fromEntries(new FormData(submit.target)));
});
"""
)

# page.js tells when the reader goes back from an open article
CLOSE_ARTICLE = """
document.addEventListener("aside-closed", () => { props.value = ""; });
"""
CLOSE_CARD = """
document.addEventListener("aside-closed", () => {
  props.value = props.value.replace(' aria-current="true"', "");
});
"""
KEEP = """
watch("value", () => {
  const isAsked = props.value.startsWith(ASKED);
  onRecord.keep(NAME, props.value, isAsked);
  if (isAsked) trigger("submit");
});
"""


def visited(exchanges: list[Exchange], records: object) -> list[Exchange]:
    """What a visit holds; where this server has it no more, since it was restarted or the
    visit was long ago, it comes back from the browser.
    """
    if not exchanges:
        exchanges[:] = conversation.restored(records)
    return exchanges


def cannot_answer(status: Status) -> str:
    """Why nothing can be answered: the articles could not be read, and there are none; ""
    where something may be.
    """
    if status.articles:
        return ""
    return status.problem or ""


def remarks(status: Status) -> tuple[str, ...]:
    """What the reader should know of the articles that an answer was looked for in."""
    if status.problem:
        return (status.problem,)
    if status.busy:
        return (STILL_READING,)
    return ()


def opened(
    assistant: Assistant, shown: Exchange | None, event: gr.EventData
) -> tuple[str, str]:
    """The evidence of an exchange with the clicked citation open, and its article, or that
    of a further report.
    """
    turn, marker = int(event.turn), int(event.marker)
    evidence = exchange.evidence(shown, turn, marker)
    also = getattr(event, "also", None)
    place = None if also is None else int(also)
    citation = shown.citation(marker, place) if shown else None
    if shown is None or citation is None:
        return evidence, ""
    article = assistant.article(citation.article_id)
    if article is None:
        return evidence, reader.missing(citation)
    statements = assistant.statements(article.id)
    cited = shown.answer.citations
    return evidence, reader.article(article, citation, cited, statements)


def paced(
    items: Iterator[Item], seconds: float, skippable: type = object
) -> Iterator[Item]:
    """The items, without the `skippable` ones that follow another item sooner than that;
    the last always comes.
    """
    shown_at = float("-inf")
    held: list[Item] = []
    for item in items:
        is_due = time.monotonic() - shown_at >= seconds
        if isinstance(item, skippable) and not is_due:
            held = [item]
            continue
        yield item
        shown_at, held = time.monotonic(), []
    yield from held


def panel(name: str, closing: str = "") -> gr.HTML:
    """A place for HTML whose buttons ask for events; `closing` is the script by which it
    closes what is open in it.
    """
    script = FORWARD_CLICKS + closing
    return gr.HTML(elem_id=name, js_on_load=script, apply_default_css=False)


def beside(place: str, evidence: str, reader: str) -> tuple[gr.HTML, gr.HTML]:
    """What stands beside a conversation or a comparison: the evidence, an article that is
    open, and on a phone the way back to its `place`.
    """
    way_back(place)
    return panel(evidence, CLOSE_CARD), panel(reader, CLOSE_ARTICLE)


def kept(name: str) -> gr.HTML:
    """A stored conversation that the browser keeps under a name for its tab; nothing of it
    is shown. `submit` is triggered where a question in it waits for its answer.

    A `gr.BrowserState` would share it among all tabs, which then overwrite each other's.
    """
    script = KEEP.replace("NAME", json.dumps(name)).replace("ASKED", json.dumps(ASKED))
    return gr.HTML("", html_template="", js_on_load=script, visible="hidden")


def way_back(place: str) -> None:
    gr.HTML(exchange.way_back(place), elem_classes="back", apply_default_css=False)
