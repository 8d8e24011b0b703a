"""Events are kept, answered once, and handed back when a process ends."""

import asyncio
import dataclasses
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event as sql_event
from sqlalchemy import select, update

from bot.bootstrap import Bot
from bot.delivery import StoreDown
from store import inbox
from store.db import Database
from store.inbox import Accepted
from store.models import InboxState
from store.models.types import now
from tests.statements import counted
from tests.talk import Talk

ROWS = inbox.inbox


class Slow:
    """A dispatcher whose turns wait until they are let go."""

    def __init__(self, bot: Bot) -> None:
        self.real, self.begun = bot.delivery._dispatcher, threading.Event()
        self.go = threading.Event()
        bot.delivery._dispatcher = self

    def __getattr__(self, name: str) -> object:
        return getattr(self.real, name)

    def handle(self, event: Accepted, *, lease: bool = False) -> object:
        self.wait()
        return self.real.handle(event, lease=lease)

    def begin(self, event: Accepted, *, lease: bool = False) -> object:
        self.wait()
        return self.real.begin(event, lease=lease)

    def wait(self) -> None:
        self.begun.set()
        assert self.go.wait(20)


def events(bot: Bot) -> list[tuple[str, int, bool]]:
    """State, tries and whether leased, of each event."""
    query = select(ROWS.c.state, ROWS.c.attempts, ROWS.c.lease_until).order_by(ROWS.c.id)
    with bot.database.read() as session:
        return [(s, n, lease is not None) for s, n, lease in session.connection().execute(query)]


def expire(bot: Bot) -> None:
    with bot.database.write() as session:
        session.connection().execute(update(ROWS).values(lease_until=now() - timedelta(seconds=1)))


def take_stale(bot: Bot) -> list[Accepted]:
    with bot.database.write() as session:
        return inbox.take_stale(session)


def until(true: Callable[[], bool]) -> None:
    for _ in range(1000):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError


@contextmanager
def store_away(bot: Bot) -> Iterator[None]:
    real = bot.delivery._database
    bot.delivery._database = Database.connect("postgresql://nobody@127.0.0.1:1/none")
    yield
    bot.delivery._database.dispose()
    bot.delivery._database = real


def test_receive_acknowledges_before_the_answer(bot: Bot) -> None:
    """The event is in the inbox when `receive` returns; the turn runs beside it."""
    talk, slow = Talk(bot), Slow(bot)
    assert asyncio.run(bot.delivery.receive(talk.request("hello"))).run
    assert [(InboxState.RUNNING, 0, True)] == events(bot)
    slow.go.set()
    bot.delivery.close()
    assert "greeting" == bot.delivery.history(talk.address)[-1].said.topic


def test_a_store_that_is_away_as_a_turn_begins_loses_nothing(bot: Bot) -> None:
    """The turn reads on a connection it has yet to open; the event waits for its next try."""
    talk = Talk(bot)
    event = bot.delivery.accept(talk.request("hello"))
    nowhere = Database.connect("postgresql://nobody@127.0.0.1:1/none").keeping
    away = dataclasses.replace(bot.database, keeping=nowhere)
    object.__setattr__(away, "writer", bot.database.writer)  # it is back sooner
    back = bot.delivery._dispatcher
    bot.delivery._dispatcher = dataclasses.replace(back, database=away)
    for _ in range(2):
        bot.delivery.run(event)
    bot.delivery._dispatcher = back
    assert [(InboxState.RUNNING, 0, True)] == events(bot)
    bot.delivery.run(event)
    assert "greeting" == bot.delivery.history(talk.address)[-1].said.topic


def test_a_turn_at_once_takes_two_commits(bot: Bot) -> None:
    """The event is kept, and closed with its answer."""
    talk = Talk(bot)
    talk.say("hello")
    commits: list[None] = []
    for engine in bot.database.engines:
        sql_event.listen(engine, "commit", lambda _connection: commits.append(None))
    talk.say("thanks")
    assert 2 == len(commits)


def test_an_event_that_waited_long_is_leased_anew_as_its_turn_begins(bot: Bot) -> None:
    event = bot.delivery.accept(Talk(bot).request("hello"))
    expire(bot)
    slow, late = Slow(bot), dataclasses.replace(event, leased_at=event.leased_at - 100)
    turn = threading.Thread(target=bot.delivery.run, args=(late,))
    turn.start()
    assert slow.begun.wait(20)
    assert [] == take_stale(bot)
    assert [(InboxState.RUNNING, 1, True)] == events(bot)
    slow.go.set()
    turn.join()


def test_an_event_whose_lease_was_lost_in_the_queue_is_dropped(bot: Bot) -> None:
    """Whoever begins first has it, and nobody else answers."""
    talk = Talk(bot)
    event = bot.delivery.accept(talk.request("hello"))
    expire(bot)
    (other,) = take_stale(bot)
    slow = Slow(bot)
    turn = threading.Thread(target=bot.delivery.run, args=(other,))
    turn.start()
    assert slow.begun.wait(20)
    slow.begun.clear()
    bot.delivery.run(dataclasses.replace(event, leased_at=event.leased_at - 100))
    assert not slow.begun.is_set()
    slow.go.set()
    turn.join()
    assert 2 == len(bot.delivery.history(talk.address))


