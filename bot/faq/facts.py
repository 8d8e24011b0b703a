"""What answers may fill in: provider facts, the portal's labels, and periods computed from today.

Names come from `facts.toml`; nothing else can be filled in, and attribute or index access is no
name, so a topic file can reach nothing but these.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from bot.billing.windows import cdr_months, history_window
from bot.i18n import SOURCE_LANGUAGE, Localizer

_FACTS_PATH = Path(__file__).with_name("facts.toml")
_NAME = re.compile(r"\{([^{}]*)\}")
_LABEL = "label_"

_COMPUTED: Mapping[str, Callable[[Localizer, date], str]] = {
    "history_from": lambda loc, today: loc.date(history_window(today)[0]),
    "cdr_from": lambda loc, today: loc.month(cdr_months(today)[0].first),
    "cdr_to": lambda loc, today: loc.month(cdr_months(today)[-1].first),
}


@dataclass(frozen=True, slots=True)
class _Sheet:
    facts: Mapping[str, Mapping[str, str]]
    periods: Mapping[str, int]
    dates: Mapping[str, date]
    labels: Mapping[str, Mapping[str, str]]


@cache
def _sheet() -> _Sheet:
    return _Sheet(**tomllib.loads(_FACTS_PATH.read_text("utf-8")))


@cache
def names() -> frozenset[str]:
    """List every name that an answer may fill in."""
    sheet = _sheet()
    labels = (_LABEL + name for name in sheet.labels)
    return frozenset({*sheet.facts, *sheet.periods, *sheet.dates, *_COMPUTED, *labels})


def used(text: str) -> frozenset[str]:
    """List the names that a text fills in; raises ValueError for one that is not known."""
    found = frozenset(_NAME.findall(text))
    if unknown := found - names():
        raise ValueError(f"cannot be filled in: {', '.join(sorted(unknown))}")
    return found


@lru_cache(maxsize=512)
def fill(text: str, *, language: str, today: date) -> str:
    """Fill the names of an answer in one language, as of a business date."""
    loc = Localizer(language)
    shown: set[str] = set()

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name.startswith(_LABEL):
            first = name not in shown
            shown.add(name)
            return _label(name.removeprefix(_LABEL), language, first=first)
        return fact(name, loc=loc, today=today)

    return _NAME.sub(value, text)


def first_cdr_month() -> date:
    """Give the first day of which the portal has call records."""
    return _sheet().dates["first_cdr_month"]


def fact(name: str, *, loc: Localizer, today: date) -> str:
    """Give one fact or period in words. Raises KeyError for a name that is not known."""
    sheet = _sheet()
    if name in sheet.facts:
        values = sheet.facts[name]
        return values.get(loc.language, values[SOURCE_LANGUAGE])
    if name in sheet.periods:
        return loc.number(sheet.periods[name])
    if name in sheet.dates:
        day = sheet.dates[name]
        return loc.month(day) if "month" in name else loc.date(day)
    return _COMPUTED[name](loc, today)


def _label(name: str, language: str, *, first: bool) -> str:
    """Name a part of the portal's screens, which are English unless the account asked otherwise."""
    words = _sheet().labels[name]
    english = words[SOURCE_LANGUAGE]
    if language == SOURCE_LANGUAGE:
        return f"**{english}**"
    translated = words.get(language, english)
    quoted = f"«\u00a0{translated}\u00a0»" if language == "fr" else f"“{translated}”"
    return f"{quoted} ({english})" if first else quoted
