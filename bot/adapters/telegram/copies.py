"""Files that Telegram has already: it sends them again by a name of its own, a bot's alone."""

import asyncio
from dataclasses import dataclass

import structlog
from telegram import Message
from telegram.error import BadRequest

from bot.delivery import Files, StoreDown
from bot.messages import Address

log = structlog.get_logger(__name__)

_UNKNOWN = ("file identifier", "file_id", "wrong file")


@dataclass(frozen=True, slots=True)
class Copies:
    """What is known of Telegram's copy of one kept file; without the store, nothing is."""

    files: Files
    to: Address
    ref: str
    owner: str  # the bot's id

    async def find(self) -> str | None:
        """Give Telegram's name of it; None also when its person may see it no more."""
        return await asyncio.to_thread(self.files.copy_of, self.to, self.ref, owner=self.owner)

    async def note(self, name: str | None) -> None:
        """Remember it, or forget it. The message is out: it does not fail by this."""
        try:
            await asyncio.to_thread(
                self.files.note_copy, self.to, self.ref, owner=self.owner, name=name
            )
        except StoreDown:
            log.warning("telegram: a copy is not remembered")
        except Exception:
            log.exception("telegram: a copy is not remembered")


def is_unknown(error: BadRequest) -> bool:
    """Tell whether Telegram does not know a copy (any more)."""
    return any(words in str(error).lower() for words in _UNKNOWN)


def name_of(sent: Message) -> str | None:
    """Read what Telegram calls the file of a message."""
    if sent.photo:
        return sent.photo[-1].file_id  # the largest
    return sent.document.file_id if sent.document else None
