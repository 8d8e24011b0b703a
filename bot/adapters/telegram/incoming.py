"""What Telegram sends -> the neutral Request; pure, on the plain JSON of an Update.

Whatever is not something a person said or pressed, or was said to others in a group, is None.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from bot.messages import Request, storable
from bot.redaction import Redacted, redact, redact_filename

PLATFORM: Final = "telegram"
# An animation also comes with a document, for programs that are older than animations.
UPDATES: Final = ("message", "edited_message", "callback_query")  # those that are read
_KINDS: Final = (
    "animation",
    "photo",
    "sticker",
    "voice",
    "video",
    "video_note",
    "audio",
    "location",
    "contact",
    "poll",
    "dice",
)
_ENTITIES: Final = {"text": "entities", "caption": "caption_entities"}
_CHATS: Final = frozenset({"private", "group", "supergroup"})
_COMMAND: Final = re.compile(r"/([A-Za-z0-9_]{1,64})(?:@([A-Za-z0-9_]+))?")
_AFTER_A_NAME: Final = " ,:\u00a0\u202f"  # what parts "@bot," from the words that follow
_NOTHING: Final = Redacted("", frozenset())

T = TypeVar("T")
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Me:
    """The bot itself."""

    id: int
    username: str | None  # None while getMe has not answered: names of bots then match nobody

    def is_called(self, username: str) -> bool:
        return self.username is not None and username.lower() == self.username.lower()


def of_update(update: Json, *, me: Me, commands: Collection[str]) -> Request | None:
    """Make the Request of an Update, or None where there is nothing to answer.

    `commands` are the names of the bot's own, as it knows them ("last-payment"). Raises nothing:
    an Update that lacks what the Bot API promises is None.
    """
    try:
        if "callback_query" in update:
            return _pressed(update, me)
        return _said(update, me, commands)
    except ValueError:
        return None


def callback_id(update: Json) -> str | None:
    """Tell the id of a pressed inline button, whatever comes of it: its clock has to stop."""
    pressed = update.get("callback_query")
    found = pressed.get("id") if isinstance(pressed, dict) else None
    return found if isinstance(found, str) else None


def slash_name(command: str) -> str:
    """Name a command as Telegram's list wants it: last-payment -> last_payment."""
    return command.replace("-", "_")


def _pressed(update: Json, me: Me) -> Request | None:
    pressed = _field(update, "callback_query", dict)
    message = _field(pressed, "message", dict)
    action = _field(pressed, "data", str)
    return _request(update, message, _field(pressed, "from", dict), me, action=action)


def _said(update: Json, me: Me, commands: Collection[str]) -> Request | None:
    edited = "edited_message" in update
    message = _field(update, "edited_message" if edited else "message", dict)
    if "sender_chat" in message:  # a channel or a group speaks; the sender is made up
        return None
    attachments = tuple(_attachments(message))
    if not attachments and not _ENTITIES.keys() & message.keys():
        return None
    text = _addressed(message, me, commands)
    if text is None:
        return None
    sender = _field(message, "from", dict)
    if edited:
        # A live location moves by itself: nobody said anything anew.
        moved = "location" in attachments
        return None if moved else _request(update, message, sender, me, action="edited")
    return _request(
        update, message, sender, me, said=redact(storable(text)), attachments=attachments
    )


def _request(
    update: Json,
    message: Json,
    sender: Json,
    me: Me,
    *,
    said: Redacted = _NOTHING,
    action: str | None = None,
    attachments: tuple[str, ...] = (),
) -> Request | None:
    chat = _field(message, "chat", dict)
    if _field(sender, "is_bot", bool) or _field(chat, "type", str) not in _CHATS:
        return None
    in_topic = _optional(message, "is_topic_message", bool)
    names = (_optional(sender, name, str) for name in ("first_name", "last_name"))
    return Request(
        platform=PLATFORM,
        user=str(_field(sender, "id", int)),
        room=str(_field(chat, "id", int)),
        thread=str(_field(message, "message_thread_id", int)) if in_topic else "",
        event_id=f"{me.id}:{_field(update, 'update_id', int)}",
        one_to_one=_is_private(message),
        text=said.text,
        masked=said.masked,
        action=action,
        attachments=attachments,
        locale=_optional(sender, "language_code", str),
        display_name=" ".join(name for name in names if name),
        message_id=str(_field(message, "message_id", int)),
    )


