"""`python -m tests.benchmarks DATA`: On Record beside the tutorial pipeline, on the same data in the same run.

DATA holds folders with `articles.jsonl` and `questions.jsonl`; questions name their gold by `gold` (statements with
article and spans) or `gold_doc_ids` (articles). With `statements.jsonl` beside them, citations are checked for their
speakers, and with `attributions.jsonl` the extraction of statements (see `extraction`). The measures:

passage_recall@k      share of gold statements of which half the characters lie in the first k passages
recall_in_2500_chars  the same within the first 2,500 characters of the ranking
answer_recall         the same within what the answer cites
by_speaker            share of citations that lie in a statement of the asked speaker; by_another: of others only
hits@k, mrr@10        the gold article among the first k distinct articles, and its mean reciprocal rank
cited                 share of questions whose answer cites the gold article
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rag import articles
from rag.chat import Assistant
from rag.config import load
from rag.types import Article, Incoming, Report
from tests.benchmarks import extraction
from tests.benchmarks.tutorial import Tutorial

Record = dict[str, Any]
Span = tuple[int, int]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="a folder of folders with articles.jsonl and questions.jsonl")
    parser.add_argument("--only", help="the name of one of the folders")
    parser.add_argument("--limit", type=int, help="only the first so many questions of each")
    given = parser.parse_args()
    for questions in sorted(given.data.glob("*/questions.jsonl")):
        if given.only in (None, questions.parent.name):
            compare(questions.parent, given.limit)


def compare(folder: Path, limit: int | None) -> None:
    """Prints one table: a line a measure, On Record, the tutorial pipeline, and the ratio of the two."""
    questions = _records(folder / "questions.jsonl")[:limit]
    said = _records(folder / "statements.jsonl") if (folder / "statements.jsonl").exists() else []
    with tempfile.TemporaryDirectory() as data:
        config = load({}, data=data, bundled=False)
        found = [item for item in articles.read([folder / "articles.jsonl"], config) if isinstance(item, Incoming)]
        ours = _measured(lambda: _on_record(config, found), questions, said)
    theirs = _measured(lambda: _tutorial([item.article for item in found]), questions, said)
    print(f"\n{folder.name}: {len(found)} articles, {len(questions)} questions")
    print(f"{'':<24}{'On Record':>12}{'tutorial':>12}{'ratio':>8}")
    for name, value in ours.items():
        other = theirs[name]
        ratio = f"{value / other:8.2f}" if other else " " * 8
        print(f"{name:<24}{value:>12.3f}{other:>12.3f}{ratio}")
    if (folder / "attributions.jsonl").exists():
        _print_extraction([item.article for item in found], _records(folder / "attributions.jsonl"))


def _print_extraction(found: Sequence[Article], attributions: Sequence[Record]) -> None:
    """How well the statements of the articles are extracted; the tutorial pipeline extracts none."""
    print("\nextraction of statements")
    for name, value in extraction.measures(found, attributions).items():
        print(f"{name:<24}{value:>12.3f}")


def _measured(
    build: Callable[[], tuple[Callable[[str], Record], int]], questions: Sequence[Record], said: Sequence[Record]
) -> dict[str, float]:
    started = time.perf_counter()
    ask, passages = build()
    ingest = time.perf_counter() - started
    answers, seconds = [], []
    for question in questions:
        started = time.perf_counter()
        answers.append(ask(question["question"]))
        seconds.append(time.perf_counter() - started)
    measures = (
        statement_measures(questions, answers, said) if "gold" in questions[0] else article_measures(questions, answers)
    )
    return measures | {"passages_per_second": passages / ingest, "seconds_a_question": statistics.median(seconds)}


def _on_record(config: Any, found: Sequence[Incoming]) -> tuple[Callable[[str], Record], int]:
    assistant = Assistant(config)
    assistant.warm_up()
    reports = [step for step in assistant.add_articles(found) if isinstance(step, Report)]
    assert len(reports) == len(found)
    return (lambda question: assistant.ask(question).to_json()), assistant.status().passages


def _tutorial(found: Sequence[Article]) -> tuple[Callable[[str], Record], int]:
    tutorial = Tutorial()
    return tutorial.ask, tutorial.add(found)


def statement_measures(
    questions: Sequence[Record], answers: Sequence[Record], said: Sequence[Record]
) -> dict[str, float]:
    """Recall of the gold statements in passages and citations, and whether citations are the asked speaker's."""
    by_article: dict[str, list[Record]] = {}
    for statement in said:
        by_article.setdefault(statement["article"], []).append(statement)
    pairs = list(zip(questions, answers, strict=True))
    credits = [_credit(q, c, by_article.get(c["article_id"], [])) for q, a in pairs for c in a["citations"]]

    def recall(pick: Callable[[Record], Iterable[Record]]) -> float:
        return statistics.mean(_recalled(q["gold"], list(pick(a))) for q, a in pairs)

    return {
        "passage_recall@4": recall(lambda a: a["passages"][:4]),
        "passage_recall@10": recall(lambda a: a["passages"][:10]),
        "recall_in_2500_chars": recall(lambda a: _first_characters(a["passages"], 2500)),
        "answer_recall": recall(lambda a: a["citations"]),
        "by_speaker": statistics.mean(c == "mine" for c in credits) if credits else 0.0,
        "by_another": statistics.mean(c == "another's" for c in credits) if credits else 0.0,
        "citations_an_answer": statistics.mean(len(a["citations"]) for a in answers),
        "refused": statistics.mean(bool(a["abstained"]) for a in answers),
    }


