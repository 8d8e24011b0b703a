"""What staff do with tickets: list, read, answer, close."""

from bot import posting
from bot.desk import thread
from bot.errors import CustomerError, NotAllowed
from bot.i18n import N_, Localizer
from bot.messages import Address, Reply
from store import conversations, outbox, people, tickets
from store.db import Database, Session
from store.models import Author, Staff, Ticket, TicketMessage
from store.tickets import Case

LONGEST_REPLY = 4_000  # characters


class Refused(CustomerError):
    """Staff asked for something that cannot be done; nothing was changed."""

    offers_help = False


def member(database: Database, *, username: str, sample_users: bool) -> Staff:
    """Find who acts. Raises Refused for nobody, and for sample staff outside development."""
    with database.read() as session:
        staff = people.staff_named(session, username=username)
    if staff is None or (staff.sample and not sample_users):
        raise Refused(N_("There is no staff member of that name."))
    return staff


def linked(session: Session, person: people.Person, *, sample_users: bool) -> Staff:
    """Find the staff user whom a chat is linked to. Raises NotAllowed when there is none."""
    staff = people.staff(session, staff_id=person.staff_id) if person.staff_id else None
    if staff is None or (staff.sample and not sample_users):
        raise not_of_the_team(person.platform, person.workspace, person.user)
    return staff


def not_of_the_team(platform: str, workspace: str, user: str) -> NotAllowed:
    """Refuse, and name the ids by which an operator links the chat of a colleague."""
    return NotAllowed(
        N_("Only members of our team can do that. If you are one, have this chat linked: {ids}"),
        ids=" ".join(part for part in (platform, workspace, user) if part),
    )


def add_member(
    database: Database, *, username: str, name: str, language: str, sees_figures: bool
) -> Staff:
    """Add somebody to the desk. Raises Refused when the user name is taken."""
    with database.write() as session:
        added = people.add_staff(
            session, username=username, name=name, language=language, sees_figures=sees_figures
        )
    if added is None:
        raise Refused(N_("There is a staff member {username} already."), username=username)
    return added


def link(
    database: Database, *, staff: Staff, platform: str, workspace: str, user: str, linked: bool
) -> None:
    """Let a chat identity act for somebody of the desk, or no more."""
    with database.write() as session:
        person = people.meet(
            session, platform=platform, workspace=workspace, user=user, display_name=""
        )
        people.link_staff(session, person_id=person.id, staff_id=staff.id if linked else None)


def open_cases(database: Database) -> list[Case]:
    with database.read() as session:
        return tickets.open_cases(session)


def show(database: Database, ref: str) -> tuple[Case, list[tuple[TicketMessage, Staff | None]]]:
    """Read a ticket with its messages. Raises Refused when there is none of that ref."""
    with database.read() as session:
        case = found(session, ref)
        return case, tickets.messages(session, ticket_id=tickets.id_of(case.ticket))


def reply(database: Database, *, ref: str, text: str, staff: Staff) -> Case:
    """Send an answer to the customer's chat, to that person alone.

    Raises Refused for an unknown or closed ticket, and for an empty or too long text.
    """
    words = answerable(text)
    with database.write() as session:
        case = open_case(session, ref)
        answer(session, case, words=words, staff=staff)
    return case


def close(database: Database, *, ref: str, staff: Staff) -> Case:
    """Close a ticket and tell the customer. Raises Refused for an unknown or closed one."""
    with database.write() as session:
        case = open_case(session, ref)
        end(session, case, staff=staff)
    return case


def answerable(text: str) -> str:
    """Give the words of an answer. Raises Refused when they are none, or too many."""
    words = text.strip()
    if not words:
        raise Refused(N_("The answer is empty."))
    if len(words) > LONGEST_REPLY:
        raise Refused(N_("The answer is longer than {limit} characters."), limit=LONGEST_REPLY)
    return words


