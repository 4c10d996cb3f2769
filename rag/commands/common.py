"""What the commands share: options, the assistant they open, days, ids, and the line of
progress.
"""

from __future__ import annotations

import argparse
import json
import logging
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any, TextIO

from rag import __version__, config
from rag.commands import log
from rag.commands.parser import Parser, UsageError
from rag.errors import ArticleError, ConfigError
from rag.language import dates
from rag.output.terminal import WIDTH, plain
from rag.types import Outcome, Progress

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.config import Config

    Commands = argparse._SubParsersAction[Parser]

INTERRUPTED = 130  # what shells report of a program that Ctrl+C ended: 128 + SIGINT
SHORT_ID = (
    12  # characters of an id: 48 bits of a hash, so that two hardly ever look alike
)
LEAST_WIDTH = 40  # columns; a narrower terminal breaks the lines itself. By hand.


# Options


def add_common_options(parser: Parser) -> Parser:
    """What works before a command and behind it: where the articles lie, what embeds them,
    and how the result is printed. Returns the same parser.
    """
    # any other default behind the command would overwrite what is given before it
    unset = argparse.SUPPRESS
    options = parser.add_argument_group("before a command or behind it")
    options.add_argument(
        "--data",
        metavar="DIR",
        default=unset,
        help="where the articles lie (default: ~/.onrecord)",
    )
    options.add_argument(
        "--chroma-url",
        metavar="URL",
        default=unset,
        help="use the Chroma server at URL, not the embedded one",
    )
    options.add_argument(
        "--embedding-model",
        metavar="NAME",
        default=unset,
        help="any sentence-transformers model on this machine",
    )
    options.add_argument(
        "--json",
        action="store_true",
        default=unset,
        help="print one JSON document, a list where there may be several things",
    )
    options.add_argument(
        "--verbose",
        action="store_true",
        default=unset,
        help="tell on standard error what is done, and how long it takes",
    )
    options.add_argument(
        "--version",
        action="version",
        version=f"onrecord {__version__}",
        help="print the version",
    )
    return parser


def today_option() -> Parser:
    options = Parser(add_help=False)
    options.add_argument(
        "--today",
        metavar="DATE",
        help='the day that "last week" counts from, such as 2018-09-20',
    )
    return options


def search_options() -> Parser:
    options = Parser(add_help=False)
    options.add_argument(
        "--rerank",
        metavar="MODEL",
        help="put passages in order with this cross-encoder",
    )
    return options


def writing_options() -> Parser:
    """Which chat model words the answer, and what checks it."""
    options = Parser(add_help=False)
    options.add_argument(
        "--model", metavar="PROVIDER:NAME", help="let this chat model word the answer"
    )
    options.add_argument(
        "--model-url", metavar="URL", help="the address of an OpenAI-compatible server"
    )
    options.add_argument(
        "--entailment",
        metavar="MODEL",
        help="check its sentences with this cross-encoder",
    )
    return options


def scope_options() -> Parser:
    """Whose words, from where, in which days."""
    scope = Parser(add_help=False)
    scope.add_argument(
        "--speaker",
        action="append",
        default=[],
        metavar="NAME",
        help="only what NAME said (repeat for more)",
    )
    scope.add_argument(
        "--source",
        action="append",
        default=[],
        metavar="NAME",
        help="only in this outlet (repeat for more)",
    )
    scope.add_argument(
        "--since",
        metavar="DATE",
        help="not before DATE, such as 2018-09-07, 2018-09 or last month",
    )
    scope.add_argument("--until", metavar="DATE", help="not after DATE")
    return scope


# The assistant


def settings(given: argparse.Namespace, *more: str) -> Config:
    """The configuration with the options given; `more` names options of one command only."""
    names = (
        "data",
        "chroma_url",
        "embedding_model",
        "model",
        "model_url",
        "rerank",
        "entailment",
        *more,
    )
    # a command has only those of the options that mean something to it
    values = {name: getattr(given, name, None) for name in names}
    return config.load(**values, today=_today(given))


def opened(given: argparse.Namespace) -> Assistant:
    """The assistant over the data folder that the options name."""
    chosen = settings(given)
    log.LOG.info("the articles lie in %s", chosen.data)
    chat_model = chosen.model or "none"
    log.LOG.info("embedding: %s; chat model: %s", chosen.embedding_model, chat_model)
    from rag.assistant import Assistant

    log.LOG.debug("the libraries are loaded")
    return Assistant(chosen)


