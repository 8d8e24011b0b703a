"""Pass the conversation to a person."""

from dataclasses import replace

from rapidfuzz import fuzz

from bot import slots
from bot.commands import Answer, Command, Context, Overtaken
from bot.desk import thread
from bot.errors import CustomerError
from bot.faq import facts, library
from bot.faq.library import OFF, Topic
from bot.faq.next_steps import next_steps
from bot.i18n import N_
from bot.markup import escape
from bot.messages import Outcome, Reply
from bot.triage.assess import Assessment, Queue, assess
from store import conversations, people, tickets
from store.db import Session
from store.models import Author
from store.outbox import Grant

_CONTACT = "contact"  # the open question, and the mark of its answer
_MISSED = "miss"  # nobody asked for a person, but the bot did not know twice in a row
THIRD = 3  # time that the same is asked: then it is urgent
SAME = 85  # of 100: the same question in nearly the same words
_LATELY = 20  # messages looked back at
_LONGEST_ANSWER = 12  # words: more than how one can be reached is rather something new


def handle(context: Context) -> Answer:
    """Open a ticket, or add to the one that is open in the conversation.

    The argument "contact:..." is how somebody can be reached whom no portal user names; "miss"
    says that the bot did not know; any other is taken for words to the team.
    """
    context.touch()
    asked, _, contact = context.args.partition(":")
    if asked != _CONTACT or _reach(contact) != contact:
        contact = ""
    assessment = _assessed(context)
    if context.memory.ticket_id is None:
        return _open(context, assessment, contact)
    return _join(context, context.memory.ticket_id, assessment, contact)


def _assessed(context: Context) -> Assessment:
    """Tell how urgent it is; what is asked for the third time is."""
    text = context.request.text
    assessment = assess(text, topic=context.topic)
    if not text or not _is_third_time(context, text):
        return assessment
    return replace(assessment, urgent=True, reasons=(*assessment.reasons, "repeat"))


def _is_third_time(context: Context, text: str) -> bool:
    with context.read() as session:
        said = conversations.said(session, conversation_id=context.memory.id, limit=_LATELY)
    asked = [row.text for row in said if row.text and row.action is None]
    return sum(fuzz.ratio(text, before) >= SAME for before in asked) >= THIRD - 1


def _open(context: Context, assessment: Assessment, contact: str) -> Answer:
    ref, grant = tickets.new_ticket_ref(), _grant(context)
    language, known_by = context.loc.language, contact or _known_by(context)

    def write(session: Session, _turn_id: int) -> None:
        opened = tickets.open_ticket(
            session,
            ref=ref,
            conversation_id=context.memory.id,
            grant=grant,
            queue=assessment.queue,
            urgent=assessment.urgent,
            reasons=list(assessment.reasons),
            language=language,
        )
        # The turn that opens it is in the conversation by now.
        assert opened.id is not None  # noqa: S101 - it was just written
        tickets.add_conversation(session, ticket_id=opened.id, conversation_id=context.memory.id)
        if known_by:
            tickets.set_contact(session, ticket_id=opened.id, contact=known_by)
        if context.desk is not None:
            thread.open_thread(
                session,
                opened,
                desk=context.desk,
                platform=context.request.platform,
                topic=context.topic,
            )

    context.defer(write)
    loc = context.loc
    lines = _opening(context, assessment)
    lines.append(
        loc.text("I have passed this to our team. Your ticket is {ref}.", ref=f"**{ref}**")
    )
    lines += _advice(context, assessment)
    lines.append(loc.text("They will answer you right here in this chat."))
    if not known_by:
        context.ask(_CONTACT, lasting=True)
        lines.append(
            loc.text(
                "In case you leave: at which e-mail address or phone number can they reach you?"
            )
        )
    return _answer(context, lines, ref)


def _join(context: Context, ticket_id: int, assessment: Assessment, contact: str) -> Answer:
    def write(session: Session, turn_id: int) -> None:
        if not tickets.lock_open(session, ticket_id=ticket_id):
            raise Overtaken  # closed meanwhile: run again, it opens a new one
        _add_words(session, context, ticket_id, turn_id)
        if contact:
            tickets.set_contact(session, ticket_id=ticket_id, contact=contact)
        reasons = list(assessment.reasons) if assessment.urgent else []
        ticket = tickets.raise_urgency(session, ticket_id=ticket_id, reasons=reasons)
        words = contact or context.request.text
        if words:
            thread.added(session, ticket, words=words, reasons=reasons)

    context.defer(write)
    loc, ref = context.loc, context.memory.ticket_ref
    if contact:
        text = loc.text(
            "Thank you, our team can reach you at {contact}. Your ticket is {ref}.",
            contact=escape(loc.phone(contact)),
            ref=f"**{ref}**",
        )
        return Answer(reply=Reply(text=text), outcome=Outcome.HANDOFF, ticket=ref)
    lines = _opening(context, assessment)
    lines.append(loc.text("I have added this to your ticket {ref}.", ref=f"**{ref}**"))
    lines += _advice(context, assessment)
    lines.append(loc.text("Our team will answer you here."))
    return _answer(context, lines, ref)


def _answer(context: Context, lines: list[str], ref: str | None) -> Answer:
    topic = _beside(context)
    buttons = next_steps(topic, language=context.loc.language) if topic else ()
    reply = Reply(text="\n\n".join(lines), buttons=buttons)
    return Answer(reply=reply, outcome=Outcome.HANDOFF, ticket=ref)


def _opening(context: Context, assessment: Assessment) -> list[str]:
    """Say first what help there is in danger, or what the topic has to say."""
    loc, topic = context.loc, _beside(context)
    if "emergency" in assessment.reasons:
        return [loc.text("**If somebody is in danger, dial 911 now.** I cannot call for help.")]
    if context.args == _MISSED:
        return [loc.text("I do not know that one either.")]
    return [topic.answer(language=loc.language, today=context.today())] if topic else []


def _beside(context: Context) -> Topic | None:
    """Find the topic beside the topics proper that was passed on, if one was."""
    topic = library.topics().get(context.topic or "")
    return topic if topic and topic.id.startswith(OFF) else None


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


def _grant(context: Context) -> Grant | None:
    try:
        return Grant.of(context.scope)
    except CustomerError:
        return None


def _known_by(context: Context) -> str:
    """Give the mail address of the portal user whom the chat is linked to, if to anybody."""
    user_id = context.person.portal_user_id
    if user_id is None:
        return ""
    with context.read() as session:
        user = people.portal_user(session, portal_user_id=user_id)
    return user.email if user else ""


def _add_words(session: Session, context: Context, ticket_id: int, turn_id: int) -> None:
    request = context.request
    if request.text and request.action is None:
        tickets.add_message(
            session,
            ticket_id=ticket_id,
            author=Author.CUSTOMER,
            text=request.text,
            turn_id=turn_id,
        )


def _reach(text: str) -> str | None:
    return slots.email(text) or slots.phone(text)


def fits(text: str, asked: str) -> str | None:
    """Take a mail address or phone number for the answer to how one can be reached."""
    reach = _reach(text) if len(text.split()) <= _LONGEST_ANSWER else None
    return f"{asked}:{reach}" if reach else None


command = Command(name="handoff", help=N_("Talk to a person"), place=60, handle=handle, fits=fits)
