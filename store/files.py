"""Documents and pictures, kept in chunks because web and worker share no disk."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from store.models import File, FileChunk, FileCopy
from store.models.types import new_ref, now
from store.scope import Scope

CHUNK = 256 * 1024  # bytes
KEPT = timedelta(days=7)
GIVEN_AGAIN = timedelta(days=1)  # what expires sooner is made anew: its person needs time for it


def cached(session: Session, *, scope: Scope, language: str, cache_key: str) -> File | None:
    """Find a kept file of the account, role and language that is still good for a while.

    Of an export in several parts, the last one: see `parts`.
    """
    query = select(File).where(
        File.account_id == scope.account_id,
        File.role == scope.role,
        File.language == language,
        File.cache_key == cache_key,
        col(File.ready),
        col(File.expires_at) > now() + GIVEN_AGAIN,
    )
    return session.exec(query.order_by(col(File.id).desc()).limit(1)).first()


def parts(session: Session, *, file: File) -> list[File]:
    """List what a file was made with, itself included, in order."""
    if file.export_id is None:
        return [file]
    query = select(File).where(File.export_id == file.export_id, col(File.ready))
    return list(session.exec(query.order_by(col(File.id))).all())


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


def begin(
    session: Session,
    *,
    scope: Scope,
    language: str,
    cache_key: str,
    filename: str,
    media_type: str,
    size: int,
    sha256: str,
    export_id: int,
) -> int:
    """Begin a file whose chunks come in later transactions; nobody gets it before `finish`."""
    file = File(
        account_id=scope.account_id,
        role=scope.role,
        language=language,
        cache_key=cache_key,
        filename=filename,
        media_type=media_type,
        size=size,
        sha256=sha256,
        export_id=export_id,
        ready=False,
        expires_at=now() + KEPT,
    )
    session.add(file)
    session.flush()
    assert file.id is not None  # noqa: S101 - for the type checker
    return file.id


def add_chunk(session: Session, *, file_id: int, number: int, content: bytes) -> None:
    session.add(FileChunk(file_id=file_id, number=number, content=content))
    session.flush()


def finish(session: Session, *, export_id: int) -> list[File]:
    """Let the files of an export be given out, from now on; gives them in order."""
    query = select(File).where(File.export_id == export_id).order_by(col(File.id))
    made = list(session.exec(query).all())
    for file in made:
        file.ready, file.expires_at = True, now() + KEPT
        session.add(file)
    session.flush()
    return made


def drop_unfinished(session: Session, *, export_id: int) -> None:
    """Delete what an earlier try of an export left."""
    query = select(File.id).where(File.export_id == export_id, col(File.ready).is_(False))
    for file_id in session.exec(query).all():
        _drop(session, file_id)


def by_ref(session: Session, *, scope: Scope, ref: str) -> File | None:
    """Find a file of the scope's account; another account's is as unknown as none."""
    query = select(File).where(
        File.ref == ref,
        File.account_id == scope.account_id,
        col(File.ready),
        col(File.expires_at) > now(),
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


def copy_of(session: Session, *, file_id: int, platform: str, owner: str) -> str | None:
    """Tell what a platform calls the copy that one of its bots has sent before."""
    found = session.get(FileCopy, (file_id, platform, owner))
    return found.name if found else None


def note_copy(
    session: Session, *, file_id: int, platform: str, owner: str, name: str | None
) -> None:
    """Remember a platform's copy; None forgets one that it does not know any more."""
    found = session.get(FileCopy, (file_id, platform, owner))
    if found is not None:
        session.delete(found)
        session.flush()
    if name is not None:
        session.add(FileCopy(file_id=file_id, platform=platform, owner=owner, name=name))
        session.flush()


def drop_expired(session: Session, *, limit: int = 100) -> int:
    """Delete files past their time; gives how many."""
    query = select(File.id).where(col(File.expires_at) <= now()).limit(limit)
    expired = session.exec(query).all()
    for file_id in expired:
        _drop(session, file_id)
    return len(expired)


def _drop(session: Session, file_id: int | None) -> None:
    for table in (FileChunk, FileCopy):
        session.connection().execute(delete(table).where(col(table.file_id) == file_id))
    session.connection().execute(delete(File).where(col(File.id) == file_id))


def _chunks(content: bytes) -> Iterator[bytes]:
    yield from (content[at : at + CHUNK] for at in range(0, len(content), CHUNK))
