"""How old the open items of an account are, counted from their due dates."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from bot.billing.ledger import Ledger, OpenItem


class Bucket(StrEnum):
    """Days past due in steps of 30, as in the portal's View Aging."""

    CURRENT = "current"  # not past due: due today or later
    DAYS_1_30 = "1-30"
    DAYS_31_60 = "31-60"
    DAYS_61_90 = "61-90"
    OVER_90 = "over-90"


_LAST_DAY = (
    (0, Bucket.CURRENT),
    (30, Bucket.DAYS_1_30),
    (60, Bucket.DAYS_31_60),
    (90, Bucket.DAYS_61_90),
)


def bucket_of(days_past_due: int) -> Bucket:
    """Exactly 30, 60 and 90 days belong to the lower bucket (docs/domain.md 4.2)."""
    fitting = (bucket for last, bucket in _LAST_DAY if days_past_due <= last)
    return next(fitting, Bucket.OVER_90)


@dataclass(frozen=True, slots=True)
class AgedBucket:
    bucket: Bucket
    items: tuple[OpenItem, ...]  # oldest due date first

    @property
    def open_cents(self) -> int:
        return sum(item.open_cents for item in self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aging:
    """The open items of a ledger by age.

    What is unapplied stands apart and is never netted into a bucket: the total of the buckets
    less the unapplied is the current balance.
    """

    buckets: tuple[AgedBucket, ...]  # all five, in the order of Bucket
    unapplied_cents: int

    @classmethod
    def of(cls, ledger: Ledger) -> Self:
        items: dict[Bucket, list[OpenItem]] = {bucket: [] for bucket in Bucket}
        for item in ledger.open_items:
            items[bucket_of((ledger.as_of - item.due_date).days)].append(item)
        return cls(
            buckets=tuple(AgedBucket(bucket, tuple(found)) for bucket, found in items.items()),
            unapplied_cents=ledger.unapplied_cents,
        )

    @property
    def open_cents(self) -> int:
        return sum(bucket.open_cents for bucket in self.buckets)

    @property
    def past_due_cents(self) -> int:
        return sum(aged.open_cents for aged in self.buckets if aged.bucket != Bucket.CURRENT)

    @property
    def balance_cents(self) -> int:
        return self.open_cents - self.unapplied_cents
