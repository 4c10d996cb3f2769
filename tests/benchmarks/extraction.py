"""How well statements are extracted, against annotated attributions (PolNeAR): who said
what, and with which words.

overlap precision, recall and F1 of statements that share a character with a reported-speech
attribution, one to one exact the same with the same letters and digits, a leading
that/to/of/for left out source share of found attributions whose source the statement's
source touches name the speaker's surname is right where the gold source is a name: of what
is found, and of all that is named direct, mixed, indirect recall by overlap, by how much of
the gold content stands between quotation marks

Gold counts where its cue is a verb of saying, "according to" or a colon, and is not
negated; what is paired with other gold (thoughts, attitudes) counts neither way.
"""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from rag.language.segments import quotations
from rag.statements.extract import extract
from rag.types import Article, Statement

Record = dict[str, Any]
Spans = Iterable[Sequence[int]]

VERBS = """say tell add warn argue write tweet announce state declare note explain claim insist assert acknowledge admit concede confirm deny reply respond
continue conclude report suggest recall joke quip allege caution comment complain contend emphasize stress mention remark reiterate repeat reveal testify
maintain inform remind advise observe proclaim shout predict answer ask disclose retort underscore highlight affirm hint indicate signal agree disagree
call accuse criticize praise urge vow promise pledge describe hail blast slam condemn denounce decry mock thank express demand propose blame attack defend
dismiss reject question cite quote refer speak talk discuss threaten apologize endorse welcome rip ridicule tout dub label recommend request challenge"""
IRREGULAR = "said told wrote written spoke spoken denied denies replied replies testified testifies"
NEGATIONS = frozenset(
    {"declined", "refused", "not", "never", "refuses", "refusing", "declines"}
)
TITLES = frozenset(
    [
        "He",
        "She",
        "They",
        "It",
        "I",
        "We",
        "You",
        "This",
        "That",
        "Mr",
        "Mrs",
        "Ms",
        "Dr",
        "Sen",
        "Rep",
        "Gov",
        "President",
        "Senator",
        "Governor",
        "Republican",
        "Republicans",
        "Democrat",
        "Democrats",
        "Mayor",
    ]
)
LEAD = re.compile(r"^\W*(?:that|to|of|for)\b", re.IGNORECASE)
POSSESSOR = re.compile(r"\b[A-Z][\w.-]*(?: [A-Z][\w.-]*)*[’']s? ")
HEAD_END = re.compile(r"[,(;:—]| who | of | from | at | in | for ")
INDEFINITE = re.compile(r"(?:the|a|an|one|some|many|several|two|three) ", re.IGNORECASE)


def measures(
    articles: Sequence[Article], attributions: Iterable[Record]
) -> dict[str, float]:
    """All measures over the articles, with the number of articles a second on this machine."""
    gold: dict[str, list[Record]] = defaultdict(list)
    for attribution in attributions:
        gold[attribution["article"]].append(attribution)
    started = time.process_time()
    found = {article.id: extract(article) for article in articles}
    seconds = time.process_time() - started
    count: Counter[str] = Counter()
    for article in articles:
        _score(article.text, found[article.id], gold[article.id], count)
    return _rates(count) | {"articles_per_cpu_second": len(articles) / seconds}


def _score(
    text: str, found: Sequence[Statement], gold: Sequence[Record], count: Counter[str]
) -> None:
    pairs = _paired(
        [_characters(_spans(s), text) for s in found],
        [_characters(g["content"], text) for g in gold],
    )
    ignored = [
        place for place, at in pairs.items() if not _in_scope(gold[at]["cue_text"])
    ]
    count["predicted"] += len(found) - len(ignored)
    statements = {at: found[place] for place, at in pairs.items()}
    for at, attribution in enumerate(gold):
        if _in_scope(attribution["cue_text"]):
            _score_one(text, attribution, statements.get(at), count)


