"""Somebody on Telegram: writes in chats, presses buttons."""

import re
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from bot import desk
from store import people
from tests.platforms.serving import Sent
from tests.platforms.telegram import ME, TelegramServer
from tests.telegram.running import Running

GROUP, FORUM, TOPIC = -1001900000001, -1001900000002, 310
_update_ids, _message_ids, _people = count(880100001), count(5001), count(411000001)
_ENTITIES = {"mention": re.compile(r"(?<!\w)@\w+"), "bot_command": re.compile(r"(?<!\w)/[\w@]+")}


@dataclass
class Person:
    bot: Running
    language: str | None = "en"
    id: int = field(default_factory=lambda: next(_people))

    @property
    def sender(self) -> dict[str, Any]:
        known = {"id": self.id, "is_bot": False, "first_name": "Ana"}
        return known | ({"language_code": self.language} if self.language else {})

    def message(self, text: str = "", *, chat: int | None = None, **more: Any) -> dict[str, Any]:
        """Make a message as Telegram passes it on, with the entities that it finds in it."""
        said = {"text": text, "entities": entities(text)} if text else {}
        return {
            "message_id": next(_message_ids),
            "from": self.sender,
            "chat": chat_of(chat or self.id),
            "date": 1795359845,
            **said,
            **more,
        }

    def update(self, text: str = "", *, kind: str = "message", **more: Any) -> dict[str, Any]:
        return {"update_id": next(_update_ids), kind: self.message(text, **more)}

    def say(self, text: str = "", **more: Any) -> list[Sent]:
        """Say it; gives what the bot sent, to whomever."""
        return self.bot.take(self.update(text, **more))

    def press(self, sent: Sent, label: str) -> list[Sent]:
        """Press the button of a message that carries this label."""
        return self.bot.take(self.pressing(sent, data_of(sent, label)))

    def pressing(self, sent: Sent, data: str) -> dict[str, Any]:
        """Make the update of a pressed button."""
        update_id = next(_update_ids)
        pressed = {
            "id": f"query-{update_id}",
            "from": self.sender,
            "message": {
                "message_id": int(sent.message_id),
                "from": ME,
                "chat": chat_of(int(sent.arguments["chat_id"])),
                "date": 1795359845,
                "text": "...",
            },
            "chat_instance": "-4501234567890123456",
            "data": data,
        }
        return {"update_id": update_id, "callback_query": pressed}

    def sign_in(self, username: str = "demo@maple.example") -> "Person":
        """Be linked to a portal user, as the page and the person's yes would do it."""
        with self.bot.database.write() as session:
            key = {"platform": "telegram", "workspace": "", "user": str(self.id)}
            person = people.meet(session, **key, display_name="")
            found = people.portal_user_named(session, username=username)
            account = people.accounts_of(session, portal_user_id=found.id)[0][0]
            people.link(
                session, person_id=person.id, portal_user_id=found.id, account_id=account.id
            )
        return self

    def join_desk(self, username: str = "agent1@desk.example") -> "Person":
        """Be linked to a staff user, as `staff link` does it."""
        member = desk.member(self.bot.database, username=username, sample_users=True)
        key = {"platform": "telegram", "workspace": "", "user": str(self.id)}
        desk.link(self.bot.database, staff=member, **key, linked=True)
        return self


def chat_of(chat_id: int) -> dict[str, Any]:
    if chat_id > 0:
        return {"id": chat_id, "type": "private", "first_name": "Ana"}
    kind = "supergroup" if str(chat_id).startswith("-100") else "group"
    return {"id": chat_id, "type": kind, "title": "Maple Dental"}


def entities(text: str) -> list[dict[str, Any]]:
    """Find commands and names in ASCII text, as Telegram does."""
    return [
        {"type": kind, "offset": found.start(), "length": len(found[0])}
        for kind, pattern in _ENTITIES.items()
        for found in pattern.finditer(text)
    ]


def keys_of(sent: Sent) -> list[dict[str, str]]:
    """The buttons of a message, in order."""
    keyboard = (sent.arguments.get("reply_markup") or {}).get("inline_keyboard", [])
    return [key for row in keyboard for key in row]


def data_of(sent: Sent, label: str) -> str:
    """What a button sends back. Raises StopIteration when there is none of this label."""
    return next(key["callback_data"] for key in keys_of(sent) if key["text"] == label)


def room_of(sent: Sent) -> int:
    return int(sent.arguments["chat_id"])


def shown(telegram: TelegramServer, sent: Sent) -> str:
    """The words of a message as people read them now."""
    message = telegram.chats.messages[room_of(sent)][int(sent.message_id)]
    return str(message.get("text") or message.get("caption") or "")
