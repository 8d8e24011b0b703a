"""The kept files, as adapters give them out: to whoever may see them at that moment."""

import secrets
from collections.abc import Iterator
from typing import Any, Final

from bot.delivery.parts import Download, Step
from bot.delivery.reading import person_at, reachable, scope_at
from bot.exporting import described
from bot.identity.linking import token_hash
from bot.messages import Address
from store import downloads, files
from store.db import Database, Session
from store.models import File
from store.scope import Scope

_TOKEN_BYTES: Final = 16  # 128 bits


class FilesSide:
    """Everything here raises StoreDown when the store cannot be reached."""

    _database: Database

    def download(self, address: Address, ref: str, *, start: int = 0) -> Download | None:
        """Open a file at a byte, for a person whose chat may see it now; else None."""
        with reachable(), self._database.read() as session:
            found = _found(session, address, ref)
        if found is None:
            return None
        scope, file = found
        return Download(described(file), self._chunks(scope, file, start))

    def download_link(self, address: Address, ref: str) -> str | None:
        """Make the token of a one-time link to a file that its person may see now; else None."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        with reachable(), self._database.write() as session:
            key = _link_key(session, address, ref, token)
            if key is None:
                return None
            downloads.add(session, **key)
        return token

    def may_download(self, address: Address, ref: str, token: str, step: Step) -> bool:
        """Tell whether a one-time link lets its person do this now; to begin spends it."""
        with reachable(), self._database.write() as session:
            key = _link_key(session, address, ref, token)
            if key is None:
                return False
            if step is Step.BEGIN:
                return downloads.spend(session, **key)
            link = downloads.find(session, **key)
            return link is not None and (step is Step.LOOK or link.spent_at is not None)

    def copy_of(self, address: Address, ref: str, *, owner: str) -> str | None:
        """Tell what a platform calls its copy of a file that its person may see now."""
        with reachable(), self._database.read() as session:
            found = _found(session, address, ref)
            if found is None:
                return None
            return files.copy_of(
                session, file_id=_id(found[1]), platform=address.platform, owner=owner
            )

    def note_copy(self, address: Address, ref: str, *, owner: str, name: str | None) -> None:
        """Remember a platform's copy; None forgets one that it does not know any more."""
        with reachable(), self._database.write() as session:
            found = _found(session, address, ref)
            if found is not None:
                files.note_copy(
                    session,
                    file_id=_id(found[1]),
                    platform=address.platform,
                    owner=owner,
                    name=name,
                )

    def _chunks(self, scope: Scope, file: File, start: int) -> Iterator[bytes]:
        number, skipped = divmod(start, files.CHUNK)
        while True:
            with reachable(), self._database.read() as session:
                chunk = files.chunk(session, scope=scope, file_id=_id(file), number=number)
            if chunk is None:
                return
            yield chunk[skipped:]
            number, skipped = number + 1, 0


def _found(session: Session, address: Address, ref: str) -> tuple[Scope, File] | None:
    scope = scope_at(session, address)
    file = files.by_ref(session, scope=scope, ref=ref) if scope else None
    return (scope, file) if scope and file else None


def _link_key(session: Session, address: Address, ref: str, token: str) -> dict[str, Any] | None:
    """Say by what a link is known; None for a file that the person may not see now."""
    found, person = _found(session, address, ref), person_at(session, address)
    if found is None or person is None:
        return None
    return {"token_hash": token_hash(token), "file_id": _id(found[1]), "person_id": person.id}


def _id(file: File) -> int:
    assert file.id is not None  # noqa: S101 - it was read from the store
    return file.id
