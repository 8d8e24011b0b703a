"""The outbox: every outgoing message, written in the transaction that closes its inbox row.

The states are literals, as the partial index has them: SQLite does not use such an index for a
bound parameter. What people read of it is in `store.reading`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    column,
    func,
    insert,
    literal_column,
    not_,
    null,
    or_,
    select,
    true,
    union_all,
    update,
)

from store.compiled import Compiled, Many, given
from store.grants import may_see
from store.leases import LEASE
from store.models import ChatIdentity, Conversation, Outbox, OutboxState, Ticket
from store.models.types import new_ref, now
from store.scope import Scope
from store.writer import Work

outbox = Outbox.__table__  # type: ignore[attr-defined]
conversation = Conversation.__table__  # type: ignore[attr-defined]
identity = ChatIdentity.__table__  # type: ignore[attr-defined]
ticket = Ticket.__table__  # type: ignore[attr-defined]

_queue = outbox.alias("queue")
_WAITING: ColumnElement[str] = literal_column("'waiting'")
_SENDING: ColumnElement[str] = literal_column("'sending'")
_IS_HELD: ColumnElement[bool] = outbox.c.state == literal_column("'held'")
_AT = bindparam("at", type_=outbox.c.due_at.type)
_UNTIL = bindparam("until", type_=outbox.c.lease_until.type)
_GIVEN = (
    *("ref", "platform", "conversation_id", "chat_identity_id", "turn_id", "ticket_id", "private"),
    *("portal_user_id", "account_id", "language", "reply", "replaces", "answers", "edits_id"),
)
_COMPUTED = ("state", "attempts", "due_at", "lease_until", "created_at")


def _is_open(rows: Any) -> ColumnElement[bool]:
    is_open: ColumnElement[bool] = rows.c.state.in_([_WAITING, _SENDING])
    return is_open


def _insert_many(rows: int) -> Any:
    """Write messages; those to be leased are, unless they stand behind one that is not out."""
    letters = given(rows, (*map(outbox.c.get, _GIVEN), column("lease", Boolean)))
    selects = [_row(**letter) for letter in letters]
    row: Any = selects[0] if rows == 1 else union_all(*selects)
    added = insert(outbox).from_select([*_GIVEN, *_COMPUTED], row, include_defaults=False)
    return added.returning(outbox.c.id, outbox.c.ref, outbox.c.state)


def _row(lease: Any, **letter: Any) -> Select[Any]:
    behind = (
        select(_queue.c.id)
        .where(_queue.c.conversation_id == letter["conversation_id"], _is_open(_queue))
        .exists()
    )
    waits = or_(not_(lease), behind)
    return select(
        *letter.values(),
        case((waits, _WAITING), else_=_SENDING),
        case((waits, literal_column("0")), else_=literal_column("1")),
        _AT,
        case((waits, null()), else_=_UNTIL),
        _AT,
    ).where(true())


_INSERT = insert(outbox)
_INSERT_MANY = Many(_insert_many)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    id: int
    ref: str
    leased: bool  # to the caller, who sends it now


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message to write, to the one person who gets it."""

    to: Recipient
    reply: dict[str, Any]
    language: str
    private: bool
    grant: Grant | None = None
    turn_id: int | None = None
    ticket_id: int | None = None
    replaces: str | None = None
    answers: str | None = None
    edits_id: int | None = None  # the first state of the message whose place it takes
    ref: str = field(default_factory=new_ref)

    def row(self) -> dict[str, Any]:
        return {
            "ref": self.ref,
            "platform": self.to.platform,
            "conversation_id": self.to.conversation_id,
            "chat_identity_id": self.to.chat_identity_id,
            "turn_id": self.turn_id,
            "ticket_id": self.ticket_id,
            "private": self.private,
            "portal_user_id": self.grant and self.grant.portal_user_id,
            "account_id": self.grant and self.grant.account_id,
            "language": self.language,
            "reply": self.reply,
            "replaces": self.replaces,
            "answers": self.answers,
            "edits_id": self.edits_id,
        }


def add(work: Work, letter: Letter, *, lease: bool = False) -> Added:
    """Write one message. What an adapter pulls is at its reader's disposal at once.

    With `lease` it goes to the caller to be sent, unless an earlier one of its conversation is
    not out yet: then it waits like every other.
    """
    if not letter.to.pulled:
        return add_many(work, [letter], lease=lease)[letter.ref]
    at = now()
    row = letter.row() | {
        "state": OutboxState.SENT,
        "attempts": 0,
        "due_at": at,
        "created_at": at,
        "sent_at": at,
    }
    inserted = work.connection().execute(_INSERT, row).inserted_primary_key
    assert inserted is not None  # noqa: S101 - for the type checker
    return Added(id=inserted[0], ref=letter.ref, leased=False)


