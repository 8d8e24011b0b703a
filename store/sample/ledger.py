"""The books of a sample company: invoices, and what was paid, credited and refunded."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self

from store.models import PaymentState, TransactionType
from store.sample.customers import Customer
from store.sample.entries import Bill, Entry, columns
from store.sample.invoices import Biller
from store.sample.payments import Payer
from store.sample.rows import Keys, TableRow

_FIRST_NUMBER = 54_000  # plus the id: shape INV00054321 (docs/domain.md 1.10)
_PREFIX = {
    TransactionType.INVOICE: "INV",
    TransactionType.PAYMENT: "PAY",
    TransactionType.CREDIT: "CRE",
    TransactionType.REFUND: "REF",
}


@dataclass(frozen=True, slots=True)
class Books:
    bills: list[Bill]
    entries: list[Entry]  # oldest first; on one day an invoice comes first
    allocations: list[tuple[Entry, Entry, int]]  # payment, invoice, cents

    @classmethod
    def of(cls, customer: Customer, usage: Mapping[date, int], keys: Keys) -> Self:
        """Keep the books up to today; `usage` is what the calls of each month cost, in cents."""
        bills = Biller(customer, usage).bills()
        payer = Payer(customer, bills)
        payer.settle()
        entries = [*(bill.invoice for bill in bills), *payer.entries]
        entries.sort(key=lambda entry: entry.date)
        _carry_forward(bills, entries)
        for entry in entries:
            entry.id = keys.next_id("transaction")
            entry.ref = keys.new_ref()
            entry.number = f"{_PREFIX[entry.type]}{_FIRST_NUMBER + entry.id:08}"
        return cls(bills, entries, payer.allocations)

    def invoices_by_month(self) -> dict[date, int]:
        """The id of the invoice that bills the calls of a month, named by its first day."""
        invoices = (bill.invoice for bill in self.bills)
        return {invoice.period_first: invoice.id for invoice in invoices if invoice.period_first}

    def rows(self) -> Iterator[TableRow]:
        for entry in self.entries:
            yield "transaction", entry.row()
        for bill in self.bills:
            for table, items in bill.items():
                for position, item in enumerate(items, 1):
                    place = {"transaction_id": bill.invoice.id, "position": position}
                    yield table, place | columns(item)
        for payment, invoice, cents in self.allocations:
            ends = {"source_id": payment.id, "invoice_id": invoice.id}
            yield "payment_allocation", ends | {"amount_cents": cents}


def _carry_forward(bills: list[Bill], entries: list[Entry]) -> None:
    """Put on each invoice the balance of the day before it was issued."""
    changes = [change for entry in entries if (change := _change(entry))]
    for bill in bills:
        earlier = (cents for day, cents in changes if day < bill.invoice.date)
        bill.invoice.balance_forward_cents = sum(earlier)


def _change(entry: Entry) -> tuple[date, int] | None:
    """The day on which an entry changed the balance and by how much, if it did."""
    if entry.type == TransactionType.PAYMENT and entry.payment_state != PaymentState.CLEARED:
        return None
    raises = entry.type in {TransactionType.INVOICE, TransactionType.REFUND}
    return entry.settled_on or entry.date, entry.amount_cents if raises else -entry.amount_cents
