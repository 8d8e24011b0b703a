"""Money: payment methods, transactions, invoice lines and taxes, allocations.

Amounts are cents (integers), quantities and unit prices millionths. Statuses such as open or
past due are derived from dates and allocations by `bot.billing`, never stored.
"""

import datetime as dt
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from store.models.types import BigId, Table, instant_field, ref_field


class TransactionType(StrEnum):
    INVOICE = "invoice"
    PAYMENT = "payment"
    CREDIT = "credit"
    REFUND = "refund"


class PaymentType(StrEnum):
    CREDIT_CARD = "credit_card"
    BANK_UPLOAD = "bank_upload"  # includes cheques
    HISTORICAL_CREDIT_CARD = "historical_credit_card"  # card payments before 2025-07-01


class PaymentState(StrEnum):
    PENDING = "pending"
    CLEARED = "cleared"
    DECLINED = "declined"
    REVERSED = "reversed"  # a chargeback: the payment counts no more


class LineKind(StrEnum):
    RECURRING = "recurring"
    ONE_TIME = "one_time"
    USAGE = "usage"


class PaymentMethod(Table, table=True):
    """A saved card, known by brand and last four: its number is never kept."""

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    account_id: int = Field(foreign_key="account.id", index=True, sa_type=BigId)
    brand: str = Field(max_length=32)
    last_four: str = Field(max_length=4)
    expiry_year: int
    expiry_month: int
    is_default: bool = True


class Transaction(Table, table=True):
    """One row of the ledger.

    `amount_cents` is positive for every type; whether it is a debit (invoice, refund) or a credit
    (payment, credit) follows from the type (docs/domain.md 1.4).
    """

    __table_args__ = (
        UniqueConstraint("account_id", "number"),
        Index("ix_transaction_history", "account_id", "date", "id"),
        Index("ix_transaction_type", "account_id", "type", "date"),
        Index("ix_transaction_due", "account_id", "due_date"),
        CheckConstraint("amount_cents >= 0", name="amount_not_negative"),
        CheckConstraint(
            "type <> 'payment' OR payment_state IS NOT NULL", name="payment_has_a_state"
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    ref: str = ref_field()
    account_id: int = Field(foreign_key="account.id", sa_type=BigId)
    number: str = Field(
        max_length=32
    )  # the Transaction ID shown: INV00054321, PAY..., CRE..., REF...
    type: str = Field(max_length=16)  # a TransactionType
    date: dt.date  # invoice date, payment date, the day a credit was granted or a refund issued
    amount_cents: int = Field(sa_type=BigInteger)
    description: str = ""  # a credit's or refund's reason, in the account's language
    created_at: dt.datetime = instant_field()

    # invoices only
    due_date: dt.date | None = None
    period_first: dt.date | None = None  # the service period of the usage, inclusive
    period_last: dt.date | None = None
    balance_forward_cents: int | None = Field(default=None, sa_type=BigInteger)

    # payments only
    payment_type: str | None = Field(default=None, max_length=32)  # a PaymentType
    payment_state: str | None = Field(default=None, max_length=16)  # a PaymentState
    settled_on: dt.date | None = None  # the day it cleared, was declined or was reversed
    method_brand: str | None = Field(default=None, max_length=32)
    method_last_four: str | None = Field(default=None, max_length=4)

    # credits only: shown in the history once the next invoice posts
    posted_on: dt.date | None = None

    # refunds only: the payment or credit given back
    refunds_id: int | None = Field(default=None, foreign_key="transaction.id", sa_type=BigId)


class InvoiceLine(Table, table=True):
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    transaction_id: int = Field(foreign_key="transaction.id", index=True, sa_type=BigId)
    position: int
    kind: str = Field(max_length=16)  # a LineKind
    description: str
    period_first: dt.date | None = None
    period_last: dt.date | None = None
    quantity_millionths: int = Field(sa_type=BigInteger)
    unit_price_millionths: int = Field(sa_type=BigInteger)  # of a dollar
    amount_cents: int = Field(sa_type=BigInteger)
    service_address_id: int | None = Field(
        default=None, foreign_key="service_address.id", sa_type=BigId
    )


class InvoiceTax(Table, table=True):
    """One tax of one invoice, rounded half up on its base (docs/domain.md 4.3)."""

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    transaction_id: int = Field(foreign_key="transaction.id", index=True, sa_type=BigId)
    position: int
    name: str = Field(max_length=8)  # GST, HST, QST, PST, RST
    province: str = Field(max_length=2)
    rate_millionths: int  # 0.13 is 130000
    base_cents: int = Field(sa_type=BigInteger)
    amount_cents: int = Field(sa_type=BigInteger)


class PaymentAllocation(Table, table=True):
    """How much of a payment or credit a past posting gave to which invoice.

    What is not allocated here goes to the oldest unpaid invoice (docs/domain.md 1.6, 4.2).
    """

    __table_args__ = (
        UniqueConstraint("source_id", "invoice_id"),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    source_id: int = Field(foreign_key="transaction.id", sa_type=BigId)
    invoice_id: int = Field(foreign_key="transaction.id", index=True, sa_type=BigId)
    amount_cents: int = Field(sa_type=BigInteger)
