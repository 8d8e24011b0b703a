"""Which kind of transaction a sentence names."""

import re
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.slots.words import any_of, forms, plain, spaced

TYPES = ("invoice", "payment", "credit", "refund")

# One slip in a word of six letters passes; shorter words are too near to other words.
TYPO_LENGTH = 6
TYPO_SIMILARITY = 0.8


def transaction_type(text: str) -> str | None:
    """Find the one type that is named; of two types neither may hide the other's rows: None."""
    words = re.sub(r"[^a-z]+", " ", plain(text))
    words = re.sub(rf"\b{any_of(forms('transactions', 'none'))}\b", " ", words)
    named = {_vocabulary()[spaced(m[0])] for m in _pattern().finditer(words)}
    if not named:
        named = {kind for word in words.split() if (kind := _misspelt(word))}
    return named.pop() if len(named) == 1 else None


@cache
def _vocabulary() -> dict[str, str]:
    return {form: kind for kind in TYPES for form in forms("transactions", kind)}


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(rf"\b{any_of(_vocabulary())}\b")


@cache
def _long_forms() -> list[str]:
    return [form for form in _vocabulary() if len(form) >= TYPO_LENGTH]


def _misspelt(word: str) -> str | None:
    if len(word) < TYPO_LENGTH:
        return None
    nearest = process.extractOne(
        word,
        _long_forms(),
        scorer=OSA.normalized_similarity,
        score_cutoff=TYPO_SIMILARITY,
    )
    return _vocabulary()[nearest[0]] if nearest else None
