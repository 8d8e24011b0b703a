"""What holds for every ledger, to the cent."""

from datetime import timedelta

import pytest
from hypothesis import given, settings

from bot.billing.aging import Aging, bucket_of
from bot.billing.history import History
from bot.billing.ledger import Ledger
from store.models import PaymentAllocation, PaymentState, TransactionType
from tests.strategies import LedgerCase, amounts, changed, ledgers, made

UNSETTLED = {PaymentState.PENDING, PaymentState.DECLINED, PaymentState.REVERSED}


def ledger_of(case: LedgerCase) -> Ledger:
    return Ledger.of(case.transactions, case.allocations, as_of=case.as_of)


def open_by_number(ledger: Ledger) -> dict[str, int]:
    return {item.transaction.number: item.open_cents for item in ledger.open_items}


def balance_by_hand(case: LedgerCase) -> int:
    """The tile, added up from the rules as the portal states them."""
    total = 0
    for row in case.transactions:
        cleared = row.payment_state == PaymentState.CLEARED
        paid = cleared and max(row.date, row.settled_on or row.date) <= case.as_of
        if row.date <= case.as_of and row.type in {"invoice", "refund"}:
            total += row.amount_cents
        elif row.date <= case.as_of and (row.type == "credit" or paid):
            total -= row.amount_cents
    return total


def check_balance(case: LedgerCase) -> None:
    ledger = ledger_of(case)
    aging = Aging.of(ledger)
    assert balance_by_hand(case) == ledger.balance_cents
    assert ledger.balance_cents == ledger.open_cents - ledger.unapplied_cents
    assert ledger.balance_cents == aging.balance_cents
    assert ledger.open_cents == sum(bucket.open_cents for bucket in aging.buckets)
    assert all(item.open_cents > 0 for item in ledger.open_items)
    assert not (ledger.open_items and ledger.unapplied_cents)


def check_aging(case: LedgerCase) -> None:
    ledger = ledger_of(case)
    aged = [(bucket, item) for bucket in Aging.of(ledger).buckets for item in bucket.items]
    assert {id(item) for item in ledger.open_items} == {id(item) for _, item in aged}
    for bucket, item in aged:
        assert bucket.bucket == bucket_of((case.as_of - item.due_date).days)
    assert [item.due_date for item in ledger.open_items] == sorted(
        item.due_date for item in ledger.open_items
    )


def check_applications(case: LedgerCase) -> None:
    """What went to a debit and what is open of it are its amount; no credit is spent twice."""
    ledger = ledger_of(case)
    still_open = open_by_number(ledger)
    spent: dict[str, int] = {}
    for given_ in ledger.applications:
        for row in (given_.credit, given_.debit):
            spent[row.number] = spent.get(row.number, 0) + given_.cents
    for row in case.transactions:
        if row.type in {"invoice", "refund"} and row.date <= case.as_of:
            assert row.amount_cents == spent.get(row.number, 0) + still_open.get(row.number, 0)
        else:
            assert spent.get(row.number, 0) <= row.amount_cents


def check_history(case: LedgerCase) -> None:
    history = History.of(case.transactions, as_of=case.as_of)
    ledger = ledger_of(case)
    assert ledger.balance_cents == history.closing_balance_cents - history.hidden_credit_cents
    assert ledger.hidden_credit_cents == history.hidden_credit_cents
    balance = history.opening_balance_cents
    for row in reversed(history.rows):
        figures = [cents for cents in (row.credit_cents, row.debit_cents) if cents is not None]
        assert len(figures) == 1 or (row.payment_state in UNSETTLED and not figures)
        balance += (row.debit_cents or 0) - (row.credit_cents or 0)
        assert balance == row.balance_cents


def check_filters(case: LedgerCase) -> None:
    """Rows that a filter leaves out, and a shorter window, change no balance of the others."""
    history = History.of(case.transactions, as_of=case.as_of)
    first = case.as_of - timedelta(days=200)
    for kind in TransactionType:
        kept = history.filtered(types=[kind], first=first)
        assert all(row in history.rows for row in kept)
        assert all(row.transaction.type == kind and row.listed_on >= first for row in kept)
    shorter = History.of(case.transactions, as_of=case.as_of, first=first)
    assert shorter.rows == history.filtered(first=first)


