"""Days, weeks, months, quarters, half-years and years of the calendar."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from babel import Locale


class PeriodKind(StrEnum):
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    SPAN = "span"


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included; `kind` tells how it can be named."""

    first: date
    last: date
    kind: PeriodKind


# Weeks start on Sunday in Canada, in both languages.
FIRST_WEEKDAY = Locale.parse("en_CA").first_week_day
MONTHS_IN = {"MONTH": 1, "QUARTER": 3, "HALF": 6, "YEAR": 12}


def around(day: date, unit: str) -> Period:
    """Find the day, week, month, quarter, half-year or year that holds this day."""
    if unit == "DAY":
        return Period(day, day, PeriodKind.DAY)
    if unit == "WEEK":
        try:
            first = day - timedelta(days=(day.weekday() - FIRST_WEEKDAY) % 7)
            return Period(first, first + timedelta(days=6), PeriodKind.SPAN)
        except OverflowError:  # the first and the last week there is
            return Period(day, day, PeriodKind.SPAN)
    length = MONTHS_IN[unit]
    start = (day.month - 1) // length * length + 1
    end = start + length - 1
    kind = {1: PeriodKind.MONTH, 12: PeriodKind.YEAR}.get(length, PeriodKind.SPAN)
    last = date(day.year, end, calendar.monthrange(day.year, end)[1])
    return Period(date(day.year, start, 1), last, kind)


def before(day: date, unit: str) -> Period:
    """Find the last day, week, month ... that was over before this day's began."""
    return around(around(day, unit).first - timedelta(days=1), unit)


def back(day: date, count: int, unit: str) -> date | None:
    """Go back so many days, weeks, months ...; None before the year 1."""
    try:
        if unit not in MONTHS_IN:
            return day - timedelta(days=count * (7 if unit == "WEEK" else 1))
        month_count = day.year * 12 + day.month - 1 - count * MONTHS_IN[unit]
        year, month = divmod(month_count, 12)
        return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    except (OverflowError, ValueError):
        return None


def adjoining(first: date, last: date, step: int) -> tuple[date, date]:
    """Find the days right before (-1) or after (1) these: as many months, else as many days."""
    if first.day == 1 and last == around(last, "MONTH").last:
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        start = back(first, -step * months, "MONTH") or first
        end = back(start, 1 - months, "MONTH") or start
        return start, around(end, "MONTH").last
    length = (last - first) + timedelta(days=1)
    return first + step * length, last + step * length


def span(first: Period | None, last: Period | None) -> Period | None:
    """Join two periods; None unless both are there and run forwards."""
    if first is None or last is None or first.first > last.last:
        return None
    return Period(first.first, last.last, PeriodKind.SPAN)
