"""Who writes, who they are to which account, and how they showed it."""

from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col
from sqlmodel import select as select_model

from store.models import (
    Account,
    ChatIdentity,
    Membership,
    PortalUser,
    Staff,
)
from store.models.types import new_ref, now
from store.writer import Work

identity = ChatIdentity.__table__  # type: ignore[attr-defined]

_PERSON = select(identity).where(
    identity.c.platform == bindparam("p"),
    identity.c.workspace == bindparam("w"),
    identity.c.user == bindparam("u"),
)
_NEW_PERSON = insert(identity)
PERSON = (
    *(identity.c.id, identity.c.platform, identity.c.workspace, identity.c.user),
    *(identity.c.display_name, identity.c.language),
    *(identity.c.portal_user_id, identity.c.account_id, identity.c.staff_id),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A chat identity, as a turn needs it."""

    id: int
    platform: str
    workspace: str
    user: str
    display_name: str
    language: str | None
    portal_user_id: int | None
    account_id: int | None
    staff_id: int | None


_FIELDS = tuple(field.name for field in fields(Person))


def person(work: Work, *, platform: str, workspace: str, user: str) -> Person | None:
    row = work.connection().execute(_PERSON, {"p": platform, "w": workspace, "u": user}).first()
    return of_row(row) if row else None


def of_row(row: Any, prefix: str = "") -> Person:
    """Read a person out of a row that has the columns of PERSON, under names with a prefix."""
    return Person(**{name: getattr(row, prefix + name) for name in _FIELDS})


def meet(work: Work, *, platform: str, workspace: str, user: str, display_name: str) -> Person:
    """Find somebody under the name they go by now; somebody new is kept."""
    known = person(work, platform=platform, workspace=workspace, user=user)
    if known is None:
        _add(work, platform=platform, workspace=workspace, user=user, name=display_name)
    elif display_name and known.display_name != display_name:
        work.connection().execute(
            update(identity).where(identity.c.id == known.id).values(display_name=display_name)
        )
    found = person(work, platform=platform, workspace=workspace, user=user)
    assert found is not None  # noqa: S101 - for the type checker
    return found


def _add(work: Work, *, platform: str, workspace: str, user: str, name: str) -> None:
    row = {
        "ref": new_ref(),
        "platform": platform,
        "workspace": workspace,
        "user": user,
        "display_name": name,
        "first_seen_at": now(),
    }
    try:
        with work.connection().begin_nested():
            work.connection().execute(_NEW_PERSON, row)
    except IntegrityError:
        return


def choose_language(session: Session, *, person_id: int, language: str) -> None:
    session.connection().execute(
        update(identity).where(identity.c.id == person_id).values(language=language)
    )


def link(session: Session, *, person_id: int, portal_user_id: int, account_id: int) -> None:
    session.connection().execute(
        update(identity)
        .where(identity.c.id == person_id)
        .values(portal_user_id=portal_user_id, account_id=account_id, linked_at=now())
    )


def unlink(session: Session, *, person_id: int) -> None:
    session.connection().execute(
        update(identity)
        .where(identity.c.id == person_id)
        .values(portal_user_id=None, account_id=None, linked_at=None)
    )


def portal_user(session: Session, *, portal_user_id: int) -> PortalUser | None:
    return session.get(PortalUser, portal_user_id)


def portal_user_named(session: Session, *, username: str) -> PortalUser | None:
    """Find an active portal user; user names are compared without regard to case."""
    query = select_model(PortalUser).where(
        func.lower(PortalUser.username) == username.strip().lower(), col(PortalUser.active)
    )
    return session.exec(query).first()


def staff_named(session: Session, *, username: str) -> Staff | None:
    query = select_model(Staff).where(
        func.lower(Staff.username) == username.strip().lower(), col(Staff.active)
    )
    return session.exec(query).first()


def staff(session: Session, *, staff_id: int) -> Staff | None:
    """Find somebody of the desk who is active."""
    found = session.get(Staff, staff_id)
    return found if found is not None and found.active else None


def add_staff(
    session: Session, *, username: str, name: str, language: str, sees_figures: bool
) -> Staff | None:
    """Add somebody to the desk; None when the user name is taken, in whatever case."""
    query = select_model(Staff).where(func.lower(Staff.username) == username.strip().lower())
    if session.exec(query).first() is not None:
        return None
    added = Staff(
        username=username.strip(), name=name, language=language, sees_figures=sees_figures
    )
    session.add(added)
    session.flush()
    return added


def link_staff(session: Session, *, person_id: int, staff_id: int | None) -> None:
    """Let a chat act for somebody of the desk; None ends it."""
    session.connection().execute(
        update(identity).where(identity.c.id == person_id).values(staff_id=staff_id)
    )


def membership(session: Session, *, portal_user_id: int, account_id: int) -> Membership | None:
    query = (
        select_model(Membership)
        .join(PortalUser, col(PortalUser.id) == Membership.portal_user_id)
        .where(
            Membership.portal_user_id == portal_user_id,
            Membership.account_id == account_id,
            col(PortalUser.active),
        )
    )
    return session.exec(query).first()


def accounts_of(session: Session, *, portal_user_id: int) -> list[tuple[Account, Membership]]:
    """List the accounts a portal user belongs to, by number."""
    query = (
        select_model(Account, Membership)
        .join(Membership, col(Membership.account_id) == Account.id)
        .where(Membership.portal_user_id == portal_user_id)
        .order_by(Account.number)
    )
    return list(session.exec(query).all())