def article_measures(questions: Sequence[Record], answers: Sequence[Record]) -> dict[str, float]:
    """Ranks of the gold article among the distinct articles of the passages."""
    ranks = []
    for question, answer in zip(questions, answers, strict=True):
        seen = list(dict.fromkeys(passage["article_id"] for passage in answer["passages"]))
        ranks.append(next((rank for rank, id in enumerate(seen, 1) if id in question["gold_doc_ids"]), None))
    cited = [
        any(citation["article_id"] in question["gold_doc_ids"] for citation in answer["citations"])
        for question, answer in zip(questions, answers, strict=True)
    ]
    hits = {f"hits@{k}": statistics.mean(rank is not None and rank <= k for rank in ranks) for k in (1, 4, 10)}
    reciprocal = statistics.mean(1 / rank if rank and rank <= 10 else 0.0 for rank in ranks)
    refused = statistics.mean(bool(answer["abstained"]) for answer in answers)
    return hits | {"mrr@10": reciprocal, "cited": statistics.mean(cited), "refused": refused}


def _credit(question: Record, citation: Record, statements: Sequence[Record]) -> str:
    place = (citation["start"], citation["end"])
    least = 0.3 * max(1, place[1] - place[0])
    hit = [s for s in statements if sum(_overlap(place, tuple(span)) for span in s["spans"]) >= least]
    if any(question["surname"] in s["source"] or s.get("speaker") == question["speaker"] for s in hit):
        return "mine"
    return "another's" if any(s.get("speaker") not in (None, question["speaker"]) for s in hit) else "nobody's"


def _recalled(gold: Sequence[Record], units: Sequence[Mapping[str, Any]]) -> float:
    return statistics.mean(_covered(statement, units) >= 0.5 for statement in gold)


def _covered(statement: Record, units: Sequence[Mapping[str, Any]]) -> float:
    total = sum(end - start for start, end in statement["spans"])
    places = {
        at
        for unit in units
        if unit["article_id"] == statement["article"]
        for start, end in statement["spans"]
        for at in range(max(start, unit["start"]), min(end, unit["end"]))
    }
    return float(len(places) / total)


def _first_characters(passages: Sequence[Record], size: int) -> list[Record]:
    kept = []
    for passage in passages:
        if size <= 0:
            break
        length = min(size, passage["end"] - passage["start"])
        kept.append(passage | {"end": passage["start"] + length})
        size -= length
    return kept


def _overlap(a: Span, b: Span) -> int:
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))


def _records(path: Path) -> list[Record]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    main()
