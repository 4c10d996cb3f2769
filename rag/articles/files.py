"""Files and folders -> articles: text, Markdown, HTML, JSONL, JSON and CSV, read lazily,
one article at a time.

Whatever is wrong with a file, or with one line of it, becomes a `Skipped` that says so; the
rest goes on.
"""

from __future__ import annotations

import codecs
import csv
import errno
import io
import json
import os
import re
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar
from urllib.parse import urlsplit

from rag.articles import metadata, web_page
from rag.config import Config
from rag.errors import ArticleError
from rag.types import Article, Incoming, Skipped

JSON_ESCAPE = 6  # characters of "\u0000", which stands for one byte
# a .json file is read whole: it may be as large as this many of the largest articles
ARTICLES_PER_JSON = 50
MAX_FRONT_MATTER, MAX_SIDECAR_BYTES = 10_000, 100_000

Fields = Mapping[str, object]
T = TypeVar("T")

_FRONT_MATTER = re.compile(
    rf"---[ \t]*\r?\n(.{{0,{MAX_FRONT_MATTER}}}?\r?\n)---[ \t]*(?:\r?\n|\Z)", re.DOTALL
)
_CHARSET = re.compile(
    rb"(?i)<meta[^>]+charset\s*=\s*[\"']?\s*"
    rb"(windows-125[0-8]|iso-8859-(?:[2-9]|1[013-6])|koi8-[ru]|gb2312|gbk|gb18030|big5|euc-jp|euc-kr|shift_jis)\b"
)
_FALLBACK = "onrecord-windows-1252"


@dataclass(frozen=True, slots=True)
class _Record:
    """The fields of one article, and where in its file they stand: `line 3`, or empty for
    the whole file.
    """

    place: str
    fields: Fields


def read_articles(
    paths: Iterable[str | Path], config: Config
) -> Iterator[Incoming | Skipped]:
    """The articles of files and folders, each with the key of where it came from.

    Folders are walked in sorted order. In them, hidden files, files named README, files of
    other kinds and the sidecars (`NAME.meta.json` beside NAME.txt, .md or .html, whose
    fields count before those of the file itself) are passed over. Bad input raises nothing.
    """
    for given in paths:
        for file in _files(Path(given)):
            yield from (
                [file]
                if isinstance(file, Skipped)
                else _articles(file, config.max_article_bytes)
            )


def _skipped(path: Path, reason: str) -> Skipped:
    return Skipped(metadata.clean(str(path)), reason)


def _articles(path: Path, max_bytes: int) -> Iterator[Incoming | Skipped]:
    seen: Counter[str] = Counter()
    nothing = True
    try:
        with _open(path) as file:
            for record in _READERS[path.suffix.lower()](file, path, max_bytes):
                nothing = False
                yield (
                    record
                    if isinstance(record, Skipped)
                    else _incoming(record, path, max_bytes, seen)
                )
            if nothing:
                raise ArticleError(
                    "it holds no article; give a file with at least one."
                )
    except (OSError, ArticleError) as error:
        yield _skipped(path, _problem(error))


def _incoming(
    record: _Record, path: Path, max_bytes: int, seen: Counter[str]
) -> Incoming | Skipped:
    try:
        article = metadata.article(record.fields, "" if record.place else path.stem)
        if len(article.text.encode()) > max_bytes:
            raise _too_large(max_bytes)
    except ArticleError as error:
        return _skipped(path, _problem(error, record.place))
    return Incoming(article, _origin(article, record, path, seen))


def _origin(article: Article, record: _Record, path: Path, seen: Counter[str]) -> str:
    """The key under which a changed article replaces its old self: its own id, else its
    url, else where it was read.

    An article in a file of many is known by its date and title, since rows move when others
    are put before them.
    """
    if article.id != metadata.content_id(article):
        return article.id
    if article.url and not _is_front_page(article.url):
        return article.url
    origin = metadata.clean(str(path))
    if record.place:
        origin = f"{origin}#{article.date or 'undated'} {article.title}"
        seen[origin] += 1
    return origin if seen[origin] < 2 else f"{origin} ({seen[origin]})"


def _is_front_page(url: str) -> bool:
    """Whether a url names a site, as those of a careless export do, and no article."""
    parts = urlsplit(url)
    return not parts.path.strip("/") and not parts.query


def _problem(error: OSError | ArticleError, place: str = "") -> str:
    if isinstance(error, OSError):
        return f"It cannot be read ({error.strerror}); check that it is there and may be read."
    text = f"{place}: {error}" if place else str(error)
    return text[:1].upper() + text[1:]


def _too_large(max_bytes: int) -> ArticleError:
    return ArticleError(
        f"it is larger than the {max_bytes / 1_000_000:g} MB that are read at once; split it, or raise"
        " ONRECORD_MAX_ARTICLE_BYTES."
    )


# Finding files


