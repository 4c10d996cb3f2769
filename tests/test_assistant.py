"""Every form of question has its right form of answer, over the bundled articles and over
invented ones.

Every answer of this file, follow-ups and comparisons included, is held to the same rules by
`assert_sound`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from rag.assistant import Assistant
from rag.config import load
from rag.models.loaders import SentenceEmbeddings
from rag.types import Answer, Article, Citation, Incoming, Question, Turn
from tests.conftest import reports

GAZETTE, HERALD, WIRE = "Riverton Gazette", "Coast Herald", "Valley Wire"
DAM = [
    Article(
        "plan",
        "“The Lorna dam must be built this year,” Mayor Ann Lee said on 1 March. She said that the dam would protect the"
        " old town from floods.\n\n“The Lorna dam is a danger to the valley,” said Bob Ray, the water commissioner. He warned"
        " that the rock under the dam was weak.\n\nThe Riverton Water Board said that water prices would double.",
        "Mayor Ann Lee wants the Lorna dam this year",
        source=GAZETTE,
        date="2024-03-01",
    ),
    Article(
        "jobs",
        "Senator Clara Ray said that the Lorna dam would bring jobs to the valley. “Nobody"
        " will lose a farm,” she added.\n\nAnn Lee said that “the Lorna dam must be built this year.” Bob Ray told the"
        " Coast Herald that the dam could not be paid for.\n\n“The old mill must be saved,” Dora Finch said. Carl Moss said"
        " that the old mill must not be saved.",
        "Senator speaks for jobs at the dam",
        source=HERALD,
        date="2024-03-04",
    ),
    Article(
        "turn",
        "“The Lorna dam must not be built,” Mayor Ann Lee said on 20 May. She said that the rock had cracked in the"
        " spring.\n\n“This is a betrayal of the valley,” Clara Ray said.",
        "Mayor turns against the dam",
        source=WIRE,
        date="2024-05-20",
    ),
    Article(
        "joint",
        "“The valley needs a new survey of the rock,” Ann Lee and Bob Ray said in a joint statement on 22 May.\n\nThe"
        " survey will cost two million, according to the Riverton Water Board. Clara Ray said that no survey was needed.",
        "Mayor and commissioner want a survey",
        source=WIRE,
        date="2024-05-22",
    ),
    Article(
        "review",
        "The Lorna dam was the quarrel of the year. “The Lorna dam is a danger to the valley,” Bob Ray said in March."
        " Farmers danced in the square when the dam was given up.\n\nAnn Lee said that the town would now plant trees on"
        " the banks.",
        "A year of the dam",
        source=HERALD,
        date="2024-12-30",
    ),
]

NOT_CITED = re.compile(r"Nothing on record (?:from|in|on) .+\.")
DAY = re.compile(r"^(?:(?:\d{1,2} )?[A-Z][a-z]+ )?\d{4}: ")


@pytest.fixture(scope="module")
def dam(
    tmp_path_factory: pytest.TempPathFactory, embeddings: SentenceEmbeddings
) -> Iterator[Assistant]:
    """An assistant over the articles about the dam; tests read from it and change nothing."""
    config = load({}, data=tmp_path_factory.mktemp("dam"), bundled=False)
    with Assistant(config, embeddings=embeddings) as made:
        assert len(
            reports(
                made.add_articles(
                    Incoming(article, f"test:{article.id}") for article in DAM
                )
            )
        ) == len(DAM)
        yield made


@pytest.fixture(scope="module")
def idlib(bundled: Assistant, embeddings: SentenceEmbeddings) -> Iterator[Assistant]:
    """An assistant over the bundled articles."""
    with Assistant(bundled.config, embeddings=embeddings) as made:
        yield made


def ask(
    assistant: Assistant, question: str, *history: Turn, **restricted: object
) -> Answer:
    """The answer, held to the rules; `restricted` changes how the question was understood,
    as an option would.
    """
    asked = None
    if restricted:
        understood = assistant.research.understood(question, history, 4_000)
        asked = replace(understood, **restricted)  # type: ignore[arg-type]
    answer = assistant.ask(question, history, asked=asked)
    assert_sound(answer, assistant)
    return answer


def converse(assistant: Assistant, *questions: str) -> list[Answer]:
    """The answers to questions of one conversation."""
    turns: list[Turn] = []
    answers = []
    for question in questions:
        answers.append(ask(assistant, question, *turns))
        turns.append(
            Turn(
                question, answers[-1].text, answers[-1].question, answers[-1].citations
            )
        )
    return answers


def assert_sound(answer: Answer, assistant: Assistant) -> None:
    """Every sentence cites, every citation is true, and nothing said by one is shown as
    another's.
    """
    for citation in answer.citations:
        for report in (citation, *citation.also):
            article = assistant.article(report.article_id)
            assert article and article.text[report.start : report.end] == report.quote
            assert report.speaker is None or names(report, assistant)
            assert names(report, assistant) == names(citation, assistant)
    if not answer.abstained:
        assert_asked_ones_speak(answer, assistant)
        assert_every_sentence_cites(answer)
    if answer.comparison:
        assert_rows_hold_their_own(answer, assistant)


def names(citation: Citation, assistant: Assistant) -> set[str]:
    """Everybody whose statement stands at the very place of a citation that credits it to
    them; nobody for narration.
    """
    return {
        name
        for statement in assistant.statements(citation.article_id)
        if (statement.start, statement.end) == (citation.start, citation.end)
        and citation.speaker
        for name in statement.names
        if set(statement.names) == set(re.split(r", | and ", citation.speaker))
    }


def assert_asked_ones_speak(answer: Answer, assistant: Assistant) -> None:
    """Only asked speakers, or the article's own narration that their words lean on; a bare
    surname stays one.
    """
    question, roster = answer.question, assistant.research.roster
    asked = {
        form
        for name in question.speakers
        for form in (name, *roster.surname_only(name))
    }
    if asked:
        assert any(citation.speaker for citation in answer.citations)
        assert all(
            c.speaker is None or asked & names(c, assistant) for c in answer.citations
        )
    if not question.stance:
        assert not any(
            names(c, assistant) <= set(question.others)
            for c in answer.citations
            if c.speaker
        )


def assert_every_sentence_cites(answer: Answer) -> None:
    markers = {citation.marker for citation in answer.citations}
    for paragraph in answer.text.split("\n\n"):
        for sentence in re.split(r"(?<=\.)\s+(?=[A-Z“])", DAY.sub("", paragraph)):
            cited = {int(number) for number in re.findall(r"\[(\d+)\]", sentence)}
            assert NOT_CITED.fullmatch(sentence) or (cited and cited <= markers), (
                sentence
            )


def assert_rows_hold_their_own(answer: Answer, assistant: Assistant) -> None:
    table = answer.comparison
    assert table
    cited = {citation.marker: citation for citation in answer.citations}
    for name, row in zip(table.rows, table.cells, strict=True):
        for citation in (cited[marker] for cell in row for marker in cell):
            if table.by == "source":
                assert name == citation.source
            else:
                assert name in names(citation, assistant)
    for relation in table.relations:
        assert {relation.first, relation.second} <= set(cited)
        assert (
            f"[{relation.first}]" in answer.text
            and f"[{relation.second}]" in answer.text
        )


def speakers(answer: Answer) -> set[str | None]:
    return {citation.speaker for citation in answer.citations}


def quotes(answer: Answer) -> str:
    return " | ".join(citation.quote for citation in answer.citations)


def relations(answer: Answer) -> set[str]:
    assert answer.comparison
    return {relation.kind for relation in answer.comparison.relations}


# What each form asks for, over the invented articles


@pytest.mark.parametrize(
    ("question", "speaker", "quote"),
    [
        ("What did Ann Lee say about trees?", "Ann Lee", "plant trees on the banks"),
        (
            "What did the mayor say about floods?",
            "Ann Lee",
            "protect the old town from floods",
        ),
        (
            "What did the water commissioner say about the rock?",
            "Bob Ray",
            "rock under the dam was weak",
        ),
        (
            "What did Clara Ray say about farms?",
            "Clara Ray",
            "“Nobody will lose a farm,”",
        ),
        (
            "What did the Riverton Water Board say about prices?",
            "Riverton Water Board",
            "water prices would double",
        ),
        (
            "According to the Riverton Water Board, what will the survey cost?",
            "Riverton Water Board",
            "two million",
        ),
    ],
)
def test_what_somebody_said(
    question: str, speaker: str, quote: str, dam: Assistant
) -> None:
    answer = ask(dam, question)
    assert (
        not answer.abstained
        and answer.question.form == "what"
        and answer.question.speakers == (speaker,)
    )
    assert speaker in speakers(answer) and quote in quotes(answer)


@pytest.mark.parametrize(
    "question",
    ["What did Ann Lee say?", "What did Bob Ray say?", "What did Clara Ray say?"],
)
def test_without_a_topic_anything_said_answers(question: str, dam: Assistant) -> None:
    assert len(ask(dam, question).citations) > 1


def test_what_reverses_an_earlier_statement_is_no_repetition(dam: Assistant) -> None:
    said = quotes(ask(dam, "What did Ann Lee say about the dam?"))
    assert "must be built this year" in said and "must not be built" in said


def test_a_statement_of_several_outlets_is_one_at_its_earliest(dam: Assistant) -> None:
    answer = ask(dam, "What did Ann Lee say about the dam?")
    (first,) = (
        citation for citation in answer.citations if "this year" in citation.quote
    )
    assert (first.source, first.date, first.sources) == (GAZETTE, "2024-03-01", 2)
    assert [report.source for report in first.also] == [HERALD]


def test_a_sentence_that_leans_back_does_not_bring_anothers_words(
    dam: Assistant,
) -> None:
    answer = ask(dam, "What did Clara Ray say about the betrayal of the valley?")
    assert "betrayal" in quotes(answer) and speakers(answer) == {"Clara Ray"}


def test_a_bare_surname_of_two_is_neither_of_them(
    assistant: Assistant, incoming: Callable[..., Incoming]
) -> None:
    text = (
        "Bob Ray said that the bridge was old. Clara Ray said that the bridge was new."
        " “The bill for the bridge will be terrible,” Ray said."
    )
    reports(assistant.add_articles([incoming("bridge", text, date="2024-01-01")]))
    for name in ("Bob Ray", "Clara Ray"):
        answer = ask(assistant, f"What did {name} say about the bridge?")
        assert speakers(answer) == {name, "Ray"}
        assert {c.speaker for c in answer.citations if "terrible" in c.quote} == {"Ray"}


@pytest.mark.parametrize(
    ("question", "speaker", "quote"),
    [
        ("Who said that nobody will lose a farm?", "Clara Ray", "lose a farm"),
        (
            "Who said that prices would double?",
            "Riverton Water Board",
            "prices would double",
        ),
        (
            "Who called the dam a danger to the valley?",
            "Bob Ray",
            "a danger to the valley",
        ),
    ],
)
def test_who_said_it(question: str, speaker: str, quote: str, dam: Assistant) -> None:
    answer = ask(dam, question)
    assert (
        answer.question.form == "who"
        and not answer.abstained
        and None not in speakers(answer)
    )
    assert {c.speaker for c in answer.citations if quote in c.quote} == {speaker}


def test_who_spoke_is_everybody_who_did(dam: Assistant) -> None:
    assert speakers(ask(dam, "Who spoke about the mill?")) == {
        "Dora Finch",
        "Carl Moss",
    }


def test_nobody_said_it(dam: Assistant) -> None:
    answer = ask(dam, "Who spoke about whales?")
    assert answer.abstained and answer.reason and "whales" in answer.reason


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("Did Ann Lee ever say that the dam must be built?", "must be built"),
        ("Did Clara Ray ever say that the survey was needed?", "no survey was needed"),
        ("Did Bob Ray ever speak about the rock?", "rock"),
    ],
)
def test_whether_somebody_ever_said_it(
    question: str, quote: str, dam: Assistant
) -> None:
    answer = ask(dam, question)
    assert (
        answer.question.form == "whether"
        and not answer.abstained
        and quote in quotes(answer)
    )


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        (
            "Did Bob Ray ever say anything about whales?",
            "hold nothing that Bob Ray said about whales",
        ),
        (
            "Did Greta Moss ever say anything about the dam?",
            "no article quotes Greta Moss",
        ),
        (
            "What did Ann Lee say about her wedding?",
            "hold nothing that Ann Lee said about",
        ),
    ],
)
def test_what_nobody_said_is_refused(
    question: str, reason: str, dam: Assistant
) -> None:
    answer = ask(dam, question)
    assert (
        answer.abstained
        and answer.reason
        and reason in answer.reason
        and answer.text.startswith(answer.reason)
    )


def test_one_of_two_was_silent(dam: Assistant) -> None:
    answer = ask(dam, "What did Ann Lee and Greta Moss say about the dam?")
    assert not answer.abstained and speakers(answer) <= {
        "Ann Lee",
        "Ann Lee and Bob Ray",
        None,
    }
    assert any("no article quotes Greta Moss" in notice for notice in answer.notices)


def test_when_somebody_first_said_it(dam: Assistant) -> None:
    answer = ask(dam, "When did Bob Ray first call the dam a danger?")
    assert answer.question.form == "first" and answer.text.startswith("1 March 2024: ")
    assert {citation.date for citation in answer.citations} == {"2024-03-01"}
    assert "a danger to the valley" in quotes(answer)


def test_when_somebody_said_it(dam: Assistant) -> None:
    answer = ask(dam, "When did Clara Ray say that no survey was needed?")
    assert answer.question.form == "when" and answer.text.startswith("22 May 2024: ")


def test_a_changed_position(dam: Assistant) -> None:
    answer = ask(dam, "How has Ann Lee's position on the dam changed?")
    assert answer.question.form == "change" and "changed position" in relations(answer)
    first, *_ = answer.text.split("\n\n")
    assert first.startswith(
        "Lee changed position between 1 March 2024 and 20 May 2024: "
    )
    assert "must be built this year" in first and "must not be built" in first


def test_an_unchanged_position_is_said_so(dam: Assistant) -> None:
    answer = ask(dam, "How has Bob Ray's position on the dam changed?")
    assert (
        "changed position" not in relations(answer)
        and "I found no change of position" in answer.text
    )


def test_where_two_differ(dam: Assistant) -> None:
    answer = ask(dam, "What do Dora Finch and Carl Moss disagree on?")
    assert answer.question.form == "differ" and relations(answer) <= {
        "differs",
        "contradicts",
    }
    assert (
        "“The old mill must be saved”" in answer.text
        and "Moss said that the old mill must not be saved" in answer.text
    )
    joint = ask(dam, "What do Bob Ray and Clara Ray disagree on about the survey?")
    assert "differs" in relations(joint) and "no survey was needed" in joint.text


def test_a_joint_statement_is_one_citation_of_each_who_made_it(dam: Assistant) -> None:
    for name in ("Ann Lee", "Bob Ray"):
        answer = ask(dam, f"What did {name} say about a new survey?")
        assert (
            speakers(answer) == {"Ann Lee and Bob Ray"} and len(answer.citations) == 1
        )
    both = ask(dam, "Compare Ann Lee and Bob Ray on the survey")
    assert len(both.citations) == 1 and relations(both) == {"agrees"}
    assert both.comparison and both.comparison.cells == (((1,),), ((1,),))


def test_how_two_outlets_report(dam: Assistant) -> None:
    answer = ask(
        dam, f"How did the {HERALD} report what the {GAZETTE} reported about the dam?"
    )
    assert (
        answer.question.form == "report"
        and answer.comparison
        and answer.comparison.by == "source"
    )
    assert answer.comparison.rows == (HERALD, GAZETTE) and all(
        any(row) for row in answer.comparison.cells
    )
    assert {citation.source for citation in answer.citations} == {HERALD, GAZETTE}


@pytest.mark.parametrize(
    "question",
    [
        "What happened in the square?",
        "What did the farmers do when the dam was given up?",
    ],
)
def test_what_nobody_says_is_the_articles_own_telling(
    question: str, dam: Assistant
) -> None:
    answer = ask(dam, question)
    assert not answer.abstained and "Farmers danced" in quotes(answer)
    assert [c.speaker for c in answer.citations if "Farmers" in c.quote] == [None]


# Restrictions


@pytest.mark.parametrize("source", [GAZETTE, HERALD, WIRE])
def test_only_the_sources_asked_for_answer(source: str, dam: Assistant) -> None:
    for answer in (
        ask(dam, "What did Ann Lee say about the dam?", sources=(source,)),
        ask(dam, f"What did Ann Lee say about the dam in the {source}?"),
    ):
        assert answer.question.sources == (source,) and not answer.abstained
        assert {c.source for c in answer.citations} | {
            hit.article.source for hit in answer.passages
        } == {source}


@pytest.mark.parametrize(
    ("since", "until", "present", "absent"),
    [
        ("2024-05-01", None, "must not be built", "this year"),
        (None, "2024-03-31", "must be built this year", "must not"),
        ("2024-05-01", "2024-05-31", "must not be built", "trees"),
    ],
)
def test_only_the_days_asked_for_answer(
    since: str | None, until: str | None, present: str, absent: str, dam: Assistant
) -> None:
    answer = ask(dam, "What did Ann Lee say about the dam?", since=since, until=until)
    assert present in quotes(answer) and absent not in quotes(answer)


def test_days_are_read_from_the_question(dam: Assistant) -> None:
    answer = ask(dam, "What did Ann Lee say about the dam before May 2024?")
    assert answer.question.until == "2024-04-30" and "must not" not in quotes(answer)


def test_a_later_retelling_is_no_statement_of_its_own_day(dam: Assistant) -> None:
    answer = ask(
        dam, "What did Bob Ray say about the danger to the valley?", since="2024-12-01"
    )
    assert answer.abstained
    assert "danger" in quotes(
        ask(
            dam,
            "What did Bob Ray say about the danger to the valley?",
            until="2024-03-31",
        )
    )


def test_a_comparison_is_restricted_too(dam: Assistant) -> None:
    answer = ask(
        dam,
        "Compare Ann Lee and Bob Ray on the dam",
        since="2024-03-01",
        until="2024-03-31",
        sources=(HERALD,),
    )
    assert speakers(answer) == {"Ann Lee", "Bob Ray"} and {
        c.source for c in answer.citations
    } == {HERALD}
    assert {(c.said or c.date or "")[:7] for c in answer.citations} == {"2024-03"}


def test_nothing_within_the_restriction_is_a_refusal(dam: Assistant) -> None:
    assert ask(
        dam, "What did Ann Lee say about the dam?", sources=("Nowhere Times",)
    ).abstained
    assert ask(dam, "What did Ann Lee say about the dam?", until="2023-12-31").abstained


# Conversations


def test_a_conversation_about_the_dam(dam: Assistant) -> None:
    lee, ray, difference = converse(
        dam,
        "What did Clara Ray say about the survey?",
        "and Ann Lee?",
        "what did they disagree on?",
    )
    assert speakers(lee) == {"Clara Ray"} and speakers(ray) == {"Ann Lee and Bob Ray"}
    assert difference.question.speakers == ("Clara Ray", "Ann Lee") and relations(
        difference
    ) == {"differs"}


def test_he_that_and_her_position_are_understood(dam: Assistant) -> None:
    _, rock, when = converse(
        dam,
        "What did Bob Ray say about the dam?",
        "what about the rock?",
        "when did he say that?",
    )
    assert "rock" in quotes(rock) and when.question.topic == "rock"
    assert when.question.speakers == ("Bob Ray",) and when.text.startswith(
        "1 March 2024: "
    )
    _, change = converse(
        dam, "What did Ann Lee say about the dam?", "how has her position changed?"
    )
    assert change.question.speakers == ("Ann Lee",) and "changed position" in relations(
        change
    )


def test_who_disagreed_leaves_the_asked_speaker_to_the_others(dam: Assistant) -> None:
    _, others = converse(
        dam, "What did Dora Finch say about the mill?", "who disagreed?"
    )
    assert others.question.others == ("Dora Finch",) and not others.abstained
    assert speakers(others) == {"Dora Finch", "Carl Moss"}
    _, nobody = converse(dam, "What did Ann Lee say about trees?", "who disagreed?")
    assert nobody.abstained and nobody.citations == ()


# The bundled articles


def test_the_conversation_about_idlib(idlib: Assistant) -> None:
    putin, erdogan = converse(idlib, "What did Putin say about Idlib?", "and Erdogan?")
    assert speakers(putin) == {"Vladimir Putin"} and speakers(erdogan) == {
        "Recep Tayyip Erdogan"
    }
    assert erdogan.question.topic == "Idlib" and "bloodbath" in quotes(erdogan)


def test_the_conversation_about_chemical_weapons(idlib: Assistant) -> None:
    _, weapons, when, erdogan = converse(
        idlib,
        "What did Putin say about Idlib?",
        "what about chemical weapons?",
        "when did he say that?",
        "and Erdogan?",
    )
    assert speakers(weapons) == {"Vladimir Putin"} and "chemical weapons" in quotes(
        weapons
    )
    assert when.question.form == "when" and when.text.startswith("7 September 2018: ")
    assert erdogan.abstained and "Erdogan said about chemical weapons" in (
        erdogan.reason or ""
    )


def test_the_conversation_about_a_ceasefire(idlib: Assistant) -> None:
    *_, disagreed, change = converse(
        idlib,
        "What did Putin say about a ceasefire?",
        "who disagreed?",
        "how has his position changed?",
    )
    assert "Recep Tayyip Erdogan" in speakers(disagreed) and "differ" in disagreed.text
    assert (
        change.question.speakers == ("Vladimir Putin",)
        and change.question.form == "change"
    )


@pytest.mark.parametrize(
    ("question", "form", "speaker", "quote"),
    [
        (
            "What did the Russian representative say about Idlib?",
            "what",
            "Vassily Nebenzia",
            "counter-terrorism",
        ),
        (
            "Who said that an offensive would be a reckless escalation?",
            "who",
            "Nikki Haley",
            "reckless escalation",
        ),
        (
            "Did Putin ever say that a ceasefire would be good?",
            "whether",
            "Vladimir Putin",
            "“would be good,”",
        ),
        (
            "When did Erdogan first speak about a ceasefire?",
            "first",
            "Recep Tayyip Erdogan",
            "ceasefire",
        ),
        (
            "When did Haley call an offensive a reckless escalation?",
            "when",
            "Nikki Haley",
            "reckless escalation",
        ),
    ],
)
def test_forms_over_the_bundled_articles(
    question: str, form: str, speaker: str, quote: str, idlib: Assistant
) -> None:
    answer = ask(idlib, question)
    assert answer.question.form == form and not answer.abstained
    assert speakers(answer) <= {speaker, None} and quote in quotes(answer)


@pytest.mark.parametrize(
    "question",
    ["What did Merkel say about Idlib?", "Did Angela Merkel ever mention Idlib?"],
)
def test_merkel_is_not_on_record(question: str, idlib: Assistant) -> None:
    answer = ask(idlib, question)
    assert answer.abstained and answer.text.startswith(
        "Nothing on record: no article quotes "
    )
    assert (
        "Nothing on record from Merkel on Idlib."
        in ask(idlib, "Compare Putin and Merkel on Idlib").text
    )


def test_putin_and_erdogan_differ_on_a_ceasefire_with_both_quotations(
    idlib: Assistant,
) -> None:
    answer = ask(idlib, "What do Putin and Erdogan disagree on about a ceasefire?")
    assert "differs" in relations(answer)
    first, *_ = answer.text.split(" – ")
    assert first.startswith(
        "Putin and Erdogan differ: Putin indicated that a ceasefire would not hold"
    )
    assert (
        "Erdogan argued: A ceasefire “would be a victory for this summit”"
        in answer.text
    )


def test_haley_and_nebenzia_differ(idlib: Assistant) -> None:
    answer = ask(idlib, "What do Haley and Nebenzia disagree on about Idlib?")
    assert "differs" in relations(answer) and answer.text.startswith(
        "Haley and Nebenzia differ: "
    )


def test_putin_changed_between_tehran_and_sochi(idlib: Assistant) -> None:
    answer = ask(idlib, "How has Putin's position on Idlib changed?")
    assert "changed position" in relations(answer)
    assert answer.text.startswith(
        "Putin changed position between 7 September 2018 and 17 September 2018: "
    )


def test_the_joint_statement_is_agreement(idlib: Assistant) -> None:
    answer = ask(
        idlib, "Compare Putin, Erdogan and Rouhani on a negotiated political process"
    )
    joint = [
        citation
        for citation in answer.citations
        if "negotiated political process" in citation.quote
    ]
    assert [names(citation, idlib) for citation in joint] == [
        set(answer.question.speakers)
    ]
    assert answer.comparison
    agreed = [
        r for r in answer.comparison.relations if r.first == r.second == joint[0].marker
    ]
    assert [relation.kind for relation in agreed] == ["agrees"]
    for name in answer.question.speakers:
        alone = ask(idlib, f"What did {name} say about a negotiated political process?")
        assert "negotiated political process" in quotes(alone)


def test_a_comparison_asked_by_its_parts_is_the_same(idlib: Assistant) -> None:
    answer = idlib.compare("ceasefire", ["Putin", "Erdogan"])
    assert_sound(answer, idlib)
    asked: Question = answer.question
    assert asked.speakers == (
        "Vladimir Putin",
        "Recep Tayyip Erdogan",
    ) and "differs" in relations(answer)
