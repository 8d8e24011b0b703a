"""Group commit: writes of many callers, a few transactions."""

import asyncio
import threading
from concurrent.futures import wait

import pytest
from sqlalchemy import event as sql_event
from sqlalchemy.exc import IntegrityError

from store import inbox
from store.db import Database
from store.inbox import Arrival
from store.writer import Overloaded


def arrival(number: int, lane: str = "") -> Arrival:
    return Arrival(
        platform="push",
        workspace="",
        event_id=str(number),
        lane=lane or f"lane-{number}",
        request={"text": f"number {number}"},
    )


def held_back(database: Database) -> tuple[threading.Event, object]:
    """Keep the writer busy, so that what comes meanwhile waits."""
    begun, go = threading.Event(), threading.Event()

    def hold(_work):
        begun.set()
        go.wait(20)

    first = database.writer.submit(hold)
    begun.wait(20)
    return go, first


def test_what_waits_at_the_same_time_is_one_transaction(database):
    commits = []
    sql_event.listen(database.keeping, "commit", lambda _connection: commits.append(None))
    go, first = held_back(database)
    written = [database.writer.submit(arrival(number)) for number in range(20)]
    go.set()
    wait([first, *written])
    assert 20 == len({future.result().id for future in written})
    assert 2 == len(commits)


def test_one_that_fails_takes_no_other_along(database):
    def fails(_work):
        raise IntegrityError("INSERT", {}, Exception("no"))

    go, _first = held_back(database)
    before, broken, after = (
        database.writer.submit(arrival(1)),
        database.writer.submit(fails),
        database.writer.submit(arrival(2)),
    )
    go.set()
    wait([before, broken, after])
    assert (True, True) == (before.result().run, after.result().run)
    assert isinstance(broken.exception(), IntegrityError)


def test_a_waiter_that_goes_away_does_not_end_the_writer(database):
    """A cancelled future cannot be told anything."""

    async def go_away() -> None:
        go, first = held_back(database)
        waiting = asyncio.create_task(database.writer.soon(arrival(1)))
        await asyncio.sleep(0.05)
        waiting.cancel()
        go.set()
        await asyncio.wrap_future(first)
        assert (await database.writer.soon(arrival(2))).run

    asyncio.run(go_away())
    cancelled = database.writer.submit(arrival(3))
    cancelled.cancel()
    assert database.writer.run(arrival(4)).run


def test_events_of_one_lane_that_come_together_wait_for_each_other(database):
    """The first is for the caller, the others for whoever answers that one."""
    go, first = held_back(database)
    written = [database.writer.submit(arrival(n, "one"), lane="one") for n in range(3)]
    again = database.writer.submit(arrival(0, "one"), lane="one")
    go.set()
    wait([first, *written, again])
    assert [True, False, False] == [future.result().run for future in written]
    assert again.result().repeated
    assert again.result().id == written[0].result().id


@pytest.mark.parametrize("count", [1, 2, 3, 63, 64, 65, 130])
def test_any_number_goes_together(database, count):
    """Each result is its own job's."""
    with database.write() as session:
        found = Arrival.together(session, [arrival(n) for n in range(count)])
        assert [{"text": f"number {n}"} for n in range(count)] == [e.request for e in found]
        ids = [event.id for event in found]
        assert set(ids[::2]) == inbox.close(session, ids=ids[::2])
        assert set(ids[1::2]) == inbox.close(session, ids=ids)


def test_too_much_is_refused_at_once(database, monkeypatch):
    monkeypatch.setattr("store.writer.QUEUED", 3)
    go, _first = held_back(database)
    for number in range(3):
        database.writer.submit(arrival(number))
    with pytest.raises(Overloaded):
        database.writer.submit(arrival(9))
    go.set()


def test_what_is_queued_is_written_before_the_end(database):
    go, _first = held_back(database)
    written = [database.writer.submit(arrival(number)) for number in range(3)]
    go.set()
    database.writer.close()
    assert all(future.done() for future in written)
    with pytest.raises(Overloaded):
        database.writer.submit(arrival(9))