def _paired(found: Sequence[set[int]], gold: Sequence[set[int]]) -> dict[int, int]:
    """Places of statements and of gold, one to one, those with the largest share in common
    first.
    """
    shares = sorted(
        (
            (len(one & other) / len(one | other), place, at)
            for place, one in enumerate(found)
            for at, other in enumerate(gold)
            if one & other
        ),
        reverse=True,
    )
    pairs: dict[int, int] = {}
    for _, place, at in shares:
        if place not in pairs and at not in pairs.values():
            pairs[place] = at
    return pairs


def _score_one(
    text: str, gold: Record, statement: Statement | None, count: Counter[str]
) -> None:
    gold = gold | {"source": gold["source"] or []}
    kind = _kind(gold["content"], text)
    named = _names(" ".join(text[start:end] for start, end in gold["source"]))
    count.update(["gold", f"gold {kind}"])
    count["named"] += bool(named)
    if statement is None:
        return
    count.update(["hit", f"hit {kind}"])
    count["exact"] += _letters(_spans(statement), text) == _letters(
        gold["content"], text
    )
    count["sourced"] += bool(gold["source"])
    source = statement.source
    count["source"] += bool(
        source
        and any(
            source.start < end and start < source.end for start, end in gold["source"]
        )
    )
    if named:
        speaker = _names(statement.speaker or "")
        count["named hit"] += 1
        count["name"] += bool(
            speaker and (speaker[-1] in named or named[-1] in speaker)
        )


def _rates(count: Counter[str]) -> dict[str, float]:
    rates: dict[str, float] = {}
    for name, hits in (("overlap", count["hit"]), ("exact", count["exact"])):
        precision, recall = (
            hits / max(1, count["predicted"]),
            hits / max(1, count["gold"]),
        )
        both = precision + recall
        rates |= {f"{name}_precision": precision, f"{name}_recall": recall}
        rates[f"{name}_f1"] = 2 * precision * recall / both if both else 0.0
    return rates | {
        "source": count["source"] / max(1, count["sourced"]),
        "name_of_found": count["name"] / max(1, count["named hit"]),
        "name_of_all": count["name"] / max(1, count["named"]),
        **{
            kind: count[f"hit {kind}"] / max(1, count[f"gold {kind}"])
            for kind in ("direct", "mixed", "indirect")
        },
    }


def _in_scope(cue: str) -> bool:
    words = re.findall(r"[a-z]+", cue.lower())
    if NEGATIONS & set(words) or "n't" in cue or "n’t" in cue:
        return False
    return (
        "according" in words
        or any(word in FORMS for word in words)
        or (not words and ":" in cue)
    )


def _forms() -> frozenset[str]:
    forms = set(IRREGULAR.split())
    for verb in VERBS.split():
        forms |= {verb, verb.rstrip("e") + "ing"}
        forms |= {
            verb + ending
            for ending in (
                "s",
                "es",
                "ed",
                "d",
                "ing",
                verb[-1] + "ed",
                verb[-1] + "ing",
            )
        }
    return frozenset(forms)


FORMS = _forms()


def _spans(statement: Statement) -> list[tuple[int, int]]:
    return [(span.start, span.end) for span in statement.content]


def _characters(spans: Spans, text: str) -> set[int]:
    return {
        at for start, end in spans for at in range(start, end) if text[at].isalnum()
    }


def _kind(spans: Spans, text: str) -> str:
    inside = {
        at
        for quotation in quotations(text)
        for at in range(quotation.start, quotation.end)
    }
    content = _characters(spans, text)
    share = len(content & inside) / max(1, len(content))
    return "direct" if share >= 0.9 else "mixed" if share > 0 else "indirect"


def _letters(spans: Spans, text: str) -> str:
    return re.sub(
        r"\W+", "", LEAD.sub("", " ".join(text[start:end] for start, end in spans))
    ).lower()


def _names(source: str) -> list[str]:
    """The words of a name, without possessors, titles and what follows it; none of "the
    ministry".
    """
    head = HEAD_END.split(POSSESSOR.sub("", source.strip()))[0]
    if INDEFINITE.match(head):
        return []
    return [
        word.lower()
        for word in re.findall(r"\b[A-Z][\w’'-]+", head)
        if word not in TITLES
    ]
