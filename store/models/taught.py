"""Phrases that staff approve, beside those of the topics."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field

from store.models.types import BigId, Table, instant_field


class TaughtPhrase(Table, table=True):
    """One sentence that means a topic, until it is withdrawn. No row is ever deleted."""

    __table_args__ = (
        Index(
            "ux_taught_phrase_text",
            "text",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    ref: str = Field(unique=True, max_length=16)  # short, for the command line: P-7K3M9Q
    # The number of the change that made the row what it is; the greatest is the whole's.
    revision: int = Field(unique=True, sa_type=BigInteger)
    topic: str = Field(max_length=64)
    language: str = Field(max_length=8)
    text: str = Field(max_length=200)
    approved_by_id: int = Field(foreign_key="staff.id", sa_type=BigId)
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id", sa_type=BigId)
    created_at: datetime = instant_field()
    withdrawn_by_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=BigId)
    withdrawn_at: datetime | None = instant_field(default=None)
