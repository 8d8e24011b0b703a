"""Where a balance comes from: what it was before, and all that has counted since."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from bot.billing.effect import change_cents, counts_from, number_order, state_on
from bot.billing.windows import history_window
from store.models import PaymentState, Transaction, TransactionType

_UNDONE = {PaymentState.DECLINED, PaymentState.REVERSED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The opening balance and the changes of all that counted are the balance, always.

    A payment counts from the day it cleared and a credit from the day it was granted, as in the
    balance itself; what the bank took back has never counted.
    """

    as_of: date
    first: date  # the first day that is told
    opening_cents: int  # before that day
    counted: tuple[Transaction, ...]  # in the order in which they counted
    undone: tuple[Transaction, ...]  # payments that the bank declined or took back since `first`

    @classmethod
    def of(
        cls, transactions: Iterable[Transaction], *, as_of: date, first: date | None = None
    ) -> Self:
        """Explain the balance of a day from `first` on.

        Without `first`, from the day that changed a balance of zero for the last time, because
        whoever asks has nothing to look up before it; 24 months back at most.
        """
        rows = list(transactions)
        counting = sorted(
            ((day, row) for row in rows if (day := counts_from(row)) and day <= as_of), key=_order
        )
        start = first or _last_at_zero(counting, earliest=history_window(as_of)[0])
        before = [row for day, row in counting if day < start]
        unsettled = sorted(
            (row for row in rows if row.type == TransactionType.PAYMENT and row.date <= as_of),
            key=lambda row: (row.date, number_order(row)),
        )
        states = [(row, state_on(row, as_of)) for row in unsettled]
        return cls(
            as_of=as_of,
            first=start,
            opening_cents=_sum(before),
            counted=tuple(row for day, row in counting if day >= start),
            undone=tuple(
                row for row, state in states if state in _UNDONE and _undone_on(row) >= start
            ),
        )

    @property
    def balance_cents(self) -> int:
        return self.opening_cents + _sum(self.counted)

    def of_type(self, kind: TransactionType) -> list[Transaction]:
        """List what counted of one type."""
        return [row for row in self.counted if row.type == kind]


def _order(found: tuple[date, Transaction]) -> tuple[date, str, tuple[int, str]]:
    day, row = found
    return day, row.type, number_order(row)


def _undone_on(payment: Transaction) -> date:
    return max(payment.date, payment.settled_on or payment.date)


def _last_at_zero(counting: Sequence[tuple[date, Transaction]], *, earliest: date) -> date:
    """Find the last day that began with a balance of zero and changed it; else the earliest."""
    found, balance, day_before = earliest, 0, date.min
    for day, row in counting:
        if not row.amount_cents:
            continue
        if balance == 0 and day != day_before:
            found = max(earliest, day)
        balance += change_cents(row)
        day_before = day
    return found


def _sum(rows: Iterable[Transaction]) -> int:
    return sum(change_cents(row) for row in rows)
