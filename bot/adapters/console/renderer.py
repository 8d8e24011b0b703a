"""Message -> terminal text, or one JSON object."""

import json
import textwrap
import unicodedata
from collections.abc import Mapping
from typing import Any

from bot.delivery import Message
from bot.i18n import Localizer
from bot.markup import plain
from bot.messages import Button, FileRef, Reply, Table

WIDTH = 88


def render(reply: Reply, paths: Mapping[str, str] | None = None, *, language: str) -> str:
    """Write a reply as plain text; `paths` tells by ref where its files were put."""
    loc = Localizer(language)
    parts: list[str] = []
    if reply.title:
        parts.append(f"== {plain(reply.title)} ==")
    parts.append(_wrap(plain(reply.text)))
    if reply.facts:
        labelled = [(loc.text("{label}:", label=f.label), f.value) for f in reply.facts]
        width = max(_columns(label) for label, _ in labelled)
        parts.append("\n".join(f"  {_pad(label, width)} {value}" for label, value in labelled))
    if reply.table:
        parts.append(_table(reply.table))
    if reply.picture:
        parts.append(f"[{reply.picture.alt}]" + _place(reply.picture.file, paths))
    parts += [_file(file, loc) + _place(file, paths) for file in reply.files]
    if reply.buttons:
        parts.append("\n".join(_button(button) for button in reply.buttons))
    return "\n\n".join(part for part in parts if part)


def to_json(message: Message | None, reply: Reply, paths: Mapping[str, str], language: str) -> str:
    """Write one line of JSON with everything a program that drives the bot may want to know.

    Without a message nothing was accepted: `reply` then says so, in `language`.
    """
    said = message.said if message else None
    line: dict[str, Any] = {
        "outcome": said.outcome if said else "error",
        "topic": said.topic if said else None,
        "topics": list(said.topics) if said else [],
        "command": said.command if said else None,
        "language": message.language if message else language,
        "private": message.private if message else True,
        "text": plain(reply.text),
        "title": plain(reply.title) if reply.title else None,
        "facts": [{"label": fact.label, "value": fact.value} for fact in reply.facts],
        "table": reply.table
        and {
            "columns": [column.label for column in reply.table.columns],
            "rows": [list(row) for row in reply.table.rows],
        },
        "buttons": [_button_json(button) for button in reply.buttons],
        "files": [_file_json(file, paths) | {"size": file.size} for file in reply.files],
        "picture": reply.picture
        and _file_json(reply.picture.file, paths) | {"alt": reply.picture.alt},
        "ticket": said.ticket if said else None,
    }
    return json.dumps(line, ensure_ascii=False)


def _button_json(button: Button) -> dict[str, str]:
    if button.url is not None:
        return {"label": button.label, "url": button.url}
    return {"label": button.label, "action": button.action or ""}


def _file_json(file: FileRef, paths: Mapping[str, str]) -> dict[str, Any]:
    described: dict[str, Any] = {"filename": file.filename, "media_type": file.media_type}
    if file.ref in paths:
        described["path"] = paths[file.ref]
    return described


def _button(button: Button) -> str:
    return f"  [{button.label}] {button.url or '/' + (button.action or '').replace(':', ' ', 1)}"


def _file(file: FileRef, loc: Localizer) -> str:
    return f"{file.filename} ({loc.file_size(file.size)})"


def _place(file: FileRef, paths: Mapping[str, str] | None) -> str:
    return f" -> {paths[file.ref]}" if paths and file.ref in paths else ""


def _table(table: Table) -> str:
    labels = [column.label for column in table.columns]
    widths = [max(_columns(row[i]) for row in (labels, *table.rows)) for i in range(len(labels))]

    def line(cells: tuple[str, ...] | list[str]) -> str:
        padded = (
            _pad(cell, width, right=column.align == "right")
            for cell, width, column in zip(cells, widths, table.columns, strict=True)
        )
        return "  " + "  ".join(padded).rstrip()

    rule = "  " + "  ".join("-" * width for width in widths)
    return "\n".join([line(labels), rule, *(line(row) for row in table.rows)])


def _wrap(text: str) -> str:
    return "\n".join(
        textwrap.fill(line, WIDTH, subsequent_indent="  " if line.startswith("- ") else "")
        for line in text.split("\n")
    )


def _columns(text: str) -> int:
    """Count the terminal columns of a text: combining marks take none, wide letters two."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def _pad(text: str, width: int, *, right: bool = False) -> str:
    space = " " * (width - _columns(text))
    return space + text if right else text + space
