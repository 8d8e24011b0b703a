"""What can you do?"""

from bot.commands import Answer, Command, Context
from bot.faq import library
from bot.i18n import N_
from bot.messages import Button, Fact, Outcome, Reply

_SHOWN = ("balance", "transactions", "handoff")


def handle(context: Context) -> Answer:
    """Say what can be asked, and list the commands."""
    loc = context.loc
    topic = library.with_action("help")
    text = topic.answer(language=loc.language, today=context.today()) if topic else ""
    listed = [command for command in context.commands.values() if command.listed]
    buttons = tuple(
        Button(loc.text(context.commands[name].help), action=name)
        for name in _SHOWN
        if name in context.commands
    )
    facts = tuple(Fact(loc.text(command.help), f"/{command.name}") for command in listed)
    reply = Reply(title=loc.text("What I can do"), text=text, facts=facts, buttons=buttons)
    return Answer(reply=reply, outcome=Outcome.SOCIAL)


command = Command(name="help", help=N_("Show what I can do"), handle=handle, public=True)
