"""The command, run in this process over a data folder of its own."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.commands import cli
from rag.models.loaders import SentenceEmbeddings

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(
    tmp_path: Path,
    embeddings: SentenceEmbeddings,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    """Runs the command with exactly these arguments, with the model already loaded: exit
    status, standard output, standard error.
    """
    for name in list(os.environ):
        if name.startswith("ONRECORD_"):
            monkeypatch.delenv(name)
    monkeypatch.setattr("rag.models.loaders.load_embeddings", lambda name: embeddings)
    monkeypatch.chdir(tmp_path)

    def called(*arguments: str) -> tuple[int, str, str]:
        status = cli.main(arguments)
        done = capsys.readouterr()
        return status, done.out, done.err

    return called


@pytest.fixture
def run(call: Run, tmp_path: Path) -> Run:
    """The same, over a data folder of its own."""

    def ran(*arguments: str) -> tuple[int, str, str]:
        return call(*arguments, "--data", str(tmp_path / "data"))

    return ran
