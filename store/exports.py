"""Exports: files that take too long for a turn, made by one process at a time.

As everywhere, `attempts` is the fence: whoever began an export anew has changed it, and what the
one before still wants to write is refused.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlmodel import Session

from store.leases import LEASE
from store.models import Conversation, Export, ExportState, File
from store.models.types import new_ref, now
from store.people import PERSON, Person, identity, of_row
from store.scope import Scope
from store.writer import Work

KEPT = timedelta(days=30)  # what became of it

export = Export.__table__  # type: ignore[attr-defined]
conversation = Conversation.__table__  # type: ignore[attr-defined]
file = File.__table__  # type: ignore[attr-defined]

_AT = bindparam("at", type_=export.c.due_at.type)
# Literals, as the partial index has them: see `store.outbox`.
_IS_OPEN: ColumnElement[bool] = export.c.state.in_(
    [literal_column("'waiting'"), literal_column("'running'")]
)
_IS_DUE = and_(
    _IS_OPEN,
    export.c.due_at <= _AT,
    or_(export.c.lease_until.is_(None), export.c.lease_until < _AT),
)
_MINE = (
    export.c.id == bindparam("row"),
    export.c.state == ExportState.RUNNING,
    export.c.attempts == bindparam("mine"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A file to be made, and whose it is."""

    scope: Scope
    person_id: int
    conversation_id: int
    language: str
    cache_key: str
    what: dict[str, Any]
    rows: int  # as many as it has by now


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """An export that one process works at, with what it takes to write to its person."""

    id: int
    ref: str
    attempts: int
    tries: int  # this one included, without those that were handed back
    portal_user_id: int
    account_id: int
    language: str
    cache_key: str
    what: dict[str, Any]
    rows_expected: int
    outbox_id: int | None  # of the message that tells how far it is
    person: Person
    conversation_id: int
    room: str
    thread: str
    one_to_one: bool
    pulled: bool


_INSERT = insert(export)
_LIKE = (
    select(export.c.rows, export.c.rows_expected)
    .where(
        _IS_OPEN,
        export.c.conversation_id == bindparam("there"),
        export.c.portal_user_id == bindparam("user"),
        export.c.account_id == bindparam("account"),
        export.c.language == bindparam("spoken"),
        export.c.cache_key == bindparam("key"),
    )
    .limit(1)
)
_OPEN_OF = (
    select(func.count())
    .select_from(export)
    .where(
        _IS_OPEN,
        export.c.portal_user_id == bindparam("user"),
        export.c.account_id == bindparam("account"),
    )
)
_JOB = (
    select(
        export,
        *(column.label(f"person_{column.name}") for column in PERSON),
        *(conversation.c.room, conversation.c.thread),
        *(conversation.c.one_to_one, conversation.c.pulled),
    )
    .join(conversation, conversation.c.id == export.c.conversation_id)
    .join(identity, identity.c.id == export.c.chat_identity_id)
)
_NEXT = (
    _JOB.where(_IS_DUE).order_by(export.c.id).limit(1).with_for_update(skip_locked=True, of=export)
)
_ANY_DUE = select(exists().where(_IS_DUE))
_BEGIN = (
    update(export)
    .where(export.c.id == bindparam("row"))
    .values(
        state=ExportState.RUNNING,
        attempts=export.c.attempts + 1,
        lease_until=bindparam("until", type_=export.c.lease_until.type),
        rows=0,
    )
)
_RENEW = (
    update(export)
    .where(*_MINE)
    .values(
        rows=bindparam("written"),
        lease_until=bindparam("until", type_=export.c.lease_until.type),
    )
)
_HOLDS = update(export).where(*_MINE).values(attempts=export.c.attempts)  # locks the row
_TOLD = update(export).where(*_MINE).values(outbox_id=bindparam("message"))
_PUT_OFF = (
    update(export)
    .where(*_MINE)
    .values(
        state=ExportState.WAITING,
        handed_back=export.c.handed_back + bindparam("more"),
        due_at=bindparam("due", type_=export.c.due_at.type),
        lease_until=None,
    )
)
_CLOSE = (
    update(export).where(*_MINE).values(state=bindparam("new_state"), lease_until=None, done_at=_AT)
)


def add(work: Work, asked: Asked) -> None:
    """Have a file made, unless the same is being made for the conversation already."""
    if like(work, asked) is not None:
        return
    at = now()
    row = {
        "ref": new_ref(),
        "account_id": asked.scope.account_id,
        "portal_user_id": asked.scope.portal_user_id,
        "chat_identity_id": asked.person_id,
        "conversation_id": asked.conversation_id,
        "language": asked.language,
        "cache_key": asked.cache_key,
        "asked": asked.what,
        "state": ExportState.WAITING,
        "attempts": 0,
        "handed_back": 0,
        "due_at": at,
        "rows": 0,
        "rows_expected": asked.rows,
        "created_at": at,
    }
    work.connection().execute(_INSERT, row)


