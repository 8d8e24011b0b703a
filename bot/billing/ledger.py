"""The balance of an account on a day, and what it is made of."""

from bisect import insort
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from bot.billing.effect import (
    change_cents,
    counts,
    counts_from,
    is_credit,
    is_hidden,
    number_order,
    state_on,
)
from store.models import PaymentAllocation, PaymentState, Transaction, TransactionType

# On one day money comes in first, and a refund gives back what was left over before the day's
# invoices are posted: else it would stand there as a debt due at once.
_ORDER_WITHIN_A_DAY = {
    TransactionType.PAYMENT: 0,
    TransactionType.CREDIT: 0,
    TransactionType.REFUND: 1,
    TransactionType.INVOICE: 2,
}


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An invoice that is not fully paid, or the part of a refund that no credit covered."""

    transaction: Transaction
    open_cents: int
    due_date: date


@dataclass(frozen=True, slots=True)
class Application:
    """How much of a payment or credit went to which invoice or refund."""

    credit: Transaction
    debit: Transaction
    cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Where an account stands at the end of a day.

    A negative balance is a credit of the customer. The open items less what is unapplied are the
    balance, always.
    """

    as_of: date
    balance_cents: int
    open_items: tuple[OpenItem, ...]  # oldest due date first, then lowest number
    unapplied_cents: int
    applications: tuple[Application, ...]
    pending: tuple[Transaction, ...]
    hidden_credits: tuple[Transaction, ...]  # count, but the history does not show them yet
    last_payment: Transaction | None  # the latest that cleared

    @classmethod
    def of(
        cls,
        transactions: Iterable[Transaction],
        allocations: Iterable[PaymentAllocation],
        *,
        as_of: date,
    ) -> Self:
        """Work out a ledger from all saved transactions and allocations of one account.

        What the allocations leave is applied as a posting would do it: day after day, to the
        oldest due date and then the lowest number (docs/domain.md 4.2). A refund is a debit due on
        the day it is issued. It takes what is unapplied by then and leaves paid invoices paid;
        money that comes in later pays the rest of it. Of a reversed payment nothing counts,
        neither do its allocations, so the invoice is open again with the due date it had.
        """
        rows = list(transactions)
        counting = sorted((row for row in rows if counts(row, as_of)), key=_posting_order)
        posting = _Posting(counting)
        posting.allocate(allocations)
        posting.apply_oldest_first()
        return cls(
            as_of=as_of,
            balance_cents=sum(change_cents(row) for row in counting),
            open_items=posting.open_items(),
            unapplied_cents=posting.unapplied_cents(),
            applications=tuple(posting.applications),
            pending=tuple(row for row in rows if _is_pending(row, as_of)),
            hidden_credits=tuple(row for row in rows if is_hidden(row, as_of)),
            last_payment=_last_payment(counting),
        )

    @property
    def due_date(self) -> date | None:
        """The due date of the oldest unpaid invoice (docs/domain.md 2.12)."""
        due = (item.due_date for item in self.open_items if _is_invoice(item.transaction))
        return next(due, None)

    @property
    def open_cents(self) -> int:
        return sum(item.open_cents for item in self.open_items)

    def open_item(self, row: Transaction) -> OpenItem | None:
        """Find what is open of a transaction, if anything is."""
        return next((item for item in self.open_items if item.transaction.id == row.id), None)

    @property
    def pending_cents(self) -> int:
        return sum(row.amount_cents for row in self.pending)

    @property
    def hidden_credit_cents(self) -> int:
        return sum(row.amount_cents for row in self.hidden_credits)


class _Posting:
    """What is left of each counting transaction while credits are applied to debits."""

    def __init__(self, counting: Sequence[Transaction]) -> None:
        self.counting = counting
        self.left = {row.id: row.amount_cents for row in counting}
        self.applications: list[Application] = []

    def apply(self, credit: Transaction, debit: Transaction, at_most: int | None = None) -> None:
        cents = min(self.left[credit.id], self.left[debit.id])
        if at_most is not None:
            cents = min(cents, at_most)
        if cents > 0:
            self.left[credit.id] -= cents
            self.left[debit.id] -= cents
            self.applications.append(Application(credit, debit, cents))

    def allocate(self, allocations: Iterable[PaymentAllocation]) -> None:
        """Take over what past postings decided, as far as both ends count and have enough left."""
        sources = {row.id: row for row in self.counting if is_credit(row)}
        invoices = {row.id: row for row in self.counting if _is_invoice(row)}
        for given in sorted(allocations, key=lambda row: (row.source_id, row.invoice_id)):
            if given.source_id in sources and given.invoice_id in invoices:
                credit, invoice = sources[given.source_id], invoices[given.invoice_id]
                self.apply(credit, invoice, given.amount_cents)

    def apply_oldest_first(self) -> None:
        available: deque[Transaction] = deque()
        unpaid: list[Transaction] = []
        for row in self.counting:
            if is_credit(row):
                available.append(row)
            else:
                insort(unpaid, row, key=_due_order)
            while available and unpaid:
                self.apply(available[0], unpaid[0])
                if not self.left[unpaid[0].id]:
                    unpaid.pop(0)
                else:
                    available.popleft()

    def open_items(self) -> tuple[OpenItem, ...]:
        unpaid = [row for row in self.counting if not is_credit(row) and self.left[row.id]]
        unpaid.sort(key=_due_order)
        return tuple(OpenItem(row, self.left[row.id], _due(row)) for row in unpaid)

    def unapplied_cents(self) -> int:
        return sum(self.left[row.id] for row in self.counting if is_credit(row))


def _is_invoice(row: Transaction) -> bool:
    return row.type == TransactionType.INVOICE


def _is_pending(row: Transaction, day: date) -> bool:
    if row.type != TransactionType.PAYMENT or row.date > day:
        return False
    return state_on(row, day) == PaymentState.PENDING


def _last_payment(counting: Sequence[Transaction]) -> Transaction | None:
    """The payment that cleared last, `counting` being in the order of posting."""
    payments = (row for row in reversed(counting) if row.type == TransactionType.PAYMENT)
    return next(payments, None)


def _due(row: Transaction) -> date:
    return row.due_date or row.date


def _due_order(row: Transaction) -> tuple[date, tuple[int, str]]:
    return _due(row), number_order(row)


def _posting_order(row: Transaction) -> tuple[date, int, date, tuple[int, str]]:
    day = counts_from(row) or row.date
    return day, _ORDER_WITHIN_A_DAY[TransactionType(row.type)], *_due_order(row)
