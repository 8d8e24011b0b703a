"""Made-up calls of a sample company, in office hours of its own zone."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Self
from zoneinfo import ZoneInfo

from store.models import Direction
from store.sample.companies import Company, Destination, traffic
from store.sample.months import month_start
from store.sample.rows import Row

MONTHS_OF_CALLS = 6  # before the current one: what the provider keeps (docs/domain.md 1.4)
FIRST_EXTENSION = 101
_OPENS = time(8)
_OPEN_SECONDS = 10 * 3600
_DAY_WEIGHTS = (20, 22, 21, 21, 18, 4, 1)  # Monday to Sunday
_TOLL_FREE = re.compile(r"\+18(?:00|33|44|55|66|77|88)")
_OUTCOMES = ("ANSWERED",) * 86 + ("NO ANSWER",) * 11 + ("BUSY",) * 3
_DIRECTIONS = (Direction.OUT,) * 48 + (Direction.IN,) * 40 + (Direction.INTERNAL,) * 12
_ANONYMOUS = 0.03  # of the calls that come in
_MEAN_TALK_SECONDS = 170
_LONGEST_TALK_SECONDS = 3000


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls of one company up to the day before `today`: the same ones each time."""

    company: Company
    today: date
    count: int

    @classmethod
    def usual(cls, company: Company, *, today: date) -> Self:
        """As many calls as the company makes in the time."""
        return cls(company, today, company.calls_a_month * len(days_of_calls(company, today)) // 30)

    def __iter__(self) -> Iterator[tuple[date, Row]]:
        """Make the calls, oldest first, each with its day in the company's zone.

        A row has the columns of CallRecord without the account and the invoice.
        """
        # The same calls are needed twice, to bill them and to write them; a million of them
        # are made again rather than kept.
        line = _Line(self.company)
        zone = ZoneInfo(self.company.time_zone)
        number = 0
        for day, calls in sorted(self._spread().items()):
            opening = datetime.combine(day, _OPENS, zone).astimezone(UTC)
            for second in sorted(line.random.choices(range(_OPEN_SECONDS), k=calls)):
                number += 1
                yield day, line.call(opening + timedelta(seconds=second), number)

    def usage_cents(self) -> dict[date, int]:
        """What the calls of each month (named by its first day) cost, rounded once, half up."""
        millionths: dict[date, int] = defaultdict(int)
        for day, row in self:
            millionths[day.replace(day=1)] += row["charge_millionths"]
        return {month: (total + 5_000) // 10_000 for month, total in millionths.items()}

    def _spread(self) -> Counter[date]:
        """How many calls there are on which day."""
        days = days_of_calls(self.company, self.today)
        weights = [_DAY_WEIGHTS[day.weekday()] for day in days]
        spread = _random(self.company, "days").choices(days, weights, k=self.count)
        return Counter(spread)


def days_of_calls(company: Company, today: date) -> list[date]:
    """From the first of the month six months back, or of the company's first month, to yesterday.

    No call of today, so that none is yet to come.
    """
    first = month_start(today, min(MONTHS_OF_CALLS, company.months))
    return [first + timedelta(days=day) for day in range((today - first).days)]


@dataclass(frozen=True, slots=True)
class _Place:
    """A destination, ready to be dialled."""

    name: str
    rate_millionths: int
    prefix: str
    digits: int  # after the prefix

    @classmethod
    def of(cls, destination: Destination, area: str) -> Self:
        prefix = destination.pattern.rstrip("#")
        digits = len(destination.pattern) - len(prefix)
        return cls(
            destination.name, _millionths(destination.rate), prefix.format(area=area), digits
        )


class _Line:
    """A company's telephone line: one call after the other."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.random = _random(company, "calls")
        self.seats = company.quantity("seat")
        self.numbers = [number for site in company.sites for number in site.numbers]
        area = self.numbers[0][2:5]
        places = [(_Place.of(place, area), place.weight) for place in traffic().destination]
        self.places = [place for place, weight in places for _ in range(weight)]
        self.callers = traffic().callers
        self.toll_free_rate = _millionths(traffic().toll_free_rate)

    def call(self, start: datetime, number: int) -> Row:
        direction = self.random.choice(_DIRECTIONS)
        if direction == Direction.OUT:
            row = self._outgoing()
        elif direction == Direction.IN:
            row = self._incoming()
        else:
            row = self._internal()
        row["call_id"] = f"{self.company.number}-{number:06}"
        row["import_key"] = f"sample-{row['call_id']}"
        row["start_at"] = start
        self._talk(row, start)
        return row

    def _outgoing(self) -> Row:
        to = self.random.choice(self.places)
        return _row(
            direction=Direction.OUT,
            from_number=self.numbers[0],
            from_extension=self._extension(),
            to_number=self._number_in(to),
            destination=to.name,
            rate=to.rate_millionths,
        )

    def _incoming(self) -> Row:
        number = self.random.choice(self.numbers)
        is_toll_free = _TOLL_FREE.match(number)
        is_anonymous = self.random.random() < _ANONYMOUS
        caller = self._number_in(self.random.choice(self.places))
        return _row(
            direction=Direction.IN,
            from_number="anonymous" if is_anonymous else caller,
            from_name="" if is_anonymous else self.random.choice(self.callers),
            to_number=number,
            to_extension=self._extension(),
            destination="Toll-free" if is_toll_free else "Local",
            rate=self.toll_free_rate if is_toll_free else 0,
        )

    def _internal(self) -> Row:
        caller, called = self.random.sample(range(self.seats), 2)
        return _row(
            direction=Direction.INTERNAL,
            from_extension=str(FIRST_EXTENSION + caller),
            to_extension=str(FIRST_EXTENSION + called),
            destination="Internal",
            rate=0,
        )

    def _talk(self, row: Row, start: datetime) -> None:
        """Have the call answered or not, and charged by the second."""
        ringing = timedelta(seconds=self.random.randint(3, 30))
        outcome = self.random.choice(_OUTCOMES)
        row["disposition"] = outcome
        if outcome != "ANSWERED":
            row["end_at"] = start + ringing
            return
        seconds = 4 + int(self.random.expovariate(1 / _MEAN_TALK_SECONDS))
        seconds = min(seconds, _LONGEST_TALK_SECONDS)
        row["answer_at"] = start + ringing
        row["end_at"] = start + ringing + timedelta(seconds=seconds)
        row["duration_seconds"] = seconds
        if row["rate_millionths"]:
            row["billable_seconds"] = seconds
            row["charge_millionths"] = (row["rate_millionths"] * seconds + 30) // 60

    def _extension(self) -> str:
        return str(FIRST_EXTENSION + self.random.randrange(self.seats))

    def _number_in(self, place: _Place) -> str:
        last = self.random.randrange(10**place.digits)
        return f"{place.prefix}{last:0{place.digits}}"


def _row(
    *,
    direction: Direction,
    destination: str,
    rate: int,
    from_number: str = "",
    from_extension: str = "",
    from_name: str = "",
    to_number: str = "",
    to_extension: str = "",
) -> Row:
    return {
        "leg": 0,
        "direction": direction,
        "answer_at": None,
        "end_at": None,
        "from_number": from_number,
        "from_extension": from_extension,
        "from_name": from_name,
        "to_number": to_number,
        "to_extension": to_extension,
        "duration_seconds": 0,
        "billable_seconds": 0,
        "disposition": "",
        "destination": destination,
        "rate_millionths": rate,
        "charge_millionths": 0,
        "source_format": "sample",
        "source_row": None,
    }


def _millionths(dollars: Decimal) -> int:
    return int(dollars * 1_000_000)


def _random(company: Company, purpose: str) -> Random:
    return Random(f"{company.number} {purpose}")  # noqa: S311 - made-up calls, nothing secret
