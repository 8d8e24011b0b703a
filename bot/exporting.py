"""Files of calls: a kept one is given at once, a small one made in the turn, a long one later.

What takes long is made by `bot.jobs.exports`, and comes to the conversation by itself.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from bot.commands import Context
from bot.documents import cdr
from bot.documents.cdr import CallsFile, Format
from bot.i18n import Localizer
from bot.messages import FileRef
from store import calls, exports, files
from store.calls import CallTotals
from store.db import Session
from store.exports import Asked
from store.models import File
from store.scope import Scope

ZIP: Final = "application/zip"
# Calls in a file that is made in a turn: a second's work at most, as measured.
AT_ONCE: Final = {Format.CSV: 20_000, Format.XLSX: 4_000, Format.PDF: 5_000}
MOST_OPEN: Final = 3  # files in the making for one person of an account


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """Files to put into the reply, or what to say instead; in the person's language.

    `notes` are sentences that go with the files: that they are zipped, or in parts.
    """

    files: tuple[FileRef, ...] = ()
    under_way: str | None = None  # it is being made and comes by itself
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, made: Sequence[FileRef], loc: Localizer) -> Self:
        return cls(files=tuple(made), notes=tuple(_notes(made, loc)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A file to be made later, as it waits in the store."""

    file: CallsFile
    usage_cents: int | None

    def to_json(self) -> dict[str, Any]:
        return {"file": self.file.to_json(), "usage_cents": self.usage_cents}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read what `to_json` wrote. Raises as `CallsFile.from_json` does."""
        return cls(file=CallsFile.from_json(data["file"]), usage_cents=data["usage_cents"])


def deliver(
    context: Context, file: CallsFile, totals: CallTotals, *, usage_cents: int | None = None
) -> Delivered:
    """Give the file, or say that it is under way.

    `totals` are of the calls that are asked for, `usage_cents` the usage on the invoice that
    bills them, where it is known. Raises NotLinked and NotAllowed.
    """
    scope, key = context.scope, file.cache_key(totals, usage_cents=usage_cents)
    with context.read() as session:
        kept = kept_files(session, scope=scope, language=context.loc.language, cache_key=key)
    if kept:
        return Delivered.of(kept, context.loc)
    if totals.all.calls > AT_ONCE[file.format]:
        return _later(context, Wanted(file=file, usage_cents=usage_cents), totals, key)
    return _now(context, file, usage_cents)


def kept_files(
    session: Session, *, scope: Scope, language: str, cache_key: str
) -> tuple[FileRef, ...]:
    """Give the files that are kept under a key, all parts of them; empty when there are none."""
    found = files.cached(session, scope=scope, language=language, cache_key=cache_key)
    return tuple(map(described, files.parts(session, file=found))) if found else ()


def described(file: File) -> FileRef:
    return FileRef(file.ref, file.filename, file.media_type, file.size)


def _now(context: Context, file: CallsFile, usage_cents: int | None) -> Delivered:
    scope = context.scope
    with context.read() as session:  # both of one moment: a call may have come in meanwhile
        totals = calls.total(session, scope=scope, wanted=file.wanted)
        rows = list(calls.rows(session, scope=scope, wanted=file.wanted))
    out = io.BytesIO()
    cdr.write(out, file, rows, totals=totals, usage_cents=usage_cents)
    key = file.cache_key(totals, usage_cents=usage_cents)
    made = context.keep_file(key, file.filename(), file.media_type, out.getvalue())
    return Delivered.of((made,), context.loc)


def _later(context: Context, wanted: Wanted, totals: CallTotals, key: str) -> Delivered:
    loc, scope, asked = context.loc, context.scope, totals.all.calls
    job = Asked(
        scope=scope,
        person_id=context.person.id,
        conversation_id=context.memory.id,
        language=loc.language,
        cache_key=key,
        what=wanted.to_json(),
        rows=asked,
    )
    with context.read() as session:
        same = exports.like(session, job)
        others = exports.open_of(session, scope=scope)
    if same is not None:
        return Delivered(under_way=_so_far(loc, *same))
    if others >= MOST_OPEN:
        return Delivered(
            under_way=loc.plural(
                "I am still preparing {n} file for you. Please ask again when it is here.",
                "I am still preparing {n} files for you. Please ask again when they are here.",
                others,
            )
        )
    context.defer(lambda session, _turn_id: exports.add(session, job))
    return Delivered(
        under_way=loc.text(
            "I am preparing your file. It holds {count} calls, so it takes a moment; it will "
            "appear here by itself.",
            count=loc.number(asked),
        )
    )


def _so_far(loc: Localizer, rows: int, expected: int) -> str:
    return loc.text(
        "I am already preparing this file: {rows} of {count} calls are in it. It will appear here "
        "by itself.",
        rows=loc.number(rows),
        count=loc.number(max(rows, expected)),
    )


def _notes(made: Sequence[FileRef], loc: Localizer) -> list[str]:
    notes = []
    if any(file.media_type == ZIP for file in made):
        notes.append(
            loc.text("It is zipped because it is large: open it once to get the CSV file.")
        )
    if len(made) > 1:
        notes.append(
            loc.text(
                "It is in {count} files because it is large. Each ends with the totals of its own "
                "calls.",
                count=loc.number(len(made)),
            )
        )
    return notes
