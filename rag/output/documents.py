"""Answers and conversations as Markdown and plain text; nothing of an article is markup in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote, urlsplit

from rag.language.days import readable_date
from rag.questions.parts import understood
from rag.types import Answer, Citation, Comparison, QuoteKind, Statement

NOTHING = "nothing on record"
KINDS: dict[QuoteKind, str] = {
    "direct": "quotation",
    "mixed": "partial quotation",
    "indirect": "paraphrase",
}
_MARKUP = re.compile(r"([\\`*_{}\[\]<>|#~&!])")
# "[1]: " at the head of a line would define a link
_ESCAPED_MARKER = re.compile(r"\\\[(\d+)\\\](?!:)")


def markdown(answers: Sequence[Answer], title: str) -> str:
    """A document of questions, each with its answer, its table and relations, its notices
    and its evidence.
    """
    sections = [f"# On Record: {title}"]
    for answer in answers:
        sections += _section(answer)
    return "\n\n".join(part for part in sections if part) + "\n"


def plain_text(answer: Answer) -> str:
    """The answer and its evidence without any markup, for the clipboard."""
    evidence = [
        f"[{one.marker}] {one.words} {', '.join(credit(one))}"
        for one in answer.citations
    ]
    if answer.abstained and evidence:
        evidence.insert(0, "Nearest evidence:")
    return "\n\n".join(
        part for part in (_words(answer), worded(answer), "\n".join(evidence)) if part
    )


def worded(answer: Answer) -> str:
    """Who worded the answer, where a chat model did."""
    return (
        f"Worded by {answer.writer} — every sentence checked against the articles"
        if answer.writer
        else ""
    )


def credit(citation: Citation) -> list[str]:
    """Who says the cited words, when and where: what is known of it, and where else the
    same statement stands.
    """
    speaker = (
        f"{citation.speaker} ({kind_of(citation)})"
        if citation.speaker
        else kind_of(citation)
    )
    said = (
        f"said {readable_date(citation.said)}"
        if citation.said not in (None, citation.date)
        else None
    )
    known = (
        speaker,
        said,
        citation.title,
        citation.source,
        readable_date(citation.date),
        citation.url,
    )
    also = [
        f"also in {report.source or report.title or 'another article'}"
        for report in citation.also
    ]
    return [part for part in (*known, *also) if part]


def kind_of(given: Citation | Statement) -> str:
    """What the words are, in plain words: whether the marks around them are the article's."""
    if given.kind is None:
        holds_marks = (
            any(mark in given.quote for mark in '"“„«')
            if isinstance(given, Citation)
            else False
        )
        return (
            "the article’s own words, with a quotation"
            if holds_marks
            else "the article’s own words"
        )
    return KINDS[given.kind]


def column_name(date: str | None, title: str = "") -> str:
    """The heading of a column: its day, and the article where there is one."""
    day = readable_date(date) or "undated"
    return f"{day}: {title}" if title else day


def _words(answer: Answer) -> str:
    """The words of the answer; of a refusal its reason alone, since what is near follows as
    evidence.
    """
    return (answer.reason or answer.text) if answer.abstained else answer.text


def _section(answer: Answer) -> list[str]:
    meant = understood(answer.question)
    parts = [
        f"## {_inert(answer.question.text or answer.question.topic or 'A comparison')}"
    ]
    parts += [f"*Understood as: {_inert(meant)}*"] if meant else []
    parts += ["**Not on record**"] if answer.abstained else []
    parts += [_prose(paragraph) for paragraph in _words(answer).split("\n\n")]
    parts += [f"*{_inert(worded(answer))}*"] if answer.writer else []
    parts += [f"*{_inert(notice)}*" for notice in answer.notices]
    if answer.comparison and answer.comparison.columns:
        parts += [_table(answer, answer.comparison), _relations(answer.comparison)]
    if answer.citations:
        parts.append("### Nearest evidence" if answer.abstained else "### Evidence")
    return parts + [_evidence(citation) for citation in answer.citations]


def _table(answer: Answer, table: Comparison) -> str:
    """The grid of a comparison, a row a line; each cell holds its quotations with their markers."""
    quotes = {one.marker: one.words for one in answer.citations}
    head = [
        "",
        *(_inert(column_name(column.date, column.title)) for column in table.columns),
    ]
    lines = [head, ["---"] * len(head)]
    for name, cells in zip(table.rows, table.cells, strict=True):
        line = [_inert(name)]
        for cell in cells:
            line.append(
                "<br>".join(f"{_inert(quotes[marker])} [{marker}]" for marker in cell)
                or NOTHING
            )
        lines.append(line)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _relations(table: Comparison) -> str:
    lines = [
        f"- **{one.kind}** [{one.first}] [{one.second}]: {_prose(one.reason)}"
        for one in table.relations
    ]
    return "\n".join(["### Relations", "", *lines]) if lines else ""


def _evidence(citation: Citation) -> str:
    where = [
        _link(part) if part == citation.url else _inert(part)
        for part in credit(citation)
    ]
    return f"> [{citation.marker}] {_inert(citation.words)}\n>\n> {', '.join(where)}"


def _link(url: str) -> str:
    """A web address as a link, anything else as plain text."""
    if urlsplit(url).scheme not in ("http", "https"):
        return _inert(url)
    return f"<{quote(url, safe=':/?#@!$&()*+,;=%')}>"


def _prose(text: str) -> str:
    """Our own sentences, whose markers are kept."""
    return _ESCAPED_MARKER.sub(r"[\1]", _inert(text))


def _inert(text: str) -> str:
    """The text on one line, its punctuation escaped so that none of it is markup."""
    visible = "".join(char if char.isprintable() else " " for char in text)
    return _MARKUP.sub(r"\\\1", " ".join(visible.split()))
