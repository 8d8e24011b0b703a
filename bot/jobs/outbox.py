"""Send what the outbox holds, in order within a conversation, each message once.

A row is leased, given to its platform's sender and settled, each in a task of its own: a slow
one delays no other. The lease is renewed as long as this process holds the row. A private row is
refused unless the room is one to one or the sender can write to the person alone, and unless the
link and role it was made under still stand: both are looked up again as it is sent.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import structlog

from bot import metrics
from bot.delivery import Delivered, Delivery, Outgoing, Receipt, Sender
from bot.jobs.held import Held, of_posted, of_row
from bot.jobs.pace import Pace
from bot.posting import Posted
from store import outbox, tickets
from store.db import Database, is_unavailable
from store.models import OutboxState
from store.models.types import now
from store.writer import Work

log = structlog.get_logger(__name__)

T = TypeVar("T")

POLL_SECONDS = 0.5
AT_ONCE = 16  # messages being sent on a platform
HELD_AT_ONCE = 128  # leased on a platform: being sent, or waiting for their room's pace
SEND_SECONDS = 90.0  # then it is not known what came of it
OWN_SECONDS = 30.0  # how long a process without a worker looks after the rows of its own turns
GIVE_UP = timedelta(hours=24)
FIRST_WAIT = 1.0  # seconds, doubled with every try
LONGEST_WAIT = 300.0
SETTLE_WAITS = (0.2, 1.0, 3.0, 5.0)  # seconds; the message is out, so its row has to know

_STATES = {
    Delivered.SENT: OutboxState.SENT,
    Delivered.FAILED: OutboxState.FAILED,
    Delivered.REFUSED: OutboxState.REFUSED,
    Delivered.HELD: OutboxState.HELD,
    Delivered.UNCERTAIN: OutboxState.UNCERTAIN,
}


class OutboxJob:
    """Works the outbox of every platform that has a sender.

    With `sweeps` it sends whatever is due; without, only messages that it was told of by `take`,
    and leaves the rest to a worker.
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
        self._places = {name: asyncio.Semaphore(AT_ONCE) for name in senders}
        self._pace = Pace()
        self._held: dict[int, Held] = {}  # leased to this process
        self._own: dict[int, float] = {}  # row id: when to leave it to the worker
        self._behind: set[int] = set()  # conversations in which more waits, as far as is known
        self._wake = asyncio.Event()
        self._stopping = False

    def takes(self, platform: str) -> bool:
        """Tell whether a message could be sent at once. Called on any thread."""
        tasks = self._sending.get(platform)
        return tasks is not None and len(tasks) < AT_ONCE and not self._stopping

    def take(self, posted: Sequence[Posted]) -> None:
        """Send what is leased, look for the rest. Call it on the event loop."""
        waiting = [message for message in posted if not message.leased]
        for message in posted:
            if message.leased:
                self._start(of_posted(message, self._delivery))
        if waiting and not self._sweeps:
            until = time.monotonic() + OWN_SECONDS
            self._own |= {message.id: until for message in waiting}
        behind = {message.place.to.conversation_id for message in waiting}
        self._behind |= behind
        # What is being sent here wakes the job itself when it is out.
        if not posted or behind - {held.conversation for held in self._held.values()}:
            self._wake.set()

    def stop(self) -> None:
        """Let `run` end once what is being sent is out. Call it on the event loop."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Work until stopped; what was written by then is still looked for."""
        renewing = asyncio.create_task(self._renew())
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
        renewing.cancel()

    async def work_once(self) -> bool:
        """Send what can be sent at this moment; tells whether there was anything."""
        found = await self._look()
        await self._finish()
        return found

    async def _look(self) -> bool:
        """Start a task for each message that is due and has a place."""
        free = {name: HELD_AT_ONCE - len(tasks) for name, tasks in self._sending.items()}
        free = {name: places for name, places in free.items() if places > 0}
        own = None if self._sweeps else self._still_own()
        if not free or own == []:
            return False

        def claim(work: Work) -> list[Any]:
            return [
                row
                for name, places in free.items()
                for row in outbox.claim(work, platform=name, ids=own, limit=places)
            ]

        rows = await self._written(claim)
        for row in rows:
            self._own.pop(row.id, None)
            self._behind.add(row.conversation_id)
            self._start(of_row(row, self._delivery))
        return bool(rows)

    def _still_own(self) -> list[int]:
        at = time.monotonic()
        self._own = {row: until for row, until in self._own.items() if until > at}
        return sorted(self._own)[:HELD_AT_ONCE]

    def _start(self, held: Held) -> None:
        tasks = self._sending[held.platform]
        self._held[held.id] = held
        task = asyncio.create_task(self._send(held))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def _finish(self) -> None:
        tasks = [task for tasks in self._sending.values() for task in tasks]
        if tasks:
            await asyncio.wait(tasks)

    async def _send(self, held: Held) -> None:
        try:
            await self._deliver(held, self._senders[held.platform])
        finally:
            self._held.pop(held.id, None)
            if held.conversation in self._behind:
                self._behind.discard(held.conversation)
                self._wake.set()  # the next may go now

    async def _deliver(self, held: Held, sender: Sender) -> None:
        if not await self._may_go(held, sender):
            await self._settle(held, Receipt(state=Delivered.REFUSED))
            return
        await asyncio.sleep(self._moment(held.outgoing, sender))
        try:
            async with self._places[held.platform], asyncio.timeout(SEND_SECONDS):
                receipt = await sender.send(held.outgoing, self._keeper(held))
        except Exception:
            # A sender says what came of it; when it cannot, the message is perhaps out.
            log.exception("sender failed", outbox=held.id, platform=held.platform)
            receipt = Receipt(state=Delivered.UNCERTAIN)
        await self._settle(held, receipt)

    async def _may_go(self, held: Held, sender: Sender) -> bool:
        message = held.outgoing
        if message.private and not message.one_to_one and not sender.writes_privately:
            return False
        if held.granted is not None:
            return held.granted
        return await asyncio.to_thread(
            self._database.glance, lambda work: outbox.still_granted(work, outbox_id=held.id)
        )

    def _moment(self, message: Outgoing, sender: Sender) -> float:
        """Give the seconds until the pace of the room and of the platform allow a message."""
        to = message.to
        room = f"{to.platform}|{to.workspace}|{to.room}"
        wait = self._pace.reserve(room, sender.room_rate(message))
        if sender.rate is None:
            return wait
        return max(wait, self._pace.reserve(to.platform, sender.rate))

    def _keeper(self, held: Held) -> Callable[[Sequence[str]], Any]:
        async def keep(parts: Sequence[str]) -> None:
            await self._written(
                lambda work: outbox.progress(
                    work, outbox_id=held.id, attempts=held.attempts, parts=parts
                )
            )

        return keep

    async def _settle(self, held: Held, receipt: Receipt) -> None:
        state, retry_at = _outcome(held, receipt)

        def write(work: Work) -> bool:
            settled = outbox.settle(
                work,
                outbox_id=held.id,
                attempts=held.attempts,
                state=state,
                message_id=receipt.message_id,
                parts=receipt.parts,
                retry_at=retry_at,
            )
            if settled and held.opens_ticket is not None and receipt.message_id:
                tickets.posted(work, ticket_id=held.opens_ticket, message_id=receipt.message_id)
            return settled

        for wait in (*SETTLE_WAITS, None):
            try:
                settled = await self._written(write)
                break
            except Exception as error:
                if wait is None or not is_unavailable(error):
                    log.exception("message not settled", outbox=held.id, state=state)
                    return
            await asyncio.sleep(wait)
        if not settled:
            log.warning("message was taken by another process", outbox=held.id, state=state)
            return
        metrics.sent.labels(held.platform, state).inc()
        if state is not OutboxState.SENT:
            log.info("message not sent", outbox=held.id, platform=held.platform, state=state)

    async def _renew(self) -> None:
        """Keep the leases of what is held here, as long as this process lives."""
        while True:
            await asyncio.sleep(outbox.RENEW)
            held = [(message.id, message.attempts) for message in self._held.values()]
            if not held:
                continue
            try:
                await self._written(partial(outbox.renew, held=held))
            except Exception as error:
                if not is_unavailable(error):
                    log.exception("leases could not be renewed", messages=len(held))

    async def _written(self, job: Callable[[Work], T]) -> T:
        return await asyncio.wrap_future(self._database.writer.submit(job))


def _outcome(held: Held, receipt: Receipt) -> tuple[OutboxState, Any]:
    """Give the state that a message is left in, and when it is tried again if it is."""
    if receipt.state is not Delivered.RETRY or now() - held.outgoing.at >= GIVE_UP:
        return _STATES.get(receipt.state, OutboxState.FAILED), None
    # What may be out stays so, until a sender has looked.
    unknown = receipt.may_be_out or held.outgoing.resumed
    wait = receipt.retry_after
    if wait is None:
        wait = min(FIRST_WAIT * 2.0 ** min(held.attempts - 1, 16), LONGEST_WAIT)
    state = OutboxState.SENDING if unknown else OutboxState.WAITING
    return state, now() + timedelta(seconds=wait)
