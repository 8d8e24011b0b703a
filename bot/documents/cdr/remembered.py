"""What is written again and again is made once.

A file of a million calls has few different hours, durations and prices.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

Key = TypeVar("Key")
Value = TypeVar("Value")

QUARTER = 15 * 60  # seconds
QUARTERS_A_DAY = 24 * 4
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST = 50_000  # then it starts anew, so that memory stays flat


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


class Wall(Remembered[int, Value]):
    """What is made of the wall clock of a zone at the start of a quarter of an hour.

    The key counts the quarters since EPOCH. Every zone is whole quarters away from UTC, and changes
    its clocks at the start of one.
    """

    def __init__(self, zone: str, make: Callable[[datetime], Value]) -> None:
        wall = ZoneInfo(zone)
        super().__init__(lambda quarter: make(datetime.fromtimestamp(quarter * QUARTER, wall)))
