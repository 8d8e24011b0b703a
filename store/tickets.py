"""Tickets: what a person at the desk has to answer, and what was said about it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import false, func, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from store.models import (
    Account,
    Author,
    ChatIdentity,
    Conversation,
    Staff,
    Ticket,
    TicketMessage,
    Turn,
)
from store.models.types import new_ref, now
from store.outbox import Grant, Recipient
from store.writer import Work

EARLIER = 20  # turns of the conversation that a new ticket takes with it
_NOT_UNDERSTOOD = ("miss", "clarify")  # outcomes of a turn


def id_of(ticket: Ticket) -> int:
    """Give the id that a ticket has once it is in the store."""
    assert ticket.id is not None  # noqa: S101 - for the type checker
    return ticket.id


def new_ticket_ref() -> str:
    """Make a short ref that can be read out: T- and six characters (a billion of them)."""
    return "T-" + new_ref(6)


def open_ticket(
    session: Session,
    *,
    ref: str,
    conversation_id: int,
    grant: Grant | None,
    queue: str,
    urgent: bool,
    reasons: list[str],
    language: str,
) -> Ticket:
    """Open a ticket, or give the one that is open in the conversation."""
    ticket = Ticket(
        ref=ref,
        conversation_id=conversation_id,
        account_id=grant.account_id if grant else None,
        portal_user_id=grant.portal_user_id if grant else None,
        queue=queue,
        urgent=urgent,
        reasons=reasons,
        language=language,
    )
    try:
        with session.begin_nested():
            session.add(ticket)
    except IntegrityError:
        ticket = session.exec(
            select(Ticket).where(
                Ticket.conversation_id == conversation_id, col(Ticket.closed_at).is_(None)
            )
        ).one()
    return ticket


def lock_open(session: Session, *, ticket_id: int) -> bool:
    """Tell whether a ticket is open, and keep it so until the transaction ends."""
    query = (
        select(Ticket.id)
        .where(col(Ticket.id) == ticket_id, col(Ticket.closed_at).is_(None))
        .with_for_update()
    )
    return session.exec(query).first() is not None


def add_conversation(session: Session, *, ticket_id: int, conversation_id: int) -> None:
    """Let a new ticket hold what the customer wrote before, with when they wrote it."""
    earlier = (
        select(Turn)
        .where(
            Turn.conversation_id == conversation_id,
            col(Turn.action).is_(None),
            Turn.text != "",
        )
        .order_by(col(Turn.id).desc())
        .limit(EARLIER)
    )
    for turn in reversed(session.exec(earlier).all()):
        session.add(
            TicketMessage(
                ticket_id=ticket_id,
                author=Author.CUSTOMER,
                text=turn.text,
                turn_id=turn.id,
                at=turn.at,
            )
        )
    session.flush()


def posted(work: Work, *, ticket_id: int, message_id: str) -> None:
    """Keep the platform's id of the message that begins a ticket's thread at the desk."""
    work.connection().execute(
        update(Ticket)
        .where(col(Ticket.id) == ticket_id, col(Ticket.desk_message_id).is_(None))
        .values(desk_message_id=message_id)
    )


def desk_thread(session: Session, *, ticket_id: int) -> Conversation | None:
    """Find the thread of the desk's room in which staff see a ticket, if there is one."""
    query = (
        select(Conversation)
        .join(Ticket, col(Ticket.desk_conversation_id) == Conversation.id)
        .where(Ticket.id == ticket_id)
    )
    return session.exec(query).first()


def raise_urgency(session: Session, *, ticket_id: int, reasons: list[str]) -> Ticket:
    """Mark an open ticket urgent if there are reasons, which are added to those it has."""
    ticket = session.get_one(Ticket, ticket_id)
    if reasons:
        ticket.urgent = True
        ticket.reasons = [*ticket.reasons, *(r for r in reasons if r not in ticket.reasons)]
        session.add(ticket)
        session.flush()
    return ticket


