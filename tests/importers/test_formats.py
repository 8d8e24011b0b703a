"""What each format's rows become; sums and counts are those of the files beside."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from store.importers.detect import known
from store.models import CallRecord
from tests.importers import files
from tests.importers.conftest import Imports
from tests.platforms.running import SQLITE

pytestmark = SQLITE  # what a row becomes is the same for every store

START = datetime(2026, 10, 5, 13, 49, 22, tzinfo=UTC)
ANNA = "+14165550100"


def test_every_format_has_a_file_here() -> None:
    assert known().keys() == files.BY_FORMAT.keys()


@pytest.mark.parametrize("name", ["asterisk-csv", "asterisk-custom", "freeswitch"])
def test_a_switch_writes_local_times_and_both_lengths(imports: Imports, name: str) -> None:
    imports(files.BY_FORMAT[name])
    call = imports.calls()[0]
    assert (START, START.replace(second=32)) == (call.start_at, call.answer_at)
    assert (524, 514) == (call.duration_seconds, call.billable_seconds)
    assert (ANNA, "", "Anna Roy") == (call.from_number, call.from_extension, call.from_name)
    assert ("", "101", "in") == (call.to_number, call.to_extension, call.direction)
    assert ("ANSWERED", 1) == (call.disposition, call.source_row)


def test_asterisks_rows_that_are_alike_are_all_kept(imports: Imports) -> None:
    imports(files.ASTERISK)
    calls = imports.calls()
    assert 4 == len(calls)
    assert ["1791208162.7", "1791208800.8", "1791212400.9", "1791212400.9"] == [
        call.call_id for call in calls
    ]
    assert calls[2].import_key != calls[3].import_key
    assert ["in", "out", "internal", "internal"] == [call.direction for call in calls]
    assert ["ANSWERED", "NO ANSWER", "BUSY", "BUSY"] == [call.disposition for call in calls]


def test_freeswitch_says_why_a_call_ended(imports: Imports) -> None:
    imports(files.FREESWITCH)
    first, second = imports.calls()
    assert ("ANSWERED", "NO ANSWER") == (first.disposition, second.disposition)
    assert ("", "out", "+14165550199") == (second.from_name, second.direction, second.to_number)


def test_netsapiens_says_the_direction(imports: Imports) -> None:
    imports(files.NETSAPIENS)
    first, second = imports.calls()
    assert (START, "in", ANNA, "101") == (
        first.start_at,
        first.direction,
        first.from_number,
        first.to_extension,
    )
    assert ("out", "101", "+14165550199", None) == (
        second.direction,
        second.from_extension,
        second.to_number,
        second.answer_at,
    )


@pytest.mark.parametrize("wrapped", ["[{}]", '{{"result": [{}], "cursor": "", "more": false}}'])
def test_integrate_writes_utc_and_several_legs(imports: Imports, wrapped: str) -> None:
    done = imports(wrapped.format(files.INTEGRATE[1:-1]))
    assert ("integrate-json", 3, 0) == (done.format, done.added, done.refused)
    first, second, third = imports.calls()
    assert (START, ANNA, "Anna Roy") == (first.start_at, first.from_number, first.from_name)
    assert ["in", "out", "in"] == [call.direction for call in (first, second, third)]
    assert (514, 0, 43) == tuple(c.duration_seconds for c in (first, second, third))
    assert ("i-1", "i-1", None) == (first.call_id, third.call_id, third.answer_at)
    assert ("101", "") == (second.from_extension, second.from_number)


def test_cdr_stats_has_a_price(imports: Imports) -> None:
    imports(files.CDR_STATS)
    (call,) = imports.calls()
    assert (START, "in") == (call.start_at, call.direction)
    assert (12_000, 102_800) == (call.rate_millionths, call.charge_millionths)


@pytest.mark.parametrize(
    ("content", "count", "endings"),
    [
        (files.CDR_STATS_SHORT, 2, ["ANSWERED", "BUSY"]),
        (files.CDR_STATS_LONG, 1, ["ANSWERED"]),
        (files.CDR_STATS_RATED, 2, ["ANSWERED", "BUSY"]),
    ],
)
def test_cdr_stats_headless_shapes(
    imports: Imports, content: str, count: int, endings: list[str]
) -> None:
    done = imports(content)
    assert ("cdr-stats", count) == (done.format, done.added)
    calls = imports.calls()
    assert endings == [call.disposition for call in calls]
    assert calls[0].start_at == START


def test_a_row_that_is_too_short_is_refused_by_number(
    imports: Imports, rejected: Callable[[], list[str]]
) -> None:
    done = imports(files.CDR_STATS_RATED)
    assert ["row 3: 5 cells where 7 are expected"] == done.first_refusals
    assert rejected() == [
        "row,reason",
        "3,5 cells where 7 are expected,4165550100,14165550199,9,1,2026-10-05 09:50:00",
    ]


def test_a_canonical_row_says_everything(imports: Imports) -> None:
    imports(files.CANONICAL, account=None)
    (call,) = imports.calls()
    assert _said(call) == {
        "call_id": "k-1",
        "leg": 1,
        "direction": "out",
        "from_extension": "101",
        "from_name": "Desk",
        "to_number": "+442071838750",
        "duration_seconds": 514,
        "billable_seconds": 514,
        "disposition": "ANSWERED",
        "destination": "United Kingdom",
        "rate_millionths": 12_500,
        "charge_millionths": 107_083,
        "source_row": 2,
    }


def _said(call: CallRecord) -> dict[str, object]:
    left_out = {"id", "account_id", "invoice_id", "import_key", "source_format"}
    cells = call.model_dump(exclude=left_out | {"start_at", "answer_at", "end_at"})
    return {name: value for name, value in cells.items() if value != ""}


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (",CAD", ",USD", "the currency is USD: only CAD is kept"),
        (",out,", ",sideways,", "the direction is sideways: in, out, internal or unknown"),
        ("001234,", "999999,", "there is no account 999999"),
        ("2026-10-05T13:49:22Z,", ",", "there is no start"),
        ("2026-10-05T13:49:22Z,", "yesterday,", "yesterday is no time"),
        ("2026-10-05T13:49:22Z,", "1601-01-01T00:00:00Z,", "1601 is no year of a call"),
        (",514,514,", ",12.5,514,", "12.5 is no length of a call"),
        ("0.0125", "0.01234567", "0.01234567 has more than six decimals"),
        ("0.0125", "a lot", "a lot is no amount"),
        ("k-1", "k" * 256, "the call_id is longer than 255 characters"),
        (
            "+442071838750",
            "4.42072E+11",
            "4.42072E+11 was a phone number until a spreadsheet rounded it: its digits are lost",
        ),
        ("Desk", "De\0sk", "there is a zero byte in it"),
    ],
)
def test_why_a_row_is_refused(imports: Imports, before: str, after: str, reason: str) -> None:
    """The row before and the row after go in all the same."""
    header, row = files.CANONICAL.splitlines()
    good = [row.replace("k-1", "k-0"), row.replace("k-1", "k-2")]
    done = imports(
        "\n".join([header, good[0], row.replace(before, after, 1), good[1]]), account=None
    )
    assert [f"row 3: {reason}"] == done.first_refusals
    assert ["k-0", "k-2"] == [call.call_id for call in imports.calls()]


KEYS = {
    "asterisk-csv": "2026-10-05bf6ab84626eed414392dd7e5e0717c46",
    "asterisk-custom": "2026-10-05d3d063defe436e48ae3f32ae68357db0",
    "freeswitch": "2026-10-053c60d8003c79f438897369240787823a",
    "netsapiens-v2": "2026-10-0582208bdc90cfb2b4c49bb5ae656b5ad5",
    "integrate-json": "2026-10-05f44e27cca86809e4e7926bc9430b04cc",
    "cdr-stats": "2026-10-0519450637ab6e3a8d49354bbfe332abaf",
    "canonical": "2026-10-05059267b2d4f2db7ac6274c002d54f57a",
}


@pytest.mark.parametrize("name", files.BY_FORMAT)
def test_a_key_does_not_change(imports: Imports, name: str) -> None:
    """Who changes how keys are made lets every file that was imported go in again."""
    imports(files.BY_FORMAT[name])
    assert KEYS[name] == imports.calls()[0].import_key
