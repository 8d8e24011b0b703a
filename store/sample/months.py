"""Months counted back from a day."""

from datetime import date, timedelta


def month_start(day: date, months_ago: int = 0) -> date:
    """Give the first of the month so many months before that of `day`."""
    years, month = divmod(day.month - 1 - months_ago, 12)
    return date(day.year + years, month + 1, 1)


def month_end(day: date) -> date:
    return month_start(day, -1) - timedelta(days=1)
