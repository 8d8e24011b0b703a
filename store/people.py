"""Who writes, who they are to which account, and how they showed it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col
from sqlmodel import select as select_model

from store import conversations, links
from store.models import (
    Account,
    ChatIdentity,
    Membership,
    PortalUser,
    Staff,
)
from store.models.types import new_ref, now

identity = ChatIdentity.__table__  # type: ignore[attr-defined]

_PERSON = select(identity).where(
    identity.c.platform == bindparam("p"),
    identity.c.workspace == bindparam("w"),
    identity.c.user == bindparam("u"),
)
_NEW_PERSON = insert(identity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A chat identity, as a turn needs it."""

    id: int
    ref: str
    display_name: str
    language: str | None
    portal_user_id: int | None
    account_id: int | None
    staff_id: int | None
    first_seen_at: datetime


def person(session: Session, *, platform: str, workspace: str, user: str) -> Person | None:
    row = session.connection().execute(_PERSON, {"p": platform, "w": workspace, "u": user}).first()
    if row is None:
        return None
    return Person(
        id=row.id,
        ref=row.ref,
        display_name=row.display_name,
        language=row.language,
        portal_user_id=row.portal_user_id,
        account_id=row.account_id,
        staff_id=row.staff_id,
        first_seen_at=row.first_seen_at,
    )


def meet(
    session: Session, *, platform: str, workspace: str, user: str, display_name: str
) -> Person:
    """Find somebody under the name they go by now; somebody new is kept."""
    known = person(session, platform=platform, workspace=workspace, user=user)
    if known is None:
        _add(session, platform=platform, workspace=workspace, user=user, name=display_name)
    elif known.display_name != display_name:
        session.connection().execute(
            update(identity).where(identity.c.id == known.id).values(display_name=display_name)
        )
    found = person(session, platform=platform, workspace=workspace, user=user)
    assert found is not None  # noqa: S101 - for the type checker
    return found


def _add(session: Session, *, platform: str, workspace: str, user: str, name: str) -> None:
    row = {
        "ref": new_ref(),
        "platform": platform,
        "workspace": workspace,
        "user": user,
        "display_name": name,
        "first_seen_at": now(),
    }
    try:
        with session.begin_nested():
            session.connection().execute(_NEW_PERSON, row)
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


def sign_out(session: Session, *, person_id: int) -> None:
    """End the link and every open conversation: what follows starts afresh."""
    unlink(session, person_id=person_id)
    links.close_all(session, person_id=person_id)
    conversations.end(session, person_id=person_id)


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
