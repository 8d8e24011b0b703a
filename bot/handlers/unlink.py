"""Sign this chat out."""

from bot.commands import Answer, Command, Context
from bot.i18n import N_, phrases
from bot.messages import Button, Reply
from store import links
from store.db import Session


def handle(context: Context) -> Answer:
    """End the link and the conversation: what follows starts afresh."""
    context.touch()
    loc, person_id = context.loc, context.person.id
    again = Button(loc.text("Sign in"), action="link")
    if context.person.portal_user_id is None:
        text = loc.text("This chat is not linked to any account, so there is nothing to sign out.")
        return Answer(reply=Reply(text=text, buttons=(again,)))

    def write(session: Session, _turn_id: int) -> None:
        links.sign_out(session, person_id=person_id)

    context.defer(write)
    lines = [
        loc.text(
            "You are signed out: this chat is no longer linked to an account. "
            "What you write from here on is a new conversation."
        )
    ]
    if context.memory.ticket_ref:
        lines.append(
            loc.text(
                "Your ticket {ref} stays open, but its answer can no longer reach this chat: our "
                "team has the e-mail address of your portal user.",
                ref=f"**{context.memory.ticket_ref}**",
            )
        )
    return Answer(reply=Reply(text="\n\n".join(lines), buttons=(again,)))


command = Command(
    name="unlink",
    help=N_("Sign out of this chat"),
    place=85,
    handle=handle,
    phrases=phrases(
        "sign out | sign me out | i want to sign out | log out | log me out | logout | "
        "unlink this chat | unlink my account | disconnect this chat from my account | "
        "forget who i am"
    ),
)
