"""A news page -> the fields of an article: its visible text by trafilatura, its metadata by
JSON-LD and trafilatura.

What a reader of the page would not see is taken out before the text is looked for, since
words hidden in a page are how it speaks to a machine behind the reader's back.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from rag.errors import ArticleError

HtmlElement = (
    Any  # lxml.html.HtmlElement: lxml is imported where it is used, and has no types
)

# Beyond these, lxml and trafilatura need time that grows with the square of the page
# (seconds at this number).
MAX_TAGS, MAX_ATTRIBUTES, MAX_LINKS = 12_000, 1_000, 3_000
MIN_CHARS = 200

_ARTICLE_TYPE = re.compile(r".*(?:Article|Posting|Report)")
_INLINE_TAGS = [
    "span",
    "b",
    "i",
    "u",
    "em",
    "strong",
    "small",
    "big",
    "mark",
    "font",
    "ins",
    "sub",
    "sup",
    "kbd",
    "tt",
]
_INLINE_TAGS += [
    "abbr",
    "acronym",
    "bdi",
    "bdo",
    "cite",
    "data",
    "dfn",
    "nobr",
    "ruby",
    "samp",
    "var",
]
_HIDING_CLASSES = {
    "sr-only",
    "visually-hidden",
    "visuallyhidden",
    "u-visually-hidden",
    "a11y-hidden",
}
_HIDING_CLASSES |= {
    "screen-reader-text",
    "screen-reader-only",
    "screenreader-only",
    "offscreen",
    "off-screen",
}
_HIDING_STYLES = {
    "display": re.compile("none"),
    "visibility": re.compile("hidden|collapse"),
    "font-size": re.compile(r"[01](?:\.\d*)?(?:px|pt)?|0[\d.]*(?:em|rem|%)"),
    "opacity": re.compile(r"0?\.?0*%?"),
    "left": re.compile(r"-\d{3}.*"),
    "top": re.compile(r"-\d{3}.*"),
    "text-indent": re.compile(r"-\d{3}.*"),
    "margin-left": re.compile(r"-\d{3}.*"),
    "clip": re.compile(r"rect\(.*"),
}


def extract(page: str, url: str | None = None) -> dict[str, object]:
    """The fields of the article on a page; `url` is where the page was read, which it
    cannot contradict.

    Raises `ArticleError` where the page holds too little text, or more tags than can be
    read in reasonable time.
    """
    page = page.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    _check_size(page)
    tree = _parse(page)
    declared = _json_ld(tree)
    _remove_hidden(tree)
    found = _metadata(tree, page, url) | declared
    text = _visible_text(tree)
    if len(text) < MIN_CHARS:
        raise ArticleError(
            f"the page shows only {len(text)} characters of text, such as a cookie notice; save the article's own page."
        )
    return found | {"text": text} | ({"url": url} if url else {})


def _metadata(tree: HtmlElement, page: str, url: str | None) -> dict[str, object]:
    from trafilatura import extract_metadata

    document = extract_metadata(
        tree, url, {"original_date": True, "extensive_search": False}
    )
    return {
        "title": document.title,
        "author": (document.author or "").replace("; ", ", "),
        "source": document.sitename,
        "date": _not_filled_up(document.date, page),
        "url": document.url,
        "language": tree.get("lang"),
    }


def _visible_text(tree: HtmlElement) -> str:
    """The article's text. Tags within a line go first: trafilatura's time grows with the
    square of their number.

    Links, whose density tells it what is a menu, go only where they are too many.
    """
    from lxml import etree  # type: ignore[import-untyped]
    from trafilatura import bare_extraction

    # it would report on pages without text, to stderr
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    links = ["a"] if len(tree.findall(".//a")) > MAX_LINKS else []
    etree.strip_tags(tree, *_INLINE_TAGS, *links)
    page = etree.tostring(tree, encoding="unicode", method="html")
    document = bare_extraction(page, include_comments=False)
    return document.text if document else ""


class _TagLimits:
    """A parser target that keeps nothing: it reads a page in linear time, and stops at one
    that goes too far.
    """

    def __init__(self) -> None:
        self.tags = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.tags += 1
        if self.tags > MAX_TAGS or len(attributes) > MAX_ATTRIBUTES:
            raise ArticleError(
                f"the page has over {MAX_TAGS:,} tags, or over {MAX_ATTRIBUTES:,} attributes in one;"
                " save its text as .txt."
            )

    def close(self) -> None:
        return None


def _check_size(page: str) -> None:
    from lxml import etree

    parser = etree.HTMLParser(target=_TagLimits(), encoding="utf-8")
    etree.fromstring(page.encode(), parser)


def _parse(page: str) -> HtmlElement:
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(page.encode(), parser)
    except etree.ParserError:
        raise ArticleError("there is no text in it; give the article's page.") from None


def _not_filled_up(date: str | None, page: str) -> str | None:
    """A page that names only a year is given the first of January by htmldate."""
    return None if date and date.endswith("-01-01") and date not in page else date


# JSON-LD (schema.org NewsArticle), which says the author and the date more often than
# anything else in a page


def _json_ld(tree: HtmlElement) -> dict[str, object]:
    for script in tree.iterfind(".//script[@type='application/ld+json']"):
        try:
            data = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        for node in _nodes(data):
            if any(
                _ARTICLE_TYPE.fullmatch(kind) for kind in _strings(node.get("@type"))
            ):
                return _described(node)
    return {}


def _nodes(data: Any) -> Iterator[dict[str, Any]]:
    for node in data if isinstance(data, list) else [data]:
        if isinstance(node, dict):
            graph = node.get("@graph")
            yield from (
                (item for item in graph if isinstance(item, dict))
                if isinstance(graph, list)
                else [node]
            )


def _described(node: Mapping[str, Any]) -> dict[str, object]:
    found = {
        "title": _strings(node.get("headline")),
        "author": _strings(node.get("author")),
        "source": _strings(node.get("publisher")),
        "date": _strings(node.get("datePublished"))[:1],
        "language": _strings(node.get("inLanguage"))[:1],
    }
    return {name: values for name, values in found.items() if values}


def _strings(value: Any) -> list[str]:
    """The strings, or names of objects, in a value or a list of them."""
    values = value if isinstance(value, list) else [value]
    names = (item.get("name") if isinstance(item, dict) else item for item in values)
    return [unescape(name) for name in names if isinstance(name, str) and name.strip()]


# What a reader does not see


def _remove_hidden(tree: HtmlElement) -> None:
    from lxml import etree

    for element in list(tree.iter(etree.Element)):
        if element.tag in ("script", "style", "template") or (
            element.tag not in ("html", "body") and _is_hidden(element)
        ):
            element.clear(keep_tail=True)


def _is_hidden(element: HtmlElement) -> bool:
    attributes = element.attrib
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    if _HIDING_CLASSES & set(attributes.get("class", "").lower().split()):
        return True
    style = _style(attributes.get("style", ""))
    same_colour = "color" in style and style["color"] in (
        style.get("background"),
        style.get("background-color"),
    )
    return same_colour or any(
        value.fullmatch(style[name])
        for name, value in _HIDING_STYLES.items()
        if name in style
    )


def _style(declarations: str) -> dict[str, str]:
    pairs = (
        declaration.partition(":") for declaration in declarations.lower().split(";")
    )
    return {
        name.strip(): value.replace("!important", "").strip()
        for name, _, value in pairs
    }
