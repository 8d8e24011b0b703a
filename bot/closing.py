"""The end of a turn: everything it came to, written in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot import posting
from bot.commands import QUESTION_KEPT, Answer, Context
from bot.messages import Outcome, Request, Said, request_to_json
from bot.posting import Draft, Place, Posted
from bot.router import CLARIFY, EMPTY, FAQ, FOLLOW_UP, MISS, Route
from store import conversations, inbox, outbox
from store.conversations import Memory
from store.db import Database, Session
from store.inbox import Accepted, Arrival
from store.outbox import Grant, Letter, Recipient
from store.writer import Work, lock_lanes

# Their work shows in the topic and the outcome; nobody asks for them by name.
_UNNAMED = frozenset({FAQ, CLARIFY, MISS, EMPTY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """A closed turn: its messages, and the next event of the lane, leased to whoever closed it."""

    posted: tuple[Posted, ...] = ()
    then: Accepted | None = None
    turn_id: int | None = None  # None when somebody else had closed it


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

    def __call__(self, work: Work) -> Turned:
        return self.together(work, [self])[0]

    @staticmethod
    def together(work: Work, endings: Sequence["Ending"]) -> list[Turned]:
        """Write several, of different lanes. Whose event somebody else closed leaves nothing."""
        mine = inbox.close(work, ids=[ending.event.id for ending in endings])
        ours = [ending for ending in endings if ending.event.id in mine]
        if not ours:
            return [Turned() for _ in endings]
        turns = conversations.add_turns(work, [ending.turn() for ending in ours])
        posted = _post(work, ours, turns)
        new = (ending.memory() for ending in ours)
        conversations.remember_all(work, [memory for memory in new if memory is not None])
        more = inbox.lanes_with_more(work, lanes=[ending.lane for ending in ours])
        written = {
            ending.event.id: Turned(
                posted=posted[ending.context.turn_ref],
                then=inbox.next_of(work, lane=ending.lane) if ending.lane in more else None,
                turn_id=turns[ending.context.turn_ref],
            )
            for ending in ours
        }
        return [written.get(ending.event.id, Turned()) for ending in endings]

    def whole(self, session: Session) -> Turned:
        """Write it with what the turn left to be written itself."""
        turned = self(session)
        if turned.turn_id is None:
            return turned
        for write in self.context.writes:
            write(session, turned.turn_id)
        return replace(turned, then=turned.then or self._goes_on(session))

    def _goes_on(self, session: Session) -> Accepted | None:
        """Keep what is to be answered next, behind what waits already."""
        if self.context.then is None:
            return None
        event = arrival(self.context.then)(session)
        return event if event.run else None

    @property
    def lane(self) -> str:
        return self.context.request.lane

    def turn(self) -> dict[str, Any]:
        """Give the columns of Turn."""
        context, request, said = self.context, self.context.request, self.said
        return {
            "ref": context.turn_ref,
            "conversation_id": context.memory.id,
            "inbox_id": self.event.id,
            "text": "" if request.again else request.text,
            "action": request.action,
            "outcome": said.outcome,
            "topic": said.topic,
            "topics": list(said.topics),
            "command": said.command,
            "ticket_ref": said.ticket,
            "score": self.route.score,
            "language": said.language,
            "private": said.private,
            "account_id": context.used_scope and context.used_scope.account_id,
        }

    def draft(self) -> Draft | None:
        """Give the answer to be written; None where it shows by itself elsewhere."""
        context, request, said = self.context, self.context.request, self.said
        if self.answer.reply is None:
            return None
        own_line = None if request.one_to_one or request.is_pressed else request.message_id
        return Draft(
            place=_place(context),
            reply=self.answer.reply,
            language=said.language,
            private=said.private,
            grant=Grant.of(context.used_scope) if context.used_scope else None,
            replaces=request.message_id if self.answer.updates and request.one_to_one else None,
            answers=own_line,
        )

    def memory(self) -> dict[str, Any] | None:
        """Give what the conversation has to know next time; None if that is nothing new."""
        context, memory = self.context, self.context.memory
        language = context.spoken or memory.language
        misses = _misses(memory, self.said.outcome)
        question = _question(context, self.route, self.said.outcome)
        if (language, misses, question) == (memory.language, memory.misses, memory.question):
            return None
        return {"id": memory.id, "language": language, "misses": misses, "question": question}


def arrival(request: Request) -> Arrival:
    """Give what keeps an event in the inbox."""
    return Arrival(
        platform=request.platform,
        workspace=request.workspace,
        event_id=request.event_id,
        lane=request.lane,
        request=request_to_json(request),
    )


def close(database: Database, ending: Ending) -> Turned:
    """Write everything the turn came to in one transaction."""
    if ending.is_plain:
        return database.writer.run(ending, lane=ending.lane)
    with database.write() as session:
        lock_lanes(session, {ending.lane})
        return ending.whole(session)


def _post(
    work: Work, endings: Sequence[Ending], turns: Mapping[str, int]
) -> dict[str, tuple[Posted, ...]]:
    """Write the answers; those without a hint by one statement."""
    posted: dict[str, tuple[Posted, ...]] = {}
    alike: dict[str, tuple[Draft, Letter]] = {}
    for ending in endings:
        ref, draft, request = ending.context.turn_ref, ending.draft(), ending.context.request
        if draft is None:
            posted[ref] = ()
        elif not request.pulled and (request.aside or draft.hint is None):
            alike[ref] = draft, draft.letter(turn_id=turns[ref])
        else:
            posted[ref] = posting.post(
                work, draft, hinted=not request.aside, turn_id=turns[ref], lease=ending.lease
            )
    for lease in (True, False):
        letters = [
            alike[e.context.turn_ref][1]
            for e in endings
            if e.lease is lease and e.context.turn_ref in alike
        ]
        added = outbox.add_many(work, letters, lease=lease)
        posted |= {
            ref: (draft.posted(added[letter.ref]),)
            for ref, (draft, letter) in alike.items()
            if letter.ref in added
        }
    return posted


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
        topics=tuple(one.topic for one in (route, *route.others) if one.topic and route.others),
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
    if route.answers:
        asked = None
    if asked is not None and (asked.get("lasting") or outcome is not Outcome.ANSWER):
        return asked
    return _last(route) if outcome is Outcome.ANSWER else None


def _last(route: Route) -> dict[str, Any]:
    """Keep what was answered, for a few words that go on from it."""
    expires = datetime.now(UTC) + QUESTION_KEPT
    args = f"{route.command}:{route.args}"
    return {"command": FOLLOW_UP, "args": args, "expires": expires.isoformat()}
