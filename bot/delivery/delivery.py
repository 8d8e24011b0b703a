"""What comes in is kept, and answered on threads that can be stopped without losing anything."""

import asyncio
import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import structlog

from bot.closing import Turned
from bot.delivery.parts import Message, StoreDown
from bot.delivery.reading import Reading, person_at, reachable
from bot.dispatcher import Dispatcher
from bot.messages import Address, Request, request_to_json
from bot.settings import Settings
from store import inbox, people
from store.db import Database, is_unavailable
from store.inbox import Accepted

log = structlog.get_logger(__name__)

T = TypeVar("T")

WRITERS = 4  # threads that keep events


def _unheard(_outbox_ids: Sequence[int]) -> None:
    """Nobody sends here: what was written waits in the outbox."""


class Delivery(Reading):
    """Between the adapters and the store; used from any thread."""

    def __init__(self, database: Database, dispatcher: Dispatcher, settings: Settings) -> None:
        super().__init__(database, settings)
        self._dispatcher = dispatcher
        # Turns are bounded apart from inbox writes, so that slow turns never delay an
        # acknowledgement.
        self._turns = ThreadPoolExecutor(settings.turn_threads, "turn")
        self._writes = ThreadPoolExecutor(WRITERS, "inbox")
        self._queued: dict[Future[Any], Accepted] = {}
        self._stopping = threading.Event()
        self._on_closed: Callable[[Sequence[int]], None] = _unheard

    def hear(self, on_closed: Callable[[Sequence[int]], None] | None) -> None:
        """Have the outbox job told the ids of rows that wait to be sent; None ends it.

        It is called on turn threads.
        """
        self._on_closed = on_closed or _unheard

    def wrote(self, outbox_ids: Sequence[int] = ()) -> None:
        """Hint that messages were written: these, or any."""
        try:
            self._on_closed(outbox_ids)
        except Exception:
            log.exception("the outbox job could not be woken")  # it looks by itself soon

    def stop(self) -> None:
        """Begin no turn from here on; those that run go on."""
        self._stopping.set()

    def close(self) -> None:
        """Let turns that run end, and hand back what did not begin: another process takes it."""
        self.stop()
        self._hand_back([event for future, event in self._queued.copy().items() if future.cancel()])
        self._writes.shutdown(wait=True)
        self._turns.shutdown(wait=True)

    def accept(self, request: Request) -> Accepted:
        """Keep an event in the inbox, once. Raises StoreDown when it could not be kept."""
        with reachable(), self._database.write() as session:
            return inbox.accept(
                session,
                platform=request.platform,
                workspace=request.workspace,
                event_id=request.event_id,
                lane=request.lane,
                request=request_to_json(request),
            )

    def run(self, event: Accepted | None) -> None:
        """Answer an event that was leased to the caller, and those that wait in its lane."""
        while event is not None and event.run:
            begun = self._begin(event)
            turned = begun and self._dispatcher.handle(begun)
            if not turned:
                return
            self._tell(event, turned)
            event = turned.then

    def submit(self, event: Accepted) -> Future[None]:
        """Have an event answered on a turn thread."""
        return self._submit(event, lambda: self.run(event))

    async def receive(self, request: Request) -> Accepted:
        """Keep an event and have it answered soon; returns once it is kept, to be acknowledged.

        Raises StoreDown.
        """
        event = await self._keep(request)
        if event.run:
            self.submit(event)
        return event

    def exchange(self, request: Request) -> tuple[Message, ...]:
        """Answer a request of an adapter that pulls, and give the messages of its turn.

        Empty when it is still being worked on, here or elsewhere: then they arrive through
        `answers` and `fresh`. Raises StoreDown when it was not accepted.
        """
        return self._exchange(request, self.accept(request))

    async def converse(self, request: Request) -> tuple[Message, ...]:
        """Do as `exchange`, on the turn threads."""
        event = await self._keep(request)
        answered = self._submit(event, lambda: self._exchange(request, event))
        # Shielded: a visitor who leaves does not take back what they said.
        return await asyncio.shield(asyncio.wrap_future(answered))

    def sign_out(self, address: Address) -> None:
        """End the link and the conversation. Raises StoreDown."""
        with reachable(), self._database.write() as session:
            person = person_at(session, address)
            if person is not None:
                people.sign_out(session, person_id=person.id)

    async def _keep(self, request: Request) -> Accepted:
        try:
            kept = self._writes.submit(self.accept, request)
        except RuntimeError:  # closed
            raise StoreDown from None
        return await asyncio.wrap_future(kept)

    def _exchange(self, request: Request, event: Accepted) -> tuple[Message, ...]:
        try:
            known = self.answers(request) if event.repeated else ()
            if known:
                return known
            self.run(event if event.run else self._take_over(event))
            return self.answers(request)
        except StoreDown:
            return ()  # it was accepted all the same

    def _take_over(self, event: Accepted) -> Accepted | None:
        """Take what an event waits behind, when nobody works on that any more."""
        with reachable(), self._database.write() as session:
            return next(iter(inbox.take_stale(session, lane=event.lane, limit=1)), None)

    def _begin(self, event: Accepted) -> Accepted | None:
        """Make sure that an event is ours as its turn begins."""
        if self._stopping.is_set():
            self._hand_back([event])
            return None
        if not event.must_begin:
            return event
        try:
            with self._database.write() as session:
                return inbox.begin(session, event=event)
        except Exception as error:
            if not is_unavailable(error):
                raise
            log.warning("store unavailable, the event stays in the inbox", inbox=event.id)
            return None

    def _tell(self, event: Accepted, turned: Turned) -> None:
        if turned.outbox_ids and not event.request.get("pulled"):
            self.wrote(turned.outbox_ids)

    def _submit(self, event: Accepted, work: Callable[[], T]) -> Future[T]:
        try:
            future = self._turns.submit(work)
        except RuntimeError:  # closed meanwhile
            self._hand_back([event])
            future = Future()
            future.cancel()
            future.set_running_or_notify_cancel()  # else who waits for it waits for ever
            return future
        self._queued[future] = event
        future.add_done_callback(self._ended)
        return future

    def _ended(self, future: Future[Any]) -> None:
        event = self._queued.pop(future, None)
        if not future.cancelled() and (error := future.exception()):
            log.error("turn failed", inbox=event and event.id, exc_info=error)

    def _hand_back(self, events: Collection[Accepted]) -> None:
        leased = [event for event in events if event.run]
        if not leased:
            return
        try:
            with self._database.write() as session:
                inbox.hand_back(session, events=leased)
        except Exception:
            log.exception("events wait for their leases to end", events=len(leased))
