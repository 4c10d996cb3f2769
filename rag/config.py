"""Names and numbers in one frozen object; the only reader of the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from rag.errors import ConfigError

DEFAULT_EMBEDDING_MODEL = "all-MiniLM-L6-v2"
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
    model_timeout: float = 60.0
    rerank: str = ""
    entailment: str = ""
    today: str = ""
    host: str = "127.0.0.1"
    port: int = 7860
    password: str = ""
    bundled: bool = True
    k: int = 10
    max_article_bytes: int = 2_000_000
    max_question_chars: int = 4_000

    def __post_init__(self) -> None:
        object.__setattr__(self, "data", _expand(self.data))


def load(environment: Mapping[str, str] | None = None, **overrides: object) -> Config:
    """The configuration from the environment, then from the given overrides (None means not given).

    Raises `ConfigError` where a value has the wrong form.
    """
    environment = os.environ if environment is None else environment
    values: dict[str, object] = {}
    for setting in fields(Config):
        name = f"ONRECORD_{setting.name.upper()}"
        given = overrides.get(setting.name)
        if given is None:
            given = environment.get(name)
        if given is not None:
            values[setting.name] = _parse(name, given, type(setting.default))
    return Config(**values)  # type: ignore[arg-type]


def _parse(name: str, value: object, kind: type) -> object:
    if kind is bool and isinstance(value, str):
        lowered = value.strip().lower()
        if lowered not in TRUE | FALSE:
            raise ConfigError(f"{name} is {value!r}; give 1 or 0.")
        return lowered in TRUE
    if issubclass(kind, Path):
        return Path(str(value))
    try:
        return {str: str, int: int, float: float, bool: bool}[kind](value)
    except ValueError:
        raise ConfigError(f"{name} is {value!r}; give a number.") from None


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
