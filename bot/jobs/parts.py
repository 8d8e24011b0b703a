"""The files of an export, written row by row: one, a zipped one, or several parts.

They are temporary files without a name: a process that is killed leaves none behind.
"""

import io
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from itertools import islice
from math import ceil
from typing import IO, Final

from bot.documents import cdr
from bot.documents.cdr import CallsFile, Format
from bot.exporting import ZIP, Wanted
from bot.i18n import Localizer
from store import calls
from store.calls import CallRow, CallTotal, CallTotals
from store.db import Session
from store.scope import Scope

LARGEST: Final = 50_000_000  # bytes of a file: what Telegram takes, and what people want in a chat
# How many bytes a call takes in the end, to guess the number of parts: measured 26 (zipped), 82
# and 61.
_BYTES: Final = {Format.CSV: 30, Format.XLSX: 90, Format.PDF: 65}
_FULL: Final = 0.9  # of the largest size, for parts that were guessed
_PIECE: Final = 256 * 1024  # bytes

Progress = Callable[[int], None]  # told how many rows are written


class TooLarge(Exception):
    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


@dataclass(frozen=True, slots=True)
class Part:
    """One finished file: its name, what it is, its bytes."""

    filename: str
    media_type: str
    content: IO[bytes]

    def pieces(self, size: int) -> Iterator[bytes]:
        self.content.seek(0)
        while piece := self.content.read(size):
            yield piece


@dataclass(frozen=True, slots=True)
class Maker:
    """Writes the files of an export from one view of the store."""

    session: Session
    scope: Scope
    wanted: Wanted
    totals: CallTotals
    largest: int
    progress: Progress
    temporary: ExitStack

    def parts(self) -> list[Part]:
        """Write one file, or as many of about the same number of calls as it takes.

        Raises TooLarge when even one call is too much.
        """
        count = self.totals.all.calls
        file = self.wanted.file
        number = max(1, ceil(count * _BYTES[file.format] / (self.largest * _FULL)))
        while True:
            try:
                with ExitStack() as made:
                    parts = self._split(min(number, max(1, count)), made)
                    self.temporary.push(made.pop_all())
                    return parts
            except TooLarge as error:
                if number >= count:  # a call each, or none at all: no more parts can be made
                    raise
                number = max(number + 1, ceil(number * error.size / (self.largest * _FULL)))

    def _split(self, number: int, made: ExitStack) -> list[Part]:
        size = ceil(self.totals.all.calls / number)
        totals = list(self._totals(size)) if number > 1 else [self.totals]
        usage = self.wanted.usage_cents if number == 1 else None
        done, parts = 0, []
        with closing(self._rows()) as rows:
            for place, total in enumerate(totals, 1):
                out = made.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack does
                cdr.write(
                    out,
                    self.wanted.file,
                    islice(rows, total.all.calls),
                    totals=total,
                    usage_cents=usage,
                    progress=partial(self._written, done),
                )
                done += total.all.calls
                name = _named(self.wanted.file, place, len(totals))
                parts.append(self._packed(out, name, made))
        return parts

    def _written(self, before: int, rows: int) -> None:
        self.progress(before + rows)

    def _packed(self, out: IO[bytes], filename: str, made: ExitStack) -> Part:
        """Zip a CSV file that is too large. Raises TooLarge when that does not help."""
        size = out.seek(0, io.SEEK_END)
        if size <= self.largest:
            return Part(filename, self.wanted.file.media_type, out)
        if self.wanted.file.format is not Format.CSV:
            raise TooLarge(size)
        zipped = made.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - closed by the stack
        with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
            out.seek(0)
            with archive.open(filename, "w", force_zip64=True) as inside:
                shutil.copyfileobj(out, inside, _PIECE)
        out.close()
        size = zipped.seek(0, io.SEEK_END)
        if size > self.largest:
            raise TooLarge(size)
        return Part(f"{filename}.zip", ZIP, zipped)

    def _totals(self, size: int) -> Iterator[CallTotals]:
        """Total every so many calls, in their order."""
        with closing(self._rows()) as rows:
            while batch := _total(islice(rows, size)):
                yield batch

    def _rows(self) -> Generator[CallRow, None, None]:
        return calls.rows(self.session, scope=self.scope, wanted=self.wanted.file.wanted)


def _total(rows: Iterator[CallRow]) -> CallTotals | None:
    sums = {True: [0, 0, 0], False: [0, 0, 0]}
    for row in rows:
        found = sums[row.invoice is not None]
        found[0] += 1
        found[1] += row.duration_seconds
        found[2] += row.charge_millionths or 0
    if not sums[True][0] + sums[False][0]:
        return None
    return CallTotals(billed=CallTotal(*sums[True]), unbilled=CallTotal(*sums[False]))


def _named(file: CallsFile, place: int, count: int) -> str:
    """Name a part: calls-2026-10-part-1-of-3.xlsx."""
    name = file.filename()
    if count == 1:
        return name
    stem, dot, ending = name.rpartition(".")
    part = Localizer(file.language).ptext(
        "file name", "part-{place}-of-{count}", place=place, count=count
    )
    return f"{stem}-{part}{dot}{ending}"
