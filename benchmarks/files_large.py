"""`make bench ONLY=files-large`: a thousand calls out of ten million, beside out of ten thousand.

What is timed is how long the first bytes of the calls take, in milliseconds of the clock: the
least of a few exports. The plans of the query are printed.
"""

import io
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError

from benchmarks._calls import OCTOBER, fill
from benchmarks._export import SCOPE, asked
from benchmarks.figure import Figure, figure
from benchmarks.turns import server_database
from bot.documents import cdr
from store import calls
from store.calls import _wanted_rows
from store.compiled import _Form
from store.db import Database

OURS, SMALL, LARGE = 1_000, 10_000, 10_000_000
TRIES = 7


def run() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        times = [
            _first_byte("sqlite", f"sqlite:///{Path(folder) / str(size)}.db", size)
            for size in (SMALL, LARGE)
        ]
        yield figure("files-large.sqlite", times[1], times[0], "ms to the first byte")
    try:
        times = []
        for size in (SMALL, LARGE):
            with server_database() as url:
                times.append(_first_byte("postgresql", url, size))
        yield figure("files-large.postgresql", times[1], times[0], "ms to the first byte")
    except OperationalError:
        return  # no server here


def _first_byte(name: str, url: str, size: int) -> float:
    database = Database.connect(url)
    fill(database, OURS, others=size - OURS)
    try:
        print(json.dumps({"bench": f"files-large.{name}", "of": size, "plan": _plan(database)}))
        return min(_export(database) for _ in range(TRIES)) * 1_000
    finally:
        database.dispose()


class _Stopwatch(io.BytesIO):
    """Notes when calls are written: what comes before them says nothing of the store."""

    first: float | None = None

    def write(self, data: object, /) -> int:
        if self.first is None:
            self.first = time.perf_counter()
        return len(data)  # type: ignore[arg-type]


def _export(database: Database) -> float:
    watch = _Stopwatch()
    started = time.perf_counter()
    with database.read() as session:
        totals = calls.total(session, scope=SCOPE, wanted=OCTOBER)
        rows = calls.rows(session, scope=SCOPE, wanted=OCTOBER)
        cdr.write(watch, asked(cdr.Format.CSV), rows, totals=totals)
    assert watch.first is not None
    return watch.first - started


def _plan(database: Database) -> list[str]:
    """Explain the very statement that the export sends."""
    with database.read() as session:
        connection = session.connection()
        form = _Form.of(_wanted_rows(SCOPE, OCTOBER), connection.dialect)
        explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
        cursor: Any = connection.connection.cursor()
        cursor.execute(f"{explain} {form.sql}", form.given({}))
        return [str(row[-1]).strip() for row in cursor.fetchall()]
