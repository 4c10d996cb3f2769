"""The README's commands: `python tests/readme.py NAME` prints the block under `<!-- NAME
-->` in README.md.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"


def block(name: str) -> str:
    """The fenced block that follows the comment of that name. Raises `KeyError` where there
    is none.
    """
    found = re.search(
        rf"<!-- {re.escape(name)} -->\n+```\w*\n(.*?)```",
        README.read_text(encoding="utf-8"),
        re.DOTALL,
    )
    if not found:
        raise KeyError(name)
    return found[1]


def sessions() -> list[tuple[str, str]]:
    """Every `$ command` of the console blocks, with the output shown under it; `...` stands
    for any output.
    """
    blocks = re.findall(
        r"```console\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL
    )
    return [
        (command, output)
        for shown in blocks
        for command, output in re.findall(
            r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", shown, re.MULTILINE
        )
    ]


if __name__ == "__main__":
    print(block(sys.argv[1]), end="")
