"""The balance and what it is made of, case by case."""

from datetime import date

import pytest

from bot.billing.ledger import Ledger
from store.models import PaymentAllocation, PaymentState, TransactionType
from tests.strategies import made

TODAY = date(2026, 11, 22)


def invoice(id_, day, due, cents):
    return made(TransactionType.INVOICE, id_, day, cents, due_date=due)


def payment(id_, day, cents, state=PaymentState.CLEARED, settled_on=None):
    columns = {"payment_state": state, "settled_on": settled_on}
    return made(TransactionType.PAYMENT, id_, day, cents, **columns)


def credit(id_, day, cents, posted_on=None):
    return made(TransactionType.CREDIT, id_, day, cents, posted_on=posted_on)


def refund(id_, day, cents):
    return made(TransactionType.REFUND, id_, day, cents)


def allocated(source_id, invoice_id, cents):
    return PaymentAllocation(source_id=source_id, invoice_id=invoice_id, amount_cents=cents)


def ledger(*rows, allocations=(), as_of=TODAY):
    return Ledger.of(rows, allocations, as_of=as_of)


def open_cents(found):
    return {item.transaction.number: item.open_cents for item in found.open_items}


SEPTEMBER = invoice(1, date(2026, 9, 1), date(2026, 10, 1), 10000)
OCTOBER = invoice(2, date(2026, 10, 1), date(2026, 10, 31), 20000)


def test_an_account_without_transactions_owes_nothing():
    empty = ledger()
    assert (empty.balance_cents, empty.open_items, empty.unapplied_cents) == (0, (), 0)
    assert (empty.due_date, empty.last_payment) == (None, None)


def test_a_payment_goes_to_the_oldest_due_date_first():
    found = ledger(OCTOBER, SEPTEMBER, payment(3, date(2026, 11, 1), 15000))
    assert open_cents(found) == {"INV00000002": 15000}
    assert date(2026, 10, 31) == found.due_date


def test_an_invoice_posted_later_but_due_sooner_is_paid_first():
    final = invoice(4, date(2026, 10, 2), date(2026, 10, 2), 5000)
    found = ledger(OCTOBER, final, payment(3, date(2026, 11, 1), 5000))
    assert open_cents(found) == {"INV00000002": 20000}


def test_of_two_invoices_due_the_same_day_the_lower_number_is_paid_first():
    """INV9 comes before INV10, although a dictionary would have it otherwise."""
    later, earlier = (
        made(
            TransactionType.INVOICE, id_, SEPTEMBER.date, 100, number=number, due_date=OCTOBER.date
        )
        for id_, number in ((1, "INV10"), (2, "INV9"))
    )
    found = ledger(later, earlier, payment(3, TODAY, 100))
    assert open_cents(found) == {"INV10": 100}


def test_an_allocation_made_by_hand_comes_before_oldest_first():
    paid = payment(3, date(2026, 11, 1), 15000)
    found = ledger(SEPTEMBER, OCTOBER, paid, allocations=[allocated(3, 2, 12000)])
    assert open_cents(found) == {"INV00000001": 7000, "INV00000002": 8000}
    assert [(given.cents, given.debit.number) for given in found.applications] == [
        (12000, "INV00000002"),
        (3000, "INV00000001"),
    ]


def test_an_allocation_beyond_what_is_there_gives_only_what_is_there():
    paid = payment(3, date(2026, 11, 1), 15000)
    found = ledger(SEPTEMBER, OCTOBER, paid, allocations=[allocated(3, 1, 15000)])
    assert open_cents(found) == {"INV00000002": 15000}


def test_an_allocation_to_an_invoice_of_tomorrow_waits_for_it():
    paid = payment(3, date(2026, 9, 15), 10000)
    rows, given = (SEPTEMBER, OCTOBER, paid), [allocated(3, 2, 10000)]
    before = ledger(*rows, allocations=given, as_of=date(2026, 9, 30))
    after = ledger(*rows, allocations=given, as_of=date(2026, 10, 1))
    assert open_cents(before) == {}
    assert open_cents(after) == {"INV00000001": 10000, "INV00000002": 10000}


@pytest.mark.parametrize(
    "state", [PaymentState.PENDING, PaymentState.DECLINED, PaymentState.REVERSED]
)
def test_a_payment_that_has_not_cleared_pays_nothing(state):
    found = ledger(SEPTEMBER, payment(3, date(2026, 9, 15), 10000, state))
    assert found.balance_cents == 10000
    assert found.last_payment is None
    assert (state == PaymentState.PENDING) == bool(found.pending)


