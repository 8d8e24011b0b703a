"""One turn: who asks, in which language, what for; run it; close it; failures become words."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property

import structlog

from bot import answering, closing, failures, masking, metrics
from bot.clock import Clock
from bot.closing import Ending, Turned
from bot.commands import Answer, Command, Context, Overtaken
from bot.errors import CustomerError
from bot.i18n import SOURCE_LANGUAGE, Localizer, known
from bot.identity import scopes
from bot.lessons import Lessons
from bot.messages import DeskRoom, Outcome, Request, request_from_json
from bot.router import MISS, Recall, Route, Router
from bot.settings import Settings
from store import conversations, inbox, people
from store.conversations import Memory
from store.db import Database, is_unavailable
from store.inbox import Accepted
from store.models.types import new_ref
from store.people import Person
from store.scope import Scope
from store.writer import Work

log = structlog.get_logger(__name__)

DOUBLE_CLICK = timedelta(seconds=3)  # two presses of one button within it are one
TRIES = 3  # of a turn whose process died; then its person gets an apology
_BROKEN = Route(command=MISS, outcome=Outcome.ERROR)  # of a request that was never routed


@dataclass(frozen=True, kw_only=True)
class Dispatcher:
    database: Database
    router: Router
    commands: Mapping[str, Command]
    settings: Settings
    clock: Clock
    desk: DeskRoom | None = None  # the room in which staff see new tickets
    # What a platform says of a person's language, by platform; asked when nothing else tells.
    locale_of: Mapping[str, Callable[[Request], str | None]] = field(default_factory=dict)

    @cached_property
    def lessons(self) -> Lessons:
        """What staff have taught on top of the router."""
        return Lessons(self.router, self.database)

    def handle(self, event: Accepted, *, lease: bool = False) -> Turned | None:
        """Answer one event of the inbox. Never raises.

        With `lease`, what it says is leased to this process to be sent at once. None when the
        store went away: nothing was closed, and the event is taken again when its lease has run
        out.
        """
        try:
            try:
                return self._turn(event, lease=lease)
            except Overtaken:
                return self._turn(event, lease=lease)
        except Exception as error:  # noqa: BLE001 - it is logged there
            return self._failed(event, error)

    def begin(self, event: Accepted, *, lease: bool = False) -> Ending | None:
        """Work out what to say to an event, for the caller to write. Never raises.

        None when it takes more than that: then `handle` does all of it.
        """
        try:
            return self._worked_out(event, lease=lease)
        except Exception:  # noqa: BLE001 - `handle` meets it again, and says what it was
            return None

    def end(self, ending: Ending) -> Turned | None:
        """Write what `begin` worked out. Never raises; None as in `handle`."""
        try:
            return self._written(ending)
        except Overtaken:
            return self.handle(ending.event, lease=ending.lease)
        except Exception as error:  # noqa: BLE001 - it is logged there
            return self._failed(ending.event, error)

    def report(self, ending: Ending) -> None:
        """Tell the log and the metrics of a closed turn."""
        said, context = ending.said, ending.context
        seconds = time.perf_counter() - ending.started
        metrics.turn(context.request.platform, said.outcome, said.language, seconds)
        log.info(
            "turn",
            inbox=ending.event.id,
            turn=context.turn_ref,
            platform=context.request.platform,
            conversation=context.memory.ref,
            outcome=said.outcome,
            topic=said.topic,
            command=said.command,
            language=said.language,
            private=said.private,
            ticket=said.ticket,
            ms=round(seconds * 1000, 1),
        )

    def _turn(self, event: Accepted, *, lease: bool) -> Turned:
        ending = self._worked_out(event, lease=lease)
        return Turned(then=self._finish(event)) if ending is None else self._written(ending)

    def _worked_out(self, event: Accepted, *, lease: bool) -> Ending | None:
        """Answer an event; None for the second press of a double click."""
        started = time.perf_counter()
        request = request_from_json(event.request)
        person, memory = self._meet(request)
        if self._is_double(event, request, memory):
            return None
        context, route, answer = self._run(event, request, person, memory)
        return Ending(
            event=event,
            context=context,
            route=route,
            answer=answer,
            said=closing.said(context, route, answer),
            lease=lease,
            started=started,
        )

    def _written(self, ending: Ending) -> Turned:
        context = ending.context
        try:
            turned = closing.close(self.database, ending)
        except Overtaken:
            raise
        except Exception as error:
            if is_unavailable(error):
                raise
            log.exception("turn could not be written", inbox=ending.event.id, turn=context.turn_ref)
            answer = _reset(context)
            said = closing.said(context, _BROKEN, answer)
            ending = replace(ending, route=_BROKEN, answer=answer, said=said)
            turned = closing.close(self.database, ending)
        if turned.turn_id is not None:
            self.report(ending)
        return turned

    def _failed(self, event: Accepted, error: Exception) -> Turned | None:
        metrics.store_failures.inc()
        if is_unavailable(error):
            log.error("store unavailable, the event stays in the inbox", inbox=event.id)
            return None
        log.error("turn failed for good", inbox=event.id, exc_info=error)
        return self._give_up(event)

    def _give_up(self, event: Accepted) -> Turned | None:
        """Close an event that cannot be answered, so that it does not hold up its lane."""
        try:
            return Turned(then=self._finish(event))
        except Exception:
            log.exception("event could not be closed", inbox=event.id)
            return None

    def _finish(self, event: Accepted) -> Accepted | None:
        """Close an event that leaves nothing behind."""
        return self.database.writer.run(
            lambda work: inbox.finish(work, inbox_id=event.id, lane=event.lane), lane=event.lane
        )

    def _is_double(self, event: Accepted, request: Request, memory: Memory) -> bool:
        """Tell whether the same button was pressed just before: hands are not that steady."""
        if request.action is None or request.message_id is None:
            return False
        with self.database.read() as session:
            since = conversations.since_same_press(
                session,
                conversation_id=memory.id,
                inbox_id=event.id,
                action=request.action,
                message_id=request.message_id,
            )
        return since is not None and since <= DOUBLE_CLICK

    def _meet(self, request: Request) -> tuple[Person, Memory]:
        """Find the person and their conversation; at the first contact, make them."""
        met = self.database.glance(lambda work: _acquaintance(work, request))
        if met and request.display_name in {"", met[0].display_name}:
            return met
        with self.database.write() as session:
            person = people.meet(
                session,
                platform=request.platform,
                workspace=request.workspace,
                user=request.user,
                display_name=request.display_name,
            )
            conversations.start(
                session,
                **_room(request),
                person_id=person.id,
                one_to_one=request.one_to_one,
                pulled=request.pulled,
            )
            met = _acquaintance(session, request)
        assert met is not None  # noqa: S101 - they were just made
        return met

    def _run(
        self, event: Accepted, request: Request, person: Person, memory: Memory
    ) -> tuple[Context, Route, Answer]:
        """Route the request and let its handler answer; what goes wrong becomes words."""
        router = self.lessons.router(memory.taught)
        sure = None if request.is_chosen else _language_of(request, router, event)
        language = sure or memory.language or person.language or self._locale(request)
        context = self._context(
            request, person, memory, loc=Localizer(language), sure=sure, router=router
        )
        if event.attempts > TRIES:
            log.error("given up", inbox=event.id, attempts=event.attempts)
            return context, _BROKEN, _reset(context)
        route = _BROKEN
        try:
            recall = Recall(
                question=memory.question,
                misses=memory.misses,
                has_ticket=memory.ticket_id is not None,
            )
            route = router.route(request, recall)
            if route.language is not None:
                context.speak(route.language)
            answer = answering.answers(context, route)
        except CustomerError as error:
            context.writes.clear()
            answer = failures.refusal(context, error)
        except Exception as error:
            if is_unavailable(error):
                raise
            log.exception("turn failed", inbox=event.id, turn=context.turn_ref)
            answer = _reset(context)
        return context, route, masking.warned(context, answer)

    def _locale(self, request: Request) -> str:
        asked = self.locale_of.get(request.platform)
        return known(request.locale or (asked(request) if asked else None)) or SOURCE_LANGUAGE

    def _context(
        self,
        request: Request,
        person: Person,
        memory: Memory,
        *,
        loc: Localizer,
        sure: str | None,
        router: Router,
    ) -> Context:
        def resolve() -> Scope:
            with self.database.read() as session:
                return scopes.of_person(session, person)

        return Context(
            request=request,
            args="",
            loc=loc,
            clock=self.clock,
            settings=self.settings,
            person=person,
            memory=memory,
            turn_ref=new_ref(),
            topic=None,
            commands=self.commands,
            knowledge=router,
            read=self.database.read,
            resolve_scope=resolve,
            desk=self.desk,
            spoken=sure,
        )


def _language_of(request: Request, router: Router, event: Accepted) -> str | None:
    """Tell the language of what was said; whoever cannot be understood gets their apology."""
    try:
        return router.language_of(request.text)
    except Exception:
        log.exception("language not told", inbox=event.id)
        return None


def _reset(context: Context) -> Answer:
    """Forget what a failed turn left, and apologise."""
    context.writes.clear()
    context.question = None
    return failures.apology(context)


def _acquaintance(work: Work, request: Request) -> tuple[Person, Memory] | None:
    return conversations.acquaintance(work, **_room(request), user=request.user)


def _room(request: Request) -> dict[str, str]:
    return {
        "platform": request.platform,
        "workspace": request.workspace,
        "room": request.room,
        "thread": request.thread,
    }