def add_many(work: Work, letters: Sequence[Letter], *, lease: bool) -> dict[str, Added]:
    """Write messages to be pushed, of different conversations, as `add` does; gives them by ref."""
    at = now()
    asked = [letter.row() | {"lease": lease} for letter in letters]
    rows = _INSERT_MANY(work, asked, {"at": at, "until": at + LEASE})
    return {
        row.ref: Added(id=row.id, ref=row.ref, leased=row.state == OutboxState.SENDING)
        for row in rows
    }


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


_earlier = outbox.alias("earlier")
# Known only when the states before are out: a conversation's messages go in order.
_EDITED = (
    select(_earlier.c.platform_message_id)
    .where(
        or_(_earlier.c.id == outbox.c.edits_id, _earlier.c.edits_id == outbox.c.edits_id),
        _earlier.c.id < outbox.c.id,
        _earlier.c.platform_message_id.is_not(None),
    )
    .order_by(_earlier.c.id.desc())
    .limit(1)
    .correlate(outbox)
    .scalar_subquery()
)
_CLAIM = (
    select(
        outbox,
        case((outbox.c.edits_id.is_not(None), _EDITED)).label("edited"),
        conversation.c.workspace,
        conversation.c.room,
        conversation.c.thread,
        conversation.c.one_to_one,
        identity.c.user,
        ticket.c.id.label("desk_ticket_id"),
        ticket.c.desk_message_id,
    )
    .join(conversation, conversation.c.id == outbox.c.conversation_id)
    .join(identity, identity.c.id == outbox.c.chat_identity_id)
    .outerjoin(ticket, ticket.c.desk_conversation_id == outbox.c.conversation_id)
    # Said again of the row itself: another process may have changed it since the choice.
    .where(outbox.c.id.in_(_heads()), _is_open(outbox), _is_due(outbox))
    .order_by(outbox.c.id)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True, of=outbox)
)
_GRANTED = (
    select(is_granted())
    .select_from(outbox.join(identity, identity.c.id == outbox.c.chat_identity_id))
    .where(outbox.c.id == bindparam("row"))
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
    work: Work, *, platform: str, ids: Collection[int] | None = None, limit: int = 20
) -> list[Any]:
    """Lease messages of a platform that are due, oldest first: see `_heads` for which.

    `ids` narrows it to those rows. The rows are as they were before: one that is "sending" was
    with a process that died, so it may be out. They carry what a sender needs to find the room
    and to check the recipient again: see `bot.delivery.Outgoing`.
    """
    connection = work.connection()
    where = {"on_platform": platform, "at": now(), "at_most": limit}
    if ids is None:
        rows = list(connection.execute(_CLAIM, where).all())
    else:
        rows = list(connection.execute(_CLAIM_OWN, where | {"own": list(ids)}).all())
    if rows:
        until = now() + LEASE
        connection.execute(_LEASE, [{"row": row.id, "until": until} for row in rows])
    return rows


_MINE = (
    outbox.c.id == bindparam("row"),
    outbox.c.state == _SENDING,
    outbox.c.attempts == bindparam("mine"),
)
_SETTLE = Compiled(
    update(outbox)
    .where(*_MINE)
    .values(
        state=bindparam("new_state", type_=outbox.c.state.type),
        sent_at=bindparam("sent", type_=outbox.c.sent_at.type),
        due_at=func.coalesce(bindparam("due", type_=outbox.c.due_at.type), outbox.c.due_at),
        platform_message_id=bindparam("message_id", type_=outbox.c.platform_message_id.type),
        parts=func.coalesce(bindparam("parts_out", type_=JSON(none_as_null=True)), outbox.c.parts),
        lease_until=_UNTIL,
    )
)
_PROGRESS = update(outbox).where(*_MINE).values(parts=bindparam("parts_out", type_=JSON))
_RENEW = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("held", expanding=True)), outbox.c.state == _SENDING)
    .values(lease_until=bindparam("until"))
)


