"""Real stores for tests: an SQLite file, and a database on a PostgreSQL server where there is one.

A migrated (and a filled) store is made once a process and copied for each test. Without a server
the PostgreSQL tests skip and say so; with CI set they must run.
"""

import io
import logging
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

import hypothesis
import pytest
from argon2 import PasswordHasher
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel

from bot import logs
from bot.bootstrap import Bot, build, router
from bot.settings import Settings
from store import sample
from store.db import Database
from tests.talk import Talk

TODAY = date(2026, 11, 22)
# How long an example takes is the machine's business, not a test's. `make test-slow` is thorough.
for profile, examples in (("quick", 25), ("thorough", 200)):
    hypothesis.settings.register_profile(
        profile,
        deadline=None,
        max_examples=examples,
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
    )
hypothesis.settings.load_profile("quick")
SERVER = os.environ.get(
    "BILLING_BOT_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)


TABLES = [table.name for table in reversed(SQLModel.metadata.sorted_tables)]
# What conversations fill, those that refer to others first; the rest is the accounts' own.
TALKED = [
    table
    for table in TABLES
    if table
    in {
        *"chat_identity conversation download_link export file file_chunk file_copy inbox".split(),
        *"lease link_request outbox".split(),
        *"sign_in_failure taught_phrase ticket ticket_message turn".split(),
    }
]
KEPT = [table for table in TABLES if table not in TALKED]


def settings(**changes: object) -> Settings:
    """Settings of a development bot on the day that the tests know."""
    return Settings(env="development", today=TODAY, **changes)


def quick_hash(password: str) -> str:
    """A real argon2id hash with the least parameters: checking it takes no time."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What a production process writes to its log."""
    stream, root = io.StringIO(), logging.getLogger()
    handlers, level = root.handlers, root.level
    production = Settings(env="production", log_level="DEBUG")
    logs.configure(production, stream)
    yield stream
    root.handlers = handlers
    root.setLevel(level)


# Where it is the store that is tried, both are at once; all else is tried on PostgreSQL with the
# slow tests.
STORE_TESTS = (
    "calls delivery faults jobs keeping killed kills ledger making migrations outbox sample "
    "store_queries turns writer"
).split()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Train the matcher once before several workers would, each for itself, at the same time."""
    if session.config.getoption("numprocesses", None):
        _ = router().matcher


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        callspec = getattr(item, "callspec", None)
        if callspec and callspec.params.get("backend") == "postgresql":
            subject = item.path.stem.removeprefix("test_")
            if subject not in STORE_TESTS and not item.get_closest_marker("both_stores"):
                item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    if request.param == "postgresql":
        _need_postgres()
    return str(request.param)


@pytest.fixture(scope="session")
def worker() -> str:
    # The process id keeps two runs on one server apart.
    return f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"


@pytest.fixture(scope="session")
def sqlite_stores(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Stores]":
    with _Files(tmp_path_factory.mktemp("stores")).open() as stores:
        yield stores


@pytest.fixture(scope="session")
def postgres_stores(worker: str) -> "Iterator[Stores]":
    with _Server(worker).open() as stores:
        yield stores


@pytest.fixture(scope="session")
def stores(backend: str, request: pytest.FixtureRequest) -> "Stores":
    # By name: each is made when first needed, and once, however often the tests change stores.
    name = {"sqlite": "sqlite_stores", "postgresql": "postgres_stores"}[backend]
    found: Stores = request.getfixturevalue(name)
    return found


@pytest.fixture
def database(stores: "Stores") -> Iterator[Database]:
    """A migrated store with nothing in it."""
    with stores.copy("empty") as database:
        yield database


@pytest.fixture
def sampled(stores: "Stores") -> Iterator[Database]:
    """A store with the sample companies, as of TODAY."""
    with stores.copy("sampled") as database:
        yield database


@pytest.fixture
def bot(sampled: Database) -> Iterator[Bot]:
    """A wired bot over the sample companies."""
    built = build(settings(), sampled)
    yield built
    built.delivery.close()


@pytest.fixture
def talk(bot: Bot) -> Talk:
    """Somebody nobody knows, in a chat of their own."""
    return Talk(bot)


class Stores:
    """Stores made once and copied for each test."""

    def url(self, name: str) -> str:
        raise NotImplementedError(name)

    def copied(self, name: str) -> AbstractContextManager[str]:
        raise NotImplementedError(name)

    @contextmanager
    def copy(self, name: str) -> Iterator[Database]:
        with self.copied(name) as url:
            database = Database.connect(url)
            if database.is_sqlite:
                for engine in database.engines:
                    event.listen(engine, "connect", _in_no_hurry)
            try:
                yield database
            finally:
                database.dispose()

    def make(self) -> None:
        for name in ("empty", "sampled"):
            database = Database.connect(self.url(name))
            database.upgrade()
            if name == "sampled":
                with database.write() as session:
                    sample.fill(session, today=TODAY, hash_password=quick_hash)
            database.dispose()

    @contextmanager
    def open(self) -> "Iterator[Stores]":
        self.make()
        yield self


def _in_no_hurry(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")  # see _Server.url


@dataclass
class _Files(Stores):
    folder: Path
    copies: int = 0

    def url(self, name: str) -> str:
        return f"sqlite:///{self.folder / name}.db"

    @contextmanager
    def copied(self, name: str) -> Iterator[str]:
        self.copies += 1
        target = self.folder / f"copy-{self.copies}.db"
        shutil.copy(self.folder / f"{name}.db", target)
        yield f"sqlite:///{target}"
        for leftover in self.folder.glob(f"{target.name}*"):
            leftover.unlink()


class _Server(Stores):
    """One database a name on a server, put back after each test as it was.

    Making and dropping a database costs a checkpoint each; emptying the few tables that
    conversations fill costs milliseconds. What else a test changed is noticed, and then the
    database is made anew.
    """

    def __init__(self, worker: str) -> None:
        self._worker = worker
        self._free: dict[str, list[str]] = {"empty": [], "sampled": []}
        self._as_made: dict[str, object] = {}
        self._numbers = count(1)

    def url(self, name: str) -> str:
        address = make_url(SERVER).set(database=f"billing_bot_test_{self._worker}_{name}")
        # Nothing here has to survive a power cut, and waiting for the disk is half of the time.
        address = address.update_query_dict({"options": "-c synchronous_commit=off"})
        return address.render_as_string(hide_password=False)

    @contextmanager
    def copied(self, name: str) -> Iterator[str]:
        work = self._free[name].pop() if self._free[name] else self._copy(name)
        yield self.url(work)
        self._run(*(f'DELETE FROM "{table}"' for table in TALKED), name=work)
        if self._as_made[name] == self._fingerprint(work):
            self._free[name].append(work)
        else:
            self._drop(work)

    def _copy(self, name: str) -> str:
        work = f"{name}_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {self._name(work)} TEMPLATE {self._name(name)}")
        self._as_made.setdefault(name, self._fingerprint(work))
        return work

    @contextmanager
    def open(self) -> Iterator[Stores]:
        for name in ("empty", "sampled"):
            self._drop(name)
            self._run(f"CREATE DATABASE {self._name(name)}")
        self.make()
        yield self
        for name in (*self._free, *(work for free in self._free.values() for work in free)):
            self._drop(name)

    def _fingerprint(self, name: str) -> object:
        parts = (
            f"SELECT '{table}', count(*), sum(hashtext(t::text)::bigint) FROM \"{table}\" t"
            for table in KEPT
        )
        return self._run(" UNION ALL ".join(parts), name=name)

    def _drop(self, name: str) -> None:
        self._run(f"DROP DATABASE IF EXISTS {self._name(name)} WITH (FORCE)")

    def _name(self, name: str) -> str:
        return str(make_url(self.url(name)).database)

    def _run(self, *statements: str, name: str = "") -> object:
        address = self.url(name) if name else SERVER
        engine = create_engine(address, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                done = connection.execute(text(statement))
            rows = sorted(map(tuple, done)) if done.returns_rows else None
        engine.dispose()
        return rows


def _need_postgres() -> None:
    engine = create_engine(SERVER, connect_args={"connect_timeout": 3})
    try:
        engine.connect().close()
    except OperationalError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no PostgreSQL server to test on: {type(error).__name__}")
    finally:
        engine.dispose()
