"""The end of a turn: everything it came to, written in one transaction."""

from dataclasses import dataclass
from typing import Any

from bot.commands import Answer, Context
from bot.messages import Outcome, Said, to_json
from bot.router import CLARIFY, EMPTY, FAQ, MISS, Route
from store import conversations, inbox, outbox
from store.conversations import Memory
from store.db import Database
from store.inbox import Accepted

# Their work shows in the topic and the outcome; nobody asks for them by name.
_UNNAMED = frozenset({FAQ, CLARIFY, MISS, EMPTY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """A closed turn: its messages, and the next event of the lane, leased to whoever closed it."""

    outbox_ids: tuple[int, ...] = ()
    then: Accepted | None = None


def close(
    database: Database,
    event: Accepted,
    *,
    context: Context,
    route: Route,
    answer: Answer,
    said: Said,
) -> Turned:
    """Write everything the turn came to in one transaction."""
    request, scope = context.request, context.used_scope
    with database.write() as session:
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
            replaces=request.message_id if answer.updates and request.one_to_one else None,
        )
        conversations.remember(
            session,
            conversation_id=context.memory.id,
            language=context.spoken or context.memory.language,
            misses=_misses(context.memory, said.outcome),
            question=_question(context, route, said.outcome),
        )
        for write in context.writes:
            write(session, turn_id)
        then = inbox.finish(session, inbox_id=event.id, lane=request.lane)
    return Turned(outbox_ids=(sent,), then=then)


def said(context: Context, route: Route, answer: Answer) -> Said:
    """Say what a turn came to. Errors are private, and whatever no public command said."""
    name = context.answered_by or route.command
    outcome = answer.outcome if answer.outcome is not Outcome.ANSWER else route.outcome
    failed = outcome is Outcome.ERROR
    return Said(
        outcome=outcome,
        language=context.loc.language,
        private=context.touched or failed or not context.commands[name].public,
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
