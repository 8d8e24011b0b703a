"""What the tests of slots share: today, kinds of period, some months, and what Hypothesis draws."""

from datetime import date

from hypothesis import strategies as st

from bot.slots import Period, PeriodKind

TODAY = date(2026, 11, 22)  # a Sunday
DAY, MONTH, YEAR, SPAN = PeriodKind
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31), MONTH)
MAY = Period(date(2026, 5, 1), date(2026, 5, 31), MONTH)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
LOCALES = st.sampled_from(["en_CA", "fr_CA"])
