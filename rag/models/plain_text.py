"""What a chat model writes, as plain text: sentences and their markers, without Markdown,
HTML and addresses.
"""

from __future__ import annotations

import re

MOST_IN_RANGE = 10
_MARKER = re.compile(r"\s*[\[［【〔]\s*([^\[\]［］【】〔〕\n]{0,40}?)\s*[\]］】〕]")
_LEADING = re.compile(rf"(?:{_MARKER.pattern})+[.。]?")
_WORDED = re.compile(
    r"^(?:\^|†|#|(?:sources?|evidence|citations?|refs?|nos?|numbers?)\b\.?)\s*",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"\d{1,3}(?:\s*(?:[,;&–—-]|and)\s*\d{1,3})*")
_RANGE = re.compile(r"(\d+)(?:\s*[–—-]\s*(\d+))?")
_OUT = re.compile(
    r"```[^\n`]*\n?|`"
    r"|!\[[^\]]*\]\s?(?:\([^)]*\)|\[[^\]]*\])"
    r"|^\s*\[[^\]]+\]:\s*\S.*$"
    r"|<[a-zA-Z/!][^<>]{0,2000}>?"
    r"|(?:https?:|data:|javascript:|www\.)[^\s)\]>]+"
    r"|^\s*(?:#{1,6}|[-*•>]|\d{1,2}[.)])\s+",
    re.MULTILINE,
)
_LINK = re.compile(r"(?<!!)\[([^\]\n]*)\]\([^)\n]*\)")
_EMPHASIS = re.compile(r"(\*{1,3}|__)(?=\S)(.+?)(?<=\S)\1")
_THOUGHT = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_OPEN_THOUGHT = re.compile(r"<think(?:ing)?>(?!.*</think)", re.DOTALL | re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…。！？][^\w\s]*\s|[。！？\n]")


def may_be_cut(written: str) -> bool:
    """Whether what has been written so far may hold the end of a sentence, outside the
    model's open thoughts.
    """
    return bool(_SENTENCE_END.search(written)) and not _OPEN_THOUGHT.search(written)


def without_thoughts(written: str) -> str:
    """The text without the thoughts that a model shows before its answer, where it has come
    to their end.
    """
    return _THOUGHT.sub("", written) if "</think" in written.lower() else written


def plain(written: str) -> str:
    """The words, without Markdown, HTML, addresses, and thoughts that do not end."""
    text = _LINK.sub(
        lambda link: (
            link.group().split("(")[0] if link[1].strip().isdigit() else link[1]
        ),
        written,
    )
    text = _OUT.sub("", _OPEN_THOUGHT.split(text)[0])
    return " ".join(_EMPHASIS.sub(r"\2", text).split())


def parsed(sentence: str) -> tuple[str, list[int]]:
    """The sentence as plain text without its markers, and their numbers, each once, whether
    they exist or not.
    """
    text = plain(sentence)
    numbers: list[int] = []

    def taken(match: re.Match[str]) -> str:
        inside = _WORDED.sub("", match[1])
        is_marker = (
            any(char.isdigit() for char in inside)
            and not re.search(r"[^\W\d_]{2,}", inside)
            or not inside
        )
        numbers.extend(_numbers(inside) if is_marker else ())
        return "" if is_marker else match.group()

    text = _MARKER.sub(taken, text)
    text = re.sub(r"\s+(?=[.,;:!?。])", "", text)
    return re.sub(r"([.。])[.。]$", r"\1", text).strip(), list(dict.fromkeys(numbers))


def _numbers(inside: str) -> list[int]:
    """The numbers of `1`, `1, 2` or `1-3`; none of anything else, such as `-1`, `1.5` and `1e9`."""
    if not _NUMBERS.fullmatch(inside):
        return []
    found: list[int] = []
    for first, last in _RANGE.findall(inside):
        until = int(last or first)
        found += range(int(first), min(until, int(first) + MOST_IN_RANGE) + 1)
    return found


def leading_markers(text: str) -> int:
    """How many characters of the text the markers take that it begins with."""
    match = _LEADING.match(text)
    return match.end() if match and not parsed(match.group())[0].strip(".。") else 0


def inert(text: str) -> str:
    """Article text on one line, without what looks like our markers."""
    return _MARKER.sub(
        lambda match: "" if any(char.isdigit() for char in match[1]) else match.group(),
        " ".join(text.split()),
    )
