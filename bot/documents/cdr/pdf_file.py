"""Calls as a PDF: landscape letter pages, a call a line in letters of one width.

One piece of text a line is more than a hundred times as fast as fpdf2's tables.
"""

import textwrap
from collections.abc import Iterable
from contextlib import closing
from functools import cached_property
from typing import Any, BinaryIO, NamedTuple

from fpdf.fonts import TTFFont

from bot.documents import pdf
from bot.documents.cdr import figures, words
from bot.documents.cdr.remembered import EPOCH, QUARTER, QUARTERS_A_DAY, Remembered, Wall
from bot.documents.cdr.sheet import Sheet, Sum
from bot.documents.colours import INK, QUIET
from store.calls import CallRow

_WIDTH = pdf.HEIGHT  # landscape
_MARGIN, _TOP, _BOTTOM, _FOOT = 30.0, 44.0, 572.0, 594.0
_SIZE, _STEP = 6.9, 9.0  # points: of the letters, and from line to line
_TITLE_STEP, _NOTE_STEP = 15.0, 10.0
_TITLE_LETTERS, _FOOT_LETTERS = 105, 140  # what fits on a line
_GROUP = 5  # lines between two rules, for the eye
_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"


class _Column(NamedTuple):
    at: int  # among the columns of a spreadsheet
    width: int  # letters
    align: str = "<"

    def of(self, text: str) -> str:
        """Fill the column. Text that is too long is cut, and shows that it was; never a figure."""
        if len(text) > self.width and self.align == "<":
            return text[: self.width - 1] + _ELLIPSIS
        return f"{text:{self.align}{self.width}}"


_CALL_ID = _Column(0, 15)
_DATE = _Column(1, 10)
_TIME = _Column(2, 8)
_DIRECTION = _Column(3, 9)
_FROM = _Column(4, 19)
_TO = _Column(5, 19)
_DESTINATION = _Column(6, 18)
_DURATION = _Column(7, 9, ">")
_INCLUDED = _Column(8, 8, ">")
_BILLABLE = _Column(9, 11, ">")
_RATE = _Column(10, 10, ">")
_CHARGE = _Column(11, 13, ">")
_INVOICE = _Column(15, 15)
_COLUMNS = (
    *(_CALL_ID, _DATE, _TIME, _DIRECTION, _FROM, _TO, _DESTINATION),
    *(_DURATION, _INCLUDED, _BILLABLE, _RATE, _CHARGE, _INVOICE),
)


def write(out: BinaryIO, sheet: Sheet, rows: Iterable[CallRow]) -> None:
    pages, lines = _Pages(sheet), _Lines(sheet)
    with closing(pages):
        for batch in sheet.batches(rows):
            for call in batch:
                pages.line(lines.of(call))
        pages.sums([lines.sum(line) for line in sheet.sums()])
        out.write(pages.finished())


class _Lines:
    """What the pages say, a line of letters for each call."""

    def __init__(self, sheet: Sheet) -> None:
        loc, mark = sheet.loc, sheet.loc.decimal_mark

        def duration(seconds: int) -> str:
            return _DURATION.of(figures.duration(seconds))

        def price(column: _Column) -> Remembered[int | None, str]:
            return Remembered(lambda m: column.of("" if m is None else loc.price(m)))

        def minutes(column: _Column) -> Remembered[int, str]:
            return Remembered(lambda s: column.of(str(figures.minutes(s)).replace(".", mark)))

        self._sheet = sheet
        self._wall = Wall(
            sheet.file.zone, lambda start: (f"{start:%Y-%m-%d %H}", start.minute * 60)
        )
        self._directions = {
            direction: _DIRECTION.of(name) for direction, name in sheet.directions().items()
        }
        self._parties: Remembered[str, str] = Remembered(lambda number: words.party(loc, number))
        self._destinations: Remembered[str, str] = Remembered(
            lambda name: _DESTINATION.of(words.destination(loc, name))
        )
        self._durations = Remembered(duration)
        self._included, self._billable = minutes(_INCLUDED), minutes(_BILLABLE)
        self._rates, self._charges = price(_RATE), price(_CHARGE)
        self._not_billed = sheet.not_billed()

    def of(self, call: CallRow) -> str:
        since = call.start_at - EPOCH
        count, rest = divmod(since.seconds, QUARTER)
        hour, begun = self._wall[since.days * QUARTERS_A_DAY + count]
        included = max(call.duration_seconds - call.billable_seconds, 0)
        return " ".join(
            (
                _CALL_ID.of(call.call_id),
                hour + figures.PAST[begun + rest],
                self._directions[call.direction],
                _FROM.of(_party(self._parties[call.from_number], call.from_extension)),
                _TO.of(_party(self._parties[call.to_number], call.to_extension)),
                self._destinations[call.destination],
                self._durations[call.duration_seconds],
                self._included[included]
                if call.charge_millionths is not None
                else _INCLUDED.of(""),
                self._billable[call.billable_seconds],
                self._rates[call.rate_millionths],
                self._charges[call.charge_millionths],
                f" {call.invoice or self._not_billed}",
            )
        )

    def sum(self, line: Sum) -> str:
        loc = self._sheet.loc
        calls = "" if line.calls is None else loc.plural("{n} call", "{n} calls", line.calls)
        seconds = "" if line.seconds is None else figures.duration(line.seconds)
        before = _width(_COLUMNS[: _COLUMNS.index(_DURATION)])
        charged = _width((_INCLUDED, _BILLABLE, _RATE, _CHARGE))
        label = f"{line.label:<30} {calls}"
        charge = loc.price(line.charge_millionths)
        return f"{label:<{before}} {_DURATION.of(seconds)} {charge:>{charged}}"


