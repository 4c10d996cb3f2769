"""Questions that the articles of a folder answer, and questions that they do not: what is
refused of each.

Answerable are the folder's own questions, but for those with a doubtful gold, perhaps of
somebody else of that surname, which shows where no article of the gold has the asked
speaker's full name, or none of its sources the surname as the head of its words.
Unanswerable ones are made of them, each kind so that the gold shows that nothing answers:

silent speaker   a speaker of the corpus with a topic of which none of the speaker's gold statements has a word,
                 nor a statement of nobody known in the same articles
swapped topic    the speaker of a question with another question's topic, on the same condition
unknown speaker  somebody whose surname stands in no article, with a question's topic
off topic        the questions of the other folders; of those about a speaker, only where no article has the
                 surname and the topic together
other time       a question "in 1998"
false premise    "Why did X resign?" and the like, where no sentence has the name and the event together
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zlib import crc32

import numpy as np

from rag.answers import refusal
from rag.answers.refusal import Support
from rag.articles import files
from rag.assistant import Assistant
from rag.config import load
from rag.types import Incoming

Record = dict[str, Any]
Ask = Callable[[str], Mapping[str, Any]]

ANSWERABLE, DOUBTFUL = "answerable", "doubtful gold"
HEAD_END = re.compile(r",| of | from | in | at ")
A_KIND = 50
SEED = 4
ROUNDS, MOST_REFUSED = 10, 0.05
NAMESAKES = re.compile(
    r"\b([A-Z][a-z]+ [A-Z][a-z]+) (?:said|told|added|wrote|tweeted)\b"
)
NOWHERE = """Ambrose Quillfeather, Ingrid Solbakken, Tomasz Wierzbicki, Oluwaseun Adeyinka, Marguerite Delacroix-Hain,
Yusuf Karahanoglu, Petronella Vangelderen, Dmytro Holovchenko, Siobhan MacGillycuddy, Rangi Parata, Lucrezia Montefalco,
Haruto Minamikawa, Thandiwe Mokgatle, Vikram Bhattacharjee, Aino Lehtovaara, Jacinta Nunes-Prado"""
EVENTS = {
    "Why did {} resign?": r"\bresign|step(?:s|ped|ping)? down|\bquit",
    "When did {} die?": r"\bdie[sd]?\b|\bdead\b|\bdeath|\bdying|\bkill",
    "Why was {} arrested?": r"\barrest|\bcustody|\bdetain|\bjail",
    "How did {} win the Nobel Prize?": r"\bnobel",
    "Why did {} divorce?": r"\bdivorc|\bsplit",
    "When was {} shot?": r"\bshot\b|\bshoot",
    "Why did {} convert to Buddhism?": r"\bbuddhis",
    "When did {} climb Mount Everest?": r"\beverest",
}


@dataclass(frozen=True)
class Asked:
    """A question and its kind: answerable, or why the articles cannot answer it."""

    text: str
    kind: str


@dataclass(frozen=True)
class Folder:
    """The articles of a folder, its questions, and its gold statements where there are any."""

    path: Path

    @cached_property
    def articles(self) -> list[Record]:
        return _records(self.path / "articles.jsonl")

    @cached_property
    def questions(self) -> list[Record]:
        return _records(self.path / "questions.jsonl")

    @cached_property
    def statements(self) -> list[Record]:
        path = self.path / "statements.jsonl"
        return _records(path) if path.exists() else []

    @cached_property
    def texts(self) -> list[str]:
        return [
            f"{article['title']}. {article['text']}".lower()
            for article in self.articles
        ]

    @cached_property
    def sentences(self) -> list[str]:
        return [
            sentence
            for text in self.texts
            for sentence in re.split(r"(?<=[.!?])\s+|\n", text)
        ]

    @cached_property
    def said_by(self) -> dict[str, str]:
        """For each speaker all that the gold says, with what nobody known says in the same
        articles.
        """
        of_article: dict[str, list[str]] = defaultdict(list)
        said: dict[str, list[str]] = defaultdict(list)
        places: dict[str, set[str]] = defaultdict(set)
        for one in self.statements:
            if one["speaker"]:
                said[one["speaker"]].append(one["content"])
                places[one["speaker"]].add(one["article"])
            else:
                of_article[one["article"]].append(one["content"])
        return {
            name: " ".join(
                [
                    *said[name],
                    *(
                        text
                        for article in sorted(places[name])
                        for text in of_article[article]
                    ),
                ]
            )
            for name in said
            if len(name.split()) > 1
        }

    @cached_property
    def names(self) -> list[str]:
        """People of the corpus: those of the gold, or those whom articles make say something."""
        found = list(self.said_by) or [
            name
            for article in self.articles
            for name in NAMESAKES.findall(article["text"])
        ]
        return sorted(set(found))

    def is_answerable(self, question: Record) -> bool:
        """Whether the gold is the asked speaker's, where the question asks for one."""
        return "speaker" not in question or any(
            self._is_by(question, one) for one in question["gold"]
        )

    def _is_by(self, question: Record, gold: Record) -> bool:
        source = self._sources.get((gold["article"], str(gold["spans"])), "")
        text = next(
            article["text"]
            for article in self.articles
            if article["id"] == gold["article"]
        )
        return (
            question["surname"] in HEAD_END.split(source)[0]
            and question["speaker"] in text
        )

    @cached_property
    def _sources(self) -> dict[tuple[str, str], str]:
        return {
            (one["article"], str(one["spans"])): one["source"] or ""
            for one in self.statements
        }

    def said_nothing(self, speaker: str, topic: str) -> bool:
        """Whether no word of the topic stands in what the speaker may have said, nor in the
        speaker's name.
        """
        said = f"{speaker} {self.said_by[speaker]}".lower()
        return not any(_root(word) in said for word in topic.split())


