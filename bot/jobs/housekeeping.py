"""Take up what a killed process left behind, and put away what has expired."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta

import structlog

from bot import metrics
from bot.delivery import Delivery
from bot.identity.passwords import WINDOW
from store import files, inbox, links, outbox, tickets
from store.db import Database, is_unavailable
from store.models.types import now

log = structlog.get_logger(__name__)

RECOVER_SECONDS = 5.0
TIDY_SECONDS = 600.0
_KEEP_FAILURES = WINDOW + timedelta(hours=1)


class Housekeeping:
    def __init__(self, database: Database, delivery: Delivery) -> None:
        self._database = database
        self._delivery = delivery

    async def run(self) -> None:
        """Work until cancelled."""
        await asyncio.gather(
            self._every(RECOVER_SECONDS, self.recover), self._every(TIDY_SECONDS, self.tidy)
        )

    def recover(self) -> int:
        """Answer events whose process died; gives how many were taken up."""
        with self._database.write() as session:
            events = inbox.take_stale(session)
        for event in events:
            log.warning("event taken up again", inbox=event.id, attempt=event.attempts)
            self._delivery.run(event)
        self.measure()
        return len(events)

    def tidy(self) -> None:
        with self._database.write() as session:
            files.drop_expired(session)
            links.forget_failures(session, before=now() - _KEEP_FAILURES)

    def measure(self) -> None:
        """Set the gauges."""
        with self._database.read() as session:
            waiting, _since = inbox.waiting(session)
            unsent = outbox.unsent(session)
            total, urgent = tickets.count_open(session)
        metrics.inbox_waiting.set(waiting)
        for platform, count in unsent.items():
            metrics.outbox_waiting.labels(platform).set(count)
        metrics.tickets_open.labels("yes").set(urgent)
        metrics.tickets_open.labels("no").set(total - urgent)

    async def _every(self, seconds: float, work: Callable[[], object]) -> None:
        while True:
            started = time.monotonic()
            try:
                await asyncio.to_thread(work)
            except Exception as error:
                if not is_unavailable(error):
                    log.exception("housekeeping failed", work=work.__name__)
                else:
                    log.warning("housekeeping: store unavailable")
            await asyncio.sleep(max(0.0, seconds - (time.monotonic() - started)))
