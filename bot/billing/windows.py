"""Which days and months can be looked up, and where a month begins."""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

HISTORY_MONTHS = 24  # transactions and invoice PDFs (docs/domain.md 1.4)
CDR_MONTHS = 6


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month, 1 to 12."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        return self.day(31)

    @property
    def next(self) -> Self:
        return self.plus(1)

    @property
    def previous(self) -> Self:
        return self.plus(-1)

    def plus(self, months: int) -> Self:
        years, month = divmod(self.month - 1 + months, 12)
        return type(self)(self.year + years, month + 1)

    def day(self, day: int) -> date:
        """That day of the month, or its last day if the month is shorter."""
        return date(self.year, self.month, min(day, calendar.monthrange(self.year, self.month)[1]))

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier; 29 February becomes the 28th in a common year."""
    return Month.of(day).plus(-months).day(day.day)


def history_window(today: date) -> tuple[date, date]:
    """The first and last day of which transactions and invoices can be shown."""
    return months_before(today, HISTORY_MONTHS), today


def cdr_months(today: date) -> tuple[Month, ...]:
    """The service months whose call records can be had, oldest first.

    Usage is billed in arrears: the calls of a month are on the next month's invoice
    (docs/domain.md 1.5). So these are the months before the last six invoice months, this
    month's among them.
    """
    return tuple(Month.of(today).plus(-back) for back in range(CDR_MONTHS, 0, -1))


def month_bounds(month: Month, time_zone: str) -> tuple[datetime, datetime]:
    """The instants, in UTC, at which a month begins and the next one does, in an IANA zone.

    A call at 03:30 UTC on 1 July was made in June in Toronto.
    """
    return period_bounds(month.first, month.last, time_zone)


def period_bounds(first: date, last: date, time_zone: str) -> tuple[datetime, datetime]:
    """The instants, in UTC, at which the first day begins and the last one is over."""
    return _begins(first, time_zone), _begins(last + timedelta(days=1), time_zone)


def _begins(day: date, time_zone: str) -> datetime:
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(time_zone))
    return midnight.astimezone(UTC)
