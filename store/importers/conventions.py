"""How one file writes times and money: its zone and its decimal sign.

Naive times are read in an explicit IANA zone. A file has few hours and many rows, so which hour of
UTC an hour is gets worked out once. Instants are text, "2026-11-01 05:30:00" in UTC, without parts
of a second: text is what a file has and a store takes, and it sorts as time does.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import NamedTuple
from zoneinfo import ZoneInfo

from store.importers.cells import millionths
from store.importers.refusals import Refused, Untidy

Instant = str
Times = tuple[Instant, Instant | None, Instant | None]

_YEARS = range(1990, 2100)
_HOUR = 13  # characters of "2026-11-01 01"
_SHORTEST = 16  # characters of "2026-11-01 01:30"
_EPOCHS = {10: 1, 13: 1_000, 16: 1_000_000}  # digits of seconds, milli- and microseconds
_HELD = re.compile(r"(?:^|\D)(\d{9,10})\.\d+$", re.ASCII)
_MOST_HOURS = 50_000
_ZERO = timedelta()
_AN_HOUR = timedelta(hours=1)
_LOOKED_AT = 1_000  # rows whose epoch is compared with their time: enough to tell a wrong zone
_FAR = 1_500  # seconds: a channel opens a little before its call; zones differ by half hours

# What follows an hour, as it is written in UTC where zones are whole hours apart.
_REST = {
    f":{minute:02}{second}": f":{minute:02}{second or ':00'}"
    for minute in range(60)
    for second in ("", *(f":{second:02}" for second in range(60)))
}


class _Way(NamedTuple):
    """One way to read the times of a row whose hour happens twice, the best one being least."""

    far: float  # seconds from the instant that the row names elsewhere
    backwards: bool
    odd: float  # seconds between its length and what it says of its length
    times: tuple[datetime, ...]  # those that there are; the start is the first


class Conventions:
    """Of one file and one zone."""

    def __init__(self, zone: str, *, decimal_comma: bool | None = False) -> None:
        self.zone = zone
        self.decimal_comma = decimal_comma
        self._guessed = 0  # rows of the hour that happens twice that nothing told apart
        self._looked_at = 0
        self._elsewhere: Counter[int] = Counter()  # rows, by minutes from the instant they name
        self._zone = ZoneInfo(zone)
        self._hours: dict[str, str] = {}
        self._twice = False

    def money(self, text: str) -> int | None:
        """Read dollars as millionths; None for an empty cell. Raises Refused."""
        return millionths(text, self.decimal_comma) if text else None

    def instant(self, text: str) -> Instant:
        """Read an ISO time, in the zone where it has no offset of its own, or an epoch.

        The earlier one of an hour that happens twice. Raises Refused and Untidy.
        """
        first, *second = self._instants(text)
        self._twice = self._twice or bool(second)
        return _written(first)

    def times(
        self, start: str, answer: str, end: str, *, seconds: int | None = None, holds: str = ""
    ) -> Times:
        """Read the three times of a row together: one tells in which hour another one is.

        `seconds` is the length that the row gives; `holds` is an id such as "pbx-1793511000.12" in
        which there is an epoch.
        """
        hours = self._hours
        found: Times
        try:
            found = (
                hours[start[:_HOUR]] + _REST[start[_HOUR:]],
                hours[answer[:_HOUR]] + _REST[answer[_HOUR:]] if answer else None,
                hours[end[:_HOUR]] + _REST[end[_HOUR:]] if end else None,
            )
        except KeyError:
            found = self._slow_times((start, answer, end), seconds, holds)
        if holds and self._looked_at < _LOOKED_AT:
            self._compare(found[0], _epoch_in(holds))
        return found

    def _slow_times(self, texts: Sequence[str], seconds: int | None, holds: str) -> Times:
        self._twice = False
        start, answer, end = (
            self.instant(text) if text or not at else None for at, text in enumerate(texts)
        )
        if self._twice or start is None:
            return self._told_apart(texts, seconds, _epoch_in(holds))
        return start, answer, end

    def notes(self) -> Iterator[str]:
        """Say what was doubtful about the times, for the operator."""
        if self._guessed:
            yield (
                f"Calls of an hour that happens twice in {self.zone}, taken as of the first: "
                f"{self._guessed}."
            )
        for minutes, rows in self._elsewhere.most_common(1):
            yield (
                f"{rows} of the first {self._looked_at} rows hold an epoch that is "
                f"{abs(minutes) / 60:g} h away from their time in {self.zone}: is that the zone "
                "of the system that wrote them (--timezone)?"
            )

    def _compare(self, start: Instant, epoch: float | None) -> None:
        self._looked_at += 1
        if epoch is None:
            return
        away = datetime.fromisoformat(f"{start}+00:00").timestamp() - epoch
        if abs(away) > _FAR:
            self._elsewhere[round(away / 60)] += 1

    def _instants(self, text: str) -> list[datetime]:
        """Read the one instant, or the two of an hour that happens twice."""
        try:
            local = datetime.fromisoformat(text)
        except ValueError:
            return [_epoch(text)]
        if len(text) < _SHORTEST:
            raise Untidy(f"{text} has no time of day")
        _sane(local)
        if local.tzinfo is not None:
            return [local.astimezone(UTC)]
        found = self._both(local)
        if len(found) == 1:
            self._remember(text[:_HOUR], local)
        return found

    def _both(self, local: datetime) -> list[datetime]:
        before = local.replace(tzinfo=self._zone)
        after = before.replace(fold=1)
        if _offset(before) < _offset(after):
            raise Refused(f"{local} does not exist in {self.zone}: the clocks skip that hour")
        return list(dict.fromkeys((before.astimezone(UTC), after.astimezone(UTC))))

    def _remember(self, hour: str, local: datetime) -> None:
        """Keep the hour of UTC, where all of the hour falls into one."""
        ends = (local.replace(minute=0, second=0), local.replace(minute=59, second=59))
        offsets = {
            _offset(end.replace(tzinfo=self._zone, fold=fold)) for end in ends for fold in (0, 1)
        }
        if len(offsets) == 1 and min(offsets) % _AN_HOUR == _ZERO:
            if len(self._hours) >= _MOST_HOURS:
                self._hours.clear()
            self._hours[hour] = _written(local - offsets.pop())[:_HOUR]

    def _told_apart(self, texts: Sequence[str], seconds: int | None, epoch: float | None) -> Times:
        """Choose the hours that fit the row best, the earlier ones where nothing tells."""
        given = [text for text in texts if text]
        has_end = bool(texts[-1])
        ways = sorted(
            _way(times, seconds if has_end else None, epoch)
            for times in product(*(self._instants(text) for text in given))
        )
        best = ways[0]
        alike = (way for way in ways[1:] if way[:3] == best[:3])
        self._guessed += any(way.times[0] != best.times[0] for way in alike)
        chosen = iter(map(_written, best.times))
        start, answer, end = (next(chosen) if text else None for text in texts)
        if start is None:
            raise Refused("there is no start")
        return start, answer, end


def _way(times: tuple[datetime, ...], seconds: int | None, epoch: float | None) -> _Way:
    length = (times[-1] - times[0]).total_seconds()
    return _Way(
        far=abs(times[0].timestamp() - epoch) if epoch is not None else 0.0,
        backwards=list(times) != sorted(times),
        odd=abs(length - seconds) if seconds is not None else 0.0,
        times=times,
    )


def _written(time: datetime) -> Instant:
    return time.replace(tzinfo=None).isoformat(" ", "seconds")


def _offset(local: datetime) -> timedelta:
    return local.utcoffset() or _ZERO


def _epoch_in(text: str) -> float | None:
    match = _HELD.search(text)
    return float(match[1]) if match else None


def _epoch(text: str) -> datetime:
    per_second = _EPOCHS.get(len(text)) if text.isascii() and text.isdigit() else None
    if per_second is None:
        raise Untidy(f"{text!r} is no time")
    return _sane(datetime.fromtimestamp(int(text) / per_second, UTC))


def _sane(time: datetime) -> datetime:
    if time.year not in _YEARS:
        raise Refused(f"{time.year} is no year of a call")
    return time
