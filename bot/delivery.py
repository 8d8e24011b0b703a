"""All that an adapter sees of the store: accept an event, read a conversation, send a message.

Two kinds of adapter use it. A page or a terminal pulls: `exchange` answers a request at once and
`fresh` finds what arrived by itself. A platform is pushed to: its transport calls `receive`, and
its Sender is given each message by the outbox job (`bot.jobs.outbox`).
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from bot.dispatcher import Dispatcher
from bot.errors import CustomerError
from bot.identity import linking, scopes
from bot.messages import (
    Address,
    Button,
    FileRef,
    Outcome,
    Reply,
    Request,
    Said,
    from_json,
    request_to_json,
)
from bot.settings import Settings
from store import accounts, conversations, files, inbox, outbox, people
from store.db import Database, is_unavailable
from store.inbox import Accepted
from store.models.types import now

FRESH = timedelta(seconds=30)  # how far back a poll looks: a slow commit may come out of order


class StoreDown(Exception):
    """The store cannot be reached: nothing was accepted, the platform or person tries again."""


class Author(StrEnum):
    CUSTOMER = "customer"
    BOT = "bot"
    STAFF = "staff"


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
    attempts: int


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


class Sender(Protocol):
    """What a pushed platform brings: it puts one message out and says what came of it."""

    platform: str

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


class Delivery:
    """Between the adapters and the store; used from any thread."""

    def __init__(self, database: Database, dispatcher: Dispatcher, settings: Settings) -> None:
        self._database = database
        self._dispatcher = dispatcher
        self._settings = settings
        # Turns are bounded apart from inbox writes, so that slow turns never delay an
        # acknowledgement.
        self._turns = ThreadPoolExecutor(settings.turn_threads, "turn")
        self._writes = ThreadPoolExecutor(4, "inbox")
        self.on_closed: Callable[[], None] = lambda: None  # wakes the outbox job

    def close(self) -> None:
        """Let turns that run end; what waits stays in the inbox."""
        self._writes.shutdown(wait=True)
        self._turns.shutdown(wait=True, cancel_futures=True)

    # What comes in

    def accept(self, request: Request) -> Accepted:
        """Keep an event in the inbox, once. Raises StoreDown when it could not be kept."""
        try:
            with self._database.write() as session:
                return inbox.accept(
                    session,
                    platform=request.platform,
                    workspace=request.workspace,
                    event_id=request.event_id,
                    lane=request.lane,
                    request=request_to_json(request),
                )
        except Exception as error:
            if is_unavailable(error):
                raise StoreDown from None
            raise

    def run(self, event: Accepted | None) -> None:
        """Answer an event that was leased to the caller, and those that wait in its lane."""
        while event is not None and event.run:
            turned = self._dispatcher.handle(event)
            if turned is None:
                return
            self.on_closed()
            event = turned.then

    async def receive(self, request: Request) -> Accepted:
        """Keep an event and have it answered soon; returns once it is kept, to be acknowledged.

        Raises StoreDown.
        """
        loop = asyncio.get_running_loop()
        event = await loop.run_in_executor(self._writes, self.accept, request)
        if event.run:
            self._turns.submit(self.run, event)
        return event

    def exchange(self, request: Request) -> tuple[Message, ...]:
        """Answer a request of an adapter that pulls, and give the messages of its turn.

        Empty when an earlier request of the conversation is still being answered: then the
        messages arrive through `fresh`. Raises StoreDown.
        """
        event = self.accept(request)
        self.run(event)
        return self._messages_of(event.id)

    async def converse(self, request: Request) -> tuple[Message, ...]:
        """Do as `exchange`, on the turn threads."""
        loop = asyncio.get_running_loop()
        event = await loop.run_in_executor(self._writes, self.accept, request)

        def answer() -> tuple[Message, ...]:
            self.run(event)
            return self._messages_of(event.id)

        return await loop.run_in_executor(self._turns, answer)

    # What a person may read

    def history(self, address: Address) -> tuple[Message, ...]:
        """Give the open conversation of a person, oldest first. Raises StoreDown."""
        with self._reading() as session:
            found = _conversation(session, address)
            if found is None:
                return ()
            rows = outbox.visible(session, conversation_ids=[found])
            spoken = conversations.said(session, conversation_id=found)
        messages = [_of_customer(row) for row in spoken if row.text]
        messages += [self._of_row(row) for row in rows]
        # A turn is written with its answers in one transaction; the customer's words come first.
        return tuple(sorted(messages, key=lambda m: (m.at, m.author is not Author.CUSTOMER)))

    def fresh(self, addresses: Iterable[Address]) -> dict[Address, tuple[Message, ...]]:
        """Give the messages of the last half minute to each of these people. Raises StoreDown.

        Readers drop those they have by their ref.
        """
        with self._reading() as session:
            known = {
                found: address
                for address in addresses
                if (found := _conversation(session, address)) is not None
            }
            if not known:
                return {}
            rows = outbox.visible(session, conversation_ids=known, since=now() - FRESH)
        sorted_out: dict[Address, list[Message]] = {}
        for row in rows:
            sorted_out.setdefault(known[row.conversation_id], []).append(self._of_row(row))
        return {address: tuple(messages) for address, messages in sorted_out.items()}

    def holder(self, address: Address) -> Holder | None:
        """Tell whom a person's chat is linked to, if to anybody. Raises StoreDown."""
        with self._reading() as session:
            person = _person(session, address)
            if person is None or person.portal_user_id is None:
                return None
            try:
                scope = scopes.of_person(session, person)
            except CustomerError:
                return None
            user = people.portal_user(session, portal_user_id=scope.portal_user_id)
            account = accounts.get(session, scope=scope)
            if user is None:
                return None
            name = f"{user.first_name} {user.last_name}".strip() or user.username
            return Holder(name=name, account=f"{account.legal_name} ({account.number})")

    def sign_out(self, address: Address) -> None:
        """End the link and the conversation. Raises StoreDown."""
        try:
            with self._database.write() as session:
                person = _person(session, address)
                if person is not None:
                    people.unlink(session, person_id=person.id)
                    conversations.end(session, person_id=person.id)
        except Exception as error:
            if is_unavailable(error):
                raise StoreDown from None
            raise

    def download(self, address: Address, ref: str) -> Download | None:
        """Open a file for a person whose chat may see it now; else None. Raises StoreDown."""
        with self._reading() as session:
            person = _person(session, address)
            if person is None:
                return None
            try:
                scope = scopes.of_person(session, person)
            except CustomerError:
                return None
            file = files.by_ref(session, scope=scope, ref=ref)
        if file is None or file.id is None:
            return None
        described = FileRef(file.ref, file.filename, file.media_type, file.size)
        file_id = file.id

        def chunks() -> Iterator[bytes]:
            number = 0
            while True:
                with self._reading() as session:
                    chunk = files.chunk(session, scope=scope, file_id=file_id, number=number)
                if chunk is None:
                    return
                yield chunk
                number += 1

        return Download(described, chunks())

    # What goes out

    def resolved(self, reply: Reply) -> Reply:
        """Put the secret into links as a message leaves: it is kept nowhere."""
        if not any((button.url or "").startswith(linking.URL_PREFIX) for button in reply.buttons):
            return reply
        return replace(reply, buttons=tuple(self._resolved(button) for button in reply.buttons))

    def _resolved(self, button: Button) -> Button:
        url = button.url or ""
        if not url.startswith(linking.URL_PREFIX):
            return button
        token = linking.Tokens(self._settings.secret).of_link(url.removeprefix(linking.URL_PREFIX))
        return replace(button, url=f"{self._settings.base_url}/link/{token}")

    def _messages_of(self, inbox_id: int) -> tuple[Message, ...]:
        with self._reading() as session:
            turn_id = conversations.turn_of(session, inbox_id=inbox_id)
            rows = outbox.visible(session, turn_id=turn_id) if turn_id is not None else []
        return tuple(self._of_row(row) for row in rows)

    def _of_row(self, row: Any) -> Message:
        said = None
        if row.outcome is not None:
            said = Said(
                outcome=Outcome(row.outcome),
                language=row.language,
                private=row.private,
                topic=row.topic,
                topics=tuple(row.topics),
                command=row.command,
                ticket=row.ticket_ref,
            )
        return Message(
            ref=row.ref,
            at=row.created_at,
            author=Author.STAFF if row.turn_id is None and row.ticket_id else Author.BOT,
            language=row.language,
            private=row.private,
            reply=self.resolved(from_json(row.reply)),
            said=said,
            turn=row.turn_ref,
        )

    @contextmanager
    def _reading(self) -> Iterator[Any]:
        """Read the store; says StoreDown when it cannot be reached."""
        try:
            with self._database.read() as session:
                yield session
        except Exception as error:
            if is_unavailable(error):
                raise StoreDown from None
            raise


def _person(session: Any, address: Address) -> people.Person | None:
    return people.person(
        session, platform=address.platform, workspace=address.workspace, user=address.user
    )


def _conversation(session: Any, address: Address) -> int | None:
    person = _person(session, address)
    if person is None:
        return None
    memory = conversations.memory(
        session,
        platform=address.platform,
        workspace=address.workspace,
        room=address.room,
        thread=address.thread,
        person_id=person.id,
    )
    return memory.id if memory else None


def _of_customer(row: Any) -> Message:
    return Message(
        ref=row.ref,
        at=row.at,
        author=Author.CUSTOMER,
        language=row.language,
        private=row.private,
        reply=Reply(text=row.text),
        turn=row.ref,
    )
