"""The command: exact output, exit statuses, and one clear line for whatever goes wrong."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.commands import cli
from rag.config import load
from rag.models.loaders import SentenceEmbeddings
from rag.output.terminal import WIDTH, answer_text
from rag.types import Answer, Question, Refusal
from tests import ROOT
from tests.commands.running import Run
from tests.serving import heed_interrupts

KEYS = [
    "question",
    "answer",
    "abstained",
    "reason",
    "refusal",
    "writer",
    "understood",
    "citations",
    "passages",
    "comparison",
    "notices",
    "seconds",
]
CITATION_KEYS = [
    "marker",
    "article_id",
    "title",
    "source",
    "date",
    "url",
    "start",
    "end",
    "quote",
    "speaker",
    "kind",
    "said",
    "also",
    "sources",
    "shown",
]


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


STORY = '{"id": "varna", "title": "Harbour open", "date": "2020-01-02", "source": "Gazette", "text": "%s"}\n'
SAID = "“The harbour of Varna is open again,” Ivan Petrov said."


def test_add_list_show_ask_remove(run: Run, tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", STORY % SAID + "not json\n")
    status, out, err = run("add", str(file))
    assert status == 0
    assert out.splitlines()[0].startswith(f"skipped    {file}")
    assert "Line 2" in out.splitlines()[0]
    assert out.splitlines()[1:] == [
        "added      varna         Harbour open",
        "1 added, 1 skipped",
    ]
    assert run("add", str(file))[1].splitlines()[-1] == "1 unchanged, 1 skipped"
    assert (
        run("articles", "list")[1]
        == "varna         2020-01-02  Gazette  Harbour open\n"
    )
    assert run("articles", "show", "var")[1] == (
        f"id:       varna\ntitle:    Harbour open\nsource:   Gazette\ndate:     2020-01-02\n\n{SAID}\n"
    )
    status, out, err = run("ask", "What did Petrov say about the harbour?")
    assert (status, err) == (0, "")
    assert out == (
        "“The harbour of Varna is open again,” Ivan Petrov said [1].\n\n"
        " [1] “The harbour of Varna is open again,”\n"
        "     Ivan Petrov · quotation\n"
        "     Harbour open · Gazette · 2020-01-02\n"
    )
    assert (
        run("articles", "remove", "varna")[1]
        == "removed    varna         Harbour open\n"
    )
    assert (
        run("articles", "list")[1]
        == "No articles yet; add some with `onrecord add PATH`.\n"
    )
    assert "do not say" in run("ask", "Is the harbour open?")[1]


def test_ask_prints_the_json_of_the_design(run: Run) -> None:
    status, out, _ = run("ask", "What did Putin say about Idlib?", "--json", "--k", "4")
    answer = json.loads(out)
    assert status == 0
    assert list(answer) == KEYS
    assert answer["understood"] == {
        "kind": "ask",
        "form": "what",
        "speakers": ["Vladimir Putin"],
        "topic": "Idlib",
        "sources": [],
        "since": None,
        "until": None,
    }
    assert all(list(citation) == CITATION_KEYS for citation in answer["citations"])
    assert len(answer["citations"]) >= 3
    assert len(answer["passages"]) == 4
    assert list(answer["passages"][0]) == ["article_id", "start", "end", "score"]
    scores = [passage["score"] for passage in answer["passages"]]
    assert scores == sorted(scores, reverse=True)


def test_a_batch_answers_line_by_line_and_reports_bad_ones(
    run: Run, tmp_path: Path
) -> None:
    lines = [
        '{"question": "What did Putin say?", "gold": 1}',
        "",
        "[1]",
        '{"question": ""}',
        '{"question": "Who is Zarif?"}',
    ]
    file = write(tmp_path / "questions.jsonl", "\n".join(lines))
    status, out, err = run("ask", "--batch", str(file), "--json")
    assert status == 1
    assert [json.loads(line)["question"] for line in out.splitlines()] == [
        "What did Putin say?",
        "Who is Zarif?",
    ]
    assert [line.split(": ")[1] for line in err.splitlines()] == [
        f"{file}, line 3",
        f"{file}, line 4",
    ]


BRIDGE = [
    {
        "id": "gazette",
        "title": "=Bridge closed",
        "date": "2024-03-01",
        "source": "Gazette",
        "text": "“The bridge of Varna is a disaster,” Ana Petrova said. Ivan Dimov said that the bridge of Varna is a success.",
    },
    {
        "id": "herald",
        "title": "Bridge open",
        "date": "2024-06-01",
        "source": "Herald",
        "text": "“The bridge of Varna is safe and good,” Ana Petrova said.",
    },
]


@pytest.fixture
def bridge(run: Run, tmp_path: Path) -> Run:
    """The command over two articles about a bridge."""
    run(
        "add", str(write(tmp_path / "bridge.jsonl", "\n".join(map(json.dumps, BRIDGE))))
    )
    return run


def test_statements_are_listed(bridge: Run) -> None:
    status, out, _ = bridge("statements", "--speaker", "Petrova", "--until", "2024-03")
    assert (status, out) == (
        0,
        "2024-03-01  Ana Petrova · quotation · =Bridge closed · Gazette\n"
        "            “The bridge of Varna is a disaster,”\n",
    )
    assert (
        len(bridge("statements", "--limit", "2", "--format", "csv")[1].splitlines())
        == 3
    )
    assert (
        "'=Bridge closed"
        in bridge("statements", "--article", "gaz", "--format", "csv")[1]
    )
    listed = json.loads(
        bridge("statements", "--source", "herald", "--format", "json")[1]
    )
    assert [(one["speaker"], one["date"]) for one in listed] == [
        ("Ana Petrova", "2024-06-01")
    ]
    assert listed[0]["content"] == [
        {"start": 0, "end": 39, "text": "“The bridge of Varna is safe and good,”"}
    ]
    assert bridge("statements", "--speaker", "Merkel")[1] == "Nothing on record.\n"
    assert (
        json.loads(bridge("statements", "--speaker", "Merkel", "--format", "json")[1])
        == []
    )


def test_speakers_are_listed(bridge: Run) -> None:
    assert bridge("speakers")[1] == (
        "Ana Petrova      2 in    2 articles  2024-03-01 to 2024-06-01\n"
        "Ivan Dimov       1 in    1 article   2024-03-01\n"
    )
    listed = json.loads(bridge("speakers", "--json", "--about", "dim")[1])
    assert [speaker["name"] for speaker in listed] == ["Ivan Dimov"]
    assert bridge("speakers", "--about", "merkel")[1] == "Nobody on record.\n"


def test_a_comparison_is_a_table(bridge: Run) -> None:
    status, out, _ = bridge(
        "compare",
        "bridge",
        "--speaker",
        "Petrova",
        "--speaker",
        "Dimov",
        "--speaker",
        "Merkel",
    )
    assert status == 0
    assert (
        "Petrova and Dimov differ: Petrova said: “The bridge of Varna is a disaster”"
        in out.replace("\n", " ")
    )
    assert "Nothing on record from Merkel on bridge." in out
    table = out[out.index("                1 March 2024") : out.index("\n [1]")]
    assert max(map(len, table.splitlines())) <= WIDTH
    assert table.splitlines()[2].split("  ", 1)[0] == "Ana Petrova"
    assert table.splitlines()[-2].split() == [
        "Merkel",
        *["nothing", "on", "record"] * 2,
    ]


def test_a_narrow_terminal_gets_a_list(
    bridge: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    out = bridge("compare", "bridge", "--speaker", "Petrova", "--speaker", "Merkel")[1]
    assert (
        "Ana Petrova\n  1 March 2024\n    [1] “The bridge of Varna is a disaster,”"
        in out
    )
    assert "Merkel\n  nothing on record" in out
    assert max(map(len, out.splitlines())) <= 60


def test_comparisons_are_exported(bridge: Run) -> None:
    asked = (
        "compare",
        "bridge",
        "--speaker",
        "Petrova",
        "--speaker",
        "Dimov",
        "--format",
    )
    answer = json.loads(bridge(*asked, "json")[1])
    assert answer["comparison"]["rows"] == ["Ana Petrova", "Ivan Dimov"]
    assert len(bridge(*asked, "csv")[1].splitlines()) == 1 + len(answer["citations"])
    assert bridge(*asked, "markdown")[1].startswith(
        "# On Record: a comparison\n\n## bridge\n"
    )


def test_a_timeline_is_in_order_of_time(bridge: Run) -> None:
    answer = json.loads(
        bridge("timeline", "bridge", "--speaker", "Petrova", "--format", "json")[1]
    )
    assert [one["date"] for one in answer["citations"]] == ["2024-03-01", "2024-06-01"]
    assert [relation["kind"] for relation in answer["comparison"]["relations"]] == [
        "changed position"
    ]
    assert (
        bridge("timeline", "--about", "bridge", "--speaker", "Petrova")[1]
        == bridge("timeline", "bridge", "--speaker", "Petrova")[1]
    )


def test_several_questions_are_one_conversation(bridge: Run) -> None:
    out = bridge(
        "ask", "What did Petrova say about the bridge?", "and Dimov?", "--json"
    )[1]
    first, second = json.loads(out)
    assert first["understood"]["speakers"] == ["Ana Petrova"]
    assert (second["understood"]["speakers"], second["understood"]["topic"]) == (
        ["Ivan Dimov"],
        "bridge",
    )
    assert {one["speaker"] for one in second["citations"]} == {"Ivan Dimov"}


def test_citation_numbers_go_on_through_a_conversation(bridge: Run) -> None:
    asked = (
        "What did Dimov say about the bridge?",
        "What did Petrova say about the bridge?",
        "and Dimov?",
    )
    answers = json.loads(bridge("ask", *asked, "--json")[1])
    first, second, third = (
        [one["marker"] for one in answer["citations"]] for answer in answers
    )
    assert first == third == [1] and min(second) == 2


def test_last_week_counts_from_the_day_that_is_given(bridge: Run) -> None:
    question = (
        "What did Petrova say about the bridge?",
        "--since",
        "last week",
        "--json",
        "--today",
    )
    answer = json.loads(bridge("ask", *question, "2024-06-05")[1])
    assert answer["understood"]["since"] == "2024-05-27"
    assert [one["date"] for one in answer["citations"]] == ["2024-06-01"]
    told = json.loads(
        bridge(
            "ask", "What did Petrova say last week?", "--today", "5 June 2024", "--json"
        )[1]
    )
    assert (told["understood"]["since"], told["understood"]["until"]) == (
        "2024-05-27",
        "2024-06-02",
    )


@pytest.mark.parametrize("name", ["talk.md", "talk.JSON"])
def test_a_conversation_is_exported_with_its_evidence(
    name: str, bridge: Run, tmp_path: Path
) -> None:
    asked = (
        "ask",
        "What did Petrova say about the bridge?",
        "and Dimov?",
        "--export",
        name,
    )
    status, out, _ = bridge(*asked)
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert status == 0 and "Ivan Dimov said" in out
    if name.endswith(".md"):
        assert [line for line in text.splitlines() if line.startswith("## ")] == [
            f"## {asked[1]}",
            f"## {asked[2]}",
        ]
        assert "> [1] “The bridge of Varna is a disaster,”\n>\n> Ana Petrova" in text
    else:
        first, second = json.loads(text)
        assert list(first) == KEYS and second["citations"][0]["speaker"] == "Ivan Dimov"


def test_a_refusal_offers_what_is_near() -> None:
    asked = Question(
        "What did Ana Petrova say about trams?",
        speakers=("Ana Petrova",),
        topic="trams",
    )
    refusal = Refusal(
        "silent speaker", "Nothing.", ("Ivan \x1b[31mDimov",), ("the bridge",)
    )
    lines = answer_text(
        Answer(asked, "Nothing.", abstained=True, reason="Nothing.", refusal=refusal)
    ).splitlines()
    assert lines == [
        "Nothing.",
        "",
        "Ask instead:",
        "  What did Ana Petrova say about the bridge?",
        "  What did Ivan [31mDimov say about trams?",
    ]


def test_the_writer_of_an_answer_is_named() -> None:
    text = answer_text(Answer(Question("What?"), "It rains.", writer="ollama:llama3.2"))
    assert text == "It rains.\n\nWorded by ollama:llama3.2; the citations are checked."


def test_options_restrict_a_question(bridge: Run) -> None:
    options = (
        "--speaker",
        "petrova",
        "--source",
        "herald",
        "--since",
        "May 2024",
        "--json",
    )
    answer = json.loads(bridge("ask", "What about the bridge of Varna?", *options)[1])
    understood = answer["understood"]
    assert (understood["speakers"], understood["sources"], understood["since"]) == (
        ["Ana Petrova"],
        ["Herald"],
        "2024-05-01",
    )
    assert [one["date"] for one in answer["citations"]] == ["2024-06-01"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["ask", "???"],
            "onrecord: The question is empty; ask something such as: What did Putin say about Idlib?",
        ),
        (["ask"], "onrecord: Give a question, or --batch FILE."),
        (["ask", "x", "--k", "0"], "onrecord: --k is 0; give 1 or more."),
        (
            ["ask", "--batch", "nowhere.jsonl"],
            "onrecord: nowhere.jsonl cannot be read (No such file or directory).",
        ),
        (
            ["articles", "show", "zzz"],
            "onrecord: There is no one article 'zzz': `onrecord articles list` shows them.",
        ),
        (
            ["articles", "remove", "zzz"],
            "onrecord: There is no one article 'zzz': `onrecord articles list` shows them.",
        ),
        (
            ["statements", "--since", "yesterdayish"],
            "onrecord: --since is 'yesterdayish'; give a day, a month or a year, such as 2018-09-07.",
        ),
        (
            ["compare", "x", "--until", "2018-02-31"],
            "onrecord: --until is '2018-02-31'; give a day",
        ),
        (
            ["timeline", "x", "--since", "2019", "--until", "2018"],
            "onrecord: --since 2019-01-01 lies after --until 2018-12-31; exchange them.",
        ),
        (
            ["timeline", "x", "--about", "y"],
            "onrecord: Give the topic once, by itself or with --about.",
        ),
        (["statements", "--limit", "0"], "onrecord: --limit is 0; give 1 or more."),
        (
            ["ask", "x", "--today", "2018"],
            "onrecord: --today is '2018'; give one day, such as 2018-09-20.",
        ),
        (
            ["timeline", "x", "--today", "soon"],
            "onrecord: --today is 'soon'; give a day, a month or a year",
        ),
        (
            ["ask", "x", "--export", "x.pdf"],
            "onrecord: --export x.pdf: give a name that ends in .md or .json.",
        ),
        (
            ["ask", "Is it open?", "--rerank", "no-such-model"],
            "onrecord: The cross-encoder 'no-such-model' is not on",
        ),
        (
            ["ask", "x", "--chroma-url", "nonsense"],
            "onrecord: The Chroma server 'nonsense' is no address;",
        ),
    ],
)
def test_what_goes_wrong_is_one_line(
    arguments: list[str], message: str, run: Run
) -> None:
    status, out, err = run(*arguments)
    assert (status, out) == (1, "")
    assert err.startswith(message)
    assert len(err.splitlines()) == 1


def test_adding_only_what_cannot_be_read_fails(run: Run, tmp_path: Path) -> None:
    status, out, _ = run(
        "add", str(tmp_path / "nowhere.txt"), str(write(tmp_path / "empty.txt", ""))
    )
    assert status == 1
    assert out.splitlines()[-1] == "2 skipped"


def test_adding_as_json_is_one_list(run: Run, tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", STORY % SAID + "not json\n")
    status, out, err = run("add", str(file), "--json")
    skipped, added = json.loads(out)
    assert (status, err) == (0, "")
    assert list(added) == ["change", "origin", "title", "article_id", "reason"]
    assert (added["change"], added["article_id"]) == ("added", "varna")
    assert skipped["change"] == "skipped" and "Line 2" in skipped["reason"]
    status, out, _ = run("--json", "add", str(tmp_path / "nowhere.txt"))
    assert (status, [one["change"] for one in json.loads(out)]) == (1, ["skipped"])


class Interrupted(SentenceEmbeddings):
    """The real embeddings, until somebody presses Ctrl+C."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        raise KeyboardInterrupt


