"""What real files are like: encodings, delimiters, stray quotes, spreadsheets, clocks."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store.importers import cells, parties
from store.importers.refusals import Refused, Unusable
from tests.importers import files
from tests.importers.conftest import Imports
from tests.platforms.running import SQLITE

pytestmark = SQLITE  # what a file says is the same for every store

HEADER = "call_id,start_utc,from_number,to_number,from_name,destination,charge\n"
ROW = "k-1,2026-10-05 13:49:22,101,14165550199,Zoé,Québec,0.0125\n"


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-16", "cp1252"])
def test_encodings(imports: Imports, encoding: str, mark: str) -> None:
    """All of them give the same keys: the file may be saved anew and sent again."""
    imports(HEADER + ROW)
    mark = "" if encoding in {"utf-16", "cp1252"} else mark
    done = imports(mark + HEADER + ROW, encoding=encoding)
    assert (0, 1) == (done.added, done.already_there), done
    assert ("Zoé", "Québec") == (imports.calls()[0].from_name, imports.calls()[0].destination)


def test_an_accent_late_in_a_long_file(imports: Imports) -> None:
    """The first 64 KiB are ASCII and tell nothing of the rest."""
    plain = ROW.replace("é", "e")
    many = "".join(plain.replace("k-1", f"k-{n}") for n in range(3_000))
    imports(HEADER + many + ROW.replace("k-1", "last"), encoding="cp1252")
    assert "Zoé" == imports.calls()[-1].from_name


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(imports: Imports, delimiter: str, ending: str) -> None:
    imports((HEADER + ROW).replace(",", delimiter).replace("\n", ending))
    (call,) = imports.calls()
    assert (12_500, "Québec", "+14165550199") == (
        call.charge_millionths,
        call.destination,
        call.to_number,
    )


@pytest.mark.parametrize(
    ("delimiter", "charge", "millionths"),
    [
        (";", "0,0125", 12_500),
        (";", "1,234", 1_234_000),
        (";", "0,125", 125_000),
        (",", '"0,125"', 125_000),
        (",", '"-0,125"', -125_000),
        ("\t", "0,125", 125_000),
        (";", "1 234,50 $", 1_234_500_000),
        (";", "1.234,5", 1_234_500_000),
        (",", '"0,0125"', 12_500),
        (",", '"1,234"', 1_234_000_000),
        (",", '"$1,234.50"', 1_234_500_000),
        ("\t", "0,0125", 12_500),
        ("\t", "1234.5", 1_234_500_000),
        ("\t", "1,23", 1_230_000),
        ("\t", "1.234,56", 1_234_560_000),
        (",", "-0.01", -10_000),
        (",", "(0.01)", -10_000),
        (",", "", None),
    ],
)
def test_decimal_comma(
    imports: Imports, delimiter: str, charge: str, millionths: int | None
) -> None:
    row = ROW.replace(",", delimiter).replace("0.0125", charge)
    done = imports(HEADER.replace(",", delimiter) + row)
    assert [] == done.first_refusals
    assert millionths == imports.calls()[0].charge_millionths


def test_thousands_or_decimals_is_not_guessed(imports: Imports) -> None:
    for delimiter, charge in (("\t", "1,234"), ("\t", "1.234"), (";", "1.234")):
        done = imports((HEADER + ROW).replace(",", delimiter).replace("0.0125", charge))
        assert [f"row 2: {charge} may be thousands or decimals"] == done.first_refusals


def test_a_length_in_thousands_with_its_unit_is_not_guessed() -> None:
    for text in ("1,500 s", "1,500 sec", "12,250s"):
        with pytest.raises(Refused, match="may be thousands or decimals"):
            cells.seconds(text)
    assert (1, 90) == (cells.seconds("1.500 s"), cells.seconds("1,5 min"))


def test_a_quoted_line_break(imports: Imports) -> None:
    """A row's number is the line on which it begins."""
    broken = ROW.replace("Zoé", '"Zoé\r\nRoy, ""Desk"""')
    imports(HEADER + broken + ROW.replace("k-1", "k-2"))
    first, second = imports.calls()
    assert ('Zoé\r\nRoy, "Desk"', 2, 4) == (
        first.from_name,
        first.source_row,
        second.source_row,
    )


@pytest.mark.parametrize("closed", [False, True])
def test_a_stray_quotation_mark_costs_its_own_row(
    imports: Imports, rejected: Callable[[], list[str]], *, closed: bool
) -> None:
    """Nothing that stands behind it is swallowed, however far the next one is."""
    rows = [ROW.replace("k-1", f"k-{n}") for n in range(5_000)]
    rows[7] = rows[7].replace("Zoé", '"Zoé')
    if closed:
        rows[12] = rows[12].replace("Zoé", 'Zoé"')
    done = imports(HEADER + "".join(rows))
    assert (1, 4_999) == (done.refused, done.added)
    assert ["row 9: a quotation mark is opened and never closed"] == done.first_refusals
    assert "k-7" in "".join(rejected())


def test_blank_lines_are_no_rows(imports: Imports) -> None:
    done = imports(f"\n{HEADER}\n\n{ROW}\n\n".lstrip("\n"))
    assert (1, 1) == (done.read, done.added)


