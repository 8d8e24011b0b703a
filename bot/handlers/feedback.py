"""Did this help?"""

from bot.commands import Answer, Command, Context
from bot.errors import UnknownChoice
from bot.i18n import N_
from bot.messages import Button, Outcome, Reply
from store import conversations
from store.db import Session


def handle(context: Context) -> Answer:
    """Keep the rating of one of the person's own turns: "yes:REF" or "no:REF"."""
    rating, _, turn_ref = context.args.partition(":")
    if rating not in {"yes", "no"} or not turn_ref:
        raise UnknownChoice(N_("This button no longer works. Please ask me again."))
    helpful = rating == "yes"

    def write(session: Session, _turn_id: int) -> None:
        conversations.rate(session, turn_ref=turn_ref, person_id=context.person.id, helpful=helpful)

    context.defer(write)
    loc = context.loc
    if helpful:
        return Answer(reply=Reply(text=loc.text("Glad to hear it!")), outcome=Outcome.SOCIAL)
    text = loc.text(
        "Thanks for telling me. Try asking in other words, or I can pass you to a person."
    )
    buttons = (Button(loc.text("Talk to a person"), action="handoff"),)
    return Answer(reply=Reply(text=text, buttons=buttons), outcome=Outcome.SOCIAL)


command = Command(
    name="feedback", help=N_("Rate an answer"), handle=handle, listed=False, public=True
)
