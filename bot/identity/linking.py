"""Joining a chat to a portal user: a one-time link, and a yes on both sides.

The token of a link is derived from its request's ref and the secret key, so neither the outbox
nor anything else has to keep it; the store has only its hash.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.commands import Context, Overtaken
from bot.errors import UnknownChoice
from bot.i18n import N_, Localizer
from bot.identity.scopes import SEES_FIGURES
from bot.markup import escape
from bot.messages import Button, Fact, Reply, to_json
from store import conversations, links, outbox, people
from store.db import Session
from store.models import Account, ChatIdentity, Conversation, LinkRequest, PortalUser, Role
from store.models.types import new_ref, now
from store.people import Person

LINK_LIVES = timedelta(minutes=10)
_TOKEN_BYTES = 16  # 128 bits
URL_PREFIX = "link:"  # a button's url that stands for the one-time page


@dataclass(frozen=True, slots=True)
class Tokens:
    """Derives what must not be kept from the secret key."""

    secret: bytes

    def of_link(self, ref: str) -> str:
        return self._derive(b"link", ref.encode())

    def of_form(self, cookie: str) -> str:
        """Derive the token that a form must send back beside the browser's cookie."""
        return self._derive(b"form", cookie.encode())

    def of_sign_in(self, claim: str) -> str:
        """Sign what a browser may claim of itself after a sign-in."""
        return self._derive(b"sign-in", claim.encode())

    def _derive(self, purpose: bytes, value: bytes) -> str:
        digest = hmac.new(self.secret, purpose + b"\0" + value, hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest[:_TOKEN_BYTES]).decode().rstrip("=")


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def sign_in_button(context: Context, *, asked: dict[str, str] | None = None) -> Button:
    """Make a button that opens a one-time sign-in page for this chat; the turn becomes private.

    `asked` is what waits for it, as `LinkRequest` keeps it: once linked the chat answers it.
    """
    context.touch()
    ref, tokens = new_ref(), Tokens(context.settings.secret)

    def write(session: Session, _turn_id: int) -> None:
        links.add(
            session,
            ref=ref,
            token_hash=token_hash(tokens.of_link(ref)),
            person_id=context.person.id,
            conversation_id=context.memory.id,
            expires_at=now() + LINK_LIVES,
            asked=asked,
        )

    context.defer(write)
    return Button(context.loc.text("Sign in"), url=URL_PREFIX + ref)


@dataclass(frozen=True, slots=True)
class Asked:
    """A link request that waits for the page's yes, and the chat it came from."""

    request: LinkRequest
    chat: ChatIdentity
    conversation: Conversation
    language: str  # in which the chat was answered last


@dataclass(frozen=True, slots=True)
class Joined:
    """To whom a chat is linked."""

    user: PortalUser
    account: Account
    sees_figures: bool
    asked: dict[str, str] | None = None  # what waited for it, as `LinkRequest` keeps it


def asked(session: Session, *, token: str) -> Asked | None:
    """Find the request of a one-time page: open, unexpired, and not agreed to yet."""
    found = links.find(session, token_hash=token_hash(token))
    if found is None or found[0].page_agreed_at is not None:
        return None
    request, chat = found
    conversation = session.get_one(Conversation, request.conversation_id)
    # The turn that made the link is one of these.
    turns = conversations.said(session, conversation_id=_id(conversation))
    return Asked(request, chat, conversation, turns[-1].language)


def agree(session: Session, asked: Asked, *, user: PortalUser, accounts: list[Account]) -> bool:
    """Record the page's yes, and let the chat ask for its own. False when somebody was faster."""
    if not links.agree_on_page(
        session, link_request_id=_id(asked.request), portal_user_id=_id(user)
    ):
        return False
    question = outbox.Letter(
        to=outbox.Recipient(
            platform=asked.conversation.platform,
            conversation_id=_id(asked.conversation),
            chat_identity_id=_id(asked.chat),
            pulled=asked.conversation.pulled,
        ),
        reply=to_json(_question(asked.request.ref, user, accounts, Localizer(asked.language))),
        language=asked.language,
        private=True,
    )
    outbox.add(session, question)
    return True


