"""Send what the outbox holds, in order within a conversation, each message once.

A row is leased, given to its platform's sender and settled, each in a task of its own: a slow
one delays no other. A private row is refused unless the room is one to one or the sender can
write to the person alone, and unless the link and role it was made under still stand: both are
looked up again as it is sent.
"""

import asyncio
import contextlib
import time
from collections.abc import Mapping, Sequence
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
AT_ONCE = 16  # messages being sent on a platform
SEND_SECONDS = outbox.LEASE.total_seconds() * 0.75  # then it is not known what came of it
OWN_SECONDS = 30.0  # how long a process without a worker looks after the rows of its own turns
GIVE_UP = timedelta(hours=24)
FIRST_WAIT = 1.0  # seconds, doubled with every try
LONGEST_WAIT = 300.0
SETTLE_WAITS = (0.2, 1.0, 3.0, 5.0)  # seconds; the message is out, so its row has to know

_STATES = {
    Delivered.SENT: OutboxState.SENT,
    Delivered.FAILED: OutboxState.FAILED,
    Delivered.UNCERTAIN: OutboxState.UNCERTAIN,
}


class OutboxJob:
    """Works the outbox of every platform that has a sender.

    With `sweeps` it sends whatever is due; without, only rows that it was told of by `wake`, and
    leaves the rest to a worker.
    """

    def __init__(
        self,
        database: Database,
        delivery: Delivery,
        senders: Mapping[str, Sender],
        *,
        sweeps: bool = True,
    ) -> None:
        self._database = database
        self._delivery = delivery
        self._senders = senders
        self._sweeps = sweeps
        self._sending: dict[str, set[asyncio.Task[None]]] = {name: set() for name in senders}
        self._own: dict[int, float] = {}  # row id: when to leave it to the worker
        self._wake = asyncio.Event()
        self._stopping = False

    def wake(self, outbox_ids: Sequence[int] = ()) -> None:
        """Look now: these were written, or something was. Call it on the event loop."""
        if not self._sweeps:
            until = time.monotonic() + OWN_SECONDS
            self._own |= dict.fromkeys(outbox_ids, until)
        self._wake.set()

    def stop(self) -> None:
        """Let `run` end once what is being sent is out. Call it on the event loop."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Work until stopped; what was written by then is still looked for."""
        last = False
        while not last:
            last = self._stopping
            self._wake.clear()
            try:
                await self._look()
            except Exception as error:
                if is_unavailable(error):
                    log.warning("outbox: store unavailable")
                else:
                    log.exception("outbox: claiming failed")
            if not self._stopping:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)
        await self._finish()

    async def work_once(self) -> bool:
        """Send what can be sent at this moment; tells whether there was anything."""
        found = await self._look()
        await self._finish()
        return found

    async def _look(self) -> bool:
        """Start a task for each message that is due and has a place."""
        free = {name: AT_ONCE - len(tasks) for name, tasks in self._sending.items()}
        free = {name: places for name, places in free.items() if places > 0}
        own = None if self._sweeps else self._still_own()
        if not free or own == []:
            return False
        rows = await asyncio.to_thread(self._claim, free, own)
        for row in rows:
            self._own.pop(row.id, None)
            task = asyncio.create_task(self._send(row))
            self._sending[row.platform].add(task)
            task.add_done_callback(self._sending[row.platform].discard)
            task.add_done_callback(lambda _task: self._wake.set())  # the next may go now
        return bool(rows)

    def _still_own(self) -> list[int]:
        at = time.monotonic()
        self._own = {row: until for row, until in self._own.items() if until > at}
        return sorted(self._own)[:AT_ONCE]

    def _claim(self, free: Mapping[str, int], own: Sequence[int] | None) -> list[Any]:
        with self._database.write() as session:
            return [
                row
                for name, places in free.items()
                for row in outbox.claim(session, platform=name, ids=own, limit=places)
            ]

    async def _finish(self) -> None:
        tasks = [task for tasks in self._sending.values() for task in tasks]
        if tasks:
            await asyncio.wait(tasks)

    async def _send(self, row: Any) -> None:
        sender = self._senders[row.platform]
        if not _may_go(row, sender):
            await self._settle(row, OutboxState.REFUSED)
            return
        try:
            async with asyncio.timeout(SEND_SECONDS):
                receipt = await sender.send(self._outgoing(row))
        except Exception:
            # A sender says what came of it; when it cannot, the message is perhaps out.
            log.exception("sender failed", outbox=row.id, platform=row.platform)
            receipt = Receipt(state=Delivered.UNCERTAIN)
        if receipt.state is Delivered.RETRY and now() - row.created_at < GIVE_UP:
            # What may be out stays so, until a sender has looked.
            unknown = receipt.may_be_out or _is_resumed(row)
            state = OutboxState.SENDING if unknown else OutboxState.WAITING
            await self._settle(row, state, retry_after=_wait(receipt, row.attempts))
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

        def write() -> bool:
            with self._database.write() as session:
                return outbox.settle(
                    session,
                    outbox_id=row.id,
                    attempts=row.attempts + 1,
                    state=state,
                    message_id=message_id,
                    retry_at=retry_at,
                )

        for wait in (*SETTLE_WAITS, None):
            try:
                settled = await asyncio.to_thread(write)
                break
            except Exception as error:
                if wait is None or not is_unavailable(error):
                    log.exception("message not settled", outbox=row.id, state=state)
                    return
            await asyncio.sleep(wait)
        if not settled:
            log.warning("message was taken by another process", outbox=row.id, state=state)
            return
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
            resumed=_is_resumed(row),
        )


def _may_go(row: Any, sender: Sender) -> bool:
    if row.private and not row.one_to_one and not sender.writes_privately:
        return False
    return row.account_id is None or bool(row.granted)


def _is_resumed(row: Any) -> bool:
    return bool(row.state == OutboxState.SENDING)


def _wait(receipt: Receipt, tries_before: int) -> float:
    """Give the seconds until the next try: the platform's, else twice as many each time."""
    if receipt.retry_after is not None:
        return receipt.retry_after
    return min(FIRST_WAIT * 2.0 ** min(tries_before, 16), LONGEST_WAIT)
