"""Words that exist, so that no rare word is "repaired" into one of billing talk.

The lists are those that pyspellchecker ships; nothing else of it is used.
"""

import gzip
import json
from collections.abc import Iterator
from functools import cache
from heapq import nlargest
from importlib import resources

from bot.i18n import languages

# The commonest words a language: beyond them, a slip is likelier than the word it looks like.
COMMONEST = 12_000


@cache
def real_words() -> frozenset[str]:
    """List the commonest words of every language, as typed: with accents and apostrophes."""
    return frozenset(word for language in languages() for word in _commonest(language))


def _commonest(language: str) -> Iterator[str]:
    file = resources.files("spellchecker") / "resources" / f"{language}.json.gz"
    if file.is_file():
        counts = json.loads(gzip.decompress(file.read_bytes()))
        yield from nlargest(COMMONEST, counts, key=counts.__getitem__)
