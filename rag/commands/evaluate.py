"""`onrecord evaluate` and `onrecord feedback`: how good the answers are, by known answers
and by readers.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.archive import feedback
from rag.commands.common import (
    INTERRUPTED,
    ProgressLine,
    as_json,
    check_at_least_one,
    json_list,
    seeded,
    settings,
)
from rag.errors import ConfigError, QuestionError
from rag.evaluation import from_feedback
from rag.output.terminal import feedback_text, measures_text, plain
from rag.types import Feedback, Progress, Skipped

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.commands.common import Commands
    from rag.commands.parser import Parser
    from rag.evaluation.cases import Case
    from rag.evaluation.measure import Ask, Row

OURS, TUTORIAL = "On Record", "tutorial"


def add_commands(
    commands: Commands, common: Parser, answering: Sequence[Parser]
) -> None:
    evaluate = commands.add_parser(
        "evaluate",
        parents=[common, *answering],
        help="measure the answers to questions of your own",
    )
    evaluate.add_argument(
        "dataset",
        nargs="?",
        type=Path,
        metavar="DATASET",
        help="a JSONL file of questions with what answers them",
    )
    evaluate.add_argument(
        "--compare",
        action="store_true",
        help="run the usual tutorial pipeline beside it",
    )
    evaluate.add_argument(
        "--limit", type=int, metavar="N", help="only the first N questions"
    )
    evaluate.add_argument(
        "--from-feedback",
        type=Path,
        metavar="OUT",
        help="first write the feedback of readers as such a file",
    )
    evaluate.set_defaults(run=_evaluate)
    listing = commands.add_parser(
        "feedback", parents=[common], help="list what readers thought of answers"
    )
    listing.set_defaults(run=_feedback)


# evaluate


def _evaluate(given: argparse.Namespace) -> int:
    check_at_least_one("--limit", given.limit)
    if not (given.dataset or given.from_feedback):
        raise QuestionError(
            "Give a DATASET, or --from-feedback OUT.jsonl "
            "to make one of what readers thought."
        )
    failed = _write_cases(given) if given.from_feedback else False
    if given.dataset is None:
        return int(failed)
    with seeded(given) as assistant:
        return int(_measure(assistant, given) or failed)


def _write_cases(given: argparse.Namespace) -> bool:
    """Writes the evaluation file and says what is in it; whether a line of the feedback
    could not be read.
    """
    kept, failed = _kept(settings(given).data)
    lines = from_feedback.cases(kept)
    out = given.from_feedback
    text = "".join(f"{as_json(line)}\n" for line in lines)
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"--from-feedback {out} cannot be written ({error.strerror})."
        ) from None
    waiting = sum("todo" in line for line in lines)
    nothing_measured = given.dataset is None
    if given.json and nothing_measured:
        print(as_json({"file": str(out), "questions": len(lines), "todo": waiting}))
    after = ", nothing measured." if nothing_measured else "."
    print(f"{_questions(len(lines))} written to {out}{after}", file=sys.stderr)
    if waiting:
        print(f'{waiting} of them need a hand: look for "todo".', file=sys.stderr)
    return failed


def _questions(count: int) -> str:
    return f"{count} question{'' if count == 1 else 's'}"


def _measure(assistant: Assistant, given: argparse.Namespace) -> int:
    """Asks all questions and prints the measures, also of those asked before an interruption."""
    from rag.evaluation import cases

    lines = cases.read_cases(given.dataset, assistant.articles())
    read = list(islice(lines, given.limit))
    asked = [one for one in read if not isinstance(one, Skipped)]
    failed = _report(read)
    rows: list[Row] = []
    status = 0
    try:
        for row in _rows(assistant, asked, given.compare):
            if isinstance(row, Skipped):
                failed = _report([row])
            else:
                rows.append(row)
    except KeyboardInterrupt:
        status = INTERRUPTED
        print(
            f"onrecord: interrupted after {len(rows)} of {_questions(len(asked))}.",
            file=sys.stderr,
        )
    _print_measures(rows, given)
    return status or int(failed)


def _report(found: Iterable[object]) -> bool:
    """Prints what was left out; whether anything was."""
    left_out = [one for one in found if isinstance(one, Skipped)]
    for one in left_out:
        print(f"onrecord: {plain(one.origin)}: {plain(one.reason)}", file=sys.stderr)
    return bool(left_out)


def _rows(
    assistant: Assistant, asked: Sequence[Case], compare: bool
) -> Iterator[Row | Skipped]:
    """The questions one after another, the progress shown on standard error."""
    from rag.evaluation import measure

    line = ProgressLine(sys.stderr)
    systems: dict[str, Ask] = {OURS: measure.on_record(assistant)}
    if compare:
        systems[TUTORIAL] = _tutorial(assistant, line)
    started = time.monotonic()
    try:
        # the tutorial pipeline is indexed by now, and does not count as time of questions
        for done, row in enumerate(measure.rows(asked, systems), start=1):
            seconds_each = (time.monotonic() - started) / done
            left = seconds_each * (len(asked) - done)
            line.show(Progress("questions", done, len(asked), seconds_left=left))
            yield row
    finally:
        line.clear()


def _tutorial(assistant: Assistant, line: ProgressLine) -> Ask:
    from rag.evaluation import measure
    from rag.evaluation.baseline import Tutorial

    pipeline = Tutorial(assistant.archive.embeddings)
    for chunks in pipeline.add(assistant.articles()):
        line.show(Progress("indexing for the tutorial pipeline", chunks, None))
    return measure.tutorial(pipeline)


def _print_measures(rows: Sequence[Row], given: argparse.Namespace) -> None:
    from rag.evaluation import measure

    systems = [OURS, TUTORIAL] if given.compare else [OURS]
    measures = {}
    for name in systems:
        measures[name] = measure.summary(row.observed[name] for row in rows)
    if given.json:
        each = [_row_fields(row) for row in rows]
        print(as_json({"questions": len(rows), "measures": measures, "rows": each}))
    elif rows:
        print(f"{_questions(len(rows))}\n{measures_text(measures)}")
    else:
        print("No questions measured.")


def _row_fields(row: Row) -> dict[str, Any]:
    """One question: for each system whether it refused, what it cited, and what that adds
    to the measures.
    """
    fields: dict[str, Any] = {"question": row.case.question}
    for name, answer in row.answers.items():
        measures = {}
        for measure, seen in row.observed[name].items():
            if seen:
                measures[measure] = sum(seen) / len(seen)
        fields[name] = {
            "abstained": answer["abstained"],
            "citations": [_cited_place(one) for one in answer["citations"]],
            "measures": measures,
        }
    return fields


def _cited_place(citation: Mapping[str, Any]) -> dict[str, Any]:
    # the tutorial pipeline credits nobody, so its citations have no speaker
    return {
        "article_id": citation["article_id"],
        "start": citation["start"],
        "end": citation["end"],
        "speaker": citation.get("speaker"),
    }


# feedback


def _feedback(given: argparse.Namespace) -> int:
    kept, failed = _kept(settings(given).data)
    if given.json:
        print(json_list(asdict(one) for one in kept))
        return int(failed)
    for one in kept:
        print(feedback_text(one))
    if not kept:
        print("No feedback yet; the page's answers ask for it.")
    return int(failed)


def _kept(folder: Path) -> tuple[list[Feedback], bool]:
    """The readable feedback of a data folder, and whether there was any other, which is
    reported.
    """
    found = list(feedback.read_feedback(folder))
    kept = [one for one in found if isinstance(one, Feedback)]
    return kept, _report(found)
