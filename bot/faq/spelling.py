"""Words that are not known, repaired to the nearest that is."""

from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

# Shorter words are too near to one another; longer ones are no words.
MIN_LENGTH, MAX_LENGTH = 4, 30
CACHED = 4_096


class Speller:
    """Knows a vocabulary; `alike` (0 to 1) is how near a word must come to be read as another."""

    def __init__(self, vocabulary: Iterable[str], *, alike: float) -> None:
        self._known = frozenset(vocabulary)
        self._alike = alike
        self._choices = sorted(word for word in self._known if len(word) >= MIN_LENGTH)
        self._nearest = lru_cache(CACHED)(self._search)

    def repair(self, word: str) -> tuple[str, float]:
        """Return the word to read instead and how alike the two are (1 when it stays)."""
        if word in self._known or not MIN_LENGTH <= len(word) <= MAX_LENGTH:
            return word, 1.0
        return self._nearest(word)

    def _search(self, word: str) -> tuple[str, float]:
        scorer = OSA.normalized_similarity
        found = process.extractOne(word, self._choices, scorer=scorer, score_cutoff=self._alike)
        return (found[0], found[1]) if found else (word, 1.0)
