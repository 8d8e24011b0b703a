"""Jobs beside sending: what a process left behind, what has expired, and what is measured."""

import time
from datetime import timedelta

import pytest
from prometheus_client import generate_latest
from sqlalchemy import event as sql_event
from sqlalchemy import func, select, update

from bot import metrics
from bot.bootstrap import Bot
from bot.jobs.gauges import Gauges
from bot.jobs.housekeeping import Housekeeping
from store import inbox, outbox
from store.models import InboxState, Turn
from store.models.types import now
from tests.pushed import Pushed
from tests.talk import Talk


@pytest.fixture
def pushed(bot: Bot) -> Pushed:
    return Pushed(bot)


def test_queues_are_found_by_their_indexes(pushed: Pushed) -> None:
    """However many messages and events were there before."""
    pushed.say("hello")
    database, asked = pushed.bot.database, []

    def note(_conn, _cursor, statement, parameters, _context, _many) -> None:
        if statement.lstrip().startswith("SELECT"):
            asked.append((statement, parameters))

    sql_event.listen(database.engine, "before_cursor_execute", note)
    with database.write() as session:
        outbox.claim(session, platform="push")
        outbox.claim(session, platform="push", ids=[1])
        outbox.unsent(session)
        outbox.held(session, person_id=1)
        inbox.take_stale(session)
        inbox.take_stale(session, lane="x")
        inbox.waiting(session)
        session.connection().execute(inbox.NEXT, {"in_lane": "x"})
    sql_event.remove(database.engine, "before_cursor_execute", note)
    assert 8 == len(asked)
    with database.read() as session:
        connection = session.connection()
        if not database.is_sqlite:  # so few rows are read through otherwise
            connection.exec_driver_sql("SET enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
        for sql, values in asked:
            rows = connection.exec_driver_sql(explain + sql, values)
            plan = "\n".join(str(row) for row in rows)
            queue = "ix_outbox_held" if "'held'" in sql else "ix_outbox_due"
            wanted = queue if "FROM outbox" in sql else "ix_inbox_open_lane"
            assert wanted in plan, sql


def test_housekeeping_takes_up_what_nobody_works_on(bot: Bot) -> None:
    talk = Talk(bot)
    first = bot.delivery.accept(talk.request("hello"))
    bot.delivery.accept(talk.request("thanks"))
    keeper = Housekeeping(bot.database, bot.delivery)
    assert 0 == keeper.recover()
    assert first.run
    expire(bot)
    assert 1 == keeper.recover()
    for _ in range(500):
        if len(bot.delivery.history(talk.address)) == 4:
            break
        time.sleep(0.01)
    said = [m.said.topic for m in bot.delivery.history(talk.address) if m.said]
    assert ["greeting", "thanks"] == said


def test_housekeeping_forgets_old_events_but_not_turns(bot: Bot) -> None:
    talk = Talk(bot)
    talk.say("hello")
    talk.say("thanks")
    bot.delivery.accept(talk.request("help"))
    keeper = Housekeeping(bot.database, bot.delivery)
    assert 0 == keeper.tidy()
    with bot.database.write() as session:
        old = update(inbox.inbox).where(inbox.inbox.c.state == InboxState.DONE)
        done_at = now() - inbox.KEPT - timedelta(days=1)
        session.connection().execute(old.values(done_at=done_at))
    assert 2 == keeper.tidy()
    with bot.database.read() as session:
        assert 1 == session.connection().execute(select(func.count(inbox.inbox.c.id))).scalar()
        assert 2 == session.connection().execute(select(func.count(Turn.id))).scalar()


def test_gauges_are_measured_when_asked_for(pushed: Pushed) -> None:
    """Also down to nothing."""
    gauges = Gauges(pushed.bot.database)
    pushed.say("hello")
    pushed.bot.delivery.accept(pushed.request("thanks"))
    for waiting in (1, 0):
        gauges.measure()
        told = generate_latest(metrics.registry).decode()
        assert f'billing_bot_outbox_waiting{{platform="push"}} {waiting}.0' in told
        assert "billing_bot_inbox_waiting 1.0" in told
        pushed.work()


def test_a_backlog_is_taken_up_in_parallel_and_can_be_stopped(bot: Bot) -> None:
    """What did not begin by then is handed back."""
    for _ in range(12):
        bot.delivery.accept(Talk(bot).request("hello"))
    expire(bot)
    handled, real = [], bot.delivery._dispatcher

    class Slow:
        def begin(self, event, *, lease=False):
            handled.append(event.id)
            bot.delivery.stop()
            time.sleep(0.05)
            return real.begin(event, lease=lease)

        def __getattr__(self, name):
            return getattr(real, name)

    bot.delivery._dispatcher = Slow()
    assert 12 == Housekeeping(bot.database, bot.delivery).recover()
    bot.delivery.close()
    assert 0 < len(handled) <= bot.settings.turn_threads
    with bot.database.read() as session:
        rows = session.connection().execute(select(inbox.inbox.c.state, inbox.inbox.c.lease_until))
        found = [(state, lease is not None) for state, lease in rows]
    assert len(handled) == found.count((InboxState.DONE, False))
    assert 12 - len(handled) == found.count((InboxState.WAITING, False))


def expire(bot: Bot) -> None:
    with bot.database.write() as session:
        session.connection().execute(
            update(inbox.inbox).values(lease_until=now() - timedelta(seconds=1))
        )
