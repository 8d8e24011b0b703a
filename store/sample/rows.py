"""Rows on their way into the store: their keys, and writing them many at a time."""

from collections import Counter
from collections.abc import Iterable
from itertools import count
from random import Random
from typing import Any, Protocol

from sqlalchemy import Connection, Table, func, insert, select
from sqlmodel import Session, SQLModel

from store.models.types import REF_ALPHABET

Row = dict[str, Any]
TableRow = tuple[str, Row]


class Numbered(Protocol):
    id: int | None


class Keys:
    """Ids and refs for new rows: ids go on from those in the store, refs follow from them.

    So an empty store gets the same keys each time.
    """

    def __init__(self, session: Session) -> None:
        connection = session.connection()
        tables = [table for table in SQLModel.metadata.sorted_tables if "id" in table.c]
        last = {
            table.name: connection.execute(select(func.max(table.c.id))).scalar() or 0
            for table in tables
        }
        self._ids = {name: count(number + 1) for name, number in last.items()}
        self._random = Random(str(last))  # noqa: S311 - sample rows, the same each time

    def next_id(self, table: str) -> int:
        return next(self._ids[table])

    def new_ref(self) -> str:
        return "".join(self._random.choices(REF_ALPHABET, k=20))


class Batch:
    """Rows that wait to be written together."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[Row]] = {}
        self._size = 0
        self.written: Counter[str] = Counter()  # by table

    def __len__(self) -> int:
        return self._size

    def add(self, row: TableRow) -> None:
        table, values = row
        self._waiting.setdefault(table, []).append(values)
        self._size += 1

    def add_all(self, rows: Iterable[TableRow]) -> None:
        for row in rows:
            self.add(row)

    def write(self, session: Session) -> None:
        """Write what waits, a table after those it refers to; the caller commits."""
        connection = session.connection()
        for table in SQLModel.metadata.sorted_tables:
            if rows := self._waiting.pop(table.name, None):
                connection.execute(insert(table), rows)
                self.written[table.name] += len(rows)
                _count_on(connection, table)
        self._size = 0


def row_of(model: SQLModel) -> TableRow:
    """The values of a model; without its id where the store is to number it."""
    values = model.model_dump(exclude={"id"} if getattr(model, "id", None) is None else None)
    return str(model.__tablename__), values


def _count_on(connection: Connection, table: Table) -> None:
    """PostgreSQL's sequences do not see ids that were given."""
    if connection.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(f'"{table.name}"', "id")
        last = select(func.max(table.c.id)).scalar_subquery()
        connection.execute(select(func.setval(sequence, last)))


def id_of(row: Numbered) -> int:
    """The id of a row that has got one."""
    if row.id is None:
        raise ValueError("a row that others refer to has no id yet")
    return row.id