def test_a_payment_is_pending_until_the_day_it_clears():
    paid = payment(3, date(2026, 9, 15), 10000, settled_on=date(2026, 9, 17))
    before = ledger(SEPTEMBER, paid, as_of=date(2026, 9, 16))
    after = ledger(SEPTEMBER, paid, as_of=date(2026, 9, 17))
    assert (before.balance_cents, before.pending_cents) == (10000, 10000)
    assert (after.balance_cents, after.pending_cents) == (0, 0)
    assert (before.last_payment, after.last_payment) == (None, paid)


def test_a_payment_of_tomorrow_is_not_pending_today():
    assert ledger(payment(3, date(2026, 11, 23), 100, PaymentState.PENDING)).pending == ()


def test_a_reversed_payment_opens_its_invoice_again_with_its_old_due_date():
    back = payment(3, date(2026, 9, 20), 10000, PaymentState.REVERSED, date(2026, 11, 3))
    later = payment(4, date(2026, 10, 20), 20000)
    given = [allocated(3, 1, 10000), allocated(4, 2, 20000)]
    found = ledger(SEPTEMBER, OCTOBER, back, later, allocations=given)
    assert open_cents(found) == {"INV00000001": 10000}
    assert date(2026, 10, 1) == found.due_date


def test_the_last_payment_is_the_one_that_cleared_last():
    """A declined one made later, or a cleared one made later that cleared earlier, is not it."""
    slow = payment(3, date(2026, 11, 2), 100, settled_on=date(2026, 11, 10))
    quick = payment(4, date(2026, 11, 5), 200, settled_on=date(2026, 11, 5))
    refused = payment(5, date(2026, 11, 12), 300, PaymentState.DECLINED, date(2026, 11, 12))
    assert slow is ledger(slow, quick, refused).last_payment


def test_a_credit_counts_from_the_day_it_is_granted_and_is_hidden_until_posted():
    given = credit(3, date(2026, 10, 20), 31069, posted_on=date(2026, 12, 1))
    before = ledger(SEPTEMBER, given, as_of=date(2026, 10, 19))
    today = ledger(SEPTEMBER, given)
    posted = ledger(SEPTEMBER, given, as_of=date(2026, 12, 1))
    assert (before.balance_cents, before.hidden_credit_cents) == (10000, 0)
    assert (today.balance_cents, today.hidden_credit_cents) == (-21069, 31069)
    assert (posted.balance_cents, posted.hidden_credit_cents) == (-21069, 0)
    assert today.unapplied_cents == 21069


def test_a_credit_left_over_is_used_for_the_next_invoice():
    found = ledger(credit(3, date(2026, 9, 15), 25000), OCTOBER)
    assert (open_cents(found), found.unapplied_cents, found.due_date) == ({}, 5000, None)


def test_a_refund_of_what_was_left_over_is_settled_at_once():
    """Money paid too much and given back pays no later invoice, and is no debt either."""
    rows = (
        SEPTEMBER,
        payment(3, date(2026, 9, 15), 15000),
        refund(4, date(2026, 9, 20), 5000),
        OCTOBER,
    )
    assert open_cents(ledger(*rows)) == {"INV00000002": 20000}


def test_a_refund_never_opens_a_paid_invoice_again():
    """What no credit covers is owed as of the day of the refund, and is no invoice."""
    rows = (SEPTEMBER, payment(3, date(2026, 9, 15), 10000), refund(4, date(2026, 9, 20), 4000))
    found = ledger(*rows)
    assert open_cents(found) == {"REF00000004": 4000}
    assert date(2026, 9, 20) == found.open_items[0].due_date
    assert (found.balance_cents, found.due_date) == (4000, None)


def test_a_refund_on_the_day_of_an_invoice_leaves_the_invoice_to_its_own_due_date():
    rows = (credit(3, date(2026, 9, 15), 20000), refund(4, OCTOBER.date, 20000), OCTOBER)
    assert open_cents(ledger(*rows)) == {"INV00000002": 20000}


def test_an_invoice_without_a_due_date_is_due_on_its_day():
    assert SEPTEMBER.date == ledger(invoice(1, SEPTEMBER.date, None, 100)).due_date


def test_transactions_of_tomorrow_do_not_count_today():
    tomorrow = date(2026, 11, 23)
    found = ledger(
        invoice(1, tomorrow, tomorrow, 100), credit(2, tomorrow, 30), refund(3, tomorrow, 5)
    )
    assert (found.balance_cents, found.open_items) == (0, ())
