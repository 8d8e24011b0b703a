"""Names of months and weekdays in every language, from Babel."""

from collections.abc import Iterator
from functools import cache

from babel import Locale, localedata

from bot.i18n import COUNTRY, languages
from bot.slots.words import plain, tables

_WIDTHS = ("wide", "abbreviated")


@cache
def months() -> dict[str, int]:
    """Map names, full and short, to months from 1; further spellings stand in slots.toml."""
    further = {f: int(n) for table in tables() for n, fs in table["months"].items() for f in fs}
    return further | {
        plain(name).strip("."): month
        for locale in _locales()
        for usage in locale.months.values()
        for width in _WIDTHS
        for month, name in usage[width].items()
    }


@cache
def weekdays() -> dict[str, tuple[int, bool]]:
    """Map names to weekdays from Monday, 0, and whether the name is written in full."""
    return {
        plain(name).strip("."): (day, width == "wide")
        for locale in _locales()
        for usage in locale.days.values()
        for width in reversed(_WIDTHS)
        for day, name in usage[width].items()
    }


def _locales() -> Iterator[Locale]:
    for language in languages():
        here = f"{language}_{COUNTRY}"
        yield Locale.parse(here if localedata.exists(here) else language)
