"""What a person may read: their conversation, whom the chat is linked to, their files."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.delivery.parts import Author, Holder, Message, StoreDown
from bot.identity import linking, scopes
from bot.messages import Address, Button, Outcome, Reply, Request, Said, from_json
from bot.settings import Settings
from store import accounts, conversations, inbox, people, reading
from store.db import Database, Session, is_unavailable
from store.models.types import now
from store.reading import Place
from store.scope import Scope

FRESH = timedelta(seconds=30)  # how far back a poll looks: a slow commit may come out of order
HISTORY = 200  # messages


class Reading:
    """Reads the store for adapters. Everything here raises StoreDown when it cannot be reached."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings

    def history(self, address: Address) -> tuple[Message, ...]:
        """Give the newest messages of a person's open conversation, oldest first."""
        with self._reading() as session:
            found = _conversation(session, address)
            if found is None:
                return ()
            rows = reading.of_conversation(session, conversation_id=found, limit=HISTORY)
            spoken = conversations.said(session, conversation_id=found, limit=HISTORY)
        messages = [_of_customer(row) for row in spoken if row.text]
        messages += [self._of_row(row) for row in rows]
        # A turn is written with its answers in one transaction; the customer's words come first.
        messages.sort(key=lambda m: (m.at, m.author is not Author.CUSTOMER))
        return tuple(messages[-HISTORY:])

    def fresh(self, addresses: Iterable[Address]) -> dict[Address, tuple[Message, ...]]:
        """Give the messages of the last half minute to each of these people.

        Readers drop those they have by their ref.
        """
        asked = {_place(address): address for address in addresses}
        if not asked:
            return {}
        with self._reading() as session:
            found = list(reading.of_places(session, places=asked, since=now() - FRESH))
        sorted_out: dict[Address, list[Message]] = {}
        for place, row in found:
            sorted_out.setdefault(asked[place], []).append(self._of_row(row))
        return {address: tuple(messages) for address, messages in sorted_out.items()}

    def answers(self, request: Request) -> tuple[Message, ...]:
        """Give the messages of the turn that answered a request.

        Empty as long as it is being worked on.
        """
        with self._reading() as session:
            turn_id = conversations.turn_of(
                session,
                platform=request.platform,
                workspace=request.workspace,
                event_id=request.event_id,
            )
            rows = reading.of_turn(session, turn_id=turn_id) if turn_id is not None else []
        return tuple(self._of_row(row) for row in rows)

    def is_closed(self, request: Request) -> bool:
        """Tell whether an event is dealt with; what `answers` gives from here on is all."""
        with self._reading() as session:
            return inbox.is_closed(
                session,
                platform=request.platform,
                workspace=request.workspace,
                event_id=request.event_id,
            )

    def holder(self, address: Address) -> Holder | None:
        """Tell whom a person's chat is linked to, if to anybody."""
        with self._reading() as session:
            scope = scope_at(session, address)
            if scope is None:
                return None
            user = people.portal_user(session, portal_user_id=scope.portal_user_id)
            if user is None:
                return None
            account = accounts.get(session, scope=scope)
            name = f"{user.first_name} {user.last_name}".strip() or user.username
            return Holder(name=name, account=f"{account.legal_name} ({account.number})")

    def action_of(self, address: Address, ref: str, index: int) -> str | None:
        """Read what a button of a message says to the bot; None unless the message is theirs."""
        with self._reading() as session:
            person = person_at(session, address)
            row = reading.one(session, ref=ref, person_id=person.id) if person else None
        buttons = from_json(row.reply).buttons if row else ()
        return buttons[index].action if 0 <= index < len(buttons) else None

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
            replaces=row.first_ref,
        )

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with reachable(), self._database.read() as session:
            yield session


@contextmanager
def reachable() -> Iterator[None]:
    """Say StoreDown when the store cannot be reached."""
    try:
        yield
    except Exception as error:
        if is_unavailable(error):
            raise StoreDown from None
        raise


def person_at(session: Session, address: Address) -> people.Person | None:
    return people.person(
        session, platform=address.platform, workspace=address.workspace, user=address.user
    )


def scope_at(session: Session, address: Address) -> Scope | None:
    return scopes.if_any(session, person_at(session, address))


def _conversation(session: Session, address: Address) -> int | None:
    person = person_at(session, address)
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


def _place(address: Address) -> Place:
    return Place(address.platform, address.workspace, address.room, address.thread, address.user)


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
