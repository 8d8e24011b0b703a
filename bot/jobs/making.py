"""Makes one export, in a process of its own: python -m bot.jobs.making REF ATTEMPTS.

The rows are streamed into temporary files, which have no name and are gone with the process; what
they came to is then put into the store, some chunks a transaction. Nothing of it is given out
before the worker that waits for this process says so. How many rows are written goes to standard
output, a number a line; when standard input ends, that worker is gone, and so is this process.
"""

import hashlib
import io
import os
import sys
import threading
import time
from contextlib import ExitStack
from enum import IntEnum
from itertools import islice
from typing import Final

import structlog

from bot import logs
from bot.exporting import Wanted
from bot.identity import scopes
from bot.jobs.parts import LARGEST, Maker, Part, Progress
from bot.settings import Settings
from store import calls, exports, files, people
from store.db import Database, Session
from store.exports import Job
from store.scope import Scope

log = structlog.get_logger(__name__)

CHUNKS: Final = 8  # written in one transaction: 2 MiB
_REPORT_SECONDS: Final = 0.5


class Outcome(IntEnum):
    """What came of it, as exit status; any other is a failure."""

    MADE = 0
    LOST = 3  # another process began it anew
    REFUSED = 4  # its person may not see the figures any more


class Lost(Exception):
    """Another process began the export anew."""


def scope_of(session: Session, job: Job) -> Scope | None:
    """Look up again under which scope an export is made; None once its person has lost it."""
    who = job.person
    person = people.person(session, platform=who.platform, workspace=who.workspace, user=who.user)
    scope = scopes.if_any(session, person)
    if scope is None:
        return None
    same = (scope.portal_user_id, scope.account_id) == (job.portal_user_id, job.account_id)
    return scope if same else None


def make(
    database: Database, *, ref: str, attempts: int, progress: Progress, largest: int = LARGEST
) -> Outcome:
    """Make the files of an export and put them into the store, not yet to be given out."""
    with database.write() as session:
        job = exports.find(session, ref=ref, attempts=attempts)
        if job is None:
            return Outcome.LOST
        scope = scope_of(session, job)
        if scope is None:
            return Outcome.REFUSED
        files.abandon(session, export_id=job.id)
    wanted = Wanted.from_json(job.what)
    with ExitStack() as temporary:
        with database.read() as session:  # one moment: totals and rows agree
            totals = calls.total(session, scope=scope, wanted=wanted.file.wanted)
            maker = Maker(session, scope, wanted, totals, largest, progress, temporary)
            parts = maker.parts()
        key = wanted.file.cache_key(totals, usage_cents=wanted.usage_cents)
        try:
            for part in parts:
                _store(database, job, scope, key, part)
        except Lost:
            return Outcome.LOST
    return Outcome.MADE


def _store(database: Database, job: Job, scope: Scope, key: str, part: Part) -> None:
    """Put a file into the store, some chunks a transaction. Raises Lost."""
    size = part.content.seek(0, io.SEEK_END)
    part.content.seek(0)
    digest = hashlib.file_digest(part.content, "sha256").hexdigest()  # type: ignore[arg-type]
    part.content.seek(0)
    with database.write() as session:
        _hold(session, job)
        file_id = files.begin(
            session,
            scope=scope,
            language=job.language,
            cache_key=key,
            filename=part.filename,
            media_type=part.media_type,
            size=size,
            sha256=digest,
            export_id=job.id,
        )
    pieces = enumerate(part.pieces(files.CHUNK))
    while some := list(islice(pieces, CHUNKS)):
        with database.write() as session:
            _hold(session, job)
            for number, piece in some:
                files.add_chunk(session, file_id=file_id, number=number, content=piece)


def _hold(session: Session, job: Job) -> None:
    if not exports.holds(session, job):
        raise Lost


class _Reporter:
    """Says how many rows are written, not more often than anybody looks."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, rows: int) -> None:
        at = time.monotonic()
        if at >= self._next:
            self._next = at + _REPORT_SECONDS
            sys.stdout.write(f"{rows}\n")
            sys.stdout.flush()


def _end_with_worker() -> None:
    """End at once when whoever started this process is gone: it is made anew then."""

    def watch() -> None:
        while os.read(0, 1):  # not through sys.stdin, whose lock would be held at the end
            pass
        os._exit(Outcome.LOST)

    threading.Thread(target=watch, name="worker", daemon=True).start()


def main() -> int:
    ref, attempts = sys.argv[1:]
    settings = Settings.load()
    logs.configure(settings)
    _end_with_worker()
    database = Database.connect(settings.database_url)
    try:
        return make(database, ref=ref, attempts=int(attempts), progress=_Reporter())
    except Exception:
        log.exception("export failed", export=ref)
        return 1
    finally:
        database.dispose()


if __name__ == "__main__":
    sys.exit(main())
