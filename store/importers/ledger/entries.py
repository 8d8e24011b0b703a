"""Payments, credits and refunds: they stay as written; a payment may settle, a credit be posted."""

from typing import Any

from sqlmodel import Session, select

from store.importers.ledger.keeping import Outcome, account_of, keep
from store.importers.ledger.line import Line
from store.importers.refusals import Refused
from store.models import PaymentState, PaymentType, Transaction, TransactionType

_REFUNDABLE = {TransactionType.PAYMENT, TransactionType.CREDIT}


def payment(session: Session, line: Line) -> Outcome:
    state = line.choice("state", PaymentState)
    settled_on = line.maybe_day("settled_on")
    if (settled_on is None) != (state is PaymentState.PENDING):
        raise Refused(f"a {state} payment {'has no' if settled_on else 'needs a'} settled_on")
    values = {
        "payment_type": line.choice("type", PaymentType).value,
        "payment_state": state.value,
        "settled_on": settled_on,
        "method_brand": line.text("card_brand") or None,
        "method_last_four": line.maybe_last_four("card_last_four"),
    }
    return _entry(session, line, TransactionType.PAYMENT, values, {"payment_state", "settled_on"})


def credit(session: Session, line: Line) -> Outcome:
    values = {"posted_on": line.maybe_day("posted_on")}
    return _entry(session, line, TransactionType.CREDIT, values, {"posted_on", "description"})


def refund(session: Session, line: Line) -> Outcome:
    account = account_of(session, line.needed("account"))
    number = line.text("refunds")
    query = select(Transaction).where(
        Transaction.account_id == account.id, Transaction.number == number
    )
    refunded = session.exec(query).one_or_none() if number else None
    if number and (refunded is None or refunded.type not in _REFUNDABLE):
        raise Refused(f"account {account.number} has no payment or credit {number}")
    values = {"refunds_id": refunded.id if refunded else None}
    return _entry(session, line, TransactionType.REFUND, values, {"description"})


def _entry(
    session: Session,
    line: Line,
    kind: TransactionType,
    values: dict[str, Any],
    may_change: set[str],
) -> Outcome:
    account = account_of(session, line.needed("account"))
    values |= {
        "type": kind.value,
        "date": line.day("date"),
        "amount_cents": line.positive_cents("amount"),
        "description": line.text("description"),
    }
    key = {"account_id": account.id, "number": line.needed("number")}
    return keep(session, Transaction, key, values, may_change)[1]