def settle(
    work: Work,
    *,
    outbox_id: int,
    attempts: int,
    state: OutboxState,
    message_id: str | None = None,
    parts: Collection[str] = (),
    retry_at: datetime | None = None,
) -> bool:
    """Record what came of sending. False when the lease was lost, and with it the say.

    `attempts` counts the one that is settled. `retry_at` goes with WAITING, and with SENDING for
    a message that may be out: it is tried again then, as one whose process died. `parts` are the
    platform's ids of those that are out, of a message that goes in several.
    """
    at = now()
    settled = _SETTLE(
        work,
        {
            "row": outbox_id,
            "mine": attempts,
            "new_state": state,
            "sent": at if state == OutboxState.SENT else None,
            "due": retry_at,
            "message_id": message_id,
            "parts_out": list(parts) or None,
            "until": at if state == OutboxState.SENDING else None,
        },
    )
    return settled.rowcount == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What came of a message that is out; recording it tells whether the lease still stood."""

    outbox_id: int
    attempts: int
    message_id: str | None
    parts: tuple[str, ...]

    def __call__(self, work: Work) -> bool:
        return self.together(work, [self])[0]

    @staticmethod
    def together(work: Work, sent: Sequence["Sent"]) -> list[bool]:
        """Record several."""
        rows = [
            {
                "id": one.outbox_id,
                "attempts": one.attempts,
                "platform_message_id": one.message_id,
                "parts": list(one.parts),
            }
            for one in sent
        ]
        settled = {row.id for row in _SENT(work, rows, {"at": now()})}
        return [one.outbox_id in settled for one in sent]


def _sent(rows: int) -> Any:
    names = ("id", "attempts", "platform_message_id", "parts")
    sent = given(rows, map(outbox.c.get, names))
    mine = [and_(outbox.c.id == r["id"], outbox.c.attempts == r["attempts"]) for r in sent]
    return (
        update(outbox)
        .where(or_(*mine), outbox.c.state == _SENDING)
        .values(
            state=OutboxState.SENT,
            sent_at=_AT,
            lease_until=null(),
            platform_message_id=case(
                *((outbox.c.id == r["id"], r["platform_message_id"]) for r in sent)
            ),
            parts=case(*((outbox.c.id == r["id"], r["parts"]) for r in sent)),
        )
        .returning(outbox.c.id)
    )


_SENT = Many(_sent)


def progress(work: Work, *, outbox_id: int, attempts: int, parts: Collection[str]) -> None:
    """Record which parts of a message are out, so that a retry goes on behind them."""
    mine = {"row": outbox_id, "mine": attempts, "parts_out": list(parts)}
    work.connection().execute(_PROGRESS, mine)


def renew(work: Work, *, held: Collection[int]) -> None:
    """Keep the leases of messages that this process is sending, by id."""
    work.connection().execute(_RENEW, {"held": list(held), "until": now() + LEASE})


def still_granted(work: Work, *, outbox_id: int) -> bool:
    """Look up again whether the recipient may see what a message says."""
    return bool(work.connection().execute(_GRANTED, {"row": outbox_id}).scalar())


_NEWEST_STATE = (
    select(outbox.c.state)
    .where(or_(outbox.c.id == bindparam("first"), outbox.c.edits_id == bindparam("first")))
    .order_by(outbox.c.id.desc())
    .limit(1)
)


def is_out(work: Work, *, first_id: int) -> bool:
    """Tell whether the newest state of a message is out, by the id of its first."""
    found = work.connection().execute(_NEWEST_STATE, {"first": first_id}).scalar()
    return bool(found == OutboxState.SENT)


def held(work: Work, *, person_id: int) -> int:
    """Count the messages that wait for their person to open a private chat."""
    query = select(func.count()).where(outbox.c.chat_identity_id == person_id, _IS_HELD)
    return int(work.connection().execute(query).scalar_one())


_RELEASE = (
    update(outbox)
    .where(outbox.c.chat_identity_id == bindparam("person"), _IS_HELD)
    .values(state=OutboxState.WAITING, due_at=bindparam("at_once"))
)


def release(work: Work, *, person_id: int) -> int:
    """Let messages go that waited for their person to open a private chat; gives how many."""
    released = work.connection().execute(_RELEASE, {"person": person_id, "at_once": now()})
    return released.rowcount


def unsent(work: Work) -> dict[str, int]:
    """Count what is not out yet, by platform."""
    query = (
        select(outbox.c.platform, func.count()).where(_is_open(outbox)).group_by(outbox.c.platform)
    )
    return {row[0]: row[1] for row in work.connection().execute(query)}
