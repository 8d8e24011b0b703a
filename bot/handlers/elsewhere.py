"""Say where somebody of another organization, who shares the room with ours, is answered."""

from bot.commands import Answer, Command, Context
from bot.faq import facts
from bot.i18n import N_
from bot.messages import Reply


def handle(context: Context) -> Answer:
    """Name the team's own addresses: nothing of an account is said where strangers read."""
    loc, today = context.loc, context.today()
    text = loc.text(
        "This conversation is shared between organizations, so I only give general answers here. "
        "For anything about your account, write to {email} or call {phone}, {option}.",
        email=facts.fact("billing_email", loc=loc, today=today),
        phone=facts.fact("billing_phone", loc=loc, today=today),
        option=facts.fact("billing_option", loc=loc, today=today),
    )
    return Answer(reply=Reply(text=text))


command = Command(
    name="elsewhere",
    help=N_("Say where strangers are answered"),
    handle=handle,
    listed=False,
    public=True,
)
