"""A bar chart of what is unpaid by age, made to be read on a phone."""

import hashlib
import io
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING

from bot.billing.aging import Aging
from bot.documents import colours, wording
from bot.i18n import Localizer

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DRAWN_AS = (
    1  # raise it when the drawing changes: older pictures are no longer taken from the store
)
_WIDTH, _HEIGHT, _DPI = 6.0, 4.0, 160  # inches: 960 x 640 pixels
_BARS = (0.28, 0.04, 0.68, 0.74)  # left, bottom, width and height, as parts of the picture
_INCH = 72  # points
_LETTER, _GAP = 8.6, 6.0  # points: a wide letter of an amount, and what parts it from its bar
_one_at_a_time = Lock()  # matplotlib is not safe in threads


def cache_key(aging: Aging, *, as_of: date) -> str:
    """Name the picture by its day and amounts; account and language are the store's to add."""
    amounts = ",".join(str(aged.open_cents) for aged in aging.buckets)
    digest = hashlib.sha256(amounts.encode()).hexdigest()[:16]
    return f"aging:{_DRAWN_AS}:{as_of.isoformat()}:{digest}"


def alt(aging: Aging, *, as_of: date, loc: Localizer) -> str:
    """Say in words all that the picture shows."""
    bars = (
        loc.text("{label}: {value}", label=wording.bucket(loc, aged.bucket), value=amount)
        for aged, amount in zip(aging.buckets, _amounts(aging, loc), strict=True)
    )
    return loc.text(
        "Bar chart of the unpaid amounts by days past due, as of {day}. {bars}. Total: {total}.",
        day=loc.date(as_of),
        bars="; ".join(bars),
        total=loc.money(aging.open_cents),
    )


def draw(aging: Aging, *, as_of: date, loc: Localizer) -> bytes:
    """Draw the chart as a PNG; the same figures always give the same bytes."""
    # Loading matplotlib takes as long as a hundred answers: only who wants a picture waits.
    from matplotlib.figure import Figure  # noqa: PLC0415

    with _one_at_a_time:
        figure = Figure(figsize=(_WIDTH, _HEIGHT), dpi=_DPI, facecolor=colours.GROUND)
        _headline(figure.add_axes((0.04, 0.82, 0.92, 0.15)), aging, as_of, loc)
        _bars(figure.add_axes(_BARS), aging, loc)
        png = io.BytesIO()
        # Without the name of the software: its version would change the bytes.
        figure.savefig(png, format="png", metadata={"Software": None})
    return png.getvalue()


def _headline(axes: "Axes", aging: Aging, as_of: date, loc: Localizer) -> None:
    axes.set_axis_off()
    total = loc.text("Unpaid: {total}", total=loc.money(aging.open_cents))
    basis = loc.text("By days past due, as of {day}", day=loc.date(as_of))
    # A pair of dollar signs is a formula to matplotlib unless it is told otherwise.
    axes.text(0, 0.95, total, va="top", size=16, weight="bold", color=colours.INK, parse_math=False)
    axes.text(0, 0.0, basis, va="bottom", size=11, color=colours.QUIET, parse_math=False)


def _bars(axes: "Axes", aging: Aging, loc: Localizer) -> None:
    cents = [aged.open_cents for aged in aging.buckets]
    places = range(len(cents))
    axes.barh(
        places, cents, height=0.62, color=[colours.BUCKETS[aged.bucket] for aged in aging.buckets]
    )
    for place, value, amount in zip(places, cents, _amounts(aging, loc), strict=True):
        axes.annotate(
            amount,
            (value, place),
            xytext=(_GAP, 0),
            textcoords="offset points",
            va="center",
            size=12,
            weight="bold" if value else "normal",
            color=colours.INK if value else colours.QUIET,
            parse_math=False,
        )
    axes.set_yticks(places, [wording.bucket(loc, aged.bucket) for aged in aging.buckets])
    axes.tick_params(axis="y", length=0, labelsize=12, labelcolor=colours.INK, pad=8)
    axes.invert_yaxis()
    axes.set_xlim(0, _length_of_axis(cents, _amounts(aging, loc)))
    axes.set_xticks([])
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    axes.spines["left"].set_color(colours.RULE)


def _length_of_axis(cents: list[int], amounts: list[str]) -> float:
    """Leave each bar the room for its amount behind it."""
    points = _WIDTH * _BARS[2] * _INCH
    bars = (points - _GAP - _LETTER * len(amount) for amount in amounts)
    return max(1, *(value * points / bar for value, bar in zip(cents, bars, strict=True)))


def _amounts(aging: Aging, loc: Localizer) -> list[str]:
    return [loc.money(aged.open_cents) for aged in aging.buckets]
