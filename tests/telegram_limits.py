"""What the Bot API refuses, as published and as seen: https://core.telegram.org/bots/api.

Each check raises AssertionError with the reason.
"""

import json
import re
import unicodedata
from typing import Any

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
DATA_LIMIT = 64  # bytes
KEYS_LIMIT = 100
ROW_LIMIT = 8
KEYBOARD_LIMIT = 10_000  # bytes of JSON

_PLAIN_TAGS = set("b strong i em u ins s strike del code pre tg-spoiler blockquote".split())
_TAGS_WITH = {
    "a": r' href="[^"<>]+"',
    "span": r' class="tg-spoiler"',
    "code": r' class="language-[^"<>]+"',
    "blockquote": r" expandable",
    "tg-emoji": r' emoji-id="\d+"',
}
_TOKEN = re.compile(
    r"<(?P<end>/?)(?P<tag>[a-z][a-z-]*)(?P<attributes>[^<>]*)>"
    r"|&(?P<entity>lt|gt|amp|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});"
    r"|(?P<text>[^<>&]+)"
)
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"  # letters that are drawn as nothing
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_URL = re.compile(r"(https?://[^\s/?#@.]+(\.[^\s/?#@.]+)+([/?#]\S*)?|tg://\S+)")
_KINDS = ("url", "callback_data", "web_app", "login_url", "switch_inline_query", "copy_text")


def check_text(html: str) -> None:
    """Check the text of sendMessage and editMessageText with parse_mode HTML."""
    check_html(html, TEXT_LIMIT)
    assert shows(parsed(html)), "message text is empty"


def check_caption(html: str) -> None:
    """Check the caption, perhaps empty, of a photo or document with parse_mode HTML."""
    check_html(html, CAPTION_LIMIT)


def check_html(html: str, limit: int) -> None:
    """Check tags, entities and the length that is left, in UTF-16 code units."""
    length = len(parsed(html).encode("utf-16-le")) // 2
    assert length <= limit, f"message is too long: {length} of {limit}"


def parsed(html: str) -> str:
    """Give the text that Telegram makes of HTML. Raises AssertionError where it is none."""
    text: list[str] = []
    open_tags: list[str] = []
    at = 0
    while at < len(html):
        token = _TOKEN.match(html, at)
        assert token, f"can't parse entities at {at}: {html[at : at + 20]!r}"
        at = token.end()
        if token["tag"]:
            _follow(open_tags, token)
        else:
            text.append(_character(token["entity"]) if token["entity"] else token["text"])
    assert not open_tags, f"never closed: {open_tags}"
    return "".join(text)


def _follow(open_tags: list[str], token: re.Match[str]) -> None:
    tag, attributes = token["tag"], token["attributes"]
    if token["end"]:
        assert not attributes, f"an end tag with attributes: {token[0]}"
        assert open_tags[-1:] == [tag], f"closed but not open: {tag}"
        open_tags.pop()
        return
    known = (tag in _PLAIN_TAGS and not attributes) or (
        tag in _TAGS_WITH and re.fullmatch(_TAGS_WITH[tag], attributes)
    )
    assert known, f"unsupported start tag: {token[0]}"
    inside = open_tags[-1] if open_tags else ""
    assert inside not in {"pre", "code"} or (inside, tag) == ("pre", "code"), (
        f"{tag} inside {inside}"
    )
    open_tags.append(tag)


def _character(entity: str) -> str:
    if entity in _NAMED:
        return _NAMED[entity]
    code = int(entity.lstrip("#x"), 16 if "x" in entity else 10)
    assert 0 < code <= 0x10FFFF, f"no such character: {entity}"
    return chr(code)


def check_keyboard(rows: Any) -> None:
    """Check the `inline_keyboard` of a call: rows of objects with a text and one action."""
    assert isinstance(rows, list), "inline_keyboard is no array"
    for row in rows:
        assert isinstance(row, list), "a row is no array"
        assert 1 <= len(row) <= ROW_LIMIT, f"{len(row)} buttons in a row"
        for button in row:
            _check_button(button)
    total = sum(len(row) for row in rows)
    assert total <= KEYS_LIMIT, f"{total} buttons"
    size = len(json.dumps(rows))
    assert size <= KEYBOARD_LIMIT, f"reply markup is too long: {size} bytes"


def _check_button(button: Any) -> None:
    assert isinstance(button, dict), "a button is no object"
    label = button.get("text")
    assert isinstance(label, str), "a button without a text"
    assert shows(label), "button text is empty"
    kinds = [kind for kind in _KINDS if kind in button]
    assert len(kinds) == 1, f"a button does one thing, not {kinds}"
    if kinds == ["callback_data"]:
        size = len(button["callback_data"].encode())
        assert 1 <= size <= DATA_LIMIT, f"BUTTON_DATA_INVALID: {size} bytes"
    if kinds == ["url"]:
        assert _URL.fullmatch(button["url"]), f"wrong HTTP URL: {button['url']}"


def shows(text: str) -> bool:
    """Tell whether a text has anything to see."""
    categories = {unicodedata.category(letter) for letter in text if letter not in _BLANK}
    return bool(categories - {"Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Mn", "Mc", "Me"})
