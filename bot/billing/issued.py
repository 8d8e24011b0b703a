"""What stood on an account when an invoice was issued, and how it had come to that."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from bot.billing.effect import change_cents, counts_from, number_order
from store.models import PaymentState, Transaction, TransactionType


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that came in, was credited or went back before an invoice."""

    day: date  # from which it counts
    row: Transaction
    cents: int  # with its sign: what came in lowers the balance, what is taken back raises it


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """An invoice as it was issued: what came later is not on it.

    The previous balance with all movements is the balance forward, and that with the invoice is
    the balance after it, always.
    """

    invoice: Transaction
    since: date | None  # the day of the invoice before; none for the first
    movements: tuple[Movement, ...]  # since that day, until the day before this one; oldest first
    forward_cents: int  # what the invoice itself says, where it does

    @classmethod
    def of(cls, invoice: Transaction, transactions: Iterable[Transaction]) -> Self:
        """Look back from an invoice over all transactions of its account."""
        counted = [
            movement
            for row in transactions
            for movement in _moved(row)
            if _is_before(movement, invoice)
        ]
        counted.sort(key=lambda movement: movement.day)
        billed = [movement.day for movement in counted if _is_invoice(movement.row)]
        since = max(billed, default=None)
        forward = invoice.balance_forward_cents
        return cls(
            invoice=invoice,
            since=since,
            movements=tuple(
                movement
                for movement in counted
                if not _is_invoice(movement.row) and movement.day >= (since or date.min)
            ),
            forward_cents=_sum(counted) if forward is None else forward,
        )

    @property
    def previous_cents(self) -> int:
        return self.forward_cents - _sum(self.movements)

    def moved_cents(self, kind: TransactionType) -> int:
        """Add up the movements of a kind, with their sign."""
        return _sum([movement for movement in self.movements if movement.row.type == kind])

    @property
    def balance_cents(self) -> int:
        """The balance right after the invoice; below zero it is the customer's credit."""
        return self.forward_cents + self.invoice.amount_cents

    @property
    def due_cents(self) -> int:
        """What was to be paid when it was issued: nothing where a credit covered it."""
        return max(0, self.balance_cents)


def _moved(row: Transaction) -> Iterator[Movement]:
    """What a transaction moved, and when: a payment that was taken back moved twice.

    So an invoice issued in between stays as it was.
    """
    reversed_on = row.settled_on if row.payment_state == PaymentState.REVERSED else None
    if reversed_on is not None:
        yield Movement(row.date, row, change_cents(row))
        yield Movement(max(row.date, reversed_on), row, -change_cents(row))
    elif (day := counts_from(row)) is not None:
        yield Movement(day, row, change_cents(row))


def _is_before(movement: Movement, invoice: Transaction) -> bool:
    """Whether it happened before an invoice; of two invoices of one day the numbers tell."""
    row = movement.row
    if movement.day == invoice.date and _is_invoice(row):
        return number_order(row) < number_order(invoice)
    return movement.day < invoice.date


def _is_invoice(row: Transaction) -> bool:
    return row.type == TransactionType.INVOICE


def _sum(movements: Sequence[Movement]) -> int:
    return sum(movement.cents for movement in movements)
