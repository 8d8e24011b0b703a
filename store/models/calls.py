"""Call detail records (CDRs), as docs/domain.md 3.8 lays them out."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from store.models.types import BigId, Table, UtcDateTime


class Direction(StrEnum):
    IN = "in"
    OUT = "out"
    INTERNAL = "internal"
    UNKNOWN = "unknown"


class CallRecord(Table, table=True):
    """One leg of a call. Durations are seconds as given; charge and rate, dollar millionths."""

    __table_args__ = (Index("ix_call_record_month", "account_id", "start_at", "id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    account_id: int = Field(foreign_key="account.id", sa_type=BigId)
    invoice_id: int | None = Field(
        default=None, foreign_key="transaction.id", index=True, sa_type=BigId
    )  # none: not billed yet
    import_key: str = Field(unique=True, max_length=64)  # a re-sent file adds nothing
    call_id: str = Field(max_length=255)
    leg: int = 0
    direction: str = Field(default=Direction.UNKNOWN, max_length=16)
    start_at: datetime = Field(sa_type=UtcDateTime)
    answer_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    end_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    from_number: str = Field(default="", max_length=64)
    from_extension: str = Field(default="", max_length=32)
    from_name: str = ""
    to_number: str = Field(default="", max_length=64)
    to_extension: str = Field(default="", max_length=32)
    duration_seconds: int = 0
    billable_seconds: int = 0
    disposition: str = Field(default="", max_length=32)
    destination: str = ""
    rate_millionths: int | None = Field(default=None, sa_type=BigInteger)  # per minute
    charge_millionths: int | None = Field(default=None, sa_type=BigInteger)
    source_format: str = Field(default="", max_length=32)
    source_row: int | None = None
