"""What readers thought of answers, kept in the data folder, and turned into questions to
evaluate with.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, BinaryIO

from rag.errors import StoreError
from rag.types import Citation, Feedback, Skipped, Verdict

FILE = "feedback.jsonl"
VERDICTS: tuple[Verdict, ...] = ("useful", "wrong citation", "missing")

Record = dict[str, Any]


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
        if line.strip():
            try:
                yield _feedback(json.loads(line))
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
                yield Skipped(
                    f"{path}, line {number}", "not feedback; take the line out."
                )


def _feedback(record: Record) -> Feedback:
    known = {
        field.name: record[field.name]
        for field in fields(Feedback)
        if field.name in record
    }
    known["citations"] = tuple(map(_citation, record["citations"]))
    known["history"] = tuple(record.get("history", ()))
    if known["verdict"] not in VERDICTS:
        raise ValueError
    return Feedback(**known)


def _citation(record: Record) -> Citation:
    return Citation(**{**record, "also": tuple(map(_citation, record["also"]))})
