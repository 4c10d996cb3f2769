"""A refusal as the page shows it: why the articles do not answer, and what can be asked instead."""

from __future__ import annotations

from collections.abc import Mapping

from rag.language.words import listed
from rag.page.views.pieces import attributes, cite, text
from rag.types import Answer


def refusal(answer: Answer, turn: int) -> str:
    """The reason, whom and what the articles do answer for, and where the nearest evidence is."""
    return (
        '<p class="verdict">Not on record</p>'
        f'<p class="reason" dir="auto">{text(answer.reason or answer.text)}</p>'
        f"{_speakers(answer)}{_topics(answer)}{_nearest(answer, turn)}"
    )


def has_offers(answer: Answer) -> bool:
    """Whether a refusal leads on by itself."""
    return bool(_speakers(answer) or _topics(answer))


def _speakers(answer: Answer) -> str:
    """Those who do speak on the topic, each a question."""
    if answer.refusal is None:
        return ""
    topic = answer.question.topic
    about = f" about {topic}" if topic else ""
    questions = {}
    for name in answer.refusal.speakers:
        questions[name] = f"What did {name} say{about}?"
    return _offered("On this topic, on record", questions)


def _topics(answer: Answer) -> str:
    """What those who were asked for do speak on, each a question."""
    who = listed(answer.question.speakers)
    if answer.refusal is None or not who:
        return ""
    questions = {}
    for topic in answer.refusal.topics:
        questions[topic] = f"What did {who} say about {topic}?"
    return _offered(f"{who} did speak on", questions)


def _offered(lead: str, questions: Mapping[str, str]) -> str:
    """Buttons that ask, each with its question as its name."""
    items = ""
    for caption, question in questions.items():
        data = attributes(event="ask", question=question)
        items += (
            f'<li><button type="button"{data} aria-label="{text(question)}" '
            f'dir="auto">{text(caption)}</button></li>'
        )
    if not items:
        return ""
    return f'<div class="offers"><p>{text(lead)}:</p><ul>{items}</ul></div>'


def _nearest(answer: Answer, turn: int) -> str:
    markers = "".join(cite(citation, turn) for citation in answer.citations)
    if not markers:
        return ""
    lead = "Nearest evidence, which does not answer it:"
    return f'<p class="nearest">{lead}{markers}</p>'
