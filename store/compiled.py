"""Statements of every turn: written in SQLAlchemy Core, compiled once, run on the driver.

What SQLAlchemy does for each execution (contexts, events, result objects) costs several times the
statement itself. Types are read and written by SQLAlchemy's own processors all the same, and the
driver's errors become SQLAlchemy's.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Connection, Dialect, bindparam
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement

from store.writer import Work

Processor = Callable[[Any], Any]
STREAMED = 2_000  # rows that a server sends at a time


@dataclass(frozen=True, slots=True)
class Ran:
    """What a statement did: rows as named tuples, and how many it touched."""

    rows: list[Any]
    rowcount: int

    def first(self) -> Any | None:
        return self.rows[0] if self.rows else None


class Compiled:
    """A statement whose parameters are all named (no expanding IN).

    `values` of a call must name every parameter without a value of its own.
    """

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._forms: dict[str, _Form] = {}

    def __call__(self, work: Work, values: Mapping[str, Any]) -> Ran:
        """Run it in the caller's transaction. Raises as SQLAlchemy does."""
        connection = work.connection()
        dialect = connection.dialect
        form = self._forms.get(dialect.name)
        if form is None:
            form = self._forms[dialect.name] = _Form.of(self._statement, dialect)
        return form.run(connection, values)


class Many:
    """The same statement for several rows at once: each trip to the driver has its price.

    `make` writes it for so many rows, with parameters named "name_0", "name_1" ...; for a few
    sizes only, so that few forms are kept.
    """

    SIZES = (64, 32, 16, 8, 4, 2, 1)

    def __init__(self, make: Callable[[int], ClauseElement]) -> None:
        self._make = make
        self._forms: dict[tuple[str, int], _Form] = {}

    def __call__(
        self, work: Work, rows: Sequence[Mapping[str, Any]], common: Mapping[str, Any] | None = None
    ) -> list[Any]:
        """Run it for all rows; gives what came back, in no order. Raises as SQLAlchemy does."""
        found: list[Any] = []
        at = 0
        while at < len(rows):
            size = next(size for size in self.SIZES if size <= len(rows) - at)
            found += self._run(work.connection(), rows[at : at + size], common or {})
            at += size
        return found

    def _run(
        self, connection: Connection, rows: Sequence[Mapping[str, Any]], common: Mapping[str, Any]
    ) -> list[Any]:
        key = (connection.dialect.name, len(rows))
        form = self._forms.get(key)
        if form is None:
            form = self._forms[key] = _Form.of(self._make(len(rows)), connection.dialect)
        values = {
            f"{name}_{number}": value
            for number, row in enumerate(rows)
            for name, value in row.items()
        }
        return form.run(connection, values | dict(common)).rows


def streamed(connection: Connection, statement: ClauseElement) -> Iterator[tuple[Any, ...]]:
    """Give the rows of a SELECT as they come, as the driver makes them; memory holds a few.

    On PostgreSQL it takes a transaction: the server keeps the place in it. Raises as SQLAlchemy
    does.
    """
    form = _Form.of(statement, connection.dialect)
    try:
        with closing(_streaming_cursor(connection)) as cursor:
            cursor.execute(form.sql, form.given({}))
            yield from cursor
    except connection.dialect.loaded_dbapi.Error as error:
        raise translated(connection, error, form.sql) from error


def _streaming_cursor(connection: Connection) -> Any:
    if connection.dialect.name == "sqlite":
        return connection.connection.cursor()  # it steps through the rows as they are asked for
    # Told so, psycopg makes the instants in UTC itself, several times as fast as they are turned.
    connection.exec_driver_sql("SET LOCAL TIME ZONE 'UTC'")
    cursor: Any = connection.connection.cursor("streamed", binary=True)
    cursor.itersize = STREAMED
    return cursor


def given(rows: int, columns: Iterable[Any]) -> list[dict[str, BindParameter[Any]]]:
    """Name the parameters of so many rows as `Many` fills them, each by its column or label."""
    columns = tuple(columns)
    return [
        {c.name: bindparam(f"{c.name}_{number}", type_=c.type) for c in columns}
        for number in range(rows)
    ]


@dataclass(frozen=True, slots=True)
class _Form:
    """A statement as one driver takes it."""

    sql: str
    names: tuple[str, ...] | None  # in their order, where parameters go by position
    fixed: Mapping[str, Any]
    writers: Mapping[str, Processor]
    readers: tuple[tuple[int, Processor], ...]
    row: Callable[..., Any] | None

    @classmethod
    def of(cls, statement: Any, dialect: Dialect) -> "_Form":
        compiled = statement.compile(dialect=dialect)
        writers = {
            name: processor
            for bind, name in compiled.bind_names.items()
            if (processor := bind.type.dialect_impl(dialect).bind_processor(dialect))
        }
        fixed = {name: value for name, value in compiled.params.items() if value is not None}
        columns = _columns(statement)
        readers = tuple(
            (number, processor)
            for number, column in enumerate(columns)
            if (processor := column.type.dialect_impl(dialect).result_processor(dialect, None))
        )
        names = tuple(compiled.positiontup) if compiled.positiontup is not None else None
        keys = [column.key for column in columns]
        row: Any = namedtuple("Row", keys) if keys else None  # noqa: PYI024 - its fields are data
        return cls(compiled.string, names, fixed, writers, readers, row and row._make)

    def run(self, connection: Connection, values: Mapping[str, Any]) -> Ran:
        cursor = connection.connection.cursor()
        try:
            cursor.execute(self.sql, self.given(values))
            rows = [self._read(row) for row in cursor.fetchall()] if self.row else []
            return Ran(rows, cursor.rowcount)
        except connection.dialect.loaded_dbapi.Error as error:
            raise translated(connection, error, self.sql) from error
        finally:
            cursor.close()

    def given(self, values: Mapping[str, Any]) -> Any:
        given = {**self.fixed, **values}
        for name, write in self.writers.items():
            given[name] = write(given[name])
        return given if self.names is None else [given[name] for name in self.names]

    def _read(self, row: Any) -> Any:
        assert self.row is not None  # noqa: S101 - the caller looked
        if not self.readers:
            return self.row(row)
        cells = list(row)
        for number, read in self.readers:
            cells[number] = read(cells[number])
        return self.row(cells)


def _columns(statement: Any) -> list[Any]:
    """List what comes back: of a SELECT, or of an INSERT with RETURNING."""
    if statement.is_select:
        return list(statement.selected_columns)
    return list(statement.exported_columns)


def translated(connection: Connection, error: Any, sql: str) -> BaseException:
    """Make SQLAlchemy's error of the driver's; a lost connection is given up as lost."""
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)
    if lost:
        connection.invalidate(error)
    translated: BaseException = DBAPIError.instance(
        sql,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=dialect,
    )
    return translated
