"""A message without words: nothing, an emoji, a sticker, a picture."""

from bot.commands import Answer, Command, Context
from bot.faq import library
from bot.i18n import N_, Localizer
from bot.messages import Button, Outcome, Reply, Request


def handle(context: Context) -> Answer:
    loc, request = context.loc, context.request
    if request.masked:
        text = loc.text("What would you like to do?")
    elif request.attachments:
        text = loc.text("I can only read text. Could you tell me in words what you need?")
    else:
        text = loc.text("How can I help? Ask me in a few words, for example:")
    person = Button(loc.text("Talk to a person"), action="handoff")
    buttons = (*(_likely(request, loc) if request.masked else _first_questions(loc)), person)
    return Answer(reply=Reply(text=text, buttons=buttons), outcome=Outcome.CLARIFY)


def _first_questions(loc: Localizer) -> tuple[Button, ...]:
    return (
        Button(loc.text("What do I owe?"), action="balance"),
        Button(loc.text("What can you do?"), action="help"),
    )


def _likely(request: Request, loc: Localizer) -> tuple[Button, ...]:
    """Offer what people have in mind who write down their card, or their password."""
    about_cards = "card" in request.masked
    names = ("make-payment", "change-card") if about_cards else ("forgot-password", "first-login")
    topics = (library.topics()[name] for name in names)
    return tuple(Button(t.text(loc.language).title, action=f"faq:{t.id}") for t in topics)


command = Command(
    name="empty",
    help=N_("Answer a message without words"),
    handle=handle,
    listed=False,
    public=True,
)
