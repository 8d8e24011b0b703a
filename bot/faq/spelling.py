"""Words that are not known, repaired to the nearest that is."""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from rapidfuzz import process
from rapidfuzz.distance import OSA

# Shorter words are too near to one another; longer ones are no words.
MIN_LENGTH, MAX_LENGTH = 3, 30
ALIKE = 0.7  # one slip in four letters is repaired, two in seven
CACHED = 4_096


class Speller:
    """Knows a vocabulary, the likeliest words first: of two that are as near, the first is meant.

    `alike` (0 to 1) is how near a word must come to be read as another. A word that exists is
    never repaired; a slip that somebody made before is what was meant then.
    """

    def __init__(
        self,
        vocabulary: Sequence[str],
        *,
        existing: Collection[str] = frozenset(),
        slips: Mapping[str, str] = MappingProxyType({}),
        alike: float = ALIKE,
    ) -> None:
        self.vocabulary = vocabulary
        self.existing = existing
        self.slips = slips
        self._left_alone = frozenset(vocabulary).union(existing)
        self._alike = alike
        self._choices = [word for word in vocabulary if len(word) >= MIN_LENGTH]
        self._nearest = lru_cache(CACHED)(self._search)

    def repair(self, word: str) -> str:
        """Return the word to read instead, or the same."""
        if word in self.slips:
            return self.slips[word]
        if word in self._left_alone or not MIN_LENGTH <= len(word) <= MAX_LENGTH:
            return word
        return self._nearest(word)

    def _search(self, word: str) -> str:
        scorer = OSA.normalized_similarity
        found = process.extractOne(word, self._choices, scorer=scorer, score_cutoff=self._alike)
        return found[0] if found else word
