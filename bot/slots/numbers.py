"""Numbers in both notations and in words: "1,234.56", "1 234,56", "five", « une »."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from bot.slots.words import any_of, spaced, tables

# In groups of three by one kind of separator, then perhaps decimals by another. "0,015" is no
# fifteen: a group never follows a lone zero.
_GROUPED = r"[1-9]\d{0,2}(?:(?:[ ']\d{3})+|(?:,\d{3})+|(?:\.\d{3}){2,}|(?:\.\d{3})+(?=,\d))"
NUMBER = rf"(?<![\w.,])(?:{_GROUPED}|\d{{1,12}})(?:[.,]\d{{1,6}})?(?!\d|[.,]\d)"
_DECIMALS = re.compile(r"[.,](\d{1,6})$")
THOUSAND_DIGITS = 3
SMALLEST_TENS = 20


@dataclass(frozen=True, slots=True)
class Found:
    """A value and where it stands in the text, as a slice."""

    start: int
    end: int
    value: Decimal


def number(written: str) -> Decimal:
    """Read what `any_number` matched: digits, a word, or tens and a word ("forty-one")."""
    if not written[0].isdigit():
        words = number_words()
        if (whole_form := spaced(written)) in words:
            return Decimal(words[whole_form])
        return Decimal(sum(words.get(word, 0) for word in whole_form.split()))
    whole, decimals = written, ""
    found = _DECIMALS.search(written)
    if found and not _is_group(written, found):
        whole, decimals = written[: found.start()], found[1]
    return Decimal(re.sub(r"\D", "", whole) + (f".{decimals}" if decimals else ""))


def _is_group(written: str, found: re.Match[str]) -> bool:
    """Whether the last separator parts thousands: "1,234" and "1.234.567" but not "1.234"."""
    separator = found[0][0]
    head = written[: found.start()]
    repeated = separator in head
    alone = separator == "," and head.isdigit() and len(head) <= THOUSAND_DIGITS
    return len(found[1]) == THOUSAND_DIGITS and (repeated or (alone and not head.startswith("0")))


@cache
def number_words() -> dict[str, float]:
    """Map the words for numbers in every language to what they count."""
    counted: dict[str, float] = {}
    for table in tables():
        counted |= {word: n for n, word in enumerate(table["numbers"]["words"], start=1)}
        counted |= table["numbers"].get("more", {})
    return counted


@cache
def any_number() -> str:
    """Build the regular expression of a number in digits or in one or two words."""
    words = number_words()
    tens = any_of(word for word, n in words.items() if n >= SMALLEST_TENS)
    joined = any_of(form for table in tables() for form in table["numbers"].get("and", ()))
    return rf"(?:{NUMBER}|(?<![\w-])(?:{tens}[\s-](?:{joined}[\s-])?)?{any_of(words)}\b)"
