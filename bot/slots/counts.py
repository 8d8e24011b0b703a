"""How many of a list: "top 5", « les 5 plus chers », "last ten invoices"."""

import re
from functools import cache

from bot.slots.calendar_words import UNITS
from bot.slots.numbers import number_words
from bot.slots.words import any_of, forms, plain

MOST = 99


def count(text: str) -> int | None:
    """Find how many are asked for, from 1 to MOST."""
    match = _pattern().search(plain(text))
    if not match:
        return None
    written = match["after"] or match["first"] or match["named"]
    return int(written if written.isdigit() else number_words()[written])


@cache
def _pattern() -> re.Pattern[str]:
    several = (word for word, n in number_words().items() if 1 < n <= MOST)
    n = rf"(?:[1-9]\d?(?!\d|[.,:/]\d)|{any_of(several)}\b)"
    top, extreme, of_last = (any_of(forms("counts", key)) for key in ("top", "extreme", "last"))
    # "last 5 months" is a period, "last 4 digits" belong to a card
    others = (form for unit in UNITS for form in forms("period", unit))
    units = any_of((*others, *forms("counts", "digits")))
    listed = rf"\s{of_last}\b(?!\s{units}\b)"
    named = rf"\b{of_last}\s(?P<named>{n})(?!\s?{units}\b)(?=\s[a-z])"
    return re.compile(
        rf"\b{top}\s?(?P<after>{n})|(?<![\w.,])(?P<first>{n})(?:\s{extreme}\b|{listed})|{named}"
    )
