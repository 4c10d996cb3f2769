"""The command `onrecord`: arguments in, text or JSON out; nothing heavy is imported before
a command needs it.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence

from rag import __version__
from rag.commands import articles, ask, common, evaluate, serve, statements
from rag.errors import OnRecordError

INTERRUPTED = common.INTERRUPTED


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status: 0, 1 for what went wrong, 2 for bad
    usage, 130 when interrupted.
    """
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
        print(
            "onrecord: interrupted; what was finished is kept, run the same command again to go on.",
            file=sys.stderr,
        )
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="onrecord",
        description="Ask news articles who said what; every answer is cited to the exact words.",
    )
    parser.add_argument(
        "--version", action="version", version=f"onrecord {__version__}"
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    data, today, scope = (
        common.data_options(),
        common.today_option(),
        common.scope_options(),
    )
    search, writing = common.search_options(), common.writing_options()
    articles.add_commands(commands, data)
    ask.add_commands(commands, [data, scope, today, search, writing])
    statements.add_commands(commands, data, [data, scope, today], writing)
    evaluate.add_commands(commands, data, [today, search, writing])
    serve.add_commands(commands, data, [today, search, writing])
    return parser
