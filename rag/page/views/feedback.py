"""What a reader thinks of an answer: the buttons and small forms under it, and the line of
thanks.
"""

from __future__ import annotations

from rag.page.conversation import Exchange
from rag.page.views.pieces import attributes, button, text
from rag.types import Citation

LONGEST_NOTE = 500
SHOWN_WORDS = 60
KEPT = "Kept with the question and the answer in the data folder of this server, and sent nowhere."


def feedback(shown: Exchange, turn: int) -> str:
    """The ways to judge an answer that has ended; once it is judged, one line of thanks."""
    if shown.verdict:
        return (
            '<p class="feedback thanks" role="status" tabindex="-1">'
            f"Marked as {text(shown.verdict)}. Thank you; it is kept in the data folder here, and sent nowhere.</p>"
        )
    useful = button(
        "judge", "Useful", "This answer is useful", turn=turn, verdict="useful", note=""
    )
    wrong = _form(
        "Wrong citation",
        "wrong citation",
        _choice(shown),
        "What is wrong (optional)",
        turn,
    )
    missing = _form(
        "Something missing", "missing", "", "What is missing (optional)", turn
    )
    ways = [
        "<span>Feedback:</span>",
        useful,
        wrong if shown.answer.citations else "",
        missing,
    ]
    return f'<div class="feedback" role="group" aria-label="Feedback on this answer">{"".join(ways)}</div>'


def _form(caption: str, verdict: str, choice: str, question: str, turn: int) -> str:
    note = f'<label>{question} <input type="text" name="note" maxlength="{LONGEST_NOTE}" autocomplete="off"></label>'
    return (
        f'<details class="form-in-place" name="feedback-{turn}"><summary>{caption}</summary>'
        f'<form data-event="judge"{attributes(turn=turn, verdict=verdict)}>{choice}{note}'
        f'<button type="submit">Send feedback</button><small>{KEPT}</small></form></details>'
    )


def _choice(shown: Exchange) -> str:
    options = "".join(_option(citation) for citation in shown.answer.citations)
    return f'<label>Which citation <select name="marker">{options}</select></label>'


def _option(citation: Citation) -> str:
    words = citation.words
    words = words if len(words) <= SHOWN_WORDS else f"{words[:SHOWN_WORDS].rstrip()}…"
    return (
        f'<option value="{citation.marker}">{citation.marker}: {text(words)}</option>'
    )
