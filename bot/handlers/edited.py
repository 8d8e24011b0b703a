"""A message that was changed after it was sent."""

from bot.commands import Answer, Command, Context
from bot.i18n import N_
from bot.messages import Outcome, Reply


def handle(context: Context) -> Answer:
    """Ask for it once more: it was answered as it was first sent."""
    text = context.loc.text(
        "I saw that you changed your message, but I only read messages as they are first sent. "
        "Please send me the corrected one as a new message."
    )
    return Answer(reply=Reply(text=text), outcome=Outcome.CLARIFY)


command = Command(
    name="edited",
    help=N_("Answer a changed message"),
    handle=handle,
    listed=False,
    public=True,
)
