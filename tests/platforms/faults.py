"""What can go wrong between the bot and a platform, at rates and in an order that repeat."""

import random
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    NONE = "none"
    TOO_MANY = "429"
    UNAVAILABLE = "503"
    LOST = "lost"  # the work is done, and the connection closes without an answer


@dataclass(kw_only=True)
class Faults:
    """Rates are shares of the sending calls, from 0 to 1; at most one fault befalls a call.

    `counts` says how often each happened. `latency` is in seconds, before the work of every
    sending call; `retry_after`, in seconds, is what a 429 asks for.
    """

    rate_429: float = 0.0
    rate_503: float = 0.0
    lost: float = 0.0
    latency: float = 0.0
    retry_after: int = 1
    seed: int = 0
    counts: Counter[Fault] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - repeatable on purpose

    def draw(self) -> Fault:
        """Choose what befalls the next sending call."""
        choices = {
            Fault.TOO_MANY: self.rate_429,
            Fault.UNAVAILABLE: self.rate_503,
            Fault.LOST: self.lost,
        }
        drawn = self._random.random()
        for fault, rate in choices.items():
            if drawn < rate:
                self.counts[fault] += 1
                return fault
            drawn -= rate
        return Fault.NONE
