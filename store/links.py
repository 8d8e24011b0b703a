"""One-time links that join a chat to a portal user, and the sign-ins that failed on the way."""

from datetime import datetime

from sqlalchemy import delete, null, text, update
from sqlmodel import Session, col, select

from store import conversations, people
from store.models import ChatIdentity, LinkRequest, SignInFailure
from store.models.types import now


def add(
    session: Session,
    *,
    ref: str,
    token_hash: str,
    person_id: int,
    conversation_id: int,
    expires_at: datetime,
    asked: dict[str, str] | None,
) -> None:
    """Open a link request. Earlier ones stay good for their time: each is for this chat alone."""
    session.add(
        LinkRequest(
            ref=ref,
            token_hash=token_hash,
            chat_identity_id=person_id,
            conversation_id=conversation_id,
            expires_at=expires_at,
            asked=asked,
        )
    )
    session.flush()


def find(
    session: Session, *, token_hash: str | None = None, ref: str | None = None
) -> tuple[LinkRequest, ChatIdentity] | None:
    """Find an open, unexpired link request by its token's hash or by its ref."""
    query = (
        select(LinkRequest, ChatIdentity)
        .join(ChatIdentity, col(ChatIdentity.id) == LinkRequest.chat_identity_id)
        .where(col(LinkRequest.closed_at).is_(None), col(LinkRequest.expires_at) > now())
    )
    if token_hash is not None:
        query = query.where(LinkRequest.token_hash == token_hash)
    elif ref is not None:
        query = query.where(LinkRequest.ref == ref)
    else:
        raise ValueError("a link request is found by its token's hash or its ref")
    return session.exec(query).first()


def agree_on_page(session: Session, *, link_request_id: int, portal_user_id: int) -> bool:
    """Record the page's yes. False when somebody was faster or the request is closed."""
    done = session.connection().execute(
        update(LinkRequest)
        .where(
            col(LinkRequest.id) == link_request_id,
            col(LinkRequest.closed_at).is_(None),
            col(LinkRequest.page_agreed_at).is_(None),
        )
        .values(page_agreed_at=now(), portal_user_id=portal_user_id)
    )
    return done.rowcount == 1


def close(session: Session, *, link_request_id: int, agreed: bool) -> bool:
    """Close a request from the chat's side. False when it was closed already."""
    values = {"closed_at": now(), "asked": null()} | ({"chat_agreed_at": now()} if agreed else {})
    done = session.connection().execute(
        update(LinkRequest)
        .where(col(LinkRequest.id) == link_request_id, col(LinkRequest.closed_at).is_(None))
        .values(**values)
    )
    return done.rowcount == 1


def close_all(session: Session, *, person_id: int) -> None:
    """Close what is still open for a chat: it was just linked, or signed out."""
    session.connection().execute(
        update(LinkRequest)
        .where(col(LinkRequest.chat_identity_id) == person_id, col(LinkRequest.closed_at).is_(None))
        .values(closed_at=now(), asked=null())
    )


def sign_out(session: Session, *, person_id: int) -> None:
    """End the link and every open conversation of a chat: what follows starts afresh."""
    people.unlink(session, person_id=person_id)
    close_all(session, person_id=person_id)
    conversations.end(session, person_id=person_id)


def add_failure(session: Session, *, username: str, address: str) -> None:
    session.add(SignInFailure(username=username.strip().lower(), address=address))
    session.flush()


_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:username, 1))")


def lock_failures(session: Session, *, username: str) -> None:
    """Let attempts on one user name count one after another, until the transaction ends."""
    # SQLite's write transactions are one at a time already.
    if session.connection().dialect.name == "postgresql":
        session.connection().execute(_LOCK, {"username": username})


def failures(session: Session, *, username: str, address: str, since: datetime) -> list[datetime]:
    """List the failures of a user name from an address, newest first."""
    query = (
        select(SignInFailure.at)
        .where(
            SignInFailure.username == username.strip().lower(),
            SignInFailure.address == address,
            col(SignInFailure.at) >= since,
        )
        .order_by(col(SignInFailure.at).desc())
    )
    return list(session.exec(query).all())


def forget_failures(
    session: Session, *, username: str | None = None, before: datetime | None = None
) -> None:
    """Drop the failures of one user name (it signed in), or those that are too old to count."""
    statement = delete(SignInFailure)
    if username is not None:
        statement = statement.where(col(SignInFailure.username) == username.strip().lower())
    if before is not None:
        statement = statement.where(col(SignInFailure.at) < before)
    session.connection().execute(statement)
