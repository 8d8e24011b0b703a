"""The cities that `phonenumbers` knows, as `bot/slots/cities.tsv`: `make cities` writes it anew.

One line a city and name, sorted: the name as it is looked up, country or state, the name in
English, the names in other languages (fr=Londres), and how its numbers begin (without "+").
"33140-012" are 331400, 331401 and 331402. A name that only another language has leads to the
English one: "londres", GB, "london".
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import phonenumbers
from babel import Locale
from babel.core import get_global
from phonenumbers.geodata import GEOCODE_DATA

from bot.i18n import COUNTRY, SOURCE_LANGUAGE, languages
from bot.slots.cities import FILE, said
from bot.slots.words import table_of

NANP, BRAZIL, CHINA = "1", "55", "86"
_NAME = re.compile(r"[a-z ]{2,80}")
_ARTICLE = re.compile(r"^(?:the|le|la|les|l) ")  # « les appels du Caire »
ISLANDS = ("VI", "PR", "GU")  # American, with a country's code of their own
PROVINCES = ("AB BC MB NB NL NS NT NU ON PE QC SK YT").split()
# Area codes that serve one city alone, of whose newer numbers `phonenumbers` tells no more than the
# province or state: the island of Montréal, the city of Toronto, the five boroughs of New York.
OWN_AREAS = {
    "CA-QC/montreal": "263 438 514",
    "CA-ON/toronto": "416 437 647 942",
    "US-NY/new_york": "212 332 347 363 646 718 917 929",
}


class City(NamedTuple):
    region: str  # GB, CA-QC, US-NY
    key: str  # its English name as it is looked up

    @property
    def code(self) -> str:
        return f"{self.region}/{self.key.replace(' ', '_')}"


def main() -> None:
    FILE.write_text("".join(f"{line}\n" for line in lines()), "utf-8")


def lines() -> list[str]:
    """Give the lines of the file."""
    names, begins = _read()
    called = {city: dict(_called(city, names[city])) for city in begins}
    own = {(city.region, key) for city in begins for key in _keys(city, called[city])}
    found = set()
    for city, prefixes in begins.items():
        areas = OWN_AREAS.get(city.code, "").split()
        heads = [f"{NANP}{area}" for area in areas] or sorted(prefixes)
        english = called[city][SOURCE_LANGUAGE]
        others = (pair for pair in sorted(called[city].items()) if pair[1] != english)
        told = ";".join(f"{language}={name}" for language, name in others)
        found.add("\t".join((city.key, city.region, english, told, _written(heads))))
        parts = {said(part) for name in names[city][SOURCE_LANGUAGE] for part in name.split("/")}
        aliases = _keys(city, called[city])
        aliases |= {part for part in parts if (city.region, part) not in own}
        found.update(f"{key}\t{city.region}\t{city.key}" for key in aliases - {city.key, ""})
    return sorted(found, key=str.encode)


def _called(city: City, told: dict[str, Counter[str]]) -> Iterator[tuple[str, str]]:
    """Go through the languages that have a name for a city, with the name."""
    for language in languages():
        if name := _named(city, language, told):
            yield language, name


def _keys(city: City, called: dict[str, str]) -> set[str]:
    """Collect what a city is looked up by."""
    keys = {said(name) for name in (city.key, *called.values(), *_also_called(city))}
    return keys | {_ARTICLE.sub("", key) for key in keys}


def _read() -> tuple[dict[City, dict[str, Counter[str]]], dict[City, set[str]]]:
    """Collect names by language, and how numbers begin, of each city."""
    of = {prefix: _city(prefix, told) for prefix, told in GEOCODE_DATA.items() if _kept(prefix)}
    longer: dict[str, list[str]] = defaultdict(list)
    for prefix, city in of.items():
        for end in range(1, len(prefix)):
            if of.get(prefix[:end], city) != city:
                longer[prefix[:end]].append(prefix)
    names: dict[City, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    begins: dict[City, set[str]] = defaultdict(set)
    for prefix, city in of.items():
        if city is not None:
            begins[city].update(_without(prefix, longer[prefix]))
            for language in languages():
                if name := GEOCODE_DATA[prefix].get(language):
                    names[city][language][_bare(name)] += 1
    return names, {city: _shortest(prefixes) for city, prefixes in begins.items()}


def _kept(prefix: str) -> bool:
    """Leave out the cell phones of China, four fifths of all: they are of no city for long."""
    return not prefix.startswith(f"{CHINA}1") or prefix.startswith(f"{CHINA}10")


def _city(prefix: str, told: dict[str, str]) -> City | None:
    """Read the city of a prefix; states and provinces, and what has no English name, are none."""
    name, code = told.get(SOURCE_LANGUAGE), _calling_code(prefix)
    if name == "Washington D.C.":  # the one city that stands there like a state
        return City("US-DC", "washington")
    if not name or (name.count(", ") > 1 and code != NANP):  # several towns
        return None
    region, key = _region(prefix), _key(_bare(name))
    if (code == NANP and ", " not in name) or (code == BRAZIL and " - " not in name):
        return None
    if code == NANP:
        state = name.rpartition(", ")[2]
        region = state if state in ISLANDS else f"{'CA' if state in PROVINCES else 'US'}-{state}"
    return City(region, key) if _NAME.fullmatch(key) else None


@cache
def _key(name: str) -> str:
    return said(name)


def _bare(name: str) -> str:
    """Take off the state, and the district before: "London, ON", "São Paulo - SP"."""
    town = name.partition(" - ")[0]
    return town.split(", ")[-2] if ", " in town else town


def _calling_code(prefix: str) -> str:
    codes = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    return next(prefix[:end] for end in (1, 2, 3) if int(prefix[:end]) in codes)


def _region(prefix: str) -> str:
    """Tell the country, by the first digits where several share a calling code."""
    code = _calling_code(prefix)
    first, *others = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[int(code)]
    for other in others if code != NANP else ():
        metadata = phonenumbers.PhoneMetadata.metadata_for_region(other)
        digits = metadata.leading_digits if metadata else None
        if digits and re.match(digits, prefix[len(code) :]):
            return other
    return first


def _without(prefix: str, others: list[str]) -> Iterator[str]:
    """Give what a prefix holds besides the longer ones of somewhere else."""
    if not others:
        yield prefix
        return
    by_digit: dict[str, list[str]] = defaultdict(list)
    for other in others:
        by_digit[other[len(prefix)]].append(other)
    for digit in "0123456789":
        if (longer := prefix + digit) not in by_digit[digit]:
            yield from _without(longer, by_digit[digit])


def _shortest(prefixes: set[str]) -> set[str]:
    """Leave out what a shorter prefix holds already."""
    return {
        prefix
        for prefix in prefixes
        if not any(prefix[:end] in prefixes for end in range(1, len(prefix)))
    }


def _written(prefixes: list[str]) -> str:
    """Write prefixes that differ in their last digit alone as one: 33140-012."""
    by_head: dict[str, str] = defaultdict(str)
    for prefix in prefixes:
        by_head[prefix[:-1]] += prefix[-1]
    return " ".join(f"{head}-{tails}" for head, tails in by_head.items())


def _named(city: City, language: str, told: dict[str, Counter[str]]) -> str | None:
    """Name a city: as `slots.toml` does, or `phonenumbers`, or the time zones of Babel."""
    own = table_of(language)["places"].get("towns", {}).get(city.code, [])
    if own:
        return own[0]
    if told[language]:
        return min(told[language], key=lambda name: (-told[language][name], name))
    return _zones(language).get((city.region[:2], city.key))


def _also_called(city: City) -> Iterator[str]:
    for language in languages():
        yield from table_of(language)["places"].get("towns", {}).get(city.code, [])


@cache
def _zones(language: str) -> dict[tuple[str, str], str]:
    """Map countries and English names of the cities that time zones are named after."""
    english, other = (Locale(name, COUNTRY).time_zones for name in (SOURCE_LANGUAGE, language))
    found = {}
    for zone, country in get_global("zone_territories").items():
        name = english.get(zone, {}).get("city") or zone.rpartition("/")[2].replace("_", " ")
        if called := other.get(zone, {}).get("city"):
            found[country, said(name)] = called
    return found


if __name__ == "__main__":
    main()
