"""What the desk's own room sees of a ticket: one thread, without any figure or file.

The customer's words stand there redacted, as they are kept. Everything else is names: topics,
queue, reasons. Whoever may see figures opens them for themselves.
"""

from collections.abc import Sequence

from bot import posting
from bot.faq import library
from bot.i18n import N_, Localizer
from bot.markup import escape
from bot.messages import DESK, Address, Button, DeskRoom, Fact, Reply
from bot.posting import Draft, Place
from store import conversations, people, tickets
from store.db import Session
from store.models import Conversation, Staff, Ticket
from store.outbox import Recipient

WORDS_SHOWN = 5  # messages of the customer, where staff look at a ticket

_QUEUES = {
    "billing": N_("Billing"),
    "technical": N_("Technical support"),
    "sales": N_("Sales"),
}
# Where a customer wrote; platforms with a name of their own are called by it.
_PLACES = {"web": N_("Web chat"), "console": N_("Terminal")}
_REASONS = {
    "emergency": N_("emergency"),
    "fraud": N_("fraud"),
    "double-charge": N_("charged twice"),
    "suspended": N_("suspended though paid"),
    "service-down": N_("service down"),
    "legal": N_("legal threat or complaint"),
    "anger": N_("anger"),
    "repeat": N_("asked for the third time"),
    "technical": N_("technical"),
    "cancel": N_("cancellation"),
    "sales": N_("sales"),
    "supervisor": N_("wants a supervisor"),
    "pressing": N_("pressing"),
}


def open_thread(
    session: Session, ticket: Ticket, *, desk: DeskRoom, platform: str, topic: str | None
) -> None:
    """Announce a new ticket in the desk's room; what follows of it goes to the same thread."""
    to = _conversation(session, ticket, desk)
    loc = Localizer(desk.language)
    said = [
        message.text for message, _ in tickets.messages(session, ticket_id=tickets.id_of(ticket))
    ]
    title = N_("Urgent: ticket {ref}") if ticket.urgent else N_("Ticket {ref}")
    reply = Reply(
        title=loc.text(title, ref=ticket.ref),
        text=_quoted(said[-WORDS_SHOWN:]) or loc.text("(no words)"),
        facts=tuple(_facts(ticket, platform, topic, loc)),
        buttons=(
            Button(loc.text("Reply"), action=f"ticket:reply:{ticket.ref}"),
            Button(loc.text("Show figures"), action=f"ticket:figures:{ticket.ref}"),
            Button(loc.text("Close"), action=f"ticket:close:{ticket.ref}"),
        ),
    )
    _post(session, ticket, to, reply)


def added(session: Session, ticket: Ticket, *, words: str, reasons: Sequence[str]) -> None:
    """Tell the desk what a customer said beside what they said before."""
    to = tickets.desk_thread(session, ticket_id=tickets.id_of(ticket))
    if to is None:
        return
    loc = Localizer(to.language or ticket.language)
    lines = [loc.text("The customer added:"), _quoted([words])]
    if reasons:
        lines.append(loc.text("It is urgent now: {reasons}.", reasons=_named(reasons, loc)))
    _post(session, ticket, to, Reply(text="\n\n".join(lines)))


def answered(session: Session, ticket: Ticket, *, by: Staff) -> None:
    """Note who answered; the words are the customer's alone: they may hold figures."""
    _note(session, ticket, N_("Answered by {name}."), by)


def closed(session: Session, ticket: Ticket, *, by: Staff) -> None:
    _note(session, ticket, N_("Closed by {name}."), by)


def _note(session: Session, ticket: Ticket, msgid: str, by: Staff) -> None:
    to = tickets.desk_thread(session, ticket_id=tickets.id_of(ticket))
    if to is not None:
        loc = Localizer(to.language or ticket.language)
        text = loc.text(msgid, name=escape(by.name or by.username))
        _post(session, ticket, to, Reply(text=text, buttons=(teach_button(ticket.ref, loc),)))


def teach_button(ref: str, loc: Localizer) -> Button:
    """Offer to teach the bot from a ticket."""
    return Button(loc.text("Teach the bot"), action=f"teach:{ref}")


def _facts(ticket: Ticket, platform: str, topic: str | None, loc: Localizer) -> list[Fact]:
    facts = [Fact(loc.text("Queue"), loc.text(_QUEUES.get(ticket.queue, ticket.queue)))]
    if reasons := _named(ticket.reasons, loc):
        facts.append(Fact(loc.text("Why"), reasons))
    known = library.topics().get(topic or "")
    if known is not None:
        facts.append(Fact(loc.text("Topic"), known.text(loc.language).title))
    facts.append(Fact(loc.text("Customer's language"), loc.language_name(ticket.language)))
    place = loc.text(_PLACES.get(platform, platform.capitalize()))
    facts.append(Fact(loc.text("Written on"), place))
    return facts


def _named(reasons: Sequence[str], loc: Localizer) -> str:
    return loc.join(loc.text(_REASONS[reason]) for reason in reasons if reason in _REASONS)


def _quoted(said: Sequence[str]) -> str:
    """Write foreign words so that they are nothing but words, a paragraph each."""
    lines = [[escape(line) for line in words.splitlines() if line.strip()] for words in said]
    return "\n\n".join("\n".join(paragraph) for paragraph in lines if paragraph)


def _conversation(session: Session, ticket: Ticket, desk: DeskRoom) -> Conversation:
    """Make the thread: a conversation of the desk as a whole, named after the ticket."""
    key = {"platform": desk.platform, "workspace": ""}
    person = people.meet(session, **key, user=DESK, display_name="")
    where = key | {"room": desk.room, "thread": ticket.ref}
    conversations.start(session, **where, person_id=person.id, one_to_one=False, pulled=False)
    made = conversations.memory(session, **where, person_id=person.id)
    assert made is not None  # noqa: S101 - it was just made
    conversations.remember(
        session, conversation_id=made.id, language=desk.language, misses=0, question=None
    )
    ticket.desk_conversation_id = made.id
    session.add(ticket)
    session.flush()
    return session.get_one(Conversation, made.id)


def _post(session: Session, ticket: Ticket, to: Conversation, reply: Reply) -> None:
    assert to.id is not None  # noqa: S101 - it was read from the store
    place = Place(
        to=Recipient(
            platform=to.platform,
            conversation_id=to.id,
            chat_identity_id=to.chat_identity_id,
            pulled=False,
        ),
        address=Address(platform=to.platform, room=to.room, thread=to.thread, user=DESK),
        one_to_one=False,
    )
    draft = Draft(place=place, reply=reply, language=to.language or ticket.language, private=False)
    posting.post(session, draft, ticket_id=tickets.id_of(ticket))