def _files(given: Path) -> Iterator[Path | Skipped]:
    try:
        path = Path(os.path.realpath(given))
        is_folder = stat.S_ISDIR(path.stat().st_mode)
    except OSError as error:
        yield _skipped(given, _problem(error))
        return
    except ValueError:
        yield _skipped(
            given, "There is a NUL character in the name; give the path of a file."
        )
        return
    if not is_folder:
        yield path if _is_readable(path) else _skipped(given, _why_not(path))
        return
    found = False
    for item in _walk(path):
        found = True
        yield item
    if not found:
        yield _skipped(given, f"The folder holds no article; give {_KINDS}.")


def _walk(folder: Path) -> Iterator[Path | Skipped]:
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        try:
            if path.is_symlink():
                yield from _linked(path, folder)
            elif path.is_dir():
                waiting += sorted(
                    (p for p in path.iterdir() if not p.name.startswith(".")),
                    reverse=True,
                )
            elif path.suffix.lower() in _NOT_YET:
                yield _skipped(path, _why_not(path))
            elif _is_readable(path) and path.name.split(".")[0].lower() != "readme":
                yield path
        except OSError as error:
            yield _skipped(path, _problem(error))


def _linked(link: Path, folder: Path) -> Iterator[Path | Skipped]:
    target = Path(os.path.realpath(link))
    if not target.is_file() or not target.is_relative_to(folder):
        yield _skipped(
            link,
            "It is a link to something other than a file in this folder; add that itself.",
        )
    elif _is_readable(target):
        yield target


def _is_readable(path: Path) -> bool:
    return path.suffix.lower() in _READERS and not path.name.endswith(".meta.json")


def _why_not(path: Path) -> str:
    if path.suffix.lower() in _NOT_YET:
        return (
            f"{path.suffix} is not supported yet; save the text as .txt, .md or .html."
        )
    if path.name.endswith(".meta.json"):
        return "It describes the article beside it; give that article's file."
    return (
        f"{path.suffix or 'A file without a suffix'} is not supported; give {_KINDS}."
    )


# Reading bytes


def _open(path: Path) -> BinaryIO:
    """A regular file, opened without following a link put in its place or waiting at a pipe."""
    flags = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    file = os.fdopen(
        os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | flags), "rb"
    )
    status = os.fstat(file.fileno())
    if stat.S_ISREG(status.st_mode) and status.st_size:
        return file
    file.close()
    problem = (
        "it is empty" if stat.S_ISREG(status.st_mode) else "it is not a regular file"
    )
    raise ArticleError(f"{problem}; give a file with an article.")


def _text_of(file: BinaryIO, max_bytes: int) -> str:
    data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise _too_large(max_bytes)
    return _decode(data)


def _decode(data: bytes) -> str:
    """UTF-8, UTF-16 where a byte order mark says so, or what an HTML page declares; else
    Windows-1252.
    """
    encoding = _encoding(data)
    declared = _CHARSET.search(data[:2048])
    if declared and encoding == "utf-8-sig" and not _is_utf8(data):
        encoding = declared[1].decode()
    text = data.decode(encoding, _FALLBACK)
    if _is_binary(text):
        raise ArticleError("it is not text; save the article as plain text in UTF-8.")
    return text


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    if not error.encoding.startswith("utf-8"):
        return "\ufffd", error.end
    return error.object[error.start : error.end].decode(
        "windows-1252", "replace"
    ), error.end


codecs.register_error(_FALLBACK, _as_windows_1252)


