"""Times in other forms than ISO 8601, such as a spreadsheet leaves behind, brought into it."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

from store.importers.refusals import Refused

_NONE = frozenset({"", "-", "0", "null", "none", r"\n", "0000-00-00 00:00:00", "n/a"})
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_CLOCK = re.compile(
    r"(\d{1,2})(?::| ?h ?)(\d\d)(?::(\d\d))?(?:[.,]\d+)?\s*(?:([ap])\.?\s?m\.?)?", re.IGNORECASE
)
_SERIAL = re.compile(r"([2-7]\d{4})[.,](\d{1,12})")
_SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - day 0 of a spreadsheet, in no zone
_A_DAY = 86_400
_MONTHS = 12
_NOON = 12


class DateOrder(StrEnum):
    """Which of the first two numbers of 03/11/2026 is the day."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


def order_of(texts: Iterable[str]) -> DateOrder | None:
    """Tell the order from dates of one file; None where all of them may be read both ways."""
    found = set()
    for text in texts:
        if match := _YEAR_LAST.match(text.strip()):
            if int(match[1]) > _MONTHS:
                found.add(DateOrder.DAY_FIRST)
            if int(match[3]) > _MONTHS:
                found.add(DateOrder.MONTH_FIRST)
    return found.pop() if len(found) == 1 else None


def iso(text: str, order: DateOrder | None) -> str:
    """Write a time as ISO 8601, or as nothing where it stands for none. Raises Refused."""
    plain = " ".join(text.split())
    if plain.casefold() in _NONE:
        return ""
    if match := _SERIAL.fullmatch(plain):
        days = int(match[1]) + int(match[2]) / 10 ** len(match[2])
        return str(_SERIAL_ZERO + timedelta(seconds=round(days * _A_DAY)))
    date, _, clock = plain.partition("T" if "T" in plain[:11] else " ")
    day = _day(date.rstrip(","), order)
    time = _CLOCK.fullmatch(clock.strip())
    if day is None or time is None:
        return _rfc_1123(plain)
    return _checked(plain, day, time)


def _day(date: str, order: DateOrder | None) -> tuple[int, int, int] | None:
    if match := _YEAR_FIRST.fullmatch(date):
        return int(match[1]), int(match[2]), int(match[3])
    match = _YEAR_LAST.fullmatch(date)
    if match is None:
        return None
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    if order is None and first != second and max(first, second) <= _MONTHS:
        raise Refused(f"{date} may be day or month first: say which with --dates dmy or mdy")
    day_first = order == DateOrder.DAY_FIRST or (order is None and first > _MONTHS)
    return (year, second, first) if day_first else (year, first, second)


def _checked(text: str, day: tuple[int, int, int], time: re.Match[str]) -> str:
    hour = int(time[1])
    if time[4]:
        hour = hour % _NOON + (_NOON if time[4].lower() == "p" else 0)
    try:
        found = datetime(*day, hour, int(time[2]), int(time[3] or 0))  # noqa: DTZ001 - naive, as written
    except ValueError:
        raise Refused(f"{text} is no time") from None
    return str(found)


def _rfc_1123(text: str) -> str:
    try:
        return str(parsedate_to_datetime(text))
    except (ValueError, TypeError, IndexError, OverflowError):
        raise Refused(f"{text[:40]} is no time") from None
