"""The rows of the Transaction History and their running balance."""

from datetime import date, timedelta

import pytest

from bot.billing.history import History, page
from store.models import PaymentState, TransactionType
from tests.strategies import made

TODAY = date(2026, 11, 22)
INVOICE, PAYMENT, CREDIT, REFUND = TransactionType


def rows_of_autumn():
    cleared, declined = PaymentState.CLEARED, PaymentState.DECLINED
    return [
        made(INVOICE, 1, date(2026, 9, 1), 10000, due_date=date(2026, 10, 1)),
        made(PAYMENT, 2, date(2026, 9, 29), 10000, payment_state=declined),
        made(
            PAYMENT,
            3,
            date(2026, 9, 30),
            12000,
            payment_state=cleared,
            settled_on=date(2026, 10, 2),
        ),
        made(INVOICE, 4, date(2026, 10, 1), 5000, due_date=date(2026, 10, 31)),
        made(REFUND, 5, date(2026, 10, 5), 500),
        made(CREDIT, 6, date(2026, 10, 20), 300, posted_on=date(2026, 11, 1)),
        made(INVOICE, 7, date(2026, 11, 1), 5000, due_date=date(2026, 12, 1)),
        made(PAYMENT, 8, date(2026, 11, 20), 800, payment_state=PaymentState.PENDING),
        made(CREDIT, 9, date(2026, 11, 21), 100),
    ]


def lines(rows):
    return [
        (
            row.transaction.number,
            str(row.listed_on),
            row.credit_cents,
            row.debit_cents,
            row.balance_cents,
        )
        for row in rows
    ]


def test_history_reads_like_the_portal_newest_first():
    """Cleared money has figures; a declined or pending payment is listed without any."""
    history = History.of(rows_of_autumn(), as_of=TODAY)
    assert lines(history.rows) == [
        ("PAY00000008", "2026-11-20", None, None, 8200),
        ("CRE00000006", "2026-11-01", 300, None, 8200),
        ("INV00000007", "2026-11-01", None, 5000, 8500),
        ("REF00000005", "2026-10-05", None, 500, 3500),
        ("INV00000004", "2026-10-01", None, 5000, 3000),
        ("PAY00000003", "2026-09-30", 12000, None, -2000),
        ("PAY00000002", "2026-09-29", None, None, 10000),
        ("INV00000001", "2026-09-01", None, 10000, 10000),
    ]
    assert (history.closing_balance_cents, history.hidden_credit_cents) == (8200, 100)


def test_the_state_of_a_payment_is_that_of_the_day():
    history = History.of(rows_of_autumn(), as_of=date(2026, 10, 1))
    states = {row.transaction.number: row.payment_state for row in history.rows}
    assert states == {
        "INV00000001": None,
        "PAY00000002": PaymentState.DECLINED,
        "PAY00000003": PaymentState.PENDING,
        "INV00000004": None,
    }


def test_a_window_opens_with_the_balance_of_all_that_came_before():
    history = History.of(rows_of_autumn(), as_of=TODAY, first=date(2026, 10, 1))
    assert history.opening_balance_cents == -2000
    assert len(history.rows) == 5


def test_history_goes_back_24_months_and_no_further():
    old, new = (
        made(INVOICE, id_, day, 100)
        for id_, day in ((1, date(2024, 11, 21)), (2, date(2024, 11, 22)))
    )
    history = History.of([old, new], as_of=TODAY)
    assert lines(history.rows) == [("INV00000002", "2024-11-22", None, 100, 200)]
    assert history.opening_balance_cents == 100


def test_without_rows_the_closing_balance_is_the_opening_one():
    old = made(INVOICE, 1, date(2020, 1, 1), 100)
    assert History.of([old], as_of=TODAY).closing_balance_cents == 100


def test_filters_by_type_and_period_keep_the_balances():
    history = History.of(rows_of_autumn(), as_of=TODAY)
    payments = history.filtered(types=[TransactionType.PAYMENT])
    october = history.filtered(first=date(2026, 10, 1), last=date(2026, 10, 31))
    assert [row.balance_cents for row in payments] == [8200, -2000, 10000]
    assert [row.balance_cents for row in october] == [3500, 3000]


@pytest.mark.parametrize(
    ("asked", "given", "newest", "count"),
    [
        (1, 1, "INV00000023", 10),
        (3, 3, "INV00000003", 3),
        (0, 1, "INV00000023", 10),
        (9, 3, "INV00000003", 3),
    ],
)
def test_pages_of_ten_and_the_nearest_page_for_a_number_out_of_range(asked, given, newest, count):
    rows = [made(INVOICE, n, TODAY - timedelta(days=60 - n), 100) for n in range(1, 24)]
    found = page(History.of(rows, as_of=TODAY).rows, asked)
    assert (given, 3, 23) == (found.number, found.pages, found.total_rows)
    assert (newest, count) == (found.rows[0].transaction.number, len(found.rows))


def test_ten_rows_are_one_page_and_no_rows_too():
    rows = History.of([made(INVOICE, n, TODAY, 100) for n in range(1, 11)], as_of=TODAY).rows
    assert page(rows, 1).pages == 1
    assert page((), 1).pages == 1
