"""What people read of their conversations: the sent messages that they may see now."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, exists, func, or_, select
from sqlmodel import Session

from store.models import OutboxState, Turn
from store.outbox import conversation, identity, is_granted, outbox

turn = Turn.__table__  # type: ignore[attr-defined]


class Place(NamedTuple):
    """Where a person reads: one conversation is open there at most."""

    platform: str
    workspace: str
    room: str
    thread: str
    user: str


_first, _newer = outbox.alias("first_state"), outbox.alias("newer_state")
_HAS_NEWER = exists().where(
    _newer.c.edits_id == func.coalesce(outbox.c.edits_id, outbox.c.id),
    _newer.c.id > outbox.c.id,
    _newer.c.state == OutboxState.SENT,
)
_VISIBLE = (
    select(
        outbox,
        _first.c.ref.label("first_ref"),
        turn.c.ref.label("turn_ref"),
        turn.c.outcome,
        turn.c.topic,
        turn.c.topics,
        turn.c.command,
        turn.c.ticket_ref,
    )
    .join(conversation, conversation.c.id == outbox.c.conversation_id)
    .join(identity, identity.c.id == outbox.c.chat_identity_id)
    .outerjoin(turn, turn.c.id == outbox.c.turn_id)
    .outerjoin(_first, _first.c.id == outbox.c.edits_id)
    .where(
        outbox.c.state == OutboxState.SENT,
        or_(outbox.c.account_id.is_(None), is_granted()),
        ~_HAS_NEWER,
    )
)


def of_turn(session: Session, *, turn_id: int) -> list[Any]:
    """List the messages of a turn, whatever became of its conversation."""
    return _rows(session, _VISIBLE.where(outbox.c.turn_id == turn_id).order_by(outbox.c.id))


def one(session: Session, *, ref: str, person_id: int) -> Any | None:
    """Find a message by its ref, if it was for that person."""
    mine = _VISIBLE.where(outbox.c.ref == ref, outbox.c.chat_identity_id == person_id)
    return session.connection().execute(mine).first()


def of_conversation(session: Session, *, conversation_id: int, limit: int) -> list[Any]:
    """List the newest messages of a conversation, oldest first."""
    newest = (
        _VISIBLE.where(outbox.c.conversation_id == conversation_id)
        .order_by(outbox.c.id.desc())
        .limit(limit)
    )
    return _rows(session, newest)[::-1]


def of_places(
    session: Session, *, places: Collection[Place], since: datetime
) -> Iterable[tuple[Place, Any]]:
    """Give what arrived since then in any of these places, with the place, oldest first.

    One query, however many they are.
    """
    c = conversation.c
    query = (
        _VISIBLE.add_columns(c.workspace, c.room, c.thread, identity.c.user)
        .where(
            c.ended_at.is_(None),
            # Rows of a few places more than asked for may match: the place is compared below.
            c.platform.in_({place.platform for place in places}),
            c.workspace.in_({place.workspace for place in places}),
            c.room.in_({place.room for place in places}),
            identity.c.id == c.chat_identity_id,
            outbox.c.created_at >= since,
        )
        .order_by(outbox.c.id)
    )
    for row in _rows(session, query):
        place = Place(row.platform, row.workspace, row.room, row.thread, row.user)
        if place in places:
            yield place, row


def _rows(session: Session, query: Select[Any]) -> list[Any]:
    return list(session.connection().execute(query).all())