@pytest.mark.parametrize(
    "content", ["", "\n\n", "\ufeff", "[]", "[ ]", '{"result": []}', '{"data":[],"next":null}']
)
def test_a_file_without_rows(imports: Imports, content: str) -> None:
    assert "" == imports(content).format


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04rest", "is an Excel workbook (.xlsx) or a zip archive: save it as CSV"),
        (b"\xd0\xcf\x11\xe0rest", "is an Excel workbook (.xls): save it as CSV"),
        (b"name,colour\nx,y\n", "is in no format that is known"),
        (b"<html><table></table></html>", "is in no format that is known"),
    ],
)
def test_a_file_that_cannot_be_used(imports: Imports, content: bytes, said: str) -> None:
    with pytest.raises(Unusable, match=r"cdr\.csv") as error:
        imports(content)
    assert said in str(error.value)


def test_a_header_may_be_there_or_not(imports: Imports) -> None:
    row = files.asterisk("2026-10-05 09:49:22")
    header = (
        "accountcode,src,dst,dcontext,clid,channel,dstchannel,lastapp,lastdata,start,answer,end,"
        "duration,billsec,disposition,amaflags,uniqueid,userfield\n"
    )
    imports(row)
    done = imports(header + row)
    assert (1, 0, 1) == (done.read, done.added, done.already_there)


# What a spreadsheet makes of 2026-10-13 09:49:00 in its several languages.
@pytest.mark.parametrize(
    "time",
    [
        "2026-10-13 9:49",
        "2026-10-13 09:49",
        "10/13/2026 9:49",
        "13/10/2026 9:49",
        "13.10.2026 09:49:00",
        "2026/10/13 9:49:00 AM",
        "10/13/2026 9:49 a.m.",
        "46308.409028",
        "46308,409028",
        "2026-10-13T09:49:00-04:00",
        "2026-10-13T13:49:00Z",
        "2026-10-13 13:49:00+00:00",
        "1791899340",
        "1791899340000",
        "Tue, 13 Oct 2026 09:49:00 -0400",
        "2026-10-13T09:49:00.000",
    ],
)
def test_times_as_spreadsheets_and_others_write_them(imports: Imports, time: str) -> None:
    done = imports(files.asterisk(time), format="asterisk-csv")
    assert [] == done.first_refusals
    assert datetime(2026, 10, 13, 13, 49, tzinfo=UTC) == imports.calls()[0].start_at


def test_a_date_that_may_be_read_both_ways_is_not_guessed(imports: Imports) -> None:
    row = files.asterisk("03/11/2026 9:49")
    done = imports(row)
    assert [
        "row 1: 03/11/2026 may be day or month first: say which with --dates dmy or mdy"
    ] == done.first_refusals
    for order, month in (("dmy", 11), ("mdy", 3)):
        imports(row, date_order=order)
        assert month == imports.calls()[0].start_at.month
        imports.forget()


def test_one_date_tells_how_the_others_are_read(imports: Imports) -> None:
    imports(files.asterisk("03/11/2026 9:49") + files.asterisk("13/11/2026 9:49"))
    assert [3, 13] == [call.start_at.day for call in imports.calls()]


def test_the_hour_that_does_not_exist(imports: Imports) -> None:
    done = imports(
        files.asterisk("2026-03-08 01:59:59")
        + files.asterisk("2026-03-08 02:30:00")
        + files.asterisk("2026-03-08 03:00:00")
    )
    assert [
        "row 2: 2026-03-08 02:30:00 does not exist in America/Toronto: the clocks skip that hour"
    ] == done.first_refusals
    before, after = imports.calls()
    assert timedelta(seconds=1) == after.start_at - before.start_at


FIRST = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)  # 01:30 in Toronto, and once more an hour later
SECOND = FIRST + timedelta(hours=1)


@pytest.mark.parametrize(
    ("row", "start"),
    [
        # the epoch in Asterisk's uniqueid
        (files.asterisk("2026-11-01 01:30:00", unique="1793511000.1"), FIRST),
        (files.asterisk("2026-11-01 01:30:00", unique="1793514600.1"), SECOND),
        # its length, up to an end that is past the hour
        (files.asterisk("2026-11-01 01:30:00", end="2026-11-01 02:05:00", seconds=2_100), SECOND),
        (files.asterisk("2026-11-01 01:30:00", end="2026-11-01 02:05:00", seconds=5_700), FIRST),
        # an offset
        (files.asterisk("2026-11-01T01:30:00-05:00"), SECOND),
    ],
)
def test_the_hour_that_happens_twice(imports: Imports, row: str, start: datetime) -> None:
    done = imports(row, format="asterisk-csv")
    assert ([], []) == (list(done.first_refusals), list(done.notes))
    assert start == imports.calls()[0].start_at


def test_a_call_over_the_end_of_the_first_hour(imports: Imports) -> None:
    """It started at 1:50 and ended at 1:10: ten minutes into the second."""
    imports(files.asterisk("2026-11-01 01:50:00", end="2026-11-01 01:10:00", seconds=1_200))
    (call,) = imports.calls()
    assert (call.start_at, call.end_at) == (
        datetime(2026, 11, 1, 5, 50, tzinfo=UTC),
        datetime(2026, 11, 1, 6, 10, tzinfo=UTC),
    )


