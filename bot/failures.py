"""Failures become words: what a customer reads when a turn did not go as it should."""

from bot.commands import Answer, Context
from bot.errors import CustomerError, NotLinked
from bot.identity import linking
from bot.messages import Button, Outcome, Reply
from bot.router import HANDOFF


def refusal(context: Context, error: CustomerError) -> Answer:
    """Say the error's words, and offer a person and the list of what can be asked."""
    loc = context.loc
    buttons = (
        Button(loc.text("What can you do?"), action="help"),
        Button(loc.text("Talk to a person"), action=HANDOFF),
    )
    text = loc.text(error.msgid, **error.values)
    reply = Reply(text=text, buttons=buttons if error.offers_help else ())
    return Answer(reply=reply, outcome=Outcome.ERROR)


def sign_in(context: Context, error: NotLinked, *, asked: dict[str, str]) -> Answer:
    """Say that a sign-in is needed, with the way to it; what was `asked` is answered after it."""
    text = context.loc.text(error.msgid, **error.values)
    return Answer(reply=Reply(text=text, buttons=(linking.sign_in_button(context, asked=asked),)))


def apology(context: Context) -> Answer:
    text = context.loc.text(
        "Sorry, something went wrong on our side. Please try again; if it happens again, "
        "a person can help you."
    )
    buttons = (Button(context.loc.text("Talk to a person"), action=HANDOFF),)
    return Answer(reply=Reply(text=text, buttons=buttons), outcome=Outcome.ERROR)
