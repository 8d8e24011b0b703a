"""Pass the conversation to a person."""

from bot import slots
from bot.commands import Answer, Command, Context
from bot.errors import CustomerError
from bot.faq import facts
from bot.i18n import N_
from bot.messages import Outcome, Reply
from bot.triage.assess import Assessment, Queue, assess
from store import tickets
from store.db import Session
from store.models import Author

_CONTACT = "contact"  # the open question, and the mark of its answer


def handle(context: Context) -> Answer:
    """Open a ticket, or add to the one that is open in the conversation.

    The argument is empty, or "contact:" and how somebody whom no account names can be reached.
    """
    context.touch()
    contact = context.args.removeprefix(f"{_CONTACT}:") if context.args else ""
    assessment = assess(context.request.text, topic=context.topic)
    if context.memory.ticket_id is None:
        return _open(context, assessment, contact)
    return _join(context, context.memory.ticket_id, assessment, contact)


def _open(context: Context, assessment: Assessment, contact: str) -> Answer:
    ref, account_id = tickets.new_ticket_ref(), _account_id(context)
    language = context.loc.language

    def write(session: Session, turn_id: int) -> None:
        opened = tickets.open_ticket(
            session,
            ref=ref,
            conversation_id=context.memory.id,
            account_id=account_id,
            queue=assessment.queue,
            urgent=assessment.urgent,
            reasons=list(assessment.reasons),
            language=language,
        )
        _add_words(session, context, opened.id, turn_id)
        if contact:
            tickets.set_contact(session, ticket_id=opened.id, contact=contact)

    context.defer(write)
    loc = context.loc
    lines = _emergency(context, assessment)
    lines.append(
        loc.text("I have passed this to our team. Your ticket is {ref}.", ref=f"**{ref}**")
    )
    lines += _advice(context, assessment)
    lines.append(loc.text("They will answer you right here in this chat."))
    if account_id is None and not contact:
        context.ask(_CONTACT)
        lines.append(
            loc.text(
                "In case you leave: at which e-mail address or phone number can they reach you?"
            )
        )
    return Answer(reply=Reply(text="\n\n".join(lines)), outcome=Outcome.HANDOFF, ticket=ref)


def _join(context: Context, ticket_id: int, assessment: Assessment, contact: str) -> Answer:
    def write(session: Session, turn_id: int) -> None:
        _add_words(session, context, ticket_id, turn_id)
        if contact:
            tickets.set_contact(session, ticket_id=ticket_id, contact=contact)
        if assessment.urgent:
            tickets.raise_urgency(session, ticket_id=ticket_id, reasons=list(assessment.reasons))

    context.defer(write)
    loc, ref = context.loc, context.memory.ticket_ref
    if contact:
        text = loc.text(
            "Thank you, our team can reach you at {contact}. Your ticket is {ref}.",
            contact=loc.phone(contact),
            ref=f"**{ref}**",
        )
    else:
        lines = _emergency(context, assessment)
        lines.append(loc.text("I have added this to your ticket {ref}.", ref=f"**{ref}**"))
        lines += _advice(context, assessment)
        lines.append(loc.text("Our team will answer you here."))
        text = "\n\n".join(lines)
    return Answer(reply=Reply(text=text), outcome=Outcome.HANDOFF, ticket=ref)


def _emergency(context: Context, assessment: Assessment) -> list[str]:
    if "emergency" not in assessment.reasons:
        return []
    return [context.loc.text("**If somebody is in danger, dial 911 now.** I cannot call for help.")]


def _advice(context: Context, assessment: Assessment) -> list[str]:
    """Say what cannot wait for an answer in the chat."""
    loc, today = context.loc, context.today()
    phone = facts.fact("billing_phone", loc=loc, today=today)
    lines = []
    if assessment.queue is Queue.TECHNICAL:
        lines.append(
            loc.text(
                "If your phones are not working, technical support is the fastest: {email}, "
                "or {phone}, {option}.",
                email=facts.fact("support_email", loc=loc, today=today),
                phone=phone,
                option=facts.fact("support_option", loc=loc, today=today),
            )
        )
    elif assessment.urgent and "emergency" not in assessment.reasons:
        lines.append(
            loc.text(
                "It is marked urgent. If it cannot wait, call {phone}, {option}.",
                phone=phone,
                option=facts.fact("billing_option", loc=loc, today=today),
            )
        )
    return lines


def _account_id(context: Context) -> int | None:
    try:
        return context.scope.account_id
    except CustomerError:
        return None


def _add_words(session: Session, context: Context, ticket_id: int, turn_id: int) -> None:
    text = context.request.text
    if text:
        tickets.add_message(
            session, ticket_id=ticket_id, author=Author.CUSTOMER, text=text, turn_id=turn_id
        )


def fits(text: str, asked: str) -> str | None:
    """Take a mail address or phone number for the answer to how one can be reached."""
    reach = slots.email(text) or slots.phone(text)
    return f"{asked}:{reach}" if reach else None


command = Command(
    name="handoff",
    help=N_("Talk to a person"),
    handle=handle,
    fits=fits,
)
