"""Comparisons with an amount or a duration: "over a dollar", « moins de 2 min »."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from itertools import pairwise

from bot.slots.amounts import found_amounts
from bot.slots.durations import found_durations
from bot.slots.numbers import NUMBER, Found
from bot.slots.words import any_of, forms

LONGEST = 40  # characters of the words that compare


class Comparison(StrEnum):
    OVER = "over"
    UNDER = "under"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


@dataclass(frozen=True, slots=True)
class Limit:
    comparison: Comparison
    value: Decimal


@dataclass(frozen=True, slots=True)
class Compared:
    """A limit and where its words stand, the comparing ones with them, as a slice."""

    start: int
    end: int
    limit: Limit


def compared_amounts(words: str) -> Iterator[Compared]:
    """Go through the compared amounts, in cents, of words that went through `with_unit_twice`.

    "Between" gives two limits.
    """
    return _limits(words, found_amounts(words))


def compared_durations(words: str) -> Iterator[Compared]:
    """Go through the compared durations, in seconds, of such words."""
    return _limits(words, found_durations(words))


def _limits(words: str, values: Iterable[Found]) -> Iterator[Compared]:
    most = None
    for found, after in pairwise((*values, None)):
        if found is None or found is most:
            continue
        if after and (start := _range(words, found, after)) is not None:
            most = after
            yield Compared(start, found.end, Limit(Comparison.AT_LEAST, found.value))
            yield Compared(found.end, after.end, Limit(Comparison.AT_MOST, after.value))
        elif beside := _beside(words, found):
            comparison, start, end = beside
            yield Compared(start, end, Limit(comparison, found.value))


def _range(words: str, least: Found, most: Found) -> int | None:
    """Tell where a range that has these ends begins."""
    for opened, joined in _ranges():
        begun = opened.search(words, max(0, least.start - LONGEST), least.start)
        if begun and joined.fullmatch(words, least.end, most.start):
            return begun.start()
    return None


def _beside(words: str, found: Found) -> tuple[Comparison, int, int] | None:
    """Find what compares a value, and the slice of it all."""
    # Longest words first over all comparisons: "no more than" is not "more than".
    said_before = _said_before().search(words, max(0, found.start - LONGEST), found.start)
    if said_before:
        return _named_in(said_before), said_before.start(), found.end
    said_after = _said_after().match(words, found.end)
    if said_after:
        return _named_in(said_after), found.start, said_after.end()
    return None


def _named_in(said: re.Match[str]) -> Comparison:
    return Comparison(next(key for key, words in said.groupdict().items() if words))


def with_unit_twice(words: str) -> str:
    """Make "between 5 and 10 dollars" say its unit with both numbers."""
    for pattern in _one_unit():
        words = pattern.sub(r"\1 \2\5 \3 \4\5", words)
    return words


@cache
def _range_words() -> tuple[tuple[str, str], ...]:
    """Pair what opens a range with what joins its ends: between ... and, from ... to."""
    pairs = (("between", "and"), ("from", "to"))
    return tuple((any_of(forms("limits", a)), any_of(forms("limits", b))) for a, b in pairs)


@cache
def _one_unit() -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(rf"\b({opened})\s({NUMBER})\s({joined})\s({NUMBER})(\s?(?:\$|[a-z]+))")
        for opened, joined in _range_words()
    )


@cache
def _ranges() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return tuple(
        (re.compile(rf"\b{opened}\s\Z"), re.compile(rf"\s{joined}\s"))
        for opened, joined in _range_words()
    )


@cache
def _said_before() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_named('')})(?:\b|(?<=[<>=]))[\s':]*\Z")


@cache
def _said_after() -> re.Pattern[str]:
    return re.compile(rf"\s?(?:{_named('_after')})(?!\w)")


def _named(suffix: str) -> str:
    """Build one named group a comparison, the one with the longest words first."""
    words = {key: sorted(forms("limits", key + suffix), key=len) for key in Comparison}
    longest_first = sorted((key for key in words if words[key]), key=lambda k: -len(words[k][-1]))
    return "|".join(rf"(?P<{key.value}>{any_of(words[key])})" for key in longest_first)
