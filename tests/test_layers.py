"""Every module imports only from lower floors, and only `index` knows Chroma."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = [
    {"types"},
    {"config", "languages"},
    {"text", "dates", "prompts", "replies"},
    {"reading", "grammar", "metadata", "passages", "models", "stance", "markup"},
    {"speakers", "periods", "html"},
    {"articles", "statements", "naming", "cases", "feedback", "tutorial"},
    {"store", "index", "wording"},
    {"archive", "followups"},
    {"question"},
    {"retrieve", "evidence", "suggest", "doctor", "reports", "attribution", "roster", "numbering"},
    {"refusal"},
    {"answer", "research", "verify"},
    {"writing", "relations", "export"},
    {"terminal"},
    {"proposals"},
    {"compare"},
    {"chat"},
    {"evaluate"},
    {"commands", "page"},
    {"cli"},
    {"app", "__main__"},
]
MODULES = sorted([*(ROOT / "rag").rglob("*.py"), ROOT / "app.py"])


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[1] if parts[0] == "rag" and len(parts) > 1 and parts[1] != "__init__" else parts[0]


def _floor(name: str) -> int:
    return next(floor for floor, names in enumerate(FLOORS) if name in names)


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_imports_only_from_lower_floors(path: Path) -> None:
    name = _name(path)
    if name == "rag":
        assert not any(module.startswith("rag.") for module in _imports(path))
        return
    used = {module.split(".")[1] for module in _imports(path) if module.startswith("rag.")} - {name, "__version__"}
    assert all(_floor(other) < _floor(name) for other in used), f"{name} imports {used}"


def test_only_the_index_and_the_yardstick_know_chroma() -> None:
    users = {_name(path) for path in MODULES if any(m.split(".")[0] == "chromadb" for m in _imports(path))}
    assert users == {"index", "tutorial"}


def test_help_imports_nothing_heavy() -> None:
    heavy = "torch, gradio, chromadb, langchain, langchain_core, sentence_transformers, numpy, trafilatura, pydantic"
    script = (
        "import sys, rag, rag.cli\n"
        "try: rag.cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        f"print([m for m in '{heavy}'.split(', ') if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
