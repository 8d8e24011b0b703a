"""Conversations and their turns (hot path: Core, statements built once)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from store.grants import may_see
from store.models import ChatIdentity, Conversation, Inbox, Ticket, Turn
from store.models.types import new_ref, now

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


_MEMORY = (
    select(
        conversation.c.id,
        conversation.c.ref,
        conversation.c.language,
        conversation.c.misses,
        conversation.c.question,
        ticket.c.id.label("ticket_id"),
        ticket.c.ref.label("ticket_ref"),
    )
    .outerjoin(
        ticket, and_(ticket.c.conversation_id == conversation.c.id, ticket.c.closed_at.is_(None))
    )
    .where(
        conversation.c.platform == bindparam("p"),
        conversation.c.workspace == bindparam("w"),
        conversation.c.room == bindparam("r"),
        conversation.c.thread == bindparam("t"),
        conversation.c.chat_identity_id == bindparam("person"),
        conversation.c.ended_at.is_(None),
    )
)
_REMEMBER = (
    update(conversation)
    .where(conversation.c.id == bindparam("row"))
    .values(
        language=bindparam("new_language"),
        misses=bindparam("new_misses"),
        question=bindparam("new_question", type_=conversation.c.question.type),
    )
)
_NEW = insert(conversation)
_NEW_TURN = insert(turn)


def memory(
    session: Session, *, platform: str, workspace: str, room: str, thread: str, person_id: int
) -> Memory | None:
    """Read what is remembered of the open conversation of a person in a room and thread."""
    where = {"p": platform, "w": workspace, "r": room, "t": thread, "person": person_id}
    row = session.connection().execute(_MEMORY, where).first()
    # _mapping is public: SQLAlchemy names it so that it cannot meet a column.
    return Memory(**row._mapping) if row else None  # noqa: SLF001


def start(
    session: Session,
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
        with session.begin_nested():
            session.connection().execute(_NEW, row)
    except IntegrityError:
        return


def remember(
    session: Session,
    *,
    conversation_id: int,
    language: str | None,
    misses: int,
    question: dict[str, Any] | None,
) -> None:
    session.connection().execute(
        _REMEMBER,
        {
            "row": conversation_id,
            "new_language": language,
            "new_misses": misses,
            "new_question": question,
        },
    )


def end(session: Session, *, person_id: int) -> None:
    """End every open conversation of a person: what follows starts afresh."""
    session.connection().execute(
        update(conversation)
        .where(conversation.c.chat_identity_id == person_id, conversation.c.ended_at.is_(None))
        .values(ended_at=now(), question=None)
    )


def add_turn(session: Session, **values: Any) -> int:
    """Write one turn; `values` are the columns of Turn."""
    inserted = session.connection().execute(_NEW_TURN, values | {"at": now()}).inserted_primary_key
    assert inserted is not None  # noqa: S101 - for the type checker
    return int(inserted[0])


_TURN_OF = (
    select(turn.c.id)
    .join(inbox, inbox.c.id == turn.c.inbox_id)
    .where(
        inbox.c.platform == bindparam("p"),
        inbox.c.workspace == bindparam("w"),
        inbox.c.event_id == bindparam("e"),
    )
)


def turn_of(session: Session, *, platform: str, workspace: str, event_id: str) -> int | None:
    """Find the turn that answered an event; None as long as none did."""
    key = {"p": platform, "w": workspace, "e": event_id}
    return session.connection().execute(_TURN_OF, key).scalar()


def rate(session: Session, *, turn_ref: str, person_id: int, helpful: bool) -> bool:
    """Keep whether an answer helped. False unless it is a turn of this person."""
    done = session.connection().execute(
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


def said(session: Session, *, conversation_id: int, limit: int | None = None) -> list[Any]:
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
    return list(reversed(session.connection().execute(query).all()))
