"""Figures with a word beside them: of a question that a command answers only in part."""

from dataclasses import replace

from bot.commands import Answer, Command, Context
from bot.errors import UnknownChoice
from bot.faq import library
from bot.faq.library import Topic
from bot.faq.next_steps import next_steps
from bot.i18n import N_
from bot.messages import Reply


def handle(context: Context) -> Answer:
    """Answer the topic whose id is the argument: its words, then what its command finds.

    What is typed next goes to that command. Raises UnknownChoice for a topic that names none.
    """
    topic = library.topics().get(context.args)
    command = context.commands.get(topic.action or "") if topic else None
    if topic is None or command is None:
        raise UnknownChoice(N_("This button no longer works. Please ask me again."))
    context.args, context.answered_by = "", command.name
    answer = command.handle(context)
    if context.question is not None:
        context.question["command"] = command.name
    if answer.reply is None:
        return answer
    return replace(answer, reply=_beside(answer.reply, topic, context))


def _beside(reply: Reply, topic: Topic, context: Context) -> Reply:
    language = context.loc.language
    words = topic.answer(language=language, today=context.today())
    buttons = (*reply.buttons, *next_steps(topic, language=language))
    distinct = {button.action or button.url: button for button in reversed(buttons)}
    return replace(
        reply, text=f"{words}\n\n{reply.text}", buttons=tuple(reversed(distinct.values()))
    )


command = Command(
    name="lookup",
    help=N_("Look something up"),
    handle=handle,
    listed=False,
)
