"""A news page -> the fields of an article: its visible text by trafilatura, its metadata by
JSON-LD and trafilatura.

What a reader of the page would not see is taken out before the text is looked for, since
words hidden in a page are how it speaks to a machine behind the reader's back.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from rag.errors import ArticleError

# lxml.html.HtmlElement: lxml is imported where it is used, and has no types
HtmlElement = Any

# lxml and trafilatura need time that grows with the square of these; the CPU seconds were
# measured on one page each.
MAX_TAGS = 12_000  # paragraphs: 1 s; 24,000 take 2.6 s
MAX_ATTRIBUTES = 1_000  # in one tag: 0.01 s; 16,000 take 3 s, and 100,000 minutes
MAX_LINKS = 3_000  # 0.8 s; 11,000 take 18 s
MIN_CHARS = 200  # a cookie notice or a paywall's first line is shorter; chosen by hand

# NewsArticle, ReportageNewsArticle, BlogPosting, Report of schema.org, and not the WebSite,
# the Organization or the BreadcrumbList beside it
_ARTICLE_TYPE = re.compile(r".*(?:Article|Posting|Report)")
# tags within a line, but links and what trafilatura reads: quotations, code, deletions
_INLINE_TAGS = (
    "span b i u em strong small big mark font ins sub sup kbd tt"
    " abbr acronym bdi bdo cite data dfn nobr ruby samp var"
)
# What sites and their frameworks name text that is there for screen readers alone: "Share
# this", "opens in a new window", "Advertisement"
_HIDING_CLASSES = frozenset(
    {
        "sr-only",  # Bootstrap up to 4, Tailwind
        "visually-hidden",  # Bootstrap 5, Drupal
        "visuallyhidden",  # HTML5 Boilerplate
        "u-visually-hidden",
        "a11y-hidden",
        "screen-reader-text",  # WordPress
        "screen-reader-only",
        "screenreader-only",
        "offscreen",
        "off-screen",
    }
)
_HIDING_STYLES = {
    "display": re.compile("none"),
    "visibility": re.compile("hidden|collapse"),
    # nobody reads letters of one pixel, or of less than a tenth of those around them; captions
    # and notes have 0.9em
    "font-size": re.compile(
        r"[01](?:\.\d*)?(?:px|pt)?|0?(?:\.0\d*)?(?:em|rem)|0[\d.]*%"
    ),
    "opacity": re.compile(r"0?\.?0*%?"),
    # moved out of the window by hundreds of pixels; "left: -20px" is a matter of layout
    "left": re.compile(r"-\d{3}.*"),
    "top": re.compile(r"-\d{3}.*"),
    "text-indent": re.compile(r"-\d{3}.*"),
    "margin-left": re.compile(r"-\d{3}.*"),
    # rect(0 0 0 0), by which older frameworks hide text for screen readers
    "clip": re.compile(r"rect\(.*"),
}


def extract(page: str, url: str | None = None) -> dict[str, object]:
    """The fields of the article on a page; `url` is where the page was read, which it
    cannot contradict.

    Raises `ArticleError` where the page holds too little text, or more tags than can be
    read in reasonable time.
    """
    # older versions of libxml2 end a page at a NUL character; no bytes are a lone surrogate
    page = page.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    _check_size(page)
    tree = _parse(page)
    declared = _json_ld(tree)  # it lies in scripts, which go with all that is hidden
    _remove_hidden(tree)
    found = _metadata(tree, page, url) | declared
    text = _visible_text(tree)
    if len(text) < MIN_CHARS:
        raise ArticleError(
            f"the page shows only {len(text)} characters of text, such as a cookie notice;"
            " save the article's own page."
        )
    found["text"] = text
    if url:
        found["url"] = url
    return found


def _metadata(tree: HtmlElement, page: str, url: str | None) -> dict[str, object]:
    from trafilatura import extract_metadata

    # the day of publication, not of a change; and no day found in the running text
    days = {"original_date": True, "extensive_search": False}
    document = extract_metadata(tree, url, days)
    return {
        "title": document.title,
        "author": (document.author or "").replace("; ", ", "),
        "source": document.sitename,
        "date": _not_filled_up(document.date, page),
        "url": document.url,
        "language": tree.get("lang"),
    }


def _not_filled_up(date: str | None, page: str) -> str | None:
    """A page that names only a year is given the first of January by htmldate."""
    if date and date.endswith("-01-01") and date not in page:
        return None
    return date


def _visible_text(tree: HtmlElement) -> str:
    """The article's text. Tags within a line go first: trafilatura's time grows with the
    square of their number (12 s for 12,000).

    Links, whose density tells it what is a menu, go only where they are too many.
    """
    from lxml import etree  # type: ignore[import-untyped]
    from trafilatura import bare_extraction

    # it would report on pages without text, to stderr
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    etree.strip_tags(tree, *_INLINE_TAGS.split())
    if len(tree.findall(".//a")) > MAX_LINKS:
        etree.strip_tags(tree, "a")
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
                f"the page has over {MAX_TAGS:,} tags,"
                f" or over {MAX_ATTRIBUTES:,} attributes in one; save its text as .txt."
            )

    def close(self) -> None:
        return None


def _check_size(page: str) -> None:
    from lxml import etree

    parser = etree.HTMLParser(target=_TagLimits(), encoding="utf-8")
    etree.fromstring(page.encode(), parser)


def _parse(page: str) -> HtmlElement:
    from lxml import etree, html

    # a comment may hold anything that no reader sees
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(page.encode(), parser)
    except etree.ParserError:
        raise ArticleError("there is no text in it; give the article's page.") from None


# JSON-LD (schema.org NewsArticle), which says the author and the date more often than
# anything else in a page


def _json_ld(tree: HtmlElement) -> dict[str, object]:
    for script in tree.iterfind(".//script[@type='application/ld+json']"):
        try:
            data = json.loads(script.text or "", strict=False)
        except (
            ValueError,
            RecursionError,
        ):  # cut off by a template, or [[[[[[ on purpose
            continue
        for node in _nodes(data):
            kinds = _strings(node.get("@type"))
            if any(map(_ARTICLE_TYPE.fullmatch, kinds)):
                return _described(node)
    return {}


def _nodes(data: Any) -> list[dict[str, Any]]:
    """The objects of a script: one, a list of them, or those in the "@graph" that plugins
    of WordPress write.
    """
    nodes: list[Any] = []
    for node in _as_list(data):
        graph = node.get("@graph") if isinstance(node, dict) else None
        nodes += graph if isinstance(graph, list) else [node]
    return [node for node in nodes if isinstance(node, dict)]


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
    strings: list[str] = []
    for item in _as_list(value):
        name = item.get("name") if isinstance(item, dict) else item
        if isinstance(name, str) and name.strip():
            strings.append(unescape(name))  # "Talks &amp; more"
    return strings


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


# What a reader does not see


def _remove_hidden(tree: HtmlElement) -> None:
    from lxml import etree

    for element in list(tree.iter(etree.Element)):
        is_code = element.tag in ("script", "style", "template")
        # a whole page may be hidden until its scripts have run
        is_page = element.tag in ("html", "body")
        if is_code or (not is_page and _is_hidden(element)):
            element.clear(keep_tail=True)


def _is_hidden(element: HtmlElement) -> bool:
    attributes = element.attrib
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    classes = attributes.get("class", "").lower().split()
    if not _HIDING_CLASSES.isdisjoint(classes):
        return True
    style = _style(attributes.get("style", ""))
    for name, hiding in _HIDING_STYLES.items():
        if name in style and hiding.fullmatch(style[name]):
            return True
    # white on white
    backgrounds = (style.get("background"), style.get("background-color"))
    return "color" in style and style["color"] in backgrounds


def _style(declarations: str) -> dict[str, str]:
    style: dict[str, str] = {}
    for declaration in declarations.lower().split(";"):
        name, _, value = declaration.partition(":")
        style[name.strip()] = value.replace("!important", "").strip()
    return style
