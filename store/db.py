"""The engine, and the two ways to use it: read, and write once.

A turn reads first and writes at the end. On SQLite a write starts with BEGIN IMMEDIATE: a
transaction that reads and then writes is refused with "database is locked" at once, whatever
the busy timeout, when another writer came between.
"""

import importlib
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.pool import NullPool, Pool
from sqlmodel import Session as Session  # noqa: PLC0414 - the rooms above know it by this name

from store.compiled import translated
from store.writer import Line, Overloaded, Work, Writer

T = TypeVar("T")

BUSY_TIMEOUT_SECONDS = 30
_IMMEDIATE = "billing_bot_immediate"
_AUTOCOMMIT = "AUTOCOMMIT"
_MIGRATION_LOCK = 0x62_69_6C_6C  # any number, the same for everybody who migrates


@dataclass(frozen=True, eq=False)
class Database:
    engine: Engine
    keeping: Engine  # for connections that a thread keeps: no pool, so they take no place in one
    writer: Writer = field(init=False, repr=False)  # of the process's small, frequent changes
    _kept: list[Connection] = field(default_factory=list, repr=False)
    _mine: threading.local = field(default_factory=threading.local, repr=False)

    def __post_init__(self) -> None:
        writer = Writer(lambda: _immediate(self.keeping))
        object.__setattr__(self, "writer", writer)

    @classmethod
    def connect(cls, url: str) -> "Database":
        """Make the engine (no connection yet). `postgres://` and `postgresql://` use psycopg 3.

        Raises ValueError, without the URL's password, for a URL that cannot be read.
        """
        return cls(_engine(url), _engine(url, poolclass=NullPool))

    @property
    def engines(self) -> tuple[Engine, Engine]:
        """Everything that statements go through, for whoever listens."""
        return self.engine, self.keeping

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open one consistent view; nothing is written and nothing stays locked."""
        with self._view() as connection, Session(connection, autoflush=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open one transaction: it commits when the block ends well, else nothing happened."""
        with (
            _immediate(self.engine) as connection,
            Session(connection, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def glance(self, look: Callable[[Work], T]) -> T:
        """Run one statement on a connection that this thread keeps: no transaction to begin.

        What takes more than one statement to be consistent uses `read`. The statement is run
        again when the kept connection turns out to be lost.
        """
        kept: Connection | None = getattr(self._mine, "connection", None)
        if kept is not None:
            try:
                return look(Line(kept))
            except DBAPIError as error:
                self._forget()
                if not error.connection_invalidated:
                    raise
        return look(Line(self._keep()))

    def _keep(self) -> Connection:
        connection = self.keeping.connect().execution_options(isolation_level=_AUTOCOMMIT)
        self._mine.connection = connection
        self._kept.append(connection)
        return connection

    def _forget(self) -> None:
        connection: Connection = self._mine.connection
        del self._mine.connection
        self._kept.remove(connection)
        connection.invalidate()
        connection.close()

    def upgrade(self) -> None:
        """Bring the schema to the newest revision; several processes may try at once."""
        with _immediate(self.engine) as connection, self._unchecked(connection), connection.begin():
            if not self.is_sqlite:
                lock = text("SELECT pg_advisory_xact_lock(:key)")
                connection.execute(lock, {"key": _MIGRATION_LOCK})
            _schema().upgrade(connection)
            if self.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise ValueError("the upgrade would leave rows that refer to nothing")

    @contextmanager
    def _unchecked(self, connection: Connection) -> Iterator[None]:
        """Let SQLite change a table that others refer to: it drops it and makes it anew."""
        driver: Any = connection.connection.dbapi_connection
        if self.is_sqlite:
            driver.execute("PRAGMA foreign_keys = OFF")
        try:
            yield
        finally:
            if self.is_sqlite:
                driver.execute("PRAGMA foreign_keys = ON")

    def is_current(self) -> bool:
        """Tell whether the schema is the newest revision. Raises OperationalError when down."""
        with self.engine.connect() as connection:
            return bool(_schema().is_current(connection))

    def _view(self) -> Connection:
        connection = self.engine.connect()
        if self.is_sqlite:  # a read transaction is one view already
            return connection
        return connection.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    def dispose(self) -> None:
        """Write what is queued and close every connection."""
        self.writer.close()
        while self._kept:
            self._kept.pop().close()
        self.keeping.dispose()
        self.engine.dispose()


def _immediate(engine: Engine) -> Connection:
    return engine.connect().execution_options(**{_IMMEDIATE: True})


def _schema() -> ModuleType:
    return importlib.import_module("store.schema")


_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _engine(url: str, *, poolclass: type[Pool] | None = None) -> Engine:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise ValueError("DATABASE_URL cannot be read as a database address") from None
    if parsed.drivername in {"postgres", "postgresql"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise ValueError("DATABASE_URL must be of an SQLite file or a PostgreSQL server")
    # hide_parameters: an error's text never carries what a customer said or owes.
    options: dict[str, Any] = {"hide_parameters": True, "json_serializer": _to_json}
    if parsed.get_backend_name() == "sqlite":
        options["connect_args"] = {
            "timeout": BUSY_TIMEOUT_SECONDS,
            "check_same_thread": False,  # a connection moves between threads, one at a time
        }
    else:
        options["connect_args"] = {"connect_timeout": 5}
    if poolclass is not None:
        options["poolclass"] = poolclass
    elif parsed.get_backend_name() == "postgresql":
        options |= {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 20}
    engine = create_engine(parsed, **options)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver shall not begin transactions by itself
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",  # an acknowledged event survives a power cut
        "foreign_keys = ON",
        f"busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") != _AUTOCOMMIT:
        driver: Any = connection.connection.dbapi_connection
        try:
            driver.execute("BEGIN IMMEDIATE" if options.get(_IMMEDIATE) else "BEGIN")
        except sqlite3.Error as error:
            raise translated(connection, error, "BEGIN") from error


def is_unavailable(error: BaseException) -> bool:
    """Tell whether the store could not be reached, as against a mistake of ours."""
    if isinstance(error, Overloaded):
        return True
    if isinstance(error, OperationalError):
        # SQLite says so of mistakes in a statement too.
        return not str(error.orig).startswith(("no such ", "near "))
    return isinstance(error, DBAPIError) and error.connection_invalidated
