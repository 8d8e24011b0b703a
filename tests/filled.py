"""The rows of the sample companies, made for many days without a store to write them to."""

import datetime as dt
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace

import pytest
from sqlmodel import Session, SQLModel, create_engine

from bot.billing.ledger import Ledger
from store.sample.calls import Calls
from store.sample.companies import companies
from store.sample.customers import Customer
from store.sample.filling import rows_of
from store.sample.rows import Keys

TODAY = dt.date(2026, 11, 22)
_MORE_DAYS = [
    dt.date(2025, 4, 1),
    dt.date(2026, 1, 1),
    dt.date(2026, 2, 28),
    dt.date(2026, 3, 1),
    dt.date(2026, 3, 8),
    dt.date(2026, 5, 30),
    dt.date(2026, 8, 31),
    dt.date(2026, 12, 31),
    dt.date(2028, 2, 29),
]
DAYS = [
    *(dt.date(2024, 2, 29), dt.date(2026, 11, 1), TODAY),
    *(pytest.param(day, marks=pytest.mark.slow) for day in _MORE_DAYS),
]


class Row(SimpleNamespace):
    """A row by the names of its columns."""


@dataclass
class Filled:
    """The rows of the sample companies on a day, by table and by account."""

    today: dt.date
    tables: dict[str, list[Row]]

    def __post_init__(self):
        self.by_id = {row.id: row for row in self.tables["transaction"]}
        self.invoices = [row for row in self.by_id.values() if row.type == "invoice"]
        self.entries = defaultdict(list)
        for row in self.by_id.values():
            self.entries[row.account_id].append(row)
        self.of_invoice = {
            name: defaultdict(list) for name in ("invoice_line", "invoice_tax", "call_record")
        }
        for name, rows in self.of_invoice.items():
            for row in self.tables[name]:
                key = row.invoice_id if name == "call_record" else row.transaction_id
                rows[key].append(row)

    def account(self, number):
        return next(row for row in self.tables["account"] if row.number == number)

    def ledger(self, account, as_of=None):
        allocations = self.tables["payment_allocation"]
        return Ledger.of(self.entries[account.id], allocations, as_of=as_of or self.today)


@cache
def filled(today):
    """Make the rows once for each day, as they go to the store; no test changes them."""
    tables = defaultdict(list)
    with empty_store() as session:
        keys = Keys(session)
    for company in companies():
        customer = Customer.of(company, today=today, keys=keys)
        for table, values in rows_of(customer, Calls.usual(company, today=today), keys):
            tables[table].append(Row(**values))
    return Filled(today, tables)


@contextmanager
def empty_store():
    engine = create_engine("sqlite://")
    SQLModel.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()
