"""Documents and pictures, kept in chunks because web and worker share no disk."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from store.models import File, FileChunk
from store.models.types import new_ref, now
from store.scope import Scope

CHUNK = 256 * 1024  # bytes
KEPT = timedelta(days=7)


def cached(session: Session, *, scope: Scope, language: str, cache_key: str) -> File | None:
    """Find a kept file of the account, in the language, that is still good."""
    query = select(File).where(
        File.account_id == scope.account_id,
        File.language == language,
        File.cache_key == cache_key,
        col(File.expires_at) > now(),
    )
    return session.exec(query.order_by(col(File.id).desc()).limit(1)).first()


def keep(
    session: Session,
    *,
    scope: Scope,
    language: str,
    cache_key: str,
    filename: str,
    media_type: str,
    content: bytes,
    ref: str | None = None,
) -> File:
    """Keep a file. Two turns may keep the same one: each message has its own to refer to."""
    file = File(
        ref=ref or new_ref(),
        account_id=scope.account_id,
        role=scope.role,
        language=language,
        cache_key=cache_key,
        filename=filename,
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        expires_at=now() + KEPT,
    )
    session.add(file)
    session.flush()
    assert file.id is not None  # noqa: S101 - for the type checker
    for number, chunk in enumerate(_chunks(content)):
        session.add(FileChunk(file_id=file.id, number=number, content=chunk))
    session.flush()
    return file


def by_ref(session: Session, *, scope: Scope, ref: str) -> File | None:
    """Find a file of the scope's account; another account's is as unknown as none."""
    query = select(File).where(
        File.ref == ref, File.account_id == scope.account_id, col(File.expires_at) > now()
    )
    return session.exec(query).first()


def chunk(session: Session, *, scope: Scope, file_id: int, number: int) -> bytes | None:
    """Read one chunk; None after the last."""
    query = (
        select(FileChunk.content)
        .join(File, col(File.id) == FileChunk.file_id)
        .where(
            FileChunk.file_id == file_id,
            FileChunk.number == number,
            File.account_id == scope.account_id,
        )
    )
    return session.exec(query).first()


def drop_expired(session: Session, *, limit: int = 100) -> int:
    """Delete files past their time; gives how many."""
    query = select(File.id).where(col(File.expires_at) <= now()).limit(limit)
    expired = session.exec(query).all()
    for file_id in expired:
        _drop(session, file_id)
    return len(expired)


def _drop(session: Session, file_id: int | None) -> None:
    session.connection().execute(delete(FileChunk).where(col(FileChunk.file_id) == file_id))
    session.connection().execute(delete(File).where(col(File.id) == file_id))


def _chunks(content: bytes) -> Iterator[bytes]:
    yield from (content[at : at + CHUNK] for at in range(0, len(content), CHUNK))
