"""What Babel prints is read back, and nothing raises."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from babel.dates import format_date, format_interval
from babel.numbers import format_currency, format_decimal
from hypothesis import given
from hypothesis import strategies as st

from bot import slots
from bot.slots import Period, PeriodKind
from tests.slots import (
    DAYS,
    LOCALES,
    TODAY,
    amount_limits,
    duration,
    duration_limits,
    extension,
)

STARTS = st.dates(date(2000, 1, 1), date(2097, 6, 30))
CENTS = st.integers(-10_000_000_000, 10_000_000_000)
READERS: tuple[Callable[[str], object], ...] = (
    lambda text: slots.period(text, today=TODAY),
    lambda text: slots.date_readings(text, today=TODAY),
    slots.account_number,
    amount_limits,
    slots.amounts,
    duration,
    duration_limits,
    slots.email,
    extension,
    slots.file_format,
    slots.invoice_number,
    slots.phone,
    slots.transaction_number,
    slots.transaction_type,
    slots.which,
)
# What tempts every reader at once.
PIECES = st.sampled_from(
    "1 2 3 15 15th 1er 31 99 2026 0 00 000 , . - / : $ ¢ % ' # + < > ( ) last dernier this ce mois "
    "month may mai mar oct octobre q3 t3 h1 since depuis to au du le the on half moitié of year "
    "week ago il y a hier today a an une demi cent mille k and et over plus de moins between entre "
    "minutes h min s second inv pay ext x poste top dollars piasses sous lundi monday".split()
)
TEXTS = (
    st.text(max_size=200)
    | st.lists(PIECES, max_size=25).map(" ".join)
    | st.lists(PIECES).map("".join)
)


@given(day=DAYS, locale=LOCALES, width=st.sampled_from(["short", "medium", "long", "full"]))
def test_reads_days_of_every_width(day: date, locale: str, width: str) -> None:
    """A date in any width is read back as that day."""
    written = format_date(day, width, locale=locale)
    assert Period(day, day, PeriodKind.DAY) == slots.period(written, today=TODAY)


@given(
    first=STARTS,
    length=st.integers(1, 800),
    locale=LOCALES,
    skeleton=st.sampled_from(["yMMMd", "yMMMMd", "yMMMEd"]),
)
def test_reads_ranges(first: date, length: int, locale: str, skeleton: str) -> None:
    """A range of days is read back, with or without weekdays."""
    last = first + timedelta(days=length)
    written = format_interval(first, last, skeleton, locale=locale)
    read = slots.period(written, today=TODAY)
    assert Period(first, last, PeriodKind.SPAN) == read, written


@given(
    first=STARTS,
    length=st.integers(32, 800),
    locale=LOCALES,
    width=st.sampled_from(["yMMM", "yMMMM"]),
)
def test_reads_ranges_of_months(first: date, length: int, locale: str, width: str) -> None:
    """A range of months is read back from the first day to the last."""
    last = first + timedelta(days=length)
    read = slots.period(format_interval(first, last, width, locale=locale), today=TODAY)
    assert read is not None
    assert (first.replace(day=1), last.replace(day=1)) == (read.first, read.last.replace(day=1))
    assert (read.last + timedelta(days=1)).day == 1


@given(day=DAYS, locale=LOCALES, form=st.sampled_from(["QQQ y", "QQQQ y"]))
def test_reads_quarters(day: date, locale: str, form: str) -> None:
    """A quarter, short or full, holds the day it was made from and is three months long."""
    read = slots.period(format_date(day, form, locale=locale), today=TODAY)
    assert read is not None
    assert read.first <= day <= read.last
    assert read.last.month - read.first.month == 2


@given(day=DAYS, form=st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y"]))
def test_asks_back_digits(day: date, form: str) -> None:
    """A date in digits is among its readings, or is certain because day and month are the same."""
    written = day.strftime(form)
    readings = slots.date_readings(written, today=TODAY)
    certain = slots.period(written, today=TODAY)
    assert Period(day, day, PeriodKind.DAY) in (readings or (certain,))


@given(
    cents=CENTS,
    locale=LOCALES,
    currency_form=st.sampled_from(["standard", "name"]),
    around=st.sampled_from(["{}", "I paid {} twice", "j'ai payé {} hier", "({})"]),
)
def test_reads_amounts(cents: int, locale: str, currency_form: str, around: str) -> None:
    """An amount with its currency is read back, in a sentence too."""
    written = format_currency(Decimal(cents) / 100, "CAD", locale=locale, format_type=currency_form)
    assert (cents,) == slots.amounts(around.format(written))


@given(cents=CENTS, locale=LOCALES)
def test_reads_bare_amounts(cents: int, locale: str) -> None:
    """A number with two decimals is an amount."""
    written = format_decimal(Decimal(cents) / 100, "#,##0.00", locale=locale)
    assert (cents,) == slots.amounts(written)


@given(today=st.dates(), text=TEXTS)
def test_nothing_raises(today: date, text: str) -> None:
    """Whatever is typed on whatever day, every reader answers and periods run forwards."""
    for read in READERS:
        read(text)
    found = slots.period(text, today=today)
    periods = (found, *slots.date_readings(text, today=today))
    assert all(period is None or period.first <= period.last for period in periods)
