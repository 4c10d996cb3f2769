"""The bundled articles: the user's, word for word, and samples that quote nothing but the
public record.
"""

from __future__ import annotations

import hashlib
import re

import pytest

from rag.articles import files
from rag.config import Config, resource
from rag.types import Article, Incoming

# What the people named said, as the outlets in seeds/README.md reported it.
REPORTED = {
    "would be a reckless escalation",
    "no military solution to the Syrian conflict",
    "and its backers must stop their military campaign in all its forms",
    "Any attack on Idlib would result in a catastrophe",
    "Any fight against terrorists requires methods based on time and patience",
    "we don't want Idlib to turn into a bloodbath",
    "We must find a reasonable way out for Idlib",
    "Idlib isn't just important for Syria's future, it is of importance for our national security and for the future"
    " of the region",
    "If we can declare a ceasefire here today, this will be the most important step we can take",
    "would be a victory for this summit",
    "the legitimate Syrian government has the right and eventually should be able to regain control of all of its"
    " territory",
    "would be good",
    "there is no other way but fighting against terrorism",
    "illegal",
    "There could be no military solution to the Syrian conflict and it can only end through a negotiated political"
    " process",
    "are not demonstrating a commitment to protecting civilian lives",
    "Let us be clear; we are not talking about a military operation here, we are talking about a counter-terrorism"
    " operation",
    "a major milestone",
    "radically-minded",
    "I believe our joint statement following this meeting will give the region a new hope",
    "succeeding to avert war in #Idlib with a firm commitment to fight extremist terror",
    "Diplomacy works",
}
TITLES = {
    "2018-09-05": ["Haley: an Idlib offensive “would be a reckless escalation”"],
    "2018-09-07": [
        "Driving out militants from Syria’s Idlib now top priority – Putin",
        "Erdogan presses for a ceasefire in Idlib at the Tehran summit",
        "No military solution in Syria, say Russia, Turkey and Iran in a joint statement",
        "Putin doubts that an Idlib ceasefire would hold; Rouhani sees no way but to fight terrorism",
    ],
    "2018-09-11": [
        "Security Council: US accuses Russia and Iran over Idlib, Nebenzia speaks of counter-terrorism"
    ],
    "2018-09-17": ["Putin and Erdogan agree in Sochi on a demilitarised zone in Idlib"],
    "2018-09-18": [
        "“Diplomacy works,” says Zarif; UN envoy asks for quick implementation of the Idlib agreement"
    ],
}


@pytest.fixture(scope="module")
def seeds() -> list[Article]:
    items = list(files.read_articles([resource("seeds")], Config()))
    assert all(isinstance(item, Incoming) for item in items), items
    return [item.article for item in items if isinstance(item, Incoming)]


@pytest.fixture(scope="module")
def samples(seeds: list[Article]) -> list[Article]:
    return [article for article in seeds if article.source == "On Record sample"]


def test_titles_and_dates(seeds: list[Article]) -> None:
    found: dict[str, list[str]] = {}
    for article in seeds:
        found.setdefault(str(article.date), []).append(article.title)
    assert {day: sorted(titles) for day, titles in found.items()} == TITLES
    assert {article.language for article in seeds} == {"en"}


def test_the_users_article_is_kept_byte_for_byte(seeds: list[Article]) -> None:
    data = (resource("seeds") / "putin-idlib.txt").read_bytes()
    assert (
        hashlib.sha256(data).hexdigest()
        == "0298d6b3666cdf4483474550104f39dcaaa67b9297907c903e898db1dae3efdb"
    )
    (article,) = [article for article in seeds if article.source is None]
    assert article.text.encode() == data
    assert (article.author, article.url) == (None, None)


def test_there_are_seven_samples_of_readable_length(samples: list[Article]) -> None:
    assert len(samples) == 7
    assert all(180 <= len(article.text.split()) <= 350 for article in samples)
    assert {article.author for article in samples} == {"On Record"}


def test_samples_quote_only_what_was_reported(samples: list[Article]) -> None:
    quoted = {
        quotation.rstrip(",.")
        for article in samples
        for quotation in re.findall("“([^”]*)”", f"{article.title}\n{article.text}")
    }
    assert quoted == REPORTED


def test_quotation_marks_are_paired_and_of_one_kind(samples: list[Article]) -> None:
    for article in samples:
        assert not set(article.text) & set('"‘’„«»')
        assert re.sub("“[^”]*”", "", article.text).strip("“”") == re.sub(
            "“[^”]*”", "", article.text
        )


def test_the_set_lets_a_reader_compare(samples: list[Article]) -> None:
    def text(day: str) -> str:
        return "\n".join(article.text for article in samples if article.date == day)

    assert "A ceasefire “would be good,” the Russian president said" in text(
        "2018-09-07"
    )
    assert "“would be a victory for this summit.”" in text("2018-09-07")
    assert "Putin said that “radically-minded” groups" in text("2018-09-17")
    assert "Haley" in text("2018-09-05")
    assert "Nebenzia" in text("2018-09-11")


def test_there_is_a_question_without_an_answer(seeds: list[Article]) -> None:
    assert all("Merkel" not in article.text for article in seeds)