def _encoding(start: bytes) -> str:
    return (
        "utf-16"
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        else "utf-8-sig"
    )


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_binary(text: str) -> bool:
    """Whether control characters are common: one in fifty, and not just a stray few."""
    controls = len(re.findall(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]", text))
    return controls > max(8, len(text) // 50)


def _stream(file: BinaryIO) -> io.TextIOWrapper:
    start = file.read(2)
    file.seek(0)
    return io.TextIOWrapper(
        file, encoding=_encoding(start), errors=_FALLBACK, newline=""
    )


class _Lines:
    """The lines of a text stream; one longer than the limit raises `ArticleError`, and the
    next one follows.
    """

    def __init__(self, stream: io.TextIOWrapper, limit: int, max_bytes: int) -> None:
        self._stream, self._limit, self._max_bytes = stream, limit, max_bytes

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._stream.readline(self._limit)
        if not line:
            raise StopIteration
        if len(line) < self._limit or line.endswith(("\n", "\r")):
            return line
        while len(
            rest := self._stream.readline(self._limit)
        ) == self._limit and not rest.endswith(("\n", "\r")):
            pass
        raise _too_large(self._max_bytes)


def _numbered(items: Iterator[T]) -> Iterator[tuple[int, T | Exception]]:
    """The items counted from 1, with the error of each that cannot be read in its place."""
    number = 0
    while True:
        number += 1
        try:
            yield number, next(items)
        except StopIteration:
            return
        except (csv.Error, ArticleError) as error:
            yield number, error


# One reader a kind of file


def _read_text(
    file: BinaryIO, path: Path, max_bytes: int
) -> Iterator[_Record | Skipped]:
    yield from _with_sidecar({"text": _text_of(file, max_bytes)}, path)


def _read_markdown(
    file: BinaryIO, path: Path, max_bytes: int
) -> Iterator[_Record | Skipped]:
    text = _text_of(file, max_bytes)
    fields, start = _front_matter(text)
    yield from _with_sidecar({**fields, "text": text[start:]}, path)


def _read_html(
    file: BinaryIO, path: Path, max_bytes: int
) -> Iterator[_Record | Skipped]:
    yield from _with_sidecar(web_page.extract(_text_of(file, max_bytes)), path)


def _with_sidecar(fields: Fields, path: Path) -> Iterator[_Record | Skipped]:
    sidecar = path.with_name(f"{path.stem}.meta.json")
    given: Fields = {}
    try:
        with _open(sidecar) as file:
            given = metadata.canonical(_object(_text_of(file, MAX_SIDECAR_BYTES)))
    except (OSError, ArticleError) as error:
        if not isinstance(error, OSError) or error.errno not in (
            errno.ENOENT,
            errno.ENAMETOOLONG,
        ):
            yield _skipped(sidecar, _problem(error))
    yield _Record("", {**metadata.canonical(fields), **given, "text": fields["text"]})


def _front_matter(text: str) -> tuple[Fields, int]:
    """The YAML mapping between two lines of `---` at the top, and where the text after it
    starts; else nothing and 0.

    Every value is read as a string: YAML's own idea of a date or a number is not what the
    article says.
    """
    import yaml

    match = _FRONT_MATTER.match(text)
    if not match:
        return {}, 0
    try:
        fields = yaml.load(metadata.clean(match[1]), Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError):
        return {}, 0
    return (fields, match.end()) if isinstance(fields, dict) else ({}, 0)


def _read_jsonl(
    file: BinaryIO, path: Path, max_bytes: int
) -> Iterator[_Record | Skipped]:
    for number, line in _numbered(
        _Lines(_stream(file), JSON_ESCAPE * max_bytes, max_bytes)
    ):
        place = f"line {number}"
        try:
            if isinstance(line, Exception):
                raise line
            if line.strip():
                yield _Record(place, _object(line))
        except ArticleError as error:
            yield _skipped(path, _problem(error, place))


def _read_json(
    file: BinaryIO, path: Path, max_bytes: int
) -> Iterator[_Record | Skipped]:
    found = _json(_text_of(file, ARTICLES_PER_JSON * max_bytes))
    if isinstance(found, dict) and isinstance(found.get("articles"), list):
        found = found["articles"]
    places = [("", found)]
    if isinstance(found, list):
        places = [
            (f"item {number}", item) for number, item in enumerate(found, start=1)
        ]
    for place, fields in places:
        if isinstance(fields, dict):
            yield _Record(place, fields)
        else:
            yield _skipped(path, _problem(_not_an_object(), place))


def _read_csv(
    file: BinaryIO, path: Path, max_bytes: int
) -> Iterator[_Record | Skipped]:
    csv.field_size_limit(max(csv.field_size_limit(), max_bytes))
    lines = _Lines(_stream(file), JSON_ESCAPE * max_bytes, max_bytes)
    rows = _numbered(csv.reader(map(metadata.clean, lines), strict=True))
    _, header = next(rows, (1, []))
    if isinstance(header, Exception) or not metadata.canonical(
        dict.fromkeys(header, "x")
    ).get("text"):
        raise ArticleError(
            "the first row names no column text; begin with a row such as title,date,source,text."
        )
    for number, row in rows:
        if isinstance(row, Exception):
            yield _skipped(path, f"Row {number} cannot be read ({row}); mend that row.")
        elif len(row) > len(header):
            yield _skipped(
                path,
                f"Row {number} has {len(row)} fields, the first row {len(header)}; mend that row.",
            )
        elif row:
            yield _Record(f"row {number}", dict(zip(header, row, strict=False)))


def _json(text: str) -> object:
    try:
        return json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        raise ArticleError(
            f"it is not JSON ({error.msg}, character {error.pos + 1}); mend it."
        ) from None
    except ValueError:
        raise ArticleError(
            "it holds a number of thousands of digits; mend it."
        ) from None
    except RecursionError:
        raise ArticleError(
            "it is nested too deeply; give an object of plain fields."
        ) from None


def _object(text: str) -> Fields:
    found = _json(text)
    if not isinstance(found, dict):
        raise _not_an_object()
    return found


def _not_an_object() -> ArticleError:
    return ArticleError('it is not an object; give {"title": "...", "text": "..."}.')


_READERS: dict[str, Callable[[BinaryIO, Path, int], Iterator[_Record | Skipped]]] = {
    ".txt": _read_text,
    ".md": _read_markdown,
    ".markdown": _read_markdown,
    ".html": _read_html,
    ".htm": _read_html,
    ".jsonl": _read_jsonl,
    ".json": _read_json,
    ".csv": _read_csv,
}
_NOT_YET = (".pdf", ".docx")
_KINDS = ", ".join(_READERS)
