"""Turns a Reply into what is posted on Slack: messages in Block Kit, and files; pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any, Final

from bot.adapters.slack.blocks import (
    BLOCK_TEXT,
    Json,
    Piece,
    batches,
    escaped,
    field,
    fields,
    heading,
    label,
    paragraph,
    plain_text,
    rich,
    table_blocks,
)
from bot.adapters.slack.blocks import safe as safe  # noqa: PLC0414 - the rest of Slack uses it too
from bot.i18n import Localizer
from bot.markup import Span, parse
from bot.messages import Button, FileRef, Reply

MENU_ACTION: Final = "menu"  # action_id of the first menu of a message; others follow with a number

_MESSAGE_TEXT: Final = 4_000  # characters
_MESSAGE_BLOCKS: Final = 50
_MODAL_BLOCKS: Final = 100
_ALT_TEXT: Final = 1_000  # characters of an uploaded picture's description
_ACTIONS: Final = 25  # elements of an actions block
_OPTIONS: Final = 100
_OPTION_VALUE: Final = 150
_MANY: Final = 8  # buttons; more make a menu
_BESIDE_MENU: Final = 2  # buttons, the last ones
_BETWEEN: Final = "\n\n"


@dataclass(frozen=True, slots=True)
class Post:
    """One message to post or update.

    `text` is its plain-text fallback: never empty, escaped, at most 4,000 characters. The first
    block's block_id is "REF.N", of the others "REF.N.I", to tell the message when it is read back.
    """

    text: str
    blocks: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Upload:
    """One file. `alt` is empty but for a picture; `caption` is escaped, empty for none."""

    file: FileRef
    alt: str
    caption: str


Part = Post | Upload


@dataclass(frozen=True, slots=True)
class _Element:
    """One element of an actions block, and what the fallback says of it, escaped."""

    element: Json
    text: str


def render(reply: Reply, *, ref: str, language: str) -> tuple[Part, ...]:
    """Write a reply as messages and then files; a long one takes several messages.

    `ref` is a short id of the reply, unlike any other's. A button's action has at most 2,000
    characters.
    """
    loc = Localizer(language)
    pieces = chain(
        _words(reply, loc),
        table_blocks(loc, reply.table) if reply.table else (),
        _long_description(reply),
        _addresses(reply, loc),
        _actions(reply, loc),
    )
    return (*_posts(pieces, ref), *_uploads(reply))


def instead(ref: str, number: int, language: str) -> Post:
    """Say in place of a file, which is that part of its message, that it has expired meanwhile."""
    gone = Localizer(language).text("This file is no longer kept. Please ask for it again.")
    (piece,) = paragraph([(Span(gone),)])
    return Post(piece.text, (piece.block | {"block_id": f"{ref}.{number}"},))


def modal_blocks(reply: Reply, *, language: str) -> tuple[dict[str, Any], ...]:
    """Write a reply for a modal: a table as lines, files by name, no buttons, at most 100 blocks.

    What is too long ends with "…".
    """
    loc = Localizer(language)
    names = [reply.picture.alt] if reply.picture else []
    names += [file.filename for file in reply.files]
    pieces = chain(
        _words(reply, loc),
        fields(loc, reply.table) if reply.table else (),
        paragraph((Span(name),) for name in names),
    )
    blocks = tuple(piece.block for piece in _visible(pieces))
    if len(blocks) <= _MODAL_BLOCKS:
        return blocks
    return (*blocks[: _MODAL_BLOCKS - 1], *(piece.block for piece in paragraph([(Span("…"),)])))


def _words(reply: Reply, loc: Localizer) -> Iterator[Piece]:
    yield from heading(reply.title or "")
    yield from _body(reply.text)
    yield from paragraph(field(loc, fact.label, fact.value) for fact in reply.facts)


@lru_cache(maxsize=256)
def _body(text: str) -> tuple[Piece, ...]:
    """Write a text; the same answers go out again and again."""
    return tuple(piece for block in parse(text) for piece in rich(block))


def _visible(pieces: Iterable[Piece]) -> Iterator[Piece]:
    return (piece for piece in pieces if piece.text.strip())


def _posts(pieces: Iterable[Piece], ref: str) -> Iterator[Post]:
    groups: list[list[Piece]] = []
    length = 0
    for piece in _visible(pieces):
        length += len(_BETWEEN) + len(piece.text)
        if not groups or not _fits(piece, groups[-1], length):
            groups.append([])
            length = len(piece.text)
        groups[-1].append(piece)
    for number, group in enumerate(groups):
        first = f"{ref}.{number}"
        ids = (first, *(f"{first}.{place}" for place in range(1, len(group))))
        blocks = (piece.block | {"block_id": id_} for piece, id_ in zip(group, ids, strict=True))
        yield Post(_BETWEEN.join(piece.text for piece in group), tuple(blocks))


def _fits(piece: Piece, group: list[Piece], length: int) -> bool:
    """Tell whether a piece can join a group, whose text then has that many characters."""
    tables = sum(other.block["type"] == "table" for other in (*group, piece))
    return length <= _MESSAGE_TEXT and len(group) < _MESSAGE_BLOCKS and tables <= 1


def _uploads(reply: Reply) -> Iterator[Upload]:
    if reply.picture:
        alt = reply.picture.alt
        short = alt if len(alt) <= _ALT_TEXT else alt[: _ALT_TEXT - 1] + "…"
        yield Upload(reply.picture.file, short, "")
    for file in reply.files:
        yield Upload(file, "", "")


def _long_description(reply: Reply) -> Iterator[Piece]:
    if reply.picture and len(reply.picture.alt) > _ALT_TEXT:
        yield from paragraph([(Span(reply.picture.alt),)])


def _addresses(reply: Reply, loc: Localizer) -> Iterator[Piece]:
    plain = (button for button in reply.buttons if button.url and not _opens(button, loc))
    return paragraph(
        (Span(loc.text("{label}: {value}", label=button.label, value=button.url)),)
        for button in plain
    )


def _opens(button: Button, loc: Localizer) -> bool:
    is_secure = (button.url or "").startswith("https://")
    return is_secure and len(_link_text(button, loc)) < BLOCK_TEXT


def _link_text(button: Button, loc: Localizer) -> str:
    return escaped(loc.text("{label}: {value}", label=label(button.label), value=button.url))


def _actions(reply: Reply, loc: Localizer) -> Iterator[Piece]:
    shown = {n: b for n, b in enumerate(reply.buttons) if not b.url or _opens(b, loc)}
    loud = {n: b for n, b in shown.items() if not b.quiet}
    quiet = {n: b for n, b in shown.items() if b.quiet}
    listed = _listed(loud)
    rest = {n: b for n, b in loud.items() if n not in listed}
    yield from _action_blocks([*_menus(listed.values(), loc), *_buttons(rest, loc)])
    yield from _action_blocks(_buttons(quiet, loc))


def _listed(buttons: dict[int, Button]) -> dict[int, Button]:
    pressed = {n: b for n, b in buttons.items() if not b.url}
    if len(pressed) <= _MANY:
        return {}
    first = list(pressed.items())[:-_BESIDE_MENU]
    return {n: b for n, b in first if len(b.action or "") <= _OPTION_VALUE}


def _menus(buttons: Iterable[Button], loc: Localizer) -> Iterator[_Element]:
    options = [
        _Element({"text": plain_text(label(b.label)), "value": b.action}, _pressed_text(b))
        for b in buttons
    ]
    for number, batch in enumerate(batches(options, _element_size, most=_OPTIONS)):
        menu = {
            "type": "static_select",
            "action_id": f"{MENU_ACTION}{number or ''}",
            "placeholder": plain_text(loc.text("Choose…")),
            "options": [option.element for option in batch],
        }
        yield _Element(menu, "\n".join(option.text for option in batch))


def _buttons(buttons: dict[int, Button], loc: Localizer) -> Iterator[_Element]:
    for number, button in buttons.items():
        does = {"url": button.url} if button.url else {"value": button.action}
        element = {
            "type": "button",
            "action_id": f"b{number}",
            "text": plain_text(label(button.label)),
            **does,
        }
        yield _Element(element, _link_text(button, loc) if button.url else _pressed_text(button))


def _pressed_text(button: Button) -> str:
    return f"[{escaped(label(button.label))}]"


def _element_size(element: _Element) -> int:
    return len(element.text) + len("\n")


def _action_blocks(elements: Iterable[_Element]) -> Iterator[Piece]:
    for batch in batches(elements, _element_size, most=_ACTIONS):
        block = {"type": "actions", "elements": [element.element for element in batch]}
        yield Piece(block, "\n".join(element.text for element in batch))
