"""What staff do with tickets: list, read, answer, close."""

from bot.errors import CustomerError
from bot.i18n import N_, Localizer
from bot.messages import Reply, to_json
from store import outbox, people, tickets
from store.db import Database, Session
from store.models import Author, Staff, Ticket, TicketMessage
from store.tickets import Case

LONGEST_REPLY = 4_000  # characters


class Refused(CustomerError):
    """Staff asked for something that cannot be done; nothing was changed."""


def member(database: Database, *, username: str, sample_users: bool) -> Staff:
    """Find who acts. Raises Refused for nobody, and for sample staff outside development."""
    with database.read() as session:
        staff = people.staff_named(session, username=username)
    if staff is None or (staff.sample and not sample_users):
        raise Refused(N_("There is no staff member of that name."))
    return staff


def open_cases(database: Database) -> list[Case]:
    with database.read() as session:
        return tickets.open_cases(session)


def show(database: Database, ref: str) -> tuple[Case, list[tuple[TicketMessage, Staff | None]]]:
    """Read a ticket with its messages. Raises Refused when there is none of that ref."""
    with database.read() as session:
        case = _case(session, ref)
        return case, tickets.messages(session, ticket_id=_id(case.ticket))


def reply(database: Database, *, ref: str, text: str, staff: Staff) -> Case:
    """Send an answer to the customer's chat, to that person alone.

    Raises Refused for an unknown or closed ticket, and for an empty or too long text.
    """
    words = text.strip()
    if not words:
        raise Refused(N_("The answer is empty."))
    if len(words) > LONGEST_REPLY:
        raise Refused(N_("The answer is longer than {limit} characters."), limit=LONGEST_REPLY)
    with database.write() as session:
        case = _open_case(session, ref)
        if case.conversation.ended_at is not None:
            raise Refused(
                N_(
                    "The customer has signed out of that conversation, so nothing can be sent to "
                    "it. They can be reached at: {contact}."
                ),
                contact=case.ticket.contact or "-",
            )
        tickets.add_message(
            session,
            ticket_id=_id(case.ticket),
            author=Author.STAFF,
            text=words,
            staff_id=staff.id,
        )
        _send(session, case, words)
    return case


def close(database: Database, *, ref: str, staff: Staff) -> Case:
    """Close a ticket and tell the customer. Raises Refused for an unknown or closed one."""
    with database.write() as session:
        case = _open_case(session, ref)
        assert staff.id is not None  # noqa: S101 - it was read from the store
        tickets.close(session, ticket_id=_id(case.ticket), staff_id=staff.id)
        loc = Localizer(case.ticket.language)
        text = loc.text(
            "Your ticket {ref} is closed. If anything is still open, just write to me.",
            ref=f"**{case.ticket.ref}**",
        )
        _send(session, case, text)
    return case


def _send(session: Session, case: Case, text: str) -> None:
    outbox.add(
        session,
        to=case.recipient,
        reply=to_json(Reply(text=text)),
        language=case.ticket.language,
        private=True,
        grant=_grant(case.ticket),
        ticket_id=_id(case.ticket),
    )


def _grant(ticket: Ticket) -> outbox.Grant | None:
    """Give the scope that the customer had: once they lose it, they see the answer no more."""
    if ticket.account_id is None or ticket.portal_user_id is None:
        return None
    return outbox.Grant(portal_user_id=ticket.portal_user_id, account_id=ticket.account_id)


def _case(session: Session, ref: str) -> Case:
    case = tickets.case(session, ref=ref)
    if case is None:
        raise Refused(N_("There is no ticket {ref}."), ref=ref)
    return case


def _open_case(session: Session, ref: str) -> Case:
    case = _case(session, ref)
    if not tickets.lock_open(session, ticket_id=_id(case.ticket)):
        raise Refused(N_("Ticket {ref} is closed."), ref=case.ticket.ref)
    return case


def _id(ticket: Ticket) -> int:
    assert ticket.id is not None  # noqa: S101 - it was read from the store
    return ticket.id
