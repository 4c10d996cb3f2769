"""The command `onrecord`: arguments in, text or JSON out; nothing heavy is imported before a command needs it."""

from __future__ import annotations

import argparse
import importlib
import json
import shutil
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from rag import __version__, config, dates, export, question
from rag.terminal import WIDTH, answer_text, plain, speaker_text, statement_text
from rag.text import fold
from rag.types import (
    Answer,
    Article,
    ArticleError,
    ConfigError,
    OnRecordError,
    Progress,
    Question,
    QuestionError,
    Report,
    Turn,
)

if TYPE_CHECKING:
    from rag.chat import Assistant

INTERRUPTED = 130
SHORT_ID = 12
CHANGES = ("added", "updated", "unchanged", "skipped")

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status: 0, 1 for what went wrong, 2 for bad usage, 130 when interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    given = _parser().parse_args(arguments)
    try:
        return int(given.run(given))
    except OnRecordError as error:
        print(f"onrecord: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("onrecord: interrupted; what was finished is kept, run the same command again to go on.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return 1


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--data", metavar="DIR", help="the folder that holds the articles (default: ~/.onrecord)")
    common.add_argument("--chroma-url", metavar="URL", help="use the Chroma server at URL in place of the embedded one")
    common.add_argument("--embedding-model", metavar="NAME", help="any sentence-transformers model on this machine")
    scope = _scope_options()
    parser = argparse.ArgumentParser(
        prog="onrecord", description="Ask news articles who said what; every answer is cited to the exact words."
    )
    parser.add_argument("--version", action="version", version=f"onrecord {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    add = commands.add_parser("add", parents=[common], help="add articles from files and folders")
    add.add_argument("paths", nargs="+", metavar="PATH", help=".txt, .md, .html, .jsonl, .json or .csv, or a folder")
    add.add_argument("--json", action="store_true", help="print one JSON object an article")
    add.set_defaults(run=_add)

    ask = commands.add_parser("ask", parents=[common, scope], help="ask a question, or several as one conversation")
    ask.add_argument("questions", nargs="*", metavar="QUESTION", help="such as: What did Putin say about Idlib?")
    ask.add_argument(
        "--batch", metavar="FILE", help='answer every {"question": ...} line of a JSONL file (- for stdin)'
    )
    ask.add_argument("--json", action="store_true", help="print the answer as JSON, one line a question with --batch")
    ask.add_argument("--k", type=int, metavar="N", help="how many passages to list (default: 10)")
    ask.add_argument("--model", metavar="PROVIDER:NAME", help="write the answer with this chat model")
    ask.add_argument("--model-url", metavar="URL", help="the address of an OpenAI-compatible server")
    ask.set_defaults(run=_ask)

    _add_record_commands(commands, [common, scope])
    _add_articles_commands(commands, common)

    serve = commands.add_parser("serve", parents=[common], help="open the page in a browser")
    serve.add_argument("--host", help="the address to listen on (default: 127.0.0.1; others need --password)")
    serve.add_argument("--port", type=int, help="the port (default: 7860)")
    serve.add_argument("--password", help="ask for this password (user name: onrecord)")
    serve.add_argument("--model", metavar="PROVIDER:NAME", help="write answers with this chat model")
    serve.add_argument("--model-url", metavar="URL", help="the address of an OpenAI-compatible server")
    serve.set_defaults(run=_serve)

    doctor = commands.add_parser("doctor", parents=[common], help="say what is installed and whether it works")
    doctor.add_argument("--rebuild", action="store_true", help="make all vectors anew, with the embedding model in use")
    doctor.add_argument("--json", action="store_true", help="print one JSON object a check")
    doctor.set_defaults(run=_doctor)
    return parser


def _scope_options() -> argparse.ArgumentParser:
    scope = argparse.ArgumentParser(add_help=False)
    scope.add_argument(
        "--speaker", action="append", default=[], metavar="NAME", help="only what NAME said (repeat for more)"
    )
    scope.add_argument(
        "--source", action="append", default=[], metavar="NAME", help="only in this outlet (repeat for more)"
    )
    scope.add_argument("--since", metavar="DATE", help="not before DATE, such as 2018-09-07, 2018-09 or last month")
    scope.add_argument("--until", metavar="DATE", help="not after DATE")
    return scope


def _add_record_commands(
    commands: argparse._SubParsersAction,  # type: ignore[type-arg]
    parents: list[argparse.ArgumentParser],
) -> None:
    """The commands about who said what."""
    compare = commands.add_parser("compare", parents=parents, help="put what several said on a topic side by side")
    compare.add_argument("topic", help="such as: ceasefire")
    compare.add_argument("--model", metavar="PROVIDER:NAME", help="let this chat model propose the relations")
    compare.add_argument("--model-url", metavar="URL", help="the address of an OpenAI-compatible server")
    compare.set_defaults(run=_compare)
    timeline = commands.add_parser("timeline", parents=parents, help="list what was said on a topic in order of time")
    timeline.add_argument("topic", nargs="?", default="", help="such as: ceasefire")
    timeline.add_argument("--about", default="", metavar="TOPIC", help="the same")
    timeline.set_defaults(run=_timeline)
    for command in (compare, timeline):
        command.add_argument("--format", choices=("table", "json", "csv", "markdown"), default="table")
    statements = commands.add_parser(
        "statements", parents=parents, help="list statements: who said what, where and when"
    )
    statements.add_argument("--about", default="", metavar="TOPIC", help="the most relevant first")
    statements.add_argument("--article", metavar="ID", help="only of this article: its id, or the beginning of it")
    statements.add_argument("--limit", type=int, metavar="N", help="at most so many")
    statements.add_argument("--format", choices=("table", "json", "csv"), default="table")
    statements.set_defaults(run=_statements)
    speakers = commands.add_parser("speakers", parents=parents[:1], help="list who is on record, the most quoted first")
    speakers.add_argument("--about", default="", metavar="NAME", help="only those whose names hold this")
    speakers.add_argument("--json", action="store_true", help="print one JSON object a speaker")
    speakers.set_defaults(run=_speakers)


def _add_articles_commands(commands: argparse._SubParsersAction, common: argparse.ArgumentParser) -> None:  # type: ignore[type-arg]
    articles = commands.add_parser("articles", help="list, show or remove articles")
    actions = articles.add_subparsers(metavar="ACTION", required=True)
    list_ = actions.add_parser("list", parents=[common], help="list the articles, newest first")
    list_.add_argument("--json", action="store_true", help="print one JSON object an article, without its text")
    list_.set_defaults(run=_list)
    show = actions.add_parser("show", parents=[common], help="print an article")
    show.add_argument("id", help="its id, or the beginning of it")
    show.add_argument("--json", action="store_true", help="print it as JSON")
    show.set_defaults(run=_show)
    remove = actions.add_parser("remove", parents=[common], help="remove articles, which then never answer again")
    remove.add_argument("ids", nargs="+", metavar="ID", help="an id, or the beginning of it")
    remove.set_defaults(run=_remove)


def _assistant(given: argparse.Namespace) -> Assistant:
    options = ("data", "chroma_url", "embedding_model", "model", "model_url")
    settings = config.load(**{name: getattr(given, name, None) for name in options})
    from rag.chat import Assistant

    return Assistant(settings)


# add


def _add(given: argparse.Namespace) -> int:
    counts: dict[str, int] = {}
    with _assistant(given) as assistant, closing(assistant.add(given.paths)) as steps:
        for report in _reports(steps):
            counts[report.change] = counts.get(report.change, 0) + 1
            print(_json(_report_fields(report)) if given.json else _report_line(report), flush=True)
    if not given.json:
        print(", ".join(f"{counts[change]} {change}" for change in CHANGES if change in counts) or "Nothing to add.")
    return 1 if set(counts) <= {"skipped"} else 0


def _reports(steps: Iterable[Report | Progress]) -> Iterator[Report]:
    """The reports, while the progress is shown on standard error."""
    line = _ProgressLine(sys.stderr)
    for step in steps:
        if isinstance(step, Progress):
            line.show(step)
        else:
            line.clear()
            yield step
    line.clear()


class _ProgressLine:
    """One line that is written over on a terminal, and left out elsewhere."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown = False

    def show(self, progress: Progress) -> None:
        if self._stream.isatty():
            self._stream.write(f"\r\x1b[K{_progress_text(progress)}")
            self._stream.flush()
            self._shown = True

    def clear(self) -> None:
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._shown = False


def _progress_text(progress: Progress) -> str:
    text = f"{progress.stage}: {progress.done:,}" + (f" of {progress.total:,}" if progress.total else "")
    if progress.passages_per_second:
        text += f", {progress.passages_per_second:.0f} a second"
    if progress.seconds_left:
        minutes, seconds = divmod(round(progress.seconds_left), 60)
        text += f", {minutes}:{seconds:02} left"
    return text


def _report_line(report: Report) -> str:
    if report.change == "skipped":
        return f"skipped    {plain(report.origin)}: {plain(report.reason or '')}"
    id = plain((report.article_id or "")[:SHORT_ID])
    return f"{report.change:<10} {id:<{SHORT_ID}}  {plain(report.title)}"


def _report_fields(report: Report) -> dict[str, object]:
    names = ("change", "origin", "title", "article_id", "reason")
    return {name: getattr(report, name) for name in names}


# ask


def _ask(given: argparse.Namespace) -> int:
    if bool(given.questions) == bool(given.batch):
        raise QuestionError("Give a question, or --batch FILE.")
    _check_at_least_one("--k", given.k)
    scope = _scope(given)
    with _seeded(given) as assistant:
        if given.batch:
            return _ask_all(assistant, given, scope)
        history: list[Turn] = []
        for at, text in enumerate(given.questions):
            found = _answered(assistant, text, given, scope, history)
            history.append(Turn(text, found.text, found.question))
            print(_json(found.to_json()) if given.json else ("\n" if at else "") + answer_text(found), flush=True)
    return 0


def _answered(
    assistant: Assistant, text: str, given: argparse.Namespace, scope: dict[str, Any], history: Sequence[Turn] = ()
) -> Answer:
    return assistant.ask(text, history, asked=_restricted(assistant, text, history, scope), k=given.k)


def _restricted(assistant: Assistant, text: str, history: Sequence[Turn], scope: dict[str, Any]) -> Question | None:
    """The question as it is understood, with the options in place of what it says itself; None without options."""
    given = {name: value for name, value in scope.items() if value}
    if not given:
        return None
    known = assistant.known()
    if "speakers" in given:
        given["speakers"] = tuple(map(assistant.research.roster.known_as, given["speakers"]))
    if "sources" in given:
        held = {fold(source): source for source in known.sources}
        given["sources"] = tuple(held.get(fold(name), name) for name in given["sources"])
    understood = question.understand(text, known, history, longest=assistant.config.max_question_chars)
    return replace(understood, **given)


def _check_at_least_one(option: str, value: int | None) -> None:
    if value is not None and value < 1:
        raise ConfigError(f"{option} is {value}; give 1 or more.")


@contextmanager
def _seeded(given: argparse.Namespace) -> Iterator[Assistant]:
    """The assistant, the bundled articles indexed where nothing was ever added."""
    with _assistant(given) as assistant:
        for report in _reports(assistant.seed()):
            if report.change == "skipped":
                print(_report_line(report), file=sys.stderr)
        yield assistant


def _scope(given: argparse.Namespace) -> dict[str, Any]:
    """Speakers, sources and days as the options give them. Raises `ConfigError` for a day that is none."""
    since, until = _period("--since", given.since)[0], _period("--until", given.until)[1]
    if since and until and since > until:
        raise ConfigError(f"--since {since} lies after --until {until}; exchange them.")
    return {"speakers": tuple(given.speaker), "sources": tuple(given.source), "since": since, "until": until}


def _period(option: str, text: str | None) -> tuple[str | None, str | None]:
    """The first and last day (ISO) that the words of an option mean."""
    if text is None:
        return None, None
    found = dates.find(text.strip(), date.today().isoformat())
    if len(found) != 1 or len(found[0].span) != len(text.strip()):
        raise ConfigError(f"{option} is {text!r}; give a day, a month or a year, such as 2018-09-07.")
    return found[0].since, found[0].until


def _ask_all(assistant: Assistant, given: argparse.Namespace, scope: dict[str, Any]) -> int:
    """One answer a line, in the order of the questions; a bad line is reported, and the others are answered."""
    failed = 0
    for number, line in enumerate(_lines(given.batch), start=1):
        if not line.strip():
            continue
        try:
            found = _answered(assistant, _batch_question(line), given, scope)
        except QuestionError as error:
            failed += 1
            print(f"onrecord: {given.batch}, line {number}: {error}", file=sys.stderr)
            continue
        print(_json(found.to_json()) if given.json else answer_text(found) + "\n", flush=True)
    return 1 if failed else 0


def _lines(path: str) -> Iterator[str]:
    if path == "-":
        yield from sys.stdin
        return
    try:
        with Path(path).open(encoding="utf-8-sig", errors="replace") as file:
            yield from file
    except OSError as error:
        raise QuestionError(f"{path} cannot be read ({error.strerror}).") from None


def _batch_question(line: str) -> str:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise QuestionError('not JSON; write a line like {"question": "..."}.') from None
    question = value.get("question") if isinstance(value, dict) else None
    if not isinstance(question, str):
        raise QuestionError('no "question"; write a line like {"question": "..."}.')
    return question


# Who said what


def _compare(given: argparse.Namespace) -> int:
    scope = _scope(given)
    with _seeded(given) as assistant:
        found = assistant.compare(given.topic, **scope)
    return _print_comparison(found, given.format)


def _timeline(given: argparse.Namespace) -> int:
    scope = _scope(given)
    if given.topic and given.about:
        raise QuestionError("Give the topic once, by itself or with --about.")
    with _seeded(given) as assistant:
        found = assistant.timeline(given.topic or given.about, **scope)
    return _print_comparison(found, given.format)


def _print_comparison(found: Answer, form: str) -> int:
    forms: dict[str, Callable[[Answer], str]] = {
        "json": export.answer_json,
        "csv": export.comparison_csv,
        "markdown": export.comparison_markdown,
        "table": lambda answer: answer_text(answer, _width()) + "\n",
    }
    if found.abstained and form == "csv":
        print(f"onrecord: {found.reason}", file=sys.stderr)
    print(forms[form](found), end="")
    return 0


def _width() -> int:
    return max(40, shutil.get_terminal_size((WIDTH, 24)).columns)


def _statements(given: argparse.Namespace) -> int:
    _check_at_least_one("--limit", given.limit)
    scope = _scope(given)
    with _seeded(given) as assistant:
        id = _full_id(assistant, given.article) if given.article else None
        found = assistant.find(about=given.about, article_id=id, limit=given.limit, **scope)
    if given.format == "csv":
        print(export.statements_csv(found), end="")
    elif given.format == "json":
        print(_json_list(export.statement_fields(said) for said in found))
    else:
        print("\n".join(statement_text(said, _width()) for said in found) or "Nothing on record.")
    return 0


def _json_list(objects: Iterable[dict[str, object]]) -> str:
    """A JSON list, one object a line."""
    return "[" + ",\n ".join(map(_json, objects)) + "]"


def _speakers(given: argparse.Namespace) -> int:
    with _seeded(given) as assistant:
        everybody = assistant.speakers_on_record()
    wanted = [s for s in everybody if any(fold(given.about) in fold(name) for name in (s.name, *s.also))]
    longest = max((len(plain(speaker.name)) for speaker in wanted), default=0)
    for speaker in wanted:
        print(_json(asdict(speaker)) if given.json else speaker_text(speaker, longest))
    if not wanted and not given.json:
        print("Nobody on record.")
    return 0


# articles


def _list(given: argparse.Namespace) -> int:
    with _assistant(given) as assistant:
        articles = assistant.articles()
    for article in articles:
        print(_json(_article_fields(article, text=False)) if given.json else _article_line(article))
    if not articles and not given.json:
        print("No articles yet; add some with `onrecord add PATH`.")
    return 0


def _article_line(article: Article) -> str:
    id = plain(article.id[:SHORT_ID])
    return f"{id:<{SHORT_ID}}  {article.date or 'undated':<10}  {plain(article.source or '-')}  {plain(article.title)}"


def _article_fields(article: Article, text: bool) -> dict[str, object]:
    names = [name for name in Article.__dataclass_fields__ if text or name != "text"]
    return {name: getattr(article, name) for name in names}


def _show(given: argparse.Namespace) -> int:
    with _assistant(given) as assistant:
        article = assistant.article(_full_id(assistant, given.id))
    assert article is not None
    if given.json:
        print(_json(_article_fields(article, text=True)))
        return 0
    for name in ("id", "title", "author", "source", "date", "url", "language"):
        value = getattr(article, name)
        if value:
            print(f"{name + ':':<10}{plain(value)}")
    print()
    print("\n".join(plain(line) for line in article.text.splitlines()))
    return 0


def _remove(given: argparse.Namespace) -> int:
    with _assistant(given) as assistant:
        for id in [_full_id(assistant, id) for id in given.ids]:
            removed = assistant.remove(id)
            print(f"removed    {plain(removed.id[:SHORT_ID]):<{SHORT_ID}}  {plain(removed.title)}")
    return 0


def _full_id(assistant: Assistant, prefix: str) -> str:
    found = assistant.ids_beginning(prefix)
    if prefix in found:
        return prefix
    if len(found) == 1:
        return found[0]
    remedy = (
        "several articles have an id that begins so; give more of it"
        if found
        else "`onrecord articles list` shows them"
    )
    raise ArticleError(f"There is no one article {prefix!r}: {remedy}.")


# serve and doctor


def _serve(given: argparse.Namespace) -> int:
    options = ("data", "chroma_url", "embedding_model", "model", "model_url", "host", "port", "password")
    settings = config.load(**{name: getattr(given, name, None) for name in options})
    _page().serve(settings)
    return 0


def _page() -> Any:
    """The module `app`: inside the installed package, or beside it in a checkout."""
    try:
        return importlib.import_module("rag.app")
    except ModuleNotFoundError as error:
        if error.name != "rag.app":
            raise
        return importlib.import_module("app")


def _doctor(given: argparse.Namespace) -> int:
    with _assistant(given) as assistant:
        if given.rebuild:
            assistant.archive.rebuild()
        well = True
        for health in assistant.doctor():
            well = well and health.ok
            fields = {"name": health.name, "ok": health.ok, "detail": health.detail}
            print(_json(fields) if given.json else f"{'ok' if health.ok else '--':<4}{health.name:<22}{health.detail}")
    return 0 if well else 1


# Output


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
