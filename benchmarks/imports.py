"""Importing call records, on SQLite beside a bare executemany, on PostgreSQL beside a bare COPY.

Ours reads Asterisk's CSV and does all that an import does: times to UTC, numbers to E.164, keys,
direction, invoice. The bare side writes the very rows that came of it, ready as the driver takes
them, into the same table with the same indexes and references.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy.exc import OperationalError

from benchmarks.figure import Figure, figure
from benchmarks.turns import server_database
from store.db import Database
from store.importers.loading import COLUMNS
from store.models import Account, Transaction

ROWS = 2_000_000
_FIRST = datetime(2026, 5, 1)  # noqa: DTZ001 - a switch writes no zone
_DAYS = 180
_BATCH = 10_000
_NAMES = ", ".join(COLUMNS)
_MOST_RESIDENT = 200  # MiB, asked for five million rows


def run() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "Master.csv"
        _write(file, ROWS)
        yield from _figures("sqlite", *_sqlite(Path(folder), file))
        try:
            with server_database() as url:
                yield from _figures("postgresql", *_postgres(Path(folder), file, url))
        except OperationalError:
            return  # no server here


def _figures(name: str, ours: dict[str, float], bare: float) -> Iterator[Figure]:
    yield figure(f"imports.{name}", ROWS / ours["seconds"], ROWS / bare, "rows/s")
    yield figure(f"imports.{name}-resident", ours["resident"], _MOST_RESIDENT, "MiB")


def _sqlite(folder: Path, file: Path) -> tuple[dict[str, float], float]:
    ours = _prepared(f"sqlite:///{folder / 'ours.db'}")
    figures = _imported(f"sqlite:///{folder / 'ours.db'}", file)
    bare = _prepared(f"sqlite:///{folder / 'bare.db'}")
    marks = ", ".join("?" for _ in COLUMNS)
    insert = f"INSERT INTO call_record ({_NAMES}) VALUES ({marks})"  # noqa: S608 - ours alone
    seconds = 0.0
    with ours.engine.connect() as source, bare.engine.connect() as target:
        driver: Any = target.connection.dbapi_connection
        found = _driver(source).execute(f"SELECT {_NAMES} FROM call_record ORDER BY id")  # noqa: S608
        driver.execute("BEGIN IMMEDIATE")
        while rows := found.fetchmany(_BATCH):
            started = time.perf_counter()
            driver.executemany(insert, rows)
            seconds += time.perf_counter() - started
        started = time.perf_counter()
        driver.execute("COMMIT")
        seconds += time.perf_counter() - started
    ours.dispose()
    bare.dispose()
    return figures, seconds


def _postgres(folder: Path, file: Path, url: str) -> tuple[dict[str, float], float]:
    database = _prepared(url)
    figures = _imported(url, file)
    rows = folder / "rows.copy"
    with database.engine.connect() as connection:
        driver = _driver(connection)
        with rows.open("wb") as out, driver.cursor() as cursor:
            select = f"COPY (SELECT {_NAMES} FROM call_record ORDER BY id) TO STDOUT"  # noqa: S608
            with cursor.copy(select) as copy:
                for block in copy:
                    out.write(block)
            cursor.execute("TRUNCATE call_record")
        driver.commit()
        started = time.perf_counter()
        into = f"COPY call_record ({_NAMES}) FROM STDIN"
        with rows.open("rb") as blocks, driver.cursor() as cursor, cursor.copy(into) as copy:
            while block := blocks.read(1 << 16):
                copy.write(block)
        driver.commit()
        seconds = time.perf_counter() - started
    database.dispose()
    return figures, seconds


def _driver(connection: Any) -> Any:
    return connection.connection.driver_connection


def _imported(url: str, file: Path) -> dict[str, float]:
    done = subprocess.run(  # noqa: S603 - it is ours
        [sys.executable, "-m", "benchmarks._import", url, str(file)],
        check=True,
        capture_output=True,
        text=True,
    )
    figures: dict[str, float] = json.loads(done.stdout)
    assert figures["added"] == ROWS
    return figures


def _prepared(url: str) -> Database:
    """Make a store with one account, and invoices for the calls of all months but the last."""
    database = Database.connect(url)
    database.upgrade()
    with database.write() as session:
        account = Account(number="000001", legal_name="Bench", bill_to_name="Bench")
        session.add(account)
        session.flush()
        for month in range(5, 10):
            session.add(
                Transaction(
                    account_id=account.id or 0,
                    number=f"INV{month:08}",
                    type="invoice",
                    date=date(2026, month + 1, 1),
                    due_date=date(2026, month + 1, 20),
                    period_first=date(2026, month, 1),
                    period_last=date(2026, month + 1, 1) - timedelta(days=1),
                    amount_cents=0,
                )
            )
    return database


def _write(path: Path, rows: int) -> None:
    """Write calls as a switch does, one after another, to many numbers."""
    luck = Random("imports")  # noqa: S311 - made-up calls
    step = timedelta(days=_DAYS) / rows
    with path.open("w", encoding="utf-8") as file:
        for number in range(rows):
            start = _FIRST + step * number
            seconds = luck.randrange(4, 900)
            extension = 100 + luck.randrange(80)
            outside = f"{luck.randrange(200, 990)}555{luck.randrange(10_000):04}"
            times = (start, start + timedelta(seconds=8), start + timedelta(seconds=8 + seconds))
            stamps = ",".join(f'"{time:%Y-%m-%d %H:%M:%S}"' for time in times)
            file.write(
                f'"","{extension}","{outside}","internal","""Desk {extension}"" <{extension}>",'
                f'"PJSIP/{extension}-{number:08x}","PJSIP/trunk-{number:08x}","Dial",'
                f'"PJSIP/trunk,60",{stamps},{seconds + 8},{seconds},"ANSWERED","DOCUMENTATION",'
                f'"pbx-{number}.{number % 97}",""\n'
            )
