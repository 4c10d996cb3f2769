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
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from urllib.parse import urlsplit

from rag.errors import ArticleError
from rag.language.days import date_alone, iso_date
from rag.language.identify import guess_language
from rag.types import Article

# A careless page puts its text into its headline, a hostile one a megabyte into its byline:
# one of 1,408 titles of news is longer than this.
MAX_TITLE = 300
MAX_NAME = 200  # of an author, a source or an id: five names of forty characters
MAX_URL = 2_000  # what every browser opens

# The names of the fields in exports of news and in schema.org's NewsArticle, the likeliest
# first
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
# control characters but tab and line break, which a database ends a string at or refuses,
# and lone surrogates, which JSON can hold as \ud800 and UTF-8 cannot
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
        for synonym in synonyms:
            value = lowered.get(synonym)
            # an export has empty columns, and the value under another name
            if value and name != "text":
                value = _plain(value)
            if value:
                found[name] = value
                break
    return found


def _plain(value: object) -> str:
    """A string, a number, an object's name, or a list of these, as one string; anything
    else is no value.
    """
    values = value if isinstance(value, list) else [value]
    return ", ".join(filter(None, map(_name, values)))


def _name(value: object) -> str:
    # schema.org and news APIs: "author": {"@type": "Person", "name": "Ann Lee"}
    if isinstance(value, Mapping):
        value = value.get("name")
    # true and NaN are no names, and Python takes true for a number
    is_name = isinstance(value, (str, int)) and not isinstance(value, bool)
    return str(value).strip() if is_name else ""


