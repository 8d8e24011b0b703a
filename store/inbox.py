"""The inbox: each event of a platform once, answered one after another in its lane.

The hot path is SQLAlchemy Core on the models' tables, with statements built once: ORM sessions
cost several times the processor time for the same rows. The states are literals, as the partial
indexes have them: SQLite does not use such an index for a bound parameter.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Insert,
    Select,
    bindparam,
    case,
    delete,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from store.compiled import Compiled, Many, given
from store.leases import LEASE
from store.models import Inbox, InboxState
from store.models.types import now
from store.writer import Work

YOUNG = LEASE.total_seconds() / 2  # a lease of this age needs no renewal as its turn starts
KEPT = timedelta(days=30)  # far longer than any platform repeats an event
BATCH = 500  # rows forgotten in one transaction

inbox = Inbox.__table__  # type: ignore[attr-defined]
_queue = inbox.alias("queue")

_WAITING: ColumnElement[str] = literal_column("'waiting'")
_RUNNING: ColumnElement[str] = literal_column("'running'")
_CLOSED: ColumnElement[str] = literal_column("'done'")
_ROW = inbox.c.id == bindparam("row")

_KEPT = ("platform", "workspace", "event_id", "lane", "request")
_KEY = (inbox.c.platform, inbox.c.workspace, inbox.c.event_id)


def _insert(dialect: Any, rows: int) -> Insert:
    """Keep events unless they are known; each is leased to the caller unless its lane is busy."""
    selects = [_event_row(row) for row in given(rows, map(inbox.c.get, _KEPT))]
    row = selects[0] if rows == 1 else union_all(*selects)
    names = [*_KEPT, "received_at", "state", "lease_until", "attempts"]
    added: Any = dialect.insert(inbox).from_select(names, row, include_defaults=False)
    known: Insert = added.on_conflict_do_nothing().returning(inbox.c.id, inbox.c.state, *_KEY)
    return known


def _event_row(event: dict[str, Any]) -> Select[Any]:
    busy = (
        select(_queue.c.id)
        .where(_queue.c.lane == event["lane"], _queue.c.state != _CLOSED)
        .exists()
    )
    return select(
        *event.values(),
        bindparam("at", type_=inbox.c.received_at.type),
        case((busy, _WAITING), else_=_RUNNING),
        case((busy, null()), else_=bindparam("until", type_=inbox.c.lease_until.type)),
        literal_column("0"),
    ).where(true())  # else SQLite takes ON CONFLICT for a join


_INSERT = {
    dialect.dialect.name: Many(partial(_insert, dialect)) for dialect in (sqlite, postgresql)
}
_SEEN = select(inbox.c.id).where(
    inbox.c.platform == bindparam("platform"),
    inbox.c.workspace == bindparam("workspace"),
    inbox.c.event_id == bindparam("event_id"),
)


def _close(rows: int) -> Any:
    ids = [row["row"] for row in given(rows, [inbox.c.id.label("row")])]
    at = bindparam("at", type_=inbox.c.done_at.type)
    return (
        update(inbox)
        .where(inbox.c.id.in_(ids), inbox.c.state != _CLOSED)
        .values(state=_CLOSED, done_at=at, lease_until=null())
        .returning(inbox.c.id)
    )


def _behind(rows: int) -> Any:
    lanes = [row["lane"] for row in given(rows, [inbox.c.lane])]
    return (
        select(inbox.c.lane)
        .where(inbox.c.lane.in_(lanes), inbox.c.state != _CLOSED, inbox.c.state == _WAITING)
        .distinct()
    )


_CLOSE = Many(_close)
_BEHIND = Many(_behind)
NEXT = (
    select(inbox.c.id, inbox.c.lane, inbox.c.request, inbox.c.attempts)
    .where(
        inbox.c.lane == bindparam("in_lane"),
        inbox.c.state != _CLOSED,
        inbox.c.state == _WAITING,
    )
    .order_by(inbox.c.id)
    .limit(literal_column("1"))
)
_NEXT = Compiled(NEXT)
_LEASE = update(inbox).where(_ROW).values(state=InboxState.RUNNING, lease_until=bindparam("until"))
# Who leased a row and found it changed has lost it: each turn begun has its own number.
_MINE = (_ROW, inbox.c.state == _RUNNING, inbox.c.attempts == bindparam("mine"))
_BEGIN = (
    update(inbox)
    .where(*_MINE)
    .values(lease_until=bindparam("until"), attempts=inbox.c.attempts + 1)
)
_RENEW = (
    update(inbox)
    .where(inbox.c.id.in_(bindparam("held", expanding=True)), inbox.c.state == _RUNNING)
    .values(lease_until=bindparam("until"))
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
    def mine(self) -> dict[str, int]:
        """What shows that it is still leased to whoever got it."""
        return {"row": self.id, "mine": self.attempts}

    @property
    def must_begin(self) -> bool:
        """Tell whether its turn has to `begin` in the store: to be counted, or to be ours."""
        return self.taken_up or time.monotonic() - self.leased_at > YOUNG


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An event that comes in. Keeping it gives an Accepted; a repeated one has no second effect.

    It is leased to the caller at once unless an earlier one of its lane is still open: then
    whoever answers that one goes on with it. The caller holds the lane.
    """

    platform: str
    workspace: str
    event_id: str
    lane: str
    request: dict[str, Any]

    def __call__(self, work: Work) -> Accepted:
        return self.together(work, [self])[0]

    @staticmethod
    def together(work: Work, arrivals: Sequence["Arrival"]) -> list[Accepted]:
        """Keep several, in their order; those of one lane one after another."""
        found: dict[int, Accepted] = {}
        left = list(enumerate(arrivals))
        while left:
            lanes: set[str] = set()
            first: list[tuple[int, Arrival]] = []
            behind: list[tuple[int, Arrival]] = []
            for place, arrival in left:
                (behind if arrival.lane in lanes else first).append((place, arrival))
                lanes.add(arrival.lane)
            found |= _keep(work, first)
            left = behind
        return [found[place] for place in range(len(arrivals))]

    @property
    def key(self) -> tuple[str, str, str]:
        return self.platform, self.workspace, self.event_id


