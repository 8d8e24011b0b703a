"""How one file writes times and money: its zone, the order of day and month, its decimal sign.

Naive times are read in an explicit IANA zone. What a zone's offset is within an hour is worked out
once: a file has few hours and many rows.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import NamedTuple
from zoneinfo import ZoneInfo

from store.importers.cells import millionths
from store.importers.refusals import Refused, Untidy

_YEARS = range(1990, 2100)
_HOUR = 13  # characters of "2026-11-01 01"
_SHORTEST = 16  # characters of "2026-11-01 01:30"
_EPOCHS = {10: 1, 13: 1_000, 16: 1_000_000}  # digits of seconds, milli- and microseconds
_MOST_HOURS = 50_000
_ZERO = timedelta()
_EPOCH = datetime.fromtimestamp(0, UTC)
_FAR = 1_500  # seconds: a channel opens a little before its call; zones differ by half hours

Times = tuple[datetime, datetime | None, datetime | None]


class _Reading(NamedTuple):
    """One way to read the times of a row whose hour happens twice."""

    far: float  # seconds from the instant that the row names elsewhere
    backwards: bool
    odd: float  # seconds between its length and what it says of its length
    times: Times


class Conventions:
    """Of one file and one zone."""

    def __init__(self, zone: str, *, decimal_comma: bool | None = False) -> None:
        self.zone = zone
        self.decimal_comma = decimal_comma
        self._guessed = 0  # rows of the hour that happens twice that nothing told apart
        self._elsewhere: Counter[int] = Counter()  # rows, by minutes from the instant they name
        self._zone = ZoneInfo(zone)
        self._offsets: dict[str, timedelta] = {}
        self._twice = False

    def money(self, text: str) -> int | None:
        """Read dollars as millionths; None for an empty cell. Raises Refused."""
        return millionths(text, self.decimal_comma) if text else None

    def instant(self, text: str) -> datetime:
        """Read an ISO time, in the zone where it has no offset of its own, or an epoch.

        The earlier one of an hour that happens twice. Raises Refused and Untidy.
        """
        try:
            local = datetime.fromisoformat(text)
        except ValueError:
            return _epoch(text)
        if local.tzinfo is not None:
            return _sane(local).astimezone(UTC)
        offset = self._offsets.get(text[:_HOUR])
        if offset is None or len(text) < _SHORTEST:
            return self._uncached(text, local)
        return (local - offset).replace(tzinfo=UTC)

    def times(
        self,
        start: str,
        answer: str,
        end: str,
        *,
        seconds: int | None = None,
        near: float | None = None,
    ) -> Times:
        """Read the three times of a row together: one tells in which hour another one is.

        `seconds` is the length that the row gives, `near` an epoch that it holds elsewhere.
        """
        self._twice = False
        found = (
            self.instant(start),
            self.instant(answer) if answer else None,
            self.instant(end) if end else None,
        )
        if self._twice:
            found = self._told_apart((start, answer, end), seconds, near)
        if near is not None:
            away = (found[0] - _EPOCH).total_seconds() - near
            if abs(away) > _FAR:
                self._elsewhere[round(away / 60)] += 1
        return found

    def notes(self) -> Iterator[str]:
        """Say what was doubtful about the times, for the operator."""
        if self._guessed:
            yield (
                f"Calls of an hour that happens twice in {self.zone}, taken as of the first: "
                f"{self._guessed}."
            )
        for minutes, rows in self._elsewhere.most_common(1):
            yield (
                f"{rows} rows hold an epoch that is {abs(minutes) / 60:g} h away from their time "
                f"in {self.zone}: is that the zone of the system that wrote them (--timezone)?"
            )

    def _uncached(self, text: str, local: datetime) -> datetime:
        if len(text) < _SHORTEST:
            raise Untidy(f"{text} has no time of day")
        _sane(local)
        first, second = self._both(local)
        if first is second:
            self._remember(text[:_HOUR], local)
        self._twice = self._twice or first is not second
        return first

    def _both(self, local: datetime) -> tuple[datetime, datetime]:
        """Give the instant twice, or the two instants of an hour that happens twice."""
        before = local.replace(tzinfo=self._zone)
        after = before.replace(fold=1)
        if _offset(before) < _offset(after):
            raise Refused(f"{local} does not exist in {self.zone}: the clocks skip that hour")
        first = before.astimezone(UTC)
        return (first, first if _offset(before) == _offset(after) else after.astimezone(UTC))

    def _remember(self, hour: str, local: datetime) -> None:
        """Keep the offset of an hour, where it is the same all through it."""
        ends = (local.replace(minute=0, second=0), local.replace(minute=59, second=59))
        offsets = {
            _offset(end.replace(tzinfo=self._zone, fold=fold)) for end in ends for fold in (0, 1)
        }
        if len(offsets) == 1:
            if len(self._offsets) >= _MOST_HOURS:
                self._offsets.clear()
            self._offsets[hour] = offsets.pop()

    def _told_apart(self, texts: Iterable[str], seconds: int | None, near: float | None) -> Times:
        """Choose the hours that fit the row best, the earlier ones where nothing tells."""
        ways = sorted(
            self._reading(times, seconds, near)
            for times in product(*(self._instants(text) for text in texts))
        )
        best = ways[0]
        others = (way for way in ways[1:] if way[:3] == best[:3])
        self._guessed += any(way.times[0] != best.times[0] for way in others)
        return best.times

    def _instants(self, text: str) -> list[datetime | None]:
        if not text:
            return [None]
        local = datetime.fromisoformat(text) if not text.isdigit() else _epoch(text)
        if local.tzinfo is not None:
            return [local.astimezone(UTC)]
        return list(dict.fromkeys(self._both(local)))

    @staticmethod
    def _reading(
        times: tuple[datetime | None, ...], seconds: int | None, near: float | None
    ) -> _Reading:
        start, answer, end = times
        if start is None:
            raise Refused("there is no start")
        known = [time for time in times if time is not None]
        length = (end - start).total_seconds() if end else 0.0
        return _Reading(
            far=0.0 if near is None else abs(start.timestamp() - near),
            backwards=known != sorted(known),
            odd=abs(length - seconds) if end and seconds is not None else 0.0,
            times=(start, answer, end),
        )


def _offset(local: datetime) -> timedelta:
    return local.utcoffset() or _ZERO


def _epoch(text: str) -> datetime:
    per_second = _EPOCHS.get(len(text)) if text.isascii() and text.isdigit() else None
    if per_second is None:
        raise Untidy(f"{text!r} is no time")
    return _sane(datetime.fromtimestamp(int(text) / per_second, UTC))


def _sane(time: datetime) -> datetime:
    if time.year not in _YEARS:
        raise Refused(f"{time.year} is no year of a call")
    return time
