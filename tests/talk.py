"""Somebody in a chat: says things, presses buttons, and gets the bot's messages."""

from dataclasses import dataclass, field
from itertools import count
from uuid import uuid4

from bot.bootstrap import Bot, link_console
from bot.delivery import Message
from bot.messages import Address, Request

_numbers = count()


@dataclass
class Talk:
    """One conversation, one to one unless told otherwise."""

    bot: Bot
    locale: str | None = None
    one_to_one: bool = True
    user: str = field(default_factory=lambda: f"user-{next(_numbers)}")
    last: Message | None = None

    @property
    def address(self) -> Address:
        return Address(platform="console", room=self.user, user=self.user)

    def signed_in(self, username: str = "demo@maple.example") -> "Talk":
        """Link the chat to a portal user, as `chat --as` does."""
        link_console(self.bot, user=self.user, username=username)
        return self

    def say(self, text: str) -> Message:
        return self.send(text=text)

    def press(self, action: str, label: str = "") -> Message:
        return self.send(text=label, action=action)

    def press_labelled(self, label: str) -> Message:
        """Press the button of the last message that carries this label."""
        assert self.last is not None
        button = next(b for b in self.last.reply.buttons if b.label == label)
        assert button.action is not None
        return self.press(button.action, label)

    def send(self, *, text: str = "", action: str | None = None, event_id: str = "") -> Message:
        (self.last,) = self.bot.delivery.exchange(self.request(text, action, event_id))
        return self.last

    def request(self, text: str, action: str | None = None, event_id: str = "") -> Request:
        return Request(
            platform="console",
            user=self.user,
            room=self.user,
            event_id=event_id or uuid4().hex,
            one_to_one=self.one_to_one,
            pulled=True,
            text=text,
            action=action,
            locale=self.locale,
        )
