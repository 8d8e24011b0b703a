"""Turns a Reply into the messages that Telegram shows; pure.

All that is known here of Telegram's limits is kept below and in `formatting`.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.adapters.telegram.formatting import (
    Run,
    Runs,
    is_visible,
    join,
    length,
    split,
    to_html,
    units,
)
from bot.i18n import Localizer
from bot.markup import Block, Span, flat, parse, spans
from bot.messages import Button, Column, FileRef, Reply, Table

TEXT_LIMIT: Final = 4096  # UTF-16 code units, after the tags are read
CAPTION_LIMIT: Final = 1024
DATA_LIMIT: Final = 64  # bytes of what a key sends back
KEYS_LIMIT: Final = 100
ROW_LIMIT: Final = 8  # keys
KEYBOARD_LIMIT: Final = 9_000  # bytes of JSON; about 10,000 are refused

_SHORT: Final = 20  # characters of a label that leaves room for another beside it
_NARROW: Final = 42  # columns that a phone shows without wrapping
_PRESSED: Final = re.compile(r"r:([\w-]+):(\d{1,4})", re.ASCII)
_OPENS: Final = re.compile(r"https://[\w-]+(\.[\w-]+)+(:\d{1,5})?([/?#][!-~]*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Key:
    """A button of an inline keyboard: exactly one of `data` (1 to 64 bytes) and `url` is set."""

    label: str
    data: str | None = None
    url: str | None = None


Keyboard = tuple[tuple[Key, ...], ...]  # rows, top first


@dataclass(frozen=True, slots=True)
class Words:
    """A text message in HTML: at most 4,096 UTF-16 code units once the tags are read."""

    html: str
    keyboard: Keyboard = ()


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture with a caption in HTML, at most 1,024 UTF-16 code units, perhaps empty."""

    file: FileRef
    caption: str
    keyboard: Keyboard = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A file that shows its own name; the caption is like a photo's."""

    file: FileRef
    caption: str = ""
    keyboard: Keyboard = ()


Part = Words | Photo | Document


def render(reply: Reply, *, ref: str, language: str) -> tuple[Part, ...]:
    """Write a reply as messages in the order to send them; none if there is nothing to show.

    `ref` is the message's, by which `pressed` finds a button whose action is too long for a key.
    """
    loc = Localizer(language)
    keyboard, others = _keyboard(reply.buttons, ref)
    paragraphs = [
        (Run("".join(span.text for span in spans(reply.title or "")), "b"),),
        *map(_block, parse(reply.text)),
        join((_labelled(fact.label, fact.value, loc) for fact in reply.facts), "\n"),
        *(_table(reply.table, loc) if reply.table else ()),
        join((_labelled(button.label, _address(button), loc) for button in others), "\n"),
    ]
    parts = list(_parts(reply, paragraphs))
    if not keyboard:
        return tuple(parts)
    labels = " · ".join(key.label for row in keyboard for key in row)
    parts = parts or [Words(to_html(piece)) for piece in split((Run(labels),), TEXT_LIMIT)]
    wordy = [i for i, part in enumerate(parts) if isinstance(part, Words)]
    bearer = wordy[-1] if wordy else len(parts) - 1
    parts[bearer] = replace(parts[bearer], keyboard=keyboard)
    return tuple(parts)


def instead(part: Photo | Document, language: str) -> Words:
    """Say in place of a file that it has expired meanwhile; what was said with it stays."""
    gone = Localizer(language).text("This file is no longer kept. Please ask for it again.")
    said = to_html((Run(gone),))
    return Words("\n\n".join(filter(None, (part.caption, said))), part.keyboard)


def pressed(data: str) -> tuple[str, int] | None:
    """Read which button a key stands for: the message's ref, the button's place among its buttons.

    None for a key that sends its action as it is.
    """
    found = _PRESSED.fullmatch(data)
    return (found[1], int(found[2])) if found else None


def _parts(reply: Reply, paragraphs: Sequence[Runs]) -> Iterator[Part]:
    if reply.picture:
        alt: Runs = (Run(reply.picture.alt, "i"),)
        whole = join((*paragraphs, alt), "\n\n")
        if not reply.table and length(whole) <= CAPTION_LIMIT:
            yield Photo(reply.picture.file, to_html(whole))
        elif length(alt) <= CAPTION_LIMIT:
            yield from _words(paragraphs)
            yield Photo(reply.picture.file, to_html(alt))
        else:
            yield from _words((*paragraphs, alt))
            yield Photo(reply.picture.file, "")
    else:
        yield from _words(paragraphs)
    for file in reply.files:
        yield Document(file)


