"""Group commit: small writes of many callers, a few transactions.

A commit waits for the disk (or for the server), and costs more than the statements before it.
Under load many wait at the same time; one transaction then carries them all. When nothing else
waits, a write starts at once: nothing is ever held back to fill a batch.
"""

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
    future: Future[Any]


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
        with self._lock:
            if self._closed or self._queue.qsize() >= QUEUED:
                raise Overloaded
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
                self._thread.start()
        self._queue.put(_Write(job, lane, future))
        return future

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
            # Who waited may have gone away meanwhile; from here on it is too late for that.
            if found.future.set_running_or_notify_cancel():
                batch.append(found)
            if len(batch) == MOST:
                return batch, False
            try:
                found = self._queue.get_nowait()
            except queue.Empty:
                return batch, False
        return batch, True

    def _write(self, batch: Sequence[_Write]) -> None:
        try:
            results = self._together(batch)
        except Exception as error:  # noqa: BLE001 - it is each caller's to handle
            if len(batch) == 1 or _is_everybodys(error):
                for write in batch:
                    write.future.set_exception(error)
                return
            # One of them is to blame: the others shall not suffer for it.
            for write in batch:
                self._write([write])
            return
        for write, result in zip(batch, results, strict=True):
            write.future.set_result(result)

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
            return [write.job(line) for write in batch]

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


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
