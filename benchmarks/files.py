"""Files of a million calls: rows per CPU-second beside the bare libraries, and memory.

Each export runs in a process of its own and reads the same rows. The bare CSV is `csv.writer` over
the driver's cursor; the bare workbook is XlsxWriter in its constant-memory mode, cell by cell; the
bare PDF is fpdf2's `table()`, over fewer rows, as it is slow. Memory compares 10,000 calls ("bare")
with all of them.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.exc import OperationalError

from benchmarks._calls import fill
from benchmarks.figure import Figure, figure
from benchmarks.turns import server_database
from store.db import Database

CALLS, FEW, PDF_CALLS, TABLE_CALLS = 1_000_000, 10_000, 100_000, 500


def run() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        yield from _of("sqlite", f"sqlite:///{Path(folder) / 'calls.db'}")
    try:
        with server_database() as url:
            yield from _of("postgresql", url)
    except OperationalError:
        return  # no server here


def _of(name: str, url: str) -> Iterator[Figure]:
    database = Database.connect(url)
    fill(database, CALLS)
    database.dispose()
    for kind in ("csv", "xlsx"):
        bare, ours = _export(url, f"bare-{kind}", CALLS), _export(url, f"ours-{kind}", CALLS)
        yield figure(f"files.{kind}.{name}", ours["rows"], bare["rows"], "rows/CPU-s")
        few = _export(url, f"ours-{kind}", FEW)
        yield figure(f"files.{kind}.{name}.memory", ours["mib"], few["mib"], "MiB resident")
    table, lines = _export(url, "bare-pdf", TABLE_CALLS), _export(url, "ours-pdf", PDF_CALLS)
    yield figure(f"files.pdf.{name}", lines["rows"], table["rows"], "rows/CPU-s")


def _export(url: str, kind: str, calls: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks._export", url, kind, str(calls)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)  # noqa: S603 - ours
    result: dict[str, float] = json.loads(done.stdout)
    return result
