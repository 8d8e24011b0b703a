"""What the tests of slots share: today, some months, what Hypothesis draws, and what is read."""

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from bot.slots import Period, PeriodKind
from bot.slots.durations import found_durations
from bot.slots.identifiers import found_extension
from bot.slots.limits import Limit, compared_amounts, compared_durations, with_unit_twice
from bot.slots.words import plain

TODAY = date(2026, 11, 22)  # a Sunday
DAY, MONTH, YEAR, SPAN = PeriodKind
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31), MONTH)
MAY = Period(date(2026, 5, 1), date(2026, 5, 31), MONTH)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
LOCALES = st.sampled_from(["en_CA", "fr_CA"])


def duration(text: str) -> Decimal | None:
    """The first duration, in seconds."""
    return next((found.value for found in found_durations(plain(text))), None)


def extension(text: str) -> str | None:
    found = found_extension(plain(text))
    return found["digits"] if found else None


def amount_limits(text: str) -> list[Limit]:
    """What amounts, in cents, are compared with."""
    return [found.limit for found in compared_amounts(with_unit_twice(plain(text)))]


def duration_limits(text: str) -> list[Limit]:
    """What durations, in seconds, are compared with."""
    return [found.limit for found in compared_durations(with_unit_twice(plain(text)))]