def _keep(work: Work, arrivals: Sequence[tuple[int, Arrival]]) -> dict[int, Accepted]:
    at = now()
    rows = [{name: getattr(arrival, name) for name in _KEPT} for _, arrival in arrivals]
    added = {
        (row.platform, row.workspace, row.event_id): row
        for row in _INSERT[work.connection().dialect.name](
            work, rows, {"at": at, "until": at + LEASE}
        )
    }
    return {place: _accepted(work, arrival, added) for place, arrival in arrivals}


def _accepted(work: Work, arrival: Arrival, added: dict[Any, Any]) -> Accepted:
    row = added.pop(arrival.key, None)  # another of the same batch and key is a repetition
    if row is None:
        key = dict(zip(("platform", "workspace", "event_id"), arrival.key, strict=True))
        known = work.connection().execute(_SEEN, key).scalar_one()
        return Accepted(known, arrival.lane, arrival.request, run=False, repeated=True)
    run = row.state == InboxState.RUNNING
    return Accepted(row.id, arrival.lane, arrival.request, run=run)


def is_closed(work: Work, *, platform: str, workspace: str, event_id: str) -> bool:
    """Tell whether an event is dealt with: what it comes to is written."""
    key = {"platform": platform, "workspace": workspace, "event_id": event_id}
    closed = _SEEN.where(inbox.c.state == _CLOSED)
    return work.connection().execute(closed, key).first() is not None


def note(
    work: Work, *, platform: str, workspace: str, event_id: str, request: dict[str, Any]
) -> bool:
    """Keep an event that is dealt with elsewhere. False when it was kept before."""
    lane = f"{platform}|{workspace}|{event_id}"
    kept = Arrival(
        platform=platform, workspace=workspace, event_id=event_id, lane=lane, request=request
    )(work)
    return not kept.repeated and bool(close(work, ids=[kept.id]))


def begin(work: Work, *, event: Accepted) -> Accepted | None:
    """Lease an event anew as its turn starts; None when somebody else has it by now."""
    mine = event.mine | {"until": now() + LEASE}
    if work.connection().execute(_BEGIN, mine).rowcount != 1:
        return None
    return replace(event, attempts=event.attempts + 1, taken_up=False, leased_at=time.monotonic())


def renew(work: Work, *, events: Iterable[Accepted]) -> None:
    """Keep the leases of events that are queued or answered in this process."""
    if held := [event.id for event in events]:
        work.connection().execute(_RENEW, {"held": held, "until": now() + LEASE})


def hand_back(work: Work, *, events: Iterable[Accepted]) -> None:
    """Give up the leases of events whose turns did not start, for anybody to take them at once."""
    if mine := [event.mine for event in events]:
        work.connection().execute(_HAND_BACK, mine)


def close(work: Work, *, ids: Sequence[int]) -> set[int]:
    """Mark rows done, and keep others from doing so; gives those that nobody else had closed."""
    return {row.id for row in _CLOSE(work, [{"row": id_} for id_ in ids], {"at": now()})}


def lanes_with_more(work: Work, *, lanes: Sequence[str]) -> set[str]:
    """Tell in which of these lanes an event waits."""
    return {row.lane for row in _BEHIND(work, [{"lane": lane} for lane in lanes])}


def next_of(work: Work, *, lane: str) -> Accepted | None:
    """Lease the next event of a lane whose first was just closed. The caller holds the lane."""
    row = _NEXT(work, {"in_lane": lane}).first()
    return _lease(work, row) if row else None


def finish(work: Work, *, inbox_id: int, lane: str) -> Accepted | None:
    """Close a row that leaves nothing else, and lease the next. The caller holds the lane."""
    close(work, ids=[inbox_id])
    return next_of(work, lane=lane)


def take_stale(work: Work, *, lane: str | None = None, limit: int = 20) -> list[Accepted]:
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
    rows = work.connection().execute(stale).all()
    return [replace(_lease(work, row), taken_up=True) for row in rows]


def waiting(work: Work) -> tuple[int, datetime | None]:
    """Count what is not answered yet, and tell since when the oldest waits."""
    query = select(func.count(), func.min(inbox.c.received_at)).where(inbox.c.state != _CLOSED)
    count, oldest = work.connection().execute(query).one()
    return count, oldest


def forget(work: Work, *, before: datetime) -> int:
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
    return work.connection().execute(old).rowcount


def _lease(work: Work, row: Any) -> Accepted:
    work.connection().execute(_LEASE, {"row": row.id, "until": now() + LEASE})
    return Accepted(row.id, row.lane, row.request, attempts=row.attempts)
