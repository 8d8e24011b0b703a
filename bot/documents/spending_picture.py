"""A bar chart of what was invoiced each month, made to be read on a phone."""

import hashlib

from bot.billing.spending import Spending
from bot.documents import bar_picture
from bot.documents.bar_picture import Bar
from bot.i18n import Localizer

_DRAWN_AS = 1  # raise it when the drawing changes
_ROW = 0.44  # inches: twelve months and more are closer together than five steps


def cache_key(spending: Spending) -> str:
    """Name the picture by its months and amounts; account and language are the store's to add."""
    said = ",".join(f"{spent.month}={spent.charged_cents}" for spent in spending.months)
    return f"spending:{_DRAWN_AS}:{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def alt(spending: Spending, *, loc: Localizer) -> str:
    """Say in words all that the picture shows."""
    bars = (
        loc.text("{label}: {value}", label=bar.label, value=bar.amount)
        for bar in _bars(spending, loc)
    )
    return loc.text(
        "Bar chart of what was invoiced each month, taxes included. {bars}. Total: {total}.",
        bars="; ".join(bars),
        total=loc.money(spending.charged_cents),
    )


def draw(spending: Spending, *, loc: Localizer) -> bytes:
    """Draw the chart as a PNG; the same figures always give the same bytes."""
    return bar_picture.draw(
        _bars(spending, loc),
        headline=loc.text("Invoiced: {total}", total=loc.money(spending.charged_cents)),
        basis=loc.text("By month of the invoice, taxes included"),
        row=_ROW,
    )


def _bars(spending: Spending, loc: Localizer) -> list[Bar]:
    return [
        Bar(loc.short_month(spent.month.first), spent.charged_cents, loc.money(spent.charged_cents))
        for spent in spending.months
    ]
