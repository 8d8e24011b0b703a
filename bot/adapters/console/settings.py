"""How a chat in the terminal was asked for on the command line."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleSettings:
    user: str  # the chat identity
    conversation: str
    language: str | None = None
    as_json: bool = False
    files: Path | None = None  # where files and pictures are put