def _words(paragraphs: Sequence[Runs]) -> Iterator[Words]:
    for piece in split(join(paragraphs, "\n\n"), TEXT_LIMIT):
        yield Words(to_html(piece))


def _block(block: Block) -> Runs:
    marks = {"paragraph": "", "bullets": "• ", "numbers": "{}. "}
    mark = marks[block.kind]
    lines = (
        (Run(mark.format(number)), *map(_run, line)) for number, line in enumerate(block.lines, 1)
    )
    return join(lines, "\n")


def _run(span: Span) -> Run:
    return Run(span.text, "b" if span.bold else "")


def _labelled(label: str, value: str, loc: Localizer) -> Runs:
    return (Run(loc.text("{label}:", label=label), "b"), Run(f" {value}"))


def _table(table: Table, loc: Localizer) -> Iterator[Runs]:
    """Write aligned columns if a phone can show them, else a paragraph a row."""
    lines = _aligned(table)
    if not table.rows or max(map(_width, lines)) <= _NARROW:
        yield from _preformatted(lines)
    else:
        for row in table.rows:
            yield _row(table.columns, row, loc)


def _row(columns: Sequence[Column], cells: Sequence[str], loc: Localizer) -> Runs:
    pairs = zip(columns, cells, strict=True)
    named = [(loc.text("{label}:", label=c.label), cell) for c, cell in pairs if cell.strip()]
    first = " ".join(named[0]) if named and cells[0].strip() else ""
    rest = named[1:] if first else named
    details = Run(" · ".join(" ".join(pair) for pair in rest))
    return join(((Run(first, "b"),), (details,)), "\n")


def _aligned(table: Table) -> list[str]:
    """Pad cells to a line a row; the first line is the header, the second a rule."""
    labels = tuple(column.label for column in table.columns)
    cells = [[flat(cell) for cell in row] for row in (labels, *table.rows)]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    cells.insert(1, ["-" * width for width in widths])
    padded = [
        "  ".join(map(_pad, row, widths, (column.align for column in table.columns)))
        for row in cells
    ]
    return [line.rstrip() for line in padded]


def _preformatted(lines: Sequence[str]) -> Iterator[Runs]:
    """Fill as few blocks as a message's length allows, each under the header."""
    head = "\n".join(lines[:2])
    block = head
    for line in lines[2:]:
        if units(block) + 1 + units(line) > TEXT_LIMIT:
            yield (Run(block, "pre"),)
            block = head
        block += f"\n{line}"
    yield (Run(block, "pre"),)


def _width(text: str) -> int:
    """Count columns of a monospaced font: wide letters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _pad(text: str, width: int, align: str) -> str:
    space = " " * (width - _width(text))
    return space + text if align == "right" else text + space


def _keyboard(buttons: Sequence[Button], ref: str) -> tuple[Keyboard, list[Button]]:
    """Lay out the buttons; gives beside the keyboard those that cannot be a key of it."""
    loud: list[Key] = []
    quiet: list[Key] = []
    others: list[Button] = []
    size = 0
    for index, button in enumerate(buttons):
        key = _key(button, ref, index)
        weight = _weight(key) if key else 0
        if key and size + weight <= KEYBOARD_LIMIT and len(loud) + len(quiet) < KEYS_LIMIT:
            (quiet if button.quiet else loud).append(key)
            size += weight
        else:
            others.append(button)
    return (*_rows(loud), *_batches(quiet)), others


def _key(button: Button, ref: str, index: int) -> Key | None:
    label = flat(button.label) if is_visible(button.label) else "…"
    if button.url is not None:
        return Key(label, url=button.url) if _OPENS.fullmatch(button.url) else None
    action = button.action or ""
    as_it_is = 0 < len(action.encode()) <= DATA_LIMIT and not pressed(action)
    return Key(label, data=action if as_it_is else f"r:{ref}:{index}")


def _weight(key: Key) -> int:
    field = {"url": key.url} if key.url else {"callback_data": key.data}
    return len(json.dumps([{"text": key.label} | field]))


def _rows(keys: Sequence[Key]) -> list[tuple[Key, ...]]:
    rows: list[tuple[Key, ...]] = []
    for key in keys:
        beside = rows[-1] if rows else ()
        if len(beside) == 1 and max(len(beside[0].label), len(key.label)) <= _SHORT:
            rows[-1] = (*beside, key)
        else:
            rows.append((key,))
    return rows


def _batches(keys: Sequence[Key]) -> list[tuple[Key, ...]]:
    return [tuple(keys[at : at + ROW_LIMIT]) for at in range(0, len(keys), ROW_LIMIT)]


def _address(button: Button) -> str:
    """Say what to open or to type instead of pressing."""
    return button.url or "/" + (button.action or "").replace(":", " ", 1)
