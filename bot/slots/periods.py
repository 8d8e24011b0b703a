"""Periods in a sentence: "last month", "depuis août", "du 3 au 9 nov", "2026".

The words are first rewritten into a few codes (LAST, MONTH, m09, TO ...), the same for all
languages; a short list of patterns then reads the codes.
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from babel import Locale

from bot.slots.calendar_words import codes


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
QUARTERS_MONTHS = 3
FIRST_YEAR = 2000  # smaller numbers are days

_DAY = r"(?:\d{1,2} m\d\d|m\d\d \d{1,2})\b(?: 20\d\d)?"
_POINT = rf"(?:\d{{4}}-\d\d-\d\d|\d{{4}}-\d\d|{_DAY}|m\d\d(?: 20\d\d)?|q[1-4](?: 20\d\d)?|20\d\d)"
_UNIT = "(DAY|WEEK|MONTH|QUARTER|YEAR)"


def period(text: str, *, today: date) -> Period | None:
    """Find the period a sentence names, else None.

    A month without a year is the most recent one that has begun. Dates such as 03/11/2026 are
    not read: nobody can tell the day from the month.
    """
    return _read(codes(text), today, re.Pattern.search)


_Find = Callable[[re.Pattern[str], str], re.Match[str] | None]
_Reader = Callable[[re.Match[str], date], Period | None]


def _read(text: str, today: date, find: _Find) -> Period | None:
    for pattern, reader in _RULES:
        found = find(pattern, text)
        if found and (result := reader(found, today)):
            return result
    return None


def _since(found: re.Match[str], today: date) -> Period | None:
    start = _read(found[1], today, re.Pattern.match)
    if start is None or start.first > today:
        return None
    return Period(start.first, today, PeriodKind.SPAN)


def _days_of_month(found: re.Match[str], today: date) -> Period | None:
    """Read "3 to 9 nov" and "nov 3-9"."""
    year = found["year"] or ""
    first, last = (_point(f"{found[d]} {found['month']} {year}", today) for d in ("first", "last"))
    if first and last and not year:
        last = _point(f"{found['last']} {found['month']} {first.first.year}", today)
    return _span(first, last)


def _between(found: re.Match[str], today: date) -> Period | None:
    last = _point(found[2], today)
    if last is None:
        return None
    own_year = re.search(r"\b20\d\d", found[1])
    return _span(_point(found[1], today if own_year else last.first), last)


def _span(first: Period | None, last: Period | None) -> Period | None:
    if first is None or last is None or first.first > last.last:
        return None
    return Period(first.first, last.last, PeriodKind.SPAN)


def _rolling(found: re.Match[str], today: date) -> Period | None:
    """Read "last 3 months": from the same day three months ago."""
    count, unit = int(found["n"] or found["m"]), found["unit"] or found["unit2"]
    first = _back(today, count, unit)
    return Period(first, today, PeriodKind.SPAN) if first else None


def _ago(found: re.Match[str], today: date) -> Period | None:
    day = _back(today, int(found["n"] or found["m"]), found["unit"] or found["unit2"])
    return _around(day, found["unit"] or found["unit2"]) if day else None


def _last(found: re.Match[str], today: date) -> Period | None:
    unit = found[1] or found[2]
    return _around(_around(today, unit).first - timedelta(days=1), unit)


def _this(found: re.Match[str], today: date) -> Period:
    return _around(today, found[1] or found[2])


def _last_named_month(found: re.Match[str], today: date) -> Period | None:
    """Read "last November"; said in November, it is the one of the year before."""
    return _point(found[1] or found[2], today.replace(day=1) - timedelta(days=1))


def _back(day: date, count: int, unit: str) -> date | None:
    months = {"MONTH": 1, "QUARTER": QUARTERS_MONTHS, "YEAR": 12}.get(unit)
    try:
        if months is None:
            return day - timedelta(days=count * (7 if unit == "WEEK" else 1))
        year, month = divmod(day.year * 12 + day.month - 1 - count * months, 12)
        return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    except (OverflowError, ValueError):  # before year 1
        return None


def _around(day: date, unit: str) -> Period:
    """Find the day, week, month, quarter or year that holds this day."""
    if unit == "DAY":
        return Period(day, day, PeriodKind.DAY)
    if unit == "WEEK":
        first = day - timedelta(days=(day.weekday() - FIRST_WEEKDAY) % 7)
        return Period(first, first + timedelta(days=6), PeriodKind.SPAN)
    if unit == "MONTH":
        return _months(day.year, day.month, day.month, PeriodKind.MONTH)
    if unit == "QUARTER":
        start = (day.month - 1) // QUARTERS_MONTHS * QUARTERS_MONTHS + 1
        return _months(day.year, start, start + QUARTERS_MONTHS - 1, PeriodKind.SPAN)
    return _months(day.year, 1, 12, PeriodKind.YEAR)


def _months(year: int, first: int, last: int, kind: PeriodKind) -> Period:
    end = date(year, last, calendar.monthrange(year, last)[1])
    return Period(date(year, first, 1), end, kind)


def _point(text: str, today: date) -> Period | None:
    """Read one day, month, quarter or year; without a year the most recent that has begun."""
    if re.match(r"\d{4}-", text):
        return _iso(text)
    named = {part[0]: int(part[1:]) for part in text.split() if not part.isdigit()}
    numbers = [int(part) for part in text.split() if part.isdigit()]
    years = [n for n in numbers if n >= FIRST_YEAR]
    days = [n for n in numbers if n not in years]
    if not named:
        return _months(years[0], 1, 12, PeriodKind.YEAR)
    # Eight years back there has always been a 29 February.
    for year in years or range(today.year, today.year - 9, -1):
        candidate = _in_year(year, named, days)
        if candidate and (years or candidate.first <= today):
            return candidate
    return None


def _in_year(year: int, named: dict[str, int], days: list[int]) -> Period | None:
    if quarter := named.get("q"):
        return _around(date(year, quarter * QUARTERS_MONTHS, 1), "QUARTER")
    try:
        day = date(year, named["m"], days[0] if days else 1)
    except ValueError:
        return None
    return _around(day, "DAY" if days else "MONTH")


def _iso(text: str) -> Period | None:
    whole_month = text.count("-") == 1
    try:
        day = date.fromisoformat(text + "-01" if whole_month else text)
    except ValueError:
        return None
    return _around(day, "MONTH" if whole_month else "DAY")


def _rule(pattern: str, reader: _Reader) -> tuple[re.Pattern[str], _Reader]:
    return re.compile(rf"\b(?:{pattern})\b"), reader


_DAYS, _YEAR = r"(?P<first>\d{1,2}) TO (?P<last>\d{1,2})", r"(?: (?P<year>20\d\d))?"
_NOT_COUNTED = r"(?<!\d )"  # "30 days past due" names no day
_N, _U = r"(?P<n>\d{1,3})", _UNIT.replace("(", "(?P<unit>")
_M, _U2 = r"(?P<m>\d{1,3})", _UNIT.replace("(", "(?P<unit2>")
# The first that reads wins: the more is said, the earlier.
_RULES = (
    _rule(rf"(?:SINCE|LAST) {_N} {_U}|{_M} LAST {_U2}", _rolling),
    _rule(r"SINCE (.+)", _since),
    _rule(rf"{_DAYS} (?P<month>m\d\d){_YEAR}", _days_of_month),
    _rule(rf"(?P<month>m\d\d) {_DAYS}(?! m){_YEAR}", _days_of_month),
    _rule(rf"({_POINT}) TO ({_POINT})", _between),
    _rule(rf"{_N} {_U} AGO|AGO {_M} {_U2}", _ago),
    _rule(rf"LAST {_UNIT}|{_NOT_COUNTED}{_UNIT} LAST", _last),
    _rule(rf"THIS {_UNIT}|{_NOT_COUNTED}{_UNIT} THIS", _this),
    _rule(r"LAST (m\d\d)\b(?! \d)|(m\d\d) LAST", _last_named_month),
    _rule("TODAY", lambda _, today: _around(today, "DAY")),
    _rule("YESTERDAY", lambda _, today: _around(today - timedelta(days=1), "DAY")),
    _rule(rf"({_POINT})", lambda found, today: _point(found[1], today)),
)
