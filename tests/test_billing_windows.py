"""How far back one may look, and where months begin."""

from datetime import UTC, date, datetime

import pytest

from bot.billing.windows import Month, cdr_months, history_window, month_bounds, months_before

TODAY = date(2026, 11, 22)


def test_history_goes_back_24_months():
    assert (date(2024, 11, 22), TODAY) == history_window(TODAY)


def test_history_from_a_leap_day_begins_on_the_28th():
    assert (date(2026, 2, 28), date(2028, 2, 29)) == history_window(date(2028, 2, 29))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 7, 31), 1, date(2026, 6, 30)),
        (date(2026, 7, 31), 0, date(2026, 7, 31)),
    ],
)
def test_a_day_that_a_month_lacks_becomes_its_last_day(day, months, expected):
    assert expected == months_before(day, months)


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (TODAY, Month(2026, 5), Month(2026, 10)),
        (date(2026, 11, 1), Month(2026, 5), Month(2026, 10)),
        (date(2026, 12, 1), Month(2026, 6), Month(2026, 11)),
        (date(2027, 3, 31), Month(2026, 9), Month(2027, 2)),
    ],
)
def test_call_records_are_there_for_the_six_service_months_before_this_one(today, first, last):
    """They are billed in arrears: on 22 November 2026 that is May to October 2026."""
    months = cdr_months(today)
    assert (6, first, last) == (len(months), months[0], months[-1])
    assert [month.next for month in months[:-1]] == list(months[1:])


def test_months_know_their_days_and_neighbours():
    february = Month(2028, 2)
    assert (date(2028, 2, 1), date(2028, 2, 29)) == (february.first, february.last)
    assert (Month(2028, 1), Month(2028, 3)) == (february.previous, february.next)
    assert (Month(2025, 12), Month(2026, 1)) == (Month(2026, 1).previous, Month(2025, 12).next)
    assert Month(2025, 12) < Month(2026, 1)
    assert ("2026-05", Month(2026, 11)) == (str(Month(2026, 5)), Month.of(TODAY))


@pytest.mark.parametrize(
    ("month", "zone", "start", "end"),
    [
        (Month(2026, 6), "America/Toronto", "2026-06-01T04:00Z", "2026-07-01T04:00Z"),
        (Month(2026, 11), "America/Toronto", "2026-11-01T04:00Z", "2026-12-01T05:00Z"),
        (Month(2026, 3), "America/Toronto", "2026-03-01T05:00Z", "2026-04-01T04:00Z"),
        (Month(2026, 12), "America/St_Johns", "2026-12-01T03:30Z", "2027-01-01T03:30Z"),
        (Month(2026, 7), "America/Regina", "2026-07-01T06:00Z", "2026-08-01T06:00Z"),
    ],
)
def test_a_month_is_cut_in_the_zone_of_the_account(month, zone, start, end):
    """The clock changes inside March and November, and not at all in Saskatchewan."""
    bounds = month_bounds(month, zone)
    assert (datetime.fromisoformat(start), datetime.fromisoformat(end)) == bounds
    assert all(bound.tzinfo is UTC for bound in bounds)


def test_a_late_call_of_30_june_in_toronto_belongs_to_june():
    call = datetime(2026, 7, 1, 3, 30, tzinfo=UTC)
    start, end = month_bounds(Month(2026, 6), "America/Toronto")
    assert start <= call < end
