"""`prompts/<name>.md` -> a chat prompt: one section `# system`, `# human` or `# ai` a message."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from rag.config import resource
from rag.errors import ConfigError

if TYPE_CHECKING:
    from langchain_core.prompts import ChatPromptTemplate

_SECTION = re.compile(r"^# (system|human|ai)\s*$", re.MULTILINE)


@cache
def load_prompt(name: str) -> ChatPromptTemplate:
    """The prompt of that name, with the `{fields}` that its file names. Raises
    `ConfigError` where there is none.
    """
    from langchain_core.prompts import ChatPromptTemplate

    path = resource("prompts") / f"{name}.md"
    if not path.is_file():
        raise ConfigError(f"There is no prompt {path}; install On Record again.")
    _, *parts = _SECTION.split(path.read_text(encoding="utf-8"))
    messages = []
    for role, body in zip(parts[::2], parts[1::2], strict=True):
        messages.append((role, body.strip()))
    return ChatPromptTemplate.from_messages(messages)
