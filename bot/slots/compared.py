"""Which invoices a sentence lays side by side: "why is October higher than September"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import accumulate

from bot.slots.calendar_words import codes
from bot.slots.identifiers import INVOICE_DIGITS
from bot.slots.periods import period
from bot.slots.spans import Period, PeriodKind
from bot.slots.words import any_of, forms, plain

_NUMBER = re.compile(r"\binv[\s#-]{0,2}(\d{3,8})\b", re.ASCII)
_NAMES_ONE = {PeriodKind.DAY, PeriodKind.MONTH}
_LAST_YEAR = re.compile(r"\b(?:LAST YEAR|YEAR LAST)\b")
_YEAR_AGO = re.compile(r"\b(?:(?:1|TO) YEAR AGO|AGO 1 YEAR|12 MONTH AGO|AGO 12 MONTH)\b")
_LAST_NAMED = re.compile(r"\bLAST m\d\d\b|\bm\d\d LAST\b")


@dataclass(frozen=True, slots=True)
class Compared:
    """What is named, in the order it stands.

    `against` tells that the one month named is what another is compared with ("than in May");
    `year_before`, that it is to be compared with the same month a year earlier ("October ... than
    last October", "than last year"); `more`, that something is named that is no day or month up to
    today: "2025", next month.
    """

    numbers: tuple[str, ...] = ()  # of invoices, as they are printed
    periods: tuple[Period, ...] = ()  # days and months
    against: bool = False
    year_before: bool = False
    more: bool = False


def compared(text: str, *, today: date) -> Compared:
    words = plain(text)
    numbers = dict.fromkeys(f"INV{n.zfill(INVOICE_DIGITS)}" for n in _NUMBER.findall(words))
    # "a year ago" is also where a sentence is split: « il y a un an ».
    found = _Named(today, year_before=_YEAR_AGO.search(codes(words)) is not None)
    for part, before in _parts(without_numbers(words)):
        found.read(part, before)
    return Compared(
        tuple(numbers), tuple(found.periods), found.against, found.year_before, found.more
    )


@dataclass(slots=True)
class _Named:
    """What the parts of a sentence name, one after the other."""

    today: date
    periods: list[Period] = field(default_factory=list)
    against: bool = False
    year_before: bool = False
    more: bool = False
    said_last: bool = False  # "last October"

    def read(self, part: str, before: str) -> None:
        found, coded = period(part, today=self.today), codes(part)
        if found is None:
            return
        said_last = self.said_last or _LAST_NAMED.search(coded) is not None
        if found in self.periods:
            self.year_before |= said_last
        elif found.kind is PeriodKind.YEAR and _LAST_YEAR.search(coded):
            self.year_before = True
        elif found.kind not in _NAMES_ONE or found.first > self.today:
            self.more = True
        else:
            self.periods.append(found)
            self.against = len(self.periods) == 1 and _against().search(before) is not None
        self.said_last = said_last


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
