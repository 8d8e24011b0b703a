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
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import structlog

from bot import metrics
from bot.delivery import Delivered, Delivery, Outgoing, Receipt, Sender, StoreDown
from bot.jobs.held import Held, of_posted, of_row
from bot.jobs.pace import Pace
from bot.messages import Reply
from bot.posting import Posted
from bot.waiting import cancelled
from store import leases, outbox, tickets
from store.db import Database, is_unavailable
from store.models import OutboxState
from store.models.types import now
from store.writer import Work

log = structlog.get_logger(__name__)

T = TypeVar("T")

POLL_SECONDS = 0.5
AT_ONCE = 16  # messages being sent on a platform
HELD_AT_ONCE = 256  # leased on a platform: being sent, or waiting for their room's pace
SEND_SECONDS = 90.0  # and as long as its files take; then it is not known what came of it
SLOWEST = 100_000  # bytes of files a second: a slower line does not get them out
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
        self._places = {
            name: asyncio.Semaphore(AT_ONCE if sender.looks_back else 1)
            for name, sender in senders.items()
        }
        self._pace = Pace()
        self._held: dict[int, Held] = {}  # leased to this process
        # Of rows by id: their conversation, and when to leave them to the worker.
        self._own: dict[int, tuple[int, float]] = {}
        self._behind: set[int] = set()  # conversations in which more waits, as far as is known
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()

    def takes(self, platform: str) -> bool:
        """Tell whether a message could be sent at once. Called on any thread."""
        tasks = self._sending.get(platform)
        return tasks is not None and len(tasks) < HELD_AT_ONCE and not self._stopping.is_set()

    def take(self, posted: Sequence[Posted]) -> None:
        """Send what is leased, look for the rest. Call it on the event loop."""
        waiting = [message for message in posted if not message.added.leased]
        for message in posted:
            if message.added.leased:
                self._start(of_posted(message, self._delivery))
        if waiting and not self._sweeps:
            until = time.monotonic() + OWN_SECONDS
            self._own |= {
                message.added.id: (message.draft.place.to.conversation_id, until)
                for message in waiting
            }
        behind = {message.draft.place.to.conversation_id for message in waiting}
        self._behind |= behind
        # What is being sent here wakes the job itself when it is out.
        if not posted or behind - {held.conversation for held in self._held.values()}:
            self._wake.set()

    def stop(self) -> None:
        """Let `run` end once what is being sent is out. Call it on the event loop."""
        self._stopping.set()
        self._wake.set()

    async def run(self) -> None:
        """Work until stopped; what was written by then is still looked for."""
        renewing = asyncio.create_task(self._renew())
        try:
            last = False
            while not last:
                last = self._stopping.is_set()
                self._wake.clear()
                await self._look_safely()
                if not self._stopping.is_set():
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)
            await self._finish()
        finally:
            await cancelled([renewing, *self._tasks()])

    async def _look_safely(self) -> None:
        try:
            await self._look()
        except Exception as error:
            if is_unavailable(error):
                log.warning("outbox: store unavailable")
            else:
                log.exception("outbox: claiming failed")

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

        held = list(self._held)

        def claim(work: Work) -> list[Any]:
            if held:  # else one whose lease ran out, the store being away, would be claimed again
                outbox.renew(work, held=held)
            return [
                row
                for name, places in free.items()
                for row in outbox.claim(work, platform=name, ids=own, limit=places)
            ]

        rows = await self._written(claim)
        unread = []
        for row in rows:
            self._own.pop(row.id, None)
            self._behind.add(row.conversation_id)
            try:
                self._start(of_row(row, self._delivery))
            except Exception:  # it must not hold up the others
                log.exception("message cannot be read", outbox=row.id)
                unread.append(row)
        for row in unread:
            await self._put_off(row)
        return bool(rows)

    async def _put_off(self, row: Any) -> None:
        """Leave a message to a process that can read it, for a day: this one may be older."""
        perhaps_out = row.state == OutboxState.SENDING
        state, retry_at = _later(row.created_at, LONGEST_WAIT, perhaps_out=perhaps_out)
        settle = partial(
            outbox.settle,
            outbox_id=row.id,
            attempts=row.attempts + 1,
            state=state,
            retry_at=retry_at,
        )
        try:
            await self._written(settle)
        except Exception as error:
            if not is_unavailable(error):
                log.exception("message not put off", outbox=row.id)

    def _still_own(self) -> list[int]:
        at = time.monotonic()
        left = {row: own for row, own in self._own.items() if own[1] <= at}
        self._own = {row: own for row, own in self._own.items() if row not in left}
        self._behind -= {conversation for conversation, _until in left.values()}
        return sorted(self._own)[:HELD_AT_ONCE]

    def _start(self, held: Held) -> None:
        tasks = self._sending[held.platform]
        self._held[held.id] = held
        task = asyncio.create_task(self._send(held))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def _finish(self) -> None:
        tasks = self._tasks()
        if tasks:
            await asyncio.wait(tasks)

    def _tasks(self) -> list[asyncio.Task[None]]:
        return [task for tasks in self._sending.values() for task in tasks]

    async def _send(self, held: Held) -> None:
        try:
            await self._deliver(held, self._senders[held.platform])
        finally:
            self._held.pop(held.id, None)
            if held.conversation in self._behind:
                self._behind.discard(held.conversation)
                self._wake.set()  # the next may go now

    async def _deliver(self, held: Held, sender: Sender) -> None:
        if not await self._comes_to_its_moment(held.outgoing, sender):
            await self._settle(held, Receipt(state=Delivered.RETRY, retry_after=0))
            return
        async with self._places[held.platform]:
            if self._stopping.is_set():  # it waited behind others: the next process sends it
                await self._settle(held, Receipt(state=Delivered.RETRY, retry_after=0))
                return
            receipt = await self._receipt(held, sender)
            if receipt.state is Delivered.RETRY and receipt.retry_after:
                self._pace.hold(*sender.pace(held.outgoing), receipt.retry_after)
            # Within its place: a kill leaves no more messages in doubt than there are places.
            await self._settle(held, receipt)

    async def _receipt(self, held: Held, sender: Sender) -> Receipt:
        """Send; whatever goes wrong is told by what is known of the message after it."""
        try:
            if not await self._may_go(held, sender):
                return Receipt(state=Delivered.REFUSED)
        except Exception as error:
            if not is_unavailable(error):
                log.exception("recipient not checked", outbox=held.id)
            return Receipt(state=Delivered.RETRY)
        try:
            async with asyncio.timeout(_seconds(held.outgoing.reply)):
                return await sender.send(held.outgoing, self._keeper(held))
        except Exception as error:
            if isinstance(error, TimeoutError | StoreDown) or is_unavailable(error):
                log.warning("message perhaps sent", outbox=held.id, error=type(error).__name__)
                return Receipt(state=Delivered.RETRY, may_be_out=True)
            # A sender says what came of it; when it cannot, the message is perhaps out.
            log.exception("sender failed", outbox=held.id, platform=held.platform)
            return Receipt(state=Delivered.UNCERTAIN)

    async def _may_go(self, held: Held, sender: Sender) -> bool:
        """Look up again, now that it goes, whether its person may have it."""
        message = held.outgoing
        if message.aside and not sender.writes_privately:
            return False
        if not held.bound:
            return True
        return await asyncio.to_thread(
            self._database.glance, lambda work: outbox.still_granted(work, outbox_id=held.id)
        )

    async def _comes_to_its_moment(self, message: Outgoing, sender: Sender) -> bool:
        """Wait until the pace of the room and of the platform allow it; False when stopped."""
        room, rate = sender.pace(message)
        wait = self._pace.reserve(room, rate)
        if sender.rate is not None:
            wait = max(wait, self._pace.reserve(message.to.platform, sender.rate))
        if not wait:
            return True
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), wait)
            return False
        return True

    def _keeper(self, held: Held) -> Callable[[Sequence[str]], Any]:
        async def keep(parts: Sequence[str]) -> None:
            kept = partial(
                outbox.progress, outbox_id=held.id, attempts=held.attempts, parts=tuple(parts)
            )
            try:
                await self._written(kept)
            except Exception as error:
                # The receipt tells it too; only a process that dies meanwhile takes it along.
                if not is_unavailable(error):
                    raise

        return keep

    async def _settle(self, held: Held, receipt: Receipt) -> None:
        state, retry_at = _outcome(held, receipt)
        write = _settling(held, receipt, state, retry_at)
        for wait in (*SETTLE_WAITS, None):
            # From here on its lease is not renewed: what is to be tried again shall be due.
            self._held.pop(held.id, None)
            try:
                settled = await self._written(write)
                break
            except Exception as error:
                if wait is None or not is_unavailable(error):
                    log.exception("message not settled", outbox=held.id, state=state)
                    return
            self._held[held.id] = held
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
            await asyncio.sleep(leases.RENEW)
            held = list(self._held)
            if not held:
                continue
            try:
                await self._written(partial(outbox.renew, held=held))
            except Exception as error:
                if not is_unavailable(error):
                    log.exception("leases could not be renewed", messages=len(held))

    async def _written(self, job: Callable[[Work], T]) -> T:
        return await self._database.writer.soon(job)