def _party(number: str, extension: str) -> str:
    if number and extension:
        return f"{number} #{extension}"
    return number or extension


def _width(columns: Iterable[_Column]) -> int:
    widths = [column.width for column in columns]
    return sum(widths) + len(widths) - 1


class _Paper(pdf.Paper):
    """Paper that takes many long lines: fpdf2's `text` looks up every letter by a call."""

    def line_of(self, x: float, y: float, text: str) -> None:
        """Write in the plain letters of one width, which are to be set, in the colour of fills."""
        if not self.current_font_is_set_on_page:
            self.text(x, y, text)
            return
        font, places = self._letters
        letters = font.escape_text(text.translate(places))
        self._out(f"BT {x:.2f} {self.h - y:.2f} Td ({letters}) Tj ET")

    @cached_property
    def _letters(self) -> tuple[TTFFont, Remembered[int, int | None]]:
        font = self.fonts[pdf.MONO.lower()]
        assert isinstance(font, TTFFont)  # noqa: S101 - for the type checker
        return font, Remembered(font.subset.pick)


class _Pages:
    def __init__(self, sheet: Sheet) -> None:
        file, loc = sheet.file, sheet.loc
        self._sheet = sheet
        self._pdf = _Paper(
            title=file.heading,
            author="billing-bot",
            language=file.language,
            created=file.last,
            families=(pdf.MONO,),
        )
        heading, *notes = sheet.preface()
        self._heading = textwrap.wrap(heading, _TITLE_LETTERS)
        self._notes = [*notes, loc.text("#204 stands for extension 204.")]
        titles = (*sheet.columns()[:-1], f" {sheet.columns()[-1]}")
        wrapped = [textwrap.wrap(titles[c.at], c.width) for c in _COLUMNS]
        height = max(map(len, wrapped))
        columns = zip(_COLUMNS, wrapped, strict=True)
        padded = [(c, [""] * (height - len(title)) + title) for c, title in columns]
        self._header = [" ".join(c.of(title[n]) for c, title in padded) for n in range(height)]
        self._number = 0
        self._pages = self._count()
        self._begin()

    def _room(self, number: int) -> int:
        """How many lines fit on a page."""
        head = self._head() if number == 1 else 0
        return int((_BOTTOM - _TOP - head) / _STEP) - len(self._header)

    def _head(self) -> float:
        return len(self._heading) * _TITLE_STEP + len(self._notes) * _NOTE_STEP + _STEP

    def _count(self) -> int:
        left = self._sheet.totals.all.calls - self._room(1)
        pages = 1 + max(0, -(-left // self._room(2)))
        free = -left if pages == 1 else (pages - 1) * self._room(2) - left
        return pages + (free < len(self._sheet.sums()))

    def _begin(self) -> None:
        self._number += 1
        paper = self._pdf
        paper.add_page(orientation="landscape")
        self._y, self._line = _TOP, 0
        if self._number == 1:
            self._say(self._heading, _TITLE_STEP, 11, bold=True)
            self._say(self._notes, _NOTE_STEP, 8, ink=QUIET)
            self._y += _STEP
        self._say(self._header, _STEP, _SIZE, bold=True)
        paper.rule(self._y - _STEP + 2.5, x=_MARGIN, to=_WIDTH - _MARGIN, width=0.8)
        self._y += 2
        self._foot()
        self._style(_SIZE)

    def _say(self, lines: list[str], step: float, size: float, **look: Any) -> None:
        self._style(size, **look)
        for line in lines:
            self._pdf.text(_MARGIN, self._y, line.rstrip())
            self._y += step

    def _foot(self) -> None:
        loc, file = self._sheet.loc, self._sheet.file
        self._style(_SIZE, ink=QUIET)
        self._pdf.text(_MARGIN, _FOOT, textwrap.shorten(file.heading, _FOOT_LETTERS))
        page = loc.text("Page {page} of {pages}", page=self._number, pages=self._pages)
        self._pdf.right(_WIDTH - _MARGIN, _FOOT, page)

    def _style(self, size: float, *, bold: bool = False, ink: str = INK) -> None:
        self._pdf.set_font(pdf.MONO, "B" if bold else "", size)
        self._pdf.set_text_color(ink)
        self._pdf.set_fill_color(ink)  # the same: else every line sets its colour anew

    def line(self, text: str) -> None:
        if self._line == self._room(self._number):
            self._begin()
        if self._line and not self._line % _GROUP:
            self._pdf.rule(self._y - 6.6, x=_MARGIN, to=_WIDTH - _MARGIN, width=0.3)
        self._pdf.line_of(_MARGIN, self._y, text)
        self._y += _STEP
        self._line += 1

    def sums(self, lines: list[str]) -> None:
        """Put them under the calls, all on one page."""
        if self._line + len(lines) > self._room(self._number):
            self._begin()
        self._pdf.rule(self._y - 6.6, x=_MARGIN, to=_WIDTH - _MARGIN, width=0.8)
        self._say(lines, _STEP, _SIZE, bold=True)

    def finished(self) -> bytes:
        return self._pdf.finished()

    def close(self) -> None:
        """Close the fonts: only a document that is finished does so itself."""
        for font in self._pdf.fonts.values():
            if isinstance(font, TTFFont):
                font.close()
