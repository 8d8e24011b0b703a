"""Tickets: what a person at the desk has to answer, and what was said about it."""

from dataclasses import dataclass

from sqlalchemy import func, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from store.models import Author, ChatIdentity, Conversation, Staff, Ticket, TicketMessage
from store.models.types import new_ref, now
from store.outbox import Recipient


def new_ticket_ref() -> str:
    """Make a short ref that can be read out: T- and six characters (a billion of them)."""
    return "T-" + new_ref(6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    id: int
    ref: str


def open_ticket(
    session: Session,
    *,
    ref: str,
    conversation_id: int,
    account_id: int | None,
    queue: str,
    urgent: bool,
    reasons: list[str],
    language: str,
) -> Opened:
    """Open a ticket, or give the one that is open in the conversation."""
    ticket = Ticket(
        ref=ref,
        conversation_id=conversation_id,
        account_id=account_id,
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
    assert ticket.id is not None  # noqa: S101 - for the type checker
    return Opened(id=ticket.id, ref=ticket.ref)


def raise_urgency(session: Session, *, ticket_id: int, reasons: list[str]) -> None:
    """Mark an open ticket urgent, with the reasons added to those it has."""
    ticket = session.get_one(Ticket, ticket_id)
    ticket.urgent = True
    ticket.reasons = [*ticket.reasons, *(r for r in reasons if r not in ticket.reasons)]
    session.add(ticket)
    session.flush()


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
        select(Ticket, Conversation, ChatIdentity)
        .join(Conversation, col(Conversation.id) == Ticket.conversation_id)
        .join(ChatIdentity, col(ChatIdentity.id) == Conversation.chat_identity_id)
        .where(col(Ticket.closed_at).is_(None))
        .order_by(col(Ticket.urgent).desc(), col(Ticket.id))
    )
    return [Case(ticket=t, conversation=c, person=p) for t, c, p in session.exec(query)]


def case(session: Session, *, ref: str) -> Case | None:
    """Find a ticket by its ref, open or closed, in any case and with or without "T-"."""
    wanted = "T-" + ref.strip().upper().removeprefix("T-")
    query = (
        select(Ticket, Conversation, ChatIdentity)
        .join(Conversation, col(Conversation.id) == Ticket.conversation_id)
        .join(ChatIdentity, col(ChatIdentity.id) == Conversation.chat_identity_id)
        .where(Ticket.ref == wanted)
    )
    row = session.exec(query).first()
    return row and Case(ticket=row[0], conversation=row[1], person=row[2])


def messages(session: Session, *, ticket_id: int) -> list[tuple[TicketMessage, Staff | None]]:
    query = (
        select(TicketMessage, Staff)
        .outerjoin(Staff, col(Staff.id) == TicketMessage.staff_id)
        .where(TicketMessage.ticket_id == ticket_id)
        .order_by(col(TicketMessage.id))
    )
    return [(message, staff) for message, staff in session.exec(query)]


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
