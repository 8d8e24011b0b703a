"""Answer from the knowledge base."""

from bot.commands import Answer, Command, Context
from bot.faq import library
from bot.faq.library import Kind, Topic
from bot.i18n import N_
from bot.messages import Button, Outcome, Reply


def handle(context: Context) -> Answer:
    """Answer the topic whose id is the argument; the router vouches for it."""
    topic = library.topics()[context.args]
    language = context.loc.language
    text = topic.text(language)
    answer = topic.answer(language=language, today=context.today())
    if topic.kind is Kind.SOCIAL:
        return Answer(reply=Reply(text=answer), outcome=Outcome.SOCIAL)
    buttons = (*_next_steps(context, topic), *_did_this_help(context))
    return Answer(reply=Reply(title=text.title, text=answer, buttons=buttons))


def _next_steps(context: Context, topic: Topic) -> tuple[Button, ...]:
    known = library.topics()
    return tuple(
        Button(known[other].text(context.loc.language).title, action=f"faq:{other}")
        for other in topic.see
        if other in known
    )


def _did_this_help(context: Context) -> tuple[Button, Button]:
    loc, ref = context.loc, context.turn_ref
    return (
        Button(loc.text("This helped"), action=f"feedback:yes:{ref}", quiet=True),
        Button(loc.text("This did not help"), action=f"feedback:no:{ref}", quiet=True),
    )


command = Command(
    name="faq",
    help=N_("Answer a frequent question"),
    handle=handle,
    listed=False,
    public=True,
)
