"""Importing call records: a file is read row by row and written batch by batch.

Each batch is a transaction of its own and each row has a key, so that a file may be sent again, or
its import killed and run again, with the same result.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from store.db import Database
from store.importers.converting import DIGEST, CallOptions, Converted, Converter
from store.importers.detect import detect
from store.importers.loading import COLUMNS, Loader, Values, loader
from store.importers.owners import Owners, bill_waiting_calls
from store.importers.reading import Reading, Row, Source
from store.importers.refusals import Refused
from store.importers.rejects import Rejects
from store.importers.repeats import Repeats

BATCH = 10_000  # rows
_ALLOCATIONS = 100_000  # more than a batch has
_ACCOUNT = COLUMNS.index("account_id")
_KEY = COLUMNS.index("import_key")


class Progress(NamedTuple):
    rows: int
    position: int  # bytes read
    size: int  # bytes in all


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What came of one file."""

    format: str = ""  # none: there were no rows
    read: int = 0
    added: int = 0
    refused: int = 0
    notes: Sequence[str] = ()  # what the operator should know of times
    first_refusals: Sequence[str] = ()
    rejects: Path | None = None

    @property
    def already_there(self) -> int:
        return self.read - self.added - self.refused


def import_calls(
    database: Database,
    path: Path,
    options: CallOptions,
    on_progress: Callable[[Progress], None] = lambda _: None,
    rejects_in: Path | None = None,
) -> Summary:
    """Import one file. Raises Unusable where none of it can be read.

    `rejects_in`: the folder for refused rows; none: that of the file.
    """
    source = Source.of(path)
    shape = detect(source, options.format)
    if shape is None:
        return Summary()
    load = loader(database)
    converter = Converter(shape, options, Owners(database))
    batches = _Batches(load)
    read = 0
    with (
        Reading(source, shape.delimiter) as reading,
        Rejects(path, rejects_in) as rejects,
        _rarely_collected(),
    ):
        rows = islice(reading.rows(), 1 if shape.header else 0, None)
        for first in rows:
            batch = chain((first,), islice(rows, BATCH - 1))
            rejected = rejects.count
            converted = _converted(batch, converter, rejects)
            read += len(converted) + rejects.count - rejected
            batches.write(converted)
            on_progress(Progress(read, reading.position, source.size))
    for account_id in sorted(batches.accounts):
        with database.write() as session:
            bill_waiting_calls(session, account_id)  # of earlier imports, or while an invoice came
    return Summary(
        format=shape.format.name,
        read=read,
        added=batches.added,
        refused=rejects.count,
        notes=converter.notes,
        first_refusals=rejects.first,
        rejects=rejects.path if rejects.count else None,
    )


@contextmanager
def _rarely_collected() -> Iterator[None]:
    """Rows make no cycles: looking for some among those of a batch takes a twelfth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(_ALLOCATIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _converted(batch: Iterable[Row], converter: Converter, rejects: Rejects) -> list[Converted]:
    found = []
    for row in batch:
        try:
            found.append(converter.convert(row))
        except Refused as refusal:
            rejects.add(row.number, str(refusal), row.cells)
    return found


class _Batches:
    """Writes batches; a row that has come before in the file gets a key of its own."""

    def __init__(self, load: Loader) -> None:
        self._load = load
        self._repeats = Repeats()
        self.added = 0
        self.accounts: set[int] = set()  # whose calls they are

    def write(self, rows: Sequence[Converted]) -> None:
        if not rows:
            return
        self.accounts.update(row.values[_ACCOUNT] for row in rows)
        digests = np.frombuffer(b"".join(row.digest for row in rows), dtype=np.uint64)
        ordinals = self._repeats.ordinals(digests[:: DIGEST // digests.itemsize])
        values = [
            _numbered(row.values, ordinal) if ordinal else row.values
            for row, ordinal in zip(rows, ordinals, strict=True)
        ]
        self.added += self._load.write(values)


def _numbered(values: Values, ordinal: int) -> Values:
    return (*values[:_KEY], f"{values[_KEY]}-{ordinal}", *values[_KEY + 1 :])
