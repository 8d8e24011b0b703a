"""Languages: which one, its texts, and how it writes money, dates and lists.

English is the msgid, so it needs no catalogue. The .po files are read as they are: nothing has
to be compiled, and a new language is one folder under locales/.
"""

import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final, Literal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import (
    format_currency,
    format_decimal,
    format_percent,
    get_decimal_symbol,
)
from babel.support import NullTranslations, Translations
from babel.units import format_unit

SOURCE_LANGUAGE = "en"
_NORTH_AMERICAN = re.compile(r"\+1(\d{3})(\d{3})(\d{4})")
COUNTRY = "CA"
_STEP: Final = 1000  # decimal units: a kilobyte is 1,000 bytes
_UNITS: Final = ("digital-byte", "digital-kilobyte", "digital-megabyte", "digital-gigabyte")
_WITH_A_DECIMAL: Final = _UNITS.index("digital-megabyte")  # and everything above
_HERE = Path(__file__).resolve().parent
# In a checkout beside bot/, in an installed wheel inside it.
LOCALES_DIR = next(path for path in (_HERE / "locales", _HERE.parent / "locales") if path.is_dir())


@cache
def languages() -> tuple[str, ...]:
    """List the languages spoken here, English first."""
    others = (path.name for path in LOCALES_DIR.iterdir() if path.is_dir())
    return (SOURCE_LANGUAGE, *sorted(set(others) - {SOURCE_LANGUAGE}))


def known(tag: str | None) -> str | None:
    """Find the language of a tag such as "fr-CA" or "fr_CA"; None when it is not spoken here."""
    language = (tag or "").replace("_", "-").split("-")[0].lower()
    return language if language in languages() else None


def preferred(accept_language: str) -> str | None:
    """Pick from an Accept-Language header the first language spoken here, by its weight."""
    weighted: list[tuple[float, str]] = []
    for part in accept_language.split(","):
        tag, _, weight = part.strip().partition(";q=")
        language = known(tag)
        if language:
            try:
                weighted.append((-float(weight or 1), language))
            except ValueError:
                continue
    return min(weighted, key=lambda pair: pair[0])[1] if weighted else None


def N_(msgid: str) -> str:  # noqa: N802 - gettext's customary name
    """Mark a msgid for extraction; it is translated later."""
    return msgid


def phrases(msgid: str) -> str:
    """Mark a |-separated list of example sentences for extraction."""
    return msgid


@cache
def _catalogue(language: str) -> NullTranslations:
    path = LOCALES_DIR / language / "LC_MESSAGES" / "messages.po"
    if language == SOURCE_LANGUAGE or not path.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as po:
        write_mo(compiled, read_po(po, locale=language))
    compiled.seek(0)
    return Translations(compiled)


@cache
def _locale(language: str) -> Locale:
    try:
        return Locale(language, COUNTRY)
    except UnknownLocaleError:
        return Locale(language)