def test_what_nothing_tells_apart_is_the_first_and_said(imports: Imports) -> None:
    done = imports(files.asterisk("2026-11-01 01:30:00"))
    assert FIRST == imports.calls()[0].start_at
    assert [
        "Calls of an hour that happens twice in America/Toronto, taken as of the first: 1."
    ] == list(done.notes)


def test_a_zone_is_the_accounts_the_formats_or_the_operators(imports: Imports) -> None:
    row = files.asterisk("2026-10-05 09:49:22")
    for zone, account, hour in (
        (None, "001234", 13),
        (None, "001871", 12),  # in Halifax
        ("UTC", "001871", 9),
        ("America/St_Johns", "001234", 12),
    ):
        imports(row, zone=zone, account=account)
        start = imports.calls()[0].start_at
        assert (hour, 19 if zone == "America/St_Johns" else 49) == (start.hour, start.minute)
        imports.forget()


def test_a_wrong_zone_is_noticed_by_asterisks_own_epoch(imports: Imports) -> None:
    done = imports(files.ASTERISK, zone="UTC")
    said = "4 of the first 4 rows hold an epoch that is 4 h away from their time in UTC"
    assert [True] == [note.startswith(said) for note in done.notes]


def test_finding_whose_call_it_is_says_nothing_of_its_zone(imports: Imports) -> None:
    """Until then the row is looked at in any zone."""
    row = files.asterisk(
        "2026-10-05 09:49:22", src=imports.number_of("001234"), unique="pbx-1791208162.1"
    )
    done = imports(row, account=None)
    assert (1, []) == (done.added, list(done.notes))
    assert 13 == imports.calls()[0].start_at.hour


@pytest.mark.parametrize(
    ("text", "party"),
    [
        ("4165550100", ("+14165550100", "")),
        ("(416) 555-0100", ("+14165550100", "")),
        ("416.555.0100", ("+14165550100", "")),
        ("14165550100", ("+14165550100", "")),
        ("+1 416 555-0100", ("+14165550100", "")),
        ("14165550100.0", ("+14165550100", "")),
        ("011442071838750", ("+442071838750", "")),
        ("00442071838750", ("+442071838750", "")),
        ("sip:14165550100@maple.example", ("+14165550100", "")),
        ("sip:101@maple.example;transport=tcp", ("", "101")),
        ("+141888086908", ("+141888086908", "")),  # one digit too many, as it came
        ("5550100", ("5550100", "")),
        ("101", ("", "101")),
        ("613", ("", "613")),
        ("*98", ("", "*98")),
        ("anonymous", ("anonymous", "")),
        ("Restricted", ("Restricted", "")),
        ("", ("", "")),
    ],
)
def test_numbers(text: str, party: tuple[str, str]) -> None:
    assert party == parties.party(text)


@pytest.mark.parametrize("text", ["1.6E+10", "1,6135E+10", "4.42072e11", "1.6135E+10"])
def test_a_number_that_a_spreadsheet_rounded(text: str) -> None:
    with pytest.raises(Refused, match="its digits are lost"):
        parties.party(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("62", 62),
        ("62.0", 62),
        ("62,00", 62),
        ("1:02", 62),
        ("01:02", 62),
        ("0:01:02", 62),
        ("1:00:02", 3_602),
        ("62s", 62),
        ("1.5 min", 90),
        ("1,5m", 90),
        ("62000000000", 62),
        ("-1", 0),
        ("", 0),
    ],
)
def test_lengths(text: str, seconds: int) -> None:
    assert seconds == cells.seconds(text)


@pytest.mark.parametrize("text", ["12.5", "a minute", "1:2", "999999999"])
def test_what_is_no_length(text: str) -> None:
    with pytest.raises(Refused, match="no length"):
        cells.seconds(text)


@pytest.mark.parametrize("text", ["1,000", "1.000", "12,000"])
def test_thousands_of_seconds_are_not_guessed(text: str) -> None:
    with pytest.raises(Refused, match="may be thousands or decimals"):
        cells.seconds(text)
    with pytest.raises(Refused, match="may be thousands or decimals"):
        cells.whole(text, most=9_999)


def test_refused_rows_are_harmless_in_a_spreadsheet(
    imports: Imports, rejected: Callable[[], list[str]]
) -> None:
    imports(HEADER + ROW.replace("Zoé", "=1+1").replace("0.0125", "@SUM(1)"))
    assert [
        "row,reason",
        "2,'@SUM(1) is no amount,k-1,2026-10-05 13:49:22,101,14165550199,'=1+1,Québec,'@SUM(1)",
    ] == rejected()


def test_the_refused_rows_of_an_earlier_run_are_taken_away(
    imports: Imports, rejected: Callable[[], list[str]], tmp_path: Path
) -> None:
    imports(HEADER + ROW.replace("101", "1.6E+10"))
    assert 2 == len(rejected())
    imports(HEADER + ROW)
    assert [] == rejected()
