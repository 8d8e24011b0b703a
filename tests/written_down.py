"""Conversations that are written down, and played again.

A line of a customer begins with "> "; "> [Label]" presses the button of that label. What stands
between is the bot's. With UPDATE=1 the bot's side is written anew: read the diff.
"""

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

FILES = Path(__file__).parent / "golden" / "files"
# French takes in all that English does: where playing takes long, English waits for the slow tests.
IN_FRENCH_FIRST = pytest.mark.parametrize(
    ("language", "username"),
    [
        ("fr", "demo@erable.example"),
        pytest.param("en", "demo@maple.example", marks=pytest.mark.slow),
    ],
)
# What is random in every run.
_RANDOM = [
    (re.compile(r"\b([TP])-[0-9A-Z]{6}\b"), r"\1-######"),
    (re.compile(r"\b[0-9A-HJKMNP-TV-Z]{20}\b"), "<ref>"),
    (re.compile(r"(/link/)[\w-]{22}"), r"\1<token>"),
    # how fonts are packed is their library's business, and another version packs otherwise
    (re.compile(r"(\.(?:pdf|zip)) \([\d,.]+\s\w+\)"), r"\1 (#)"),
]


def masked(text: str) -> str:
    """Put what every run makes anew out of the way."""
    for pattern, replacement in _RANDOM:
        text = pattern.sub(replacement, text)
    return text


def said_in(lines: Iterable[str]) -> list[str]:
    """Pick what the customer says and presses."""
    return [line[2:] for line in lines if line.startswith("> ")]


def check(path: Path, got: str) -> None:
    """Compare a conversation with what is written down."""
    if os.environ.get("UPDATE"):
        path.write_text(masked(got), "utf-8")
    assert masked(got) == path.read_text("utf-8")


def play(path: Path, say: Callable[[str], str], press: Callable[[str], str]) -> None:
    """Play a conversation through what says a line and gives the answers as people see them."""
    played = []
    for line in said_in(path.read_text("utf-8").splitlines()):
        answer = press(line[1:-1]) if line.startswith("[") else say(line)
        played.append(f"> {line}\n{answer.rstrip()}\n")
    check(path, "\n".join(played))