def _attachments(message: Json) -> Iterator[str]:
    for kind in _KINDS:
        if isinstance(message.get(kind), dict | list):
            yield kind
            return
    if document := _optional(message, "document", dict):
        name = _optional(document, "file_name", str)
        yield redact_filename(storable(name)).text if name else "document"


def _addressed(message: Json, me: Me, commands: Collection[str]) -> str | None:
    """Give the words that were said to the bot, or None when they were said to others."""
    body = "text" if "text" in message else "caption"
    text = _optional(message, body, str) or ""
    entities = _optional(message, _ENTITIES[body], list) or []
    mentions = sorted(_mentions(text, entities, me), reverse=True)
    private = _is_private(message)
    if not (private or mentions or _opens_with_command(entities) or _answers(message, me)):
        return None
    for start, end in mentions:
        text = text[:start] + text[end:].lstrip(_AFTER_A_NAME)
    text = text.strip()
    command = _COMMAND.match(text)
    if command is None:
        return text
    name = _known(command[1], commands)
    if command[2]:
        ours = private or me.is_called(command[2])
    else:  # in a group it may be meant for another bot
        ours = private or bool(mentions) or _answers(message, me) or name in {*commands, "start"}
    return f"/{name}{text[command.end() :]}" if ours else None


def _mentions(text: str, entities: list[Any], me: Me) -> Iterator[tuple[int, int]]:
    """Find where the bot is named: start and end, in characters."""
    for entity in entities:
        offset, length = _field(entity, "offset", int), _field(entity, "length", int)
        start, end = _characters(text, offset), _characters(text, offset + length)
        kind, shown = _field(entity, "type", str), text[start:end]
        if (kind == "mention" and me.is_called(shown.removeprefix("@"))) or (
            kind == "text_mention" and _field(entity, "user", dict).get("id") == me.id
        ):
            yield start, end


def _characters(text: str, units: int) -> int:
    """Turn an offset in UTF-16 code units, as Telegram counts, into one in characters."""
    before = text.encode("utf-16-le", "surrogatepass")[: 2 * max(units, 0)]
    return len(before.decode("utf-16-le", "surrogatepass"))


def _opens_with_command(entities: list[Any]) -> bool:
    return any(entity["type"] == "bot_command" and entity["offset"] == 0 for entity in entities)


def _answers(message: Json, me: Me) -> bool:
    """Tell whether it replies to what the bot said."""
    answered = _optional(message, "reply_to_message", dict) or {}
    author = _optional(answered, "from", dict) or {}
    # All that is said in a topic replies to the service message that opened it.
    return author.get("id") == me.id and "forum_topic_created" not in answered


def _known(name: str, commands: Collection[str]) -> str:
    ours = name.lower().replace("_", "-")
    return ours if ours in commands else name


def _is_private(message: Json) -> bool:
    return _field(_field(message, "chat", dict), "type", str) == "private"


def _field(data: Any, name: str, kind: type[T]) -> T:
    """Read what the Bot API promises. Raises ValueError when it is missing or of another type."""
    value = data.get(name) if isinstance(data, Mapping) else None
    if type(value) is not kind:  # True is no int here
        raise ValueError(f"no {name} of type {kind.__name__}")
    return value


def _optional(data: Json, name: str, kind: type[T]) -> T | None:
    """Read what may be missing. Raises ValueError when it is there and of another type."""
    return None if data.get(name) is None else _field(data, name, kind)
