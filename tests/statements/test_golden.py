"""Every statement of the bundled articles, checked by hand.

`golden/ARTICLE.json` holds what is right; where the extraction is not there yet,
`KNOWN_MISSES` says so. `python -m tests.statements.test_golden` prints how the extraction
differs: `-` is right and missing, `+` is found and wrong.
"""

from __future__ import annotations

import json
from difflib import ndiff
from pathlib import Path

import pytest

from rag.articles import files
from rag.config import Config, resource
from rag.statements.extract import extract
from rag.types import Article, Incoming, Statement

GOLDEN = Path(__file__).parent / "golden"

# article -> the beginnings of the contents in which the extraction differs from what is
# right, and why it does
KNOWN_MISSES = {
    "2018-09-07-erdogan-tehran": {
        "the Turkish wish": "where he spoke is not told from what he spoke of"
    },
    "2018-09-07-joint-statement": {
        "about 3 million civilians": "a date between the subject and its verb"
    },
}


def _lines(rows: list[dict[str, object]]) -> list[str]:
    return [json.dumps(row, ensure_ascii=False) for row in rows]


def _row(statement: Statement, text: str) -> dict[str, object]:
    return {
        "content": [span.of(text) for span in statement.content],
        "speaker": statement.speaker,
        "source": statement.source.of(text) if statement.source else None,
        "cue": statement.cue.of(text) if statement.cue else None,
        "kind": statement.kind,
        "negated": statement.negated,
        "date": statement.date,
    }


def bundled() -> dict[str, Article]:
    """The bundled articles by the names of their files."""
    items = [
        item
        for item in files.read_articles([resource("seeds")], Config())
        if isinstance(item, Incoming)
    ]
    return {Path(item.origin).stem: item.article for item in items}


def differences(name: str, article: Article) -> list[str]:
    """The statements that are right and missing ("- ") or found and wrong ("+ ")."""
    right = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    found = [_row(statement, article.text) for statement in extract(article)]
    return [
        line for line in ndiff(_lines(right), _lines(found)) if line[:2] in ("- ", "+ ")
    ]


ARTICLES = bundled()


def test_every_bundled_article_has_a_golden_file() -> None:
    assert set(ARTICLES) == {path.stem for path in GOLDEN.glob("*.json")}


@pytest.mark.parametrize("name", sorted(ARTICLES))
def test_the_statements_of_a_bundled_article(name: str) -> None:
    known = KNOWN_MISSES.get(name, {})
    differing = differences(name, ARTICLES[name])
    unknown = [
        line for line in differing if not any(f'["{start}' in line for start in known)
    ]
    assert not unknown, "\n".join(unknown)
    mended = [
        start for start in known if not any(f'["{start}' in line for line in differing)
    ]
    assert not mended, "take these out of KNOWN_MISSES"


def test_golden_contents_are_in_their_article() -> None:
    for name, article in ARTICLES.items():
        for row in json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8")):
            assert all(
                words in article.text
                for words in [*row["content"], row["source"] or "", row["cue"] or ""]
            )


if __name__ == "__main__":
    for file, bundled_article in ARTICLES.items():
        print(f"# {file}", *differences(file, bundled_article), sep="\n")
