"""What Telegram's documentation asks of the arguments of the Bot API's methods."""

import re
from html.parser import HTMLParser
from typing import Any

from tests.platforms.serving import Breach, Upload

TEXT_LIMIT = 4096  # UTF-16 code units, after the markup is read
CAPTION_LIMIT = 1024
ANSWER_LIMIT = 200
LARGEST = {"photo": 10_000_000, "document": 50_000_000}  # bytes of an upload
ACTIONS = set(
    "typing upload_photo record_video upload_video record_voice upload_voice upload_document "
    "choose_sticker find_location record_video_note upload_video_note".split()
)
KINDS = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    "a": "text_link",
    "blockquote": "blockquote",
    "code": "code",
    "pre": "pre",
    "tg-spoiler": "spoiler",
}


def bad(words: str, reason: str | None = None) -> Breach:
    return Breach(f"400 Bad Request: {words}", reason or words)


def need(arguments: dict[str, Any], *names: str) -> None:
    for name in names:
        if arguments.get(name) in (None, ""):
            raise bad(f"{name} is empty")


def number(arguments: dict[str, Any], name: str, default: int | None = None) -> int:
    value = arguments.get(name, default)
    if not re.fullmatch(r"-?\d{1,19}", str(value)):
        raise bad(f"{name} is no number", f"{name} {value!r}")
    return int(str(value))


def check_length(text: str, limit: int, name: str) -> None:
    if size(text) > limit:
        raise bad(f"{name} is too long", f"{name}: {size(text)} of {limit} characters")


def size(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def read_text(arguments: dict[str, Any]) -> dict[str, Any]:
    """Give text and entities of a message. Raises Breach for an empty, long or broken one."""
    text, entities = _read(arguments, "text", TEXT_LIMIT)
    if not text:
        raise bad("message text is empty")
    return {"text": text, **({"entities": entities} if entities else {})}


def read_caption(arguments: dict[str, Any]) -> dict[str, Any]:
    """Give caption and entities, or nothing where there is none."""
    text, entities = _read(arguments, "caption", CAPTION_LIMIT)
    if not text:
        return {}
    return {"caption": text, **({"caption_entities": entities} if entities else {})}


def _read(arguments: dict[str, Any], name: str, limit: int) -> tuple[str, list[dict[str, Any]]]:
    text = arguments.get(name) or ""
    mode = str(arguments.get("parse_mode") or "").lower()
    if not isinstance(text, str) or mode not in {"", "html"}:
        raise bad(f"unsupported {name} or parse_mode", f"{name} {text!r}, parse_mode {mode!r}")
    if not mode:
        check_length(text, limit, name)
        return text.strip(), list(arguments.get("entities") or ())
    from tests.telegram_limits import check_html

    try:
        check_html(text, limit)
    except AssertionError as error:
        raise bad(f"can't parse entities: {error}", str(error)) from error
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.text.strip(), reader.entities


class _Reader(HTMLParser):
    """Plain text and entities of HTML that was found valid."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.entities: list[dict[str, Any]] = []
        self._open: list[dict[str, Any]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = {"url": dict(attrs)["href"]} if tag == "a" else {}
        self._open.append({"type": KINDS.get(tag, tag), "offset": size(self.text), **address})

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, _tag: str) -> None:
        entity = self._open.pop()
        entity["length"] = size(self.text) - entity["offset"]
        self.entities.append(entity)


def read_keyboard(arguments: dict[str, Any]) -> dict[str, Any]:
    """Give the inline keyboard of a call, or nothing. Raises Breach for one that is wrong."""
    markup = arguments.get("reply_markup")
    if not markup:
        return {}
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" not in markup:
        return {}
    from tests.telegram_limits import check_keyboard

    try:
        check_keyboard(markup["inline_keyboard"])
    except AssertionError as error:
        raise bad(str(error)) from error
    return {"reply_markup": markup} if markup["inline_keyboard"] else {}


def check_file(upload: Upload, kind: str) -> None:
    if not upload.content:
        raise bad("file must be non-empty")
    if len(upload.content) > LARGEST[kind]:
        raise bad("file is too big", f"a {kind} of {len(upload.content)} bytes")


def check_commands(commands: Any) -> None:
    if not isinstance(commands, list) or len(commands) > 100:
        raise bad("commands must be an array of at most 100")
    for command in commands:
        name, words = command.get("command") or "", command.get("description") or ""
        if not re.fullmatch(r"[a-z0-9_]{1,32}", name):
            raise bad("BOT_COMMAND_INVALID", f"command {name!r}")
        if not 1 <= size(words) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID", f"description of {name}: {words!r}")


def check_language(arguments: dict[str, Any]) -> str:
    language = arguments.get("language_code") or ""
    if not re.fullmatch(r"([a-z]{2})?", language):
        raise bad("BOT_LANGUAGE_INVALID", f"language_code {language!r}")
    return str(language)


def check_webhook(arguments: dict[str, Any]) -> None:
    url, secret = arguments.get("url") or "", arguments.get("secret_token")
    if url and not url.startswith("https://"):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook", f"url {url!r}")
    if secret is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        raise bad("secret token contains unallowed characters")
    if not 1 <= number(arguments, "max_connections", 40) <= 100:
        raise bad("max_connections is not from 1 to 100")
