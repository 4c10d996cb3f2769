"""Files and folders -> articles: text, Markdown, HTML, JSONL, JSON and CSV, read lazily,
one article at a time.

Whatever is wrong with a file, or with one line of it, becomes a `Skipped` that says so; the
rest goes on.

To read another kind of file, write how its bytes become fields in a module of its own, as
web_page.py does, then a reader of a few lines here (see `_Reader`), and put its suffix into
`_READERS`. Walking, sidecars, sizes, ids and messages follow. Prove it in
tests/articles/test_files.py: a real file, a broken one, and one that means harm.
"""

from __future__ import annotations

import csv
import errno
import json
import os
import re
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, TypeVar
from urllib.parse import urlsplit

from rag.articles import metadata, web_page
from rag.articles.decode import Lines, open_file, too_large, whole_text
from rag.config import Config
from rag.errors import ArticleError
from rag.types import Article, Incoming, Skipped

# a .json file is read whole: it may be as large as this many of the largest articles
ARTICLES_PER_JSON = 50
# characters; more between two rules is text, and YAML may be nested as deep as it is long
MAX_FRONT_MATTER = 10_000
MAX_SIDECAR_BYTES = 100_000  # room for every field at its longest, ten times over

Fields = Mapping[str, object]
T = TypeVar("T")

_FRONT_MATTER = re.compile(
    rf"---[ \t]*\r?\n(.{{0,{MAX_FRONT_MATTER}}}?\r?\n)---[ \t]*(?:\r?\n|\Z)", re.DOTALL
)
_SIDECAR = ".meta.json"
# there is none, or none can be: a long name leaves no room for the suffix
_NO_SIDECAR = (errno.ENOENT, errno.ENAMETOOLONG)


@dataclass(frozen=True, slots=True)
class _Record:
    """The fields of one article, and where in its file they stand: `line 3`, or empty for
    the whole file.
    """

    place: str
    fields: Fields


class _Reader(Protocol):
    """What reads one kind of file."""

    def __call__(
        self, file: BinaryIO, path: Path, max_bytes: int, /
    ) -> Iterator[_Record | Skipped]:
        """The articles in an open file, each with at most `max_bytes` of text, one by one.

        What is wrong with one of them is a `Skipped` in its place; what is wrong with the
        file as a whole is an `ArticleError`, in one line with the remedy.
        """


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
            if isinstance(file, Skipped):
                yield file
            else:
                yield from _articles(file, config.max_article_bytes)


def _skipped(path: Path, reason: str) -> Skipped:
    # a name of other bytes than UTF-8 is read as lone surrogates, which no database takes
    return Skipped(metadata.clean(str(path)), reason)


def _articles(path: Path, max_bytes: int) -> Iterator[Incoming | Skipped]:
    reader = _READERS[path.suffix.lower()]
    seen: Counter[str] = Counter()
    is_empty = True
    try:
        with open_file(path) as file:
            for record in reader(file, path, max_bytes):
                is_empty = False
                if isinstance(record, Skipped):
                    yield record
                else:
                    yield _incoming(record, path, max_bytes, seen)
        if is_empty:
            raise ArticleError("it holds no article; give a file with at least one.")
    except (OSError, ArticleError) as error:
        yield _skipped(path, _problem(error))


def _incoming(
    record: _Record, path: Path, max_bytes: int, seen: Counter[str]
) -> Incoming | Skipped:
    # a file of many articles has many dates, and its name is that of none
    file_name = "" if record.place else path.stem
    try:
        article = metadata.article(record.fields, file_name)
        if len(article.text.encode()) > max_bytes:
            raise too_large(max_bytes)
    except ArticleError as error:
        return _skipped(path, _problem(error, record.place))
    return Incoming(article, _origin(article, record, path, seen))


