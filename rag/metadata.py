"""What is known about an article beside its text: from the fields it came with, and from its first lines.

Fields are plain values under any of their usual names. Nothing is invented: a date that is impossible, incomplete or
ambiguous is no date, and what neither a field nor the text says stays empty.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit

from rag.types import Article, ArticleError

MAX_TITLE, MAX_NAME, MAX_URL = 300, 200, 2_000
FIRST_NEWSPAPER = 1605  # an earlier year is a filler such as 0001-01-01

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
    """The text with each control character and lone surrogate, which no database takes, replaced by U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)


def canonical(fields: Mapping[str, object]) -> dict[str, object]:
    """The fields of an article that are given, each under its one name; the text as it is, the others as strings."""
    lowered = {str(name).strip().lower(): value for name, value in fields.items()}
    found: dict[str, object] = {}
    for name, synonyms in _NAMES.items():
        given = [lowered[synonym] for synonym in synonyms if lowered.get(synonym)]
        values = given if name == "text" else [value for value in map(_plain, given) if value]
        if values:
            found[name] = values[0]
    return found


def _plain(value: object) -> str:
    """A string, a number, an object's name, or a list of these, as one string; anything else is no value."""
    return ", ".join(filter(None, map(_name, value if isinstance(value, list) else [value])))


