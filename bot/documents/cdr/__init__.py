"""Files of calls (CDRs): CSV, Excel and PDF, written row by row as the calls come."""

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import BinaryIO

from bot.documents.cdr.request import CallsFile, Format
from bot.documents.cdr.sheet import Sheet, TotalsDiffer
from store.calls import CallRow, CallTotals

__all__ = ["CallsFile", "Format", "TotalsDiffer", "write"]

# Loaded when one is asked for: spreadsheets and PDFs take libraries that are slow to load.
_WRITERS = {Format.CSV: "csv_file", Format.XLSX: "xlsx_file", Format.PDF: "pdf_file"}


def write(
    out: BinaryIO,
    file: CallsFile,
    rows: Iterable[CallRow],
    *,
    totals: CallTotals,
    usage_cents: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Write the file that is asked for.

    `usage_cents` is the usage on the invoice that bills these calls, where it is known;
    `progress` is told now and then how many calls are written. Raises TotalsDiffer, at the end,
    when the calls do not come to `totals`: then what was written is to be thrown away.
    """
    sheet = Sheet(file, totals=totals, usage_cents=usage_cents, progress=progress)
    import_module(f"{__name__}.{_WRITERS[file.format]}").write(out, sheet, rows)
