"""Calls as an Excel workbook: typed cells, in memory that stays flat."""

from collections.abc import Iterable
from datetime import UTC, datetime, time
from decimal import Decimal
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from xlsxwriter import Workbook  # type: ignore[import-untyped]

from bot.documents.cdr import figures, words
from bot.documents.cdr.remembered import EPOCH, QUARTER, QUARTERS_A_DAY, Remembered, Wall
from bot.documents.cdr.sheet import Sheet
from store.calls import CallRow

ROWS = 1_048_576  # of a sheet, as Excel has it
_DAY = 86_400  # seconds
_FIRST_DAY = datetime(1899, 12, 30).date()  # noqa: DTZ001 - Excel counts days from it, in no zone
_LONGEST = 32_767  # letters of a cell
_WIDTHS = (20, 11, 10, 11, 18, 18, 20, 10, 10, 12, 12, 17, 11, 11, 18, 16)  # letters
_TEXTS = (0, 3, 4, 5, 6, 12, 13, 14, 15)  # columns
_FIGURES = range(7, 12)
# Excel shows the separators of whoever opens the file; where the sign stands is ours to say.
_MONEY = {".": '"$"#,##0.00####_)', ",": '#,##0.00####\u00a0"$"_)'}


def write(out: BinaryIO, sheet: Sheet, rows: Iterable[CallRow]) -> None:
    with TemporaryDirectory() as folder:
        options = {"constant_memory": True, "tmpdir": folder}
        with Workbook(out, options) as workbook:  # closes its own files whatever happens
            workbook.use_zip64()
            book = _Book(workbook, sheet)
            for batch in sheet.batches(rows):
                book.add(batch)
            book.finish()


