"""The words of `locales/<language>/slots.toml`, all languages together."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any

from bot.i18n import LOCALES_DIR

# No slot stands further in than this; a longer message is not read to its end.
MAX_LENGTH = 4_000
_TYPOGRAPHIC = str.maketrans(
    {
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{HYPHEN}": "-",  # the non-breaking one too, once decomposed
        "\N{EN DASH}": "-",
        "\N{MINUS SIGN}": "-",
    }
)


# One message is asked for each of its slots in turn.
@lru_cache(maxsize=8)
def plain(text: str) -> str:
    """Lower the case and take off accents; apostrophes and dashes become ASCII.

    An apostrophe that was left out comes back before the words of `[glued]`: "daout" is "d'aout".
    """
    decomposed = unicodedata.normalize("NFKD", text[:MAX_LENGTH].casefold())
    kept = (c for c in decomposed[:MAX_LENGTH] if not unicodedata.combining(c))
    return _glued().sub(r"\g<0>'", "".join(kept).translate(_TYPOGRAPHIC))


@cache
def tables() -> tuple[dict[str, Any], ...]:
    """Read slots.toml of every language."""
    files = sorted(LOCALES_DIR.glob("*/slots.toml"))
    return tuple(table_of(file.parent.name) for file in files)


@cache
def table_of(language: str) -> dict[str, Any]:
    """Read slots.toml of one language."""
    return tomllib.loads((LOCALES_DIR / language / "slots.toml").read_text("utf-8"))


def forms(section: str, key: str) -> Iterator[str]:
    """Go through the forms of one entry, over all languages."""
    for table in tables():
        yield from table.get(section, {}).get(key, ())


def any_of(words: Iterable[str]) -> str:
    """Build a regular expression for any of these forms, the longest first.

    Their words may be parted by an apostrophe or a hyphen too, as in "jusqu'au".
    """
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return "(?:" + "|".join(_escaped(word) for word in longest_first) + ")"


def spaced(found: str) -> str:
    """Turn what `any_of` found into the form it was made from."""
    return " ".join(re.split(r"[\s'-]+", found))


@cache
def _glued() -> re.Pattern[str]:
    """Build what finds the letters before a word that is written together with them."""
    found = [entry for table in tables() for entry in table.get("glued", {}).items()]
    together = "|".join(rf"{letters}(?={any_of(words)}\b)" for letters, words in found)
    return re.compile(rf"\b(?:{together})")


def _escaped(words: str) -> str:
    return r"[\s'-]+".join(re.escape(word) for word in words.split())