def questions(
    folder: Path, others: Sequence[Path] = (), a_kind: int = A_KIND
) -> list[Asked]:
    """The answerable and, of each kind at most so many, the unanswerable questions; always
    the same ones.
    """
    here = Folder(folder)
    makers = {
        "silent speaker": _silent_speakers,
        "swapped topic": _swapped_topics,
        "unknown speaker": _unknown_speakers,
        "other time": _other_times,
        "false premise": _false_premises,
    }
    asked = [
        Asked(one["question"], ANSWERABLE if here.is_answerable(one) else DOUBTFUL)
        for one in here.questions
    ]
    for kind, make in makers.items():
        asked += _some(make(here), kind, a_kind)
    return asked + _some(
        _off_topic(here, [Folder(other) for other in others]), "off topic", a_kind
    )


def _some(made: Iterator[str], kind: str, most: int) -> list[Asked]:
    texts = list(dict.fromkeys(made))
    random.Random(SEED).shuffle(texts)
    return [Asked(text, kind) for text in texts[:most]]


def _silent_speakers(here: Folder) -> Iterator[str]:
    if here.said_by:
        draw = random.Random(SEED)
        for question in here.questions:
            speaker = draw.choice(here.names)
            if here.said_nothing(speaker, question["topic"]):
                yield f"What did {speaker} say about {question['topic']}?"


def _swapped_topics(here: Folder) -> Iterator[str]:
    if here.said_by:
        draw = random.Random(SEED)
        for question in here.questions:
            topic = draw.choice(here.questions)["topic"]
            if question["speaker"] in here.said_by and here.said_nothing(
                question["speaker"], topic
            ):
                yield f"What did {question['speaker']} say about {topic}?"


def _unknown_speakers(here: Folder) -> Iterator[str]:
    draw = random.Random(SEED)
    topics = [question["topic"] for question in here.questions if "topic" in question]
    for name in " ".join(NOWHERE.split()).split(", "):
        if not any(name.split()[-1].lower() in text for text in here.texts):
            for topic in (
                draw.sample(topics, 4)
                if topics
                else ["inflation", "the war in Ukraine", "abortion"]
            ):
                yield f"What did {name} say about {topic}?"


