"""Slack's published rules of messages and modals: what it would refuse raises AssertionError.

Source: the Block Kit reference and chat.postMessage on docs.slack.dev. Two limits are not in it:
empty texts are refused, and so are messages of much more than 12,000 characters in all blocks.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

MESSAGE_TEXT = 4_000
MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
ALL_TEXT = 12_000
TABLE_TEXT = 10_000
ID = 255

Json = dict[str, Any]

# Fields of each type: "!" for those that must be there.
FIELDS = {
    "header": "text!",
    "section": "text fields accessory expand",
    "rich_text": "elements!",
    "actions": "elements!",
    "table": "rows! column_settings",
    "image": "alt_text! image_url slack_file title",
    "divider": "",
    "context": "elements!",
    "input": "label! element! hint optional dispatch_action",
    "rich_text_section": "elements!",
    "rich_text_list": "elements! style! indent offset border",
    "rich_text_preformatted": "elements! border",
    "rich_text_quote": "elements! border",
    "text": "text! style",
    "link": "url! text unsafe style",
    "emoji": "name! unicode style",
    "user": "user_id! style",
    "channel": "channel_id! style",
    "broadcast": "range! style",
    "raw_text": "text!",
    "plain_text": "text! emoji",
    "mrkdwn": "text! verbatim",
    "button": "text! action_id url value style confirm accessibility_label",
    "static_select": "options! action_id placeholder initial_option confirm focus_on_load",
    "radio_buttons": "options! action_id initial_option confirm focus_on_load",
    "checkboxes": "options! action_id initial_options confirm focus_on_load",
    "overflow": "options! action_id confirm",
    "plain_text_input": (
        "action_id initial_value multiline min_length max_length dispatch_action_config"
        " focus_on_load placeholder"
    ),
}
BLOCKS = frozenset(list(FIELDS)[:9])
INLINE = frozenset(("text", "link", "emoji", "user", "channel", "broadcast"))
PRESSED = frozenset(("button", "static_select", "radio_buttons", "checkboxes", "overflow"))
MOST_OPTIONS = {"static_select": 100, "radio_buttons": 10, "checkboxes": 10, "overflow": 5}


def check_message(text: str, blocks: list[Json]) -> None:
    """Check what chat.postMessage or chat.update is given. Raises AssertionError."""
    _check(isinstance(text, str) and text.strip(), "no text")
    _check(len(text) <= MESSAGE_TEXT, f"text of {len(text)} characters")
    check_blocks(blocks, most=MESSAGE_BLOCKS)
    _check(all(block["type"] != "input" for block in blocks), "an input in a message")
    _check(sum(block["type"] == "table" for block in blocks) <= 1, "several tables")
    _check(sum(map(len, texts(blocks))) <= ALL_TEXT, "too much text in all blocks")


def check_view_blocks(blocks: list[Json]) -> None:
    """Check the blocks of a modal. Raises AssertionError."""
    check_blocks(blocks, most=VIEW_BLOCKS)
    _check(all(block["type"] != "table" for block in blocks), "a table in a modal")


def check_blocks(blocks: list[Json], *, most: int) -> None:
    """Check blocks whatever they stand in. Raises AssertionError."""
    _check(isinstance(blocks, list), "blocks are no list")
    _check(len(blocks) <= most, f"{len(blocks)} blocks")
    for block in blocks:
        _fields(block, BLOCKS, also={"block_id"})
        _CHECKS.get(block["type"], _anything)(block)
    _ids([block["block_id"] for block in blocks if "block_id" in block], "block_id")
    _ids([found["action_id"] for found in _elements(blocks) if "action_id" in found], "action_id")


def texts(part: Any) -> Iterator[str]:
    """List the words in blocks, in order: every "text" that is a string."""
    if isinstance(part, list):
        for item in part:
            yield from texts(item)
    elif isinstance(part, dict):
        for name, value in part.items():
            if name == "text" and isinstance(value, str):
                yield value
            else:
                yield from texts(value)


def _check(is_right: object, what: str) -> None:
    if not is_right:
        raise AssertionError(what)


def _fields(part: Any, types: frozenset[str], also: set[str] = frozenset()) -> None:
    _check(isinstance(part, dict) and part.get("type") in types, f"not one of {set(types)}: {part}")
    names = FIELDS[part["type"]].split()
    needed = {name[:-1] for name in names if name.endswith("!")}
    known = {name.rstrip("!") for name in names} | also | {"type"}
    _check(needed <= part.keys(), f"{part['type']} without {needed - part.keys()}")
    _check(part.keys() <= known, f"{part['type']} with {part.keys() - known}")


def _words(text: Any, most: int, least: int = 1) -> None:
    _check(isinstance(text, str), f"no string: {text!r}")
    _check(least <= len(text) <= most, f"{len(text)} characters, not {least} to {most}: {text!r}")


def _text(part: Any, most: int, *types: str) -> None:
    _fields(part, frozenset(types or ("plain_text",)))
    _words(part["text"], most)


def _many(items: Any, most: int, what: str, least: int = 1) -> None:
    _check(isinstance(items, list) and least <= len(items) <= most, f"{what}: not {least}-{most}")


def _ids(ids: list[str], what: str) -> None:
    for id_ in ids:
        _words(id_, ID)
    _check(len(ids) == len(set(ids)), f"the same {what} twice: {ids}")


def _anything(block: Json) -> None:
    """Accept a block without fields of its own."""


def _header(block: Json) -> None:
    _text(block["text"], 150)


def _section(block: Json) -> None:
    _check("text" in block or "fields" in block, "a section with neither text nor fields")
    if "text" in block:
        _text(block["text"], 3_000, "plain_text", "mrkdwn")
    if "fields" in block:
        _many(block["fields"], 10, "fields")
    for field in block.get("fields", []):
        _text(field, 2_000, "plain_text", "mrkdwn")
    if "accessory" in block:
        _image_or_pressed(block["accessory"])


def _rich_text(block: Json) -> None:
    _many(block["elements"], 3_000, "elements of a rich_text")
    for part in block["elements"]:
        _fields(part, frozenset(name for name in FIELDS if name.startswith("rich_text_")))
        _many(part["elements"], 3_000, f"elements of a {part['type']}")
        if part["type"] == "rich_text_list":
            _check(part["style"] in ("bullet", "ordered"), f"list style {part['style']!r}")
            _check(isinstance(part.get("offset", 0), int), "a list offset that is no number")
        for element in part["elements"]:
            _inline(element, in_list=part["type"] == "rich_text_list")
    _words("".join(texts(block)), 3_000, least=0)


def _inline(element: Json, *, in_list: bool) -> None:
    if in_list:
        _fields(element, frozenset(("rich_text_section",)))
        _many(element["elements"], 3_000, "elements of a list's item")
        for inner in element["elements"]:
            _inline(inner, in_list=False)
        return
    _fields(element, INLINE)
    if element["type"] == "text":
        _words(element["text"], 3_000)
    style = element.get("style", {})
    _check(set(style) <= {"bold", "italic", "strike", "code", "underline"}, f"style {style}")


def _actions(block: Json) -> None:
    _many(block["elements"], 25, "elements of an actions block")
    for element in block["elements"]:
        _pressed(element)


def _image_or_pressed(element: Json) -> None:
    if element.get("type") == "image":
        _fields(element, frozenset(("image",)))
        _image(element)
    else:
        _pressed(element)


def _pressed(element: Json) -> None:
    _fields(element, PRESSED)
    if element["type"] == "button":
        _text(element["text"], 75)
        _words(element.get("value", ""), 2_000, least=0)
        _words(element.get("url", "https://"), 3_000)
        _check(re.match(r"[a-z]+:", element.get("url", "https:")), "a url that is none")
        _check(element.get("style", "primary") in ("primary", "danger"), "a button's style")
    else:
        _options(element)


def _options(element: Json) -> None:
    _many(element["options"], MOST_OPTIONS[element["type"]], "options")
    for option in element["options"]:
        needed, known = {"text", "value"}, {"text", "value", "description", "url"}
        _check(needed <= option.keys() <= known, f"an option of {set(option)}")
        _text(option["text"], 75, "plain_text", "mrkdwn")
        _words(option["value"], 150)
    if "placeholder" in element:
        _text(element["placeholder"], 150)


def _table(block: Json) -> None:
    _many(block["rows"], 100, "rows of a table")
    for row in block["rows"]:
        _many(row, 20, "cells of a row")
        for cell in row:
            _cell(cell)
    _check(sum(map(len, texts(block["rows"]))) <= TABLE_TEXT, "too much text in a table")
    settings = block.get("column_settings", [])
    _many(settings, 20, "column_settings", least=0)
    for setting in settings:
        _check(setting.keys() <= {"align", "is_wrapped"}, f"a column of {set(setting)}")
        _check(setting.get("align", "left") in ("left", "center", "right"), "align")


def _cell(cell: Json) -> None:
    if cell.get("type") == "rich_text":
        _fields(cell, frozenset(("rich_text",)))
        _rich_text(cell)
    else:
        _text(cell, TABLE_TEXT, "raw_text")


def _image(block: Json) -> None:
    _check(("image_url" in block) != ("slack_file" in block), "an image of none or two sources")
    _words(block.get("image_url", "https://"), 3_000)
    _words(block["alt_text"], 2_000)
    if "title" in block:
        _text(block["title"], 2_000)


def _context(block: Json) -> None:
    _many(block["elements"], 10, "elements of a context")
    for element in block["elements"]:
        if element.get("type") == "image":
            _image_or_pressed(element)
        else:
            _text(element, 3_000, "plain_text", "mrkdwn")


def _input(block: Json) -> None:
    _text(block["label"], 2_000)
    if "hint" in block:
        _text(block["hint"], 2_000)
    element = block["element"]
    if element.get("type") != "plain_text_input":
        _check(element.get("type") not in ("button", "overflow"), "an input that is none")
        _pressed(element)
        return
    _fields(element, frozenset(("plain_text_input",)))
    _words(element.get("initial_value", ""), 3_000, least=0)
    if "placeholder" in element:
        _text(element["placeholder"], 150)


def _elements(blocks: list[Json]) -> Iterator[Json]:
    for block in blocks:
        if block["type"] == "actions":
            yield from block["elements"]
        yield from (block[name] for name in ("accessory", "element") if name in block)


_CHECKS: dict[str, Callable[[Json], None]] = {
    "header": _header,
    "section": _section,
    "rich_text": _rich_text,
    "actions": _actions,
    "table": _table,
    "image": _image,
    "context": _context,
    "input": _input,
}
