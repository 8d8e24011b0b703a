"""The small Markdown subset of replies, parsed once for every renderer.

Paragraphs, "- " and "1. " lists, and **bold**. Anything else is plain text, so that what a
customer or the store says can never become markup.
"""

import re
from dataclasses import dataclass
from typing import Literal

_ITEM = re.compile(r"^(?:(-)|(\d{1,2})\.) (.*)$")
_BOLD = re.compile(r"\*\*(.+?)\*\*")


@dataclass(frozen=True, slots=True)
class Span:
    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph (one line an entry) or a list (one item an entry)."""

    kind: Literal["paragraph", "bullets", "numbers"]
    lines: tuple[tuple[Span, ...], ...]


def parse(text: str) -> tuple[Block, ...]:
    """Split text into blocks; a change of kind or an empty line starts a new one."""
    blocks: list[tuple[Literal["paragraph", "bullets", "numbers"], list[tuple[Span, ...]]]] = []
    fresh = True
    for line in text.strip().splitlines():
        if not line.strip():
            fresh = True
            continue
        item = _ITEM.match(line)
        kind: Literal["paragraph", "bullets", "numbers"] = (
            "paragraph" if not item else "bullets" if item[1] else "numbers"
        )
        if not blocks or blocks[-1][0] != kind or (fresh and kind == "paragraph"):
            blocks.append((kind, []))
        blocks[-1][1].append(spans(item[3] if item else line))
        fresh = False
    return tuple(Block(kind, tuple(lines)) for kind, lines in blocks)


def spans(line: str) -> tuple[Span, ...]:
    """Split one line at its bold parts."""
    found: list[Span] = []
    at = 0
    for match in _BOLD.finditer(line):
        if match.start() > at:
            found.append(Span(line[at : match.start()]))
        found.append(Span(match[1], bold=True))
        at = match.end()
    if at < len(line) or not found:
        found.append(Span(line[at:]))
    return tuple(found)


def escape(text: str) -> str:
    """Make foreign text safe to stand in a reply: it is one line, neither bold nor a list item."""
    flat = re.sub(r"\*(?=\*)", "*\u200b", " ".join(text.split()))
    return f"\u200b{flat}" if _ITEM.match(flat + " ") else flat


def plain(text: str) -> str:
    """Drop the markup and keep the words."""
    lines: list[str] = []
    for block in parse(text):
        if lines:
            lines.append("")
        for number, line in enumerate(block.lines, 1):
            mark = {"paragraph": "", "bullets": "- ", "numbers": f"{number}. "}[block.kind]
            lines.append(mark + "".join(span.text for span in line))
    return "\n".join(lines)
