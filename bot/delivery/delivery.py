"""What comes in is kept, and answered on threads that can be stopped without losing anything."""

import asyncio
import threading
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from functools import partial
from typing import Any, Protocol, TypeVar

import structlog

from bot.closing import Ending, Turned, arrival
from bot.delivery.baton import Baton
from bot.delivery.desk_side import DeskSide
from bot.delivery.files_side import FilesSide
from bot.delivery.parts import Message, StoreDown
from bot.delivery.reading import Reading, person_at, reachable
from bot.dispatcher import Dispatcher
from bot.i18n import SOURCE_LANGUAGE
from bot.messages import Address, Request, request_to_json
from bot.posting import Posted
from bot.settings import Settings
from store import inbox, leases, links
from store.db import Database, is_unavailable
from store.inbox import Accepted, Arrival
from store.models.types import new_ref
from store.writer import Overloaded

log = structlog.get_logger(__name__)

T = TypeVar("T")


HANGS_SECONDS = 600.0  # a turn that takes longer hangs: another process shall try


class Outlet(Protocol):
    """Who sends, in this process: what was written is told to it. Called on turn threads."""

    def takes(self, platform: str) -> bool:
        """Tell whether it would send a message of the platform at once."""

    def wrote(self, posted: Sequence[Posted]) -> None:
        """Hear of messages; leased ones are to be sent now, without any it just looks."""


class _Nowhere:
    """Nobody sends here: what was written waits in the outbox."""

    def takes(self, platform: str) -> bool:
        del platform
        return False

    def wrote(self, posted: Sequence[Posted]) -> None:
        del posted


