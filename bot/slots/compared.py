"""Which invoices a sentence lays side by side: "why is October higher than September"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import accumulate

from bot.slots.identifiers import INVOICE_DIGITS
from bot.slots.periods import period
from bot.slots.spans import Period, PeriodKind
from bot.slots.words import any_of, forms, plain

_NUMBER = re.compile(r"\binv[\s#-]{0,2}(\d{3,8})\b", re.ASCII)
_NAMES_ONE = {PeriodKind.DAY, PeriodKind.MONTH}


@dataclass(frozen=True, slots=True)
class Compared:
    """What is named, in the order it stands.

    `against` tells that the one month named is what another is compared with ("than in May");
    `more`, that something is named that is no day or month up to today: "last year", next month.
    """

    numbers: tuple[str, ...] = ()  # of invoices, as they are printed
    periods: tuple[Period, ...] = ()  # days and months
    against: bool = False
    more: bool = False


def compared(text: str, *, today: date) -> Compared:
    words = plain(text)
    numbers = dict.fromkeys(f"INV{n.zfill(INVOICE_DIGITS)}" for n in _NUMBER.findall(words))
    periods, more, against = [], False, False
    for part, before in _parts(without_numbers(words)):
        found = period(part, today=today)
        if found is None or found in periods:
            continue
        if found.kind not in _NAMES_ONE or found.first > today:
            more = True
            continue
        periods.append(found)
        against = len(periods) == 1 and _against().search(before) is not None
    return Compared(tuple(numbers), tuple(periods), against, more)


def without_numbers(words: str) -> str:
    """Put a space for each invoice number of a text made plain."""
    return _NUMBER.sub(" ", words)


def _parts(words: str) -> Iterator[tuple[str, str]]:
    """Split at "and", "than" ...: each part with all that stands before it."""
    pieces = _split().split(words)  # the words split at stand between the parts
    before = accumulate(pieces, initial="")
    yield from list(zip(pieces, before, strict=False))[::2]


@cache
def _split() -> re.Pattern[str]:
    return re.compile(rf"(,|\b{any_of(forms('compared', 'split'))}\b)")


@cache
def _against() -> re.Pattern[str]:
    return re.compile(rf"\b{any_of(forms('compared', 'against'))}\b")