def _origin(article: Article, record: _Record, path: Path, seen: Counter[str]) -> str:
    """The key under which a changed article replaces its old self: its own id, else its
    url, else where it was read.

    An article in a file of many is known by its date and title, since rows move when others
    are put before them.
    """
    has_own_id = article.id != metadata.content_id(article)
    if has_own_id:
        return article.id
    if article.url and not _is_front_page(article.url):
        return article.url
    origin = metadata.clean(str(path))
    if not record.place:
        return origin
    origin = f"{origin}#{article.date or 'undated'} {article.title}"
    seen[origin] += 1
    # "Letters" of the same day
    return origin if seen[origin] == 1 else f"{origin} ({seen[origin]})"


def _is_front_page(url: str) -> bool:
    """Whether a url names a site, as those of a careless export do, and no article."""
    parts = urlsplit(url)
    return not parts.path.strip("/") and not parts.query


def _problem(error: OSError | ArticleError, place: str = "") -> str:
    if isinstance(error, OSError):
        return (
            f"It cannot be read ({error.strerror});"
            " check that it is there and may be read."
        )
    text = f"{place}: {error}" if place else str(error)
    return text[:1].upper() + text[1:]


# Finding files


def _files(given: Path) -> Iterator[Path | Skipped]:
    try:
        # a link that is named is followed; those within a folder are not, see _linked
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
        yield _skipped(given, f"The folder holds no article; give {KINDS}.")


def _walk(folder: Path) -> Iterator[Path | Skipped]:
    waiting = [folder]  # not by recursion: folders may be nested a thousand deep
    while waiting:
        path = waiting.pop()
        try:
            if path.is_symlink():
                yield from _linked(path, folder)
            elif path.is_dir():
                inside = sorted(path.iterdir(), reverse=True)
                waiting += [item for item in inside if not item.name.startswith(".")]
            elif path.suffix.lower() in _NOT_YET:
                yield _skipped(path, _why_not(path))
            elif _is_readable(path) and not _is_readme(path):
                yield path
        except OSError as error:
            yield _skipped(path, _problem(error))


def _linked(link: Path, folder: Path) -> Iterator[Path | Skipped]:
    # A folder from elsewhere may hold a link to /etc/passwd, to /dev/zero, or to itself
    target = Path(os.path.realpath(link))
    if not target.is_file() or not target.is_relative_to(folder):
        yield _skipped(
            link,
            "It is a link to something other than a file in this folder; add that itself.",
        )
    elif _is_readable(target):
        yield target


def _is_readable(path: Path) -> bool:
    return path.suffix.lower() in _READERS and not path.name.endswith(_SIDECAR)


def _is_readme(path: Path) -> bool:
    """Whether a file tells about its folder: README.md, readme.txt."""
    return path.name.split(".")[0].lower() == "readme"


def _why_not(path: Path) -> str:
    if path.suffix.lower() in _NOT_YET:
        return (
            f"{path.suffix} is not supported yet; save the text as .txt, .md or .html."
        )
    if path.name.endswith(_SIDECAR):
        return "It describes the article beside it; give that article's file."
    kind = path.suffix or "A file without a suffix"
    return f"{kind} is not supported; give {KINDS}."


# One reader a kind of file


def _read_text(
    file: BinaryIO, path: Path, max_bytes: int
) -> Iterator[_Record | Skipped]:
    yield from _with_sidecar({"text": whole_text(file, max_bytes)}, path)


def _read_markdown(
    file: BinaryIO, path: Path, max_bytes: int
) -> Iterator[_Record | Skipped]:
    text = whole_text(file, max_bytes)
    fields, start = _front_matter(text)
    yield from _with_sidecar({**fields, "text": text[start:]}, path)


def _read_html(
    file: BinaryIO, path: Path, max_bytes: int
) -> Iterator[_Record | Skipped]:
    yield from _with_sidecar(web_page.extract(whole_text(file, max_bytes)), path)


