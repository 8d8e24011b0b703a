"""Where a balance comes from, to the cent."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.billing.effect import counts_from
from bot.billing.explanation import Explanation
from bot.billing.ledger import Ledger
from bot.billing.windows import history_window
from store.models import PaymentState, TransactionType
from tests.filled import DAYS, filled
from tests.strategies import PREFIXES, LedgerCase, days, ledgers, made
from tests.test_billing_properties import balance_by_hand

TODAY = date(2026, 11, 22)
INVOICE, PAYMENT, CREDIT, REFUND = (
    TransactionType.INVOICE,
    TransactionType.PAYMENT,
    TransactionType.CREDIT,
    TransactionType.REFUND,
)


def paid(id_, day, cents, state=PaymentState.CLEARED, settled=None):
    return made(PAYMENT, id_, day, cents, payment_state=state, settled_on=settled)


def owed(id_, day, cents):
    return made(INVOICE, id_, day, cents, due_date=day + timedelta(days=30))


def numbers(rows):
    return [row.id for row in rows]


def test_it_begins_where_the_balance_was_last_zero():
    """What was settled before explains nothing; a payment counts from the day it cleared."""
    rows = [
        owed(1, date(2026, 9, 1), 100),
        paid(2, date(2026, 9, 20), 100),
        owed(3, date(2026, 10, 1), 200),
        paid(4, date(2026, 10, 30), 150, settled=date(2026, 11, 2)),
        made(CREDIT, 5, date(2026, 11, 12), 30),
        made(REFUND, 6, date(2026, 11, 15), 7),
    ]

    found = Explanation.of(rows, as_of=TODAY)

    assert (date(2026, 10, 1), 0, 27) == (found.first, found.opening_cents, found.balance_cents)
    assert [3, 4, 5, 6] == numbers(found.counted)
    assert [4] == numbers(found.of_type(PAYMENT))


def test_an_account_that_is_even_is_explained_by_what_made_it_so():
    """Of zero it tells the last invoice and its payment, not nothing."""
    rows = [owed(1, date(2026, 10, 1), 50), paid(2, date(2026, 10, 1), 50)]
    rows += [owed(3, date(2026, 11, 1), 70), paid(4, date(2026, 11, 3), 70)]

    assert [3, 4] == numbers(Explanation.of(rows, as_of=TODAY).counted)


def test_a_balance_that_was_never_zero_begins_with_what_it_was():
    """The history reaches back 24 months, and so does the explanation."""
    rows = [owed(1, date(2023, 1, 1), 5000), owed(2, date(2026, 11, 1), 70)]

    found = Explanation.of(rows, as_of=TODAY)

    assert (date(2024, 11, 22), 5000, 5070) == (
        found.first,
        found.opening_cents,
        found.balance_cents,
    )
    assert [2] == numbers(found.counted)


def test_the_first_day_can_be_chosen():
    """Since the last invoice, for example."""
    rows = [owed(1, date(2026, 10, 1), 50), owed(2, date(2026, 11, 1), 70)]

    found = Explanation.of(rows, as_of=TODAY, first=date(2026, 11, 1))

    assert (50, [2], 120) == (found.opening_cents, numbers(found.counted), found.balance_cents)


def test_what_the_bank_did_not_give_is_named_and_does_not_count():
    """Pending ones always; declined and reversed ones if that was since the beginning."""
    rows = [
        owed(1, date(2026, 8, 1), 10),
        paid(2, date(2026, 8, 2), 10),
        paid(3, date(2026, 8, 3), 10, PaymentState.DECLINED, date(2026, 8, 4)),
        owed(4, date(2026, 9, 1), 20),
        paid(5, date(2026, 8, 20), 20, PaymentState.REVERSED, date(2026, 9, 9)),
        paid(6, date(2026, 11, 21), 20, PaymentState.PENDING),
        paid(7, date(2026, 11, 20), 20, PaymentState.DECLINED),
        paid(8, date(2026, 11, 19), 20, PaymentState.DECLINED, date(2026, 11, 30)),
    ]

    found = Explanation.of(rows, as_of=TODAY)

    assert ([4], [5, 7]) == (numbers(found.counted), numbers(found.undone))
    assert found.balance_cents == 20


def test_an_account_without_a_history_has_a_balance_of_nothing():
    """Nothing counted and nothing was there before."""
    found = Explanation.of([], as_of=TODAY)

    assert ((), 0, 0) == (found.counted, found.opening_cents, found.balance_cents)


# What holds for every ledger.


def check(case: LedgerCase, first: date, random: Random) -> None:
    known = Explanation.of(case.transactions, as_of=case.as_of)
    chosen = Explanation.of(case.transactions, as_of=case.as_of, first=first)
    for found in (known, chosen):
        check_sum(case, found)
    check_first(case, known)
    shuffled = random.sample(case.transactions, len(case.transactions))
    assert known == Explanation.of(shuffled, as_of=case.as_of)


def check_sum(case: LedgerCase, found: Explanation) -> None:
    """Opening, invoices, refunds, less payments and credits: what an accountant would add up."""
    signs = {INVOICE: 1, REFUND: 1, PAYMENT: -1, CREDIT: -1}
    moved = sum(
        sign * row.amount_cents for kind, sign in signs.items() for row in found.of_type(kind)
    )
    assert balance_by_hand(case) == found.opening_cents + moved == found.balance_cents
    assert found.opening_cents == balance_by_hand(
        replace(case, as_of=min(found.first - timedelta(days=1), case.as_of))
    )
    assert found.balance_cents == Ledger.of(case.transactions, (), as_of=case.as_of).balance_cents


def check_first(case: LedgerCase, found: Explanation) -> None:
    """It begins at zero, or as far back as the history goes; no later day begins at zero."""
    assert found.opening_cents == 0 or found.first == history_window(case.as_of)[0]
    moved = {counts_from(row) for row in found.counted if row.amount_cents}
    for day in moved - {found.first}:
        assert Explanation.of(case.transactions, as_of=case.as_of, first=day).opening_cents


@given(ledgers(), days, st.randoms(use_true_random=False))
def test_every_explanation_adds_up(case, first, random):
    """Whatever happened on an account; a failure here is made small."""
    check(case, first, random)


def random_ledger(random: Random) -> LedgerCase:
    """Rows as plain as they come, for thousands of ledgers."""
    start, rows = date(2024, 10, 1), []
    for id_ in range(random.randrange(14)):
        kind = random.choice((INVOICE, PAYMENT, PAYMENT, CREDIT, REFUND))
        day = start + timedelta(days=random.choice((random.randrange(900), 700, 700 + id_)))
        state = random.choice((PaymentState.CLEARED, *PaymentState)) if kind == PAYMENT else None
        later = day + timedelta(days=random.choice((-2, 0, 0, 1, 30)))
        rows.append(
            SimpleNamespace(
                id=id_,
                type=kind,
                number=f"{PREFIXES[kind]}{id_:08}",
                date=day,
                due_date=later,
                amount_cents=random.choice((0, 1, 3333, 5000, 5000, 10**12)),
                payment_state=state,
                settled_on=random.choice((None, later)) if kind == PAYMENT else None,
                posted_on=random.choice((None, later)) if kind == CREDIT else None,
            )
        )
    return LedgerCase(tuple(rows), (), start + timedelta(days=random.randrange(600, 1000)))


@pytest.mark.slow
def test_10000_explanations_add_up():
    """The same, of more ledgers than anybody would wait for otherwise."""
    random = Random(5)  # noqa: S311
    for _ in range(10_000):
        first = date(2024, 10, 1) + timedelta(days=random.randrange(1000))
        check(random_ledger(random), first, random)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_balances_of_the_sample_companies_are_explained(day):
    """Each to the cent of what the balance says."""
    books = filled(day)
    for account in books.tables["account"]:
        found = Explanation.of(books.entries[account.id], as_of=day)
        assert books.ledger(account).balance_cents == found.balance_cents
