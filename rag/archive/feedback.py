"""What readers thought of answers, kept in the data folder: one line of JSON each."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from rag.errors import StoreError
from rag.types import Feedback, Skipped

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FILE = "feedback.jsonl"
_HALF_PAIR = re.compile(r"[\ud800-\udfff]")


def keep(folder: Path, feedback: Feedback) -> None:
    """Appends one line to the folder's feedback, which only its owner may read. Raises
    `StoreError`.
    """
    path = folder / FILE
    line = json.dumps(asdict(feedback), ensure_ascii=False) + "\n"
    try:
        with open(path, "a+b", opener=_private) as file:
            start = "" if _ends_line(file) else "\n"
            file.write((start + line).encode("utf-8", "surrogatepass"))
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written ({error.strerror}); the feedback is not kept."
        ) from None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _ends_line(file: BinaryIO) -> bool:
    """Whether the last write was whole."""
    if not file.seek(0, os.SEEK_END):
        return True
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"


def read_feedback(folder: Path) -> Iterator[Feedback | Skipped]:
    """The feedback that is kept, oldest first; a line that is none comes as `Skipped`.
    Raises `StoreError`.
    """
    path = folder / FILE
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreError(f"{path} cannot be read ({error.strerror}).") from None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield _parse(line)
        except ValueError:  # pydantic's ValidationError is one too
            origin = f"{path}, line {number}"
            yield Skipped(origin, "not feedback; take the line out.")


def _parse(line: bytes) -> Feedback:
    """The feedback in a line. Raises `ValueError` where a field is missing or of another type."""
    written = line.decode("utf-8", "surrogatepass")
    # `keep` lets through half a surrogate pair (a cut emoji), which pydantic refuses
    whole = _HALF_PAIR.sub("\N{REPLACEMENT CHARACTER}", written)
    return _form().validate_json(whole, strict=True)


@cache
def _form() -> TypeAdapter[Feedback]:
    from pydantic import TypeAdapter

    return TypeAdapter(Feedback)
