"""Entries of the books as plain values, named as the columns of `store.models`.

A model takes a hundred times as long to make, and there are hundreds of thousands of them.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from store.models import LineKind, PaymentState, PaymentType, TransactionType
from store.sample.rows import Row


@dataclass(slots=True, kw_only=True)
class Entry:
    """A transaction; its id, ref and number come when all of them are known."""

    account_id: int
    type: TransactionType
    date: dt.date
    amount_cents: int
    created_at: dt.datetime
    id: int = 0
    ref: str = ""
    number: str = ""
    description: str = ""
    due_date: dt.date | None = None
    period_first: dt.date | None = None
    period_last: dt.date | None = None
    balance_forward_cents: int | None = None
    payment_type: PaymentType | None = None
    payment_state: PaymentState | None = None
    settled_on: dt.date | None = None
    method_brand: str | None = None
    method_last_four: str | None = None
    posted_on: dt.date | None = None
    refunds: "Entry | None" = None

    def row(self) -> Row:
        row = columns(self)
        refunded = row.pop("refunds")
        row["refunds_id"] = refunded.id if refunded else None
        return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    kind: LineKind
    description: str
    period_first: dt.date | None
    period_last: dt.date | None
    quantity_millionths: int
    unit_price_millionths: int
    amount_cents: int
    service_address_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxLine:
    name: str
    province: str
    rate_millionths: int
    base_cents: int
    amount_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """An invoice with all that is on it; `months_ago` is none unless it is a monthly one."""

    invoice: Entry
    due_date: dt.date
    lines: list[Line]
    taxes: list[TaxLine]
    months_ago: int | None = None

    def items(self) -> Iterator[tuple[str, Sequence[Line | TaxLine]]]:
        """What is on the invoice, by table."""
        yield "invoice_line", self.lines
        yield "invoice_tax", self.taxes


def columns(entry: Entry | Line | TaxLine) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in entry.__slots__}
