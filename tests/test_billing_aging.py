"""Which bucket an open amount stands in."""

from datetime import date, timedelta

import pytest

from bot.billing.aging import Aging, Bucket, bucket_of
from bot.billing.ledger import Ledger
from store.models import PaymentState, TransactionType
from tests.strategies import made

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (-400, Bucket.CURRENT),
        (-1, Bucket.CURRENT),
        (0, Bucket.CURRENT),
        (1, Bucket.DAYS_1_30),
        (30, Bucket.DAYS_1_30),
        (31, Bucket.DAYS_31_60),
        (60, Bucket.DAYS_31_60),
        (61, Bucket.DAYS_61_90),
        (90, Bucket.DAYS_61_90),
        (91, Bucket.OVER_90),
        (1000, Bucket.OVER_90),
    ],
)
def test_the_borders_belong_to_the_lower_bucket(days, bucket):
    """An invoice due today is current; 30, 60 and 90 days late are not yet the next bucket."""
    assert bucket == bucket_of(days)
    due = TODAY - timedelta(days=days)
    row = made(TransactionType.INVOICE, 1, date(2020, 1, 1), 100, due_date=due)
    aging = Aging.of(Ledger.of([row], [], as_of=TODAY))
    assert [bucket] == [aged.bucket for aged in aging.buckets if aged.items]


def test_every_bucket_is_there_in_order_with_its_invoices():
    """An amount that is partly paid stays where it was."""
    rows = [
        made(TransactionType.INVOICE, id_, date(2026, 5, 1), 1000 * id_, due_date=TODAY - late)
        for id_, late in enumerate((timedelta(days=n) for n in (100, 75, 45, 15, 0, -8)), start=1)
    ]
    paid = made(
        TransactionType.PAYMENT, 9, date(2026, 6, 1), 400, payment_state=PaymentState.CLEARED
    )
    aging = Aging.of(Ledger.of([*rows, paid], [], as_of=TODAY))
    assert [
        (aged.bucket, aged.open_cents, [item.transaction.number for item in aged.items])
        for aged in aging.buckets
    ] == [
        (Bucket.CURRENT, 11000, ["INV00000005", "INV00000006"]),
        (Bucket.DAYS_1_30, 4000, ["INV00000004"]),
        (Bucket.DAYS_31_60, 3000, ["INV00000003"]),
        (Bucket.DAYS_61_90, 2000, ["INV00000002"]),
        (Bucket.OVER_90, 600, ["INV00000001"]),
    ]
    assert (aging.open_cents, aging.past_due_cents, aging.unapplied_cents) == (20600, 9600, 0)


def test_what_is_unapplied_stands_apart_from_the_buckets():
    gift = made(TransactionType.CREDIT, 1, date(2026, 11, 1), 21069)
    aging = Aging.of(Ledger.of([gift], [], as_of=TODAY))
    assert (aging.open_cents, aging.unapplied_cents, aging.balance_cents) == (0, 21069, -21069)
