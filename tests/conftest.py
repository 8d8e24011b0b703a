"""Real stores for tests: an SQLite file, and a database on a PostgreSQL server where there is one.

A migrated (and a filled) store is made once a process and copied for each test. Without a server
the PostgreSQL tests skip and say so; with CI set they must run.
"""

import io
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from bot import logs
from bot.bootstrap import Bot, build
from bot.identity.passwords import hash_password
from bot.settings import Settings
from store import sample
from store.db import Database
from tests.talk import Talk

TODAY = date(2026, 11, 22)
SERVER = os.environ.get(
    "BILLING_BOT_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)
_HASHED: dict[str, str] = {}


def settings(**changes: object) -> Settings:
    """Settings of a development bot on the day that the tests know."""
    return Settings(env="development", today=TODAY, **changes)


def quick_hash(password: str) -> str:
    """A real argon2id hash, made once a password and process."""
    if password not in _HASHED:
        _HASHED[password] = hash_password(password)
    return _HASHED[password]


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What a production process writes to its log."""
    stream, root = io.StringIO(), logging.getLogger()
    before = root.handlers
    production = Settings(env="production", log_level="DEBUG")
    logs.configure(production, stream)
    yield stream
    root.handlers = before


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
def stores(
    backend: str, worker: str, tmp_path_factory: pytest.TempPathFactory
) -> "Iterator[Stores]":
    maker = _Files(tmp_path_factory.mktemp("stores")) if backend == "sqlite" else _Server(worker)
    with maker.open() as stores:
        yield stores


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


@dataclass
class _Server(Stores):
    worker: str
    copies: int = 0

    def url(self, name: str) -> str:
        return (
            make_url(SERVER)
            .set(database=f"billing_bot_test_{self.worker}_{name}")
            .render_as_string(hide_password=False)
        )

    @contextmanager
    def copied(self, name: str) -> Iterator[str]:
        self.copies += 1
        copy = f"copy{self.copies}"
        self._run(f"CREATE DATABASE {self._name(copy)} TEMPLATE {self._name(name)}")
        yield self.url(copy)
        self._run(f"DROP DATABASE {self._name(copy)} WITH (FORCE)")

    @contextmanager
    def open(self) -> Iterator[Stores]:
        for name in ("empty", "sampled"):
            self._run(f"DROP DATABASE IF EXISTS {self._name(name)} WITH (FORCE)")
            self._run(f"CREATE DATABASE {self._name(name)}")
        self.make()
        yield self
        for name in ("empty", "sampled"):
            self._run(f"DROP DATABASE {self._name(name)} WITH (FORCE)")

    def _name(self, name: str) -> str:
        return str(make_url(self.url(name)).database)

    def _run(self, statement: str) -> None:
        engine = create_engine(SERVER, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


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
