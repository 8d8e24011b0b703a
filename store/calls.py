"""The calls of an account, by instants: a month is cut in the account's zone by the caller."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Select, Subquery, case
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, func, select

from store.call_filter import CallFilter, CallOrder, conditions
from store.compiled import streamed
from store.models import CallRecord, Transaction, TransactionType
from store.models.calls import Direction
from store.scope import Scope

Key = TypeVar("Key")


class CallRow(NamedTuple):
    """One call of a list or a file: what `CallRecord` holds, and the number of its invoice."""

    id: int
    call_id: str
    start_at: datetime
    direction: str
    from_number: str
    from_extension: str
    from_name: str
    to_number: str
    to_extension: str
    duration_seconds: int
    billable_seconds: int
    disposition: str
    destination: str
    rate_millionths: int | None
    charge_millionths: int | None
    invoice: str | None  # none: not billed yet


@dataclass(frozen=True, slots=True)
class CallTotal:
    """What some calls come to. A call without a charge adds none."""

    calls: int = 0
    seconds: int = 0
    charge_millionths: int = 0  # of a dollar

    def __add__(self, other: "CallTotal") -> "CallTotal":
        return CallTotal(
            self.calls + other.calls,
            self.seconds + other.seconds,
            self.charge_millionths + other.charge_millionths,
        )


@dataclass(frozen=True, slots=True)
class CallTotals:
    billed: CallTotal
    unbilled: CallTotal
    # The highest id and the sum of the invoices' ids: other calls may total the same.
    mark: tuple[int, int] = (0, 0)

    @property
    def all(self) -> CallTotal:
        return self.billed + self.unbilled


_COLUMNS = (
    *(getattr(CallRecord, name) for name in CallRow._fields if name != "invoice"),
    CallRecord.invoice_id,
)
_START = CallRow._fields.index("start_at")
_ORDERS = {
    CallOrder.TIME: (col(CallRecord.start_at), col(CallRecord.id)),
    CallOrder.NEWEST: (col(CallRecord.start_at).desc(), col(CallRecord.id).desc()),
    CallOrder.LONGEST: (
        col(CallRecord.duration_seconds).desc(),
        col(CallRecord.start_at),
        col(CallRecord.id),
    ),
    CallOrder.DEAREST: (
        func.coalesce(CallRecord.charge_millionths, 0).desc(),
        col(CallRecord.start_at),
        col(CallRecord.id),
    ),
}


def rows(session: Session, *, scope: Scope, wanted: CallFilter) -> Generator[CallRow, None, None]:
    """Stream the calls in their order; memory holds a few thousand of them at a time.

    Whoever does not read to the end closes it: a server keeps its place until then.
    """
    connection = session.connection()
    invoices = _invoices(session, scope)
    found = streamed(connection, _wanted_rows(scope, wanted))
    # A million times: the driver's own rows, and a named tuple made without its own __new__.
    make = partial(tuple.__new__, CallRow)
    if connection.dialect.name == "sqlite":  # it keeps instants as text, in UTC
        read = datetime.fromisoformat
        for row in found:
            start_at = read(f"{row[_START]}+00:00")
            yield make((*row[:_START], start_at, *row[_START + 1 : -1], invoices.get(row[-1])))
    else:
        for row in found:
            yield make((*row[:-1], invoices.get(row[-1])))


def total(session: Session, *, scope: Scope, wanted: CallFilter) -> CallTotals:
    """Count and total the calls that are meant, those on an invoice and those not yet billed."""
    billed = col(CallRecord.invoice_id).is_not(None).label("billed")
    meant = _meant(scope, wanted, billed, col(CallRecord.id), col(CallRecord.invoice_id))
    query = sql_select(
        meant.c.billed,
        func.count(),
        func.sum(meant.c.duration_seconds),
        func.sum(func.coalesce(meant.c.charge_millionths, 0)),
        func.max(meant.c.id),
        func.sum(func.coalesce(meant.c.invoice_id, 0)),
    ).group_by(meant.c.billed)
    totals, highest, invoices = {}, 0, 0
    for on_invoice, calls, seconds, charge, last, ids in session.connection().execute(query):
        # PostgreSQL sums to NUMERIC.
        totals[bool(on_invoice)] = CallTotal(calls, int(seconds), int(charge))
        highest, invoices = max(highest, last), invoices + int(ids)
    return CallTotals(
        billed=totals.get(True, CallTotal()),
        unbilled=totals.get(False, CallTotal()),
        mark=(highest, invoices),
    )


def by_extension(session: Session, *, scope: Scope, wanted: CallFilter) -> dict[str, CallTotal]:
    """Total the calls of each extension: the one that called or, from outside, the one called.

    Each call counts once, so that the sums come to `total`; those of no extension are under "".
    """
    extension = case(
        (col(CallRecord.direction) == Direction.IN, col(CallRecord.to_extension)),
        (col(CallRecord.from_extension) != "", col(CallRecord.from_extension)),
        else_=col(CallRecord.to_extension),
    ).label("extension")
    meant = _meant(scope, wanted, extension)
    query = sql_select(
        meant.c.extension,
        func.count(),
        func.sum(meant.c.duration_seconds),
        func.sum(func.coalesce(meant.c.charge_millionths, 0)),
    ).group_by(meant.c.extension)
    return {
        name: CallTotal(calls, int(seconds), int(charge))
        for name, calls, seconds, charge in session.connection().execute(query)
    }


def _meant(scope: Scope, wanted: CallFilter, *columns: Any) -> Subquery:
    """Ask for the length and the charge of the calls that are meant, and for more of them."""
    length, charge = col(CallRecord.duration_seconds), col(CallRecord.charge_millionths)
    query = sql_select(length, charge, *columns).where(*conditions(scope, wanted))
    if wanted.limit is not None:
        query = query.order_by(*_ORDERS[wanted.order]).limit(wanted.limit)
    return query.subquery()


def beginnings(
    session: Session, *, scope: Scope, wanted: CallFilter, length: int
) -> frozenset[str]:
    """Give the first so many characters of the outside numbers of the calls that are meant."""
    is_in = col(CallRecord.direction) == Direction.IN
    outside = case((is_in, col(CallRecord.from_number)), else_=col(CallRecord.to_number))
    begins = func.substr(outside, 1, length)
    query = sql_select(begins).where(*conditions(scope, wanted)).distinct()
    return frozenset(session.connection().execute(query).scalars())


def months_with_calls(
    session: Session, *, scope: Scope, months: Mapping[Key, tuple[datetime, datetime]]
) -> list[Key]:
    """Those of the named periods in which a call was made, in the order given."""
    return [
        name
        for name, (start_at, end_at) in months.items()
        if _any(session, scope, CallFilter(start_at=start_at, end_at=end_at))
    ]


def _invoices(session: Session, scope: Scope) -> dict[int | None, str]:
    """Give the invoices' numbers by id: a look at them is cheaper than a join for each call."""
    query = select(Transaction.id, Transaction.number).where(
        Transaction.account_id == scope.account_id, Transaction.type == TransactionType.INVOICE
    )
    return dict(session.exec(query).all())


def _any(session: Session, scope: Scope, wanted: CallFilter) -> bool:
    query = select(CallRecord.id).where(*conditions(scope, wanted)).limit(1)
    return session.exec(query).first() is not None


def _wanted_rows(scope: Scope, wanted: CallFilter) -> Select[Any]:
    query = select(*_COLUMNS).where(*conditions(scope, wanted)).order_by(*_ORDERS[wanted.order])
    limited: Select[Any] = query if wanted.limit is None else query.limit(wanted.limit)
    return limited