class Delivery(DeskSide, FilesSide, Reading):
    """Between the adapters and the store; used from any thread."""

    def __init__(self, database: Database, dispatcher: Dispatcher, settings: Settings) -> None:
        super().__init__(database, settings)
        self._clock = dispatcher.clock
        self._desk_language = dispatcher.desk.language if dispatcher.desk else SOURCE_LANGUAGE
        self._dispatcher = dispatcher
        self._lessons = dispatcher.lessons
        # Turns are bounded apart from inbox writes, so that slow turns never delay an
        # acknowledgement.
        self._turns = ThreadPoolExecutor(settings.turn_threads, "turn")
        self._queued: dict[Future[Any], Accepted] = {}
        self._baton = Baton()
        self._writing: set[Future[None]] = set()  # of turns that are being written
        self._held: dict[int, Accepted] = {}  # leased to this process, by id
        self._stopping = threading.Event()
        self._closed = threading.Event()
        self._outlet: Outlet = _Nowhere()
        self._renewing: threading.Thread | None = None
        self._starting = threading.Lock()
        self._holder = new_ref()  # by which this process's leases are known

    def send_through(self, outlet: Outlet | None) -> None:
        """Have messages sent by this process; None ends it."""
        self._outlet = outlet or _Nowhere()

    def wrote(self, posted: Sequence[Posted] = ()) -> None:
        """Hint that messages were written: these, or any."""
        try:
            self._outlet.wrote(posted)
        except Exception:
            log.exception("the outbox job could not be woken")  # it looks by itself soon

    def stop(self) -> None:
        """Begin no turn from here on; those that run go on."""
        self._stopping.set()

    def close(self) -> None:
        """Let turns that run end, and hand back what did not begin: another process takes it."""
        self.stop()
        self._hand_back([event for future, event in self._queued.copy().items() if future.cancel()])
        self._turns.shutdown(wait=True)
        wait(self._writing.copy())
        self._closed.set()
        if self._renewing is not None:
            self._renewing.join()

    def accept(self, request: Request) -> Accepted:
        """Keep an event in the inbox, once. Raises StoreDown when it could not be kept."""
        with reachable():
            return self._database.writer.run(self._to_accept(request), lane=request.lane)

    def _to_accept(self, request: Request) -> Arrival:
        if self._closed.is_set():
            raise StoreDown
        return arrival(request)

    async def first_time(self, request: Request) -> bool:
        """Note an event that leaves nothing behind; False for a repetition. Raises StoreDown."""
        note = partial(
            inbox.note,
            platform=request.platform,
            workspace=request.workspace,
            event_id=request.event_id,
            request=request_to_json(request),
        )
        with reachable():
            return await self._database.writer.soon(note)

    async def pressed(self, request: Request, ref: str, index: int) -> Request | None:
        """Put into a request what a button says that was too long to be sent along.

        None when there is no such button of this person's. Raises StoreDown.
        """
        action = await asyncio.to_thread(self.action_of, request.address, ref, index)
        return replace(request, action=action) if action else None

    async def hold(self, name: str, seconds: float) -> bool:
        """Take or keep a lease that one process of all has. Raises StoreDown."""
        hold = partial(leases.hold, name=name, holder=self._holder, seconds=seconds)
        with reachable():
            return await self._database.writer.soon(hold)

    async def let_go(self, name: str) -> None:
        """Let another process take a lease at once. Raises StoreDown."""
        release = partial(leases.release, name=name, holder=self._holder)
        with reachable():
            await self._database.writer.soon(release)

    def run(self, event: Accepted | None) -> None:
        """Answer an event that was leased to the caller, and those that wait in its lane."""
        while event is not None and event.run:
            begun = self._begin(event)
            if begun is None:
                return
            with self._baton:
                turned = self._dispatcher.handle(begun, lease=self._sends(begun))
            event = self._closed_turn(begun, turned)

    def submit(self, event: Accepted) -> Future[None]:
        """Have an event answered on a turn thread."""
        return self._submit(event, lambda: self._answer(event))

    def _answer(self, event: Accepted) -> None:
        """Answer an event; what it comes to is written together with other turns."""
        begun = self._begin(event) if event.run else None
        if begun is None:
            return
        with self._baton:
            ending = self._dispatcher.begin(begun, lease=self._sends(begun))
        if ending is None:
            self.run(begun)
        elif ending.is_plain:
            self._write_soon(begun, ending)
        else:
            self.run(self._end(begun, ending))

    def _write_soon(self, begun: Accepted, ending: Ending) -> None:
        """Have a turn written while this thread goes on with the next."""
        done: Future[None] = Future()
        self._writing.add(done)

        def written(future: Future[Turned]) -> None:
            try:
                self._after_writing(begun, ending, future)
            finally:
                self._writing.discard(done)
                done.set_result(None)

        try:
            writing = self._database.writer.submit(ending, lane=begun.lane)
        except Overloaded:
            self._writing.discard(done)
            self.run(self._end(begun, ending))
        else:
            writing.add_done_callback(written)

    def _after_writing(self, begun: Accepted, ending: Ending, future: Future[Turned]) -> None:
        if future.exception():  # `end` tries once more, and finds the words for it
            self._submit(begun, lambda: self.run(self._end(begun, ending)))
            return
        turned = future.result()
        then = self._closed_turn(begun, turned)
        if then is not None:
            self.submit(then)
        if turned.turn_id is not None:
            self._dispatcher.report(ending)

    def _end(self, begun: Accepted, ending: Ending) -> Accepted | None:
        return self._closed_turn(begun, self._dispatcher.end(ending))

    def _closed_turn(self, event: Accepted, turned: Turned | None) -> Accepted | None:
        """Let go of an event, have its messages sent; gives what waits behind it."""
        self._held.pop(event.id, None)
        if turned is None:
            return None
        if turned.posted and not event.request.get("pulled"):
            self.wrote(turned.posted)
        return turned.then

    def _sends(self, event: Accepted) -> bool:
        """Tell whether this process would send an answer at once."""
        pulled = event.request.get("pulled")
        return not pulled and self._outlet.takes(event.request.get("platform", ""))

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
                links.sign_out(session, person_id=person.id)

    async def _keep(self, request: Request) -> Accepted:
        with reachable():
            return await self._database.writer.soon(self._to_accept(request), lane=request.lane)

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
        begun: Accepted | None = event
        try:
            if event.must_begin:
                with self._database.write() as session:
                    begun = inbox.begin(session, event=event)
        except Exception as error:
            if not is_unavailable(error):
                raise
            log.warning("store unavailable, the event stays in the inbox", inbox=event.id)
            begun = None
        self._hold(event, begun)
        return begun

    def _hold(self, event: Accepted, begun: Accepted | None) -> None:
        """Go on renewing the lease of what is begun, and no more of what is not ours."""
        if begun is None:
            self._held.pop(event.id, None)
        else:
            self._held[event.id] = begun
            self._start_renewing()

    def _renew(self) -> None:
        """Keep the leases of what is queued or answered here, as long as this process lives."""
        while not self._closed.wait(leases.RENEW):
            at = time.monotonic()
            held = [e for e in self._held.copy().values() if at - e.leased_at < HANGS_SECONDS]
            if not held:
                continue
            renew = partial(inbox.renew, events=held)
            try:
                self._database.writer.run(renew)
            except Exception as error:
                if not is_unavailable(error):
                    log.exception("leases could not be renewed", events=len(held))

    def _submit(self, event: Accepted, work: Callable[[], T]) -> Future[T]:
        if event.run:
            self._held.setdefault(event.id, event)
            self._start_renewing()
        try:
            future = self._turns.submit(work)
        except RuntimeError:  # closed meanwhile
            self._held.pop(event.id, None)
            self._hand_back([event])
            future = Future()
            future.cancel()
            future.set_running_or_notify_cancel()  # else who waits for it waits for ever
            return future
        self._queued[future] = event
        future.add_done_callback(self._ended)
        return future

    def _start_renewing(self) -> None:
        with self._starting:
            if self._renewing is None:
                self._renewing = threading.Thread(target=self._renew, name="leases", daemon=True)
                self._renewing.start()

    def _ended(self, future: Future[Any]) -> None:
        event = self._queued.pop(future, None)
        if event is not None and (future.cancelled() or future.exception()):
            self._held.pop(event.id, None)
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
