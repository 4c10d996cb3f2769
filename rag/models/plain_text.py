"""What a chat model writes, as plain text: sentences and their markers, without Markdown,
HTML and addresses.
"""

from __future__ import annotations

import re

# Of a range such as [1-999]: more than there is evidence, and a slip of the model is no list
# of hundreds of numbers.
MOST_IN_RANGE = 10
# In the brackets of all scripts: [1], ［1］, 【1】, 〔1〕; what is longer is no marker.
_MARKER = re.compile(r"\s*[\[［【〔]\s*([^\[\]［］【】〔〕\n]{0,40}?)\s*[\]］】〕]")
_LEADING = re.compile(rf"(?:{_MARKER.pattern})+[.。]?")
# Before the number, as models have learnt to cite: [^1], [†1], [#1], [Source 1], [No. 1].
_WORDED = re.compile(
    r"^(?:\^|†|#|(?:sources?|evidence|citations?|refs?|nos?|numbers?)\b\.?)\s*",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")
# 1 or 1, 2 or 1-3 or 1 and 2; not -1, 1.5 or 1e9.
_NUMBERS = re.compile(r"\d{1,3}(?:\s*(?:[,;&–—-]|and)\s*\d{1,3})*")
_RANGE = re.compile(r"(\d+)(?:\s*[–—-]\s*(\d+))?")
_OUT = re.compile(
    # fences and marks of code; the code itself may be the answer
    r"```[^\n`]*\n?|`"
    # images
    r"|!\[[^\]]*\]\s?(?:\([^)]*\)|\[[^\]]*\])"
    # definitions of links: [1]: https://...
    r"|^\s*\[[^\]]+\]:\s*\S.*$"
    # tags of HTML, the last perhaps not closed
    r"|<[a-zA-Z/!][^<>]{0,2000}>?"
    # addresses
    r"|(?:https?:|data:|javascript:|www\.)[^\s)\]>]+"
    # what begins a heading, a point of a list, or a quotation
    r"|^\s*(?:#{1,6}|[-*•>]|\d{1,2}[.)])\s+",
    re.MULTILINE,
)
_LINK = re.compile(r"(?<!!)\[([^\]\n]*)\]\([^)\n]*\)")
_EMPHASIS = re.compile(r"(\*{1,3}|__)(?=\S)(.+?)(?<=\S)\1")
# The thoughts of a reasoning model, as its template marks them.
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
    text = _LINK.sub(_words_of_link, written)
    text = _OUT.sub("", _OPEN_THOUGHT.split(text)[0])
    return " ".join(_EMPHASIS.sub(r"\2", text).split())


def _words_of_link(link: re.Match[str]) -> str:
    """What a link shows; of [1](https://...), the marker."""
    is_marker = link[1].strip().isdigit()
    return f"[{link[1]}]" if is_marker else link[1]


def parsed(sentence: str) -> tuple[str, list[int]]:
    """The sentence as plain text without its markers, and their numbers, each once, whether
    they exist or not.
    """
    numbers: list[int] = []

    def taken(match: re.Match[str]) -> str:
        inside = _WORDED.sub("", match[1])
        if not _is_marker(inside):
            return match.group()
        numbers.extend(_numbers(inside))
        return ""

    text = _MARKER.sub(taken, plain(sentence))
    # what the markers leave behind: "priority [1] ." and "priority. [1]."
    text = re.sub(r"\s+(?=[.,;:!?。])", "", text)
    text = re.sub(r"([.。])[.。]$", r"\1", text)
    return text.strip(), list(dict.fromkeys(numbers))


def _is_marker(inside: str) -> bool:
    """Whether brackets hold a marker, well-formed or not, and not words of the sentence:
    "1-2", "1e9" and nothing, but not "the 3 presidents".
    """
    if not inside:
        return True
    has_digit = any(map(str.isdigit, inside))
    return has_digit and not _WORD.search(inside)


def _numbers(inside: str) -> list[int]:
    """The numbers of `1`, `1, 2` or `1-3`; none of anything else, such as `-1`, `1.5` and
    `1e9`.
    """
    if not _NUMBERS.fullmatch(inside):
        return []
    found: list[int] = []
    for first, last in _RANGE.findall(inside):
        until = min(int(last or first), int(first) + MOST_IN_RANGE)
        found += range(int(first), until + 1)
    return found


def leading_markers(text: str) -> int:
    """How many characters of the text the markers take that it begins with."""
    match = _LEADING.match(text)
    if not match:
        return 0
    words, _ = parsed(match.group())
    is_only_markers = not words.strip(".。")
    return match.end() if is_only_markers else 0


def inert(text: str) -> str:
    """Article text on one line, without what looks like our markers."""
    return _MARKER.sub(_without_digits, " ".join(text.split()))


def _without_digits(brackets: re.Match[str]) -> str:
    """Nothing for brackets that hold a digit, else the brackets as they are."""
    has_digit = any(map(str.isdigit, brackets[1]))
    return "" if has_digit else brackets.group()
