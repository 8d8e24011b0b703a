"""The outbox: every outgoing message, written in the transaction that closes its inbox row.

The states are literals, as the partial index has them: SQLite does not use such an index for a
bound parameter. What people read of it is in `store.reading`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlmodel import Session

from store.grants import may_see
from store.models import ChatIdentity, Conversation, Outbox, OutboxState
from store.models.types import new_ref, now
from store.scope import Scope

LEASE = timedelta(seconds=60)

outbox = Outbox.__table__  # type: ignore[attr-defined]
conversation = Conversation.__table__  # type: ignore[attr-defined]
identity = ChatIdentity.__table__  # type: ignore[attr-defined]

_INSERT = insert(outbox)
_WAITING: ColumnElement[str] = literal_column("'waiting'")
_SENDING: ColumnElement[str] = literal_column("'sending'")
_AT = bindparam("at", type_=outbox.c.due_at.type)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Where a message goes: the one person, in a conversation."""

    platform: str
    conversation_id: int
    chat_identity_id: int
    pulled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """The scope under which a private message was made."""

    portal_user_id: int
    account_id: int

    @classmethod
    def of(cls, scope: Scope) -> "Grant":
        return cls(portal_user_id=scope.portal_user_id, account_id=scope.account_id)


def add(
    session: Session,
    *,
    to: Recipient,
    reply: dict[str, Any],
    language: str,
    private: bool,
    grant: Grant | None = None,
    turn_id: int | None = None,
    ticket_id: int | None = None,
    replaces: str | None = None,
) -> int:
    """Write one message. What an adapter pulls is at its reader's disposal at once."""
    at = now()
    inserted = (
        session.connection()
        .execute(
            _INSERT,
            {
                "ref": new_ref(),
                "platform": to.platform,
                "conversation_id": to.conversation_id,
                "chat_identity_id": to.chat_identity_id,
                "turn_id": turn_id,
                "ticket_id": ticket_id,
                "private": private,
                "portal_user_id": grant and grant.portal_user_id,
                "account_id": grant and grant.account_id,
                "language": language,
                "reply": reply,
                "replaces": replaces,
                "state": OutboxState.SENT if to.pulled else OutboxState.WAITING,
                "attempts": 0,
                "due_at": at,
                "created_at": at,
                "sent_at": at if to.pulled else None,
            },
        )
        .inserted_primary_key
    )
    assert inserted is not None  # noqa: S101 - for the type checker
    return int(inserted[0])


def _is_open(rows: Any) -> ColumnElement[bool]:
    is_open: ColumnElement[bool] = rows.c.state.in_([_WAITING, _SENDING])
    return is_open


def _is_due(rows: Any) -> ColumnElement[bool]:
    return and_(rows.c.due_at <= _AT, or_(rows.c.state == _WAITING, rows.c.lease_until < _AT))


def is_granted() -> ColumnElement[bool]:
    """Tell whether the recipient is linked to the row's user still, who may see the figures."""
    return and_(
        identity.c.portal_user_id == outbox.c.portal_user_id,
        may_see(portal_user_id=outbox.c.portal_user_id, account_id=outbox.c.account_id),
    )


def _heads() -> Any:
    """Choose the first unsent message of each conversation, and of those one a room.

    A room in which a message is being sent gets none: that is its pace.
    """
    queue, heads = outbox.alias("queue"), outbox.alias("heads")
    first = (
        select(func.min(queue.c.id))
        .where(_is_open(queue), queue.c.platform == bindparam("on_platform"))
        .group_by(queue.c.conversation_id)
    )
    being_sent = and_(heads.c.state == _SENDING, heads.c.lease_until >= _AT)
    return (
        select(func.min(case((_is_due(heads), heads.c.id))))
        .select_from(heads.join(conversation, conversation.c.id == heads.c.conversation_id))
        .where(heads.c.id.in_(first))
        .group_by(conversation.c.workspace, conversation.c.room)
        .having(func.count(case((being_sent, 1))) == 0)
    )


_CLAIM = (
    select(
        outbox,
        conversation.c.workspace,
        conversation.c.room,
        conversation.c.thread,
        conversation.c.one_to_one,
        identity.c.user,
        is_granted().label("granted"),
    )
    .join(conversation, conversation.c.id == outbox.c.conversation_id)
    .join(identity, identity.c.id == outbox.c.chat_identity_id)
    # Said again of the row itself: another process may have changed it since the choice.
    .where(outbox.c.id.in_(_heads()), _is_open(outbox), _is_due(outbox))
    .order_by(outbox.c.id)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True, of=outbox)
)
_CLAIM_OWN = _CLAIM.where(outbox.c.id.in_(bindparam("own", expanding=True)))
_LEASE = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(
        state=OutboxState.SENDING,
        lease_until=bindparam("until"),
        attempts=outbox.c.attempts + 1,
    )
)


def claim(
    session: Session, *, platform: str, ids: Collection[int] | None = None, limit: int = 20
) -> list[Any]:
    """Lease messages of a platform that are due, oldest first: see `_heads` for which.

    `ids` narrows it to those rows. The rows are as they were before: one that is "sending" was
    with a process that died, so it may be out. They carry what a sender needs to find the room
    and to check the recipient again: see `bot.delivery.Outgoing`.
    """
    connection = session.connection()
    where = {"on_platform": platform, "at": now(), "at_most": limit}
    if ids is None:
        rows = list(connection.execute(_CLAIM, where).all())
    else:
        rows = list(connection.execute(_CLAIM_OWN, where | {"own": list(ids)}).all())
    if rows:
        until = now() + LEASE
        connection.execute(_LEASE, [{"row": row.id, "until": until} for row in rows])
    return rows


_SETTLE = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("row"),
        outbox.c.state == _SENDING,
        outbox.c.attempts == bindparam("mine"),
    )
    .values(
        state=bindparam("new_state"),
        sent_at=bindparam("sent"),
        due_at=func.coalesce(bindparam("due", type_=outbox.c.due_at.type), outbox.c.due_at),
        platform_message_id=bindparam("message_id"),
        lease_until=bindparam("until"),
    )
)


def settle(
    session: Session,
    *,
    outbox_id: int,
    attempts: int,
    state: OutboxState,
    message_id: str | None = None,
    retry_at: datetime | None = None,
) -> bool:
    """Record what came of sending. False when the lease was lost, and with it the say.

    `attempts` counts the one that is settled. `retry_at` goes with WAITING, and with SENDING for
    a message that may be out: it is tried again then, as one whose process died.
    """
    at = now()
    settled = session.connection().execute(
        _SETTLE,
        {
            "row": outbox_id,
            "mine": attempts,
            "new_state": state,
            "sent": at if state == OutboxState.SENT else None,
            "due": retry_at,
            "message_id": message_id,
            "until": at if state == OutboxState.SENDING else None,
        },
    )
    return settled.rowcount == 1


def unsent(session: Session) -> dict[str, int]:
    """Count what is not out yet, by platform."""
    query = (
        select(outbox.c.platform, func.count()).where(_is_open(outbox)).group_by(outbox.c.platform)
    )
    return {row[0]: row[1] for row in session.connection().execute(query)}
