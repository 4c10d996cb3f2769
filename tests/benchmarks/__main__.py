"""`python -m tests.benchmarks DATA`: On Record beside the tutorial pipeline, on the same
data in the same run.

DATA holds folders with `articles.jsonl` and `questions.jsonl`; questions name their gold by
`gold` (statements with article and spans) or `gold_doc_ids` (articles). The measures are
those of `onrecord evaluate` (see `rag.evaluate`), but whose words a citation is, by_speaker
and by_another, is told by `statements.jsonl` beside them, where every statement is
annotated. Questions with a `date` are asked twice: without a day, and on theirs. With
`attributions.jsonl` the extraction of statements is measured (see `extraction`), and for
each folder what is refused (see `refusal`).
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from rag.articles import files
from rag.assistant import Assistant
from rag.config import load_config
from rag.evaluation import measure
from rag.evaluation.baseline import Tutorial
from rag.evaluation.cases import Case, Gold
from rag.output.terminal import measures_text
from rag.types import Article, Incoming, Outcome, Skipped, Span
from tests.benchmarks import extraction, refusal

Record = Mapping[str, Any]

OURS, DATED, TUTORIAL = "On Record", "on its day", "tutorial"
SAID = 0.3
ARTICLE_TARGETS = {"hits@1": ".70", "hits@4": ".92", "hits@10": ".97"}
WORD_TARGETS = {
    "passage_recall@4": ".90",
    "passage_recall@10": ".97",
    "recall_in_2500_chars": ".90",
    "citation_recall": ".75",
    "by_speaker": ".70",
    "by_another": "at most .04",
}
REFUSAL_TARGETS = {"refusal_recall": ".90", "refused_answerable": "at most .05"}
EXTRACTION_TARGETS = {
    "overlap_f1": ".90",
    "exact_f1": ".69",
    "source": ".95",
    "name_of_found": ".95",
    "name_of_all": ".85",
    "articles_per_cpu_second": "100",
}


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description=__doc__.splitlines()[0]
    )
    parser.add_argument(
        "data",
        type=Path,
        help="a folder of folders with articles.jsonl and questions.jsonl",
    )
    parser.add_argument("--only", help="the name of one of the folders")
    parser.add_argument(
        "--limit", type=int, help="only the first so many questions of each"
    )
    parser.add_argument(
        "--index",
        type=Path,
        help="keep On Record's indexes in this folder, and use them again",
    )
    parser.add_argument("--no-tutorial", action="store_true", help="On Record only")
    given = parser.parse_args()
    folders = sorted(path.parent for path in given.data.glob("*/questions.jsonl"))
    for folder in folders:
        if given.only in (None, folder.name):
            with _index(given.index, folder.name) as data:
                _print_folder(
                    folder, data, [other for other in folders if other != folder], given
                )


@contextmanager
def _index(kept: Path | None, name: str) -> Iterator[Path]:
    if kept:
        yield kept / name
        return
    with tempfile.TemporaryDirectory() as data:
        yield Path(data)


def _print_folder(
    folder: Path, data: Path, others: Sequence[Path], given: argparse.Namespace
) -> None:
    questions = _records(folder / "questions.jsonl")[: given.limit]
    config = load_config({}, data=data, bundled=False)
    incoming = [
        item
        for item in files.read_articles([folder / "articles.jsonl"], config)
        if isinstance(item, Incoming)
    ]
    print(
        f"\n{folder.name}: {len(incoming)} articles, {len(questions)} questions",
        flush=True,
    )
    with Assistant(config) as assistant:
        speed = _ingested(assistant, incoming)
        ask = measure.remembered(measure.on_record(assistant))
        systems = {OURS: lambda case: ask(replace(case, today=None))}
        if "date" in questions[0]:
            systems[DATED] = ask
        if not given.no_tutorial:
            systems[TUTORIAL], speed[TUTORIAL] = _tutorial(
                assistant, [item.article for item in incoming]
            )
        _print(
            _measured(folder, questions, systems, speed),
            WORD_TARGETS if "gold" in questions[0] else ARTICLE_TARGETS,
        )
        _print_refusals(folder, others, ask, questions)
    if (folder / "attributions.jsonl").exists():
        found = [item.article for item in incoming]
        _print(
            {OURS: extraction.measures(found, _records(folder / "attributions.jsonl"))},
            EXTRACTION_TARGETS,
        )


def _print(
    measures: Mapping[str, measure.Measures], targets: Mapping[str, str]
) -> None:
    print(f"\n{measures_text(measures, targets)}", flush=True)


def _ingested(assistant: Assistant, incoming: Sequence[Incoming]) -> dict[str, float]:
    """Adds the articles; passages a second, where they were not there already."""
    assistant.warm_up()
    started = time.perf_counter()
    reports = [
        step for step in assistant.add_articles(incoming) if isinstance(step, Outcome)
    ]
    assert len(reports) == len(incoming)
    seconds = time.perf_counter() - started
    is_new = all(report.change == "added" for report in reports)
    return {OURS: assistant.status().passages / seconds} if is_new else {}


def _tutorial(
    assistant: Assistant, found: Sequence[Article]
) -> tuple[measure.Ask, float]:
    pipeline = Tutorial(assistant.archive.embeddings)
    started = time.perf_counter()
    *_, chunks = pipeline.add(found)
    return measure.tutorial(pipeline), chunks / (time.perf_counter() - started)


def _measured(
    folder: Path,
    questions: Sequence[Record],
    systems: Mapping[str, measure.Ask],
    speed: Mapping[str, float],
) -> dict[str, measure.Measures]:
    annotated = folder / "statements.jsonl"
    credit = _crediting(questions, _records(annotated)) if annotated.exists() else None
    rows = list(measure.rows(map(_case, questions), systems, credit))
    measured = [row for row in rows if not isinstance(row, Skipped)]
    assert len(measured) == len(rows)
    return {
        name: measure.summary(row.observed[name] for row in measured)
        | ({"passages_per_second": speed[name]} if name in speed else {})
        for name in systems
    }


def _case(question: Record) -> Case:
    """A question of the development data in the form of an evaluation file."""
    return Case(
        question["question"],
        articles=tuple(question.get("gold_doc_ids", ())),
        gold=tuple(
            Gold(
                statement["article"], tuple(Span(*span) for span in statement["spans"])
            )
            for statement in question.get("gold", ())
        ),
        speakers=(question["speaker"],) if "speaker" in question else (),
        today=question["date"].replace("/", "-") if "date" in question else None,
    )


def _crediting(
    questions: Sequence[Record], said: Sequence[Record]
) -> measure.Crediting:
    """Whose words a citation is by the annotated statements that it shares at least 30 % of
    its length with.
    """
    asked = {question["question"]: question for question in questions}
    by_article: dict[str, list[Record]] = defaultdict(list)
    for statement in said:
        by_article[statement["article"]].append(statement)

    def credit(case: Case, citation: Record) -> measure.Credit:
        question = asked[case.question]
        touched = [
            one for one in by_article[citation["article_id"]] if _shares(one, citation)
        ]
        if any(
            question["surname"] in one["source"]
            or one.get("speaker") == question["speaker"]
            for one in touched
        ):
            return "asked"
        others = {one["speaker"] for one in touched if one.get("speaker")} - {
            question["speaker"]
        }
        return "another" if others else "nobody"

    return credit


def _shares(statement: Record, citation: Record) -> bool:
    start, end = int(citation["start"]), int(citation["end"])
    shared = sum(
        len(range(max(start, span[0]), min(end, span[1])))
        for span in statement["spans"]
    )
    return shared >= SAID * (end - start)


def _print_refusals(
    folder: Path, others: Sequence[Path], ask: measure.Ask, questions: Sequence[Record]
) -> None:
    """What is refused of the folder's own questions, and of questions made of them that
    nothing answers.
    """
    own = {question["question"] for question in questions}
    asked = [
        one
        for one in refusal.questions(
            folder, others, min(refusal.A_KIND, len(questions))
        )
        if one.kind != refusal.ANSWERABLE or one.text in own
    ]
    print(f"\nrefusals: {len(asked)} questions")
    _print(
        {OURS: refusal.measures(lambda text: ask(Case(text)), asked)}, REFUSAL_TARGETS
    )


def _records(path: Path) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


if __name__ == "__main__":
    main()
