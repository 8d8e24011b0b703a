"""Invoices, payments, credits and refunds, with their lines, taxes and allocations.

What belongs to another account is not found, exactly like what does not exist.
"""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from store.models import (
    InvoiceLine,
    InvoiceTax,
    PaymentAllocation,
    Transaction,
    TransactionType,
)
from store.scope import Scope

# Made once: with new aliases SQLAlchemy would compile the statement anew every time.
_SOURCE, _INVOICE = aliased(Transaction), aliased(Transaction)


def of_account(session: Session, *, scope: Scope) -> Sequence[Transaction]:
    """All transactions, oldest first: what `bot.billing` works on."""
    query = (
        select(Transaction)
        .where(Transaction.account_id == scope.account_id)
        .order_by(col(Transaction.date), col(Transaction.id))
    )
    return session.exec(query).all()


def invoices(session: Session, *, scope: Scope) -> Sequence[Transaction]:
    """The invoices, oldest due date first; which of them are open, `bot.billing` tells."""
    query = (
        select(Transaction)
        .where(
            Transaction.account_id == scope.account_id,
            Transaction.type == TransactionType.INVOICE,
        )
        .order_by(col(Transaction.due_date), col(Transaction.number))
    )
    return session.exec(query).all()


def by_ref(session: Session, *, scope: Scope, ref: str) -> Transaction | None:
    query = select(Transaction).where(
        Transaction.account_id == scope.account_id, Transaction.ref == ref
    )
    return session.exec(query).one_or_none()


def by_number(session: Session, *, scope: Scope, number: str) -> Transaction | None:
    """Find a transaction by the number shown, such as INV00054321."""
    query = select(Transaction).where(
        Transaction.account_id == scope.account_id, Transaction.number == number
    )
    return session.exec(query).one_or_none()


def lines(session: Session, *, scope: Scope, transaction_id: int) -> Sequence[InvoiceLine]:
    query = (
        select(InvoiceLine)
        .join(Transaction, col(Transaction.id) == InvoiceLine.transaction_id)
        .where(
            Transaction.account_id == scope.account_id,
            InvoiceLine.transaction_id == transaction_id,
        )
        .order_by(col(InvoiceLine.position), col(InvoiceLine.id))
    )
    return session.exec(query).all()


def line_kinds(session: Session, *, scope: Scope) -> dict[int, frozenset[str]]:
    """Tell of which kinds the lines of each invoice are, by the invoice's id."""
    query = (
        select(InvoiceLine.transaction_id, InvoiceLine.kind)
        .join(Transaction, col(Transaction.id) == InvoiceLine.transaction_id)
        .where(Transaction.account_id == scope.account_id)
        .distinct()
    )
    found = defaultdict[int, set[str]](set)
    for invoice_id, kind in session.exec(query):
        found[invoice_id].add(kind)
    return {invoice_id: frozenset(kinds) for invoice_id, kinds in found.items()}


def taxes(session: Session, *, scope: Scope, transaction_id: int) -> Sequence[InvoiceTax]:
    query = (
        select(InvoiceTax)
        .join(Transaction, col(Transaction.id) == InvoiceTax.transaction_id)
        .where(
            Transaction.account_id == scope.account_id,
            InvoiceTax.transaction_id == transaction_id,
        )
        .order_by(col(InvoiceTax.position), col(InvoiceTax.id))
    )
    return session.exec(query).all()


def allocations(session: Session, *, scope: Scope) -> Sequence[PaymentAllocation]:
    """All allocations that past postings made, for `bot.billing`."""
    return session.exec(_allocations(scope)).all()


def allocations_of(
    session: Session, *, scope: Scope, transaction_id: int
) -> Sequence[PaymentAllocation]:
    """Which invoices a payment or credit was given to, or which of them an invoice was given.

    Only what past postings decided: the rest is in the applications of the ledger.
    """
    query = _allocations(scope).where(
        or_(
            PaymentAllocation.source_id == transaction_id,
            PaymentAllocation.invoice_id == transaction_id,
        )
    )
    return session.exec(query).all()


def _allocations(scope: Scope) -> SelectOfScalar[PaymentAllocation]:
    """Both ends must be the account's: a row that crosses accounts is nobody's to see."""
    return (
        select(PaymentAllocation)
        .join(_SOURCE, col(_SOURCE.id) == PaymentAllocation.source_id)
        .join(_INVOICE, col(_INVOICE.id) == PaymentAllocation.invoice_id)
        .where(_SOURCE.account_id == scope.account_id, _INVOICE.account_id == scope.account_id)
        .order_by(col(PaymentAllocation.id))
    )
