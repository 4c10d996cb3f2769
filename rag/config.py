"""Names and numbers in one frozen object; the only reader of the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from rag.errors import ConfigError

DEFAULT_EMBEDDING_MODEL = "all-MiniLM-L6-v2"
# Of a switch in the environment; people write all of these.
TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off", ""})


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting, its default beside it; `ONRECORD_<NAME>` in the environment overrides
    it.

    `data` is the folder of the store and the vectors; `chroma_url` uses a Chroma server in
    place of the embedded one; `model` and `model_url` name a chat model (`provider:name`)
    and an OpenAI-compatible server; `model_timeout` is in seconds; `rerank` and
    `entailment` name cross-encoders on this machine that order passages and check a chat
    model's sentences; `today` (ISO) is the day that "last week" counts from;
    `max_article_bytes` and `max_question_chars` cap what is read.
    """

    data: Path = Path("~/.onrecord")
    embedding_model: str = DEFAULT_EMBEDDING_MODEL
    chroma_url: str = ""
    model: str = ""
    model_url: str = ""
    model_timeout: float = 60.0  # for a small model on a laptop; chosen by hand
    rerank: str = ""
    entailment: str = ""
    today: str = ""
    host: str = "127.0.0.1"  # nobody else reaches it unless asked for
    port: int = 7860  # Gradio's own
    password: str = ""
    bundled: bool = True
    k: int = 10  # passages listed with an answer; chosen by hand
    # Reading a page takes more than its share of time as it grows: 13 MB of empty paragraphs
    # took 144 s. An article with its whole page has some hundred kB.
    max_article_bytes: int = 2_000_000
    max_question_chars: int = 4_000  # more than a page; what is longer is no question

    def __post_init__(self) -> None:
        object.__setattr__(self, "data", _expand(self.data))


def load(environment: Mapping[str, str] | None = None, **overrides: object) -> Config:
    """The configuration from the environment, then from the given overrides (None means not
    given).

    Raises `ConfigError` where a value has the wrong form.
    """
    if environment is None:
        environment = os.environ
    values: dict[str, object] = {}
    for setting in fields(Config):
        name = f"ONRECORD_{setting.name.upper()}"
        given = overrides.get(setting.name)
        if given is None:
            given = environment.get(name)
        if given is not None:
            values[setting.name] = _parse(name, given, type(setting.default))
    return Config(**values)  # type: ignore[arg-type]


def _parse(name: str, value: object, kind: type[Any]) -> object:
    """The value as one of its kind: a switch, a folder, a text or a number."""
    if kind is bool:
        return _is_on(name, str(value))
    if issubclass(kind, Path):
        return Path(str(value))
    try:
        return kind(value)
    except ValueError:
        raise ConfigError(f"{name} is {value!r}; give a number.") from None


def _is_on(name: str, value: str) -> bool:
    lowered = value.strip().lower()
    if lowered in TRUE:
        return True
    if lowered in FALSE:
        return False
    raise ConfigError(f"{name} is {value!r}; give 1 or 0.")


def _expand(path: Path) -> Path:
    try:
        return path.expanduser().absolute()
    except RuntimeError:
        raise ConfigError(
            "There is no home folder; name a data folder with --data or ONRECORD_DATA."
        ) from None


def resource(name: str) -> Path:
    """The folder of `prompts` or `seeds`: inside the installed package, or beside it in a
    checkout.
    """
    package = Path(__file__).parent
    for folder in (package / name, package.parent / name):
        if folder.is_dir():
            return folder
    raise ConfigError(
        f"The folder {name!r} is missing from the installation; install On Record again."
    )
