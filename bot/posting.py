"""Writing what goes out: a message, and in a shared room the hint that it went elsewhere.

What is private goes to its person alone. Where others read along, the room sees a hint that shows
nothing, so that the person knows where to look and nobody else learns anything.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.i18n import Localizer
from bot.messages import Address, Button, Reply, to_json
from store import outbox
from store.models.types import now
from store.outbox import Grant, Recipient
from store.writer import Work

PRIVATE_CHAT = "dm:"  # a button's url that stands for the bot's own chat with who reads it


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One person's conversation: where it is, and as which row the store knows it."""

    to: Recipient
    address: Address
    one_to_one: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A message that was written; a leased one is this process's to send at once."""

    id: int
    ref: str
    leased: bool
    place: Place
    private: bool
    language: str
    reply: Reply
    replaces: str | None
    answers: str | None
    bound: bool  # to a link and a role, which are looked up again as it is sent
    at: datetime


def post(
    work: Work,
    *,
    place: Place,
    reply: Reply,
    language: str,
    private: bool,
    hinted: bool = True,
    grant: Grant | None = None,
    turn_id: int | None = None,
    ticket_id: int | None = None,
    replaces: str | None = None,
    answers: str | None = None,
    lease: bool = False,
) -> tuple[Posted, ...]:
    """Write a message to one person and, unless not `hinted`, the hint for the room."""

    def write(said: Reply, *, secret: bool) -> Posted:
        added = outbox.add(
            work,
            to=place.to,
            reply=to_json(said),
            language=language,
            private=secret,
            grant=grant if secret else None,
            turn_id=turn_id if said is reply else None,
            ticket_id=ticket_id,
            replaces=replaces,
            answers=answers,
            lease=lease,
        )
        return Posted(
            id=added.id,
            ref=added.ref,
            leased=added.leased,
            place=place,
            private=secret,
            language=language,
            reply=said,
            replaces=replaces,
            answers=answers,
            bound=secret and grant is not None,
            at=now(),
        )

    posted = write(reply, secret=private)
    if not private or place.one_to_one or not hinted:
        return (posted,)
    return posted, write(_hint(Localizer(language)), secret=False)


def _hint(loc: Localizer) -> Reply:
    return Reply(
        text=loc.text("I have answered you in private."),
        buttons=(Button(loc.text("Open our private chat"), url=PRIVATE_CHAT),),
    )
