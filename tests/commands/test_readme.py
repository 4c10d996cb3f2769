"""What the README shows is what happens."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from rag import config
from rag.commands import cli
from rag.models.loaders import SentenceEmbeddings
from tests import ROOT, readme


def test_the_sessions_print_what_the_readme_shows(
    tmp_path: Path,
    embeddings: SentenceEmbeddings,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rag.models.loaders.load_embeddings", lambda name: embeddings)
    monkeypatch.setenv("ONRECORD_DATA", str(tmp_path))
    sessions = readme.sessions()
    assert len(sessions) >= 3
    for command, shown in sessions:
        program, *arguments = shlex.split(command)
        assert program == "onrecord"
        assert cli.main(arguments) == 0
        expected = ".*".join(re.escape(part) for part in shown.rstrip().split("..."))
        assert re.fullmatch(expected, capsys.readouterr().out.rstrip(), re.DOTALL), (
            command
        )


def test_every_setting_is_in_the_table() -> None:
    text = readme.README.read_text(encoding="utf-8")
    documented = set(re.findall(r"`(ONRECORD_[A-Z_]+)`", text))
    assert documented == {
        f"ONRECORD_{name.upper()}" for name in config.Config.__dataclass_fields__
    }


def test_every_dependency_is_in_the_table() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.search(r"^dependencies = \[(.*?)^\]", project, re.DOTALL | re.MULTILINE)
    assert listed
    for name in re.findall(r'"([a-z0-9-]+)', listed[1]):
        assert f"| {name} |" in readme.README.read_text(encoding="utf-8"), name


def test_the_named_files_exist() -> None:
    for name in re.findall(
        r"\]\(([\w./-]+)\)", readme.README.read_text(encoding="utf-8")
    ):
        assert (ROOT / name).exists(), name


def test_the_python_examples_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONRECORD_DATA", str(tmp_path))
    examples = re.findall(
        r"```python\n(.*?)```", readme.README.read_text(encoding="utf-8"), re.DOTALL
    )
    assert examples
    for example in examples:
        exec(compile(example, "README.md", "exec"), {})
