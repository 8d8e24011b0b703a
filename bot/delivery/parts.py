"""What passes between adapters and `Delivery`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.messages import Address, FileRef, Reply, Said
from store.models import Author as Author  # noqa: PLC0414 - adapters know it by this name


class StoreDown(Exception):
    """The store cannot be reached: nothing was accepted, the platform or person tries again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a conversation, as its person may see it now."""

    ref: str
    at: datetime
    author: Author
    language: str
    private: bool
    reply: Reply
    said: Said | None = None  # of the turn that made it; None for staff and customers
    turn: str | None = None  # the turn's ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One message to push: who gets it, where the conversation is, and what it says."""

    ref: str
    to: Address
    one_to_one: bool  # the conversation's room; a private message never goes to another room
    private: bool
    language: str
    reply: Reply
    replaces: str | None  # the platform's id of the message that a press updates
    attempts: int  # this one included
    resumed: bool  # whoever had it before did not say what came of it: it may be out


class Delivered(StrEnum):
    SENT = "sent"
    RETRY = "retry"
    FAILED = "failed"
    UNCERTAIN = "uncertain"  # perhaps delivered: recorded, never blindly repeated


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    state: Delivered
    message_id: str | None = None
    retry_after: float | None = None  # seconds, as the platform asks
    may_be_out: bool = False  # with RETRY: comes back as `resumed`, to be looked for


class Sender(Protocol):
    """What a pushed platform brings: it puts one message out and says what came of it.

    Of a `resumed` message it looks first whether the platform has it; a sender that cannot look
    answers UNCERTAIN.
    """

    platform: str
    # Whether a private message of a shared room goes to its person alone; else it is refused.
    writes_privately: bool

    async def send(self, message: Outgoing) -> Receipt: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whom a chat is linked to."""

    name: str
    account: str  # "Maple Dental Group (001234)"


@dataclass(frozen=True, slots=True)
class Download:
    file: FileRef
    chunks: Iterator[bytes]