@contextmanager
def seeded(given: argparse.Namespace) -> Iterator[Assistant]:
    """The assistant, the bundled articles indexed where nothing was ever added."""
    with opened(given) as assistant:
        for report in reports(assistant.seed()):
            if report.change == "skipped":
                print(report_line(report), file=sys.stderr)
        yield assistant


def scope(given: argparse.Namespace) -> dict[str, Any]:
    """Speakers, sources and days as the options give them. Raises `ConfigError` for a day
    that is none.
    """
    today = settings(given).today or date.today().isoformat()
    # "--since May --until June" is from the first day of the one to the last of the other
    since, _ = _period("--since", given.since, today)
    _, until = _period("--until", given.until, today)
    if since and until and since > until:
        raise ConfigError(f"--since {since} lies after --until {until}; exchange them.")
    return {
        "speakers": tuple(given.speaker),
        "sources": tuple(given.source),
        "since": since,
        "until": until,
    }


def _period(option: str, text: str | None, today: str) -> tuple[str | None, str | None]:
    """The first and last day (ISO) that the words of an option mean."""
    if text is None:
        return None, None
    phrase = dates.whole(text, today)
    if phrase is None:
        raise ConfigError(
            f"{option} is {text!r}; give a day, a month or a year, such as 2018-09-07."
        )
    return phrase.since, phrase.until


def _today(given: argparse.Namespace) -> str | None:
    text = getattr(given, "today", None)
    if text is None:
        return None
    since, until = _period("--today", text, date.today().isoformat())
    if since != until:
        raise ConfigError(f"--today is {text!r}; give one day, such as 2018-09-20.")
    return since


def check_at_least_one(option: str, value: int | None) -> None:
    if value is not None and value < 1:
        raise ConfigError(f"{option} is {value}; give 1 or more.")


def full_id(assistant: Assistant, prefix: str) -> str:
    """The one id that begins so. Raises `ArticleError` where there is none, or several."""
    found = assistant.ids_beginning(prefix)
    if prefix in found:
        return prefix
    if len(found) == 1:
        return found[0]
    remedy = "`onrecord articles list` shows them"
    if found:
        remedy = "several articles have an id that begins so; give more of it"
    raise ArticleError(f"There is no one article {prefix!r}: {remedy}.")


# Output


def chosen_format(given: argparse.Namespace) -> str:
    """The form to print in, where there is `--format` beside `--json`. Raises `UsageError`
    where they ask for different ones.
    """
    if given.json and given.format not in (None, "json"):
        raise UsageError(
            f"--json and --format {given.format} ask for two forms; keep one of them."
        )
    if given.json:
        return "json"
    return given.format or "table"


def as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def json_list(objects: Iterable[object]) -> str:
    """A JSON list, one object a line."""
    return "[" + ",\n ".join(map(as_json, objects)) + "]"


def width() -> int:
    terminal = shutil.get_terminal_size((WIDTH, 24))
    return max(LEAST_WIDTH, terminal.columns)


def report_line(report: Outcome) -> str:
    if report.change == "skipped":
        return f"skipped    {plain(report.origin)}: {plain(report.reason or '')}"
    id = plain((report.article_id or "")[:SHORT_ID])
    return f"{report.change:<10} {id:<{SHORT_ID}}  {plain(report.title)}"


def reports(steps: Iterable[Outcome | Progress]) -> Iterator[Outcome]:
    """The reports, while the progress is shown on standard error."""
    line = ProgressLine(sys.stderr)
    stages = log.Stages()
    for step in steps:
        stages.see(step)
        if isinstance(step, Progress):
            line.show(step)
            continue
        line.clear()
        log.LOG.debug(report_line(step))
        yield step
    line.clear()
    stages.end()


class ProgressLine:
    """One line that is written over on a terminal, and left out elsewhere; with --verbose a
    line of the log each time.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown = False

    def show(self, progress: Progress) -> None:
        if log.LOG.isEnabledFor(logging.DEBUG):
            log.LOG.debug(_progress_text(progress))
        elif self._stream.isatty():
            self._stream.write(f"\r\x1b[K{_progress_text(progress)}")
            self._stream.flush()
            self._shown = True

    def clear(self) -> None:
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._shown = False


def _progress_text(progress: Progress) -> str:
    text = f"{progress.stage}: {progress.done:,}"
    if progress.total:
        text += f" of {progress.total:,}"
    if progress.passages_per_second:
        text += f", {progress.passages_per_second:.0f} a second"
    if progress.seconds_left:
        minutes, seconds = divmod(round(progress.seconds_left), 60)
        text += f", {minutes}:{seconds:02} left"
    return text