class _Book:
    def __init__(self, workbook: Workbook, sheet: Sheet) -> None:
        self._workbook = workbook
        self._sheet = sheet
        self._last = ROWS - len(sheet.sums())  # the first row that calls may not take
        self._formats()
        file = sheet.file
        workbook.set_properties(
            {
                "title": file.heading,
                "created": datetime.combine(file.last, time(), tzinfo=UTC).replace(tzinfo=None),
            }
        )
        self._wall = Wall(
            file.zone,
            lambda start: (
                (start.date() - _FIRST_DAY).days,
                start.hour * 3_600 + start.minute * 60,
            ),
        )
        self._minutes = Remembered(_minutes)
        self._dollars = Remembered(_dollars)
        self._parties: Remembered[str, str] = Remembered(lambda text: words.party(sheet.loc, text))
        self._destinations: Remembered[str, str] = Remembered(
            lambda text: words.destination(sheet.loc, text)[:_LONGEST]
        )
        self._directions = sheet.directions()
        self._not_billed = sheet.not_billed()
        self._begin()

    def _formats(self) -> None:
        add, plain = self._workbook.add_format, {"valign": "top"}
        self._text = add(plain | {"num_format": "@"})
        self._date = add(plain | {"num_format": "yyyy-mm-dd", "align": "left"})
        self._time = add(plain | {"num_format": "hh:mm:ss", "align": "left"})
        self._duration = add(plain | {"num_format": "[h]:mm:ss"})
        self._decimal = add(plain | {"num_format": "0.00"})
        money = _MONEY[self._sheet.loc.decimal_mark]
        self._money = add(plain | {"num_format": money})
        self._title = add({"bold": True, "font_size": 14})
        self._note = add({"font_color": "#5b6770"})
        header = {"bold": True, "text_wrap": True, "bg_color": "#dfe7ef", "bottom": 1}
        self._header = add(header)
        self._header_right = add(header | {"align": "right"})
        total = {"bold": True, "top": 1}
        self._total = add(total)
        self._total_duration = add(total | {"num_format": "[h]:mm:ss"})
        self._total_money = add(total | {"num_format": money})

    def _begin(self) -> None:
        """Start a sheet: what it holds, and a header that stays."""
        count = len(self._workbook.worksheets()) + 1
        name = self._sheet.loc.ptext("sheet", "Calls")
        self._page: Any = self._workbook.add_worksheet(name if count == 1 else f"{name} {count}")
        page, preface = self._page, self._sheet.preface()
        for column, width in enumerate(_WIDTHS):
            page.set_column(column, column, width, self._text if column in _TEXTS else None)
        for row, line in enumerate(preface):
            page.write_string(row, 0, line, self._note if row else self._title)
        self._top = len(preface) + 1
        page.set_row(self._top, 32)
        for column, title in enumerate(self._sheet.columns()):
            look = self._header_right if column in _FIGURES else self._header
            page.write_string(self._top, column, title, look)
        page.freeze_panes(self._top + 1, 1)
        page.set_landscape()
        page.set_paper(1)  # letter
        page.fit_to_pages(1, 0)
        page.repeat_rows(self._top)
        self._row = self._top + 1

    def _end(self) -> None:
        """Put the filters and quieten Excel over numbers that are kept as text."""
        bottom = max(self._row - 1, self._top)
        self._page.autofilter(self._top, 0, bottom, len(_WIDTHS) - 1)
        self._page.ignore_errors({"number_stored_as_text": f"A{self._top + 1}:P{bottom + 1}"})

    def add(self, calls: list[CallRow]) -> None:
        room = self._last - self._row
        self._write(calls[:room])
        if len(calls) > room:
            self._end()
            self._begin()
            self.add(calls[room:])

    def _write(self, calls: list[CallRow]) -> None:
        text, number = self._page.write_string, self._page.write_number
        wall, minutes, dollars = self._wall, self._minutes, self._dollars
        directions, not_billed = self._directions, self._not_billed
        parties, destinations = self._parties, self._destinations
        for row, call in enumerate(calls, self._row):
            since = call.start_at - EPOCH
            count, rest = divmod(since.seconds, QUARTER)
            day, begun = wall[since.days * QUARTERS_A_DAY + count]
            text(row, 0, call.call_id)
            number(row, 1, day, self._date)
            number(row, 2, (begun + rest) / _DAY, self._time)
            text(row, 3, directions[call.direction])
            text(row, 4, parties[call.from_number or call.from_extension])
            text(row, 5, parties[call.to_number or call.to_extension])
            text(row, 6, destinations[call.destination])
            number(row, 7, call.duration_seconds / _DAY, self._duration)
            if call.charge_millionths is not None:
                included = max(call.duration_seconds - call.billable_seconds, 0)
                number(row, 8, minutes[included], self._decimal)
                number(row, 11, dollars[call.charge_millionths], self._money)
            number(row, 9, minutes[call.billable_seconds], self._decimal)
            if call.rate_millionths is not None:
                number(row, 10, dollars[call.rate_millionths], self._money)
            if call.from_extension:
                text(row, 12, call.from_extension)
            if call.to_extension:
                text(row, 13, call.to_extension)
            if call.from_name:
                text(row, 14, call.from_name[:_LONGEST])
            text(row, 15, call.invoice or not_billed)
        self._row += len(calls)

    def finish(self) -> None:
        self._end()
        page = self._page
        for row, line in enumerate(self._sheet.sums(), self._row):
            for column in range(len(_WIDTHS)):
                page.write_blank(row, column, None, self._total)
            page.write_string(row, 0, line.label, self._total)
            if line.calls is not None:
                page.write_number(row, 1, line.calls, self._counted(line.calls))
            if line.seconds is not None:
                page.write_number(row, 7, line.seconds / _DAY, self._total_duration)
            page.write_number(row, 11, _dollars(line.charge_millionths), self._total_money)

    def _counted(self, calls: int) -> Any:
        """Give the format of a number of calls that says so: 42 calls."""
        said = self._sheet.loc.plural("{n} call", "{n} calls", calls)
        word = said.replace(self._sheet.loc.number(calls), "").strip()
        look = {"bold": True, "top": 1, "align": "left", "num_format": f'#,##0 "{word}"'}
        return self._workbook.add_format(look)


def _minutes(seconds: int) -> float:
    return float(figures.minutes(seconds))


def _dollars(millionths: int) -> float:
    """Give what a cell holds: Excel keeps numbers as binary fractions, and shows 15 digits."""
    return float(Decimal(millionths) / 1_000_000)