def _seconds(reply: Reply) -> float:
    """Bound the sending of a message by what it has to upload."""
    pictures = [reply.picture.file] if reply.picture else []
    return SEND_SECONDS + sum(file.size for file in (*pictures, *reply.files)) / SLOWEST


def _settling(
    held: Held, receipt: Receipt, state: OutboxState, retry_at: datetime | None
) -> Callable[[Work], bool]:
    """Give what records a receipt; those of messages that are out go together."""
    if state is OutboxState.SENT and held.opens_ticket is None:
        return outbox.Sent(
            outbox_id=held.id,
            attempts=held.attempts,
            message_id=receipt.message_id,
            parts=receipt.parts,
        )

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

    return write


def _outcome(held: Held, receipt: Receipt) -> tuple[OutboxState, datetime | None]:
    """Give the state that a message is left in, and when it is tried again if it is."""
    if receipt.state is not Delivered.RETRY:
        return _STATES[receipt.state], None
    wait = receipt.retry_after
    if wait is None:
        wait = min(FIRST_WAIT * 2.0 ** min(held.attempts - 1, 16), LONGEST_WAIT)
    perhaps_out = receipt.may_be_out or held.outgoing.resumed
    return _later(held.outgoing.at, wait, perhaps_out=perhaps_out)


def _later(
    written_at: datetime, wait: float, *, perhaps_out: bool
) -> tuple[OutboxState, datetime | None]:
    """Try again in so many seconds, unless it is too old; what may be out stays so."""
    if now() - written_at >= GIVE_UP:
        return OutboxState.UNCERTAIN if perhaps_out else OutboxState.FAILED, None
    state = OutboxState.SENDING if perhaps_out else OutboxState.WAITING
    return state, now() + timedelta(seconds=wait)