def _with_sidecar(fields: Fields, path: Path) -> Iterator[_Record | Skipped]:
    """The one article of a file, and what is wrong with its sidecar."""
    sidecar = path.with_name(path.stem + _SIDECAR)
    given: Fields = {}
    try:
        with open_file(sidecar) as file:
            written = _json(whole_text(file, MAX_SIDECAR_BYTES))
        given = metadata.canonical(_fields(written))
    except (OSError, ArticleError) as error:
        is_missing = isinstance(error, OSError) and error.errno in _NO_SIDECAR
        if not is_missing:
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
    except (
        yaml.YAMLError,
        RecursionError,
    ):  # the text may begin with a rule; or "[[[["
        return {}, 0
    if not isinstance(fields, dict):
        return {}, 0
    return fields, match.end()


def _read_jsonl(
    file: BinaryIO, path: Path, max_bytes: int
) -> Iterator[_Record | Skipped]:
    lines = Lines(file, max_bytes)
    yield from _one_by_one(lines, "line", path, _line_fields)


def _line_fields(line: str) -> Fields | None:
    return _fields(_json(line)) if line.strip() else None


def _read_json(
    file: BinaryIO, path: Path, max_bytes: int
) -> Iterator[_Record | Skipped]:
    found = _json(whole_text(file, ARTICLES_PER_JSON * max_bytes))
    # the answer of a news API: {"status": "ok", "articles": [...]}
    listed = found.get("articles") if isinstance(found, dict) else None
    if isinstance(listed, list):
        found = listed
    if not isinstance(found, list):
        yield _Record("", _fields(found))
        return
    yield from _one_by_one(iter(found), "item", path, _fields)


def _one_by_one(
    items: Iterator[T], kind: str, path: Path, read: Callable[[T], Fields | None]
) -> Iterator[_Record | Skipped]:
    """The articles of a file of many, as `read` finds the fields of each; None where there
    is none.
    """
    for number, item in _numbered(items):
        place = f"{kind} {number}"
        try:
            if isinstance(item, Exception):
                raise item
            fields = read(item)
        except ArticleError as error:
            yield _skipped(path, _problem(error, place))
            continue
        if fields is not None:
            yield _Record(place, fields)


def _read_csv(
    file: BinaryIO, path: Path, max_bytes: int
) -> Iterator[_Record | Skipped]:
    # Python's own limit, 131,072 characters, is less than some articles have
    csv.field_size_limit(max(csv.field_size_limit(), max_bytes))
    lines = map(metadata.clean, Lines(file, max_bytes))
    # strict, so that a quotation mark left open or within a field is told, not guessed at
    rows = _numbered(csv.reader(lines, strict=True))
    _, header = next(rows, (1, []))
    if isinstance(header, Exception) or not _names_a_text(header):
        raise ArticleError(
            "the first row names no column text;"
            " begin with a row such as title,date,source,text."
        )
    for number, row in rows:
        if isinstance(row, Exception):
            yield _skipped(path, f"Row {number} cannot be read ({row}); mend that row.")
        elif len(row) > len(header):
            yield _skipped(
                path,
                f"Row {number} has {len(row)} fields, the first row {len(header)};"
                " mend that row.",
            )
        elif row:
            yield _Record(f"row {number}", dict(zip(header, row, strict=False)))


def _names_a_text(header: list[str]) -> bool:
    return "text" in metadata.canonical(dict.fromkeys(header, "given"))


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


def _json(text: str) -> object:
    try:
        # not strict: some exports have tabs and line breaks within strings
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


def _fields(found: object) -> Fields:
    """What JSON holds, where that is the fields of an article."""
    if not isinstance(found, dict):
        raise ArticleError('it is not an object; give {"title": "...", "text": "..."}.')
    return found


_READERS: Mapping[str, _Reader] = {
    ".txt": _read_text,
    ".md": _read_markdown,
    ".markdown": _read_markdown,
    ".html": _read_html,
    ".htm": _read_html,
    ".jsonl": _read_jsonl,
    ".json": _read_json,
    ".csv": _read_csv,
}
# told of even in a folder, where other kinds are passed over: they are likely to be articles
_NOT_YET = (".pdf", ".docx")
KINDS = ", ".join(_READERS)