def _name(value: object) -> str:
    if isinstance(value, Mapping):
        value = value.get("name")
    return str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def article(fields: Mapping[str, object], file_name: str = "") -> Article:
    """The article that the fields describe; what they lack is taken from its first lines, the date also from the
    name of its file.

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
        author=_without_by(values.get("author", ""))[:MAX_NAME].strip() or head.get("author"),
        source=values.get("source", "")[:MAX_NAME].strip() or head.get("source"),
        date=iso_date(values.get("date", "")) or head.get("date") or _date_in_name(file_name),
        url=_url(values.get("url", "")),
        language=_language_code(values.get("language", "")) or guess_language(text),
    )
    return replace(made, id=_given_id(values.get("id", "")) or content_id(made))


def content_id(article: Article) -> str:
    """The id of an article that came with none: a hash of all that it holds."""
    held = [article.title, article.author, article.source, article.date, article.url, article.language, article.text]
    return hashlib.sha256(json.dumps(held, ensure_ascii=False).encode()).hexdigest()[:32]


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ArticleError("the field text is not a string; give the article's words as one string.")
    if not re.search(r"\w", value):
        raise ArticleError("there is no text in it; give the article's words.")
    return clean(value)


def _line(value: str) -> str:
    return " ".join(clean(value).split())


def _given_id(value: str) -> str:
    if len(value) > MAX_NAME:
        raise ArticleError(f"the id is longer than {MAX_NAME} characters; give a shorter one.")
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
    lines = [line for line in text.strip()[:1000].splitlines() if re.search(r"\w", line)] or [""]
    line = _line(lines[0].lstrip("#"))
    if len(line) < 200 and (len(lines) == 1 or not line.rstrip(_CLOSERS).endswith(".")):
        return line
    start = re.sub(rf"(?<=.{{40}}[.!?…])[{_CLOSERS}]*\s.*", "", line)
    return start if len(start) <= 120 else start[:120].rsplit(" ", 1)[0] + " …"


# Dates

_MONTHS = ["january", "february", "march", "april", "may", "june"]
_MONTHS += ["july", "august", "september", "october", "november", "december"]
_MONTH = "(" + "|".join(f"{month}|{month[:3]}" for month in _MONTHS) + r"|sept)\b\.?"
_DAY = r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?"
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|(\d\d)(\d\d))(?!\d)")
_DAY_MONTH = re.compile(rf"{_DAY}[\s.-]*(?:of\s+)?\b{_MONTH}[\s,-]*(\d{{4}})(?!\d)", re.IGNORECASE)
_MONTH_DAY = re.compile(rf"\b{_MONTH}[\s-]*{_DAY}(?:,\s*|\s+|-)(\d{{4}})(?!\d)", re.IGNORECASE)
_NUMBERS = re.compile(r"(?<!\d)(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)")


def iso_date(value: str) -> str | None:
    """The one day that a date in any common form names, as YYYY-MM-DD; a date-time keeps its day as written.

    None for a day that does not exist, for a date without its day or year, and where more than one day can be meant:
    07/09/2018 is July in one country and September in another. (Parsers such as dateutil's fill such gaps.)
    """
    days = set(_days(value[:100]))
    return days.pop() if len(days) == 1 else None


def _days(value: str) -> Iterator[str]:
    readings: list[tuple[int, int, int]] = []
    for year, _, month, day, month2, day2 in _YEAR_FIRST.findall(value):
        readings.append((int(year), int(month or month2), int(day or day2)))
    for day, name, year in _DAY_MONTH.findall(value):
        readings.append((int(year), _month(name), int(day)))
    for name, day, year in _MONTH_DAY.findall(value):
        readings.append((int(year), _month(name), int(day)))
    for one, _, other, year in _NUMBERS.findall(value):
        readings += [(int(year), int(one), int(other)), (int(year), int(other), int(one))]
    yield from filter(None, (_day(*reading) for reading in readings))


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat() if year >= FIRST_NEWSPAPER else None
    except ValueError:  # a day that does not exist
        return None


def _month(name: str) -> int:
    return 1 + next(number for number, month in enumerate(_MONTHS) if month.startswith(name[:3].lower()))


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
_AROUND_DATE = re.compile(
    r"\b(?:(?:first |last )?(?:published|posted|updated|date)|on|at"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
    r"|\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\s*[ap]\.?m\b\.?)?(?:\s+[a-z]{2,4}\b)?)",
    re.IGNORECASE,
)


def _head(text: str) -> dict[str, str]:
    """The author, date and source that stand in lines of their own, or in an agency's dateline, near the top."""
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
            yield "date", _date_alone(part)


def _byline(part: str) -> str | None:
    """The authors of "By Jane Doe and John Roe, Staff Writers"."""
    match = _BYLINE.fullmatch(part)
    return ", ".join(_BETWEEN_NAMES.split(match[1])) if match else None


def _without_by(author: str) -> str:
    return re.sub(r"(?i)^(?:written )?by:?\s+", "", author)


def _date_alone(part: str) -> str | None:
    """The date of a line that holds a date, and words such as "Published", and nothing else."""
    rest = part
    for pattern in (_YEAR_FIRST, _DAY_MONTH, _MONTH_DAY, _NUMBERS, _AROUND_DATE):
        rest = pattern.sub(" ", rest)
    return None if re.search(r"\w", rest) else iso_date(part)


# Language

_SAMPLE_CHARS, _CLEAR_COUNT, _CLEAR_LEAD = 2_000, 5, 2
_COMMON_WORDS = {
    "en": "the of and to in that is was for on with as by at from his has have said would not be are which this",
    "de": "der die das und den von zu mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat",
    "fr": "le la les des et du une est que dans qui pour pas sur au par il plus ce avec sont aux cette ses mais",
    "es": "el la los las de que y del en un una por con para se su al es lo más como pero sus este ha fue",
    "it": "il la di che e del della un una per con non sono i gli le al dei nel è alla si ha anche delle più",
    "pt": "o a os as de que e do da em um uma para com não se na no dos por mais ao foi das à são é",
    "nl": "de het een en van in dat op te zijn voor met die niet is aan er om ook als door naar bij uit",
    "sv": "och att det som en på är av för med till den har inte om ett han men var jag de sig från vi",
    "pl": "w i z na do się że nie to jest o jak za po od przez który dla był oraz ale są tym być",
    "tr": "ve bir bu da de için ile olarak daha çok olan gibi en ancak sonra kadar ne ise her o ki",
}
_COMMON_WORD_SETS = {language: frozenset(words.split()) for language, words in _COMMON_WORDS.items()}
_NOT_LATIN = re.compile(r"[\u0370-\u1dff\u3040-\ud7af]")
_SCRIPTS = (  # a language, letters that tell it, and among how many of all letters at least one of them stands
    ("ja", re.compile(r"[\u3040-\u30ff]"), 10),
    ("ko", re.compile(r"[\uac00-\ud7af]"), 3),
    ("zh", re.compile(r"[\u4e00-\u9fff]"), 3),
    ("el", re.compile(r"[\u0370-\u03ff]"), 3),
    ("he", re.compile(r"[\u0590-\u05ff]"), 3),
    ("th", re.compile(r"[\u0e00-\u0e7f]"), 3),
    ("ur", re.compile(r"[ٹڈڑںہے]"), 15),
    ("fa", re.compile(r"[پچژگ]"), 80),
    ("ar", re.compile(r"[\u0600-\u06ff]"), 3),
    ("uk", re.compile(r"[іїєґ]"), 30),
    ("ru", re.compile(r"[ыэё]"), 60),
)


def _language_code(value: str) -> str | None:
    match = re.match(r"([a-z]{2})(?![a-z])", value.lower())
    return match[1] if match else None


def guess_language(text: str) -> str | None:
    """The two-letter code of the language, told by its letters or its commonest words, where that is clear."""
    sample = text[:_SAMPLE_CHARS].lower()
    words = re.findall(r"[^\W\d_]+", sample)
    letters = sum(map(len, words))
    if len(_NOT_LATIN.findall(sample)) * 3 > letters:
        return next((code for code, script, one_in in _SCRIPTS if len(script.findall(sample)) * one_in > letters), None)
    counts = Counter(words)
    found = Counter({code: sum(map(counts.__getitem__, common)) for code, common in _COMMON_WORD_SETS.items()})
    (best, most), (_, next_most) = found.most_common(2)
    return best if most >= max(_CLEAR_COUNT, len(words) // 10, _CLEAR_LEAD * next_most) else None
