"""Dates in digits: those that can be read one way only, and those that cannot."""

import re
from datetime import date

# Nothing of a longer number, version or address on either side.
_START, _END = r"(?<![\w/.-])", r"(?![\w/-]|\.\d)"
_YEAR_FIRST = re.compile(rf"{_START}(20\d\d)([/.-])(\d{{1,2}})\2(\d{{1,2}}){_END}")
_MONTH_YEAR = re.compile(rf"{_START}(0?[1-9]|1[0-2])[/-](20\d\d){_END}")
_YEAR_MONTH = re.compile(rf"{_START}(20\d\d)/(0?[1-9]|1[0-2]){_END}")
_SAME_TWICE = re.compile(rf"{_START}(0?[1-9]|1[0-2])([/.-])\1\2(20\d\d){_END}")
_DOUBTFUL = re.compile(
    rf"{_START}(?:(\d{{1,2}})([/.-])(\d{{1,2}})\2(20\d\d|\d\d)|(\d\d)/(\d\d)){_END}"
)
CENTURY = 2000
ORDERS = ("dmy", "mdy", "ymd")


def certain_as_iso(words: str) -> str:
    """Rewrite as ISO what has its year first ("2026/9/3"), no day, or day and month the same."""
    words = _YEAR_FIRST.sub(lambda m: f"{m[1]}-{m[3]:0>2}-{m[4]:0>2}", words)
    words = _SAME_TWICE.sub(lambda m: f"{m[3]}-{m[1]:0>2}-{m[1]:0>2}", words)
    words = _MONTH_YEAR.sub(lambda m: f"{m[2]}-{m[1]:0>2}", words)
    return _YEAR_MONTH.sub(lambda m: f"{m[1]}-{m[2]:0>2}", words)


def is_doubtful(words: str) -> bool:
    """Whether a date such as 03/11/2026, 22-11-26 or 03/11 stands there."""
    return _DOUBTFUL.search(_SAME_TWICE.sub(" ", words)) is not None


def doubtful_as_iso(words: str, order: str, today: date) -> str | None:
    """Rewrite the doubtful dates in one of ORDERS; None when that makes no date of one."""
    try:
        return _DOUBTFUL.sub(lambda found: _in_order(found, order, today).isoformat(), words)
    except ValueError:
        return None


def _in_order(found: re.Match[str], order: str, today: date) -> date:
    """Raise ValueError when there is no such day, or the order is not one for this form."""
    if order == "ymd" and len(found[4] or "") != len("26"):
        raise ValueError(found[0])
    if found[5]:
        day, month = (int(found[5 + order.index(part)]) for part in "dm")
        this_year = date(today.year, month, day)
        return this_year if this_year <= today else date(today.year - 1, month, day)
    numbers = dict(zip(order, (int(found[at]) for at in (1, 3, 4)), strict=True))
    year = numbers["y"]
    return date(year if year >= CENTURY else CENTURY + year, numbers["m"], numbers["d"])
