"""One turn: who asks, in which language, what for; run it; close it; failures become words."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from bot import metrics
from bot.clock import Clock
from bot.commands import Answer, Command, Context
from bot.errors import CustomerError, NotAllowed, NotLinked, UnknownChoice
from bot.i18n import N_, SOURCE_LANGUAGE, Localizer, known
from bot.identity import linking, scopes
from bot.messages import Button, Outcome, Reply, Request, Said, request_from_json, to_json
from bot.router import CLARIFY, EMPTY, FAQ, HANDOFF, MISS, Recall, Route, Router
from bot.settings import Settings
from store import conversations, inbox, outbox, people
from store.conversations import Memory
from store.db import Database, is_unavailable
from store.inbox import Accepted
from store.models.types import new_ref
from store.people import Person
from store.scope import Scope

log = structlog.get_logger(__name__)

TRIES = 3  # of a turn whose process died; then its person gets an apology
# Their work shows in the topic and the outcome; nobody asks for them by name.
_UNNAMED = frozenset({FAQ, CLARIFY, MISS, EMPTY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """A closed turn: its messages, and the next event of the lane, leased to whoever closed it."""

    outbox_ids: tuple[int, ...] = ()
    then: Accepted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatcher:
    database: Database
    router: Router
    commands: Mapping[str, Command]
    settings: Settings
    clock: Clock

    def handle(self, event: Accepted) -> Turned | None:
        """Answer one event of the inbox. Never raises.

        None when the store went away: nothing was closed, and the event is taken again when its
        lease has run out.
        """
        started = time.perf_counter()
        request = request_from_json(event.request)
        try:
            person, memory = self._meet(request)
            context, route, answer = self._run(event, request, person, memory)
            said = _said(context, route, answer)
            turned = self._close(event, context, route, answer, said)
        except Exception as error:  # noqa: BLE001 - the one boundary; it is logged, not hidden
            _log_failure(event, error)
            return None
        seconds = time.perf_counter() - started
        metrics.turn(request.platform, said.outcome, said.language, seconds)
        log.info(
            "turn",
            inbox=event.id,
            turn=context.turn_ref,
            platform=request.platform,
            conversation=memory.ref,
            outcome=said.outcome,
            topic=said.topic,
            command=said.command,
            language=said.language,
            private=said.private,
            ticket=said.ticket,
            ms=round(seconds * 1000, 1),
        )
        return turned

    def _meet(self, request: Request) -> tuple[Person, Memory]:
        """Find the person and their conversation; at the first contact, make them."""
        with self.database.read() as session:
            known_already = _acquaintance(session, request)
        if known_already:
            return known_already
        with self.database.write() as session:
            people.add_person(
                session,
                platform=request.platform,
                workspace=request.workspace,
                user=request.user,
                display_name=request.display_name,
            )
            person = _person(session, request)
            assert person is not None  # noqa: S101 - it was just made
            conversations.start(
                session,
                **_room(request),
                person_id=person.id,
                one_to_one=request.one_to_one,
                pulled=request.pulled,
            )
            made = _acquaintance(session, request)
            assert made is not None  # noqa: S101 - it was just made
            return made

    def _run(
        self, event: Accepted, request: Request, person: Person, memory: Memory
    ) -> tuple[Context, Route, Answer]:
        """Route the request and let its handler answer; what goes wrong becomes words."""
        sure = None if request.is_chosen else self.router.language_of(request.text)
        language = (
            sure or memory.language or person.language or known(request.locale) or SOURCE_LANGUAGE
        )
        route = Route(command=MISS, outcome=Outcome.ERROR)
        context = self._context(request, person, memory, Localizer(language), sure)
        try:
            if event.attempts > TRIES:
                raise _GaveUp  # noqa: TRY301 - told like any other failure
            recall = Recall(
                question=memory.question,
                misses=memory.misses,
                has_ticket=memory.ticket_id is not None,
            )
            route = self.router.route(request, recall)
            context.args, context.topic = route.args, route.topic
            answer = self._answer(context, route)
        except CustomerError as error:
            context.writes.clear()
            answer = _refusal(context, error)
        except Exception as error:
            if is_unavailable(error):
                raise
            log.exception("turn failed", inbox=event.id, turn=context.turn_ref)
            context.writes.clear()
            answer = _apology(context)
        return context, route, answer

    def _answer(self, context: Context, route: Route) -> Answer:
        command = self.commands[route.command]
        general = route.topic is not None and route.topic in self.router.topics
        figures = not command.public and command.name != HANDOFF
        if general and figures and not context.request.one_to_one:
            return self._in_a_room(context, route)
        try:
            return command.handle(context)
        except NotLinked as error:
            if not general:
                return _sign_in(context, error)
            # The topic's how-to for everybody, and a way to one's own figures.
            context.writes.clear()
            answer = self._general(context, route)
            button = linking.sign_in_button(context)
            return _with_first_button(answer, button)

    def _in_a_room(self, context: Context, route: Route) -> Answer:
        """Answer for everybody, with a button to one's own figures in private."""
        answer = self._general(context, route)
        label = context.loc.text("See mine in private")
        return _with_first_button(answer, Button(label, action=route.command))

    def _general(self, context: Context, route: Route) -> Answer:
        assert route.topic is not None  # noqa: S101 - the callers saw to it
        context.args = route.topic
        context.answered_by = FAQ
        return self.commands[FAQ].handle(context)

    def _context(
        self, request: Request, person: Person, memory: Memory, loc: Localizer, sure: str | None
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
            read=self.database.read,
            resolve_scope=resolve,
            spoken=sure,
        )

    def _close(
        self, event: Accepted, context: Context, route: Route, answer: Answer, said: Said
    ) -> Turned:
        """Write everything the turn came to in one transaction."""
        request, scope = context.request, context.used_scope
        with self.database.write() as session:
            if inbox.is_done(session, inbox_id=event.id):
                return Turned()  # another process took over the lease and was faster
            turn_id = conversations.add_turn(
                session,
                ref=context.turn_ref,
                conversation_id=context.memory.id,
                inbox_id=event.id,
                text=request.text,
                action=request.action,
                outcome=said.outcome,
                topic=said.topic,
                topics=list(said.topics),
                command=said.command,
                ticket_ref=said.ticket,
                score=route.score,
                language=said.language,
                private=said.private,
                account_id=scope and scope.account_id,
            )
            sent = outbox.add(
                session,
                to=outbox.Recipient(
                    platform=request.platform,
                    conversation_id=context.memory.id,
                    chat_identity_id=context.person.id,
                    pulled=request.pulled,
                ),
                reply=to_json(answer.reply),
                language=said.language,
                private=said.private,
                grant=outbox.Grant.of(scope) if scope else None,
                turn_id=turn_id,
                replaces=request.message_id if request.one_to_one else None,
            )
            conversations.remember(
                session,
                conversation_id=context.memory.id,
                language=context.spoken or context.memory.language,
                misses=_misses(context.memory, said.outcome),
                question=_question(context, route),
            )
            for write in context.writes:
                write(session, turn_id)
            then = inbox.finish(session, inbox_id=event.id, lane=request.lane)
        return Turned(outbox_ids=(sent,), then=then)