def withdraw(session: Session, asked: Asked) -> bool:
    """Close a request from the page's side. False when somebody was faster."""
    return links.close(session, link_request_id=_id(asked.request), agreed=False)


def confirm(context: Context, *, link_ref: str, account_ref: str) -> Joined:
    """Link this chat, as the turn closes, to one of the accounts of who agreed on the page.

    Raises UnknownChoice unless the request is open, agreed to on its page and this chat's own.
    """
    context.touch()
    with context.read() as session:
        request, user = _agreed(session, context, link_ref)
        chosen = _joined(session, user, lambda account: account.ref == account_ref)
    if chosen is None:
        raise UnknownChoice(_GONE)

    def write(session: Session, _turn_id: int) -> None:
        _close(session, request, agreed=True)
        links.close_all(session, person_id=context.person.id)
        if (context.person.portal_user_id, context.person.account_id) not in {
            (None, None),
            (_id(user), _id(chosen.account)),
        }:
            # What was said for another account stays with it.
            conversations.end(session, person_id=context.person.id)
        people.link(
            session,
            person_id=context.person.id,
            portal_user_id=_id(user),
            account_id=_id(chosen.account),
        )

    context.defer(write)
    return replace(chosen, asked=request.asked)


def refuse(context: Context, *, link_ref: str) -> None:
    """Close the request as the turn closes. Raises UnknownChoice as `confirm` does."""
    context.touch()
    with context.read() as session:
        request, _ = _agreed(session, context, link_ref)
    context.defer(lambda session, _turn_id: _close(session, request, agreed=False))


def joined(session: Session, person: Person) -> Joined | None:
    """Tell to whom a chat is linked; None when to nobody, or to somebody who lost the account."""
    if person.portal_user_id is None:
        return None
    user = people.portal_user(session, portal_user_id=person.portal_user_id)
    if user is None or not user.active:
        return None
    return _joined(session, user, lambda account: account.id == person.account_id)


def account_name(account: Account) -> str:
    return f"{account.legal_name} ({account.number})"


_GONE = N_("This confirmation has expired or was already used. Please sign in again.")


def _agreed(session: Session, context: Context, link_ref: str) -> tuple[LinkRequest, PortalUser]:
    found = links.find(session, ref=link_ref)
    if found is None or found[0].chat_identity_id != context.person.id:
        raise UnknownChoice(_GONE)
    request = found[0]
    user_id = request.portal_user_id  # who said yes on the page
    user = people.portal_user(session, portal_user_id=user_id) if user_id is not None else None
    if user is None or not user.active:
        raise UnknownChoice(_GONE)
    return request, user


def _joined(session: Session, user: PortalUser, wanted: Callable[[Account], bool]) -> Joined | None:
    for account, member in people.accounts_of(session, portal_user_id=_id(user)):
        if wanted(account):
            return Joined(user, account, Role(member.role) in SEES_FIGURES)
    return None


def _close(session: Session, request: LinkRequest, *, agreed: bool) -> None:
    if not links.close(session, link_request_id=_id(request), agreed=agreed):
        raise Overtaken


def _question(link_ref: str, user: PortalUser, accounts: list[Account], loc: Localizer) -> Reply:
    text = loc.text(
        "Somebody just signed in as **{user}** and asks to link this chat. If it was you, "
        "please confirm; only then can this chat show the account's figures.",
        user=escape(user.username),
    )
    yes = tuple(
        Button(
            loc.text("Yes, link to {account}", account=account_name(account)),
            action=f"link:yes:{link_ref}:{account.ref}",
        )
        for account in accounts
    )
    no = Button(loc.text("No, that is not me"), action=f"link:no:{link_ref}")
    facts = tuple(Fact(loc.text("Account"), account_name(account)) for account in accounts)
    return Reply(title=loc.text("One more step"), text=text, facts=facts, buttons=(*yes, no))


def _id(row: LinkRequest | PortalUser | Account | ChatIdentity | Conversation) -> int:
    assert row.id is not None  # noqa: S101 - it was read from the store
    return row.id
