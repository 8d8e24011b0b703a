"""A bar chart of what is unpaid by age, made to be read on a phone."""

import hashlib
from datetime import date

from bot.billing.aging import Aging
from bot.documents import bar_picture, colours, wording
from bot.documents.bar_picture import Bar
from bot.i18n import Localizer

_DRAWN_AS = (
    2  # raise it when the drawing changes: older pictures are no longer taken from the store
)


def cache_key(aging: Aging, *, as_of: date) -> str:
    """Name the picture by its day and amounts; account and language are the store's to add."""
    amounts = ",".join(str(aged.open_cents) for aged in aging.buckets)
    digest = hashlib.sha256(amounts.encode()).hexdigest()[:16]
    return f"aging:{_DRAWN_AS}:{as_of.isoformat()}:{digest}"


def alt(aging: Aging, *, as_of: date, loc: Localizer) -> str:
    """Say in words all that the picture shows."""
    bars = (
        loc.text("{label}: {value}", label=bar.label, value=bar.amount) for bar in _bars(aging, loc)
    )
    return loc.text(
        "Bar chart of the unpaid amounts by days past due, as of {day}. {bars}. Total: {total}.",
        day=loc.date(as_of),
        bars="; ".join(bars),
        total=loc.money(aging.open_cents),
    )


def draw(aging: Aging, *, as_of: date, loc: Localizer) -> bytes:
    """Draw the chart as a PNG; the same figures always give the same bytes."""
    return bar_picture.draw(
        _bars(aging, loc),
        headline=loc.text("Unpaid: {total}", total=loc.money(aging.open_cents)),
        basis=loc.text("By days past due, as of {day}", day=loc.date(as_of)),
    )


def _bars(aging: Aging, loc: Localizer) -> list[Bar]:
    return [
        Bar(
            wording.bucket(loc, aged.bucket),
            aged.open_cents,
            loc.money(aged.open_cents),
            colours.BUCKETS[aged.bucket],
        )
        for aged in aging.buckets
    ]
