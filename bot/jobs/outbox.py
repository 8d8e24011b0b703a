"""Send what the outbox holds, in order within a conversation, each message once.

A row is leased, given to its platform's sender and settled. A private row is refused unless the
room is one to one or the sender can write to the person alone, and unless the link and role it
was made under still stand: both are looked up again as it is sent.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog

from bot import metrics
from bot.delivery import Delivered, Delivery, Outgoing, Receipt, Sender
from bot.messages import Address, from_json
from store import outbox
from store.db import Database, is_unavailable
from store.models import OutboxState
from store.models.types import now

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.5
TRIES = 8
FIRST_WAIT = 1.0  # seconds, doubled with every try
LONGEST_WAIT = 300.0

_STATES = {
    Delivered.SENT: OutboxState.SENT,
    Delivered.FAILED: OutboxState.FAILED,
    Delivered.UNCERTAIN: OutboxState.UNCERTAIN,
}


class OutboxJob:
    """Works the outbox of every platform that has a sender."""

    def __init__(
        self, database: Database, delivery: Delivery, senders: Mapping[str, Sender]
    ) -> None:
        self._database = database
        self._delivery = delivery
        self._senders = senders
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Look now: something was written. Call it on the event loop."""
        self._wake.set()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            try:
                busy = await self.work_once()
            except Exception as error:
                if is_unavailable(error):
                    log.warning("outbox: store unavailable")
                else:
                    log.exception("outbox: claiming failed")
                busy = False
            if not busy:
                self._wake.clear()
                try:
                    await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)
                except TimeoutError:
                    continue

    async def work_once(self) -> bool:
        """Send the first due message of each conversation; tells whether there was any."""
        if not self._senders:
            return False
        rows = await asyncio.to_thread(self._claim)
        await asyncio.gather(*(self._send(row) for row in rows))
        return bool(rows)

    def _claim(self) -> list[Any]:
        with self._database.write() as session:
            return outbox.claim(session, platforms=tuple(self._senders))

    async def _send(self, row: Any) -> None:
        if row.account_id is not None and not row.granted:
            await self._settle(row, OutboxState.REFUSED)
            return
        sender = self._senders[row.platform]
        try:
            receipt = await sender.send(self._outgoing(row))
        except Exception:
            # A sender says what came of it; when it cannot, the message is perhaps out.
            log.exception("sender failed", outbox=row.id, platform=row.platform)
            receipt = Receipt(state=Delivered.UNCERTAIN)
        if receipt.state is Delivered.RETRY and row.attempts + 1 < TRIES:
            wait = receipt.retry_after or min(FIRST_WAIT * 2**row.attempts, LONGEST_WAIT)
            await self._settle(row, OutboxState.WAITING, retry_after=wait)
            return
        state = _STATES.get(receipt.state, OutboxState.FAILED)
        await self._settle(row, state, message_id=receipt.message_id)

    async def _settle(
        self,
        row: Any,
        state: OutboxState,
        *,
        message_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        retry_at = now() + timedelta(seconds=retry_after) if retry_after is not None else None

        def write() -> None:
            with self._database.write() as session:
                outbox.settle(
                    session,
                    outbox_id=row.id,
                    state=state,
                    message_id=message_id,
                    retry_at=retry_at,
                )

        await asyncio.to_thread(write)
        metrics.sent.labels(row.platform, state).inc()
        log.info("message", outbox=row.id, platform=row.platform, state=state)

    def _outgoing(self, row: Any) -> Outgoing:
        to = Address(
            platform=row.platform,
            workspace=row.workspace,
            room=row.room,
            thread=row.thread,
            user=row.user,
        )
        return Outgoing(
            ref=row.ref,
            to=to,
            one_to_one=row.one_to_one,
            private=row.private,
            language=row.language,
            reply=self._delivery.resolved(from_json(row.reply)),
            replaces=row.replaces,
            attempts=row.attempts + 1,
        )
