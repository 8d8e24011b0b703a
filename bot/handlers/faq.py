"""Answer from the knowledge base."""

from bot.commands import Answer, Command, Context
from bot.documents import living
from bot.faq import library
from bot.faq.library import Kind
from bot.faq.next_steps import next_steps
from bot.i18n import N_
from bot.messages import Button, Outcome, Reply


def handle(context: Context) -> Answer:
    """Answer the topic whose id is the argument; the router vouches for it.

    Whoever is linked and writes one to one hears first how it is on their account.
    """
    topic = library.topics()[context.args]
    language = context.loc.language
    text = topic.text(language)
    answer = topic.answer(language=language, today=context.today())
    if topic.kind is Kind.SOCIAL:
        reply = Reply(text=answer, buttons=next_steps(topic, language=language))
        return Answer(reply=reply, outcome=Outcome.SOCIAL)
    answer = living.with_figures(context, topic.id, answer)
    buttons = (*next_steps(topic, language=language), *_did_this_help(context))
    return Answer(reply=Reply(title=text.title, text=answer, buttons=buttons))


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
