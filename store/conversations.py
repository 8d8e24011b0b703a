"""Conversations and their turns (hot path: Core, statements built once)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, insert, select, update
from sqlalchemy.exc import IntegrityError

from store import people, taught
from store.compiled import Compiled, Many, given
from store.grants import may_see
from store.models import ChatIdentity, Conversation, Inbox, Ticket, Turn
from store.models.types import new_ref, now
from store.people import Person
from store.writer import Work

conversation = Conversation.__table__  # type: ignore[attr-defined]
identity = ChatIdentity.__table__  # type: ignore[attr-defined]
inbox = Inbox.__table__  # type: ignore[attr-defined]
ticket = Ticket.__table__  # type: ignore[attr-defined]
turn = Turn.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What a conversation remembers between turns."""

    id: int
    ref: str
    language: str | None
    misses: int
    question: dict[str, Any] | None
    ticket_id: int | None  # the open one
    ticket_ref: str | None
    taught: int  # the number of the last change of what staff taught the bot


_REMEMBERED = (
    conversation.c.id,
    conversation.c.ref,
    conversation.c.language,
    conversation.c.misses,
    conversation.c.question,
    ticket.c.id.label("ticket_id"),
    ticket.c.ref.label("ticket_ref"),
    taught.REVISION.label("taught"),
)
_OPEN_TICKET = and_(ticket.c.conversation_id == conversation.c.id, ticket.c.closed_at.is_(None))
_HERE = and_(
    conversation.c.platform == bindparam("p"),
    conversation.c.workspace == bindparam("w"),
    conversation.c.room == bindparam("r"),
    conversation.c.thread == bindparam("t"),
    conversation.c.ended_at.is_(None),
)
_MEMORY = (
    select(*_REMEMBERED)
    .outerjoin(ticket, _OPEN_TICKET)
    .where(_HERE, conversation.c.chat_identity_id == bindparam("person"))
)
_ACQUAINTANCE = Compiled(
    select(*_REMEMBERED, *(column.label(f"person_{column.name}") for column in people.PERSON))
    .join(identity, identity.c.id == conversation.c.chat_identity_id)
    .outerjoin(ticket, _OPEN_TICKET)
    .where(_HERE, identity.c.user == bindparam("u"))
)


def _remembering(rows: int) -> Any:
    known = given(rows, (conversation.c[name] for name in ("id", *_KNOWN)))
    return (
        update(conversation)
        .where(conversation.c.id.in_([row["id"] for row in known]))
        .values(
            {
                name: case(*((conversation.c.id == row["id"], row[name]) for row in known))
                for name in _KNOWN
            }
        )
    )


_KNOWN = ("language", "misses", "question")
_REMEMBER = Many(_remembering)
_NEW = insert(conversation)
_TURN = tuple(column for column in turn.c if column.name not in {"id", "helpful"})


def _turn_rows(rows: int) -> Any:
    return insert(turn).values(given(rows, _TURN)).returning(turn.c.id, turn.c.ref)


_NEW_TURNS = Many(_turn_rows)


def memory(
    work: Work, *, platform: str, workspace: str, room: str, thread: str, person_id: int
) -> Memory | None:
    """Read what is remembered of the open conversation of a person in a room and thread."""
    where = {"p": platform, "w": workspace, "r": room, "t": thread, "person": person_id}
    row = work.connection().execute(_MEMORY, where).first()
    return _memory(row) if row else None


def acquaintance(
    work: Work, *, platform: str, workspace: str, room: str, thread: str, user: str
) -> tuple[Person, Memory] | None:
    """Find a person who wrote in a room and thread before, and what is remembered of it."""
    where = {"p": platform, "w": workspace, "r": room, "t": thread, "u": user}
    for row in _ACQUAINTANCE(work, where).rows:
        if row.person_platform == platform and row.person_workspace == workspace:
            return people.of_row(row, "person_"), _memory(row)
    return None


def _memory(row: Any) -> Memory:
    return Memory(
        id=row.id,
        ref=row.ref,
        language=row.language,
        misses=row.misses,
        question=row.question,
        ticket_id=row.ticket_id,
        ticket_ref=row.ticket_ref,
        taught=row.taught,
    )


def start(
    work: Work,
    *,
    platform: str,
    workspace: str,
    room: str,
    thread: str,
    person_id: int,
    one_to_one: bool,
    pulled: bool,
) -> None:
    """Open a conversation unless one is open."""
    row = {
        "ref": new_ref(),
        "platform": platform,
        "workspace": workspace,
        "room": room,
        "thread": thread,
        "chat_identity_id": person_id,
        "one_to_one": one_to_one,
        "pulled": pulled,
        "misses": 0,
        "started_at": now(),
    }
    try:
        with work.connection().begin_nested():
            work.connection().execute(_NEW, row)
    except IntegrityError:
        return