def _other_times(here: Folder) -> Iterator[str]:
    for question in here.questions:
        text = question["question"]
        if (
            text.endswith("?")
            and text.count("?") == 1
            and not re.search(r"week|month|year|\d|today", text)
        ):
            yield f"{text[:-1]} in 1998?"


def _false_premises(here: Folder) -> Iterator[str]:
    draw = random.Random(SEED)
    for name in draw.sample(here.names, min(len(here.names), 4 * A_KIND)):
        template = draw.choice(list(EVENTS))
        surname, event = name.split()[-1].lower(), re.compile(EVENTS[template])
        if not any(
            surname in sentence and event.search(sentence)
            for sentence in here.sentences
        ):
            yield template.format(name)


def _off_topic(here: Folder, others: Sequence[Folder]) -> Iterator[str]:
    for other in others:
        for question in other.questions:
            wanted = (
                [question["surname"].lower(), question["topic"].lower()]
                if "topic" in question
                else ["\0"]
            )
            if not any(all(word in text for word in wanted) for text in here.texts):
                yield question["question"]


def measures(ask: Ask, asked: Sequence[Asked]) -> dict[str, float]:
    """How refusing goes: precision, recall, the share refused of the answerable and of each
    kind of unanswerable.

    `ask` gives an answer in the JSON form of `onrecord ask --json`; of it only `abstained`
    counts.
    """
    refused: dict[str, list[bool]] = defaultdict(list)
    for one in asked:
        refused[one.kind].append(bool(ask(one.text)["abstained"]))
    return rates(refused)


def rates(refused: Mapping[str, Sequence[bool]]) -> dict[str, float]:
    """The measures from what was refused of each kind."""
    wrongly = refused[ANSWERABLE]
    rightly = [
        one
        for kind, values in refused.items()
        if kind not in (ANSWERABLE, DOUBTFUL)
        for one in values
    ]
    return {
        "refusal_precision": sum(rightly) / max(1, sum(rightly) + sum(wrongly)),
        "refusal_recall": statistics.mean(rightly) if rightly else 0.0,
        "refused_answerable": statistics.mean(wrongly) if wrongly else 0.0,
        **{
            f"refused {kind}": statistics.mean(v)
            for kind, v in refused.items()
            if kind != ANSWERABLE and v
        },
    }


def _asking(assistant: Assistant) -> Callable[[str], Mapping[str, Any]]:
    return lambda text: assistant.ask(text).to_json()


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.refusal", description=__doc__.splitlines()[0]
    )
    parser.add_argument(
        "data",
        type=Path,
        help="a folder of folders with articles.jsonl and questions.jsonl",
    )
    parser.add_argument("--only", help="the name of one of the folders")
    parser.add_argument(
        "--kept", type=Path, help="where the indexes are kept from one run to the next"
    )
    parser.add_argument(
        "--calibrate",
        action="store_true",
        help="set the constants of rag/answers/refusal.py anew",
    )
    given = parser.parse_args()
    folders = sorted(path.parent for path in given.data.glob("*/questions.jsonl"))
    judged: list[Judged] = []
    for folder in folders:
        if given.only in (None, folder.name):
            with TemporaryDirectory() as temporary:
                assistant = _assistant(
                    folder, (given.kept or Path(temporary)) / folder.name
                )
                asked = questions(
                    folder, [other for other in folders if other != folder]
                )
                if given.calibrate:
                    judged += _judged(assistant, asked)
                else:
                    found = measures(_asking(assistant), asked)
                    _print(folder.name, found)
                assistant.close()
    if given.calibrate:
        _print_constants(judged)


