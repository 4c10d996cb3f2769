"""The bytes of a file -> text, in whatever encoding they are, and never more than allowed.

UTF-8, UTF-16 where a byte order mark says so, or what an HTML page declares; else
Windows-1252, in which old editors write.
"""

from __future__ import annotations

import codecs
import io
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from rag.errors import ArticleError

JSON_ESCAPE = 6  # characters of "\u0000", which stands for one byte

_UTF_8, _UTF_16 = "utf-8-sig", "utf-16"
_FALLBACK = "onrecord-windows-1252"
# Encodings in which pages are written. The list is closed, since Python knows codecs such as
# "hex" too, and a page may declare them. Western ones are read by the fallback.
_CHARSET = re.compile(
    rb"(?i)<meta[^>]+charset\s*=\s*[\"']?\s*"
    rb"(windows-125[0-8]|iso-8859-(?:[2-9]|1[013-6])|koi8-[ru]"
    rb"|gb2312|gbk|gb18030|big5|euc-jp|euc-kr|shift_jis)\b"
)
_DECLARED_WITHIN = 2_048  # bytes; browsers look at the first 1,024
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")  # but white space and escape
# Of 310 images, fonts, archives and programs, decoded, each had one such character in eleven
# or more; so has UTF-16 without its mark.
_ONE_CONTROL_IN = 50
_STRAY_CONTROLS = 8  # so many are let pass in a short text; chosen by hand


def open_file(path: Path) -> BinaryIO:
    """A regular file that is not empty, opened without following a link put in its place or
    waiting at a pipe.
    """
    # Windows has neither flag, but one that keeps bytes as they are
    no_traps = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | no_traps
    file = os.fdopen(os.open(path, flags), "rb")
    status = os.fstat(file.fileno())
    is_regular = stat.S_ISREG(status.st_mode)
    if is_regular and status.st_size:
        return file
    file.close()
    problem = "it is empty" if is_regular else "it is not a regular file"
    raise ArticleError(f"{problem}; give a file with an article.")


def too_large(max_bytes: int) -> ArticleError:
    """The error of an article that has more bytes than are read."""
    return ArticleError(
        f"it is larger than the {max_bytes / 1_000_000:g} MB that are read at once;"
        " split it, or raise ONRECORD_MAX_ARTICLE_BYTES."
    )


def whole_text(file: BinaryIO, max_bytes: int) -> str:
    """The text of a whole file; raises `ArticleError` where it is larger, or no text."""
    data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise too_large(max_bytes)
    encoding = _encoding(data)
    # a page saved anew in UTF-8 may go on declaring what it was in before
    declared = _CHARSET.search(data[:_DECLARED_WITHIN])
    if declared and encoding == _UTF_8 and not _is_utf8(data):
        encoding = declared[1].decode()
    text = data.decode(encoding, _FALLBACK)
    controls = len(_CONTROL.findall(text))
    if controls > max(_STRAY_CONTROLS, len(text) // _ONE_CONTROL_IN):
        raise ArticleError("it is not text; save the article as plain text in UTF-8.")
    return text


def _encoding(start: bytes) -> str:
    has_mark = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return _UTF_16 if has_mark else _UTF_8


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    """What stands for bytes that are no UTF-8, in a file that may hold both: text was pasted
    into it from elsewhere.
    """
    if not isinstance(error, UnicodeDecodeError):
        raise error
    if not error.encoding.startswith("utf-8"):
        return "\ufffd", error.end
    broken = error.object[error.start : error.end]
    return broken.decode("windows-1252", "replace"), error.end


codecs.register_error(_FALLBACK, _as_windows_1252)


class Lines:
    """The lines of a file, read one by one, each with its end; one in which an article of
    `max_bytes` has no room raises `ArticleError`, and the next one follows.
    """

    def __init__(self, file: BinaryIO, max_bytes: int) -> None:
        encoding = _encoding(file.read(len(codecs.BOM_UTF16_LE)))
        file.seek(0)
        self._stream = io.TextIOWrapper(file, encoding, errors=_FALLBACK, newline="")
        self._max_bytes = max_bytes
        self._limit = JSON_ESCAPE * max_bytes

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._stream.readline(self._limit)
        if not line:
            raise StopIteration
        if self._is_whole(line):
            return line
        # the rest of a long line is passed over piece by piece, never held whole
        while not self._is_whole(self._stream.readline(self._limit)):
            continue
        raise too_large(self._max_bytes)

    def _is_whole(self, piece: str) -> bool:
        return len(piece) < self._limit or piece.endswith(("\n", "\r"))