def found(session: Session, ref: str) -> Case:
    """Find a ticket, open or closed. Raises Refused when there is none."""
    case = tickets.case(session, ref=ref)
    if case is None:
        raise Refused(N_("There is no ticket {ref}."), ref=ref)
    return case


def open_case(session: Session, ref: str) -> Case:
    """Find an open ticket and keep it so until the transaction ends. Raises Refused."""
    case = found(session, ref)
    if not tickets.lock_open(session, ticket_id=tickets.id_of(case.ticket)):
        raise _closed(case)
    return case


def expect_open(case: Case) -> None:
    """Raise Refused for a ticket that is closed."""
    if case.ticket.closed_at is not None:
        raise _closed(case)


def _closed(case: Case) -> Refused:
    return Refused(N_("Ticket {ref} is closed."), ref=case.ticket.ref)


def answer(session: Session, case: Case, *, words: str, staff: Staff) -> None:
    """Write an answer to the customer, and a note of it for the desk.

    Raises Refused once the customer has signed out of the conversation.
    """
    if case.conversation.ended_at is not None:
        raise signed_out(case)
    tickets.add_message(
        session,
        ticket_id=tickets.id_of(case.ticket),
        author=Author.STAFF,
        text=words,
        staff_id=staff.id,
    )
    _send(session, case, words, by_staff=True)
    thread.answered(session, case.ticket, by=staff)


def signed_out(case: Case) -> Refused:
    """Say why an answer cannot be sent to a conversation that has ended."""
    return Refused(
        N_(
            "The customer has signed out of that conversation, so nothing can be sent to it. "
            "They can be reached at: {contact}."
        ),
        contact=case.ticket.contact or "-",
    )


def end(session: Session, case: Case, *, staff: Staff) -> None:
    """Close a ticket, tell the customer, and note it for the desk."""
    assert staff.id is not None  # noqa: S101 - it was read from the store
    tickets.close(session, ticket_id=tickets.id_of(case.ticket), staff_id=staff.id)
    loc = Localizer(case.ticket.language)
    text = loc.text(
        "Your ticket {ref} is closed. If anything is still open, just write to me.",
        ref=f"**{case.ticket.ref}**",
    )
    _send(session, case, text)
    thread.closed(session, case.ticket, by=staff)


def _send(session: Session, case: Case, text: str, *, by_staff: bool = False) -> None:
    """Write to the customer alone.

    What staff say carries a label where messages show no author, and where the customer wrote it
    is told that they have an answer.
    """
    there = case.conversation
    asked = conversations.last_request(session, conversation_id=case.recipient.conversation_id)
    place = posting.Place(
        to=case.recipient,
        address=Address(
            platform=there.platform,
            workspace=there.workspace,
            room=there.room,
            thread=there.thread,
            user=case.person.user,
        ),
        one_to_one=there.one_to_one,
    )
    draft = posting.Draft(
        place=place,
        reply=Reply(text=text, title=_label(case) if by_staff else None),
        language=case.ticket.language,
        private=True,
        answers=None if there.thread or asked is None else asked.get("message_id"),
        grant=_grant(case.ticket),
    )
    # Nothing hangs on what a room never saw: a slash command.
    seen = by_staff and asked is not None and not asked.get("aside")
    posting.post(session, draft, hinted=seen, ticket_id=tickets.id_of(case.ticket))


def _label(case: Case) -> str | None:
    """Tell a person's words from the bot's on platforms that show both under one name."""
    if case.recipient.pulled:  # a page or a terminal shows who speaks
        return None
    return Localizer(case.ticket.language).text("Message from our team")


def _grant(ticket: Ticket) -> outbox.Grant | None:
    """Give the scope that the customer had: once they lose it, they see the answer no more."""
    if ticket.account_id is None or ticket.portal_user_id is None:
        return None
    return outbox.Grant(portal_user_id=ticket.portal_user_id, account_id=ticket.account_id)
