"""The end of a turn: everything it came to, written in one transaction."""

from dataclasses import dataclass
from typing import Any

from bot import posting
from bot.commands import Answer, Context
from bot.messages import Outcome, Request, Said
from bot.posting import Place, Posted
from bot.router import CLARIFY, EMPTY, FAQ, MISS, Route
from store import conversations, inbox
from store.conversations import Memory
from store.db import Database, Session
from store.inbox import Accepted
from store.outbox import Grant, Recipient
from store.writer import Work, lock_lanes

# Their work shows in the topic and the outcome; nobody asks for them by name.
_UNNAMED = frozenset({FAQ, CLARIFY, MISS, EMPTY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """A closed turn: its messages, and the next event of the lane, leased to whoever closed it."""

    posted: tuple[Posted, ...] = ()
    then: Accepted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What a turn came to, ready to be written."""

    event: Accepted
    context: Context
    route: Route
    answer: Answer
    said: Said
    lease: bool  # its messages go to this process at once
    started: float  # seconds of `time.perf_counter`

    @property
    def is_plain(self) -> bool:
        """Whether nothing but hot statements writes it, together with other turns."""
        return not self.context.writes

    def write(self, work: Work, *, session: Session | None = None) -> Turned:
        """Write it all. `session` is there when the turn left writes of its own."""
        context, request = self.context, self.context.request
        if not inbox.close(work, inbox_id=self.event.id):
            return Turned()  # another process took over the lease and was faster
        turn_id = self._add_turn(work)
        posted = self._post(work, turn_id)
        self._remember(work)
        if session is not None:
            for write in context.writes:
                write(session, turn_id)
        return Turned(posted=posted, then=inbox.next_of(work, lane=request.lane))

    def _add_turn(self, work: Work) -> int:
        context, request, said = self.context, self.context.request, self.said
        return conversations.add_turn(
            work,
            ref=context.turn_ref,
            conversation_id=context.memory.id,
            inbox_id=self.event.id,
            text=request.text,
            action=request.action,
            outcome=said.outcome,
            topic=said.topic,
            topics=list(said.topics),
            command=said.command,
            ticket_ref=said.ticket,
            score=self.route.score,
            language=said.language,
            private=said.private,
            account_id=context.used_scope and context.used_scope.account_id,
        )

    def _post(self, work: Work, turn_id: int) -> tuple[Posted, ...]:
        context, request, said = self.context, self.context.request, self.said
        if self.answer.reply is None:
            return ()
        own_line = None if request.one_to_one or request.is_pressed else request.message_id
        return posting.post(
            work,
            place=_place(context),
            reply=self.answer.reply,
            language=said.language,
            private=said.private,
            hinted=not request.aside,
            grant=Grant.of(context.used_scope) if context.used_scope else None,
            turn_id=turn_id,
            replaces=request.message_id if self.answer.updates and request.one_to_one else None,
            answers=own_line,
            lease=self.lease,
        )

    def _remember(self, work: Work) -> None:
        context, memory = self.context, self.context.memory
        language = context.spoken or memory.language
        misses = _misses(memory, self.said.outcome)
        question = _question(context, self.route, self.said.outcome)
        if (language, misses, question) == (memory.language, memory.misses, memory.question):
            return
        conversations.remember(
            work, conversation_id=memory.id, language=language, misses=misses, question=question
        )


def close(database: Database, ending: Ending) -> Turned:
    """Write everything the turn came to in one transaction."""
    lane = ending.context.request.lane
    if ending.is_plain:
        return database.writer.run(ending.write, lane=lane)
    with database.write() as session:
        lock_lanes(session, {lane})
        return ending.write(session, session=session)


def _place(context: Context) -> Place:
    request: Request = context.request
    return Place(
        to=Recipient(
            platform=request.platform,
            conversation_id=context.memory.id,
            chat_identity_id=context.person.id,
            pulled=request.pulled,
        ),
        address=request.address,
        one_to_one=request.one_to_one,
    )


def said(context: Context, route: Route, answer: Answer) -> Said:
    """Say what a turn came to. Errors are private, and whatever no public command said."""
    name = context.answered_by or route.command
    outcome = answer.outcome if answer.outcome is not Outcome.ANSWER else route.outcome
    failed = outcome is Outcome.ERROR
    secret = context.touched or not context.commands[name].public
    return Said(
        outcome=outcome,
        language=context.loc.language,
        private=secret or context.request.aside or (failed and not context.request.stranger),
        topic=route.topic,
        command=None if failed or name in _UNNAMED else name,
        ticket=answer.ticket,
    )


def _misses(memory: Memory, outcome: Outcome) -> int:
    if outcome is Outcome.MISS:
        return memory.misses + 1
    return 0 if outcome in {Outcome.ANSWER, Outcome.HANDOFF} else memory.misses


def _question(context: Context, route: Route, outcome: Outcome) -> dict[str, Any] | None:
    """Keep a new question, else the open one until it is answered, overtaken or expired."""
    if context.question is not None:
        return {"command": route.command, **context.question}
    asked = context.memory.question
    if asked is None or route.answers:
        return None
    return asked if asked.get("lasting") or outcome is not Outcome.ANSWER else None
