"""Every setting comes from the environment or a caller, in its own form or with a remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.config import Config, load
from rag.errors import ConfigError


def test_settings_are_read_in_their_own_form(tmp_path: Path) -> None:
    environment = {
        "ONRECORD_DATA": str(tmp_path),
        "ONRECORD_MODEL": "ollama:llama3.2",
        "ONRECORD_MODEL_TIMEOUT": "7.5",
        "ONRECORD_PORT": "8080",
        "ONRECORD_BUNDLED": " No ",
        "SOMETHING_ELSE": "1",
    }
    assert load(environment) == Config(
        data=tmp_path,
        model="ollama:llama3.2",
        model_timeout=7.5,
        port=8080,
        bundled=False,
    )


def test_without_any_the_defaults_hold() -> None:
    assert load({}) == Config()
    assert load({}).data == Path.home() / ".onrecord"


def test_what_a_caller_gives_goes_before_the_environment() -> None:
    environment = {"ONRECORD_K": "3", "ONRECORD_PORT": "1", "ONRECORD_BUNDLED": "1"}
    read = load(environment, k=5, port=None, bundled=False)
    assert (read.k, read.port, read.bundled) == (5, 1, False)


@pytest.mark.parametrize("written", ["1", "true", "YES", "on"])
def test_a_switch_is_on(written: str) -> None:
    assert load({"ONRECORD_BUNDLED": written}).bundled


@pytest.mark.parametrize("written", ["0", "false", "No", "off", ""])
def test_a_switch_is_off(written: str) -> None:
    assert not load({"ONRECORD_BUNDLED": written}).bundled


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("ONRECORD_PORT", "eighty", "ONRECORD_PORT is 'eighty'; give a number"),
        ("ONRECORD_K", "1.5", "ONRECORD_K is '1.5'; give a number"),
        ("ONRECORD_MODEL_TIMEOUT", "", "give a number"),
        ("ONRECORD_BUNDLED", "maybe", "ONRECORD_BUNDLED is 'maybe'; give 1 or 0"),
    ],
)
def test_another_form_is_told_with_its_remedy(
    name: str, value: str, remedy: str
) -> None:
    with pytest.raises(ConfigError, match=remedy):
        load({name: value})
