"""One export in a process of its own: `python -m benchmarks._export URL KIND CALLS`.

It prints rows per CPU-second and the most memory it was resident in, as JSON.
"""

import csv
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Any

from fpdf import FPDF
from xlsxwriter import Workbook  # type: ignore[import-untyped]

from benchmarks._calls import END, OCTOBER, START
from bot.documents import cdr, pdf
from store import calls
from store.call_filter import CallFilter
from store.calls import CallRow
from store.db import Database, Session
from store.models import Role
from store.scope import Scope

SCOPE = Scope(portal_user_id=1, account_id=1, role=Role.ADMINISTRATOR)
_NAMES = ", ".join((*CallRow._fields[:-1], "invoice_id"))
_SQL = (
    f"SELECT {_NAMES} FROM call_record WHERE account_id = 1 AND start_at >= '{{start}}'"  # noqa: S608
    " AND start_at < '{end}' ORDER BY start_at, id LIMIT {count}"
)


def asked(kind: cdr.Format, wanted: CallFilter = OCTOBER) -> cdr.CallsFile:
    return cdr.CallsFile(
        wanted=wanted,
        heading="Calls, October 2026",
        first=date(2026, 10, 1),
        last=date(2026, 10, 31),
        zone="America/Toronto",
        format=kind,
        language="en",
    )


def main(url: str, kind: str, count: int) -> None:
    database = Database.connect(url)
    whose, _, format_ = kind.partition("-")
    with database.read() as session, tempfile.TemporaryFile() as out:
        if whose == "ours":
            write = _ours(session, cdr.Format(format_), count)
        else:
            write = partial(_BARE[format_], cursor=_cursor(session, count))
        started = time.process_time()
        write(out)
        seconds = time.process_time() - started
    print(json.dumps({"rows": count / seconds, "mib": _resident()}))


def _resident() -> float:
    """Tell the most MiB held. `getrusage` would count the parent's before this program began."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _ours(session: Session, kind: cdr.Format, count: int) -> Callable[[IO[bytes]], None]:
    wanted = CallFilter(start_at=START, end_at=END, limit=count)
    totals = calls.total(session, scope=SCOPE, wanted=wanted)
    rows = calls.rows(session, scope=SCOPE, wanted=wanted)
    return lambda out: cdr.write(out, asked(kind, wanted), rows, totals=totals)  # type: ignore[arg-type]


def _cursor(session: Session, count: int) -> Iterator[Any]:
    """Give the driver's rows, read as ours are."""
    connection = session.connection()
    sql = _SQL.format(start=f"{START:%Y-%m-%d %H:%M}", end=f"{END:%Y-%m-%d %H:%M}", count=count)
    driver: Any = connection.connection
    if connection.dialect.name == "sqlite":
        yield from driver.cursor().execute(sql)
        return
    connection.exec_driver_sql("SET LOCAL TIME ZONE 'UTC'")
    with closing(driver.cursor("bare", binary=True)) as cursor:
        cursor.itersize = 2_000
        cursor.execute(sql)
        yield from cursor


def _csv(out: IO[bytes], cursor: Iterator[Any]) -> None:
    with open(out.fileno(), "w", newline="", closefd=False, encoding="utf-8") as text:
        csv.writer(text).writerows(cursor)


def _xlsx(out: IO[bytes], cursor: Iterator[Any]) -> None:
    """Write the cells as numbers and text: fewer formats than ours."""
    with Workbook(out, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate(cursor):
            for column, cell in enumerate(cells):
                if cell.__class__ is int:
                    sheet.write_number(row, column, cell)
                elif cell is not None:
                    sheet.write_string(row, column, str(cell))


def _pdf(out: IO[bytes], cursor: Iterator[Any]) -> None:
    """Write fpdf2's own table of thirteen columns, as many as ours has."""
    paper = pdf.Paper(
        title="x", author="x", language="en", created=date(2026, 10, 1), families=(pdf.MONO,)
    )
    paper.set_auto_page_break(auto=True)
    paper.add_page(orientation="landscape")
    paper.set_font(pdf.MONO, "", 5)
    with _table(paper) as table:
        for cells in cursor:
            row = table.row()
            for cell in islice(cells, 13):
                row.cell(str(cell))
    out.write(paper.finished())


def _table(paper: FPDF) -> Any:
    return paper.table(first_row_as_headings=False)


_BARE = {"csv": _csv, "xlsx": _xlsx, "pdf": _pdf}

if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
