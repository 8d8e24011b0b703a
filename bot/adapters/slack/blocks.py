"""Block Kit blocks of text, facts and tables, each within Slack's published limits; pure.

Words stand only in rich_text, plain_text and raw_text, which Slack shows as they are: what a
customer or the store says is never read as a mention, a link or markup.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, Literal, TypeVar

from bot.i18n import Localizer
from bot.markup import Block, Span, flat, plain
from bot.messages import Table

BLOCK_TEXT: Final = 3_000  # characters, escaped: with all of a block's text in the fallback
HEADER_TEXT: Final = 150
TABLE_ROWS: Final = 100  # the header is one of them
TABLE_COLUMNS: Final = 20
BLANK: Final = "\u00a0"  # Slack refuses an empty text

_LABEL_TEXT: Final = 75
_JOINER: Final = "\u2060"
# "<" at the end counts: another text may stand right behind.
_OPENING: Final = re.compile(r"<(?=[!@#]|[^\W\d_]|\Z)")
# Words, and halves of what is too long for one; an escaped character has at most five.
_WORD: Final = re.compile(r"\S{1,500}\s{0,99}|\s{1,500}")

Json = dict[str, Any]
Kind = Literal["paragraph", "bullets", "numbers"]
Line = tuple[Span, ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Piece:
    """One block, and in `text` the same in plain words, escaped; at most BLOCK_TEXT long."""

    block: Json
    text: str


def safe(text: str) -> str:
    """Break with a word joiner whatever looks like the start of a mention, command or link."""
    return _OPENING.sub("<" + _JOINER, text)


def escaped(text: str) -> str:
    """Write text for a message's fallback, where Slack reads & < > as control characters."""
    return html.escape(text, quote=False)


def batches(
    items: Iterable[T],
    size: Callable[[T], int],
    *,
    limit: int = BLOCK_TEXT,
    most: int | None = None,
) -> list[list[T]]:
    """Split in order so that no batch has over `most` items or, by `size`, over `limit`."""
    found: list[list[T]] = []
    room = 0
    for item in items:
        if not found or size(item) > room or len(found[-1]) == most:
            found.append([])
            room = limit
        found[-1].append(item)
        room -= size(item)
    return found


def plain_text(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}


def label(text: str) -> str:
    """Write the text of a button or menu entry: one line, at most 75 characters, never empty."""
    line = safe(flat(text)) or "…"
    return line if len(line) <= _LABEL_TEXT else line[: _LABEL_TEXT - 1] + "…"


def heading(title: str) -> Iterator[Piece]:
    """Write a title as a header, or in bold when it is too long for one."""
    line = flat(plain(title))
    if len(safe(line)) > HEADER_TEXT:
        yield from paragraph([(Span(line, bold=True),)])
    elif line:
        yield Piece({"type": "header", "text": plain_text(safe(line))}, escaped(line))


def paragraph(lines: Iterable[Line]) -> Iterator[Piece]:
    return rich(Block("paragraph", tuple(lines)))


def rich(block: Block) -> Iterator[Piece]:
    """Write a block of markup as rich_text; a long one in several, cut at lines, then at words."""
    kind: Kind = block.kind
    lines = [(_mark(kind, number), line) for number, line in enumerate(block.lines, 1)]
    if any(_size(line) > BLOCK_TEXT for line in lines):
        # An item in two parts would be counted twice: such a list keeps its marks as words.
        kind = "paragraph"
        lines = [("", part) for mark, line in lines for part in _parts((Span(mark), *line))]
    done = 0
    for batch in batches(lines, _size):
        words = "\n".join(mark + "".join(span.text for span in line) for mark, line in batch)
        yield Piece(_rich_text(kind, [line for _, line in batch], done), escaped(words))
        done += len(batch)


def field(loc: Localizer, name: str, value: str) -> Line:
    """Write one line of a label in bold and its value."""
    return (Span(loc.text("{label}:", label=name), bold=True), Span(f" {value}"))


def fields(loc: Localizer, table: Table) -> Iterator[Piece]:
    """Write a table as lines of "Label: value", an empty line between rows."""
    names = [column.label for column in table.columns]
    lines: list[Line] = []
    for row in table.rows or (("",) * len(names),):
        lines += [field(loc, *pair) for pair in zip(names, row, strict=True)]
        lines.append(())
    yield from paragraph(lines[:-1])


def table_blocks(loc: Localizer, table: Table) -> Iterator[Piece]:
    """Write a table, in several with the same header when it is long, as lines when too wide."""
    header = tuple(column.label for column in table.columns)
    room = BLOCK_TEXT - _row_size(header)
    if len(header) > TABLE_COLUMNS or any(_row_size(row) > room for row in (header, *table.rows)):
        yield from fields(loc, table)
        return
    settings = [{"align": column.align} for column in table.columns]
    for rows in batches(table.rows, _row_size, limit=room, most=TABLE_ROWS - 1) or [[]]:
        shown = [header, *rows]
        cells = [[_cell(cell) for cell in row] for row in shown]
        block = {"type": "table", "column_settings": settings, "rows": cells}
        yield Piece(block, "\n".join(map(_row, shown)))


def _mark(kind: Kind, number: int) -> str:
    return {"paragraph": "", "bullets": "- ", "numbers": f"{number}. "}[kind]


def _size(line: tuple[str, Line]) -> int:
    mark, spans = line
    return len(mark) + sum(len(escaped(span.text)) for span in spans) + len("\n")


def _parts(line: Line) -> list[Line]:
    words = [Span(word, span.bold) for span in line for word in _WORD.findall(span.text)]
    found = batches(words, lambda word: len(escaped(word.text)), limit=BLOCK_TEXT - len("\n"))
    return [tuple(part) for part in found]


def _rich_text(kind: Kind, lines: list[Line], done: int) -> Json:
    if kind == "paragraph":
        flat = [span for line in lines for span in (Span("\n"), *line)][1:]
        return {"type": "rich_text", "elements": [_section(flat)]}
    items: Json = {
        "type": "rich_text_list",
        "style": "bullet" if kind == "bullets" else "ordered",
        "elements": [_section(line) for line in lines],
    }
    if kind == "numbers" and done:
        items["offset"] = done
    return {"type": "rich_text", "elements": [items]}


def _section(spans: Iterable[Span]) -> Json:
    merged = [
        Span("".join(span.text for span in run), bold)
        for bold, run in groupby(spans, lambda span: span.bold)
    ]
    shown = [span for span in merged if span.text] or [Span(BLANK)]
    return {"type": "rich_text_section", "elements": [_text(span) for span in shown]}


def _text(span: Span) -> Json:
    element: Json = {"type": "text", "text": safe(span.text)}
    return element | {"style": {"bold": True}} if span.bold else element


def _row(cells: Iterable[str]) -> str:
    return escaped(" | ".join(cells))


def _row_size(cells: Iterable[str]) -> int:
    return len(_row(cells)) + len("\n")


def _cell(text: str) -> Json:
    return {"type": "raw_text", "text": safe(text) if text.strip() else BLANK}
