"""Group commit: small writes of many callers, a few transactions.

A commit waits for the disk (or for the server), and costs more than the statements before it.
Under load many wait at the same time; one transaction then carries them all. When nothing else
waits, a write starts at once: nothing is ever held back to fill a batch.
"""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, OperationalError

T = TypeVar("T")
MOST = 64  # writes in one transaction
QUEUED = 10_000  # writes that wait; more are refused at once rather than left without an answer
_DEADLOCKS = frozenset({"40P01", "40001"})  # of PostgreSQL: alone it goes through

_LANE_LOCKS = text(
    "SELECT pg_advisory_xact_lock(key) FROM "
    "(SELECT DISTINCT hashtextextended(lane, 0) AS key FROM unnest(CAST(:lanes AS text[])) AS lane "
    "ORDER BY key) AS lanes"
)


class Work(Protocol):
    """What a hot statement needs of a transaction; an ORM Session is one too."""

    def connection(self) -> Connection: ...


@dataclass(frozen=True, slots=True)
class Line:
    """A transaction without an ORM session, which costs several times the statements' time."""

    held: Connection

    def connection(self) -> Connection:
        return self.held


class Overloaded(Exception):
    """The store is too slow for what comes, or closed: nothing was written."""


@dataclass(frozen=True, slots=True)
class _Write:
    job: Callable[[Work], Any]
    lane: str | None
    future: "Future[Any] | asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop | None = None  # on which its future is waited for

    def begins(self) -> bool:
        """Tell whether somebody waits still; from here on it is too late to go away."""
        if isinstance(self.future, Future):
            return self.future.set_running_or_notify_cancel()
        return not self.future.cancelled()


@dataclass(frozen=True, slots=True)
class _Outcome:
    write: _Write
    result: Any = None
    error: Exception | None = None

    def tell(self) -> None:
        future = self.write.future
        if self.write.loop is not None and future.done():  # who waited has gone away
            return
        if self.error is not None:
            future.set_exception(self.error)
        else:
            future.set_result(self.result)


class Bulk(Protocol):
    """A job that is written together with others of its kind, by one statement for all."""

    def __call__(self, work: Work) -> Any:
        """Write it alone."""

    @staticmethod
    def together(work: Work, jobs: Sequence[Any]) -> list[Any]:
        """Write several; gives their results in the same order."""


class Writer:
    """Runs writes one after another on a thread and a connection of its own.

    A job may be run a second time when its transaction came to nothing, so it must do nothing
    but write. Jobs that name a lane hold it until the transaction ends (see `lock_lanes`).
    """

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._connection: Connection | None = None
        self._queue: queue.SimpleQueue[_Write | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._closed = False

    def submit(self, job: Callable[[Work], T], *, lane: str | None = None) -> Future[T]:
        """Queue a write; its future has what the job gave, once that is committed.

        Raises Overloaded when too many wait, and once closed.
        """
        future: Future[T] = Future()
        self._enqueue(_Write(job, lane, future))
        return future

    async def soon(self, job: Callable[[Work], T], *, lane: str | None = None) -> T:
        """Do as `submit` on an event loop, which is told of a whole transaction at once."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._enqueue(_Write(job, lane, future, loop))
        return await future

    def _enqueue(self, write: _Write) -> None:
        with self._lock:
            if self._closed or self._queue.qsize() >= QUEUED:
                raise Overloaded
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
                self._thread.start()
            self._queue.put(write)

    def run(self, job: Callable[[Work], T], *, lane: str | None = None) -> T:
        """Do as `submit` and wait."""
        return self.submit(job, lane=lane).result()

    def close(self) -> None:
        """Write what is queued, then end. May be called again."""
        with self._lock:
            self._closed = True
            thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            thread.join()

    def _work(self) -> None:
        last = False
        while not last:
            batch, last = self._take()
            if batch:
                self._write(batch)
        self._disconnect()

    def _take(self) -> tuple[list[_Write], bool]:
        """Wait for a write, and take along what waits behind it."""
        found = self._queue.get()
        batch: list[_Write] = []
        while found is not None:
            if found.begins():
                batch.append(found)
            if len(batch) == MOST:
                return batch, False
            try:
                found = self._queue.get_nowait()
            except queue.Empty:
                return batch, False
        return batch, True

    def _write(self, batch: Sequence[_Write]) -> None:
        _tell(self._outcomes(batch))

    def _outcomes(self, batch: Sequence[_Write]) -> list[_Outcome]:
        try:
            results = self._together(batch)
        except Exception as error:  # noqa: BLE001 - it is each caller's to handle
            if len(batch) == 1 or _is_everybodys(error):
                return [_Outcome(write, error=error) for write in batch]
            # One of them is to blame: the others shall not suffer for it.
            return [outcome for write in batch for outcome in self._outcomes([write])]
        return [_Outcome(*pair) for pair in zip(batch, results, strict=True)]

    def _together(self, batch: Sequence[_Write]) -> list[Any]:
        kept = self._connection is not None
        try:
            return self._transaction(batch)
        except DBAPIError as error:
            self._disconnect()
            if not (kept and error.connection_invalidated):
                raise
        return self._transaction(batch)  # the server was restarted since the last write

    def _transaction(self, batch: Sequence[_Write]) -> list[Any]:
        if self._connection is None:
            self._connection = self._connect()
        line = Line(self._connection)
        with self._connection.begin():
            lock_lanes(line, {write.lane for write in batch if write.lane is not None})
            return _run(line, [write.job for write in batch])

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _run(work: Work, jobs: Sequence[Callable[[Work], Any]]) -> list[Any]:
    """Run jobs, those of a kind together; each has its result at its own place."""
    results: list[Any] = [None] * len(jobs)
    kinds: dict[type, list[int]] = {}
    for place, job in enumerate(jobs):
        if hasattr(job, "together"):
            kinds.setdefault(type(job), []).append(place)
        else:
            results[place] = job(work)
    for kind, places in kinds.items():
        bulk: Any = kind
        found = bulk.together(work, [jobs[place] for place in places])
        for place, result in zip(places, found, strict=True):
            results[place] = result
    return results


def _tell(outcomes: Sequence[_Outcome]) -> None:
    """Tell whoever waits: threads at once, an event loop of all that is its with one call."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Outcome]] = {}
    for outcome in outcomes:
        if outcome.write.loop is None:
            outcome.tell()
        else:
            by_loop.setdefault(outcome.write.loop, []).append(outcome)
    for loop, its in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
            loop.call_soon_threadsafe(_tell_all, its)


def _tell_all(outcomes: Sequence[_Outcome]) -> None:
    for outcome in outcomes:
        outcome.tell()


def lock_lanes(work: Work, lanes: set[str]) -> None:
    """Let what changes a lane go on one after another, until the transaction ends.

    SQLite's write transactions are one at a time already. All locks are taken in one order, so
    that two processes never wait for each other.
    """
    if lanes and work.connection().dialect.name == "postgresql":
        work.connection().execute(_LANE_LOCKS, {"lanes": sorted(lanes)})


def _is_everybodys(error: Exception) -> bool:
    """Tell a store that cannot be reached or is locked from the mistake of one write."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    deadlock = getattr(getattr(error, "orig", None), "sqlstate", None) in _DEADLOCKS
    return isinstance(error, OperationalError) and not deadlock