def set_contact(session: Session, *, ticket_id: int, contact: str) -> None:
    session.connection().execute(
        update(Ticket).where(col(Ticket.id) == ticket_id).values(contact=contact)
    )


def add_message(
    session: Session,
    *,
    ticket_id: int,
    author: Author,
    text: str,
    staff_id: int | None = None,
    turn_id: int | None = None,
) -> None:
    session.add(
        TicketMessage(
            ticket_id=ticket_id, author=author, text=text, staff_id=staff_id, turn_id=turn_id
        )
    )
    session.flush()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A ticket with the chat it came from."""

    ticket: Ticket
    conversation: Conversation
    person: ChatIdentity
    account: Account | None

    @property
    def recipient(self) -> Recipient:
        assert self.conversation.id is not None  # noqa: S101 - for the type checker
        assert self.person.id is not None  # noqa: S101 - for the type checker
        return Recipient(
            platform=self.conversation.platform,
            conversation_id=self.conversation.id,
            chat_identity_id=self.person.id,
            pulled=self.conversation.pulled,
        )


def open_cases(session: Session) -> list[Case]:
    """List the open tickets, urgent ones first, then the oldest."""
    query = (
        _cases()
        .where(col(Ticket.closed_at).is_(None))
        .order_by(col(Ticket.urgent).desc(), col(Ticket.id))
    )
    return [_case(row) for row in session.exec(query)]


def case(session: Session, *, ref: str) -> Case | None:
    """Find a ticket by its ref, open or closed, in any case and with or without "T-"."""
    wanted = "T-" + ref.strip().upper().removeprefix("T-")
    row = session.exec(_cases().where(Ticket.ref == wanted)).first()
    return _case(row) if row else None


def _cases() -> Any:
    return (
        select(Ticket, Conversation, ChatIdentity, Account)
        .join(Conversation, col(Conversation.id) == Ticket.conversation_id)
        .join(ChatIdentity, col(ChatIdentity.id) == Conversation.chat_identity_id)
        .outerjoin(Account, col(Account.id) == Ticket.account_id)
    )


def _case(row: Any) -> Case:
    ticket, conversation, person, account = row
    return Case(ticket=ticket, conversation=conversation, person=person, account=account)


def messages(session: Session, *, ticket_id: int) -> list[tuple[TicketMessage, Staff | None]]:
    query = (
        select(TicketMessage, Staff)
        .outerjoin(Staff, col(Staff.id) == TicketMessage.staff_id)
        .where(TicketMessage.ticket_id == ticket_id)
        .order_by(col(TicketMessage.id))
    )
    return [(message, staff) for message, staff in session.exec(query)]


def question(session: Session, *, ticket_id: int) -> str | None:
    """Give the last words of the customer that the bot did not understand, else their last."""
    missed = col(Turn.outcome).in_(_NOT_UNDERSTOOD)
    query = (
        select(TicketMessage.text)
        .outerjoin(Turn, col(Turn.id) == TicketMessage.turn_id)
        .where(
            TicketMessage.ticket_id == ticket_id,
            TicketMessage.author == Author.CUSTOMER,
            ~col(TicketMessage.text).startswith("/"),
        )
        .order_by(func.coalesce(missed, false()).desc(), col(TicketMessage.id).desc())
        .limit(1)
    )
    return session.exec(query).first()


def close(session: Session, *, ticket_id: int, staff_id: int) -> bool:
    """Close a ticket. False when it was closed already."""
    done = session.connection().execute(
        update(Ticket)
        .where(col(Ticket.id) == ticket_id, col(Ticket.closed_at).is_(None))
        .values(closed_at=now(), closed_by_id=staff_id)
    )
    return done.rowcount == 1


def count_open(session: Session) -> tuple[int, int]:
    """Count the open tickets, and the urgent ones among them."""
    query = select(func.count(), func.count().filter(col(Ticket.urgent))).where(
        col(Ticket.closed_at).is_(None)
    )
    total, urgent = session.exec(query).one()
    return total, urgent