@dataclass(frozen=True, slots=True)
class Localizer:
    """Everything that depends on the language of one reply."""

    language: str

    def text(self, msgid: str, /, **values: object) -> str:
        """Translate and fill in; whole numbers are written as the language does.

        The empty msgid stays empty: gettext answers it with a header.
        """
        if not msgid:
            return ""
        return self._filled(_catalogue(self.language).gettext(msgid), values)

    def ptext(self, context: str, msgid: str, /, **values: object) -> str:
        """Translate a word that has two faces ("Current": « non échu », « actuel »)."""
        return self._filled(_catalogue(self.language).pgettext(context, msgid), values)

    def plural(self, one: str, many: str, n: int, /, **values: object) -> str:
        return self._filled(_catalogue(self.language).ngettext(one, many, n), {"n": n, **values})

    def phrases(self, msgid: str) -> tuple[str, ...]:
        """Split a list marked by `phrases` in this language."""
        return tuple(part.strip() for part in self.text(msgid).split("|") if part.strip())

    def money(self, cents: int) -> str:
        """Write an amount in Canadian dollars: -$210.69, « -210,69 $ »."""
        return str(format_currency(Decimal(cents) / 100, "CAD", locale=_locale(self.language)))

    def price(self, millionths: int) -> str:
        """Write a unit price in millionths of a dollar, with all the parts of a cent it has."""
        price = Decimal(millionths) / 1_000_000
        locale = _locale(self.language)
        return str(format_currency(price, "CAD", locale=locale, decimal_quantization=False))

    def number(self, value: int | Decimal) -> str:
        return str(format_decimal(value, locale=_locale(self.language)))

    def quantity(self, millionths: int) -> str:
        """Write a quantity with all the decimals it has: 12, 0.5, « 0,5 »."""
        number = Decimal(millionths) / 1_000_000
        return str(format_decimal(number, "#,##0.######", locale=_locale(self.language)))

    @property
    def decimal_mark(self) -> str:
        return str(get_decimal_symbol(_locale(self.language)))

    def percent(self, value: int) -> str:
        """Write a whole percentage: 45%, « 45 % »."""
        return str(format_percent(Decimal(value) / 100, locale=_locale(self.language)))

    def rate(self, millionths: int) -> str:
        """Write a rate with all its decimals: 13%, « 9,975 % »."""
        rate = Decimal(millionths) / 1_000_000
        locale = _locale(self.language)
        return str(format_percent(rate, locale=locale, decimal_quantization=False))

    def date(self, day: dt.date) -> str:
        """Write a full date: November 22, 2026, « 22 novembre 2026 »."""
        return self._first(format_date(day, "long", locale=_locale(self.language)), day)

    def short_date(self, day: dt.date) -> str:
        """Write a date for a table: Nov 22, 2026, « 22 nov. 2026 »."""
        return self._first(format_date(day, "medium", locale=_locale(self.language)), day)

    def short_month(self, day: dt.date) -> str:
        """Write a month for a table: Oct 2026, « oct. 2026 »."""
        return str(format_skeleton("yMMM", day, locale=_locale(self.language)))

    def month(self, day: dt.date) -> str:
        """Write the month of a day: October 2026, « octobre 2026 »."""
        return str(format_skeleton("yMMMM", day, locale=_locale(self.language)))

    def time(self, instant: dt.datetime, zone: str) -> str:
        """Write the time of day in a zone: 3:05 p.m., « 15 h 05 »."""
        local = instant.astimezone(ZoneInfo(zone))
        # CLDR writes « 01 h 22 » in Canadian French; an hour has no zero before it there.
        shape = "H\u00a0'h'\u00a0mm" if self.language == "fr" else "short"
        return str(format_time(local, shape, locale=_locale(self.language)))

    def duration(self, seconds: int) -> str:
        """Write a length of time: 5 mins, 1 hr 30 secs; « 5 min », « 1 h 30 s »."""
        minutes, rest = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        parts = [
            format_unit(count, f"duration-{unit}", "short", locale=_locale(self.language))
            for unit, count in (("hour", hours), ("minute", minutes), ("second", rest))
            if count or (unit == "second" and not seconds)
        ]
        return " ".join(parts)

    def file_size(self, size: int) -> str:
        """Write a size in bytes as people read it: 1.2 MB, « 1,2 Mo »."""
        value, unit = float(size), 0
        while round(value, 1) >= _STEP and unit < len(_UNITS) - 1:
            value, unit = value / _STEP, unit + 1
        shown = round(value, 1) if unit >= _WITH_A_DECIMAL else round(value)
        length: Literal["long", "short"] = "short" if unit else "long"  # bytes, but kB
        return str(format_unit(shown, _UNITS[unit], length=length, locale=_locale(self.language)))

    def join(self, items: Iterable[str], style: str = "standard") -> str:
        """Write a list in words: "A, B and C"; style "or" for a choice."""
        if style == "or":
            return str(format_list(list(items), "or", locale=_locale(self.language)))
        return str(format_list(list(items), locale=_locale(self.language)))

    def language_name(self, language: str) -> str:
        """Name a language: French, « anglais »."""
        return str(Locale(language).get_display_name(_locale(self.language)) or language)

    def phone(self, number: str) -> str:
        """Write a North American number as people here do; any other text stays as it is."""
        found = _NORTH_AMERICAN.fullmatch(number)
        if not found:
            return number
        gap = " " if self.language == "fr" else "-"
        return f"{found[1]}{gap}{found[2]}-{found[3]}"

    def _filled(self, text: object, values: Mapping[str, object]) -> str:
        written = {
            name: self.number(value) if type(value) is int else value
            for name, value in values.items()
        }
        return str(text).format(**written)

    def _first(self, written: str, day: dt.date) -> str:
        # CLDR writes « 1 décembre »; in French the first of a month is « 1er ».
        if self.language == "fr" and day.day == 1:
            return written.replace("1 ", "1er ", 1)
        return written
