"""Sentences about the bundled articles that their evidence supports, and sentences that it
does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from rag.answers import verify
from rag.answers.verify import Cited, Claim, Finding, Verifier, surnames
from rag.articles import files
from rag.config import load, resource
from rag.errors import ModelError
from rag.models import loaders
from rag.models.loaders import SentenceEmbeddings
from rag.search import evidence
from rag.search.citations import cite
from rag.statements import extract
from rag.types import Incoming, Question

CASES = [
    line.split("\t")
    for line in (Path(__file__).parent / "sentences.tsv")
    .read_text("utf-8")
    .splitlines()
]
ABOUT = Question("What did they say about Idlib?", topic="Idlib")


@pytest.fixture(scope="module")
def sources() -> list[Cited]:
    read = [
        item.article
        for item in files.read_articles([resource("seeds")], load({}))
        if isinstance(item, Incoming)
    ]
    units = [
        unit
        for article in read
        for unit in evidence.units(article, extract.extract(article))
    ]
    return [Cited(unit, citation) for unit in units for citation in cite(unit, 1)]


@pytest.fixture(scope="module")
def verifier(sources: list[Cited], embeddings: SentenceEmbeddings) -> Verifier:
    def similarities(text: str, others: Sequence[str]) -> list[float]:
        first, *rest = embeddings.embed_documents([text, *others])
        return [sum(a * b for a, b in zip(first, other, strict=True)) for other in rest]

    return Verifier(
        similarities,
        None,
        surnames(name for source in sources for name in source.speakers),
    )


def judged(
    verifier: Verifier, sources: list[Cited], words: str, sentence: str
) -> Finding:
    """The best finding that the sentence gets with any one citation of the evidence that
    holds the words.
    """
    unit = next(
        source.unit for source in sources if words.lower() in source.text.lower()
    )
    own = [source for source in sources if source.unit is unit]
    claim = Claim(sentence, ABOUT, "", verifier.surnames)
    findings = [verifier.finding(claim, [source]) for source in own] + [
        verifier.finding(claim, own)
    ]
    return max(findings, key=lambda finding: finding.standing)


@pytest.mark.parametrize(
    ("words", "label", "sentence"), CASES, ids=[case[2] for case in CASES]
)
def test_what_is_supported_may_stand_and_nothing_else(
    words: str, label: str, sentence: str, verifier: Verifier, sources: list[Cited]
) -> None:
    finding = judged(verifier, sources, words, sentence)
    assert not finding.is_sure if label == "no" else not finding.fault


def test_few_sentences_stay_in_doubt(verifier: Verifier, sources: list[Cited]) -> None:
    findings = [
        (label, judged(verifier, sources, words, sentence))
        for words, label, sentence in CASES
    ]
    supported = [finding for label, finding in findings if label == "yes"]
    unsupported = [finding for label, finding in findings if label == "no"]
    assert sum(finding.is_sure for finding in supported) >= 0.75 * len(supported)
    assert sum(bool(finding.fault) for finding in unsupported) >= 0.8 * len(unsupported)


def test_an_entailment_model_decides_where_there_is_one(
    verifier: Verifier, sources: list[Cited]
) -> None:
    asked: list[tuple[str, str]] = []

    def entails(pairs: Sequence[tuple[str, str]]) -> list[bool]:
        asked.extend(pairs)
        return ["stay" not in hypothesis for _, hypothesis in pairs]

    judge = Verifier(verifier.similarities, entails, verifier.surnames)
    place = "would have to leave the zone"
    assert judged(
        judge, sources, place, "Putin said that the Nusra front could stay in the zone."
    ).fault
    assert judged(
        judge,
        sources,
        place,
        "Putin said that the Nusra front would have to leave the zone.",
    ).is_sure
    assert "Nusra front among them" in asked[0][0]


def tiny(folder: Path, labels: dict[int, str]) -> str:
    """A cross-encoder of a few numbers, made here, with these labels."""
    from transformers import (
        BertConfig,
        BertForSequenceClassification,
        BertTokenizerFast,
    )

    words = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        "the",
        "bridge",
        "is",
        "closed",
        "open",
    ]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)
    sizes = {
        "hidden_size": 8,
        "num_hidden_layers": 1,
        "num_attention_heads": 1,
        "intermediate_size": 8,
    }
    config = BertConfig(
        vocab_size=len(words),
        id2label=labels,
        label2id={v: k for k, v in labels.items()},
        **sizes,
    )
    model = BertForSequenceClassification(config)
    entailing = next(
        (at for at, label in labels.items() if label.lower() == "entailment"), 0
    )
    model.classifier.bias.data[:] = 0.0
    model.classifier.weight.data[:] = 0.0
    model.classifier.bias.data[entailing] = 1.0
    model.save_pretrained(folder)
    return str(folder)


@pytest.mark.parametrize(
    "labels",
    [
        {0: "contradiction", 1: "entailment", 2: "neutral"},
        {0: "ENTAILMENT", 1: "NEUTRAL", 2: "CONTRADICTION"},
        {0: "not_entailment", 1: "entailment"},
    ],
)
def test_an_entailment_model_is_read_by_its_labels(
    labels: dict[int, str], tmp_path: Path
) -> None:
    entails = loaders.load_entailment(tiny(tmp_path, labels))
    assert entails([("the bridge is closed", "the bridge is closed")]) == [True]
    assert entails([]) == []


def test_a_model_without_entailment_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no label for entailment"):
        loaders.load_entailment(tiny(tmp_path, {0: "relevant", 1: "irrelevant"}))


def test_the_lexicon_reads_orders_and_wishes(sources: list[Cited]) -> None:
    wish = next(
        source for source in sources if "attack on Idlib would result" in source.text
    )
    assert verify.mood_is_kept(
        Claim("An attack on Idlib resulted in a catastrophe.", ABOUT), [wish]
    )
    assert not verify.mood_is_kept(
        Claim("An attack on Idlib would be a catastrophe.", ABOUT), [wish]
    )
