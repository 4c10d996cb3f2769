"""The name that `rag.assistant` had at first, kept for whoever imports it."""

from rag.assistant import Assistant

__all__ = ["Assistant"]