def test_only_turns_that_began_are_counted(bot: Bot) -> None:
    """Processes that die with an event in their queue use up none of its tries."""
    bot.delivery.accept(Talk(bot).request("hello"))
    for _ in range(5):
        expire(bot)
        (event,) = take_stale(bot)
    assert 0 == event.attempts
    with bot.database.write() as session:
        assert 1 == inbox.begin(session, event=event).attempts


def test_closing_ends_turns_and_hands_back_the_rest(bot: Bot) -> None:
    """What did not begin waits without a lease: the next process takes it at once."""
    threads = bot.settings.turn_threads
    talks, slow = [Talk(bot) for _ in range(threads + 3)], Slow(bot)

    async def receive() -> None:
        for talk in talks:
            await bot.delivery.receive(talk.request("hello"))
        await bot.delivery.receive(talks[0].request("thanks"))

    asyncio.run(receive())
    threading.Timer(0.2, slow.go.set).start()
    started = time.monotonic()
    bot.delivery.close()
    assert time.monotonic() - started < 10
    after = events(bot)
    assert threads == after.count((InboxState.DONE, 0, False))
    assert 4 == after.count((InboxState.WAITING, 0, False))  # one behind a turn that ended
    assert 4 == len(take_stale(bot))
    with pytest.raises(StoreDown):
        asyncio.run(bot.delivery.receive(Talk(bot).request("hello")))


def test_what_comes_while_closing_is_handed_back(bot: Bot) -> None:
    """It was kept, but there is no thread any more."""
    bot.delivery._turns.shutdown()
    assert asyncio.run(bot.delivery.receive(Talk(bot).request("hello"))).run
    assert [(InboxState.WAITING, 0, False)] == events(bot)


@dataclasses.dataclass
class Gone:
    loop: asyncio.AbstractEventLoop

    def takes(self, _platform):
        return False

    def wrote(self, posted):
        self.loop.call_soon_threadsafe(print, posted)


def test_nobody_to_wake_is_no_failure(bot: Bot) -> None:
    """The loop of the outbox job is gone while a turn still ends."""
    loop = asyncio.new_event_loop()
    bot.delivery.send_through(Gone(loop))
    loop.close()
    talk = Talk(bot)
    bot.delivery.run(bot.delivery.accept(dataclasses.replace(talk.request("hello"), pulled=False)))
    assert [(InboxState.DONE, 0, False)] == events(bot)


def test_a_turn_that_breaks_is_logged(bot: Bot, logged) -> None:
    class Broken:
        def begin(self, _event, *, lease=False):
            raise RuntimeError("out of order")

    bot.delivery._dispatcher = Broken()
    asyncio.run(bot.delivery.receive(Talk(bot).request("hello")))
    bot.delivery.close()
    assert "out of order" in logged.getvalue()


def test_a_line_behind_one_that_nobody_answers_takes_that_over(bot: Bot) -> None:
    """The process of the earlier line died: both are answered."""
    talk = Talk(bot)
    bot.delivery.accept(talk.request("hello"))
    assert () == bot.delivery.exchange(talk.request("thanks", event_id="two"))
    expire(bot)
    (answer,) = bot.delivery.exchange(talk.request("thanks", event_id="two"))
    assert "thanks" == answer.said.topic
    said = [m.said.topic for m in bot.delivery.history(talk.address) if m.said]
    assert ["greeting", "thanks"] == said


def test_answers_are_read_without_asking_again(bot: Bot) -> None:
    """Empty as long as the line is worked on."""
    talk, slow = Talk(bot), Slow(bot)
    request = talk.request("hello")

    async def ask() -> tuple[object, ...]:
        asked = asyncio.create_task(bot.delivery.converse(request))
        assert await asyncio.to_thread(slow.begun.wait, 20)
        with counted(bot, "INSERT") as written:
            assert () == bot.delivery.answers(request)
        assert [] == written
        slow.go.set()
        return await asked

    answered = asyncio.run(ask())
    assert answered == bot.delivery.answers(request) != ()


def test_a_store_that_goes_away_after_a_line_was_accepted_does_not_say_not_sent(bot: Bot) -> None:
    """It was accepted, and is worked on later; before that it was not."""
    talk = Talk(bot)
    with store_away(bot), pytest.raises(StoreDown):
        bot.delivery.exchange(talk.request("hello"))
    request = talk.request("hello")
    event = bot.delivery.accept(request)
    with store_away(bot):
        assert () == bot.delivery._exchange(request, event)


def test_a_visitor_who_leaves_is_answered_all_the_same(bot: Bot) -> None:
    """Their line waited for a thread when the connection went away."""
    talk, others = Talk(bot), [Talk(bot) for _ in range(bot.settings.turn_threads)]
    slow = Slow(bot)

    async def leave() -> None:
        for other in others:
            await bot.delivery.receive(other.request("hello"))
        asked = asyncio.create_task(bot.delivery.converse(talk.request("hello")))
        await asyncio.to_thread(until, lambda: len(bot.delivery._queued) > len(others))
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        slow.go.set()
        await asyncio.to_thread(bot.delivery._turns.shutdown)

    asyncio.run(leave())
    assert "greeting" == bot.delivery.history(talk.address)[-1].said.topic


def test_whoever_waits_for_an_event_submitted_too_late_is_let_go(bot: Bot) -> None:
    """It was handed back: the process is stopping."""
    talk = Talk(bot)
    event = bot.delivery.accept(talk.request("hello"))
    bot.delivery.close()
    done, waiting = wait([bot.delivery.submit(event)], timeout=5)
    assert (1, 0) == (len(done), len(waiting))
