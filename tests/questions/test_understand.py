"""What a question asks for is understood without a chat model."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import QuestionError
from rag.language.words import content_words
from rag.questions.understand import query, understand
from rag.types import Known, Question, QuestionForm, QuestionKind

PUTIN, ERDOGAN, HALEY = "Vladimir Putin", "Recep Tayyip Erdogan", "Nikki Haley"
HOLT, OKAFOR, RUIZ, HARBOUR = (
    "Maren Holt",
    "Tobias Okafor",
    "Lena Ruiz",
    "the Harbour Authority",
)
TRANSPORT = "Ministry of Transport and Energy"
LEDGER, NORTHWIRE, GAZETTE = "The Daily Ledger", "Northwire", "Coast Gazette"
KNOWN = Known(
    (
        PUTIN,
        ERDOGAN,
        HALEY,
        "the Kremlin",
        HOLT,
        OKAFOR,
        RUIZ,
        HARBOUR,
        TRANSPORT,
        "Ada Holt-Lindqvist",
    ),
    (LEDGER, NORTHWIRE, GAZETTE),
)
THURSDAY = "2018-09-20"


def ask(text: str) -> Question:
    return understand(text, KNOWN, today=THURSDAY)


@pytest.mark.parametrize(
    ("text", "speakers", "topic"),
    [
        ("What did Putin say about Idlib?", [PUTIN], "Idlib"),
        ("what did putin say about idlib", [PUTIN], "idlib"),
        ("WHAT DID PUTIN SAY ABOUT IDLIB?", [PUTIN], "IDLIB"),
        ("What Did Putin Say About Idlib?", [PUTIN], "Idlib"),
        ('What did "Putin" say about "Idlib"?', [PUTIN], "Idlib"),
        ("What did President Erdoğan say about a ceasefire?", [ERDOGAN], "ceasefire"),
        (
            "What did Russian President Vladimir Putin say about Idlib?",
            [PUTIN],
            "Idlib",
        ),
        (
            "What did the Russian president, Vladimir Putin, say about Idlib?",
            [PUTIN],
            "Idlib",
        ),
        ("What has Nikki Haley said?", [HALEY], ""),
        (
            "What did Maren Holt, the mayor of Riverton, say about the dam?",
            [HOLT],
            "dam",
        ),
        ("What did the Harbour Authority announce?", [HARBOUR], ""),
        (
            "What did the ministry of transport and energy say about the tunnel?",
            [TRANSPORT],
            "tunnel",
        ),
        ("According to Haley, what would be reckless?", [HALEY], "reckless"),
        ("What would be reckless, according to Haley?", [HALEY], "reckless"),
        ("Tell me what Erdogan said about refugees", [ERDOGAN], "refugees"),
        (
            "Can you tell me what Okafor said about the harbour tunnel, please?",
            [OKAFOR],
            "harbour tunnel",
        ),
        (
            "I am writing about the dam. What did Okafor say about the flood?",
            [OKAFOR],
            "flood",
        ),
        ("What's Okafor's take on the tolls?", [OKAFOR], "tolls"),
        ("What is Putin's position on a ceasefire?", [PUTIN], "ceasefire"),
        (
            "What was Putin's response to Erdogan's call for a ceasefire?",
            [PUTIN],
            "Erdogan's call for a ceasefire",
        ),
        ("What position does Holt take on tolls?", [HOLT], "tolls"),
        ("Where does Lena Ruiz stand on fishing quotas?", [RUIZ], "fishing quotas"),
        (
            "What does Okafor think of the use of chemical weapons?",
            [OKAFOR],
            "use of chemical weapons",
        ),
        ("Why does Okafor oppose the tunnel?", [OKAFOR], "tunnel"),
        ("How did Okafor describe the tunnel?", [OKAFOR], "tunnel"),
        ("What reasons did Ruiz give for the strike?", [RUIZ], "strike"),
        ("Who did Okafor accuse of fraud?", [OKAFOR], "fraud"),
        ("What did Holt tell Okafor about the bridge?", [HOLT], "bridge"),
        ("What did Holt have to say about the bridge?", [HOLT], "bridge"),
        ("What was said about refugees by Erdogan?", [ERDOGAN], "refugees"),
        ("Quotes by Okafor on the tunnel", [OKAFOR], "tunnel"),
        (
            "Show me all quotes from Nikki Haley about chemical weapons",
            [HALEY],
            "chemical weapons",
        ),
        ("Give me Ruiz's exact words on the strike", [RUIZ], "strike"),
        ("In Ruiz's words, what is the goal?", [RUIZ], "goal"),
        (
            "Any statements by the Kremlin on the downing of the plane?",
            ["the Kremlin"],
            "downing of the plane",
        ),
        ("Okafor said that the tunnel must wait", [OKAFOR], "tunnel must wait"),
        ("Putin on Idlib", [PUTIN], "Idlib"),
        ("Putin Idlib ceasefire", [PUTIN], "Idlib ceasefire"),
        ("okafor holt tunnel", [OKAFOR, HOLT], "tunnel"),
        ("Okafor quotes tunnel", [OKAFOR], "tunnel"),
        ("What did Putin and Erdogan say about Idlib?", [PUTIN, ERDOGAN], "Idlib"),
        (
            "What did Putin, Erdogan, and Haley say about terrorists?",
            [PUTIN, ERDOGAN, HALEY],
            "terrorists",
        ),
        ("What did either Holt or Okafor say about the US?", [HOLT, OKAFOR], "US"),
        ("What did Okafor say about The Hague?", [OKAFOR], "The Hague"),
    ],
)
def test_speakers_on_record_and_topic(
    text: str, speakers: list[str], topic: str
) -> None:
    question = ask(text)
    assert (list(question.speakers), question.topic, question.kind) == (
        speakers,
        topic,
        "ask",
    )


@pytest.mark.parametrize(
    ("text", "speakers", "topic"),
    [
        ("What did Angela Merkel say about Idlib?", ["Angela Merkel"], "Idlib"),
        (
            "what did priya raman say about the harbour tunnel",
            ["priya raman"],
            "harbour tunnel",
        ),
        ("Angela Merkel on Idlib", ["Angela Merkel"], "Idlib"),
        ("quotes by Merkel on Idlib", ["Merkel"], "Idlib"),
        (
            "What did the Russian president say about Idlib?",
            ["the Russian president"],
            "Idlib",
        ),
        (
            "What did Iran's foreign minister say about Idlib?",
            ["Iran's foreign minister"],
            "Idlib",
        ),
        ("What did the US say about Idlib?", ["the US"], "Idlib"),
        (
            "What did the UN envoy to Syria say about Idlib?",
            ["the UN envoy to Syria"],
            "Idlib",
        ),
        (
            "What did Vladimir Putin Jr. say about Idlib?",
            ["Vladimir Putin Jr."],
            "Idlib",
        ),
    ],
)
def test_speakers_not_on_record_stay_as_written(
    text: str, speakers: list[str], topic: str
) -> None:
    question = ask(text)
    assert (list(question.speakers), question.topic) == (speakers, topic)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("What did the articles say about Putin?", "Putin"),
        ("What was said about Putin?", "Putin"),
        ("What did experts say about the tunnel?", "tunnel"),
        ("What did local officials in Riverton say about the tunnel?", "tunnel"),
        (
            "What does the joint statement say about terrorism?",
            "joint statement say about terrorism",
        ),
        ("Show me articles about refugees", "refugees"),
        ("What happened in Idlib?", "Idlib"),
        ("How many civilians live in Idlib?", "civilians live in Idlib"),
        ("Did Putin meet Erdogan?", "Putin meet Erdogan"),
        ("Did the Sochi summit take place?", "Sochi summit take place"),
        ("When did Okafor travel to Riverton?", "Okafor travel to Riverton"),
        ("Who is Tobias Okafor?", "Tobias Okafor"),
        (
            "What NFL star announced his retirement on Tuesday?",
            "NFL star announced his retirement on Tuesday",
        ),
        (
            "Which airline announced it will leave Riverton this week?",
            "airline announced it will leave Riverton this week",
        ),
        (
            "How much did rents rise, according to the Riverton Bureau of Statistics?",
            None,
        ),
        ("Okafor resigned this week. Which team did he coach?", None),
    ],
)
def test_what_is_asked_about_is_no_speaker(text: str, topic: str | None) -> None:
    question = ask(text)
    assert question.speakers == () and question.form == "what"
    assert topic is None or question.topic == topic


@pytest.mark.parametrize(
    ("text", "kind", "form", "speakers", "topic"),
    [
        ("Who said that diplomacy works?", "ask", "who", [], "diplomacy works"),
        ("Who called for a ceasefire?", "ask", "who", [], "ceasefire"),
        ("Which leaders have condemned the strikes?", "ask", "who", [], "strikes"),
        ("Did anyone object to the offensive?", "ask", "who", [], "offensive"),
        ("What was the reaction to the offensive?", "ask", "who", [], "offensive"),
        (
            "Did Putin ever warn of chemical weapons?",
            "ask",
            "whether",
            [PUTIN],
            "chemical weapons",
        ),
        (
            "Has Okafor ever denied the allegations?",
            "ask",
            "whether",
            [OKAFOR],
            "allegations",
        ),
        (
            "Is it true that Ruiz said the strike is over?",
            "ask",
            "whether",
            [RUIZ],
            "strike",
        ),
        ("is putin against a ceasefire", "ask", "whether", [PUTIN], "ceasefire"),
        ("Did Putin agree to a ceasefire?", "ask", "whether", [PUTIN], "ceasefire"),
        (
            "When did Okafor say that the tunnel is safe?",
            "ask",
            "when",
            [OKAFOR],
            "tunnel is safe",
        ),
        (
            "When was the last time Okafor mentioned the tunnel?",
            "ask",
            "when",
            [OKAFOR],
            "tunnel",
        ),
        ("When did Putin first mention Sochi?", "ask", "first", [PUTIN], "Sochi"),
        (
            "What was the first time Haley warned about Assad?",
            "ask",
            "first",
            [HALEY],
            "Assad",
        ),
        ("Who first called for a zone?", "ask", "first", [], "zone"),
        (
            "How has Putin's position on Idlib changed?",
            "timeline",
            "change",
            [PUTIN],
            "Idlib",
        ),
        (
            "Has Okafor's stance shifted on the tunnel?",
            "timeline",
            "change",
            [OKAFOR],
            "tunnel",
        ),
        (
            "Did Ruiz change her mind on the strike?",
            "timeline",
            "change",
            [RUIZ],
            "strike",
        ),
        (
            "Has Ruiz contradicted herself on the strike?",
            "timeline",
            "change",
            [RUIZ],
            "strike",
        ),
        (
            "What do Putin and Erdogan disagree on?",
            "compare",
            "differ",
            [PUTIN, ERDOGAN],
            "",
        ),
        (
            "Where does Putin disagree with Erdogan on Idlib?",
            "compare",
            "differ",
            [PUTIN, ERDOGAN],
            "Idlib",
        ),
        (
            "Do Holt and Okafor agree on the tolls?",
            "compare",
            "differ",
            [HOLT, OKAFOR],
            "tolls",
        ),
        ("Did Okafor contradict Holt?", "compare", "differ", [OKAFOR, HOLT], ""),
        (
            "How does Holt's position on tolls differ from Okafor's?",
            "compare",
            "differ",
            [HOLT, OKAFOR],
            "tolls",
        ),
        (
            "How do Holt's and Okafor's positions on tolls differ?",
            "compare",
            "differ",
            [HOLT, OKAFOR],
            "tolls",
        ),
        (
            "Compare Holt and Okafor on the tolls",
            "compare",
            "differ",
            [HOLT, OKAFOR],
            "tolls",
        ),
        (
            "Compare Holt with Angela Merkel on the tolls",
            "compare",
            "differ",
            [HOLT, "Angela Merkel"],
            "tolls",
        ),
        (
            "compare what Holt and Okafor said about tolls",
            "compare",
            "differ",
            [HOLT, OKAFOR],
            "tolls",
        ),
        (
            "Compare the positions of Holt, Okafor and Ruiz on tolls",
            "compare",
            "differ",
            [HOLT, OKAFOR, RUIZ],
            "tolls",
        ),
        (
            "What is the difference between Holt and Okafor on tolls?",
            "compare",
            "differ",
            [HOLT, OKAFOR],
            "tolls",
        ),
        (
            "putin vs erdogan ceasefire",
            "compare",
            "differ",
            [PUTIN, ERDOGAN],
            "ceasefire",
        ),
        (
            "Holt versus Okafor on the tolls",
            "compare",
            "differ",
            [HOLT, OKAFOR],
            "tolls",
        ),
        (
            "timeline of Putin's statements on Idlib",
            "timeline",
            "what",
            [PUTIN],
            "Idlib",
        ),
        (
            "Show me a timeline of what Okafor said about tolls",
            "timeline",
            "what",
            [OKAFOR],
            "tolls",
        ),
        (
            "Okafor's statements on tolls over time",
            "timeline",
            "what",
            [OKAFOR],
            "tolls",
        ),
    ],
)
def test_forms(
    text: str, kind: QuestionKind, form: QuestionForm, speakers: list[str], topic: str
) -> None:
    question = ask(text)
    assert (question.kind, question.form) == (kind, form)
    assert (list(question.speakers), question.topic) == (speakers, topic)


@pytest.mark.parametrize(
    ("text", "others", "topic"),
    [
        ("Who disagreed with Putin on Idlib?", [PUTIN], "Idlib"),
        (
            "Who called for a ceasefire besides Putin and Erdogan?",
            [PUTIN, ERDOGAN],
            "ceasefire",
        ),
        ("Who, other than Okafor, mentioned the tunnel?", [OKAFOR], "tunnel"),
    ],
)
def test_who_else_leaves_those_named_out(
    text: str, others: list[str], topic: str
) -> None:
    question = ask(text)
    assert (
        question.form,
        question.speakers,
        list(question.others),
        question.topic,
    ) == ("who", (), others, topic)


@pytest.mark.parametrize(
    ("text", "sources", "speakers", "topic"),
    [
        (
            "What did Okafor say about tolls in the Daily Ledger?",
            [LEDGER],
            [OKAFOR],
            "tolls",
        ),
        (
            "According to Northwire, what did Okafor say about tolls?",
            [NORTHWIRE],
            [OKAFOR],
            "tolls",
        ),
        (
            "What happened in Riverton, as reported by Northwire and the Coast Gazette?",
            [NORTHWIRE, GAZETTE],
            [],
            None,
        ),
        ("What did the Coast Gazette report about tolls?", [GAZETTE], [], "tolls"),
        ("what did okafor say in daily ledger articles?", [LEDGER], [OKAFOR], ""),
        ("What did Okafor say about the Daily Ledger?", [], [OKAFOR], "Daily Ledger"),
    ],
)
def test_sources(
    text: str, sources: list[str], speakers: list[str], topic: str | None
) -> None:
    question = ask(text)
    assert (list(question.sources), list(question.speakers), question.kind) == (
        sources,
        speakers,
        "ask",
    )
    assert topic is None or question.topic == topic


@pytest.mark.parametrize(
    ("text", "sources", "topic"),
    [
        (
            "How did the Daily Ledger report what Northwire reported?",
            [LEDGER, NORTHWIRE],
            "",
        ),
        (
            "How did Northwire and the Coast Gazette cover the summit?",
            [NORTHWIRE, GAZETTE],
            "summit",
        ),
        ("How did Le Monde cover the summit?", ["Le Monde"], "summit"),
        (
            "Compare the coverage of the summit in Northwire and the Coast Gazette",
            [NORTHWIRE, GAZETTE],
            "summit",
        ),
        (
            "Compare Northwire and the Coast Gazette on tolls",
            [NORTHWIRE, GAZETTE],
            "tolls",
        ),
        (
            "How does Northwire's coverage of tolls differ from that of the Coast Gazette?",
            [NORTHWIRE, GAZETTE],
            "tolls",
        ),
    ],
)
def test_reports_are_compared_by_source(
    text: str, sources: list[str], topic: str
) -> None:
    question = ask(text)
    assert (question.kind, question.form, question.speakers) == (
        "compare",
        "report",
        (),
    )
    assert (list(question.sources), question.topic) == (sources, topic)


@pytest.mark.parametrize(
    ("text", "since", "until", "topic"),
    [
        ("What did Putin say after 7 September 2018?", "2018-09-08", None, ""),
        (
            "What did Putin say about Idlib before 7 September?",
            None,
            "2018-09-06",
            "Idlib",
        ),
        (
            "What did Putin say about Idlib between 7 and 17 September?",
            "2018-09-07",
            "2018-09-17",
            "Idlib",
        ),
        (
            "What did Putin say from 7 September to 17 September about Idlib?",
            "2018-09-07",
            "2018-09-17",
            "Idlib",
        ),
        (
            "Between 2015 and 2017, what did Putin say about Idlib?",
            "2015-01-01",
            "2017-12-31",
            "Idlib",
        ),
        (
            "What did Putin say about Idlib after 2015 and before 2018?",
            "2016-01-01",
            "2017-12-31",
            "Idlib",
        ),
        (
            "What did Putin say in September 2018 about Idlib?",
            "2018-09-01",
            "2018-09-30",
            "Idlib",
        ),
        ("What did Putin say about Idlib since 2016?", "2016-01-01", None, "Idlib"),
        (
            "What did Putin say about Idlib by 17 September?",
            None,
            "2018-09-17",
            "Idlib",
        ),
        (
            "What did Putin say about Idlib from 2016 onwards?",
            "2016-01-01",
            None,
            "Idlib",
        ),
        (
            "What did Putin say about Idlib on Tuesday?",
            "2018-09-18",
            "2018-09-18",
            "Idlib",
        ),
        (
            "what did putin say yesterday about idlib",
            "2018-09-19",
            "2018-09-19",
            "idlib",
        ),
        ("what did putin say last week", "2018-09-10", "2018-09-16", ""),
        (
            "What did Putin say about last week's attack?",
            None,
            None,
            "last week's attack",
        ),
        (
            "What did Putin say about the September 2018 summit?",
            None,
            None,
            "September 2018 summit",
        ),
        (
            "What did Putin say about the deal of 17 September?",
            None,
            None,
            "deal of 17 September",
        ),
        (
            "How has Putin's position on Idlib changed since 2015?",
            "2015-01-01",
            None,
            "Idlib",
        ),
        ("What happened in Idlib since 7 September 2018?", "2018-09-07", None, "Idlib"),
        (
            "What happened in Idlib in September 2018?",
            None,
            None,
            "Idlib in September 2018",
        ),
    ],
)
def test_times(text: str, since: str | None, until: str | None, topic: str) -> None:
    question = ask(text)
    assert (question.since, question.until, question.topic) == (since, until, topic)


@pytest.mark.parametrize(
    ("text", "known", "guessed"),
    [
        (
            "What did Putin say about Idlib this week?",
            ("2018-09-17", "2018-09-23"),
            (None, None),
        ),
        (
            "What did Putin say about Idlib today?",
            ("2018-09-20", "2018-09-20"),
            (None, None),
        ),
        (
            "What did Putin say about Idlib last week?",
            ("2018-09-10", "2018-09-16"),
            ("2018-09-10", "2018-09-16"),
        ),
        (
            "What did Putin say about Idlib in September?",
            ("2018-09-01", "2018-09-30"),
            ("2018-09-01", "2018-09-30"),
        ),
    ],
)
def test_this_week_limits_a_question_only_where_its_day_is_known(
    text: str, known: tuple[str, str], guessed: tuple[str | None, str | None]
) -> None:
    asked_on_the_day = understand(text, KNOWN, today=THURSDAY)
    asked_some_day = understand(text, KNOWN, newest=THURSDAY)
    assert (asked_on_the_day.since, asked_on_the_day.until, asked_on_the_day.today) == (
        *known,
        THURSDAY,
    )
    assert (asked_some_day.since, asked_some_day.until, asked_some_day.today) == (
        *guessed,
        None,
    )
    assert asked_on_the_day.topic == asked_some_day.topic == "Idlib"


def test_a_thing_that_is_called_something_is_no_speaker() -> None:
    known = Known(("Mission managers", "Vladimir Putin"))
    text = "NASA will launch a mission this month. What is the mission called?"
    assert understand(text, known).speakers == ()
    assert understand("What did Putin call for?", known).speakers == ("Vladimir Putin",)


def test_a_name_means_the_very_speaker_before_the_most_quoted() -> None:
    known = Known(("Hillary Clinton", "Bill Clinton", "Clinton"), ())
    assert understand("What did Bill Clinton say?", known).speakers == ("Bill Clinton",)
    assert understand("What did Clinton say?", known).speakers == ("Hillary Clinton",)
    assert understand(
        "What did Mrs Clinton say?", Known(known.speakers[:2])
    ).speakers == ("Hillary Clinton",)


def test_without_anything_on_record_names_are_still_read() -> None:
    question = understand("Compare Holt and Okafor on the tolls", Known())
    assert question.speakers == ("Holt", "Okafor")


@pytest.mark.parametrize("text", ["", "   ", "?!…", "😀😀", "\x00\n"])
def test_a_question_without_words_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(
        QuestionError, match="The question is empty; ask something such as"
    ):
        ask(text)


def test_a_question_that_is_too_long_is_refused() -> None:
    with pytest.raises(
        QuestionError, match="1,000,000 characters; ask in at most 4,000"
    ):
        ask("x" * 1_000_000)


WORDS = [
    "what",
    "did",
    "who",
    "and",
    "or",
    "the",
    "putin",
    "said",
    "'s",
    ",",
    "?",
    "about",
    "compare",
    "in",
    "May",
    "7",
    "between",
]


@given(
    st.text(max_size=300) | st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join)
)
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        question = ask(text)
    except QuestionError:
        return
    question.text.encode()
    assert content_words(question.text)
    assert query(question) == question.text


def test_more_sentences_are_given_when_more_is_asked() -> None:
    assert (
        ask("List all statements of Putin").sentences
        > ask("What did Putin say?").sentences
    )


def test_content_words_keep_acronyms_that_look_like_small_words() -> None:
    assert content_words("What did they promise us about the US?") == ["promise", "us"]
    assert content_words("WHAT DID THEY PROMISE US ABOUT IDLIB") == ["promise", "idlib"]


@pytest.mark.parametrize(
    ("text", "speakers", "topics"),
    [
        ("What did Putin say about Idlib and what did Erdogan say?", ["Vladimir Putin", "Recep Tayyip Erdogan"], ["Idlib"] * 2),
        ("What did Putin say about Idlib? And Erdogan?", ["Vladimir Putin", "Recep Tayyip Erdogan"], ["Idlib"] * 2),
        ("What did Putin say about Idlib and how many people were killed?", ["Vladimir Putin", ""], ["Idlib", "people were killed"]),
        ("What did Erdogan warn of, and what happened in Sochi?", ["Recep Tayyip Erdogan", ""], ["", "Sochi"]),
    ],
)  # fmt: skip
def test_a_question_of_several_parts_is_understood_part_by_part(
    text: str, speakers: list[str], topics: list[str]
) -> None:
    parts = ask(text).parts
    assert [", ".join(part.speakers) for part in parts] == speakers
    assert [part.topic for part in parts] == topics


@pytest.mark.parametrize(
    "text",
    [
        "What did Putin say about Idlib and Aleppo?",
        "What did Putin and Erdogan say about Idlib?",
        "Who said what and when?",
        "What did Putin say about who attacked whom and why Turkey left?",
        "What do Putin and Erdogan disagree on and what did they sign?",
    ],
)
def test_what_is_one_question_stays_one(text: str) -> None:
    assert ask(text).parts == ()


def test_what_was_agreed_is_no_comparison() -> None:
    assert ask("When was the demilitarised zone agreed?").kind == "ask"
    assert ask("When was the ceasefire announced?").speakers == ()
