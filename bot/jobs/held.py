"""A message that this process has leased, as its turn left it or as it was claimed."""

from dataclasses import dataclass
from typing import Any

from bot.delivery import Delivery, Outgoing
from bot.messages import Address, from_json
from bot.posting import Posted
from store.models import OutboxState


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    id: int
    conversation: int
    outgoing: Outgoing
    bound: bool  # to a link and a role, which are looked up again as it is sent
    opens_ticket: int | None = None  # the ticket whose thread at the desk it begins

    @property
    def attempts(self) -> int:
        """Count the tries, this one included: who has another number has lost the row."""
        return self.outgoing.attempts

    @property
    def platform(self) -> str:
        return self.outgoing.to.platform


def of_posted(posted: Posted, delivery: Delivery) -> Held:
    """Take over what a turn of this process has just written."""
    draft = posted.draft
    outgoing = Outgoing(
        ref=posted.added.ref,
        to=draft.place.address,
        one_to_one=draft.place.one_to_one,
        private=draft.private,
        language=draft.language,
        reply=delivery.resolved(draft.reply),
        replaces=draft.replaces,
        answers=draft.answers,
        at=posted.at,
        attempts=1,
        resumed=False,
    )
    return Held(
        id=posted.added.id,
        conversation=draft.place.to.conversation_id,
        outgoing=outgoing,
        bound=draft.grant is not None,
    )


def of_row(row: Any, delivery: Delivery) -> Held:
    """Read a row that was claimed; it is as it was before."""
    at_desk = row.desk_ticket_id is not None
    to = Address(
        platform=row.platform,
        workspace=row.workspace,
        room=row.room,
        thread=(row.desk_message_id or "") if at_desk else row.thread,
        user=row.user,
    )
    outgoing = Outgoing(
        ref=row.ref,
        to=to,
        one_to_one=row.one_to_one,
        private=row.private,
        language=row.language,
        reply=delivery.resolved(from_json(row.reply)),
        replaces=row.replaces or row.edited,
        answers=row.answers,
        at=row.created_at,
        attempts=row.attempts + 1,
        resumed=row.state == OutboxState.SENDING,
        parts=tuple(row.parts or ()),
    )
    return Held(
        id=row.id,
        conversation=row.conversation_id,
        outgoing=outgoing,
        bound=row.account_id is not None,
        opens_ticket=row.desk_ticket_id if at_desk and row.desk_message_id is None else None,
    )
