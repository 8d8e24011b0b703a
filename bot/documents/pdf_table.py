"""Tables in a PDF: aligned columns, and rows that stay together over the ends of pages."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.documents.colours import INK, QUIET
from bot.documents.pdf import MARGIN, RIGHT, TINT, Paper

LINE = 11.0  # points from one line of text to the next
_ABOVE = 1.5  # between the top of a row and its letters
_SIZE, _SMALL, _SMALLEST = 8.0, 7.0, 5.5
_GAP = 8.0  # between two columns
_BEFORE = 9.0  # between two tables


@dataclass(frozen=True, slots=True)
class Place:
    """A column: what stands over it, and where its text begins or, to the right, ends."""

    label: str
    x: float
    width: float
    align: Literal["left", "right"] = "left"


@dataclass(frozen=True, slots=True)
class Row:
    """A piece of a page that is never cut; `holds` keeps it on one page with the next piece."""

    height: float
    draw: Callable[[float], None]  # gets the top
    holds: bool = False


def places(*columns: tuple[str, float, Literal["left", "right"]]) -> tuple[Place, ...]:
    """Lay columns (label, share of the width, side) side by side from margin to margin."""
    found, x = [], MARGIN
    unit = (RIGHT - MARGIN - _GAP * (len(columns) - 1)) / sum(share for _, share, _ in columns)
    for label, share, align in columns:
        width = unit * share
        found.append(Place(label, x if align == "left" else x + width, width, align))
        x += width + _GAP
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Grid:
    """Columns on a paper; one cell of a row is wrapped, the others are set smaller to fit.

    A figure is never cut, however large; text is when it would be too small to read.
    """

    paper: Paper
    columns: tuple[Place, ...]
    wraps: int = 0

    def header(self, y: float) -> float:
        """Draw the labels; gives where the first row begins."""
        self.paper.box(MARGIN, y, RIGHT - MARGIN, LINE + 5)
        self.paper.style(_SMALL, bold=True, ink=QUIET)
        for column in self.columns:
            self._write(column, y + LINE, self.paper.fitted(column.label, column.width))
        return y + LINE + 6

    def row(self, cells: Sequence[str], *, bold: bool = False, holds: bool = False) -> Row:
        self.paper.style(_SIZE, bold=bold)
        wrapped = self.paper.wrapped(cells[self.wraps], self.columns[self.wraps].width)

        def draw(top: float) -> None:
            base = top + _ABOVE + _SIZE
            for at, (column, text) in enumerate(zip(self.columns, cells, strict=True)):
                self.paper.style(_SIZE, bold=bold)
                self._write(
                    column, base, wrapped[0] if at == self.wraps else self._set(column, text)
                )
            self.paper.style(_SIZE, bold=bold)
            for below, line in enumerate(wrapped[1:], 1):
                self._write(self.columns[self.wraps], base + below * LINE, line)

        return Row(LINE * len(wrapped) + _ABOVE, draw, holds)

    def heading(self, text: str, *, small: bool = False) -> Row:
        """A line over the rows that belong together; it is never the last of a page."""

        def draw(top: float) -> None:
            size = _SMALL if small else _SIZE + 1
            self.paper.style(size, bold=True, ink=QUIET if small else INK)
            height = LINE + 3 if small else LINE + 5
            self.paper.left(MARGIN, top + height - 3, self.paper.fitted(text, RIGHT - MARGIN))

        return Row(LINE + (4 if small else 6), draw, holds=True)

    def total(self, cells: Sequence[str], *, holds: bool = False, strong: bool = False) -> Row:
        """A sum under a line."""
        inner = self.row(cells, bold=True)

        def draw(top: float) -> None:
            if strong:
                self.paper.box(MARGIN, top + 1, RIGHT - MARGIN, inner.height + 2, TINT)
            self.paper.rule(top + 1, width=1.0 if strong else 0.5)
            inner.draw(top + 1)

        return Row(inner.height + 3, draw, holds)

    def sum(self, label: str, amount: str, *, holds: bool = False, strong: bool = False) -> Row:
        """A total of the last column alone."""
        blank = [""] * (len(self.columns) - 2)
        return self.total((label, *blank, amount), holds=holds, strong=strong)

    def _set(self, column: Place, text: str) -> str:
        """Choose the size in which a text has room; gives what is left of it."""
        wide = self.paper.get_string_width(text) / column.width
        if wide > 1:
            size = _SIZE / wide
            self.paper.set_font_size(size if column.align == "right" else max(_SMALLEST, size))
        return text if column.align == "right" else self.paper.fitted(text, column.width)

    def _write(self, column: Place, base: float, text: str) -> None:
        if column.align == "left":
            self.paper.left(column.x, base, text)
        else:
            self.paper.right(column.x, base, text)


def space(height: float, *, holds: bool = False) -> Row:
    return Row(height, lambda _top: None, holds)


def flow(rows: Iterable[Row], y: float, *, bottom: float, next_page: Callable[[], float]) -> float:
    """Draw rows one under the other, on new pages where they end; gives where the last ends.

    Rows that hold on to the next one move to a new page together, unless a page is too small.
    """
    for together in _held(rows):
        height = sum(row.height for row in together)
        if y + height > bottom and together[0].height:
            y = next_page()
        for row in together:
            if y + row.height > bottom:
                y = next_page()
            row.draw(y)
            y += row.height
    return y


def _held(rows: Iterable[Row]) -> Iterator[list[Row]]:
    together: list[Row] = []
    for row in rows:
        together.append(row)
        if not row.holds:
            yield together
            together = []
    if together:
        yield together


@dataclass(frozen=True, slots=True)
class Section:
    """A table whose header stands on every page that it fills."""

    grid: Grid
    rows: Sequence[Row]

    def draw(self, y: float, *, bottom: float, next_page: Callable[[], float]) -> float:
        """Draw it from `y` on; gives where it ends."""
        header = Row(LINE + 6, self._header, holds=True)

        def go_on() -> float:
            top = next_page()
            header.draw(top)
            return top + header.height

        # A header is not left alone at the foot of a page: there the first rows bring a new one.
        first = sum(row.height for row in _first_together(self.rows))
        if y + _BEFORE + header.height + first > bottom:
            return flow(self.rows, go_on(), bottom=bottom, next_page=go_on)
        y = flow([space(_BEFORE, holds=True), header], y, bottom=bottom, next_page=next_page)
        return flow(self.rows, y, bottom=bottom, next_page=go_on)

    def _header(self, y: float) -> None:
        self.grid.header(y)


def _first_together(rows: Sequence[Row]) -> Iterator[Row]:
    for row in rows:
        yield row
        if not row.holds:
            return