def test_an_interrupted_add_still_prints_its_list(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.models.loaders.load_embeddings", Interrupted)
    file = write(tmp_path / "a.jsonl", "not json\n" + STORY % SAID)
    status, out, err = run("add", str(file), "--json")
    assert status == cli.INTERRUPTED
    assert [one["change"] for one in json.loads(out)] == ["skipped"]
    assert err.startswith("onrecord: interrupted; what was finished is kept")


def test_articles_as_json(run: Run, tmp_path: Path) -> None:
    assert run("articles", "list", "--json")[1] == "[]\n"
    run("add", str(write(tmp_path / "a.jsonl", STORY % SAID)))
    (listed,) = json.loads(run("articles", "list", "--json")[1])
    assert "text" not in listed and listed["title"] == "Harbour open"
    whole = json.loads(run("articles", "show", "var", "--json")[1])
    assert whole == listed | {"text": SAID}
    status, out, _ = run("articles", "remove", "var", "varna", "--json")
    assert (status, json.loads(out)) == (0, [listed])
    assert run("articles", "list", "--json")[1] == "[]\n"


def test_a_mistyped_id_removes_nothing(run: Run, tmp_path: Path) -> None:
    run("add", str(write(tmp_path / "a.jsonl", STORY % SAID)))
    assert run("articles", "remove", "varna", "zzz")[0] == 1
    assert "varna" in run("articles", "list")[1]


def test_the_page_prints_no_json(run: Run) -> None:
    status, out, err = run("serve", "--json")
    assert (status, out) == (2, "")
    assert err == "onrecord: serve prints no data; leave --json out.\n"


def test_the_terminal_is_not_given_control_characters(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    hostile = {
        "title": "\x1b[31mred\x07\u202etitle",
        "text": f"\x1b]0;owned\x07 {SAID}",
    }
    write(file, json.dumps(hostile))
    shown = (
        run("add", str(file))[1]
        + run("articles", "list")[1]
        + run("ask", "What did Petrov say?")[1]
    )
    assert all(char.isprintable() or char == "\n" for char in shown)


def test_doctor_says_what_is_there(run: Run) -> None:
    run("ask", "What did Putin say?")
    status, out, _ = run("doctor")
    lines = dict(
        line[4:].split(maxsplit=1)
        for line in out.splitlines()
        if not line[4:].startswith(("Embedding", "Chat"))
    )
    assert status == 0
    assert (
        "8 articles" in lines["Data"]
        and "answers at" in lines["Chroma"]
        and lines["Store"] == "sound"
    )
    assert "all-MiniLM-L6-v2, 384 dimensions, reads 254 word pieces" in out
    checks = json.loads(run("doctor", "--json")[1])
    assert [check["name"] for check in checks][-1] == "Chat model"
    assert all(check["ok"] for check in checks)


def test_doctor_rebuilds(run: Run) -> None:
    run("ask", "What did Putin say?")
    status, out, _ = run("doctor", "--rebuild")
    assert status == 0 and "sound" in out


def fresh(*arguments: str) -> subprocess.Popen[str]:
    child: subprocess.Popen[str] = subprocess.Popen(
        [sys.executable, "-m", "rag", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_interrupts,
    )
    return child


def test_help_comes_at_once() -> None:
    def seconds(*command: str) -> float:
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, *command], cwd=ROOT, check=True, capture_output=True
        )
        return time.perf_counter() - started

    overhead = min(
        seconds("-m", "rag", "--help") - seconds("-c", "pass") for _ in range(5)
    )
    assert overhead < 0.5


def test_a_pipe_that_closes_is_no_error(tmp_path: Path) -> None:
    child = fresh("articles", "list", "--data", str(tmp_path))
    assert child.stdout and child.stderr
    child.stdout.close()
    assert "Traceback" not in child.stderr.read()
    child.wait()


def test_an_interrupted_add_says_so_and_keeps_what_is_done(tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": str(n), "text": f"Town {n}. " + "harbour " * 2_500})
        for n in range(30)
    ]
    file = write(tmp_path / "many.jsonl", "\n".join(lines))
    child = fresh("add", str(file), "--data", str(tmp_path / "data"))
    assert child.stdout and child.stderr
    child.stdout.readline()
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=60)
    assert child.returncode == cli.INTERRUPTED
    assert err.splitlines()[-1].startswith(
        "onrecord: interrupted; what was finished is kept"
    )
    with Assistant(load({}, data=tmp_path / "data")) as assistant:
        assert 0 < assistant.status().articles < 30
