"""Writing many calls at once: one transaction a batch, and nothing that is there already."""

from collections.abc import Sequence
from typing import Any, Protocol

from sqlmodel import Session

from store.db import Database
from store.models import CallRecord

# The order in which the values of a call are given.
COLUMNS = tuple(
    "account_id invoice_id import_key call_id leg direction start_at answer_at end_at from_number "
    "from_extension from_name to_number to_extension duration_seconds billable_seconds disposition "
    "destination rate_millionths charge_millionths source_format source_row".split()
)
assert {"id", *COLUMNS} == set(CallRecord.model_fields)  # noqa: S101 - none is forgotten

Values = tuple[Any, ...]
_NAMES = ", ".join(COLUMNS)


class Loader(Protocol):
    def write(self, rows: Sequence[Values]) -> int:
        """Write a batch in a transaction of its own; gives how many were not there yet."""


def loader(database: Database) -> Loader:
    return SqliteLoader(database) if database.is_sqlite else PostgresLoader(database)


class SqliteLoader:
    # Instants as UtcDateTime writes them.
    _MARKS = ", ".join("? || '.000000'" if name.endswith("_at") else "?" for name in COLUMNS)
    _INSERT = (
        f"INSERT INTO call_record ({_NAMES}) VALUES ({_MARKS}) "  # noqa: S608
        "ON CONFLICT (import_key) DO NOTHING"
    )

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, rows: Sequence[Values]) -> int:
        with self._database.write() as session:
            return session.connection().exec_driver_sql(self._INSERT, list(rows)).rowcount


class PostgresLoader:
    _IN_UTC = "SET LOCAL TIME ZONE 'UTC'"  # instants come without an offset
    _STAGING = (
        "CREATE TEMPORARY TABLE IF NOT EXISTS call_staging ON COMMIT DELETE ROWS "  # noqa: S608
        f"AS SELECT {_NAMES} FROM call_record WITH NO DATA"
    )
    _COPY = f"COPY call_staging ({_NAMES}) FROM STDIN"
    _INSERT = (
        f"INSERT INTO call_record ({_NAMES}) SELECT {_NAMES} FROM call_staging "  # noqa: S608
        "ON CONFLICT (import_key) DO NOTHING"
    )

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, rows: Sequence[Values]) -> int:
        with self._database.write() as session:
            return self._copied(session, rows)

    def _copied(self, session: Session, rows: Sequence[Values]) -> int:
        connection = session.connection()
        connection.exec_driver_sql(self._IN_UTC)
        connection.exec_driver_sql(self._STAGING)
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(self._COPY) as copy:
            for row in rows:
                copy.write_row(row)
        return connection.exec_driver_sql(self._INSERT).rowcount
