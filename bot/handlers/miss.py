"""Say that the bot does not know, and offer what comes nearest, and a person."""

from bot.commands import Answer, Command, Context
from bot.faq import library
from bot.i18n import N_
from bot.messages import Button, Outcome, Reply


def handle(context: Context) -> Answer:
    """Offer the topics whose ids are the argument."""
    loc = context.loc
    known = library.topics()
    named = (known[topic] for topic in context.args.split(",") if topic in known)
    nearest = [topic.id for topic in named if topic.action != "handoff"]  # offered anyway
    if nearest:
        context.ask(",".join(nearest), of="clarify")
    buttons = [Button(known[t].text(loc.language).title, action=f"faq:{t}") for t in nearest]
    said = (
        loc.text(
            "I am not sure I can answer that. Is it one of these? "
            "If not, tell me in other words, or I can pass you to a person."
        )
        if nearest
        else loc.text(
            "I do not know that one. Tell me in other words, or I can pass you to a person."
        )
    )
    # It shall surprise nobody: nothing that the bot does not know is lost.
    then = loc.text("If I do not know then either, I will pass it to our team.")
    person = Button(loc.text("Talk to a person"), action="handoff")
    reply = Reply(text=f"{said} {then}", buttons=(*buttons, person))
    return Answer(reply=reply, outcome=Outcome.MISS)


command = Command(
    name="miss",
    help=N_("Something else"),
    handle=handle,
    listed=False,
    public=True,
)
