"""Make the files that take too long for a turn, one at a time, each in a child process.

A kill at any moment leaves nothing twice: in one transaction, and only by whoever still holds the
export, the child's files are given out, the message that brings them is written and the export is
closed. Before that the files are nobody's, and are made anew.
"""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Final

import structlog

from bot import exporting
from bot.delivery import Delivery
from bot.jobs import telling
from bot.jobs.child import Child
from bot.jobs.making import Outcome, scope_of
from bot.messages import FileRef
from bot.settings import Settings
from bot.waiting import cancelled
from store import exports, files, leases, outbox
from store.db import Database, Session, is_unavailable
from store.exports import Job
from store.models import ExportState
from store.models.types import now
from store.writer import Work

log = structlog.get_logger(__name__)

POLL_SECONDS: Final = 1.0
TRIES: Final = 3
FIRST_WAIT: Final = 5.0  # seconds until the second try, doubled with every other
CLOSE_WAITS: Final = (0.2, 1.0, 3.0, 5.0)  # seconds; the file is made, so it shall not be lost


@dataclass(slots=True)
class _Told:
    """What its person was told last of an export."""

    job: Job
    percent: int = -1


class ExportsJob:
    """Works at the exports that are due, as long as it runs."""

    def __init__(
        self,
        database: Database,
        delivery: Delivery,
        settings: Settings,
        *,
        tell_seconds: float = leases.RENEW,
    ) -> None:
        self._database = database
        self._delivery = delivery
        self._tell_seconds = tell_seconds
        self._environment = os.environ | {
            # In the environment, which only this user can read, and not on the command line.
            "DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
            "BILLING_BOT_ENV": settings.env,
            "BILLING_BOT_LOG_LEVEL": settings.log_level,
        }

    async def run(self) -> None:
        """Work until cancelled; what is begun is handed back."""
        while True:
            found = False
            try:
                found = await self.work_once()
            except Exception as error:
                if is_unavailable(error):
                    log.warning("exports: store unavailable")
                else:
                    log.exception("exports failed")
            if not found:
                await asyncio.sleep(POLL_SECONDS)

    async def work_once(self) -> bool:
        """Work at the oldest export that is due; tells whether there was one."""
        if not await asyncio.to_thread(self._database.glance, exports.any_due):
            return False
        job = await self._database.writer.soon(exports.begin)
        if job is None:
            return False
        log.info("export begun", export=job.ref, attempt=job.attempts, rows=job.rows_expected)
        try:
            await self._work(job)
        except asyncio.CancelledError:
            await self._put_off(job, seconds=0, counts=False)
            raise
        return True

    async def _work(self, job: Job) -> None:
        if job.tries > TRIES:  # the processes that had it died
            await self._close(job, self._fail)
            return
        kept = await asyncio.to_thread(self._kept, job)
        told = _Told(job)
        outcome = Outcome.MADE if kept else await self._made(told)
        job = told.job
        if outcome == Outcome.MADE:
            await self._close(job, partial(self._finish, kept=kept))
        elif outcome == Outcome.REFUSED:
            await self._close(job, self._refuse)
        elif outcome == Outcome.LOST:
            log.warning("export was taken by another process", export=job.ref)
        elif job.tries < TRIES:
            log.error("export to be tried again", export=job.ref, status=outcome)
            await self._put_off(job, seconds=FIRST_WAIT * 2 ** (job.tries - 1), counts=True)
        else:
            await self._close(job, self._fail)

    def _kept(self, job: Job) -> tuple[FileRef, ...]:
        """Find the files when somebody else's export has made them meanwhile."""
        with self._database.read() as session:
            scope = scope_of(session, job)
            if scope is None:
                return ()
            return exporting.kept_files(
                session, scope=scope, language=job.language, cache_key=job.cache_key
            )

    async def _made(self, told: _Told) -> int:
        """Have a child make it, keep the lease and tell how far it is; gives the exit status."""
        child = Child(told.job.ref, told.job.attempts, self._environment)
        making = asyncio.create_task(child.outcome())
        try:
            while not making.done():
                await asyncio.wait([making], timeout=self._tell_seconds)
                if making.done():
                    break
                if not await self._still_ours(told, child.rows):
                    return Outcome.LOST
            return making.result()
        finally:
            await child.kill()
            await cancelled([making])

    async def _still_ours(self, told: _Told, rows: int) -> bool:
        """Keep the lease and say how far it is. A store that is away changes nothing yet."""
        try:
            if not await self._database.writer.soon(
                partial(exports.renew, job=told.job, rows=rows)
            ):
                return False
            await self._tell(told, rows)
        except Exception as error:
            if not is_unavailable(error):
                raise
        return True

    async def _tell(self, told: _Told, rows: int) -> None:
        job, percent = told.job, telling.percent(told.job, rows)
        if percent == told.percent:
            return

        def write(work: Work) -> int | None:
            """Give the id of the message's first state; None when nothing is to be told now."""
            first = job.outbox_id
            if first is not None and not outbox.is_out(work, first_id=first):
                return None  # what was said before is still on its way, or cannot reach them
            if not exports.holds(work, job):
                return None
            added = telling.post(work, job, telling.progress(job, rows))
            if first is None:
                exports.told(work, job, outbox_id=added)
            return first or added

        first = await self._database.writer.soon(write)
        if first is not None:
            told.job, told.percent = replace(job, outbox_id=first), percent
            self._delivery.wrote()

    async def _close(self, job: Job, close: Callable[[Session, Job], str]) -> None:
        """Write in one transaction what became of an export."""
        for wait in (*CLOSE_WAITS, None):
            try:
                log.info(await asyncio.to_thread(self._closed, job, close), export=job.ref)
                break
            except Exception as error:
                if wait is None or not is_unavailable(error):
                    raise
                await asyncio.sleep(wait)
        self._delivery.wrote()

    def _closed(self, job: Job, close: Callable[[Session, Job], str]) -> str:
        with self._database.write() as session:
            return close(session, job)

    @staticmethod
    def _finish(session: Session, job: Job, *, kept: tuple[FileRef, ...]) -> str:
        """Give out what was made, or what was kept already, unless the link is gone."""
        if scope_of(session, job) is None:
            return ExportsJob._refuse(session, job)
        if not exports.close(session, job, state=ExportState.DONE):
            return _TAKEN
        if kept:
            files.abandon(session, export_id=job.id)  # what an earlier try left
        made = kept or tuple(map(exporting.described, files.finish(session, export_id=job.id)))
        telling.post(session, job, telling.ready(job, made))
        return "export done"

    @staticmethod
    def _refuse(session: Session, job: Job) -> str:
        """Say that the link or the role is gone: who waits shall not wait for ever."""
        if not exports.close(session, job, state=ExportState.REFUSED):
            return _TAKEN
        files.abandon(session, export_id=job.id)
        telling.post(session, job, telling.ended(job), granted=False)
        return "export refused"

    @staticmethod
    def _fail(session: Session, job: Job) -> str:
        if not exports.close(session, job, state=ExportState.FAILED):
            return _TAKEN
        files.abandon(session, export_id=job.id)
        telling.post(session, job, telling.sorry(job))
        log.error("export given up", export=job.ref, tries=job.tries)
        return "export failed"

    async def _put_off(self, job: Job, *, seconds: float, counts: bool) -> None:
        until = now() + timedelta(seconds=seconds)
        put_off = partial(exports.put_off, job=job, until=until, counts=counts)
        try:
            await self._database.writer.soon(put_off)
        except Exception:
            log.exception("export waits for its lease to end", export=job.ref)


_TAKEN: Final = "export was taken by another process"
