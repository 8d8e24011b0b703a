"""Turns a Message into the JSON that the chat page draws; pure.

The page makes elements of this JSON and never parses it as HTML, so nothing is escaped here.
"""

from datetime import UTC
from typing import Any, Final

from bot.delivery import Author, Message
from bot.i18n import Localizer
from bot.markup import Span, parse, spans
from bot.messages import Button, FileRef, Picture, Table

FILES_PATH: Final = "/chat/files/"
_FROM: Final = {Author.CUSTOMER: "you", Author.BOT: "bot", Author.STAFF: "staff"}

Json = dict[str, Any]


def render(message: Message) -> Json:
    """Write one message; what a customer said stays as it was typed and is never markup."""
    reply = message.reply
    own = message.author is Author.CUSTOMER
    replaces = {"replaces": message.replaces} if message.replaces else {}
    return {
        "ref": message.ref,
        "at": message.at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "from": _FROM[message.author],
        "language": message.language,
        "private": message.private,
        "title": _line(spans(reply.title)) if reply.title else None,
        "blocks": _typed(reply.text) if own else _blocks(reply.text),
        "facts": [{"label": fact.label, "value": fact.value} for fact in reply.facts],
        "table": _table(reply.table) if reply.table else None,
        "picture": _picture(reply.picture) if reply.picture else None,
        "files": [_file(file, message.language) for file in reply.files],
        "buttons": [_button(button) for button in reply.buttons],
        **replaces,
    }


def _blocks(text: str) -> list[Json]:
    return [
        {"kind": block.kind, "lines": [_line(line) for line in block.lines]}
        for block in parse(text)
    ]


def _typed(text: str) -> list[Json]:
    lines = [_line((Span(line),)) for line in text.strip().splitlines()]
    return [{"kind": "paragraph", "lines": lines}] if lines else []


def _line(line: tuple[Span, ...]) -> list[Json]:
    return [{"text": span.text, "bold": span.bold} for span in line]


def _table(table: Table) -> Json:
    return {
        "columns": [{"label": column.label, "align": column.align} for column in table.columns],
        "rows": [list(row) for row in table.rows],
    }


def _picture(picture: Picture) -> Json:
    file = picture.file
    return {"url": FILES_PATH + file.ref, "alt": picture.alt, "filename": file.filename}


def _file(file: FileRef, language: str) -> Json:
    return {
        "url": FILES_PATH + file.ref,
        "filename": file.filename,
        "size_text": Localizer(language).file_size(file.size),
        "media_type": file.media_type,
    }


def _button(button: Button) -> Json:
    if button.url:
        return {"label": button.label, "url": button.url}
    return {"label": button.label, "action": button.action, "quiet": button.quiet}
