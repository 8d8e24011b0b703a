"""The inbox: each event of a platform once, answered one after another in its lane.

The hot path is SQLAlchemy Core on the models' tables, with statements built once: ORM sessions
cost several times the processor time for the same rows. The states are literals, as the partial
indexes have them: SQLite does not use such an index for a bound parameter.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    null,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from store.models import Inbox, InboxState
from store.models.types import now

LEASE = timedelta(seconds=120)  # far longer than any turn; a killed process's rows wait this long
YOUNG = LEASE.total_seconds() / 8  # a lease of this age needs no renewal as its turn starts
KEPT = timedelta(days=30)  # far longer than any platform repeats an event
BATCH = 500  # rows forgotten in one transaction

inbox = Inbox.__table__  # type: ignore[attr-defined]
_queue = inbox.alias("queue")

_WAITING: ColumnElement[str] = literal_column("'waiting'")
_RUNNING: ColumnElement[str] = literal_column("'running'")
_CLOSED: ColumnElement[str] = literal_column("'done'")
_ROW = inbox.c.id == bindparam("row")

_LANE_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:lane, 0))")
_OPEN_IN_LANE = (
    select(inbox.c.id)
    .where(inbox.c.lane == bindparam("in_lane"), inbox.c.state != _CLOSED)
    .limit(1)
)
_SEEN = select(inbox.c.id).where(
    inbox.c.platform == bindparam("p"),
    inbox.c.workspace == bindparam("w"),
    inbox.c.event_id == bindparam("e"),
)
_INSERT = insert(inbox)
_DONE = (
    update(inbox)
    .where(_ROW)
    .values(state=InboxState.DONE, done_at=bindparam("at"), lease_until=None)
)
_NEXT = (
    select(inbox.c.id, inbox.c.lane, inbox.c.request, inbox.c.attempts)
    .where(
        inbox.c.lane == bindparam("in_lane"),
        inbox.c.state != _CLOSED,
        inbox.c.state == _WAITING,
    )
    .order_by(inbox.c.id)
    .limit(1)
)
_LEASE = update(inbox).where(_ROW).values(state=InboxState.RUNNING, lease_until=bindparam("until"))
# Who leased a row and found it changed has lost it: each turn begun has its own number.
_MINE = (_ROW, inbox.c.state == _RUNNING, inbox.c.attempts == bindparam("mine"))
_BEGIN = (
    update(inbox)
    .where(*_MINE)
    .values(lease_until=bindparam("until"), attempts=inbox.c.attempts + 1)
)
_HAND_BACK = update(inbox).where(*_MINE).values(state=InboxState.WAITING, lease_until=null())


@dataclass(frozen=True, slots=True)
class Accepted:
    """An event that is in the inbox. `run` tells the caller to answer it now.

    `attempts` are the turns begun on it, but for a first one that begins at once: to write that
    down would be one more commit for every event.
    """

    id: int
    lane: str
    request: dict[str, Any]
    attempts: int = 0
    run: bool = True
    repeated: bool = False
    taken_up: bool = False  # from a process that died or stopped
    leased_at: float = field(default_factory=time.monotonic, compare=False)  # seconds, here

    @property
    def must_begin(self) -> bool:
        """Tell whether its turn has to `begin` in the store: to be counted, or to be ours."""
        return self.taken_up or time.monotonic() - self.leased_at > YOUNG


def accept(
    session: Session,
    *,
    platform: str,
    workspace: str,
    event_id: str,
    lane: str,
    request: dict[str, Any],
) -> Accepted:
    """Keep an event; a repeated one has no second effect.

    It is leased to the caller at once unless an earlier one of its lane is still open: then
    whoever answers that one goes on with it.
    """
    _lock(session, lane)
    connection = session.connection()
    key = {"p": platform, "w": workspace, "e": event_id}
    seen = connection.execute(_SEEN, key).scalar()
    if seen is not None:
        return Accepted(seen, lane, request, run=False, repeated=True)
    busy = connection.execute(_OPEN_IN_LANE, {"in_lane": lane}).scalar() is not None
    row = {
        "platform": platform,
        "workspace": workspace,
        "event_id": event_id,
        "lane": lane,
        "request": request,
        "state": InboxState.WAITING if busy else InboxState.RUNNING,
        "attempts": 0,
        "lease_until": None if busy else now() + LEASE,
        "received_at": now(),
    }
    try:
        with session.begin_nested():
            inserted = connection.execute(_INSERT, row).inserted_primary_key
    except IntegrityError:
        # The same event under another lane (a user moved rooms): it is known all the same.
        known = connection.execute(_SEEN, key).scalar_one()
        return Accepted(known, lane, request, run=False, repeated=True)
    assert inserted is not None  # noqa: S101 - for the type checker
    return Accepted(inserted[0], lane, request, run=not busy)


def begin(session: Session, *, event: Accepted) -> Accepted | None:
    """Lease an event anew as its turn starts; None when somebody else has it by now."""
    mine = {"row": event.id, "mine": event.attempts, "until": now() + LEASE}
    if session.connection().execute(_BEGIN, mine).rowcount != 1:
        return None
    return replace(event, attempts=event.attempts + 1, taken_up=False, leased_at=time.monotonic())


def hand_back(session: Session, *, events: Iterable[Accepted]) -> None:
    """Give up the leases of events whose turns did not start, for anybody to take them at once."""
    mine = [{"row": event.id, "mine": event.attempts} for event in events]
    if mine:
        session.connection().execute(_HAND_BACK, mine)


def finish(session: Session, *, inbox_id: int, lane: str) -> Accepted | None:
    """Mark a row done and lease the next of its lane, if one waits."""
    _lock(session, lane)
    session.connection().execute(_DONE, {"row": inbox_id, "at": now()})
    row = session.connection().execute(_NEXT, {"in_lane": lane}).first()
    return _lease(session, row) if row else None


def take_stale(session: Session, *, lane: str | None = None, limit: int = 20) -> list[Accepted]:
    """Lease events that nobody works on, of one lane or of all.

    These are the first of a lane with an expired lease, or waiting behind nobody.
    """
    # Rows that somebody is closing right now are skipped, so no lane lock is needed.
    first = select(func.min(_queue.c.id)).where(
        _queue.c.state != _CLOSED, true() if lane is None else _queue.c.lane == lane
    )
    stale = (
        select(inbox.c.id, inbox.c.lane, inbox.c.request, inbox.c.attempts)
        .where(
            inbox.c.id.in_(first.group_by(_queue.c.lane)),
            inbox.c.state != _CLOSED,
            or_(inbox.c.state == _WAITING, inbox.c.lease_until < now()),
        )
        .order_by(inbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = session.connection().execute(stale).all()
    return [replace(_lease(session, row), taken_up=True) for row in rows]


_STATE = select(inbox.c.state).where(_ROW).with_for_update()


def is_done(session: Session, *, inbox_id: int) -> bool:
    """Tell whether somebody closed it already; until this transaction ends nobody else can."""
    state = session.connection().execute(_STATE, {"row": inbox_id}).scalar()
    return state == InboxState.DONE


def waiting(session: Session) -> tuple[int, datetime | None]:
    """Count what is not answered yet, and tell since when the oldest waits."""
    query = select(func.count(), func.min(inbox.c.received_at)).where(inbox.c.state != _CLOSED)
    count, oldest = session.connection().execute(query).one()
    return count, oldest


def forget(session: Session, *, before: datetime) -> int:
    """Delete events that were answered before then, a batch at a time; gives how many.

    Their turns stay. Only the lowest ids are looked at: there the oldest are.
    """
    oldest = (
        select(_queue.c.id, _queue.c.done_at)
        .where(_queue.c.state == _CLOSED)
        .order_by(_queue.c.id)
        .limit(BATCH)
        .subquery()
    )
    old = delete(inbox).where(inbox.c.id.in_(select(oldest.c.id).where(oldest.c.done_at < before)))
    return session.connection().execute(old).rowcount


def _lease(session: Session, row: Any) -> Accepted:
    session.connection().execute(_LEASE, {"row": row.id, "until": now() + LEASE})
    return Accepted(row.id, row.lane, row.request, attempts=row.attempts)


def _lock(session: Session, lane: str) -> None:
    # SQLite's write transactions are one at a time already.
    if session.connection().dialect.name == "postgresql":
        session.connection().execute(_LANE_LOCK, {"lane": lane})