def remember(
    work: Work,
    *,
    conversation_id: int,
    language: str | None,
    misses: int,
    question: dict[str, Any] | None,
) -> None:
    """Keep what a conversation has to know next time."""
    row = {"id": conversation_id, "language": language, "misses": misses, "question": question}
    remember_all(work, [row])


def remember_all(work: Work, rows: Sequence[dict[str, Any]]) -> None:
    """Do so for several: rows of id, language, misses and question."""
    _REMEMBER(work, rows)


def end(work: Work, *, person_id: int) -> None:
    """End every open conversation of a person: what follows starts afresh."""
    work.connection().execute(
        update(conversation)
        .where(conversation.c.chat_identity_id == person_id, conversation.c.ended_at.is_(None))
        .values(ended_at=now(), question=None)
    )


def add_turns(work: Work, turns: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Write turns, given as the columns of Turn; gives their ids by ref."""
    at = now()
    return {row.ref: row.id for row in _NEW_TURNS(work, [row | {"at": at} for row in turns])}


_TURN_OF = (
    select(turn.c.id)
    .join(inbox, inbox.c.id == turn.c.inbox_id)
    .where(
        inbox.c.platform == bindparam("p"),
        inbox.c.workspace == bindparam("w"),
        inbox.c.event_id == bindparam("e"),
    )
)


def turn_of(work: Work, *, platform: str, workspace: str, event_id: str) -> int | None:
    """Find the turn that answered an event; None as long as none did."""
    key = {"p": platform, "w": workspace, "e": event_id}
    return work.connection().execute(_TURN_OF, key).scalar()


_LAST_PRESS = (
    select(turn.c.action, inbox.c.request, inbox.c.received_at)
    .join(inbox, inbox.c.id == turn.c.inbox_id)
    .where(turn.c.conversation_id == bindparam("row"))
    .order_by(turn.c.id.desc())
    .limit(1)
)
_RECEIVED = select(inbox.c.received_at).where(inbox.c.id == bindparam("row"))


def since_same_press(
    work: Work, *, conversation_id: int, inbox_id: int, action: str, message_id: str
) -> timedelta | None:
    """Tell how long before an event the same button of the same message was pressed.

    None unless that was the last thing that came in the conversation.
    """
    connection = work.connection()
    last = connection.execute(_LAST_PRESS, {"row": conversation_id}).first()
    if last is None or (last.action, last.request.get("message_id")) != (action, message_id):
        return None
    received: datetime = connection.execute(_RECEIVED, {"row": inbox_id}).scalar_one()
    return received - last.received_at  # type: ignore[no-any-return]


def last_request(work: Work, *, conversation_id: int) -> dict[str, Any] | None:
    """Give what came last in a conversation, as it was kept; None once that is forgotten."""
    last = work.connection().execute(_LAST_PRESS, {"row": conversation_id}).first()
    return last.request if last is not None else None


def rate(work: Work, *, turn_ref: str, person_id: int, helpful: bool) -> bool:
    """Keep whether an answer helped. False unless it is a turn of this person."""
    done = work.connection().execute(
        update(turn)
        .where(
            turn.c.ref == turn_ref,
            turn.c.conversation_id.in_(
                select(conversation.c.id).where(conversation.c.chat_identity_id == person_id)
            ),
        )
        .values(helpful=helpful)
    )
    return done.rowcount == 1


def said(work: Work, *, conversation_id: int, limit: int | None = None) -> list[Any]:
    """List what the person said in a conversation, oldest first, as they may see it now.

    Words of private turns show only while the chat is linked, as the answers do. `limit` keeps
    the newest.
    """
    linked = may_see(portal_user_id=identity.c.portal_user_id, account_id=turn.c.account_id)
    query = (
        select(turn.c.ref, turn.c.at, turn.c.text, turn.c.action, turn.c.language, turn.c.private)
        .join(conversation, conversation.c.id == turn.c.conversation_id)
        .join(identity, identity.c.id == conversation.c.chat_identity_id)
        .where(
            turn.c.conversation_id == conversation_id,
            (turn.c.account_id.is_(None)) | linked,
        )
        .order_by(turn.c.id.desc())
        .limit(limit)
    )
    return list(reversed(work.connection().execute(query).all()))
