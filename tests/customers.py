"""A customer with a row of everything, for tests that read the store."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session, SQLModel

from store.models import (
    Account,
    CallRecord,
    InvoiceLine,
    InvoiceTax,
    LineKind,
    PaymentAllocation,
    PaymentMethod,
    PaymentState,
    Role,
    ServiceAddress,
    ServiceNumber,
    Transaction,
    TransactionType,
)
from store.scope import Scope

# Months of the account, from its first instant to that of the next.
JUNE = (datetime(2026, 6, 1, 4, tzinfo=UTC), datetime(2026, 7, 1, 4, tzinfo=UTC))
JULY = (JUNE[1], datetime(2026, 8, 1, 4, tzinfo=UTC))
AUGUST = (JULY[1], datetime(2026, 9, 1, 4, tzinfo=UTC))


@dataclass
class Customer:
    """One account; its transactions have the same numbers as everybody's."""

    scope: Scope
    invoice: Transaction
    payment: Transaction


def add_customer(session: Session, number: str) -> Customer:
    account = Account(number=number, legal_name=f"{number} Inc.", bill_to_name=number)
    account_id = saved(session, account)
    address = ServiceAddress(
        account_id=account_id,
        label="Main",
        street="1 King",
        city="Ottawa",
        province="ON",
        postal_code="K1A 0A1",
    )
    address_id = saved(session, address)
    invoice = add_transaction(
        session, account_id, TransactionType.INVOICE, "INV1", due_date=date(2026, 7, 31)
    )
    payment = add_transaction(
        session, account_id, TransactionType.PAYMENT, "PAY1", payment_state=PaymentState.CLEARED
    )
    card = {"account_id": account_id, "brand": "Visa", "expiry_year": 2027, "expiry_month": 3}
    service = {"account_id": account_id, "service_address_id": address_id}
    line = {"transaction_id": invoice.id, "kind": LineKind.RECURRING, "amount_cents": 5000}
    tax = {"transaction_id": invoice.id, "name": "HST", "province": "ON", "base_cents": 10000}
    session.add_all(
        [
            PaymentMethod(**card, last_four="1111", is_default=False),
            PaymentMethod(**card, last_four="4242", is_default=True),
            ServiceNumber(**service, number="+16135550143"),
            ServiceNumber(**service, number="+16135550142"),
            InvoiceLine(
                **line,
                position=2,
                description="Line",
                quantity_millionths=1,
                unit_price_millionths=1,
            ),
            InvoiceLine(
                **line,
                position=1,
                description="Seat",
                quantity_millionths=1,
                unit_price_millionths=1,
            ),
            InvoiceTax(**tax, position=1, rate_millionths=130000, amount_cents=1300),
            PaymentAllocation(source_id=payment.id, invoice_id=invoice.id, amount_cents=4000),
            call(account_id, "a", JUNE[0], seconds=60, charge=30000, invoice_id=invoice.id),
            call(account_id, "b", JUNE[0], seconds=30, charge=None, invoice_id=invoice.id),
            call(account_id, "c", JUNE[1] - timedelta(seconds=1), seconds=7, charge=5),
            call(account_id, "d", AUGUST[0], seconds=1, charge=1),
        ]
    )
    session.flush()
    scope = Scope(portal_user_id=1, account_id=account_id, role=Role.BILLING)
    return Customer(scope, invoice, payment)


def saved(session: Session, row: SQLModel) -> int:
    session.add(row)
    session.flush()
    return row.id


def add_transaction(session, account_id, kind, number, **columns) -> Transaction:
    row = Transaction(
        account_id=account_id,
        type=kind,
        number=number,
        date=date(2026, 7, 1),
        amount_cents=11300,
        **columns,
    )
    saved(session, row)
    return row


def call(account_id, call_id, start_at, *, seconds, charge, invoice_id=None) -> CallRecord:
    return CallRecord(
        account_id=account_id,
        import_key=f"{account_id}-{call_id}",
        call_id=call_id,
        start_at=start_at,
        duration_seconds=seconds,
        charge_millionths=charge,
        invoice_id=invoice_id,
    )
