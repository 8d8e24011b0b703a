"""The words in which calls are asked for, of all languages together."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.slots.calendar_names import months, weekdays
from bot.slots.numbers import number_words
from bot.slots.places import place_words
from bot.slots.words import any_of, forms, plain, tables

SECTION = "calls"
# One slip in a word of five letters passes; names of places are too near to each other for that.
TYPO_LENGTH, PLACE_TYPO_LENGTH = 5, 6
TYPO_SIMILARITY = 0.8
MOST = 99  # of a list
_WORD = re.compile(r"[^\W\d_]+")


@cache
def of(*keys: str) -> re.Pattern[str]:
    """Build what finds the words of some entries; "_" in them is a number that was read."""
    return re.compile(rf"(?<!\w){any_of(_forms(*keys))}(?!\w)")


@cache
def calling() -> re.Pattern[str]:
    """Build what finds verbs that tell that calls are meant, inside of the words for a side."""
    return re.compile(any_of(_forms("calling")))


@cache
def keys_of(*keys: str) -> dict[str, str]:
    """Map each form of some entries to its entry."""
    return {form: key for key in keys for form in _forms(key)}


@cache
def before(*keys: str) -> re.Pattern[str]:
    """Build what finds one of these words right before where a search ends."""
    between = any_of((*forms("places", "before"), *_forms("links")))
    return re.compile(rf"\b{any_of(_forms(*keys))}[\s']+(?:{between}[\s']+)?\Z")


@cache
def orders() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Pair what finds an order, perhaps with how many are wanted, with the order's name.

    "Last" is an order right before the calls only: in "last month" it is none.
    """
    nouns = any_of(_forms("nouns", "noun"))
    links = rf"(?:{any_of(_forms('links'))}[\s'_]+)*"
    single = rf"(?P<single>\s+(?:{any_of(_forms('single'))})(?!\w))?"
    first = rf"(?:(?<![\w.,])(?P<before>{_any_count()})\s+(?:{nouns}\s+)?{links})?"
    after = rf"(?:\s+(?P<after>{_any_count()})(?=\s+{nouns}|\s*\Z))?"

    def pattern(forms_: list[str], end: str = "") -> re.Pattern[str]:
        return re.compile(rf"{first}(?<!\w)(?P<order>{any_of(forms_)})(?!\w){single}{after}{end}")

    return (
        (pattern(_forms("longest")), "longest"),
        (pattern(_forms("dearest")), "dearest"),
        (pattern(_forms("newest")), "newest"),
        (pattern(_forms("last"), rf"(?=\s+{nouns})"), "newest"),
    )


def counted(written: str) -> int:
    """Read what a count of `orders` matched."""
    return int(written if written.isdigit() else number_words()[written])


def _any_count() -> str:
    """Build the expression of a number from 1 to MOST, in digits or from two on in words."""
    several = (word for word, n in number_words().items() if 1 < n <= MOST)
    return rf"(?:[1-9]\d?(?!\d|[.,:/]\d)|{any_of(several)}\b)"


@cache
def narrowing() -> re.Pattern[str]:
    """Build what tells that a sentence goes on from the calls that were shown."""
    return re.compile(rf"\b{any_of(_forms('only'))}\b|^\W*{any_of(_forms('and_'))}\b")


@cache
def with_somebody() -> re.Pattern[str]:
    """Build what finds a sentence that begins with calls, "_" by now, to or from somebody."""
    idle_, sides = any_of(_forms("idle")), any_of(_forms("to", "from", "by", "either"))
    return re.compile(rf"\A(?:\s|\b{idle_}\b)*_[\s_]+{sides}[\s']+[^\W\d_]")


@cache
def idle() -> frozenset[str]:
    """Collect the words that change nothing."""
    return frozenset(_forms("idle"))


def repaired(words: str) -> str:
    """Mend slips in the words of a text made plain; a word that means something stays."""
    return _WORD.sub(lambda found: _repair(found[0]), words)


@lru_cache(maxsize=4_096)
def _repair(word: str) -> str:
    if len(word) < TYPO_LENGTH or word in _known():
        return word
    nearest = process.extractOne(
        word, _mended(), scorer=OSA.normalized_similarity, score_cutoff=TYPO_SIMILARITY
    )
    return nearest[0] if nearest else word


@cache
def _mended() -> tuple[str, ...]:
    keys = (key for table in tables() for key in table[SECTION])
    own = {word for form in _forms(*keys) for word in form.split() if len(word) >= TYPO_LENGTH}
    places = {word for word in place_words() if len(word) >= PLACE_TYPO_LENGTH}
    return tuple(sorted(own | places))


@cache
def spoken() -> frozenset[str]:
    """Collect the words that mean something else than a place."""
    sections = (value for table in tables() for key, value in table.items() if key != "places")
    words = {word for one in sections for form in _strings(one) for word in plain(form).split()}
    return frozenset(words | months().keys() | weekdays().keys())


@cache
def _known() -> frozenset[str]:
    places = {
        word
        for table in tables()
        for form in _strings(table["places"])
        for word in plain(form).split()
    }
    return spoken() | places | place_words()


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _forms(*keys: str) -> list[str]:
    return [form for key in dict.fromkeys(keys) for form in forms(SECTION, key)]
