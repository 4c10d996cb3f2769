"""What readers thought of answers, kept in the data folder, and turned into questions to evaluate with."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, BinaryIO

from rag.types import Citation, Feedback, Skipped, StoreError, Verdict

FILE = "feedback.jsonl"
VERDICTS: tuple[Verdict, ...] = ("useful", "wrong citation", "missing")

Record = dict[str, Any]


def keep(folder: Path, feedback: Feedback) -> None:
    """Appends one line to the folder's feedback, which only its owner may read. Raises `StoreError`."""
    path = folder / FILE
    line = json.dumps(asdict(feedback), ensure_ascii=False) + "\n"
    try:
        with open(path, "a+b", opener=_private) as file:
            start = "" if _ends_line(file) else "\n"
            file.write((start + line).encode("utf-8", "surrogatepass"))
    except OSError as error:
        raise StoreError(f"{path} cannot be written ({error.strerror}); the feedback is not kept.") from None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _ends_line(file: BinaryIO) -> bool:
    """Whether the last write was whole."""
    if not file.seek(0, os.SEEK_END):
        return True
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"


def read(folder: Path) -> Iterator[Feedback | Skipped]:
    """The feedback that is kept, oldest first; a line that is none comes as `Skipped`. Raises `StoreError`."""
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
                yield Skipped(f"{path}, line {number}", "not feedback; take the line out.")


def _feedback(record: Record) -> Feedback:
    known = {field.name: record[field.name] for field in fields(Feedback) if field.name in record}
    known["citations"] = tuple(map(_citation, record["citations"]))
    known["history"] = tuple(record.get("history", ()))
    if known["verdict"] not in VERDICTS:
        raise ValueError
    return Feedback(**known)


def _citation(record: Record) -> Citation:
    return Citation(**{**record, "also": tuple(map(_citation, record["also"]))})


def cases(given: Iterable[Feedback]) -> list[Record]:
    """The lines of an evaluation file: one a question, with what readers found useful, wrong or missing in its answers.

    A line with `todo` says what a reader missed, and waits for somebody to name the words that answer.
    """
    asked: dict[tuple[str, ...], list[Feedback]] = {}
    for one in given:
        asked.setdefault((*one.history, one.question), []).append(one)
    return [_case(given) for given in asked.values()]


def _case(given: Sequence[Feedback]) -> Record:
    """All feedback on one question as one line; what somebody found wrong is not what answers."""
    wrong = _places(c for one in given for c in one.citations if _is_wrong(one, c))
    useful = [c for one in given if one.verdict == "useful" for c in one.citations if _place(c) not in wrong]
    missed = [one.note or "Something is missing." for one in given if one.verdict == "missing"]
    record = {
        "question": given[0].question,
        "history": list(given[0].history),
        "articles": list(dict.fromkeys(citation.article_id for citation in useful)),
        "spans": _places(useful),
        "speakers": list(dict.fromkeys(citation.speaker for citation in useful if citation.speaker)),
        "not": wrong,
        "todo": " ".join(dict.fromkeys(missed)),
    }
    return {field: value for field, value in record.items() if value}


def _is_wrong(given: Feedback, citation: Citation) -> bool:
    return given.verdict == "wrong citation" and citation.marker == given.marker


def _places(citations: Iterable[Citation]) -> list[Record]:
    places = map(_place, citations)
    return list({(place["article_id"], place["start"], place["end"]): place for place in places}.values())


def _place(citation: Citation) -> Record:
    return {name: getattr(citation, name) for name in ("article_id", "start", "end", "quote")}