def check_unsettled(case: LedgerCase) -> None:
    """Pending, declined and reversed payments may as well not be there."""
    ids = {row.id for row in case.transactions if row.payment_state in UNSETTLED}
    without = LedgerCase(
        tuple(row for row in case.transactions if row.id not in ids),
        tuple(given_ for given_ in case.allocations if given_.source_id not in ids),
        case.as_of,
    )
    ledger, bare = ledger_of(case), ledger_of(without)
    assert bare.open_items == ledger.open_items
    assert bare.unapplied_cents == ledger.unapplied_cents
    rows = History.of(case.transactions, as_of=case.as_of).rows
    assert History.of(without.transactions, as_of=case.as_of).rows == tuple(
        row for row in rows if row.transaction.id not in ids
    )


def check_arrival(case: LedgerCase) -> None:
    """In what order rows were stored, and payments of a day arrived, makes no difference."""
    restored, renumbered = stored_backwards(case), stored_backwards(case, renumber_payments=True)
    for other in (restored, renumbered):
        assert open_by_number(ledger_of(case)) == open_by_number(ledger_of(other))
        assert ledger_of(case).unapplied_cents == ledger_of(other).unapplied_cents
    assert balances_by_number(case) == balances_by_number(restored)


def stored_backwards(case: LedgerCase, *, renumber_payments: bool = False) -> LedgerCase:
    ids = [row.id for row in case.transactions]
    new_ids = dict(zip(ids, reversed(ids), strict=True))
    rows = []
    for row in reversed(case.transactions):
        new_number = renumber_payments and row.type == TransactionType.PAYMENT
        number = f"PAY{new_ids[row.id]:08}" if new_number else row.number
        rows.append(changed(row, id=new_ids[row.id], number=number))
    allocations = (
        PaymentAllocation(
            source_id=new_ids[given_.source_id],
            invoice_id=new_ids[given_.invoice_id],
            amount_cents=given_.amount_cents,
        )
        for given_ in reversed(case.allocations)
    )
    return LedgerCase(tuple(rows), tuple(allocations), case.as_of)


def balances_by_number(case: LedgerCase) -> list[tuple[str, int]]:
    rows = History.of(case.transactions, as_of=case.as_of).rows
    return [(row.transaction.number, row.balance_cents) for row in rows]


def check_oldest_first(case: LedgerCase) -> None:
    """Without refunds, and with one term for all, money runs down the invoices by due date."""
    rows = [
        changed(row, due_date=row.date + timedelta(days=30))
        for row in case.transactions
        if row.type != TransactionType.REFUND
    ]
    plain = Ledger.of(rows, [], as_of=case.as_of)
    invoices = [r for r in rows if r.type == TransactionType.INVOICE and r.date <= case.as_of]
    money = sum(row.amount_cents for row in invoices) - plain.balance_cents
    expected = {}
    for row in sorted(invoices, key=lambda row: (row.due_date, row.number)):
        paid = min(money, row.amount_cents)
        money -= paid
        if row.amount_cents > paid:
            expected[row.number] = row.amount_cents - paid
    assert expected == open_by_number(plain)
    assert money == plain.unapplied_cents


def check_refund(case: LedgerCase, cents: int) -> None:
    """A refund adds to the balance and leaves every invoice of the days before as it was."""
    refund = made(TransactionType.REFUND, 99, case.as_of, cents)
    before, after = (
        Ledger.of(rows, case.allocations, as_of=case.as_of)
        for rows in (case.transactions, (*case.transactions, refund))
    )
    assert before.balance_cents + cents == after.balance_cents

    def earlier(ledger: Ledger) -> dict[str, int]:
        return {
            item.transaction.number: item.open_cents
            for item in ledger.open_items
            if item.transaction.type == TransactionType.INVOICE
            and item.transaction.date < case.as_of
        }

    assert earlier(before) == earlier(after)


def check_all(case: LedgerCase, refund_cents: int) -> None:
    check_balance(case)
    check_aging(case)
    check_applications(case)
    check_history(case)
    check_filters(case)
    check_unsettled(case)
    check_arrival(case)
    check_refund(case, refund_cents)
    check_oldest_first(case)


@given(ledgers(), amounts)
def test_rules_hold(case, refund_cents):
    """Whatever happened on an account, its figures agree with each other."""
    check_all(case, refund_cents)


@pytest.mark.slow
@settings(max_examples=10_000)
@given(ledgers(), amounts)
def test_rules_hold_for_10000_ledgers(case, refund_cents):
    """The same, of more ledgers than anybody would wait for otherwise."""
    check_all(case, refund_cents)