class _GaveUp(Exception):
    """A turn that brought its process down as often as we let it."""


def _acquaintance(session: Any, request: Request) -> tuple[Person, Memory] | None:
    person = _person(session, request)
    memory = person and conversations.memory(session, **_room(request), person_id=person.id)
    return (person, memory) if person and memory else None


def _person(session: Any, request: Request) -> Person | None:
    return people.person(
        session, platform=request.platform, workspace=request.workspace, user=request.user
    )


def _room(request: Request) -> dict[str, str]:
    return {
        "platform": request.platform,
        "workspace": request.workspace,
        "room": request.room,
        "thread": request.thread,
    }


def _said(context: Context, route: Route, answer: Answer) -> Said:
    name = context.answered_by or route.command
    command = context.commands[name]
    outcome = answer.outcome if answer.outcome is not Outcome.ANSWER else route.outcome
    failed = outcome is Outcome.ERROR
    return Said(
        outcome=outcome,
        language=context.loc.language,
        private=context.touched or failed or not command.public,
        topic=route.topic,
        command=None if failed or name in _UNNAMED else name,
        ticket=answer.ticket,
    )


def _misses(memory: Memory, outcome: Outcome) -> int:
    if outcome is Outcome.MISS:
        return memory.misses + 1
    return 0 if outcome in {Outcome.ANSWER, Outcome.HANDOFF} else memory.misses


def _question(context: Context, route: Route) -> dict[str, Any] | None:
    """Keep a new question, else the open one until somebody answers it or it expires."""
    if context.question is not None:
        return {"command": route.command, **context.question}
    open_one = context.memory.question
    return None if open_one and open_one["command"] == route.command else open_one


def _with_first_button(answer: Answer, button: Button) -> Answer:
    reply = answer.reply
    buttons = (button, *reply.buttons)
    changed = Reply(
        text=reply.text,
        title=reply.title,
        facts=reply.facts,
        table=reply.table,
        picture=reply.picture,
        files=reply.files,
        buttons=buttons,
    )
    return Answer(reply=changed, outcome=answer.outcome, ticket=answer.ticket)


def _sign_in(context: Context, error: NotLinked) -> Answer:
    text = context.loc.text(error.msgid, **error.values)
    return Answer(reply=Reply(text=text, buttons=(linking.sign_in_button(context),)))


def _refusal(context: Context, error: CustomerError) -> Answer:
    text = context.loc.text(error.msgid, **error.values)
    name = HANDOFF if isinstance(error, NotAllowed) else "help"
    label = N_("Talk to a person") if name == HANDOFF else N_("What can you do?")
    buttons = (Button(context.loc.text(label), action=name),)
    if isinstance(error, NotAllowed | UnknownChoice | NotLinked):
        return Answer(reply=Reply(text=text, buttons=buttons), outcome=Outcome.ERROR)
    return Answer(reply=Reply(text=text), outcome=Outcome.ERROR)


def _apology(context: Context) -> Answer:
    text = context.loc.text(
        "Sorry, something went wrong on our side. Please try again; if it happens again, "
        "a person can help you."
    )
    buttons = (Button(context.loc.text("Talk to a person"), action=HANDOFF),)
    return Answer(reply=Reply(text=text, buttons=buttons), outcome=Outcome.ERROR)


def _log_failure(event: Accepted, error: Exception) -> None:
    metrics.store_failures.inc()
    if is_unavailable(error):
        log.error("store unavailable, the event stays in the inbox", inbox=event.id)
    else:
        log.error(
            "turn could not be closed, the event stays in the inbox",
            inbox=event.id,
            exc_info=error,
        )
