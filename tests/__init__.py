"""The tests, laid out like `rag/`."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
