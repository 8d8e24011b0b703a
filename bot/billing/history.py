"""The portal's Transaction History: rows with a running balance, newest first."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Self

from bot.billing.effect import (
    change_cents,
    counts,
    is_credit,
    is_hidden,
    listed_on,
    number_order,
    state_on,
)
from bot.billing.windows import history_window
from store.models import PaymentState, Transaction, TransactionType

PAGE_SIZE = 10

# A credit appears with the invoice that posts it, right after it.
_ORDER_WITHIN_A_DAY = (
    TransactionType.INVOICE,
    TransactionType.CREDIT,
    TransactionType.PAYMENT,
    TransactionType.REFUND,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One line of the table.

    At most one of credit and debit is set; neither for a payment that has not cleared.
    """

    transaction: Transaction
    listed_on: date
    payment_state: PaymentState | None  # on the day of the history; none if not a payment
    credit_cents: int | None
    debit_cents: int | None
    balance_cents: int  # after this row and all older ones


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The rows of a window, as known on a day.

    The closing balance less the hidden credits is the current balance of the ledger, for every
    day.
    """

    opening_balance_cents: int
    rows: tuple[HistoryRow, ...]  # newest first
    hidden_credit_cents: int

    @classmethod
    def of(
        cls, transactions: Iterable[Transaction], *, as_of: date, first: date | None = None
    ) -> Self:
        """List the transactions from `first` (24 months back if not given) to `as_of`.

        A payment stands under the date it was made, as in the portal, with no figure until it
        clears; then it counts in its row and in those after it, not under the day it cleared. A
        credit stands under the day it was posted. So a row is always the one below it plus debit
        less credit, and the newest row is up to date, while an older row's balance may differ from
        what the dashboard said that day.
        """
        rows = list(transactions)
        start = first or history_window(as_of)[0]
        listed = sorted((row for row in rows if _listed(row) <= as_of), key=_order)
        before = [row for row in listed if _listed(row) < start]
        shown = listed[len(before) :]
        opening = sum(_counted_cents(row, as_of) for row in before)
        balances = accumulate((_counted_cents(row, as_of) for row in shown), initial=opening)
        next(balances)  # the opening balance itself
        table = [_row(row, cents, as_of) for row, cents in zip(shown, balances, strict=True)]
        hidden = sum(row.amount_cents for row in rows if is_hidden(row, as_of))
        return cls(
            opening_balance_cents=opening,
            rows=tuple(reversed(table)),
            hidden_credit_cents=hidden,
        )

    @property
    def closing_balance_cents(self) -> int:
        return self.rows[0].balance_cents if self.rows else self.opening_balance_cents

    def filtered(
        self,
        *,
        types: Collection[TransactionType] = tuple(TransactionType),
        first: date = date.min,
        last: date = date.max,
    ) -> tuple[HistoryRow, ...]:
        """The rows of some types and of a period, both days included; balances stay theirs."""
        return tuple(
            row
            for row in self.rows
            if row.transaction.type in types and first <= row.listed_on <= last
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of the rows; page 1 has the newest."""

    rows: tuple[HistoryRow, ...]
    number: int
    pages: int  # at least 1
    total_rows: int


def page(rows: Sequence[HistoryRow], number: int, size: int = PAGE_SIZE) -> Page:
    """One page; a number out of range gives the nearest page, for buttons that have grown old."""
    pages = max(1, -(-len(rows) // size))
    number = min(max(number, 1), pages)
    on_page = tuple(rows[(number - 1) * size : number * size])
    return Page(rows=on_page, number=number, pages=pages, total_rows=len(rows))


def _listed(row: Transaction) -> date:
    return listed_on(row) or date.max


def _order(row: Transaction) -> tuple[date, int, tuple[int, str]]:
    rank = _ORDER_WITHIN_A_DAY.index(TransactionType(row.type))
    return _listed(row), rank, number_order(row)


def _counted_cents(row: Transaction, day: date) -> int:
    return change_cents(row) if counts(row, day) else 0


def _row(row: Transaction, balance_cents: int, day: date) -> HistoryRow:
    is_payment = row.type == TransactionType.PAYMENT
    amount = row.amount_cents if counts(row, day) else None
    return HistoryRow(
        transaction=row,
        listed_on=_listed(row),
        payment_state=state_on(row, day) if is_payment else None,
        credit_cents=amount if is_credit(row) else None,
        debit_cents=None if is_credit(row) else amount,
        balance_cents=balance_cents,
    )
