"""The inbox: each event of a platform once, answered one after another in its lane.

The hot path is SQLAlchemy Core on the models' tables, with statements built once: ORM sessions
cost several times the processor time for the same rows.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, insert, or_, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from store.models import Inbox, InboxState
from store.models.types import now

LEASE = timedelta(seconds=120)  # far longer than any turn; a killed process's rows wait this long

inbox = Inbox.__table__  # type: ignore[attr-defined]

_LANE_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:lane, 0))")
_OPEN_IN_LANE = (
    select(inbox.c.id)
    .where(inbox.c.lane == bindparam("in_lane"), inbox.c.state != InboxState.DONE)
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
    .where(inbox.c.id == bindparam("row"))
    .values(state=InboxState.DONE, done_at=bindparam("at"), lease_until=None)
)
_NEXT = (
    select(inbox.c.id, inbox.c.request, inbox.c.attempts)
    .where(inbox.c.lane == bindparam("in_lane"), inbox.c.state == InboxState.WAITING)
    .order_by(inbox.c.id)
    .limit(1)
)
_LEASE = (
    update(inbox)
    .where(inbox.c.id == bindparam("row"))
    .values(
        state=InboxState.RUNNING,
        lease_until=bindparam("until"),
        attempts=inbox.c.attempts + 1,
    )
)


@dataclass(frozen=True, slots=True)
class Accepted:
    """An event that is in the inbox. `run` tells the caller to answer it now."""

    id: int
    request: dict[str, Any]
    attempts: int = 1
    run: bool = True
    repeated: bool = False


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
        return Accepted(seen, request, run=False, repeated=True)
    busy = connection.execute(_OPEN_IN_LANE, {"in_lane": lane}).scalar() is not None
    row = {
        "platform": platform,
        "workspace": workspace,
        "event_id": event_id,
        "lane": lane,
        "request": request,
        "state": InboxState.WAITING if busy else InboxState.RUNNING,
        "attempts": 0 if busy else 1,
        "lease_until": None if busy else now() + LEASE,
        "received_at": now(),
    }
    try:
        with session.begin_nested():
            inserted = connection.execute(_INSERT, row).inserted_primary_key
    except IntegrityError:
        # The same event under another lane (a user moved rooms): it is known all the same.
        return Accepted(
            connection.execute(_SEEN, key).scalar_one(), request, run=False, repeated=True
        )
    assert inserted is not None  # noqa: S101 - for the type checker
    return Accepted(inserted[0], request, run=not busy)


def finish(session: Session, *, inbox_id: int, lane: str) -> Accepted | None:
    """Mark a row done and lease the next of its lane, if one waits."""
    _lock(session, lane)
    session.connection().execute(_DONE, {"row": inbox_id, "at": now()})
    return _lease(session, session.connection().execute(_NEXT, {"in_lane": lane}).first())


def take_stale(session: Session, *, limit: int = 20) -> list[Accepted]:
    """Lease rows whose process died: an expired lease, or waiting behind nobody."""
    stale = (
        select(inbox.c.id, inbox.c.request, inbox.c.attempts)
        .where(
            inbox.c.id.in_(
                select(func.min(inbox.c.id))
                .where(inbox.c.state != InboxState.DONE)
                .group_by(inbox.c.lane)
            ),
            or_(
                inbox.c.state == InboxState.WAITING,
                inbox.c.lease_until < now(),
            ),
        )
        .order_by(inbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = session.connection().execute(stale).all()
    return [leased for row in rows if (leased := _lease(session, row))]


_STATE = select(inbox.c.state).where(inbox.c.id == bindparam("row")).with_for_update()


def is_done(session: Session, *, inbox_id: int) -> bool:
    """Tell whether somebody closed it already; until this transaction ends nobody else can."""
    state = session.connection().execute(_STATE, {"row": inbox_id}).scalar()
    return state == InboxState.DONE


def waiting(session: Session) -> tuple[int, datetime | None]:
    """Count what is not answered yet, and tell since when the oldest waits."""
    query = select(func.count(), func.min(inbox.c.received_at)).where(
        inbox.c.state != InboxState.DONE
    )
    count, oldest = session.connection().execute(query).one()
    return count, oldest


def _lease(session: Session, row: Any) -> Accepted | None:
    if row is None:
        return None
    session.connection().execute(_LEASE, {"row": row.id, "until": now() + LEASE})
    return Accepted(row.id, row.request, attempts=row.attempts + 1)


def _lock(session: Session, lane: str) -> None:
    # SQLite's write transactions are one at a time already.
    if session.connection().dialect.name == "postgresql":
        session.connection().execute(_LANE_LOCK, {"lane": lane})
