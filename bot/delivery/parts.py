"""What passes between adapters and `Delivery`."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum, auto
from typing import Protocol

from starlette.routing import BaseRoute

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
    replaces: str | None = None  # the ref of the first state of the message whose place it takes


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
    answers: str | None  # the platform's id of the message in a room that this one answers
    at: datetime  # when it was written
    attempts: int  # this one included
    resumed: bool  # whoever had it before did not say what came of it: it may be out
    parts: tuple[str, ...] = ()  # the platform's ids of those that are out, of a message in several

    @property
    def aside(self) -> bool:
        """Whether it goes to one person alone although they wrote in a room."""
        return self.private and not self.one_to_one


class Delivered(StrEnum):
    SENT = "sent"
    RETRY = "retry"
    FAILED = "failed"
    HELD = "held"  # until its person opens a private chat: the bot may not write first
    REFUSED = "refused"  # by the sender: its person is not one to be told this
    UNCERTAIN = "uncertain"  # perhaps delivered: recorded, never blindly repeated


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    state: Delivered
    message_id: str | None = None
    retry_after: float | None = None  # seconds, as the platform asks
    may_be_out: bool = False  # with RETRY: comes back as `resumed`, to be looked for
    parts: tuple[str, ...] = ()  # the platform's ids of those that are out, of several


Keep = Callable[[Sequence[str]], Awaitable[None]]  # records which parts of a message are out


@dataclass(frozen=True, slots=True)
class Rate:
    """One message every so many seconds; `burst` of them may go at once after a silence."""

    seconds: float
    burst: int = 1


class Sender(Protocol):
    """What a pushed platform brings: it puts one message out and says what came of it.

    Of a `resumed` message it looks first whether the platform has it, and answers UNCERTAIN where
    it cannot read; one that can look nowhere sends it again.
    """

    platform: str
    # Whether a private message of a shared room goes to its person alone; else it is refused.
    writes_privately: bool
    # Whether it finds out of a `resumed` message if it is out. Who cannot sends one at a time, so
    # that a process that dies leaves no more than one in doubt.
    looks_back: bool
    rate: Rate | None  # of all its messages together

    def pace(self, message: Outgoing) -> tuple[str, Rate]:
        """Name the room that a message really goes to, and how fast it takes messages."""

    async def send(self, message: Outgoing, keep: Keep) -> Receipt:
        """Put it out. A message in several parts is kept track of part by part."""


class Platform(Protocol):
    """A platform that messages are pushed to, as the bot is composed of it."""

    @property
    def sender(self) -> Sender | None:
        """What sends there; None when the platform is not set up."""

    def routes(self) -> list[BaseRoute]:
        """Give what the web application mounts."""

    def running(self, *, receives: bool) -> AbstractAsyncContextManager[None]:
        """Be connected as long as this lasts; with `receives` take in what people write too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whom a chat is linked to."""

    name: str
    account: str  # "Maple Dental Group (001234)"


@dataclass(frozen=True, slots=True)
class Download:
    """A kept file and its bytes, which are read from the store as they are asked for."""

    file: FileRef
    chunks: Iterator[bytes]

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the bytes on an event loop."""
        while (chunk := await asyncio.to_thread(next, self.chunks, None)) is not None:
            yield chunk


class Step(Enum):
    """What somebody does with the one-time link of a download."""

    LOOK = auto()  # only the headers, which spends nothing
    BEGIN = auto()  # at the first byte, which spends it
    GO_ON = auto()  # where a download that it began broke off


class Files(Protocol):
    """The kept files, for whoever may see them. Everything raises StoreDown."""

    def download(self, address: Address, ref: str, *, start: int = 0) -> Download | None:
        """Open a file at a byte; None when it has expired, or its person may see it no more."""

    def copy_of(self, address: Address, ref: str, *, owner: str) -> str | None:
        """Tell what the platform calls the copy that one of its bots sent before; None as above."""

    def note_copy(self, address: Address, ref: str, *, owner: str, name: str | None) -> None:
        """Remember a platform's copy; None forgets one that it does not know any more."""
