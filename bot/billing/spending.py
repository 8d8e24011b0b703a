"""What an account was charged and what it paid, month by month."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Self

from bot.billing.effect import counts, counts_from
from bot.billing.windows import Month
from store.models import Transaction, TransactionType


@dataclass(frozen=True, slots=True)
class Spent:
    """One month: what was invoiced, paid and credited in it, all in cents and positive."""

    month: Month
    charged_cents: int
    paid_cents: int
    credited_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """The months of a period, oldest first, also those in which nothing came."""

    months: tuple[Spent, ...]

    @classmethod
    def of(
        cls, transactions: Iterable[Transaction], *, first: Month, last: Month, as_of: date
    ) -> Self:
        """Add up a period month by month.

        An invoice belongs to the month in which it is dated, a payment to the one in which it
        cleared; money given back lowers what was paid in the month in which it went back.
        """
        rows = [row for row in transactions if counts(row, as_of)]
        found, month = [], first
        while month <= last:
            found.append(_month(rows, month))
            month = month.next
        return cls(months=tuple(found))

    @property
    def charged_cents(self) -> int:
        return sum(spent.charged_cents for spent in self.months)

    @property
    def paid_cents(self) -> int:
        return sum(spent.paid_cents for spent in self.months)

    @property
    def credited_cents(self) -> int:
        return sum(spent.credited_cents for spent in self.months)


def _month(rows: Iterable[Transaction], month: Month) -> Spent:
    cents = dict.fromkeys(TransactionType, 0)
    for row in rows:
        day = counts_from(row)
        if day is not None and Month.of(day) == month:
            cents[TransactionType(row.type)] += row.amount_cents
    return Spent(
        month,
        charged_cents=cents[TransactionType.INVOICE],
        paid_cents=cents[TransactionType.PAYMENT] - cents[TransactionType.REFUND],
        credited_cents=cents[TransactionType.CREDIT],
    )
