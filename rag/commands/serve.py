"""`onrecord serve` and `onrecord doctor`."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rag.commands.common import json_list, opened, settings
from rag.commands.parser import UsageError
from rag.types import Health

if TYPE_CHECKING:
    from rag.commands.common import Commands
    from rag.commands.parser import Parser


def add_commands(
    commands: Commands,
    common: Parser,
    answering: Sequence[Parser],
) -> None:
    serve = commands.add_parser(
        "serve", parents=[common, *answering], help="open the page in a browser"
    )
    serve.add_argument(
        "--host",
        help="the address to listen on (default: 127.0.0.1; others need --password)",
    )
    serve.add_argument("--port", type=int, help="the port (default: 7860)")
    serve.add_argument("--password", help="ask for this password (user name: onrecord)")
    serve.set_defaults(run=_serve)
    doctor = commands.add_parser(
        "doctor", parents=[common], help="say what is installed and whether it works"
    )
    doctor.add_argument(
        "--rebuild",
        action="store_true",
        help="make all vectors anew, with the embedding model in use",
    )
    doctor.set_defaults(run=_doctor)


def _serve(given: argparse.Namespace) -> int:
    if given.json:
        raise UsageError("serve prints no data; leave --json out.")
    _page().serve(settings(given, "host", "port", "password"))
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
    checks: list[Health] = []
    with opened(given) as assistant:
        if given.rebuild:
            assistant.archive.rebuild()
        for check in assistant.doctor():
            checks.append(check)
            if not given.json:
                mark = "ok" if check.ok else "--"
                print(f"{mark:<4}{check.name:<22}{check.detail}")
    if given.json:
        print(json_list(asdict(check) for check in checks))
    return 0 if all(check.ok for check in checks) else 1
