"""What can you do?"""

from bot.commands import Answer, Command, Context, listed
from bot.faq import library
from bot.i18n import N_
from bot.messages import Button, Fact, Outcome, Reply

_SHOWN = ("balance", "transactions", "handoff")


def handle(context: Context) -> Answer:
    """Say what can be asked, and list the commands."""
    loc = context.loc
    topic = library.with_action("help")
    text = topic.answer(language=loc.language, today=context.today()) if topic else ""
    hidden = _beside_the_point(context)
    shown = [command for command in listed(context.commands.values()) if command.name not in hidden]
    buttons = tuple(
        Button(loc.text(context.commands[name].help), action=name)
        for name in _SHOWN
        if name in context.commands
    )
    facts = tuple(Fact(loc.text(command.help), f"/{command.name}") for command in shown)
    reply = Reply(title=loc.text("What I can do"), text=text, facts=facts, buttons=buttons)
    return Answer(reply=reply, outcome=Outcome.SOCIAL)


def _beside_the_point(context: Context) -> set[str]:
    """Name what nobody needs here: to sign in twice, or to sign out of a room."""
    if not context.request.one_to_one:
        return {"unlink"}
    return {"unlink" if context.person.account_id is None else "link"}


command = Command(name="help", help=N_("Show what I can do"), place=90, handle=handle, public=True)
