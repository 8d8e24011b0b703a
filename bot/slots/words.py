"""The words of `locales/<language>/slots.toml`, all languages together."""

import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from bot.i18n import LOCALES_DIR

# No slot stands further in than this; a longer message is not read to its end.
MAX_LENGTH = 4_000
_TYPOGRAPHIC = str.maketrans({"\N{RIGHT SINGLE QUOTATION MARK}": "'", "\N{EN DASH}": "-"})


def plain(text: str) -> str:
    """Lower the case and take off accents; apostrophes and dashes become ASCII."""
    decomposed = unicodedata.normalize("NFKD", text[:MAX_LENGTH].casefold())
    kept = (c for c in decomposed[:MAX_LENGTH] if not unicodedata.combining(c))
    return "".join(kept).translate(_TYPOGRAPHIC)


@cache
def tables() -> tuple[dict[str, Any], ...]:
    """Read slots.toml of every language."""
    files = sorted(LOCALES_DIR.glob("*/slots.toml"))
    return tuple(tomllib.loads(file.read_text("utf-8")) for file in files)


def forms(section: str, key: str) -> Iterator[str]:
    """Go through the forms of one entry, over all languages."""
    for table in tables():
        yield from table[section].get(key, ())


def any_of(words: Iterable[str]) -> str:
    """Build a regular expression for any of these forms, the longest first.

    Their words may be parted by an apostrophe too, as in "jusqu'au".
    """
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return "(?:" + "|".join(r"[\s']+".join(word.split()) for word in longest_first) + ")"


def spaced(found: str) -> str:
    """Turn what `any_of` found into the form it was made from."""
    return " ".join(found.replace("'", " ").split())
