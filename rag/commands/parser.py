"""The parser of `onrecord`: whatever it cannot read is one line that names the remedy."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from rag.errors import OnRecordError
from rag.language.words import listed
from rag.output.terminal import plain

# "--spekaer" is .89 like "--speaker"; "--format", which `serve` has not, .71 like "--port"
LIKE = 0.72
LONGEST_SHOWN = 60  # characters of a mistaken word, so that the message stays one line


class UsageError(OnRecordError):
    """Words on the command line that cannot be used; they end with exit status 2."""


class Parser(argparse.ArgumentParser):
    """`argparse` that suggests what was meant, and raises `UsageError` for what it cannot
    read, in place of printing all options.
    """

    _words: Sequence[str] = ()

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; {self._remedy()}")

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[Any, list[str]]:
        """As `argparse`, which calls it for each command too; what a command does not know
        is refused here, where the options of that command are known.
        """
        self._words = sys.argv[1:] if args is None else args
        given, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self._refuse(unknown)
        return given, unknown

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """As `argparse`, which calls it for each word that must be one of some choices."""
        if action.choices is None or value in action.choices:
            return
        if isinstance(action, argparse._SubParsersAction):
            self._refuse_command(value, action.choices)
        option = "/".join(action.option_strings)
        raise UsageError(
            f"{option} cannot be {_quoted(value)}; "
            f"{_meant(value, action.choices) or f'give {_one_of(action.choices)}.'}"
        )

    def _refuse_command(self, word: str, commands: Iterable[str]) -> NoReturn:
        # "onrecord --dta D ask": argparse knows no --dta, and takes D for the command
        before = self._words[: self._words.index(word)]
        unknown = [one for one in before if _is_option(one) and not self._knows(one)]
        if unknown:
            self._refuse(unknown)
        # "articles " for "onrecord articles lst"
        parent = self.prog.partition(" ")[2]
        prefix = f"{parent} " if parent else ""
        said = _quoted(prefix + word)
        meant = _meant(word, commands, prefix)
        if meant:
            raise UsageError(f"there is no command {said}; {meant}")
        if " " in word and not parent:
            raise UsageError(
                f"there is no command {said}; a question follows `onrecord ask`."
            )
        raise UsageError(f"there is no command {said}; give {_one_of(commands)}.")

    def _refuse(self, unknown: Sequence[str]) -> NoReturn:
        """Says what to write in place of an option, or of a word that belongs to none."""
        options = [word for word in unknown if _is_option(word)]
        if not options:
            raise UsageError(
                f"{_quoted(unknown[0])} has no place here: put words that belong together "
                f"in quotation marks, and options behind all of them; {self._remedy()}"
            )
        name = options[0].partition("=")[0]
        remedy = _meant(name, self._option_string_actions) or self._remedy()
        # the options of a command stand behind it: "onrecord --speaker Putin ask"
        place = "" if " " in self.prog else " before the command"
        raise UsageError(f"there is no option {_quoted(name)}{place}; {remedy}")

    def _knows(self, word: str) -> bool:
        name = word.partition("=")[0]
        return any(option.startswith(name) for option in self._option_string_actions)

    def _remedy(self) -> str:
        return f"see `{self.prog} --help`."


def _is_option(word: str) -> bool:
    return word.startswith("-") and len(word) > 1


def _quoted(word: str) -> str:
    shown = plain(word)
    if len(shown) > LONGEST_SHOWN:
        shown = f"{shown[:LONGEST_SHOWN]}…"
    return f'"{shown}"'


def _meant(word: str, known: Iterable[str], prefix: str = "") -> str:
    """The question which of the known words was meant; "" where none is like it."""
    names = list(known)
    like = difflib.get_close_matches(word, names, n=1, cutoff=LIKE)
    # "eval" for evaluate, "time" for timeline
    like += [name for name in names if name.startswith(word)]
    return f"did you mean {prefix}{like[0]}?" if like else ""


def _one_of(names: Iterable[str]) -> str:
    return " or ".join(listed(list(names)).rsplit(" and ", 1))
