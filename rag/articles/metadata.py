"""What is known about an article beside its text: from the fields it came with, and from
its first lines.

Fields are plain values under any of their usual names. Nothing is invented: a date that is
impossible, incomplete or ambiguous is no date, and what neither a field nor the text says
stays empty.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from rag.errors import ArticleError
from rag.language.days import date_alone, iso_date
from rag.language.identify import guess_language
from rag.types import Article

MAX_TITLE, MAX_NAME, MAX_URL = 300, 200, 2_000

_NAMES = {
    "id": ("id",),
    "title": ("title", "headline"),
    "text": ("text", "body", "content"),
    "author": ("author", "authors", "byline"),
    "source": ("source", "publisher", "outlet", "site"),
    "date": ("date", "published", "published_at", "publication_date", "pubdate"),
    "url": ("url", "link"),
    "language": ("language", "lang"),
}
_CLOSERS = "\"'”’»"
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def clean(text: str) -> str:
    """The text with each control character and lone surrogate, which no database takes,
    replaced by U+FFFD.
    """
    return _UNSTORABLE.sub("\ufffd", text)


def canonical(fields: Mapping[str, object]) -> dict[str, object]:
    """The fields of an article that are given, each under its one name; the text as it is,
    the others as strings.
    """
    lowered = {str(name).strip().lower(): value for name, value in fields.items()}
    found: dict[str, object] = {}
    for name, synonyms in _NAMES.items():
        given = [lowered[synonym] for synonym in synonyms if lowered.get(synonym)]
        values = (
            given
            if name == "text"
            else [value for value in map(_plain, given) if value]
        )
        if values:
            found[name] = values[0]
    return found


def _plain(value: object) -> str:
    """A string, a number, an object's name, or a list of these, as one string; anything
    else is no value.
    """
    return ", ".join(
        filter(None, map(_name, value if isinstance(value, list) else [value]))
    )


def _name(value: object) -> str:
    if isinstance(value, Mapping):
        value = value.get("name")
    return (
        str(value).strip()
        if isinstance(value, (str, int)) and not isinstance(value, bool)
        else ""
    )


def article(fields: Mapping[str, object], file_name: str = "") -> Article:
    """The article that the fields describe; what they lack is taken from its first lines,
    the date also from the name of its file.

    Raises `ArticleError` where there is no text, or the id is too long.
    """
    given = canonical(fields)
    text = _text(given.pop("text", ""))
    values = {name: _line(str(value)) for name, value in given.items()}
    head = _head(text)
    made = Article(
        id="",
        text=text,
        title=values.get("title", "")[:MAX_TITLE].strip() or _title(text),
        author=_without_by(values.get("author", ""))[:MAX_NAME].strip()
        or head.get("author"),
        source=values.get("source", "")[:MAX_NAME].strip() or head.get("source"),
        date=iso_date(values.get("date", ""))
        or head.get("date")
        or _date_in_name(file_name),
        url=_url(values.get("url", "")),
        language=_language_code(values.get("language", "")) or guess_language(text),
    )
    return replace(made, id=_given_id(values.get("id", "")) or content_id(made))


def content_id(article: Article) -> str:
    """The id of an article that came with none: a hash of all that it holds."""
    held = [
        article.title,
        article.author,
        article.source,
        article.date,
        article.url,
        article.language,
        article.text,
    ]
    return hashlib.sha256(json.dumps(held, ensure_ascii=False).encode()).hexdigest()[
        :32
    ]


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ArticleError(
            "the field text is not a string; give the article's words as one string."
        )
    if not re.search(r"\w", value):
        raise ArticleError("there is no text in it; give the article's words.")
    return clean(value)


def _line(value: str) -> str:
    return " ".join(clean(value).split())


def _given_id(value: str) -> str:
    if len(value) > MAX_NAME:
        raise ArticleError(
            f"the id is longer than {MAX_NAME} characters; give a shorter one."
        )
    return value


def _url(value: str) -> str | None:
    if len(value) > MAX_URL or not re.fullmatch(r"(?i)https?://\S+", value):
        return None
    try:
        return value if urlsplit(value).hostname else None
    except ValueError:  # such as an address with one bracket
        return None


def _title(text: str) -> str:
    """The first line where it reads like a headline, else the start of its first sentence."""
    lines = [
        line for line in text.strip()[:1000].splitlines() if re.search(r"\w", line)
    ] or [""]
    line = _line(lines[0].lstrip("#"))
    if len(line) < 200 and (len(lines) == 1 or not line.rstrip(_CLOSERS).endswith(".")):
        return line
    start = re.sub(rf"(?<=.{{40}}[.!?…])[{_CLOSERS}]*\s.*", "", line)
    return start if len(start) <= 120 else start[:120].rsplit(" ", 1)[0] + " …"


def _date_in_name(file_name: str) -> str | None:
    found = re.search(r"(?<!\d)(\d{4})([-_])(\d\d)\2(\d\d)(?!\d)", file_name)
    return iso_date(f"{found[1]}-{found[3]}-{found[4]}") if found else None


# The first lines: "By Jane Doe", "7 September 2018", "TEHRAN, Sept 7 (Reuters) - ..."

_HEAD_LINES, _HEAD_CHARS, _SHORT_LINE = 6, 3_000, 120
_CAPITAL = r"[^\W\d_a-zß-öø-ÿ]"
_DATELINE = re.compile(
    rf"(?P<place>{_CAPITAL}[^a-z()\n,]{{2,40}}(?:,[^()\n]{{0,60}})?)\((?P<source>{_CAPITAL}[^()\n]{{1,40}})\)\s*[-–—]"
)
_PERSON = rf"{_CAPITAL}[\w.'’-]*(?:\s(?:(?:de|da|del|van|von|der|bin|al|el)\s)*{_CAPITAL}[\w.'’-]*){{1,3}}"
_BYLINE = re.compile(
    rf"[Bb][Yy]:?\s+({_PERSON}(?:(?:,\s{_PERSON})*,?\s(?:and|&)\s{_PERSON})?)(?:(?:,|\s(?:in|for)\s).*)?"
)
_BETWEEN_NAMES = re.compile(r",?\s(?:and|&)\s|,\s")


def _head(text: str) -> dict[str, str]:
    """The author, date and source that stand in lines of their own, or in an agency's
    dateline, near the top.
    """
    found: dict[str, str] = {}
    lines = [line.strip() for line in text[:_HEAD_CHARS].splitlines() if line.strip()]
    for line in lines[:_HEAD_LINES]:
        for name, value in _said_by(line):
            if value:
                found.setdefault(name, value)
    return found


def _said_by(line: str) -> Iterator[tuple[str, str | None]]:
    dateline = _DATELINE.match(line)
    if dateline:
        yield "source", _line(dateline["source"])
        yield "date", iso_date(dateline["place"])
    if len(line) <= _SHORT_LINE:
        for part in re.split(r"\s*[|•·]\s*", line):
            yield "author", _byline(part)
            yield "date", date_alone(part)


def _byline(part: str) -> str | None:
    """The authors of "By Jane Doe and John Roe, Staff Writers"."""
    match = _BYLINE.fullmatch(part)
    return ", ".join(_BETWEEN_NAMES.split(match[1])) if match else None


def _without_by(author: str) -> str:
    return re.sub(r"(?i)^(?:written )?by:?\s+", "", author)


def _language_code(value: str) -> str | None:
    match = re.match(r"([a-z]{2})(?![a-z])", value.lower())
    return match[1] if match else None
