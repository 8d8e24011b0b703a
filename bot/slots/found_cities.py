"""Cities in a sentence: only after a word that a place follows, as many are ordinary words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from bot.slots.cities import ANY, City, begins_a_name, cities_called, code_of, is_in, key_of
from bot.slots.places import Mention, found_places, place_at, region_names
from bot.slots.words import any_of, forms, spaced

_WORD = re.compile(r"[\s'./()&-]*([^\W\d_]+)")
_ABBREVIATION = re.compile(r"[\s,(]+([a-z]{2})\b\)?")


@dataclass(frozen=True, slots=True)
class _Side:
    """The word before a place."""

    start: int
    end: int
    said: str
    to: bool
    from_: bool


def found_cities(words: str, typed: str, spoken: frozenset[str]) -> Iterator[Mention]:
    """Go through the cities of a text made plain, each with the word before it.

    `typed` is the text as it was typed: "Mobile" may be a city where "mobile" is none. `spoken` are
    words that mean something else.
    """
    at = 0
    names = [range(place.start + 1, place.end) for place in found_places(words)]
    while match := _before().search(words, at):
        at = match.end()
        if any(match.start() in name for name in names):  # « île de Man »
            continue
        side = _Side(
            match.start(), at, spaced(match["word"]), bool(match["to"]), bool(match["from"])
        )
        for mention in _listed(words, typed, spoken, side):
            at = mention.end
            yield mention


def _listed(words: str, typed: str, spoken: frozenset[str], side: _Side) -> Iterator[Mention]:
    """Go through "London, Paris and New York" after one word."""
    start, at = side.start, side.end
    while True:
        found = _city_at(words, at, typed, spoken, side)
        if found:
            end, code = found
            yield Mention(start, end, code, to=side.to, from_=side.from_)
        elif place := place_at(words, at):
            end = place.end
        else:
            return
        link = _links().match(words, end)
        if link is None:
            return
        start, at = link.span()  # "and to" goes with the name after it


def _city_at(
    words: str, at: int, typed: str, spoken: frozenset[str], side: _Side
) -> tuple[int, str] | None:
    """Find the longest name that begins here: where it ends, and the code of the city."""
    place = place_at(words, at)
    for end, key in reversed(list(_names_from(words, at))):
        if place and end < place.end:
            return None
        cities = cities_called(key)
        if not cities or key in spoken:
            continue
        town = _means_town(key, side.said)
        if place and town:
            cities = tuple(city for city in cities if is_in(city.region, place.code))
        closed = end + 1 if "(" in words[at:end] and words[end : end + 1] == ")" else end
        there, cities, region = _told_apart(words, closed, typed, cities)
        if there == closed and place and end == place.end and not town:
            return None
        if there == closed and not _may_be_city(key, typed, side):
            continue
        if len(cities) == 1:
            return there, cities[0].code
        return there, code_of(region, key)
    return None


def _names_from(words: str, at: int) -> Iterator[tuple[int, str]]:
    """Go through longer and longer names that begin here, while there may be one so long."""
    end = at
    while word := _WORD.match(words, end):
        end = word.end()
        key = key_of(words[at:end])
        if not begins_a_name(key):
            return
        yield end, key


def _told_apart(
    words: str, at: int, typed: str, cities: tuple[City, ...]
) -> tuple[int, tuple[City, ...], str]:
    """Read which city of its name is meant: "London, Ontario", "Paris en France", "Sydney NS"."""
    if match := _region_after().match(words, at):
        for region in region_names()[spaced(match["region"])]:
            if inside := tuple(city for city in cities if is_in(city.region, region)):
                return match.end(), inside, region
    if match := _ABBREVIATION.match(words, at):
        state = match[1].upper()
        inside = tuple(city for city in cities if city.region.endswith(f"-{state}"))
        if inside and re.search(rf"\b{state}\b", typed):
            return match.end(), inside, inside[0].region
    return at, cities, ANY


def _may_be_city(key: str, typed: str, side: _Side) -> bool:
    """Tell a city from an ordinary word: by where it stands, or by its capital letter."""
    if key in _forms("ordinary"):
        return side.to
    if key in _forms("capital"):
        return side.to and re.search(rf"\b{key.capitalize()}\b", typed) is not None
    return True


def _means_town(key: str, before: str) -> bool:
    """« À Québec » is the city, « au Québec » the province."""
    return key in _forms("towns_after") and before in _forms("town_after")


@cache
def _forms(key: str) -> frozenset[str]:
    return frozenset(forms("places", key))


@cache
def _before() -> re.Pattern[str]:
    to, from_, either = (any_of(forms("calls", key)) for key in ("to", "from", "either"))
    return re.compile(rf"\b(?P<word>{either}|(?P<to>{to})|(?P<from>{from_}))[\s']+")


@cache
def _links() -> re.Pattern[str]:
    """Build what finds the words between two cities."""
    words, sides = (
        any_of(forms("places", "and")),
        any_of([*forms("calls", "to"), *forms("calls", "from")]),
    )
    return re.compile(rf"(?:\s*,\s*(?:{words}\s+)?|\s+{words}\s+)(?:{sides}[\s']+)?")


@cache
def _region_after() -> re.Pattern[str]:
    within, article = any_of(forms("places", "within")), any_of(forms("places", "before"))
    names = any_of(region_names())
    return re.compile(rf"[\s,(]+(?:{within}[\s']+)?(?:{article}[\s']+)?(?P<region>{names})\b\)?")
