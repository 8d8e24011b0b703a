"""Writing what goes out: a message, and in a shared room the hint that it went elsewhere.

What is private goes to its person alone. Where others read along, the room sees a hint that shows
nothing, so that the person knows where to look and nobody else learns anything.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.i18n import Localizer
from bot.messages import PRIVATE_CHAT, Address, Button, Reply, to_json
from store import outbox
from store.models.types import now
from store.outbox import Added, Grant, Letter, Recipient
from store.writer import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One person's conversation: where it is, and as which row the store knows it."""

    to: Recipient
    address: Address
    one_to_one: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message to be written to one person, before the store has it."""

    place: Place
    reply: Reply
    language: str
    private: bool
    grant: Grant | None = None
    replaces: str | None = None
    answers: str | None = None
    edits_id: int | None = None  # the first state of the message whose place it takes

    def letter(self, *, turn_id: int | None = None, ticket_id: int | None = None) -> Letter:
        return Letter(
            to=self.place.to,
            reply=to_json(self.reply),
            language=self.language,
            private=self.private,
            grant=self.grant,
            turn_id=turn_id,
            ticket_id=ticket_id,
            replaces=self.replaces,
            answers=self.answers,
            edits_id=self.edits_id,
        )

    def posted(self, added: Added) -> "Posted":
        """Give the message as it was written."""
        return Posted(draft=self, added=added, at=now())

    @property
    def hint(self) -> "Draft | None":
        """What the room sees of a private message; None where nobody else reads along."""
        if not self.private or self.place.one_to_one:
            return None
        return replace(
            self, reply=_hint(Localizer(self.language)), private=False, grant=None, replaces=None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A message that was written; a leased one is this process's to send at once."""

    draft: Draft
    added: Added
    at: datetime


def post(
    work: Work,
    draft: Draft,
    *,
    hinted: bool = True,
    turn_id: int | None = None,
    ticket_id: int | None = None,
    lease: bool = False,
) -> tuple[Posted, ...]:
    """Write a message and, unless not `hinted`, the hint for the room."""
    letter = draft.letter(turn_id=turn_id, ticket_id=ticket_id)
    posted = draft.posted(outbox.add(work, letter, lease=lease))
    hint = draft.hint if hinted else None
    if hint is None:
        return (posted,)
    added = outbox.add(work, hint.letter(ticket_id=ticket_id), lease=lease)
    return posted, hint.posted(added)


def _hint(loc: Localizer) -> Reply:
    return Reply(
        text=loc.text("My answer is in our private conversation."),
        buttons=(Button(loc.text("Open our private conversation"), url=PRIVATE_CHAT),),
    )
