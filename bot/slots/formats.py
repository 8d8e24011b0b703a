"""Which kind of file a sentence asks for."""

import re
from functools import cache

from bot.slots.words import any_of, forms, plain, spaced

FORMATS = ("pdf", "csv", "xlsx")


def file_format(text: str) -> str | None:
    """Find the one of FORMATS that is named ("excel", « chiffrier »); of two neither: None."""
    named = {_vocabulary()[spaced(m[0])] for m in format_words().finditer(plain(text))}
    return named.pop() if len(named) == 1 else None


@cache
def _vocabulary() -> dict[str, str]:
    return {form: kind for kind in FORMATS for form in forms("formats", kind)}


@cache
def format_words() -> re.Pattern[str]:
    """Build what finds the names of formats in a text made plain."""
    # ".csv" is one, "pdf.example.com" is none
    return re.compile(rf"\b{any_of(_vocabulary())}\b(?!\.\w)")
