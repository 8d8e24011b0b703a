"""Which invoices are meant: the last three, the oldest, those that are unpaid, those of a month."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from bot.billing.ledger import Ledger
from bot.billing.windows import Month
from bot.slots import Due, Period, PeriodKind, Which
from store.models import Transaction


def of_period(invoices: Iterable[Transaction], period: Period | None) -> list[Transaction]:
    """Keep those dated in the period; all when there is none."""
    if period is None:
        return list(invoices)
    return [row for row in invoices if period.first <= row.date <= period.last]


def picked(
    which: Which, invoices: Sequence[Transaction], ledger: Ledger, period: Period | None
) -> list[Transaction]:
    """Choose by what `which` says from `invoices`, newest first; the oldest come oldest first."""
    found = of_period(invoices, period)
    if which.due:
        found = [row for row in found if _is_due(row, which.due, ledger)]
    if which.before_last:
        return found[1:2]
    if which.oldest:
        all_due = which.due and which.many
        return found[::-1][: which.count or (None if all_due else 1)]
    return found[: which.count]


def within(which: Which, period: Period | None) -> Which:
    """Read "the first of 2026" as the oldest one, and "the last of 2026" as one alone."""
    if period is None or which.many or which.chooses or period.kind is PeriodKind.DAY:
        return which
    if which.first:
        return replace(which, oldest=True)
    if which.newest and period.kind is not PeriodKind.MONTH:
        return replace(which, count=1)
    return which


def main_one(invoices: Sequence[Transaction], which: Which, period: Period) -> Transaction | None:
    """Find the one that "my October invoice" means first: the monthly one dated in October.

    What bills an order by itself has no service period. None where several are asked for.
    """
    monthly = [row for row in invoices if row.period_first]
    if which.many or period.kind is not PeriodKind.MONTH or len(monthly) != 1:
        return invoices[0] if len(invoices) == 1 else None
    return monthly[0]


def billing(invoices: Iterable[Transaction], period: Period, *, since: date) -> Transaction | None:
    """Find the kept invoice that bills the usage of a month, which is dated in the next."""
    month = Month.of(period.first)
    if period.kind is not PeriodKind.MONTH:
        return None
    bills = (row for row in invoices if row.period_first and Month.of(row.period_first) == month)
    return next((row for row in bills if row.date >= since), None)


def _is_due(row: Transaction, due: Due, ledger: Ledger) -> bool:
    item = ledger.open_item(row)
    if item is None or due is Due.NOTHING:
        return item is None and due is Due.NOTHING
    return due is Due.UNPAID or item.due_date < ledger.as_of