def _assistant(folder: Path, data: Path) -> Assistant:
    assistant = Assistant(load({}, data=data, bundled=False))
    assistant.warm_up()
    if not assistant.status().articles:
        found = files.read_articles([folder / "articles.jsonl"], assistant.config)
        for _ in assistant.add_articles(
            [item for item in found if isinstance(item, Incoming)]
        ):
            pass
    return assistant


def _print(name: str, values: Mapping[str, float]) -> None:
    print(f"\n{name}: what is refused")
    for measure, value in values.items():
        print(f"{measure:<28}{value:>8.3f}")


# Calibration


@dataclass(frozen=True)
class Judged:
    """The support that the evidence gives a question about facts, and whether the articles
    answer it.
    """

    text: str
    supports: list[Support]
    is_answerable: bool

    def best(self, constants: np.ndarray) -> np.ndarray:
        """The features of the piece of evidence that supports an answer most."""
        rows = np.array(
            [[1.0, one.held, one.of_article, one.similarity] for one in self.supports]
        )
        return rows[np.argmax(rows @ constants)]  # type: ignore[no-any-return]


def _judged(assistant: Assistant, asked: Sequence[Asked]) -> list[Judged]:
    """The questions that are about facts; those of other times are refused for their time alone."""
    judged, lookups = [], assistant.research
    for one in asked:
        question = assistant.research.understood(one.text, (), 4_000)
        if (
            one.kind != "other time"
            and question.kind == "ask"
            and not question.speakers
            and question.form != "who"
        ):
            supports = refusal.supports(question, lookups.weighed(question), lookups)
            judged += (
                [Judged(one.text, supports, one.kind == ANSWERABLE)] if supports else []
            )
    return judged


def _print_constants(judged: Sequence[Judged]) -> None:
    """The constants from one half of the questions, and what they do to the other half."""
    halves = [
        [one for one in judged if crc32(one.text.encode()) % 2 == half]
        for half in (0, 1)
    ]
    constants = fitted(halves[0])
    print(
        "BIAS, HELD, OF_ARTICLE, SIMILAR =",
        ", ".join(f"{value:.1f}" for value in constants),
    )
    for name, half in zip(("set on", "checked on"), halves, strict=True):
        refused: dict[str, list[bool]] = {ANSWERABLE: [], "unanswerable": []}
        for one in half:
            refused[ANSWERABLE if one.is_answerable else "unanswerable"].append(
                bool(one.best(constants) @ constants < 0)
            )
        _print(f"{name} {len(half)} questions", rates(refused))


def fitted(judged: Sequence[Judged]) -> np.ndarray:
    """The constants of a logistic regression, both classes of equal weight, its bias so
    that few answerable are refused.

    It alternates between picking each question's best evidence and Newton's steps, with a
    ridge of 1.
    """
    constants = np.array([-5.0, 4.0, 2.5, 4.0])
    answerable = np.array([float(one.is_answerable) for one in judged])
    weights = np.where(
        answerable == 1, 0.5 / answerable.mean(), 0.5 / (1 - answerable).mean()
    )
    ridge = np.diag([0.0, 1.0, 1.0, 1.0])
    for _ in range(ROUNDS):
        rows = np.array([one.best(constants) for one in judged])
        for _ in range(ROUNDS):
            expected = 1 / (1 + np.exp(-rows @ constants))
            gradient = rows.T @ (weights * (expected - answerable)) + ridge @ constants
            hessian = (
                rows * (weights * expected * (1 - expected))[:, None]
            ).T @ rows + ridge
            constants = constants - np.linalg.solve(hessian, gradient)
    sums = sorted(
        float(one.best(constants) @ constants) for one in judged if one.is_answerable
    )
    constants[0] -= min(0.0, sums[int(MOST_REFUSED * len(sums))])
    return constants


def _root(word: str) -> str:
    """The word as it would stand in a text in most of its forms."""
    return word.lower()[: max(4, len(word) - 2)]


def _records(path: Path) -> list[Record]:
    return [
        json.loads(line)
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


if __name__ == "__main__":
    main()
