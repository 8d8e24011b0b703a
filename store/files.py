"""Documents and pictures, kept in chunks because web and worker share no disk."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from store.models import DownloadLink, File, FileChunk, FileCopy
from store.models.types import new_ref, now
from store.scope import Scope

CHUNK = 256 * 1024  # bytes
DROPPED = 40  # rows deleted in one transaction: 10 MiB
KEPT = timedelta(days=7)
GIVEN_AGAIN = timedelta(days=1)  # what expires sooner is made anew: its person needs time for it

_copy = FileCopy.__table__  # type: ignore[attr-defined]
_COPIES = {dialect.dialect.name: dialect.insert(_copy) for dialect in (sqlite, postgresql)}
# Two messages with the same file may go out at once: the later name stands.
_NOTE = {
    name: added.on_conflict_do_update(
        index_elements=list(_copy.primary_key), set_={"name": added.excluded.name}
    )
    for name, added in _COPIES.items()
}


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


def abandon(session: Session, *, export_id: int) -> None:
    """Leave what an earlier try of an export made to `drop_expired`: it may be much."""
    unfinished = update(File).where(col(File.export_id) == export_id, col(File.ready).is_(False))
    session.connection().execute(unfinished.values(export_id=None, expires_at=now()))


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
    connection = session.connection()
    key = {"file_id": file_id, "platform": platform, "owner": owner}
    if name is not None:
        connection.execute(_NOTE[connection.dialect.name], key | {"name": name})
        return
    known = (_copy.c[column] == value for column, value in key.items())
    connection.execute(delete(_copy).where(*known))


def drop_expired(session: Session, *, limit: int = DROPPED) -> int:
    """Delete files past their time, no more than so many rows; gives how many.

    A file may be of many chunks, and nobody else writes to SQLite meanwhile: what is left of it
    goes the next time, its own row last.
    """
    query = select(File.id).where(col(File.expires_at) <= now()).order_by(col(File.expires_at))
    left = limit
    for file_id in session.exec(query.limit(limit)).all():
        left -= _drop(session, file_id, limit=left)
        if left <= 0:
            break
    return limit - left


def _drop(session: Session, file_id: int | None, *, limit: int) -> int:
    """Delete up to so many rows of a file; gives how many."""
    connection = session.connection()
    some = select(FileChunk.number).where(FileChunk.file_id == file_id).limit(limit)
    chunks = delete(FileChunk).where(
        col(FileChunk.file_id) == file_id, col(FileChunk.number).in_(some)
    )
    dropped = connection.execute(chunks).rowcount
    if dropped < limit:
        for beside in (FileCopy, DownloadLink):
            connection.execute(delete(beside).where(col(beside.file_id) == file_id))
        dropped += connection.execute(delete(File).where(col(File.id) == file_id)).rowcount
    return dropped


def _chunks(content: bytes) -> Iterator[bytes]:
    yield from (content[at : at + CHUNK] for at in range(0, len(content), CHUNK))
