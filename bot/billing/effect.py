"""What one transaction does to the balance, and when."""

from datetime import date

from store.models import PaymentState, Transaction, TransactionType


def is_credit(row: Transaction) -> bool:
    """Payments and credits lower the balance; invoices and refunds raise it."""
    return row.type in {TransactionType.PAYMENT, TransactionType.CREDIT}


def change_cents(row: Transaction) -> int:
    """The amount with its sign: positive for what is owed, negative for what is credited."""
    return -row.amount_cents if is_credit(row) else row.amount_cents


def state_on(payment: Transaction, day: date) -> PaymentState:
    """The state of a payment on a day: what settled later was pending until then.

    A reversed payment keeps only the day of its reversal, so before that day it is pending too.
    """
    if payment.settled_on is not None and payment.settled_on > day:
        return PaymentState.PENDING
    return PaymentState(payment.payment_state or "")


def counts_from(row: Transaction) -> date | None:
    """The day from which a transaction moves the balance, none if it never does.

    A payment counts once it has cleared; a credit from the day it is granted, although the history
    shows it later.
    """
    if row.type != TransactionType.PAYMENT:
        return row.date
    if row.payment_state != PaymentState.CLEARED:
        return None
    return max(row.date, row.settled_on or row.date)


def counts(row: Transaction, day: date) -> bool:
    """Whether a transaction is in the balance of a day."""
    first = counts_from(row)
    return first is not None and first <= day


def listed_on(row: Transaction) -> date | None:
    """The day under which the history shows a transaction, none while a credit is unposted."""
    if row.type != TransactionType.CREDIT:
        return row.date
    return max(row.date, row.posted_on) if row.posted_on else None


def is_hidden(row: Transaction, day: date) -> bool:
    """Whether a credit already counts but does not stand in the history yet."""
    if row.type != TransactionType.CREDIT or row.date > day:
        return False
    shown = listed_on(row)
    return shown is None or shown > day


def number_order(row: Transaction) -> tuple[int, str]:
    """Numbers of one series in counting order, should they ever grow a digit."""
    return len(row.number), row.number
