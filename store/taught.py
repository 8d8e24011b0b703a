"""Phrases that staff approve. Each change has a number, by which a process knows it is behind."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col
from sqlmodel import select as select_model

from store.models import Staff, TaughtPhrase, Ticket
from store.models.types import new_ref, now
from store.writer import lock_lanes

_LANE = "taught phrases"  # held while one is changed, so that numbers rise as changes show

phrase = TaughtPhrase.__table__  # type: ignore[attr-defined]

# Read with a turn's first statement: one look at the end of an index.
REVISION: Any = select(func.coalesce(func.max(phrase.c.revision), 0)).scalar_subquery()


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """A phrase with who approved it, and from which ticket it came."""

    phrase: TaughtPhrase
    staff: Staff
    ticket_ref: str | None


def new_phrase_ref() -> str:
    """Make a short ref that can be read out: P- and six characters."""
    return "P-" + new_ref(6)


def live(session: Session) -> tuple[int, list[tuple[str, str, str]]]:
    """Give the number of the last change, and (topic, text, language) of all that holds."""
    revision = session.connection().execute(select(REVISION)).scalar_one()
    rows = session.connection().execute(
        select(phrase.c.topic, phrase.c.text, phrase.c.language)
        .where(phrase.c.withdrawn_at.is_(None))
        .order_by(phrase.c.id)
    )
    return revision, [tuple(row) for row in rows]


def listed(session: Session) -> list[Taught]:
    """List what holds, by topic and in the order it was approved."""
    query = (
        select_model(TaughtPhrase, Staff, Ticket.ref)
        .join(Staff, col(Staff.id) == TaughtPhrase.approved_by_id)
        .outerjoin(Ticket, col(Ticket.id) == TaughtPhrase.ticket_id)
        .where(col(TaughtPhrase.withdrawn_at).is_(None))
        .order_by(TaughtPhrase.topic, col(TaughtPhrase.id))
    )
    return [
        Taught(phrase=row, staff=staff, ticket_ref=ticket)
        for row, staff, ticket in session.exec(query)
    ]


def add(
    session: Session,
    *,
    ref: str,
    topic: str,
    language: str,
    text: str,
    staff_id: int,
    ticket_id: int | None,
) -> bool:
    """Keep a phrase. False when it was approved before and holds still."""
    lock_lanes(session, {_LANE})
    added = TaughtPhrase(
        ref=ref,
        revision=_next(session),
        topic=topic,
        language=language,
        text=text,
        approved_by_id=staff_id,
        ticket_id=ticket_id,
    )
    try:
        with session.begin_nested():
            session.add(added)
    except IntegrityError:
        return False
    return True


def withdraw(session: Session, *, ref: str, staff_id: int) -> bool:
    """End a phrase, by its ref in any case. False when there is none that holds."""
    lock_lanes(session, {_LANE})
    done = session.connection().execute(
        update(phrase)
        .where(_holds(ref))
        .values(withdrawn_at=now(), withdrawn_by_id=staff_id, revision=_next(session))
    )
    return done.rowcount == 1


def text_of(session: Session, *, ref: str) -> str | None:
    """Give the words of a phrase that holds, by its ref in any case."""
    query = select(phrase.c.text).where(_holds(ref))
    text: str | None = session.connection().execute(query).scalar()
    return text


def _holds(ref: str) -> Any:
    wanted = "P-" + ref.strip().upper().removeprefix("P-")
    return and_(phrase.c.ref == wanted, phrase.c.withdrawn_at.is_(None))


def _next(session: Session) -> int:
    revision: int = session.connection().execute(select(REVISION)).scalar_one()
    return revision + 1
