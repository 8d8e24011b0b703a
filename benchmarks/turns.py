"""Turns per CPU-second through the dispatcher with the store, on SQLite and PostgreSQL.

Ours accepts an event, finds the person, understands the question, answers it and closes the turn.
The bare side does the store's part alone: the same three rows written and the same two
read, by the database's own driver in as many transactions.
"""

import io
import json
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from benchmarks.figure import Figure, figure
from bot import logs
from bot.bootstrap import build, prepare
from bot.messages import Request
from bot.settings import Settings
from store.db import Database

TURNS = 300
SERVER = os.environ.get(
    "BILLING_BOT_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)
NAME = "billing_bot_bench"
QUESTIONS = ("my payment is still pending", "ou sont mes CDR", "which cards do you take?")
SCHEMA = (
    "CREATE TABLE bare_inbox (id INTEGER PRIMARY KEY, event TEXT UNIQUE, body TEXT, state TEXT)",
    "CREATE TABLE bare_turn (id INTEGER PRIMARY KEY, inbox_id INTEGER, said TEXT, outcome TEXT)",
    "CREATE TABLE bare_outbox (id INTEGER PRIMARY KEY, turn_id INTEGER, reply TEXT)",
)

Execute = Callable[..., object]


def run() -> Iterator[Figure]:
    # The log line of a turn is part of its cost; where it goes is not.
    logs.configure(Settings(env="production"), io.StringIO())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        bare = _rate(_bare_sqlite(path / "bare.db"))
        yield figure("turns.sqlite", _ours(f"sqlite:///{path / 'ours.db'}"), bare, "turns/CPU-s")
    try:
        with server_database() as url:
            bare = _rate(_bare_postgres(url))
            yield figure("turns.postgresql", _ours(url), bare, "turns/CPU-s")
    except OperationalError:
        return  # no server here


def _ours(url: str) -> float:
    settings = Settings(env="development", database_url=url)
    database = Database.connect(url)
    prepare(settings, database)
    delivery = build(settings, database).delivery

    def turn(number: int) -> None:
        person = f"person-{number % 20}"
        request = Request(
            platform="bench",
            user=person,
            room=person,
            event_id=uuid4().hex,
            one_to_one=True,
            pulled=True,
            text=QUESTIONS[number % len(QUESTIONS)],
        )
        delivery.run(delivery.accept(request))

    try:
        return _rate(turn)
    finally:
        delivery.close()
        database.dispose()


def _rate(turn: Callable[[int], None]) -> float:
    for number in range(30):
        turn(number)
    started = time.process_time()
    for number in range(TURNS):
        turn(number)
    return TURNS / (time.process_time() - started)


def _bare_sqlite(path: Path) -> Callable[[int], None]:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")
    for statement in SCHEMA:
        connection.execute(statement)
    return _bare_turn(connection.execute, "?", "BEGIN IMMEDIATE")


def _bare_postgres(url: str) -> Callable[[int], None]:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg.connect(address, autocommit=True)
    for statement in SCHEMA:
        serial = statement.replace("INTEGER PRIMARY KEY", "BIGSERIAL PRIMARY KEY")
        connection.execute(serial.encode())
    return _bare_turn(connection.execute, "%s", "BEGIN")


def _bare_turn(execute: Execute, mark: str, begin: str) -> Callable[[int], None]:
    body = json.dumps({"text": QUESTIONS[0], "user": "person"})
    read = f"SELECT id, state FROM bare_inbox WHERE event = {mark}"  # noqa: S608 - ours alone

    def turn(_number: int) -> None:
        event = uuid4().hex
        execute(begin)
        execute(
            f"INSERT INTO bare_inbox (event, body, state) VALUES ({mark}, {mark}, 'running')",  # noqa: S608
            (event, body),
        )
        execute("COMMIT")
        execute(read, (event,))
        execute(begin)
        execute(
            f"INSERT INTO bare_turn (inbox_id, said, outcome) VALUES (1, {mark}, 'answer')",  # noqa: S608
            (body,),
        )
        execute(f"INSERT INTO bare_outbox (turn_id, reply) VALUES (1, {mark})", (body,))  # noqa: S608
        execute(f"UPDATE bare_inbox SET state = 'done' WHERE event = {mark}", (event,))  # noqa: S608
        execute("COMMIT")
        execute(read, (event,))

    return turn


@contextmanager
def server_database() -> Iterator[str]:
    """Make a database for the run, and drop it. Raises OperationalError without a server."""
    engine = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {NAME}"))
        try:
            yield make_url(SERVER).set(database=NAME).render_as_string(hide_password=False)
        finally:
            connection.execute(text(f"DROP DATABASE {NAME} WITH (FORCE)"))
    engine.dispose()
