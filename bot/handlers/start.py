"""The first words in a private chat: what waited for it goes out, else a greeting."""

from bot.commands import Answer, Command, Context
from bot.faq import library
from bot.i18n import N_
from bot.messages import Button, Outcome, Reply
from store import outbox
from store.db import Session


def handle(context: Context) -> Answer:
    """Let go what could not be said before the person opened this chat."""
    loc, person_id = context.loc, context.person.id
    with context.read() as session:
        waiting = outbox.held(session, person_id=person_id)
    if waiting and context.request.one_to_one:
        context.touch()

        def write(session: Session, _turn_id: int) -> None:
            outbox.release(session, person_id=person_id)

        context.defer(write)
        return Answer(reply=Reply(text=loc.text("Here is what I have for you.")))
    buttons = (
        Button(loc.text("What do I owe?"), action="balance"),
        Button(loc.text("What can you do?"), action="help"),
        Button(loc.text("Talk to a person"), action="handoff"),
    )
    greeting = library.topics()["greeting"].answer(language=loc.language, today=context.today())
    return Answer(reply=Reply(text=greeting, buttons=buttons), outcome=Outcome.SOCIAL)


command = Command(
    name="start",
    help=N_("Begin a chat"),
    handle=handle,
    listed=False,
    public=True,
)
