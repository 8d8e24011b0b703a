"""Which two invoices are compared: those that are named, else the latest and the one before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from bot.billing.comparison import in_time, one_before
from bot.billing.windows import Month
from bot.slots import Compared, Period, PeriodKind
from store.models import Transaction

PAIR = 2
MONTHS_OF_YEAR = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """An invoice and an earlier one, or what there is of them."""

    after: Transaction | None = None
    before: Transaction | None = None
    unknown: str = ""  # a number that is no invoice's
    empty: Period | None = None  # no monthly invoice is dated in it
    left_out: bool = False  # more was named than the two

    @classmethod
    def of(
        cls, asked: Compared, *, invoices: Sequence[Transaction], monthly: Sequence[Transaction]
    ) -> Self:
        """Choose from the invoices that are kept, and those of them that come every month."""
        named: dict[int | None, Transaction] = {}
        for number in asked.numbers:
            numbered = next((row for row in invoices if row.number == number), None)
            if numbered is None:
                return cls(unknown=number)
            named[numbered.id] = numbered
        for period in asked.periods:
            dated = _dated(period, monthly)
            if dated is None:
                return cls(empty=period)
            named[dated.id] = dated
        if asked.year_before:
            base = next(iter(named.values()), None) or (monthly[-1] if monthly else None)
            return replace(cls._year_apart(base, monthly), left_out=asked.more or len(named) > 1)
        pair = cls._of(list(named.values()), monthly, against=asked.against)
        return replace(pair, left_out=asked.more or len(named) > PAIR)

    @classmethod
    def _year_apart(cls, invoice: Transaction | None, monthly: Sequence[Transaction]) -> Self:
        """Lay an invoice beside the one of the same month a year earlier."""
        if invoice is None or invoice not in monthly:
            return cls(after=invoice)
        month = Month.of(invoice.date).plus(-MONTHS_OF_YEAR)
        a_year_before = Period(month.first, month.last, PeriodKind.MONTH)
        before = _dated(a_year_before, monthly)
        if before is None:
            return cls(empty=a_year_before)
        return cls(after=invoice, before=before)

    @classmethod
    def _of(
        cls, named: Sequence[Transaction], monthly: Sequence[Transaction], *, against: bool
    ) -> Self:
        latest = monthly[-1:]
        if against and named != latest:
            named = [*named, *latest]
        if len(named) > 1:
            before, after = in_time(*named[:PAIR])
            return cls(after=after, before=before)
        for invoice in named or latest:
            before_it = one_before(invoice, monthly) if invoice in monthly else None
            return cls(after=invoice, before=before_it)
        return cls()


def _dated(period: Period, monthly: Sequence[Transaction]) -> Transaction | None:
    """Find the last invoice of a period; the latest stands for a month that is not billed yet."""
    if monthly and monthly[-1].date < period.first:
        return monthly[-1]
    found = [row for row in monthly if period.first <= row.date <= period.last]
    return found[-1] if found else None
