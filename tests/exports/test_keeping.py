"""What is kept of exports, for how long, and what operators see of those that wait."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from prometheus_client import generate_latest
from sqlalchemy import event, select, update

from bot import checks, metrics
from bot.bootstrap import Bot
from bot.exporting import kept_files
from bot.jobs.exports import ExportsJob
from bot.jobs.gauges import Gauges
from bot.jobs.housekeeping import Housekeeping
from bot.jobs.making import scope_of
from bot.messages import FileRef
from store import exports, files
from store.exports import Asked
from store.models import ExportState, File, FileChunk, FileCopy
from store.models.types import now
from tests.exports.asking import count, rows
from tests.exports.worker import Worker, asked_for
from tests.talk import Talk


@pytest.fixture
def making(bot: Bot) -> Worker:
    talk = Talk(bot).signed_in()
    talk.say("hello")
    return asked_for(bot, platform="console", user=talk.user)


def age(bot: Bot, **values: object) -> None:
    with bot.database.write() as session:
        session.connection().execute(update(exports.export).values(**values))


def test_files_go_first_and_what_became_of_them_later(bot: Bot, making: Worker) -> None:
    keeper = Housekeeping(bot.database, bot.delivery)
    making.keep(b"a" * files.CHUNK * 2, b"b")
    making.finish()
    with bot.database.write() as session:
        for file_id in session.connection().execute(select(File.__table__.c.id)).scalars():
            files.note_copy(session, file_id=file_id, platform="telegram", owner="1", name="x")
    age(bot, done_at=now() - exports.KEPT - timedelta(days=1))
    assert 0 == keeper.tidy(), "its files are still good"
    with bot.database.write() as session:
        expired = update(File).values(expires_at=now() - timedelta(seconds=1))
        session.connection().execute(expired)
    assert 6 == keeper.tidy(), "three chunks, two files, their export"
    assert [0] * 4 == [count(bot, table) for table in (File, FileChunk, FileCopy)] + [
        len(rows(bot))
    ]
    assert 0 == keeper.tidy()


def test_what_is_open_is_never_forgotten(bot: Bot, making: Worker) -> None:
    age(bot, created_at=now() - 2 * exports.KEPT)
    assert 0 == Housekeeping(bot.database, bot.delivery).tidy()
    assert [ExportState.RUNNING] == [row.state for row in rows(bot)]


def test_a_file_that_expires_soon_is_not_given_again(bot: Bot, making: Worker) -> None:
    making.keep(b"a")
    making.finish()
    job = making.told.job

    def kept() -> int:
        with bot.database.read() as session:
            scope = scope_of(session, job)
            return len(kept_files(session, scope=scope, language="en", cache_key=job.cache_key))

    assert 1 == kept()
    with bot.database.write() as session:
        soon = now() + files.GIVEN_AGAIN - timedelta(minutes=1)
        session.connection().execute(update(File).values(expires_at=soon))
    assert 0 == kept()


def test_unfinished_files_are_nobodys(bot: Bot, making: Worker) -> None:
    making.keep(b"a")
    (ref,) = [row.ref for row in rows(bot, File.__table__)]
    address = Talk(bot, user=making.told.job.person.user).address
    assert bot.delivery.download(address, ref) is None
    making.finish()
    assert bot.delivery.download(address, ref) is not None


def test_those_that_wait_are_counted(bot: Bot, making: Worker) -> None:
    gauges = Gauges(bot.database)
    gauges.measure()
    assert "billing_bot_exports_waiting 1.0" in generate_latest(metrics.registry).decode()
    check = checks._exports(bot.database)
    assert checks.State.OK == check.state
    assert "1 waiting" in check.text
    age(bot, created_at=now() - timedelta(minutes=61))
    check = checks._exports(bot.database)
    assert checks.State.PROBLEM == check.state
    assert "61 minutes" in check.text
    making.finish()
    gauges.measure()
    assert "billing_bot_exports_waiting 0.0" in generate_latest(metrics.registry).decode()
    assert checks.State.OK == checks._exports(bot.database).state


def test_open_exports_are_found_by_their_index(bot: Bot, making: Worker) -> None:
    """However many there were before."""
    database, asked = bot.database, []

    def note(_conn, _cursor, statement, parameters, _context, _many) -> None:
        if statement.lstrip().startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    with database.write() as session:
        exports.any_due(session)
        exports.begin(session)
        exports.waiting(session)
    event.remove(database.engine, "before_cursor_execute", note)
    assert 3 == len(asked)
    with database.read() as session:
        connection = session.connection()
        if not database.is_sqlite:  # so few rows are read through otherwise
            connection.exec_driver_sql("SET enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
        for sql, values in asked:
            plan = "\n".join(str(row) for row in connection.exec_driver_sql(explain + sql, values))
            assert "ix_export_open" in plan, sql


def test_a_copy_that_two_messages_note_at_once_is_noted(bot: Bot, making: Worker) -> None:
    """Neither sees the other's: the later one stands, and nothing fails."""
    making.keep(b"a")
    (file,) = rows(bot, File.__table__)

    def note(name: str, held: float = 0) -> None:
        with bot.database.write() as session:
            files.note_copy(session, file_id=file.id, platform="telegram", owner="1", name=name)
            begun.set()
            time.sleep(held)

    begun = threading.Event()
    with ThreadPoolExecutor() as threads:
        first = threads.submit(note, "x", held=0.3)
        begun.wait()
        threads.submit(note, "y").result()
        first.result()
    assert ["y"] == [copy.name for copy in rows(bot, FileCopy.__table__)]


def test_a_large_file_goes_a_few_chunks_at_a_time(bot: Bot, making: Worker) -> None:
    making.keep(b"a" * files.CHUNK * 3, b"b")
    with bot.database.write() as session:
        files.abandon(session, export_id=making.told.job.id)
    left = []
    for _ in range(4):
        with bot.database.write() as session:
            assert files.drop_expired(session, limit=2) <= 2
        left.append((count(bot, File), count(bot, FileChunk)))
    assert [(2, 2), (1, 1), (0, 0), (0, 0)] == left


def test_what_an_earlier_try_left_goes_when_somebody_else_made_the_file(
    bot: Bot, making: Worker
) -> None:
    making.keep(b"a")
    with bot.database.write() as session:
        kept = (FileRef("ref", "calls.csv", "text/csv", 1),)
        ExportsJob._finish(session, making.told.job, kept=kept)
    assert 2 == Housekeeping(bot.database, bot.delivery).tidy()
    assert 0 == count(bot, File)


def test_the_same_export_of_another_portal_user_is_another(bot: Bot, making: Worker) -> None:
    job = making.told.job
    with bot.database.read() as session:
        scope = scope_of(session, job)
        assert scope is not None
        asked = Asked(
            scope=scope,
            person_id=job.person.id,
            conversation_id=job.conversation_id,
            language=job.language,
            cache_key=job.cache_key,
            what=job.what,
            rows=1,
        )
        assert exports.like(session, asked) is not None
        other = replace(scope, portal_user_id=scope.portal_user_id + 1)
        assert exports.like(session, replace(asked, scope=other)) is None
