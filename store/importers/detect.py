"""Which format a file is in, told by what it holds."""

import importlib
import io
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter

from store.importers import formats, json_rows
from store.importers.call import Cells, Format, Layout
from store.importers.dates import DateOrder, order_of
from store.importers.reading import DELIMITERS, Row, Source, decimal_comma
from store.importers.refusals import Refused, Unusable

_ENOUGH = 0.5  # of the first rows
_BY_HEADER = 2.0  # a header is surer than any row
_SAMPLE_ROWS = 1_000


# The cells that the layout knows, in its order, and the others.
Pick = Callable[[list[str]], tuple[Cells, Cells]]


@cache
def known() -> Mapping[str, Format]:
    """Collect the formats by name."""
    names = sorted(info.name for info in pkgutil.iter_modules(formats.__path__))
    modules = (importlib.import_module(f"{formats.__name__}.{name}") for name in names)
    found: list[Format] = [module.source for module in modules]
    return {one.name: one for one in found}


@dataclass(frozen=True, slots=True)
class Shape:
    """How the rows of one file are to be read."""

    format: Format
    layout: Layout
    delimiter: str | None  # none: JSON
    header: tuple[str, ...] = ()
    date_order: DateOrder | None = None  # as the file itself tells it

    @property
    def decimal_comma(self) -> bool | None:
        return False if self.delimiter is None else decimal_comma(self.delimiter)

    def picker(self) -> Pick:
        """Give what puts a row's cells in the layout's order. It raises Refused."""
        if self.delimiter is None:
            return self._named
        return self._by_header() if self.header else self._padded

    def _named(self, cells: list[str]) -> tuple[Cells, Cells]:
        found = dict(cell.partition("=")[::2] for cell in cells)
        picked = tuple(found.pop(column, "").strip() for column in self.layout.columns)
        return picked, [f"{name}={found[name]}" for name in sorted(found)]

    def _padded(self, cells: list[str]) -> tuple[Cells, Cells]:
        if len(cells) not in self.layout.widths:
            raise Refused(f"{_cells(len(cells))} where {_range(self.layout.widths)} are expected")
        cells.extend([""] * (len(self.layout.columns) - len(cells)))
        return cells, ()

    def _by_header(self) -> Pick:
        width = len(self.header)
        known = set(self.layout.columns)
        take = _taking(
            self.header.index(column) if column in self.header else width
            for column in self.layout.columns
        )
        rest = _taking(at for at, column in enumerate(self.header) if column not in known)

        def pick(cells: list[str]) -> tuple[Cells, Cells]:
            if len(cells) != width and (len(cells) < width or any(cells[width:])):
                raise Refused(f"{_cells(len(cells))} under a header of {width}")
            cells = [*cells[:width], ""]
            return take(cells), rest(cells)

        return pick


def _taking(places: Iterable[int]) -> Callable[[list[str]], Cells]:
    wanted = tuple(places)
    if len(wanted) < 2:  # noqa: PLR2004 - itemgetter gives no tuple for one
        return lambda cells: [cells[at] for at in wanted]
    return itemgetter(*wanted)


def detect(source: Source, name: str | None = None) -> Shape | None:
    """Tell the shape of a file, of the format named or of any; None for a file without rows.

    Raises Unusable where it is in none.
    """
    if not source.sample.strip("\ufeff \t\r\n,;[]") or _is_empty_json(source):
        return None
    wanted = [known()[name]] if name else list(known().values())
    scored = list(_json(source, wanted) if source.is_json else _csv(source, wanted))
    least = 0.0 if name else _ENOUGH
    best = max(scored, key=itemgetter(0), default=None)
    if best is None or best[0] <= least:
        what = f"is not in the format {name}" if name else "is in no format that is known"
        raise Unusable(f"{source.path} {what} ({', '.join(known())})")
    return best[1]


def _is_empty_json(source: Source) -> bool:
    """Tell `{"result": []}`: an answer without calls."""
    return source.is_json and next(json_rows.rows(io.StringIO(source.sample)), None) is None


def _csv(source: Source, wanted: Iterable[Format]) -> Iterator[tuple[float, Shape]]:
    wanted = list(wanted)
    for delimiter in DELIMITERS:
        rows = source.sampled(delimiter)[:_SAMPLE_ROWS]
        if not rows:
            continue
        header = tuple(cell.strip().casefold() for cell in rows[0].cells)
        for one in wanted:
            for layout in one.layouts:
                if layout.needed and layout.needed <= set(header):
                    order = _order(rows, [header.index(t) for t in layout.times if t in header])
                    yield _BY_HEADER, Shape(one, layout, delimiter, header, order)
                elif share := sum(layout.matches(row.cells) for row in rows) / len(rows):
                    order = _order(rows, [layout.columns.index(time) for time in layout.times])
                    yield share, Shape(one, layout, delimiter, (), order)


def _order(rows: Sequence[Row], places: Sequence[int]) -> DateOrder | None:
    return order_of(row.cells[at] for row in rows for at in places if at < len(row.cells))


def _json(source: Source, wanted: Iterable[Format]) -> Iterator[tuple[float, Shape]]:
    found = json_rows.rows(io.StringIO(source.sample))
    names = {cell.partition("=")[0] for _, cells, trouble in found if not trouble for cell in cells}
    for one in wanted:
        for layout in one.layouts:
            if layout.needed and layout.needed <= names:
                yield _BY_HEADER, Shape(one, layout, None)


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"


def _range(widths: range) -> str:
    return f"{widths[0]}" if len(widths) == 1 else f"{widths[0]} to {widths[-1]}"
