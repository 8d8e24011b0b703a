"""Amounts of money in both notations and in words."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from bot.slots.numbers import NUMBER, Found, any_number, number
from bot.slots.words import any_of, forms, plain

CENTS = 100
_THOUSANDS = {"k", "mille", "grand", "thousand"}
# Two decimals alone are an amount, unless they tell a share or a duration.
_BARE = rf"{NUMBER}(?<=[.,]\d\d)(?!\s?(?:%|min|sec|s\b|h\b|hours?\b|heures?\b))"


def amounts(text: str) -> tuple[Decimal, ...]:
    """List the amounts in cents, in the order they stand: "$1,234.56", "12 piasses", "50 ¢".

    A rate may have parts of a cent. A number alone is an amount only with two decimals.
    """
    return tuple(found.value for found in found_amounts(plain(text)))


def found_amounts(words: str) -> Iterator[Found]:
    """Go through the amounts, in cents, of a text made plain."""
    for match in _pattern().finditer(words):
        yield Found(match.start(), match.end(), _cents(match))


def without_marked_amounts(words: str) -> str:
    """Put "_" for each amount that has its currency beside it."""
    return _pattern().sub(lambda m: m[0] if m["bare"] else " _ ", words)


def _cents(match: re.Match[str]) -> Decimal:
    written = match["marked"] or match["counted"] or match["bare"]
    value = number(written) if written else Decimal(1)
    if times := match["times"] or match["many"] or match["k"]:
        value *= 1000 if times in _THOUSANDS else 100
    if not match["cents"]:
        value *= CENTS
    value += int(match["odd"] or 0)
    return -value if match["minus"] else value


@cache
def _pattern() -> re.Pattern[str]:
    """A sign, then one of: a currency and a number, a number and its currency, two decimals."""
    dollars, cents, times, joined, minus = (
        any_of(forms("amounts", key)) for key in ("dollars", "cents", "times", "and", "minus")
    )
    marked = rf"(?:\b(?:c|ca|can|cad|us|usd)\s?)?\$\s?(?P<marked>{NUMBER})(?:\s?(?P<k>k)\b)?"
    count = rf"(?:(?P<counted>{any_number()})(?:\s?(?P<times>{times})\b)?|\b(?P<many>{times}))"
    odd = rf"(?:(?:\s{joined})?\s(?P<odd>\d{{1,2}})\s?{cents}(?!\w))?"
    unit = rf"(?:(?:\$|{dollars}(?!\w)){odd}|(?P<cents>{cents})(?!\w))"
    negative = rf"(?<!au\s)\b{minus}\s"  # « au moins 5 $ » is no debt
    return re.compile(
        rf"(?P<minus>(?<![\w-])-|{negative})?(?:{marked}|{count}\s?{unit}|(?P<bare>{_BARE}))"
    )
