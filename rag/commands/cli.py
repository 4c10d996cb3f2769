"""The command `onrecord`: arguments in, text or JSON out; nothing heavy is imported before
a command needs it.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence

from rag.commands import articles, ask, common, evaluate, log, serve, statements
from rag.commands.parser import Parser, UsageError
from rag.errors import OnRecordError

INTERRUPTED = common.INTERRUPTED
BAD_USAGE = 2  # as argparse ends

START = """\
start with:
  onrecord ask "What did Zarif say about Idlib?" "and de Mistura?"
  onrecord compare ceasefire --speaker Putin --speaker Erdogan
  onrecord add interviews/ page.html
  onrecord serve

`onrecord help COMMAND` shows the options of a command. The name of an option may be
shortened as long as it fits no other.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status: 0, 1 for what went wrong, 2 for bad
    usage, 130 when interrupted.
    """
    # a Windows console or a pipe may not be UTF-8, and quotations have curly marks
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    # as services are stopped: then it ends as by Ctrl+C, with nothing half written
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        unless_given = argparse.Namespace(json=False, verbose=False)
        given = _parser().parse_args(arguments, unless_given)
        with log.shown(given.verbose):
            return int(given.run(given))
    except UsageError as error:
        print(f"onrecord: {error}", file=sys.stderr)
        return BAD_USAGE
    except OnRecordError as error:
        print(f"onrecord: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            "onrecord: interrupted; what was finished is kept, "
            "run the same command again to go on.",
            file=sys.stderr,
        )
        return INTERRUPTED
    except BrokenPipeError:  # onrecord articles list | head
        sys.stderr.close()
        return 1


def _parser() -> Parser:
    parser = Parser(
        prog="onrecord",
        usage="onrecord COMMAND ...",
        description="Ask news articles who said what; every answer is cited to the exact words.",
        epilog=START,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=_overview)
    everywhere = common.add_common_options(Parser(add_help=False))
    today, scope = common.today_option(), common.scope_options()
    search, writing = common.search_options(), common.writing_options()
    commands = parser.add_subparsers(
        title="commands", metavar="COMMAND", prog=parser.prog
    )
    articles.add_commands(commands, everywhere)
    ask.add_commands(commands, [everywhere, scope, today, search, writing])
    statements.add_commands(commands, everywhere, [everywhere, scope, today], writing)
    evaluate.add_commands(commands, everywhere, [today, search, writing])
    serve.add_commands(commands, everywhere, [today, search, writing])
    help_ = commands.add_parser(
        "help", parents=[everywhere], help="show this, or the options of a command"
    )
    help_.add_argument("command", nargs="*", metavar="COMMAND", help="such as: ask")
    help_.set_defaults(run=_help)
    return common.add_common_options(parser)


def _overview(given: argparse.Namespace) -> int:
    """No command is given."""
    _parser().print_help(sys.stderr)
    return BAD_USAGE


def _help(given: argparse.Namespace) -> int:
    _parser().parse_args([*given.command, "--help"])
    return 0
