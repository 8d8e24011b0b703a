"""The small Markdown subset of replies, parsed once for every renderer.

Paragraphs, "- " and "1. " lists, and **bold**. Anything else is plain text, so that what a
customer or the store says can never become markup.
"""

import re
from dataclasses import dataclass
from typing import Literal

_ITEM = re.compile(r"^(?:(-)|(\d{1,2})\.) (.*)$")
_BREAKING = re.compile(r"[ \t\r\n\f\v\u2028\u2029]+")
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
    line = flat(text)
    calm = re.sub(r"\*(?=\*)", "*\u200b", line)
    return f"\u200b{calm}" if _ITEM.match(calm + " ") else calm


def flat(text: str) -> str:
    """Write a text in one line; no-break spaces, which French has before a colon, stay."""
    return _BREAKING.sub(" ", text).strip()


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
