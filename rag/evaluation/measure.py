"""How well questions with known answers are answered: by On Record, and by the tutorial
pipeline beside it.

Every measure is the mean of its observations, over all questions:

hits@k, mrr@10        one of the given articles among the first k distinct ones; its mean
                      reciprocal rank
passage_recall@k      share of the given words found: half of their characters lie in the
                      first k passages
recall_in_2500_chars  the same within the first 2,500 characters of the ranking, what a
                      reader reads
citation_precision    share of citations that overlap given words by half of the shorter
                      (without words: a given article); one at a place marked as wrong
                      counts as wrong
citation_recall       share of the given words of which half is cited (without words: one
                      of the articles is)
by_speaker            share of citations credited to a given speaker; by_another: to
                      somebody else
refusal_precision     share of refusals that were right; refusal_recall: share of the
                      unanswerable refused
refused_answerable    share of the answerable refused
seconds               the median, and the 95th percentile

What a refusal cites as nearest counts as cited.
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from rag.errors import QuestionError
from rag.evaluation.cases import Case, Gold
from rag.language.words import words
from rag.types import Skipped, Span, Turn

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.evaluation.baseline import Tutorial

Record = Mapping[str, Any]
Observations = dict[str, list[float]]
Measures = dict[str, float]
Ask = Callable[[Case], Record]
Credit = Literal["asked", "another", "nobody"]
Crediting = Callable[[Case, Record], Credit | None]

PASSAGES = 10  # as many as the tutorial pipeline retrieves
READ = 2500  # characters, about what a reader reads of a ranking; chosen by hand
# Words count as found when half of them are: a passage may end within a statement, and a
# citation may hold its attribution too. By hand; the same for both pipelines.
HALF = 0.5
MEANS = (
    "hits@1",
    "hits@4",
    "hits@10",
    "mrr@10",
    "passage_recall@4",
    "passage_recall@10",
    "recall_in_2500_chars",
    "citation_precision",
    "citation_recall",
    "by_speaker",
    "by_another",
    "refusal_precision",
    "refusal_recall",
    "refused_answerable",
)
LOWER_IS_BETTER = frozenset({"by_another", "refused_answerable"})


@dataclass(frozen=True, slots=True)
class Row:
    """One question, and for each system what was observed of its answer."""

    case: Case
    answers: Mapping[str, Record]
    observed: Mapping[str, Observations]


def rows(
    cases: Iterable[Case], systems: Mapping[str, Ask], credit: Crediting | None = None
) -> Iterator[Row | Skipped]:
    """Asks each question of each system, and yields what was observed, or why a question
    cannot be asked.

    `credit` says whose words a citation is, in place of what the citation itself says.
    """
    for case in cases:
        try:
            answers = {name: ask(case) for name, ask in systems.items()}
        except QuestionError as error:
            yield Skipped(case.origin, str(error))
            continue
        observed = {}
        for name, answer in answers.items():
            observed[name] = observe(case, answer, credit or credited)
        yield Row(case, answers, observed)


def summary(observed: Iterable[Mapping[str, Sequence[float]]]) -> Measures:
    """The measures of many answers; one without an observation is absent."""
    pooled: dict[str, list[float]] = defaultdict(list)
    for observations in observed:
        for name, values in observations.items():
            pooled[name] += values
    measures: Measures = {}
    for name in MEANS:
        if pooled[name]:
            measures[name] = statistics.fmean(pooled[name])
    seconds = sorted(pooled["seconds"])
    if seconds:
        measures["median_seconds"] = statistics.median(seconds)
        measures["p95_seconds"] = seconds[(95 * len(seconds) - 1) // 100]
    return measures


def on_record(assistant: Assistant) -> Ask:
    """The assistant as a system: the earlier questions of a case are asked first, and not
    measured.
    """

    def ask(case: Case) -> Record:
        history: list[Turn] = []
        for earlier in case.history:
            found = assistant.ask(earlier, history, today=case.today)
            history.append(Turn(earlier, found.text, found.question, found.citations))
        answer = assistant.ask(case.question, history, today=case.today, k=PASSAGES)
        return answer.to_json()

    return ask


def tutorial(pipeline: Tutorial) -> Ask:
    """The tutorial pipeline as a system; it knows no earlier questions and no day."""
    return lambda case: pipeline.ask(case.question)


def remembered(ask: Ask) -> Ask:
    """The same system, which answers a question that was asked before by what it answered then."""
    answers: dict[Case, Record] = {}

    def asked(case: Case) -> Record:
        # what is known of the right answer changes none
        bare = Case(case.question, history=case.history, today=case.today)
        if bare not in answers:
            answers[bare] = ask(bare)
        return answers[bare]

    return asked


def observe(case: Case, answer: Record, credit: Crediting) -> Observations:
    """What one answer, in the JSON form of `onrecord ask --json`, adds to each measure."""
    passages, citations = answer["passages"], answer["citations"]
    observed: Observations = {}
    if case.articles:
        observed |= _articles_found(case, passages)
    if case.gold:
        observed["passage_recall@4"] = [_recall(case.gold, passages[:4])]
        observed["passage_recall@10"] = [_recall(case.gold, passages[:10])]
        read = _first_characters(passages, READ)
        observed["recall_in_2500_chars"] = [_recall(case.gold, read)]
    if case.articles or case.gold or case.wrong:
        right = [float(_is_right(case, citation)) for citation in citations]
        observed["citation_precision"] = right
    if case.gold:
        observed["citation_recall"] = [_recall(case.gold, citations)]
    elif case.articles:
        is_cited = any(one["article_id"] in case.articles for one in citations)
        observed["citation_recall"] = [float(is_cited)]
    if case.speakers:
        observed |= _credits(case, citations, credit)
    observed |= _refused(case, bool(answer["abstained"]))
    observed["seconds"] = [answer["seconds"]]
    return observed


def _articles_found(case: Case, passages: Sequence[Record]) -> Observations:
    # several passages of one article are one place of the ranking
    ranking = dict.fromkeys(passage["article_id"] for passage in passages)
    rank = math.inf
    for place, id in enumerate(ranking, start=1):
        if id in case.articles:
            rank = place
            break
    return {
        "hits@1": [float(rank <= 1)],
        "hits@4": [float(rank <= 4)],
        "hits@10": [float(rank <= 10)],
        "mrr@10": [1 / rank if rank <= 10 else 0.0],
    }


def _is_right(case: Case, citation: Record) -> bool:
    """Whether a citation stands where a right answer does; where only wrong places are
    known, anywhere else.
    """
    if any(_overlaps(citation, place) for place in case.wrong):
        return False
    if case.gold:
        return any(_overlaps(citation, gold) for gold in case.gold)
    return not case.articles or citation["article_id"] in case.articles


def _overlaps(citation: Record, gold: Gold) -> bool:
    """Whether they share half of the shorter of the two."""
    if citation["article_id"] != gold.article_id:
        return False
    shared = sum(len(_shared(citation, span)) for span in gold.spans)
    cited, given = citation["end"] - citation["start"], sum(map(len, gold.spans))
    return shared > 0 and shared >= HALF * min(cited, given)


def _shared(place: Record, span: Span) -> range:
    """The characters that both hold."""
    return range(max(span.start, place["start"]), min(span.end, place["end"]))


def _recall(gold: Sequence[Gold], places: Sequence[Record]) -> float:
    return statistics.fmean(_covered(one, places) >= HALF for one in gold)


def _covered(gold: Gold, places: Sequence[Record]) -> float:
    """The share of the characters that the places hold; one that several hold counts once."""
    held: set[int] = set()
    for place in places:
        if place["article_id"] != gold.article_id:
            continue
        for span in gold.spans:
            held.update(_shared(place, span))
    return len(held) / sum(map(len, gold.spans))


def _first_characters(passages: Sequence[Record], size: int) -> list[Record]:
    kept: list[Record] = []
    for passage in passages:
        if size <= 0:
            break
        length = min(size, passage["end"] - passage["start"])
        kept.append({**passage, "end": passage["start"] + length})
        size -= length
    return kept


def _credits(
    case: Case, citations: Sequence[Record], credit: Crediting
) -> Observations:
    observed: Observations = {"by_speaker": [], "by_another": []}
    for citation in citations:
        to = credit(case, citation)
        if to is not None:
            observed["by_speaker"].append(float(to == "asked"))
            observed["by_another"].append(float(to == "another"))
    return observed


def credited(case: Case, citation: Record) -> Credit | None:
    """To whom the citation itself credits its words; None where it is of a system that
    credits nobody ever.
    """
    if "speaker" not in citation:
        return None
    said_by = set(words(citation["speaker"] or ""))
    if not said_by:
        return "nobody"
    # "Putin" is meant by "Vladimir Putin"
    if any(set(words(name)) <= said_by for name in case.speakers):
        return "asked"
    return "another"


def _refused(case: Case, refused: bool) -> Observations:
    if case.is_unanswerable:
        observed: Observations = {"refusal_recall": [float(refused)]}
    elif case.is_answerable:
        observed = {"refused_answerable": [float(refused)]}
    else:
        return {}  # nobody knows whether it was right
    if refused:
        observed["refusal_precision"] = [float(case.is_unanswerable)]
    return observed
