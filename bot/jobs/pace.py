"""How fast messages may go: one a second in a chat, so many a second in all.

The generic cell rate algorithm: each place remembers the time at which its messages so far are
paid for, and a message goes as soon as that is no further ahead than the burst allows.
"""

import time
from collections.abc import Callable

from bot.delivery import Rate

FORGOTTEN = 10_000  # places; when there are more, those that owe nothing are forgotten


class Pace:
    """Keeps the pace of one process; what others send shows in the platform's own refusals."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._paid_until: dict[str, float] = {}

    def reserve(self, place: str, rate: Rate) -> float:
        """Take the next free moment for a message; gives the seconds until then."""
        at = self._clock()
        paid_until = max(self._paid_until.get(place, at), at)
        self._paid_until[place] = paid_until + rate.seconds
        if len(self._paid_until) > FORGOTTEN:
            self._forget(at)
        return max(0.0, paid_until - at - rate.seconds * (rate.burst - 1))

    def hold(self, place: str, rate: Rate, seconds: float) -> None:
        """Let nothing into a place for a while, no burst either: the platform asked for it."""
        until = self._clock() + seconds + rate.seconds * (rate.burst - 1)
        self._paid_until[place] = max(self._paid_until.get(place, until), until)

    def _forget(self, at: float) -> None:
        self._paid_until = {
            place: paid_until for place, paid_until in self._paid_until.items() if paid_until > at
        }
