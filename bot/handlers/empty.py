"""A message without words: nothing, an emoji, a sticker, a picture."""

from bot.commands import Answer, Command, Context
from bot.i18n import N_
from bot.messages import Button, Outcome, Reply


def handle(context: Context) -> Answer:
    loc = context.loc
    text = (
        loc.text("I can only read text. Could you tell me in words what you need?")
        if context.request.attachments
        else loc.text("How can I help? Ask me in a few words, for example:")
    )
    buttons = (
        Button(loc.text("What do I owe?"), action="balance"),
        Button(loc.text("What can you do?"), action="help"),
        Button(loc.text("Talk to a person"), action="handoff"),
    )
    return Answer(reply=Reply(text=text, buttons=buttons), outcome=Outcome.CLARIFY)


command = Command(
    name="empty",
    help=N_("Answer a message without words"),
    handle=handle,
    listed=False,
    public=True,
)
