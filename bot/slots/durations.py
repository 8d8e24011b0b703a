"""Durations: "5 minutes", "2 min 30", "1h30", « une demi-heure », 03:45."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from bot.slots.numbers import Found, any_number, number
from bot.slots.words import any_of, forms

SECONDS = {"hours": 3600, "minutes": 60, "seconds": 1}
_CLOCK = (
    r"(?<![\w:.,/-])(?P<c1>\d{1,3}):(?P<c2>[0-5]\d)(?::(?P<c3>[0-5]\d))?"
    r"(?![\w:])(?!\s?[ap]\.?\s?m\b)"
)


def found_durations(words: str) -> Iterator[Found]:
    """Go through the durations, in seconds, of a text made plain; times of day are none.

    3:45 is minutes and 1:03:45 hours.
    """
    for match in _pattern().finditer(words):
        if not (match["time_of_day"] and (match["c1"] or match["hours"])):
            start = match.end("time_of_day") if match["time_of_day"] else match.start()
            yield Found(start, match.end(), _seconds(match))


def _seconds(match: re.Match[str]) -> Decimal:
    if match["c1"]:
        clock = [int(part) for part in (match["c1"], match["c2"], match["c3"]) if part]
        return Decimal(sum(part * 60**power for power, part in enumerate(reversed(clock))))
    counted = {unit: number(match[unit]) for unit in SECONDS if match[unit]}
    total = sum((n * SECONDS[unit] for unit, n in counted.items()), Decimal(0))
    # In "1h30" and "2 min 30" the last number counts the next smaller unit.
    smaller = 60 if "hours" in counted and "minutes" not in counted else 1
    return total + int(match["rest"] or 0) * smaller


@cache
def _pattern() -> re.Pattern[str]:
    joined = rf"(?:\s?{any_of(forms('durations', 'and'))})?\s?"
    parts = "".join(
        rf"(?:{joined}(?P<{unit}>{any_number()})[\s-]?{_unit(unit)})?" for unit in SECONDS
    )
    # At least one part: what comes first is a number and its unit.
    first = rf"(?={any_number()}[\s-]?(?:{'|'.join(_unit(unit) for unit in SECONDS)}))"
    rest = r"(?:\s?(?P<rest>[0-5]\d)(?![\w.,]))?"
    time_of_day = rf"(?P<time_of_day>\b{any_of(forms('durations', 'time_of_day'))}\s)?"
    return re.compile(rf"{time_of_day}(?:{_CLOCK}|{first}{parts}{rest})")


def _unit(unit: str) -> str:
    """Build a unit. Some of its forms go with digits only: no second in « quelqu'un s'est »."""
    words, with_digits = (any_of(forms("durations", key)) for key in (unit, f"{unit}_in_digits"))
    return rf"(?:{words}|(?:(?<=\d)|(?<=\d[\s-])){with_digits}(?!'))(?![^\W\d])"
