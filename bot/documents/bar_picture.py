"""Bars with their amounts beside them, as a PNG made to be read on a phone."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from bot.documents import colours

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MEDIA_TYPE = "image/png"
_WIDTH, _DPI = 6.0, 160  # inches: 960 pixels
_HEAD, _ROW, _FOOT = 0.88, 0.592, 0.16  # inches
_LEFT, _BROAD = 0.28, 0.68  # of the bars, as parts of the width
_INCH = 72  # points
_LETTER, _GAP = 8.6, 6.0  # points: a wide letter of an amount, and what parts it from its bar
_one_at_a_time = Lock()  # matplotlib is not safe in threads


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    cents: int
    amount: str  # the cents as they are written
    colour: str = colours.BAR


def draw(bars: Sequence[Bar], *, headline: str, basis: str, row: float = _ROW) -> bytes:
    """Draw bars one below the other; the same always gives the same bytes.

    `basis` says under the headline what the bars count; `row` is the height of one, in inches.
    """
    # Loading matplotlib takes as long as a hundred answers: only who wants a picture waits.
    from matplotlib.figure import Figure  # noqa: PLC0415

    height = _HEAD + _FOOT + row * len(bars)
    with _one_at_a_time:
        figure = Figure(figsize=(_WIDTH, height), dpi=_DPI, facecolor=colours.GROUND)
        _headline(figure.add_axes((0.04, 1 - 0.72 / height, 0.92, 0.6 / height)), headline, basis)
        place = (_LEFT, _FOOT / height, _BROAD, row * len(bars) / height)
        _bars(figure.add_axes(place), bars)
        png = io.BytesIO()
        # Without the name of the software: its version would change the bytes.
        figure.savefig(png, format="png", metadata={"Software": None})
    return png.getvalue()


def _headline(axes: "Axes", headline: str, basis: str) -> None:
    axes.set_axis_off()
    # A pair of dollar signs is a formula to matplotlib unless it is told otherwise.
    axes.text(
        0, 0.95, headline, va="top", size=16, weight="bold", color=colours.INK, parse_math=False
    )
    axes.text(0, 0.0, basis, va="bottom", size=11, color=colours.QUIET, parse_math=False)


def _bars(axes: "Axes", bars: Sequence[Bar]) -> None:
    places = range(len(bars))
    axes.barh(places, [bar.cents for bar in bars], height=0.62, color=[bar.colour for bar in bars])
    for place, bar in zip(places, bars, strict=True):
        axes.annotate(
            bar.amount,
            (bar.cents, place),
            xytext=(_GAP, 0),
            textcoords="offset points",
            va="center",
            size=12,
            weight="bold" if bar.cents else "normal",
            color=colours.INK if bar.cents else colours.QUIET,
            parse_math=False,
        )
    axes.set_yticks(places, [bar.label for bar in bars])
    axes.tick_params(axis="y", length=0, labelsize=12, labelcolor=colours.INK, pad=8)
    axes.set_ylim(len(bars) - 0.5, -0.5)
    axes.set_xlim(0, _length_of_axis(bars))
    axes.set_xticks([])
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    axes.spines["left"].set_color(colours.RULE)


def _length_of_axis(bars: Sequence[Bar]) -> float:
    """Leave each bar the room for its amount behind it."""
    points = _WIDTH * _BROAD * _INCH
    rooms = (points - _GAP - _LETTER * len(bar.amount) for bar in bars)
    return max(1, *(bar.cents * points / room for bar, room in zip(bars, rooms, strict=True)))
