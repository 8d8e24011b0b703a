"""Link this chat to a portal user: hand out the one-time page, and take the chat's own yes."""

from collections.abc import Mapping
from dataclasses import replace

from bot.commands import Answer, Command, Context
from bot.errors import UnknownChoice
from bot.i18n import N_, phrases
from bot.identity import linking
from bot.markup import escape
from bot.messages import Button, Reply, Request


def handle(context: Context) -> Answer:
    """Offer to sign in; or, with "yes:LINK:ACCOUNT" or "no:LINK", end what the page began."""
    match context.args.split(":"):
        case ["yes", link_ref, account_ref]:
            return _linked(context, link_ref, account_ref)
        case ["no", link_ref]:
            return _refused(context, link_ref)
        case ["yes" | "no", *_]:
            raise UnknownChoice(N_("This button no longer works. Please ask me again."))
        case _:
            return _offer(context)


def _offer(context: Context) -> Answer:
    loc = context.loc
    with context.read() as session:
        joined = linking.joined(session, context.person)
    button = linking.sign_in_button(context)
    if joined is None:
        text = loc.text(
            "Sign in with your Billing Portal user name and password, then come back to confirm. "
            "The link works once and for ten minutes. It is for you alone: do not pass it on."
        )
        return Answer(reply=Reply(text=text, buttons=(button,)))
    text = loc.text(
        "This chat is already linked to **{account}**, as **{user}**. To use another account or "
        "user, sign in again.",
        account=escape(linking.account_name(joined.account)),
        user=escape(joined.user.username),
    )
    sign_out = Button(loc.text("Sign out"), action="unlink")
    return Answer(reply=Reply(text=text, buttons=(button, sign_out)))


def _linked(context: Context, link_ref: str, account_ref: str) -> Answer:
    loc = context.loc
    joined = linking.confirm(context, link_ref=link_ref, account_ref=account_ref)
    done = loc.text(
        "This chat is now linked to **{account}**, as **{user}**.",
        account=escape(linking.account_name(joined.account)),
        user=escape(joined.user.username),
    )
    if joined.sees_figures and joined.asked:
        more = loc.text("Now I can answer your question. When you are done, say “sign out”.")
        buttons: tuple[Button, ...] = ()
        context.then = _again(context.request, link_ref, joined.asked)
    elif joined.sees_figures:
        more = loc.text(
            "You can now ask for your balance, your transactions or your last payment. When you "
            "are done, say “sign out”."
        )
        buttons = (
            Button(loc.text("My balance"), action="balance"),
            Button(loc.text("My transactions"), action="transactions"),
        )
    else:
        more = loc.text(
            "You are a technical contact of this account, so I may not show you its invoices and "
            "balances. An administrator of your account or the Billing Team can help with those."
        )
        buttons = (Button(loc.text("Talk to a person"), action="handoff"),)
    return Answer(reply=Reply(text=f"{done}\n\n{more}", buttons=buttons))


def _again(confirmed: Request, link_ref: str, asked: Mapping[str, str]) -> Request:
    """Ask what led to the sign-in once more, where it was confirmed: nobody else reads there."""
    return replace(
        confirmed,
        event_id=f"asked {link_ref}",
        again=True,
        text=asked.get("text", ""),
        action=asked.get("action"),
        message_id=None,
    )


def _refused(context: Context, link_ref: str) -> Answer:
    linking.refuse(context, link_ref=link_ref)
    text = context.loc.text(
        "Thank you for telling me. Nothing was linked, and the link no longer works."
    )
    return Answer(reply=Reply(text=text))


command = Command(
    name="link",
    help=N_("Sign in to see your own figures"),
    place=80,
    handle=handle,
    phrases=phrases(
        "sign in | sign me in | i want to sign in | log in | log me in here | "
        "log into my account | link my account | connect my account | "
        "link this chat to my account | connect this chat to my account | "
        "switch to another account | sign in as another user"
    ),
)
