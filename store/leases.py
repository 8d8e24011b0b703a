"""Leases: what one process of all does at a time, and how long a row is held by one."""

from datetime import timedelta

from sqlalchemy import bindparam, delete, or_, update
from sqlalchemy.dialects import postgresql, sqlite

from store.models import Lease
from store.models.types import now
from store.writer import Work

LEASE = timedelta(seconds=20)  # renewed while it is held: a killed process's rows wait this long
RENEW = LEASE.total_seconds() / 4  # seconds between two renewals

lease = Lease.__table__  # type: ignore[attr-defined]

_FREE = or_(lease.c.holder == bindparam("who"), lease.c.until < bindparam("at"))
_TAKE = (
    update(lease)
    .where(lease.c.name == bindparam("what"), _FREE)
    .values(holder=bindparam("who"), until=bindparam("later"))
)
_MAKE = {
    dialect.dialect.name: dialect.insert(lease).on_conflict_do_nothing().returning(lease.c.name)
    for dialect in (sqlite, postgresql)
}


def hold(work: Work, *, name: str, holder: str, seconds: float) -> bool:
    """Take a lease that is free, or go on holding it. False while somebody else has it."""
    connection, at = work.connection(), now()
    later = at + timedelta(seconds=seconds)
    taken = connection.execute(_TAKE, {"what": name, "who": holder, "at": at, "later": later})
    if taken.rowcount == 1:
        return True
    row = {"name": name, "holder": holder, "until": later}
    return connection.execute(_MAKE[connection.dialect.name], row).first() is not None


def release(work: Work, *, name: str, holder: str) -> None:
    """Let another process take it at once."""
    work.connection().execute(delete(lease).where(lease.c.name == name, lease.c.holder == holder))