def like(work: Work, asked: Asked) -> tuple[int, int] | None:
    """Find the same file being made for the same person: rows written, and of how many.

    Not what another portal user asked for in the same conversation: it ends with their link.
    """
    where = {
        "there": asked.conversation_id,
        "user": asked.scope.portal_user_id,
        "account": asked.scope.account_id,
        "spoken": asked.language,
        "key": asked.cache_key,
    }
    found = work.connection().execute(_LIKE, where).first()
    return (found.rows, found.rows_expected) if found else None


def open_of(work: Work, *, scope: Scope) -> int:
    """Count what is being made for a portal user of an account, in whatever chat."""
    where = {"user": scope.portal_user_id, "account": scope.account_id}
    return int(work.connection().execute(_OPEN_OF, where).scalar_one())


def any_due(work: Work) -> bool:
    return bool(work.connection().execute(_ANY_DUE, {"at": now()}).scalar())


def begin(work: Work) -> Job | None:
    """Lease the oldest export that is due; None when there is none."""
    row = work.connection().execute(_NEXT, {"at": now()}).first()
    if row is None:
        return None
    work.connection().execute(_BEGIN, {"row": row.id, "until": now() + LEASE})
    return _job(row, attempts=row.attempts + 1)


def find(work: Work, *, ref: str, attempts: int) -> Job | None:
    """Read an export that is being made; None when another process began it anew."""
    query = _JOB.where(
        export.c.ref == ref,
        export.c.state == ExportState.RUNNING,
        export.c.attempts == attempts,
    )
    row = work.connection().execute(query).first()
    return _job(row, attempts=attempts) if row else None


def renew(work: Work, job: Job, *, rows: int) -> bool:
    """Keep the lease, and say how far it is. False when it is another process's by now."""
    mine = {"row": job.id, "mine": job.attempts, "written": rows, "until": now() + LEASE}
    return work.connection().execute(_RENEW, mine).rowcount == 1


def holds(work: Work, job: Job) -> bool:
    """Tell whether an export is still its maker's, and keep it so until the transaction ends."""
    mine = {"row": job.id, "mine": job.attempts}
    return work.connection().execute(_HOLDS, mine).rowcount == 1


def told(work: Work, job: Job, *, outbox_id: int) -> None:
    """Remember the message that tells how far it is, unless it is another process's by now."""
    mine = {"row": job.id, "mine": job.attempts, "message": outbox_id}
    work.connection().execute(_TOLD, mine)


def put_off(work: Work, job: Job, *, until: datetime, counts: bool) -> None:
    """Hand it back, to be begun again then; not `counts`: it uses up none of its tries."""
    mine = {"row": job.id, "mine": job.attempts, "more": int(not counts), "due": until}
    work.connection().execute(_PUT_OFF, mine)


def close(work: Work, job: Job, *, state: ExportState) -> bool:
    """Say what became of it. False when it is another process's by now."""
    mine = {"row": job.id, "mine": job.attempts, "new_state": state, "at": now()}
    return work.connection().execute(_CLOSE, mine).rowcount == 1


def waiting(work: Work) -> tuple[int, datetime | None]:
    """Count what is to be made, with the time of the oldest."""
    query = select(func.count(), func.min(export.c.created_at)).where(_IS_OPEN)
    count, since = work.connection().execute(query).one()
    return int(count), since


def forget(session: Session, *, before: datetime, limit: int = 500) -> int:
    """Delete what ended before then and has no files any more; gives how many."""
    old = (
        select(export.c.id)
        .where(export.c.done_at < before, ~exists().where(file.c.export_id == export.c.id))
        .limit(limit)
    )
    done = session.connection().execute(delete(export).where(export.c.id.in_(old)))
    return done.rowcount


def _job(row: Any, *, attempts: int) -> Job:
    return Job(
        id=row.id,
        ref=row.ref,
        attempts=attempts,
        tries=attempts - row.handed_back,
        portal_user_id=row.portal_user_id,
        account_id=row.account_id,
        language=row.language,
        cache_key=row.cache_key,
        what=row.asked,
        rows_expected=row.rows_expected,
        outbox_id=row.outbox_id,
        person=of_row(row, "person_"),
        conversation_id=row.conversation_id,
        room=row.room,
        thread=row.thread,
        one_to_one=row.one_to_one,
        pulled=row.pulled,
    )
