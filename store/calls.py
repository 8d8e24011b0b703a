"""The calls of an account, by instants: a month is cut in the account's zone by the caller."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import tuple_
from sqlmodel import Session, col, func, select

from store.models import CallRecord
from store.scope import Scope

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class CallTotal:
    """What some calls come to. A call without a charge adds none."""

    calls: int = 0
    seconds: int = 0
    charge_millionths: int = 0  # of a dollar


@dataclass(frozen=True, slots=True)
class CallTotals:
    billed: CallTotal
    unbilled: CallTotal


def in_month(
    session: Session,
    *,
    scope: Scope,
    start_at: datetime,
    end_at: datetime,
    limit: int,
    after: tuple[datetime, int] | None = None,
) -> Sequence[CallRecord]:
    """The calls from `start_at` up to but without `end_at`, oldest first, `limit` at a time.

    To go on, `after` is the start and id of the last call seen.
    """
    since = max(start_at, after[0]) if after else start_at  # each page searches from its own start
    query = (
        select(CallRecord)
        .where(
            CallRecord.account_id == scope.account_id,
            CallRecord.start_at >= since,
            CallRecord.start_at < end_at,
        )
        .order_by(col(CallRecord.start_at), col(CallRecord.id))
        .limit(limit)
    )
    if after:
        query = query.where(tuple_(col(CallRecord.start_at), col(CallRecord.id)) > after)
    return session.exec(query).all()


def count_and_total(
    session: Session, *, scope: Scope, start_at: datetime, end_at: datetime
) -> CallTotals:
    """Count and total the calls of a period, those on an invoice and those not yet billed."""
    billed = col(CallRecord.invoice_id).is_not(None)
    query = (
        select(
            billed,
            func.count(),
            func.sum(CallRecord.duration_seconds),
            func.sum(func.coalesce(CallRecord.charge_millionths, 0)),
        )
        .where(
            CallRecord.account_id == scope.account_id,
            CallRecord.start_at >= start_at,
            CallRecord.start_at < end_at,
        )
        .group_by(billed)
    )
    totals = {
        bool(on_invoice): CallTotal(calls, int(seconds), int(charge))  # PostgreSQL sums to NUMERIC
        for on_invoice, calls, seconds, charge in session.exec(query)
    }
    return CallTotals(billed=totals.get(True, CallTotal()), unbilled=totals.get(False, CallTotal()))


def months_with_calls(
    session: Session, *, scope: Scope, months: Mapping[Key, tuple[datetime, datetime]]
) -> list[Key]:
    """Those of the named periods in which a call was made, in the order given."""
    return [
        name
        for name, (start_at, end_at) in months.items()
        if in_month(session, scope=scope, start_at=start_at, end_at=end_at, limit=1)
    ]
