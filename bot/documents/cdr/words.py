"""The words that phone systems write into calls, in the language of the reader."""

from collections.abc import Mapping
from functools import cache

from bot.i18n import Localizer
from bot.slots.places import place_name, territories


def destination(loc: Localizer, stored: str) -> str:
    """Tell "Toll-free" or "United Kingdom" in the reader's language; other text as it is stored."""
    word = stored.casefold()
    if said := _destinations(loc.language).get(word):
        return said
    code = _countries().get(word)
    return stored if code is None else place_name(code, loc.language, in_sentence=False)


def party(loc: Localizer, stored: str) -> str:
    """Tell who called where no number was shown: "anonymous"; a number or extension as it is."""
    return _parties(loc.language).get(stored.casefold(), stored)


@cache
def _destinations(language: str) -> Mapping[str, str]:
    loc = Localizer(language)
    return {
        "internal": loc.ptext("call", "Internal"),
        "local": loc.ptext("destination", "Local"),
        "toll-free": loc.ptext("destination", "Toll-free"),
        "toll free": loc.ptext("destination", "Toll-free"),
        "long distance": loc.ptext("destination", "Long distance"),
        "unknown": loc.ptext("call", "Unknown"),
    }


@cache
def _parties(language: str) -> Mapping[str, str]:
    loc = Localizer(language)
    return {
        "anonymous": loc.ptext("caller", "anonymous"),
        "private": loc.ptext("caller", "private"),
        "restricted": loc.ptext("caller", "restricted"),
        "unavailable": loc.ptext("caller", "unavailable"),
        "unknown": loc.ptext("caller", "unknown"),
    }


@cache
def _countries() -> Mapping[str, str]:
    """Map the English names of countries to their codes."""
    return {name.casefold(): code for code, name in territories("en").items() if code.isalpha()}