def article(fields: Mapping[str, object], file_name: str = "") -> Article:
    """The article that the fields describe; what they lack is taken from its first lines,
    the date also from the name of its file.

    Raises `ArticleError` where there is no text, or the id is too long.
    """
    given = canonical(fields)
    text = _text(given.pop("text", ""))
    # what a field says counts before what the first lines say
    known = _head(text)
    for name, value in given.items():
        read = _FIELD_READERS[name](_line(str(value)))
        if read:
            known[name] = read
    made = Article(
        id="",
        text=text,
        title=known.get("title") or _title(text),
        author=known.get("author"),
        source=known.get("source"),
        date=known.get("date") or _date_in_name(file_name),
        url=known.get("url"),
        language=known.get("language") or guess_language(text),
    )
    return replace(made, id=known.get("id") or content_id(made))


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
    written = json.dumps(held, ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()[:32]


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


# How a field is read that is given


def _given_id(value: str) -> str:
    if len(value) > MAX_NAME:
        raise ArticleError(
            f"the id is longer than {MAX_NAME} characters; give a shorter one."
        )
    return value


def _given_title(value: str) -> str:
    return value[:MAX_TITLE].strip()


def _given_author(value: str) -> str:
    without_by = re.sub(r"(?i)^(?:written )?by:?\s+", "", value)
    return without_by[:MAX_NAME].strip()


def _given_source(value: str) -> str:
    return value[:MAX_NAME].strip()


def _url(value: str) -> str | None:
    # the address becomes a link: no javascript:, no data:, no file:
    is_address = re.fullmatch(r"(?i)https?://\S+", value)
    if not is_address or len(value) > MAX_URL:
        return None
    try:
        host = urlsplit(value).hostname
    except ValueError:  # such as an address with one bracket
        return None
    return value if host else None


def _language_code(value: str) -> str | None:
    """The "en" of "en-US" or "EN_us"; None for "eng" and "English"."""
    match = re.match(r"([a-z]{2})(?![a-z])", value.lower())
    return match[1] if match else None


_FIELD_READERS: Mapping[str, Callable[[str], str | None]] = {
    "id": _given_id,
    "title": _given_title,
    "author": _given_author,
    "source": _given_source,
    "date": iso_date,
    "url": _url,
    "language": _language_code,
}


# A title from the text, and a date from the name of the file; all lengths chosen by hand

_LONGEST_HEADLINE = 200  # a longer first line is a paragraph: the text has no headline
_SHORTEST_SENTENCE = 40  # the full stop of "Dr. Jones said" ends none
_LONGEST_CUT = 120  # of a sentence that serves as the title: two lines on the page
_TITLE_CHARS = 1_000  # looked at, of a text that may be all one line


def _title(text: str) -> str:
    """The first line where it reads like a headline, else the start of its first sentence."""
    beginning = text.strip()[:_TITLE_CHARS]
    lines = [line for line in beginning.splitlines() if re.search(r"\w", line)]
    if not lines:
        return ""
    line = _line(lines[0].lstrip("#"))  # a heading of Markdown
    is_all = len(lines) == 1
    is_sentence = line.rstrip(_CLOSERS).endswith(".")
    if len(line) < _LONGEST_HEADLINE and (is_all or not is_sentence):
        return line
    end = rf"(?<=.{{{_SHORTEST_SENTENCE}}}[.!?…])[{_CLOSERS}]*\s.*"
    sentence = re.sub(end, "", line)
    if len(sentence) <= _LONGEST_CUT:
        return sentence
    return sentence[:_LONGEST_CUT].rsplit(" ", 1)[0] + " …"


def _date_in_name(file_name: str) -> str | None:
    """The date of 2018-09-07-talks.txt or 2018_09_07.txt."""
    found = re.search(r"(?<!\d)(\d{4})([-_])(\d\d)\2(\d\d)(?!\d)", file_name)
    return iso_date(f"{found[1]}-{found[3]}-{found[4]}") if found else None


# The first lines: "By Jane Doe", "7 September 2018", "TEHRAN, Sept 7 (Reuters) - ..."

_HEAD_LINES = 6  # title, standfirst, byline, date, place; below them the article speaks
_HEAD_CHARS = 3_000  # looked at, of a text that may have no line breaks
_SHORT_LINE = 120  # a longer one is a sentence; chosen by hand
_CAPITAL = r"[^\W\d_a-zß-öø-ÿ]"
# "TEHRAN, Sept 7 (Reuters) -", but not "Putin (Russia) - he spoke": a place is in capitals
_DATELINE = re.compile(
    rf"(?P<place>{_CAPITAL}[^a-z()\n,]{{2,40}}(?:,[^()\n]{{0,60}})?)"
    rf"\((?P<source>{_CAPITAL}[^()\n]{{1,40}})\)\s*[-–—]"
)
# "Bob van der Ray", "ANN LEE"; one word is no person: "By Tuesday the talks had failed."
_NAME_WORD = rf"{_CAPITAL}[\w.'’-]*"
_PARTICLES = r"(?:(?:de|da|del|van|von|der|bin|al|el)\s)*"
_PERSON = rf"{_NAME_WORD}(?:\s{_PARTICLES}{_NAME_WORD}){{1,3}}"
# "By Ann Lee, Bob Ray and Cy Coe, Staff Writers", "By Ann Lee in Tehran"
_BYLINE = re.compile(
    rf"[Bb][Yy]:?\s+({_PERSON}(?:(?:,\s{_PERSON})*,?\s(?:and|&)\s{_PERSON})?)"
    r"(?:(?:,|\s(?:in|for)\s).*)?"
)
_BETWEEN_NAMES = re.compile(r",?\s(?:and|&)\s|,\s")
# "By Ann Lee | 7 September 2018"
_BETWEEN_PARTS = re.compile(r"\s*[|•·]\s*")


def _head(text: str) -> dict[str, str]:
    """The author, date and source that stand in lines of their own, or in an agency's
    dateline, near the top.
    """
    found: dict[str, str] = {}
    lines = filter(None, map(str.strip, text[:_HEAD_CHARS].splitlines()))
    for line in islice(lines, _HEAD_LINES):
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
        for part in _BETWEEN_PARTS.split(line):
            yield "author", _byline(part)
            yield "date", date_alone(part)


def _byline(part: str) -> str | None:
    """The authors of "By Jane Doe and John Roe, Staff Writers"."""
    match = _BYLINE.fullmatch(part)
    return ", ".join(_BETWEEN_NAMES.split(match[1])) if match else None
