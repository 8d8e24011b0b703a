"""The outbox: every outgoing message, written in the transaction that closes its inbox row."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, or_, select, update
from sqlmodel import Session

from store.models import (
    ChatIdentity,
    Conversation,
    Membership,
    Outbox,
    OutboxState,
    PortalUser,
    Ticket,
    Turn,
)
from store.models.types import new_ref, now
from store.scope import Scope

LEASE = timedelta(seconds=60)

outbox = Outbox.__table__  # type: ignore[attr-defined]
conversation = Conversation.__table__  # type: ignore[attr-defined]
identity = ChatIdentity.__table__  # type: ignore[attr-defined]
membership = Membership.__table__  # type: ignore[attr-defined]
portal_user = PortalUser.__table__  # type: ignore[attr-defined]
ticket = Ticket.__table__  # type: ignore[attr-defined]
turn = Turn.__table__  # type: ignore[attr-defined]

_INSERT = insert(outbox)
_OPEN = (OutboxState.WAITING, OutboxState.SENDING)


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


def claim(
    session: Session, *, platforms: Collection[str], ids: Collection[int] = (), limit: int = 20
) -> list[Any]:
    """Lease the first unsent message of each conversation that is due, oldest first.

    `ids` narrows it to those rows. The rows carry what a sender needs to find the room and to
    check the recipient again: see `bot.delivery.Outgoing`.
    """
    first = (
        select(func.min(outbox.c.id))
        .where(outbox.c.state.in_(_OPEN), outbox.c.platform.in_(platforms))
        .group_by(outbox.c.conversation_id)
    )
    due = (
        select(
            outbox,
            conversation.c.workspace,
            conversation.c.room,
            conversation.c.thread,
            conversation.c.one_to_one,
            identity.c.user,
            _is_granted().label("granted"),
        )
        .join(conversation, conversation.c.id == outbox.c.conversation_id)
        .join(identity, identity.c.id == outbox.c.chat_identity_id)
        .where(
            outbox.c.id.in_(first),
            outbox.c.due_at <= now(),
            or_(outbox.c.state == OutboxState.WAITING, outbox.c.lease_until < now()),
        )
        .order_by(outbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=outbox)
    )
    if ids:
        due = due.where(outbox.c.id.in_(ids))
    rows = list(session.connection().execute(due).all())
    if rows:
        session.connection().execute(
            update(outbox)
            .where(outbox.c.id.in_([row.id for row in rows]))
            .values(
                state=OutboxState.SENDING,
                lease_until=now() + LEASE,
                attempts=outbox.c.attempts + 1,
            )
        )
    return rows


_SETTLE = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(
        state=bindparam("new_state"),
        sent_at=bindparam("at"),
        due_at=func.coalesce(bindparam("due", type_=outbox.c.due_at.type), outbox.c.due_at),
        platform_message_id=bindparam("message_id"),
        lease_until=None,
    )
)


def settle(
    session: Session,
    *,
    outbox_id: int,
    state: OutboxState,
    message_id: str | None = None,
    retry_at: datetime | None = None,
) -> None:
    """Record what came of sending; `retry_at` goes with WAITING."""
    session.connection().execute(
        _SETTLE,
        {
            "row": outbox_id,
            "new_state": state,
            "at": now() if state == OutboxState.SENT else None,
            "due": retry_at,
            "message_id": message_id,
        },
    )


def visible(
    session: Session,
    *,
    conversation_ids: Iterable[int] = (),
    since: datetime | None = None,
    turn_id: int | None = None,
) -> list[Any]:
    """Read the sent messages of pulled conversations that their person may see now."""
    query = (
        select(
            outbox,
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
        .where(
            outbox.c.state == OutboxState.SENT,
            conversation.c.ended_at.is_(None) if turn_id is None else outbox.c.turn_id == turn_id,
            or_(outbox.c.account_id.is_(None), _is_granted()),
        )
        .order_by(outbox.c.id)
    )
    if conversation_ids:
        query = query.where(outbox.c.conversation_id.in_(list(conversation_ids)))
    if since is not None:
        query = query.where(outbox.c.created_at >= since)
    return list(session.connection().execute(query).all())


def unsent(session: Session) -> dict[str, int]:
    """Count what is not out yet, by platform."""
    query = (
        select(outbox.c.platform, func.count())
        .where(outbox.c.state.in_(_OPEN))
        .group_by(outbox.c.platform)
    )
    return {row[0]: row[1] for row in session.connection().execute(query)}


def _is_granted() -> Any:
    """Tell whether the recipient is still linked to the user and the user still may see figures."""
    return (
        select(1)
        .select_from(membership.join(portal_user, portal_user.c.id == membership.c.portal_user_id))
        .where(
            membership.c.portal_user_id == outbox.c.portal_user_id,
            membership.c.account_id == outbox.c.account_id,
            membership.c.role.in_(("administrator", "billing")),
            portal_user.c.active,
            and_(identity.c.portal_user_id == outbox.c.portal_user_id),
        )
        .exists()
    )
