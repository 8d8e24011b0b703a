"""What is written again and again is made once.

A file of a million calls has few different hours, durations and prices.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

Key = TypeVar("Key")
Value = TypeVar("Value")

_MOST = 20_000  # then it starts anew, so that memory stays flat
_WHOLE_HOUR = timedelta(hours=1)


class Remembered(dict[Key, Value]):
    """A dictionary that makes what it does not have; looking up costs no call."""

    def __init__(self, make: Callable[[Key], Value]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: Key) -> Value:
        if len(self) >= _MOST:
            self.clear()
        value = self[key] = self._make(key)
        return value


class Wall(Remembered[str, tuple[str, str]]):
    """The date and the beginning of the time of day in a zone, by an instant's first letters.

    `instant[:wall.width]` of an instant in UTC as ISO 8601 ("2026-10-03T14") is the key; what
    follows it up to the second is the same in the zone. That is an hour, or a minute where the
    zone is not whole hours away from UTC (St. John's).
    """

    def __init__(self, zone: str, first: date, last: date) -> None:
        self._zone = ZoneInfo(zone)
        days = (first + timedelta(days=n) for n in range(-1, (last - first).days + 3))
        is_whole = all(self._is_whole_hours(day) for day in days)
        self.width = len("2026-10-03T14" if is_whole else "2026-10-03T14:22")
        super().__init__(self._read)

    def _is_whole_hours(self, day: date) -> bool:
        offset = datetime(day.year, day.month, day.day, tzinfo=self._zone).utcoffset()
        return not (offset or timedelta()) % _WHOLE_HOUR

    def _read(self, key: str) -> tuple[str, str]:
        instant = datetime.fromisoformat(f"{key}+00:00")
        local = instant.astimezone(self._zone).isoformat()
        return local[:10], local[11 : self.width]
