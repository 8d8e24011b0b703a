"""A store of an earlier version is brought up to date with everything that is in it."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

from store import schema, tickets
from store.db import Database
from store.models import Author
from tests.platforms.running import SQLITE


@pytest.fixture
def filled(sampled: Database, bot) -> Database:
    """A store with a conversation, a ticket and its messages."""
    from tests.talk import Talk

    Talk(bot).say("I want to talk to a person")
    return sampled


def test_a_filled_store_goes_back_and_forth(filled: Database) -> None:
    """Tables that others refer to are changed without losing what refers to them."""
    if not filled.is_sqlite:
        pytest.skip("PostgreSQL changes its tables in place")
    with filled.engine.connect() as connection:
        connection.connection.dbapi_connection.execute("PRAGMA foreign_keys = OFF")
        with connection.begin():
            config = schema._config()
            config.attributes["connection"] = connection
            command.downgrade(config, "0001")
        connection.connection.dbapi_connection.execute("PRAGMA foreign_keys = ON")
    assert not filled.is_current()
    filled.upgrade()
    assert filled.is_current()
    with filled.read() as session:
        (case,) = tickets.open_cases(session)
        said = tickets.messages(session, ticket_id=case.ticket.id)
        assert Author.CUSTOMER in {message.author for message, _staff in said}
        assert 1 == session.connection().execute(text("PRAGMA foreign_keys")).scalar()


def test_migrations_come_to_what_the_models_say(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert [] == compare_metadata(context, SQLModel.metadata)


@SQLITE
def test_partial_indexes_are_those_of_the_models(database: Database) -> None:
    """Alembic does not compare their conditions, and changing a table could lose them."""
    have = {
        index["name"]: str(index.get("dialect_options", {}).get("sqlite_where"))
        for table in SQLModel.metadata.tables
        for index in inspect(database.engine).get_indexes(table)
    }
    wanted = {
        index.name: str(index.dialect_options["sqlite"]["where"])
        for table in SQLModel.metadata.tables.values()
        for index in table.indexes
    }
    assert wanted == have
    assert {"None"} < set(have.values())
