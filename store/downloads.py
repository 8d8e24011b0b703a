"""Download links: each lets one person begin one download, once and within some minutes."""

from datetime import timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from store.models import DownloadLink
from store.models.types import now

LIVES = timedelta(minutes=10)


def add(session: Session, *, token_hash: str, file_id: int, person_id: int) -> None:
    link = DownloadLink(
        token_hash=token_hash,
        file_id=file_id,
        chat_identity_id=person_id,
        expires_at=now() + LIVES,
    )
    session.add(link)
    session.flush()


def spend(session: Session, *, token_hash: str, file_id: int, person_id: int) -> bool:
    """Use a link up. False when it was, has expired, or is of another person or file."""
    spent = (
        update(DownloadLink)
        .where(
            col(DownloadLink.token_hash) == token_hash,
            col(DownloadLink.file_id) == file_id,
            col(DownloadLink.chat_identity_id) == person_id,
            col(DownloadLink.expires_at) > now(),
            col(DownloadLink.spent_at).is_(None),
        )
        .values(spent_at=now())
    )
    return session.connection().execute(spent).rowcount == 1


def find(session: Session, *, token_hash: str, file_id: int, person_id: int) -> DownloadLink | None:
    """Find a link of a person to a file, spent or not, that has not expired."""
    query = select(DownloadLink).where(
        DownloadLink.token_hash == token_hash,
        DownloadLink.file_id == file_id,
        DownloadLink.chat_identity_id == person_id,
        DownloadLink.expires_at > now(),
    )
    return session.exec(query).one_or_none()


def forget(session: Session) -> int:
    """Delete what has expired; gives how many."""
    old = delete(DownloadLink).where(col(DownloadLink.expires_at) <= now())
    return session.connection().execute(old).rowcount
