"""One name for each speaker across articles, and never one name for two."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.archive.roster import Roster
from rag.assistant import Assistant
from rag.types import Incoming
from tests.conftest import reports

Make = Callable[..., Incoming]


def on_record(assistant: Assistant, *stories: Incoming) -> dict[str, int]:
    """The speakers with their numbers of statements, after these articles have come in."""
    assert len(reports(assistant.add_articles(stories))) == len(stories)
    return {
        speaker.name: speaker.statements for speaker in assistant.speakers_on_record()
    }


def test_spellings_and_surnames_are_one_speaker(
    assistant: Assistant, incoming: Make
) -> None:
    found = on_record(
        assistant,
        incoming(
            "a", "Recep Tayyip Erdogan said that the bridge was old.", date="2024-01-01"
        ),
        incoming(
            "b",
            "Recep Tayyip Erdoğan said that the tunnel was long.",
            date="2024-01-02",
        ),
        incoming("c", "Erdoğan said that the harbour was full.", date="2024-01-03"),
        incoming(
            "d", "Recep Tayyip Erdogan said that the ferry was late.", date="2024-01-04"
        ),
    )
    assert found == {"Recep Tayyip Erdogan": 4}
    (erdogan,) = assistant.speakers_on_record()
    assert set(erdogan.also) == {"Recep Tayyip Erdoğan", "Erdoğan"}
    assert (erdogan.articles, erdogan.first, erdogan.last) == (
        4,
        "2024-01-01",
        "2024-01-04",
    )
    for id in ("a", "b", "c", "d"):
        assert [statement.speaker for statement in assistant.statements(id)] == [
            "Recep Tayyip Erdogan"
        ]
    assert {one.article.id for one in assistant.find(["Erdogan"])} == {
        "a",
        "b",
        "c",
        "d",
    }


def test_two_people_of_one_surname_stay_two(
    assistant: Assistant, incoming: Make
) -> None:
    found = on_record(
        assistant,
        incoming(
            "a", "Bill Clinton said that the bridge was old. He added that it was long."
        ),
        incoming("b", "Hillary Clinton said that the tunnel was long."),
        incoming("c", "Clinton said that the harbour was full."),
    )
    assert found == {"Bill Clinton": 2, "Hillary Clinton": 1, "Clinton": 1}
    roster = assistant.research.roster
    assert roster.names[0] == "Bill Clinton"
    assert (
        roster.surname_only("Bill Clinton")
        == roster.surname_only("Hillary Clinton")
        == ["Clinton"]
    )
    assert roster.surname_only("Clinton") == []
    assert [one.article.id for one in assistant.find(["Hillary Clinton"])] == ["b"]


def test_a_joint_statement_counts_for_each_who_made_it(
    assistant: Assistant, incoming: Make
) -> None:
    text = "“The valley needs a survey,” Ann Lee and Bob Ray said in a joint statement on 2 June."
    assert on_record(assistant, incoming("a", text, date="2024-06-20")) == {
        "Ann Lee": 1,
        "Bob Ray": 1,
    }
    assert {(s.first, s.last) for s in assistant.speakers_on_record()} == {
        ("2024-06-02", "2024-06-02")
    }


def test_days_are_those_of_speaking_where_the_article_tells_them(
    assistant: Assistant, incoming: Make
) -> None:
    on_record(
        assistant,
        incoming(
            "a",
            "Ann Lee said on 3 February that the bridge was old.",
            date="2024-03-01",
        ),
        incoming("b", "Ann Lee said that the tunnel was long."),
        incoming("c", "Ann Lee said that the ferry was late.", date="2024-03-05"),
    )
    (lee,) = assistant.speakers_on_record()
    assert (lee.statements, lee.articles, lee.first, lee.last) == (
        3,
        3,
        "2024-02-03",
        "2024-03-05",
    )


def test_who_is_removed_is_no_longer_on_record(
    assistant: Assistant, incoming: Make
) -> None:
    bob = incoming("b", "Bob Ray said that the tunnel was long.")
    assert set(
        on_record(
            assistant, incoming("a", "Ann Lee said that the bridge was old."), bob
        )
    ) == {
        "Ann Lee",
        "Bob Ray",
    }
    removed = assistant.remove("b")
    assert assistant.speakers() == ["Ann Lee"]
    assistant.restore(removed)
    assert set(assistant.speakers()) == {"Ann Lee", "Bob Ray"}


def test_nobody_is_on_record_without_articles(assistant: Assistant) -> None:
    assert (
        assistant.speakers_on_record() == [] and assistant.research.roster.names == []
    )


ROSTER = Roster(
    {
        "Vladimir Putin": "Vladimir Putin",
        "Putin": "Vladimir Putin",
        "Hassan Rohani": "Hassan Rouhani",
        "Hassan Rouhani": "Hassan Rouhani",
        "Hillary Clinton": "Hillary Clinton",
        "Bill Clinton": "Bill Clinton",
        "Trump campaign": "Trump campaign",
    }
)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("putin", "Vladimir Putin"),
        ("President Putin", "Vladimir Putin"),
        ("Rohani", "Hassan Rouhani"),
        ("Clinton", "Hillary Clinton"),
        ("Bill Clinton", "Bill Clinton"),
        ("the Trump campaign", "Trump campaign"),
        ("Trump", "Trump"),
        ("Angela Merkel", "Angela Merkel"),
        ("", ""),
    ],
)
def test_a_name_is_known_as_the_most_quoted_whom_it_can_mean(
    name: str, known: str
) -> None:
    assert ROSTER.known_as(name) == known


def test_a_speaker_has_all_forms_of_the_name() -> None:
    assert ROSTER.forms("Vladimir Putin") == ["Vladimir Putin", "Putin"]
    assert ROSTER.forms("Hassan Rouhani") == ["Hassan Rouhani", "Hassan Rohani"]
    assert ROSTER.forms("Angela Merkel") == ["Angela Merkel"]
    assert ROSTER.surname_only("Vladimir Putin") == []


def test_the_bundled_speakers_are_counted_from_their_statements(
    bundled: Assistant,
) -> None:
    said = [
        (s, article)
        for article in bundled.articles()
        for s in bundled.statements(article.id)
    ]
    for speaker in bundled.speakers_on_record():
        own = [(s, article) for s, article in said if speaker.name in s.names]
        days = [s.date or article.date for s, article in own if s.date or article.date]
        assert (speaker.statements, speaker.articles) == (
            len(own),
            len({article.id for _, article in own}),
        )
        assert (speaker.first, speaker.last) == (
            min(filter(None, days)),
            max(filter(None, days)),
        )
