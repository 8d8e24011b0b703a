"""Alembic runs inside the transaction that `store.db.Database.upgrade` opens."""

from alembic import context
from sqlmodel import SQLModel

from store import models  # noqa: F401 - registers the tables
from store.models.types import UtcDateTime


def render_item(kind: str, item: object, autogen_context: object) -> str | bool:
    """Write our own column type in generated migrations by its plain SQL type."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    render_item=render_item,
    compare_type=True,
)
context.run_migrations()
