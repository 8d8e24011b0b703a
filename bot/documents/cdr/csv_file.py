"""Calls as CSV that Excel opens as it is: UTF-8 with its mark, the language's delimiter."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from bot.documents.cdr import figures, words
from bot.documents.cdr.remembered import EPOCH, QUARTER, QUARTERS_A_DAY, Remembered, Wall
from bot.documents.cdr.sheet import Sheet, Sum
from store.calls import CallRow
from store.spreadsheets import harmless, is_plain

_BOM = "\ufeff"


def write(out: BinaryIO, sheet: Sheet, rows: Iterable[CallRow]) -> None:
    decimal = sheet.loc.decimal_mark
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";" if decimal == "," else ",")
    buffer.write(_BOM)
    writer.writerows([harmless(line)] for line in sheet.preface())
    writer.writerows(((), sheet.columns()))
    lines = _Lines(sheet, decimal)
    for batch in sheet.batches(rows):
        writer.writerows(lines.of(batch))
        _flush(buffer, out)
    writer.writerows(lines.sum(line) for line in sheet.sums())
    _flush(buffer, out)


def _flush(buffer: io.StringIO, out: BinaryIO) -> None:
    out.write(buffer.getvalue().encode())
    buffer.seek(0)
    buffer.truncate()


class _Lines:
    def __init__(self, sheet: Sheet, decimal: str) -> None:
        def price(millionths: int | None) -> str:
            if millionths is None:
                return ""
            return figures.dollars(millionths).replace(".", decimal)

        def minutes(seconds: int) -> str:
            return str(figures.minutes(seconds)).replace(".", decimal)

        file = sheet.file
        self._sheet = sheet
        self._wall = Wall(
            file.zone, lambda start: (f"{start:%Y-%m-%d}", f"{start:%H}", start.minute * 60)
        )
        self._prices = Remembered(price)
        self._minutes = Remembered(minutes)
        self._durations = Remembered(figures.duration)
        self._texts = Remembered(harmless)
        self._parties: Remembered[str, str] = Remembered(
            lambda text: harmless(words.party(sheet.loc, text))
        )
        self._destinations: Remembered[str, str] = Remembered(
            lambda text: harmless(words.destination(sheet.loc, text))
        )
        self._directions = sheet.directions()
        self._not_billed = sheet.not_billed()

    def of(self, calls: list[CallRow]) -> Iterator[tuple[str, ...]]:
        # A million times: every name is local, every cell looked up.
        wall, prices, minutes, durations = self._wall, self._prices, self._minutes, self._durations
        texts, directions, not_billed = self._texts, self._directions, self._not_billed
        parties, destinations = self._parties, self._destinations
        plain, past = is_plain, figures.PAST
        epoch, quarter, quarters = EPOCH, QUARTER, QUARTERS_A_DAY
        for (
            _id,
            call_id,
            start_at,
            direction,
            from_number,
            from_extension,
            from_name,
            to_number,
            to_extension,
            seconds,
            billable,
            _disposition,
            destination,
            rate,
            charge,
            invoice,
        ) in calls:
            since = start_at - epoch
            count, rest = divmod(since.seconds, quarter)
            date, hour, begun = wall[since.days * quarters + count]
            caller, called = from_number or from_extension, to_number or to_extension
            yield (
                call_id if plain(call_id) else harmless(call_id),
                date,
                hour + past[begun + rest],
                directions[direction],
                caller if caller[1:].isdigit() and caller[0] == "+" else parties[caller],
                called if called[1:].isdigit() and called[0] == "+" else parties[called],
                destinations[destination],
                durations[seconds],
                "" if charge is None else minutes[max(seconds - billable, 0)],
                minutes[billable],
                prices[rate],
                prices[charge],
                texts[from_extension],
                texts[to_extension],
                texts[from_name],
                texts[invoice or not_billed],
            )

    def sum(self, line: Sum) -> tuple[str, ...]:
        calls = ""
        if line.calls is not None:
            calls = self._sheet.loc.plural("{n} call", "{n} calls", line.calls)
        seconds = "" if line.seconds is None else figures.duration(line.seconds)
        charge = self._prices[line.charge_millionths]
        return (line.label, calls, *[""] * 5, seconds, *[""] * 3, charge, *[""] * 4)
