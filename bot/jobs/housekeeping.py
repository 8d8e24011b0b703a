"""Take up what a killed process left behind, and put away what has expired."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import wait
from datetime import timedelta

import structlog

from bot.delivery import Delivery
from bot.identity.passwords import WINDOW
from store import downloads, exports, files, inbox, links
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
        """Answer events whose process died or stopped; gives how many were taken up.

        Their turns run on the turn threads: closing the delivery ends this too.
        """
        with self._database.write() as session:
            events = inbox.take_stale(session)
        for event in events:
            log.warning("event taken up again", inbox=event.id, attempts=event.attempts)
        # A turn that hangs shall not keep this from looking again.
        wait([self._delivery.submit(event) for event in events], timeout=RECOVER_SECONDS)
        return len(events)

    def tidy(self) -> int:
        """Delete what has expired; gives how many rows were in this batch."""
        with self._database.write() as session:
            dropped = files.drop_expired(session)
        with self._database.write() as session:
            links.forget_failures(session, before=now() - _KEEP_FAILURES)
            dropped += downloads.forget(session)
            forgotten = exports.forget(session, before=now() - exports.KEPT)
            return dropped + forgotten + inbox.forget(session, before=now() - inbox.KEPT)

    async def _every(self, seconds: float, work: Callable[[], int]) -> None:
        """Work, at once again as long as there was something to do."""
        while True:
            started, done = time.monotonic(), 0
            try:
                done = await asyncio.to_thread(work)
            except Exception as error:
                if not is_unavailable(error):
                    log.exception("housekeeping failed", work=work.__name__)
                else:
                    log.warning("housekeeping: store unavailable")
            if not done:
                await asyncio.sleep(max(0.0, seconds - (time.monotonic() - started)))
