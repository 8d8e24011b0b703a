"""Cities by name, and how their numbers begin, as `phonenumbers` tells them.

A city's code is its region and name: GB/london. Where the region is ANY or a country of which only
parts have cities, the code is of all cities of that name: */london, US/springfield.

Its own tables take a second and 99 MiB to load. What is needed of them stands sorted in a
file, in which a name is found by halving: nothing is loaded, the system keeps the pages that are
read. `make cities` writes the file, tests/cities.py says how it is laid out.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from mmap import ACCESS_READ, mmap
from pathlib import Path

from bot.slots.words import plain

FILE = Path(__file__).with_name("cities.tsv")
AFTER_ALL = b"\xff"
_WITH_AREA = len("+1514")
ANY = "*"  # in place of a region: all cities of a name
_DOTTED = re.compile(r"(?<=\b[a-z])\.(?=[a-z]\b)")  # D.C.
_SAINT = re.compile(r"\bst(e?)\b")


@dataclass(frozen=True, slots=True)
class City:
    """A city; its region is a country (GB), or a province or state (CA-ON, US-NY)."""

    key: str
    region: str
    english: str
    called: str  # in other languages: fr=Londres;...
    numbers: str

    @property
    def code(self) -> str:
        return code_of(self.region, self.key)

    def name(self, language: str) -> str:
        names = dict(name.split("=", 1) for name in self.called.split(";") if name)
        return names.get(language, self.english)

    @property
    def prefixes(self) -> tuple[str, ...]:
        """List how its numbers begin, in E.164."""
        groups = (group.split("-") for group in self.numbers.split())
        return tuple(f"+{head}{tail}" for head, tails in groups for tail in tails)

    @property
    def areas(self) -> tuple[str, ...]:
        """List its area codes, where all numbers of those are its own."""
        own = all(len(prefix) == _WITH_AREA and prefix[1] == "1" for prefix in self.prefixes)
        return tuple(prefix[2:] for prefix in self.prefixes) if own else ()

    def has(self, number: str) -> bool:
        """Tell whether a number, or how one begins, is of this city."""
        return number.startswith(self.prefixes)


def said(name: str) -> str:
    """Write a name as it is looked up: without accents, hyphens and dots, saints written out."""
    return key_of(plain(name))


def key_of(words: str) -> str:
    """Write words of a text made plain as a name is looked up."""
    return _SAINT.sub(r"saint\1", " ".join(re.findall(r"[^\W_]+", _DOTTED.sub("", words))))


def code_of(region: str, key: str) -> str:
    """Give the code of a city, or with ANY of all that are called so: GB/london, */london."""
    return f"{region}/{key.replace(' ', '_')}"


@lru_cache(maxsize=256)
def cities_of(code: str) -> tuple[City, ...]:
    """Give the cities of a code, the one with most numbers first. Raises KeyError for none."""
    region, _, key = code.partition("/")
    called = cities_called(key.replace("_", " "))
    found = tuple(city for city in called if region == ANY or is_in(city.region, region))
    # A name may be another city's too: "pekin" is Beijing's, and one in Illinois.
    same = tuple(city for city in found if city.code == code)
    if not found:
        raise KeyError(code)
    return same or found


def is_in(region: str, wider: str) -> bool:
    """Tell whether a region is a country or state, or lies in it: CA-ON in CA."""
    return region == wider or region.startswith(f"{wider}-")


@lru_cache(maxsize=1_024)
def cities_called(key: str) -> tuple[City, ...]:
    """Give all cities of a name as `said` writes it, the one with most numbers first."""
    found, rows = set(), [line.split("\t") for line in _lines(key)]
    for name, region, *rest in rows:
        if len(rest) > 1:
            found.add(City(name, region, *rest))
        else:  # a further name
            of = (line.split("\t") for line in _lines(rest[0]))
            found.update(City(*row) for row in of if len(row) > len(rest) + 2 and row[1] == region)
    return tuple(sorted(found, key=lambda city: (-_size(city), city.region)))


@lru_cache(maxsize=4_096)
def begins_a_name(key: str) -> bool:
    """Tell whether a name is this, or goes on from it with another word."""
    line = _line(bisect_left(range(len(_file())), f"{key}\t".encode(), key=_line))
    return line.startswith((f"{key}\t".encode(), f"{key} ".encode()))


def _size(city: City) -> float:
    """Tell about how much of all numbers is a city's."""
    return sum(10.0 ** -len(prefix) for prefix in city.prefixes)


def _lines(key: str) -> Iterator[str]:
    """Go through the lines of a name."""
    begins = f"{key}\t".encode()
    at = _begin(bisect_left(range(len(_file())), begins, key=_line))
    while (line := _line(at)).startswith(begins):
        yield line.decode()
        at += len(line) + 1


def _line(at: int) -> bytes:
    """Give the first line that begins at a place or after it; after the last comes no other."""
    start = _begin(at)
    return _file()[start : _file().find(b"\n", start)] or AFTER_ALL


def _begin(at: int) -> int:
    return at and (_file().find(b"\n", at - 1) + 1 or len(_file()))


@cache
def _file() -> mmap:
    with FILE.open("rb") as file:
        return mmap(file.fileno(), 0, access=ACCESS_READ)
