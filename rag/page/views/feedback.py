"""What a reader thinks of an answer: the buttons and small forms under it, and the line of
thanks.
"""

from __future__ import annotations

from rag.page.conversation import Exchange
from rag.page.views.pieces import attributes, button, text
from rag.types import Citation

LONGEST_NOTE = 500  # letters of a remark: a paragraph; chosen by hand
SHOWN_WORDS = 60  # letters of a quotation: what the list of a phone shows on one line
KEPT = (
    "Kept with the question and the answer in the data folder of this server, "
    "and sent nowhere."
)


def feedback(shown: Exchange, turn: int) -> str:
    """The ways to judge an answer that has ended; once it is judged, one line of thanks."""
    if shown.verdict:
        return (
            '<p class="feedback thanks" role="status" tabindex="-1">'
            f"Marked as {text(shown.verdict)}. Thank you; it is kept in the data "
            "folder here, and sent nowhere.</p>"
        )
    judged = {"turn": turn, "verdict": "useful", "note": ""}
    ways = "<span>Feedback:</span>"
    ways += button("judge", "Useful", "This answer is useful", **judged)
    if shown.answer.citations:
        ways += _form(
            "Wrong citation",
            "wrong citation",
            _choice(shown),
            "What is wrong (optional)",
            turn,
        )
    ways += _form(
        "Something missing", "missing", "", "What is missing (optional)", turn
    )
    return (
        '<div class="feedback" role="group" aria-label="Feedback on this answer">'
        f"{ways}</div>"
    )


def _form(caption: str, verdict: str, choice: str, question: str, turn: int) -> str:
    """What opens a small form, and the form: a `choice` of our own making, and a remark."""
    data = attributes(turn=turn, verdict=verdict)
    return (
        f'<details class="form-in-place" name="feedback-{turn}">'
        f'<summary>{caption}</summary><form data-event="judge"{data}>{choice}'
        f'<label>{question} <input type="text" name="note" '
        f'maxlength="{LONGEST_NOTE}" autocomplete="off"></label>'
        f'<button type="submit">Send feedback</button><small>{KEPT}</small>'
        "</form></details>"
    )


def _choice(shown: Exchange) -> str:
    options = "".join(_option(citation) for citation in shown.answer.citations)
    return f'<label>Which citation <select name="marker">{options}</select></label>'


def _option(citation: Citation) -> str:
    words = citation.words
    if len(words) > SHOWN_WORDS:
        words = f"{words[:SHOWN_WORDS].rstrip()}…"
    marker = citation.marker
    return f'<option value="{marker}">{marker}: {text(words)}</option>'
