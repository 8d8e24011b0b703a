"""A process that is killed at any moment leaves no second file and no second message."""

import asyncio
import os
import signal
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot import exporting
from bot.bootstrap import Bot
from bot.documents.cdr import Format
from bot.jobs import child
from bot.jobs.exports import TRIES, ExportsJob
from store import exports
from store.models import ExportState, File
from store.models.types import now
from tests.exports.asking import EXPORT, asks, count, rows, work
from tests.exports.pausing import CHILD
from tests.faults.processes import Program, until
from tests.talk import Talk

FILE = File.__table__  # type: ignore[attr-defined]
MOMENTS = ["rows", "chunks", "made", "closing"]


@pytest.fixture
def asked(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> Talk:
    """Somebody who waits for a long file."""
    monkeypatch.setattr(exporting, "AT_ONCE", dict.fromkeys(Format, 0))
    talk = Talk(asks(bot)).signed_in()
    talk.press(f"{EXPORT}:csv")
    return talk


def expire(bot: Bot) -> None:
    """Let the lease run out, and let what is put off be due."""
    past = now() - timedelta(seconds=1)
    with bot.database.write() as session:
        changed = update(exports.export).values(due_at=past, lease_until=past)
        session.connection().execute(changed.where(exports.export.c.done_at.is_(None)))


def ready(bot: Bot) -> int:
    return len(rows(bot, select(FILE).where(FILE.c.ready)))


def is_delivered_once(talk: Talk) -> None:
    bot = talk.bot
    (export,) = rows(bot)
    assert ExportState.DONE == export.state
    assert 1 == ready(bot)  # what an earlier try left is housekeeping's to drop
    told = [message for message in talk.bot.delivery.history(talk.address) if message.reply.files]
    assert 1 == len(told)
    (file,) = told[0].reply.files
    download = bot.delivery.download(talk.address, file.ref)
    assert file.size == len(b"".join(download.chunks))
    assert not work(bot)


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
def test_the_worker_is_killed(asked: Talk, moment: str, tmp_path: Path) -> None:
    """Its child ends with it, and another worker begins anew."""
    mark, url = tmp_path / "mark", asked.bot.database.engine.url
    environment = {
        **os.environ,
        "DATABASE_URL": url.render_as_string(hide_password=False),
        "BILLING_BOT_ENV": "development",
        "PAUSE": moment,
        "MARK": str(mark),
    }
    log = tmp_path / "log"
    worker = Program("tests.exports.pausing", "worker", environment=environment, log=log)
    try:
        until(mark.exists, 60)
        child_id = int(mark.read_text())
    finally:
        worker.kill()
    until(lambda: not runs(child_id), 10)
    assert [ExportState.RUNNING] == [export.state for export in rows(asked.bot)]
    assert [] == [m for m in asked.bot.delivery.history(asked.address) if m.reply.files]
    expire(asked.bot)
    assert work(asked.bot)
    is_delivered_once(asked)


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS[:-1])
def test_the_child_is_killed(
    asked: Talk, moment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is begun anew by the same worker, some seconds later."""
    mark = tmp_path / "mark"
    monkeypatch.setattr(child, "MODULE", CHILD)
    monkeypatch.setenv("PAUSE", moment)
    monkeypatch.setenv("MARK", str(mark))

    def kill_it() -> None:
        until(mark.exists, 60)
        os.kill(int(mark.read_text()), signal.SIGKILL)

    killer = threading.Thread(target=kill_it)
    killer.start()
    assert work(asked.bot)
    killer.join()
    assert [(ExportState.WAITING, 1)] == [(e.state, e.attempts) for e in rows(asked.bot)]
    assert not work(asked.bot), "not at once: it may be the machine that is in trouble"
    expire(asked.bot)
    monkeypatch.delenv("PAUSE")
    assert work(asked.bot)
    is_delivered_once(asked)


def test_what_fails_again_and_again_is_given_up_with_an_apology(
    asked: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "MODULE", "tests.exports.no_such_module")
    for _ in range(TRIES):
        assert work(asked.bot)
        expire(asked.bot)
    assert [ExportState.FAILED] == [export.state for export in rows(asked.bot)]
    last = asked.bot.delivery.history(asked.address)[-1]
    assert last.reply.text.startswith("Sorry, I could not make your file")
    assert ["handoff"] == [button.action for button in last.reply.buttons]
    assert 0 == count(asked.bot, File)


def test_what_kills_its_workers_is_given_up_too(asked: Talk) -> None:
    for _ in range(TRIES):
        with asked.bot.database.write() as session:
            assert exports.begin(session) is not None
        expire(asked.bot)
    assert work(asked.bot)
    assert [ExportState.FAILED] == [export.state for export in rows(asked.bot)]


def test_a_worker_that_stops_uses_up_no_try(asked: Talk) -> None:
    """What it had begun is another's at once."""

    async def stopped() -> None:
        job = ExportsJob(asked.bot.database, asked.bot.delivery, asked.bot.settings)
        task = asyncio.create_task(job.run())
        await asyncio.to_thread(until, lambda: ExportState.RUNNING == rows(asked.bot)[0].state, 60)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(stopped())
    (export,) = rows(asked.bot)
    assert (ExportState.WAITING, 1, 1) == (export.state, export.attempts, export.handed_back)
    assert work(asked.bot)
    is_delivered_once(asked)


def runs(process: int) -> bool:
    """Tell whether a process is there and no zombie."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return False
    return "State:\tZ" not in status
