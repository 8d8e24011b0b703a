"""Periods in a sentence: "last month", "depuis août", "du 3 au 9 nov", "2026".

The words are first rewritten into a few codes (LAST, MONTH, m09, TO ...), the same for all
languages; a short list of patterns then reads the codes.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

from bot.slots.calendar_words import codes
from bot.slots.numeric_dates import ORDERS, doubtful_as_iso, is_doubtful
from bot.slots.points import DAY, POINT, at
from bot.slots.spans import Period, PeriodKind, around, back, before, span
from bot.slots.words import plain

_UNIT = "(DAY|WEEK|MONTH|QUARTER|HALF|YEAR)"
_NAMED = r"(?P<name>(?:\d{1,2}o? )?m\d\d(?: \d{1,2}o?)?|q[1-4]|h[12])(?! 20\d\d)"
_LAST_YEAR, _THIS_YEAR = "(?:LAST YEAR|YEAR LAST)", "(?:THIS YEAR|YEAR THIS)"
_YEAR_AFTER = re.compile(rf"\b{_NAMED} (?:(?P<last>{_LAST_YEAR})|{_THIS_YEAR})\b")
_YEAR_BEFORE = re.compile(rf"\b(?:(?P<last>{_LAST_YEAR})|{_THIS_YEAR}) {_NAMED}\b")


def period(text: str, *, today: date) -> Period | None:
    """Find the period a sentence names, else None.

    A month without a year is the most recent one that has begun, and so is "the 15th". Dates
    such as 03/11/2026 are not read: nobody can tell the day from the month (`date_readings`).
    """
    return _read(_dated(codes(text), today), today, re.Pattern.search)


def date_readings(text: str, *, today: date) -> tuple[Period, ...]:
    """List what a sentence with a date such as 03/11/2026 can mean, to be asked back.

    The likeliest comes first: not in the future, and nearest to today. Also 22/11/2026, which
    makes a date one way only, is for the customer to confirm. Empty when no date is in doubt.
    """
    words = plain(text)
    if not is_doubtful(words):
        return ()
    rewritten = (doubtful_as_iso(words, order, today) for order in ORDERS)
    read = (period(words, today=today) for words in rewritten if words)
    readings = dict.fromkeys(reading for reading in read if reading)
    return tuple(sorted(readings, key=lambda r: (r.first > today, abs(today - r.first))))


_Find = Callable[[re.Pattern[str], str], re.Match[str] | None]
_Reader = Callable[[re.Match[str], date], Period | None]


def _dated(text: str, today: date) -> str:
    """Put dates for today and yesterday, and a year for "October of last year"."""
    for ago, code in enumerate(("TODAY", "YESTERDAY", "EVE")):
        if code in text:
            text = re.sub(rf"\b{code}\b", (today - timedelta(days=ago)).isoformat(), text)
    for pattern in (_YEAR_AFTER, _YEAR_BEFORE):
        text = pattern.sub(lambda m: f"{m['name']} {today.year - bool(m['last'])}", text)
    return text


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


def _since_start(found: re.Match[str], today: date) -> Period:
    return Period(around(today, found[1]).first, today, PeriodKind.SPAN)


def _days_of_month(found: re.Match[str], today: date) -> Period | None:
    """Read "3 to 9 nov" and "nov 3-9"."""
    year = found["year"] or ""
    first, last = (at(f"{found[d]} {found['month']} {year}", today) for d in ("first", "last"))
    if first and last and not year:
        last = at(f"{found['last']} {found['month']} {first.first.year}", today)
    return span(first, last)


def _days(found: re.Match[str], today: date) -> Period | None:
    """Read "from the 3rd to the 9th", of the month in which the 3rd was last."""
    first = at(found["first"], today)
    if first is None:
        return None
    return span(first, at(f"{found['last']} m{first.first.month:02} {first.first.year}", today))


def _day_of_unit(found: re.Match[str], today: date) -> Period | None:
    """Read "the 15th of last month"."""
    month = before(today, "MONTH") if found["last"] else around(today, "MONTH")
    return at(f"{found['day']} m{month.first.month:02} {month.first.year}", today)


def _between(found: re.Match[str], today: date) -> Period | None:
    last = at(found[2], today)
    if last is None:
        return None
    own_year = re.search(r"\b20\d\d", found[1])
    return span(at(found[1], today if own_year else last.first), last)


def _rolling(found: re.Match[str], today: date) -> Period | None:
    """Read "last 3 months": from the same day three months ago."""
    count, unit = int(found["n"] or found["m"]), found["unit"] or found["unit2"]
    first = back(today, count, unit)
    return Period(first, today, PeriodKind.SPAN) if first else None


def _ago(found: re.Match[str], today: date) -> Period | None:
    unit = found["unit"] or found["unit2"]
    day = back(today, int(found["n"] or found["m"] or 1), unit)
    return around(day, unit) if day else None


def _last(found: re.Match[str], today: date) -> Period:
    return before(today, found[1] or found[2])


def _this(found: re.Match[str], today: date) -> Period:
    return around(today, found[1] or found[2])


def _last_named(found: re.Match[str], today: date) -> Period | None:
    """Read "last November" and "last Monday": said in November, it is the one before."""
    name = found[1] or found[2]
    earlier = today - timedelta(days=1) if name[0] == "w" else before(today, "MONTH").last
    return at(name, earlier)


def _week_of(found: re.Match[str], today: date) -> Period | None:
    day = at(found[1], today)
    return around(day.first, "WEEK") if day else None


def _rule(pattern: str, reader: _Reader) -> tuple[re.Pattern[str], _Reader]:
    return re.compile(rf"\b(?:{pattern})\b"), reader


_FROM_TO, _YEAR = r"(?P<first>\d{1,2}o?) TO (?P<last>\d{1,2}o?)", r"(?: (?P<year>20\d\d))?"
_NOT_COUNTED = r"(?<!\d )"  # "30 days past due" names no day
_NO_OTHER = r"(?! (?:WEEK|MONTH|QUARTER|HALF|YEAR)\b)"  # "each month last year"
_N, _U = r"(?P<n>\d{1,3})", _UNIT.replace("(", "(?P<unit>")
_M, _U2 = r"(?P<m>\d{1,3})", _UNIT.replace("(", "(?P<unit2>")
# The first that reads wins: the more is said, the earlier.
_RULES = (
    _rule(rf"(?:SINCE|LAST) {_N} {_U}|{_M} LAST {_U2}", _rolling),
    _rule(rf"SINCE START (?:THIS )?{_UNIT}", _since_start),
    _rule(r"(?:SINCE|AFTER) (.+)", _since),
    _rule(rf"{_FROM_TO} (?P<month>m\d\d){_YEAR}", _days_of_month),
    _rule(rf"(?P<month>m\d\d) {_FROM_TO}(?! m){_YEAR}", _days_of_month),
    _rule(rf"({POINT}) TO ({POINT})", _between),
    _rule(r"(?P<first>\d{1,2}o) TO (?P<last>\d{1,2}o?)", _days),
    _rule(rf"WEEK (?:ON )?({DAY}|\d{{4}}-\d\d-\d\d|\d{{1,2}}o)", _week_of),
    _rule(r"(?P<day>\d{1,2}o) (?:(?P<last>LAST MONTH|MONTH LAST)|MONTH|THIS MONTH)", _day_of_unit),
    _rule(rf"(?:{_N}|TO) {_U} AGO|AGO {_M} {_U2}", _ago),
    _rule(rf"LAST {_UNIT}|{_NOT_COUNTED}{_UNIT} LAST{_NO_OTHER}", _last),
    _rule(rf"THIS {_UNIT}|{_NOT_COUNTED}{_UNIT} THIS{_NO_OTHER}", _this),
    _rule(r"LAST (m\d\d|w\d)\b(?! \d)|(m\d\d|w\d) LAST", _last_named),
    _rule(rf"({POINT})", lambda found, today: at(found[1], today)),
    _rule(r"ON (\d{1,2}o)", lambda found, today: at(found[1], today)),
    _rule(r"(?:^|^TO |^SINCE )(\d{1,2}o)$", lambda found, today: at(found[1], today)),
)
