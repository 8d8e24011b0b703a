"""One point of the calendar in codes: a day, month, quarter, half-year, year or weekday."""

import re
from datetime import date, timedelta

from bot.slots.spans import MONTHS_IN, Period, around

FIRST_YEAR = 2000  # smaller numbers are days

DAY = r"(?:\d{1,2}o? m\d\d|m\d\d \d{1,2}o?)\b(?: 20\d\d)?"
POINT = (
    rf"(?:\d{{4}}-\d\d-\d\d|\d{{4}}-\d\d|{DAY}|m\d\d(?: 20\d\d)?"
    r"|[qh][1-4](?: 20\d\d)?|w[0-6]|20\d\d)"
)
_UNITS = {"q": "QUARTER", "h": "HALF"}


def at(text: str, today: date) -> Period | None:
    """Read one POINT, or a day of the month ("15o").

    Without a year, or without a month, it is the most recent that has begun.
    """
    if re.match(r"\d{4}-", text):
        return _iso(text)
    parts = text.replace("o", "").split()
    named = {part[0]: int(part[1:]) for part in parts if not part.isdigit()}
    numbers = [int(part) for part in parts if part.isdigit()]
    years = [n for n in numbers if n >= FIRST_YEAR]
    days = [n for n in numbers if n < FIRST_YEAR]
    if "w" in named:
        return around(today - timedelta(days=(today.weekday() - named["w"]) % 7), "DAY")
    if not named:
        return around(date(years[0], 1, 1), "YEAR") if years else _day_of_month(days[0], today)
    # Eight years back there has always been a 29 February.
    for year in years or range(today.year, max(today.year - 9, 0), -1):
        candidate = _in_year(year, named, days)
        if candidate and (years or candidate.first <= today):
            return candidate
    return None


def _in_year(year: int, named: dict[str, int], days: list[int]) -> Period | None:
    for letter, unit in _UNITS.items():
        if letter in named:
            return around(date(year, named[letter] * MONTHS_IN[unit], 1), unit)
    try:
        day = date(year, named["m"], days[0] if days else 1)
    except ValueError:
        return None
    return around(day, "DAY" if days else "MONTH")


def _day_of_month(day: int, today: date) -> Period | None:
    month = around(today, "MONTH").first
    for _ in range(3):  # of three months one has 31 days
        try:
            found = month.replace(day=day)
        except ValueError:
            found = None
        if found and found <= today:
            return around(found, "DAY")
        month = around(month - timedelta(days=1), "MONTH").first
    return None


def _iso(text: str) -> Period | None:
    whole_month = text.count("-") == 1
    try:
        day = date.fromisoformat(text + "-01" if whole_month else text)
    except ValueError:
        return None
    return around(day, "MONTH" if whole_month else "DAY")
