"""The folders of `rag/` are floors: a module imports only from its own folder and from
those below; few know Chroma.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests import ROOT

FLOORS = (  # from the ground up
    "types errors",
    "config",
    "language",
    "articles statements models",
    "questions archive",
    "search",
    "answers",
    "comparisons",
    "pipeline",
    "assistant",
    "output evaluation",
    "page",
    "commands",
    "app chat __main__",
)
FLOOR_OF = {name: floor for floor, names in enumerate(FLOORS) for name in names.split()}
MODULES = sorted([*(ROOT / "rag").rglob("*.py"), ROOT / "app.py"])


def _folder(path: Path) -> str:
    """The folder of `rag/` in which a module lies, or the module's own name where it lies
    in none.
    """
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[1] if len(parts) > 1 and parts[1] != "__init__" else parts[0]


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_folder_imports_only_from_lower_ones(path: Path) -> None:
    own = _folder(path)
    if (
        own == "rag"
    ):  # the package itself: it hands on the Assistant when somebody asks for it
        return
    used = {
        module.split(".")[1] for module in _imports(path) if module.startswith("rag.")
    } - {own, "__version__"}
    above = {other for other in used if FLOOR_OF[other] >= FLOOR_OF[own]}
    assert not above, f"{own} imports from {above}, which do not lie below it"


def test_only_the_vectors_and_the_baseline_know_chroma() -> None:
    users = {
        path.stem
        for path in MODULES
        if any(m.split(".")[0] == "chromadb" for m in _imports(path))
    }
    assert users == {"vectors", "baseline"}


def test_every_package_that_is_imported_is_declared() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    declared = set(re.findall(r'"([a-z0-9-]+)(?:[>=][^"]*)?"', project))
    tests = [*MODULES, *sorted((ROOT / "tests").rglob("*.py"))]
    used = {module.split(".")[0] for path in tests for module in _imports(path)}
    ours = {"rag", "app", "tests"}
    packages = packages_distributions()
    for name in sorted(used - ours - sys.stdlib_module_names):
        names = {package.lower().replace("_", "-") for package in packages[name]}
        assert names & declared, f"{name} is imported, but pyproject.toml names it not"


def test_help_and_the_package_import_nothing_heavy() -> None:
    heavy = "torch, gradio, chromadb, langchain, langchain_core, sentence_transformers, numpy, trafilatura, pydantic"
    script = (
        "import sys, rag, rag.commands.cli\n"
        "try: rag.commands.cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        f"print([m for m in '{heavy}'.split(', ') if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.strip() == "[]"


def test_the_package_hands_on_the_assistant() -> None:
    import rag
    from rag.assistant import Assistant

    assert rag.Assistant is Assistant
