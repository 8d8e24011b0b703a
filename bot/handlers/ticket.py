"""Answer, close or look at a ticket, from a chat that is linked to somebody of the desk."""

import re

from bot import desk
from bot.commands import Answer, Command, Context, Overtaken
from bot.errors import CustomerError, UnknownChoice
from bot.i18n import N_
from bot.markup import escape
from bot.messages import Button, Outcome, Reply
from store import tickets
from store.db import Session
from store.models import Author, Staff
from store.tickets import Case

_ARGS = re.compile(r"(?P<verb>[a-z]+)[:\s]*(?P<ref>\S*)\s*(?P<words>.*)", re.DOTALL)


def handle(context: Context) -> Answer:
    """Do as staff say: "list", "show T-1", "reply T-1 words", "close T-1", "figures T-1".

    Raises NotAllowed for everybody who is not of the desk, Refused for what cannot be done.
    """
    context.touch()
    found = _ARGS.fullmatch(context.args.strip() or "list")
    with context.read() as session:
        staff = desk.linked(session, context.person, sample_users=context.settings.in_development)
        # A person of the desk reads in their own language.
        context.speak(staff.language)
        if found is None or found["verb"] not in _VERBS:
            raise UnknownChoice(N_("Commands: list, show, reply, close, figures."))
        if found["verb"] == "list":
            return _list(context, session)
        if not found["ref"]:
            raise UnknownChoice(
                N_("Which ticket? For example: {example}"), example="/ticket show T-7K3M9Q"
            )
        case = desk.found(session, found["ref"])
        if found["verb"] == "figures":
            figures = desk.figures(session, case, staff=staff, clock=context.clock)
            return Answer(reply=figures)
        if found["verb"] == "show":
            return _show(context, session, case)
    desk.expect_open(case)
    if found["verb"] == "close":
        return _close(context, case, staff)
    # What a form sent stands beside the button's own words.
    words = context.request.text if context.request.is_pressed else found["words"]
    return _reply(context, case, staff, words)


def _list(context: Context, session: Session) -> Answer:
    loc = context.loc
    cases = tickets.open_cases(session)
    lines = [
        loc.text("- {ref} (urgent)", ref=case.ticket.ref)
        if case.ticket.urgent
        else f"- {case.ticket.ref}"
        for case in cases[:_LISTED]
    ]
    text = (
        loc.plural("{n} open ticket.", "{n} open tickets.", len(cases))
        if cases
        else loc.text("No open ticket.")
    )
    buttons = tuple(
        Button(case.ticket.ref, action=f"ticket:show:{case.ticket.ref}")
        for case in cases[:_BUTTONS]
    )
    return Answer(reply=Reply(text="\n".join([text, *lines]), buttons=buttons))


def _show(context: Context, session: Session, case: Case) -> Answer:
    loc, ref = context.loc, case.ticket.ref
    names = {Author.CUSTOMER: loc.text("Customer"), Author.STAFF: loc.text("Billing team")}
    said = [
        f"**{names.get(Author(message.author), message.author)}**\n{_lines(message.text)}"
        for message, _staff in tickets.messages(session, ticket_id=tickets.id_of(case.ticket))
    ]
    buttons = (
        Button(loc.text("Show figures"), action=f"ticket:figures:{ref}"),
        desk.teach_button(ref, loc),
        Button(loc.text("Close"), action=f"ticket:close:{ref}"),
    )
    how = loc.text("To answer, write: {example}", example=f"/ticket reply {ref} …")
    return Answer(reply=Reply(title=ref, text="\n\n".join([*said, how]), buttons=buttons))


def _lines(words: str) -> str:
    return "\n".join(escape(line) for line in words.splitlines() if line.strip())


def _reply(context: Context, case: Case, staff: Staff, words: str) -> Answer:
    loc, ref = context.loc, case.ticket.ref
    if not words.strip():
        text = loc.text("To answer, write: {example}", example=f"/ticket reply {ref} …")
        return Answer(reply=Reply(text=text), outcome=Outcome.CLARIFY)
    words = desk.answerable(words)
    if case.conversation.ended_at is not None:
        raise desk.signed_out(case)

    def write(session: Session, _turn_id: int) -> None:
        desk.answer(session, _still_open(session, ref), words=words, staff=staff)

    context.defer(write)
    return _done(context, case, loc.text("Sent to the customer of {ref}.", ref=ref))


def _close(context: Context, case: Case, staff: Staff) -> Answer:
    ref = case.ticket.ref

    def write(session: Session, _turn_id: int) -> None:
        desk.end(session, _still_open(session, ref), staff=staff)

    context.defer(write)
    return _done(context, case, context.loc.text("{ref} is closed.", ref=ref))


def _still_open(session: Session, ref: str) -> Case:
    try:
        return desk.open_case(session, ref)
    except CustomerError:
        raise Overtaken from None  # closed meanwhile: run again, it says so


def _done(context: Context, case: Case, text: str) -> Answer:
    """Say that it is done, unless the note in the desk's thread says so where they look."""
    request = context.request
    at_desk = context.desk is not None and request.room == context.desk.room
    if at_desk and request.is_pressed and case.ticket.desk_conversation_id is not None:
        return Answer(reply=None)
    buttons = (desk.teach_button(case.ticket.ref, context.loc),)
    return Answer(reply=Reply(text=text, buttons=buttons))


_VERBS = frozenset({"list", "show", "reply", "close", "figures"})
_LISTED = 20
_BUTTONS = 5

command = Command(
    name="ticket",
    help=N_("Tickets, for our own team"),
    handle=handle,
    listed=False,
)
