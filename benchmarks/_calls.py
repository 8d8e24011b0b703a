"""A store with as many calls as a benchmark needs."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from store.call_filter import CallFilter
from store.db import Database
from store.models import Account, Role, Transaction, TransactionType
from store.scope import Scope

START = datetime(2026, 10, 1, 4, tzinfo=UTC)  # midnight in Toronto
END = datetime(2026, 11, 1, 4, tzinfo=UTC)
OCTOBER = CallFilter(start_at=START, end_at=END)
_MADE = 10_000  # others' calls that are made; more are copies
_MONTH = int((END - START).total_seconds())
_DESTINATIONS = (
    ("+1416555", "Local", 0),
    ("+1613555", "Canada", 59_000),
    ("+1212555", "United States", 69_000),
    ("+44207946", "United Kingdom", 85_000),
)
COLUMNS = (
    "account_id",
    "invoice_id",
    "import_key",
    "call_id",
    "leg",
    "direction",
    "start_at",
    "from_number",
    "from_extension",
    "from_name",
    "to_number",
    "to_extension",
    "duration_seconds",
    "billable_seconds",
    "disposition",
    "destination",
    "rate_millionths",
    "charge_millionths",
    "source_format",
)


def fill(database: Database, calls: int, *, others: int = 0) -> Scope:
    """Bring the schema up; one account's October with so many calls, and others' calls beside."""
    database.upgrade()
    with database.write() as session:
        accounts = [
            Account(number=f"{n:06}", legal_name=f"{n} Inc.", bill_to_name=f"{n} Inc.")
            for n in range(1, 12)
        ]
        session.add_all(accounts)
        session.flush()
        ids = [account.id or 0 for account in accounts]
        invoices = [
            Transaction(
                account_id=id_,
                number=f"INV{id_:08}",
                type=TransactionType.INVOICE,
                date=date(2026, 11, 1),
                amount_cents=0,
            )
            for id_ in ids
        ]
        session.add_all(invoices)
        session.flush()
        bills = [invoice.id or 0 for invoice in invoices]
    _insert(database, _rows(calls, ids[:1], bills[:1], "ours"))
    made = min(others, _MADE)
    _insert(database, _rows(made, ids[1:], bills[1:], "others"))
    for again in count():
        if made == others:
            break
        more = min(made, others - made)
        _copy(database, ids[0], more, again)
        made += more
    _analyze(database)
    return Scope(portal_user_id=1, account_id=ids[0], role=Role.ADMINISTRATOR)


def _rows(calls: int, ids: list[int], bills: list[int], name: str) -> Iterator[tuple[Any, ...]]:
    for n in range(calls):
        prefix, place, rate = _DESTINATIONS[n % len(_DESTINATIONS)]
        seconds = n * 7919 % 1800
        yield (
            ids[n % len(ids)],
            bills[n % len(bills)] if n % 10 else None,
            f"{name}-{n}",
            f"{name}-{n:08}",
            0,
            "out",
            START + timedelta(seconds=n * _MONTH // calls),
            "+16135550142",
            str(100 + n % 250),
            "",
            f"{prefix}{n % 10_000:04}",
            "",
            seconds,
            seconds if rate else 0,
            "ANSWERED",
            place,
            rate,
            (rate * seconds + 30) // 60,
            "bench",
        )


def _insert(database: Database, rows: Iterator[tuple[Any, ...]]) -> None:
    names = ", ".join(COLUMNS)
    with database.write() as session:
        driver: Any = session.connection().connection.dbapi_connection
        if database.is_sqlite:
            marks = ", ".join("?" * len(COLUMNS))
            place = COLUMNS.index("start_at")
            driver.executemany(
                f"INSERT INTO call_record ({names}) VALUES ({marks})",  # noqa: S608 - ours alone
                (
                    (*row[:place], f"{row[place]:%Y-%m-%d %H:%M:%S}.000000", *row[place + 1 :])
                    for row in rows
                ),
            )
            return
        with driver.cursor() as cursor, cursor.copy(f"COPY call_record ({names}) FROM STDIN") as c:
            for row in rows:
                c.write_row(row)


def _copy(database: Database, ours: int, calls: int, again: int) -> None:
    """Have the store copy so many calls of the others: ten million take minutes, not hours."""
    names = ", ".join(COLUMNS)
    values = names.replace("import_key", f"import_key || '+{again}'")
    with database.write() as session:
        session.connection().exec_driver_sql(
            f"INSERT INTO call_record ({names}) SELECT {values} FROM call_record"  # noqa: S608 - ours
            f" WHERE account_id <> {ours} LIMIT {calls}"
        )


def _analyze(database: Database) -> None:
    if not database.is_sqlite:
        with database.write() as session:
            session.connection().exec_driver_sql("ANALYZE call_record")
