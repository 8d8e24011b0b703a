"""Column types and defaults that every noun family shares."""

import re
import secrets
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer
from sqlalchemy.orm import declared_attr
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

# Crockford's alphabet: no I, L, O, U, so a ref can be read out over the phone.
REF_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant; SQLite keeps no zone, so it is put back when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime was given where an instant is kept")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# SQLite numbers rows by itself only for a column declared INTEGER.
BigId = BigInteger().with_variant(Integer(), "sqlite")


def now() -> datetime:
    """The real clock, in UTC: `BILLING_BOT_TODAY` never moves expiries, leases and signatures."""
    return datetime.now(UTC)


_REF = re.compile(rf"[{REF_ALPHABET}]{{20}}")


def is_ref(text: str) -> bool:
    """Tell whether a text has the shape of what `new_ref` gives; there may be no such row."""
    return _REF.fullmatch(text) is not None


def new_ref(length: int = 20) -> str:
    """A random name for a row, the only one shown outside the store (5 bits a character)."""
    return "".join([REF_ALPHABET[byte & 31] for byte in secrets.token_bytes(length)])


class Table(SQLModel):
    """A table is named after its class, singular and in snake case."""

    @declared_attr.directive
    @classmethod
    def __tablename__(cls) -> str:
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


def ref_field() -> Any:
    return Field(default_factory=new_ref, unique=True, max_length=32)


def instant_field(**options: Any) -> Any:
    """An instant, now by default; give `default=None` for one that is yet to come."""
    if "default" not in options:
        options["default_factory"] = now
    return Field(sa_type=UtcDateTime, **options)
