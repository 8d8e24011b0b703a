"""How near a question is to each known sentence: cosine of weighted units, then letters."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from bot.faq.lexicon import Lexicon
from bot.faq.reading import Reading

Floats = NDArray[np.float32]

FUNCTION_WEIGHT = 0.4  # a function word against one that carries a topic
# How much of a likeness the letters are, beside the units of meaning; and how many phrases, the
# likeliest by meaning, are compared by letters at all.
LETTERS = 0.4
LIKELY_PHRASES = 60
# A phrase of one word means its target only when it is (nearly) all that was said.
ONE_WORD_LIKENESS = 0.8
BEST_PHRASES = 3  # of a target, that count beside the very best


class Nearest:
    """Knows the phrases by unit: for each the phrases that have it, and its weight there."""

    def __init__(
        self, readings: Sequence[Reading], targets: NDArray[np.intp], lexicon: Lexicon
    ) -> None:
        self._lexicon = lexicon
        self._targets = targets
        self.texts = [reading.text for reading in readings]
        self._one_word = np.array([len(reading.words) == 1 for reading in readings], bool)
        self._weigh(readings)
        self._file(readings)

    def _weigh(self, readings: Sequence[Reading]) -> None:
        """Give each unit its inverse document frequency; a document is a target."""
        documents: dict[str, set[int]] = defaultdict(set)
        outside = self._targets.max(initial=0)
        for number, (reading, target) in enumerate(zip(readings, self._targets, strict=True)):
            document = int(target) if target != outside else -1 - number
            for unit in reading.units:
                documents[unit].add(document)
        count = len(set().union(*documents.values()))
        self.unknown = float(np.log(1 + count))
        self._weights = {
            unit: float(np.log(1 + count / len(of))) * self._importance(unit)
            for unit, of in documents.items()
        }

    def _importance(self, unit: str) -> float:
        return FUNCTION_WEIGHT if self._lexicon.is_function(unit) else 1.0

    def weight(self, unit: str) -> float:
        if unit in self._weights:
            return self._weights[unit]
        return 0.0 if self._lexicon.is_function(unit) else self.unknown

    def knows(self, unit: str) -> bool:
        return unit in self._weights

    def _file(self, readings: Sequence[Reading]) -> None:
        filed: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, reading in enumerate(readings):
            weights = {unit: self._weights[unit] for unit in reading.units}
            length = max(sum(w * w for w in weights.values()) ** 0.5, 1e-9)
            for unit, weight in weights.items():
                filed[unit].append((number, weight / length))
        self._filed = {
            unit: (
                np.array([number for number, _ in rows], np.int32),
                np.array([weight for _, weight in rows], np.float32),
            )
            for unit, rows in filed.items()
        }

    def cosines(self, reading: Reading) -> Floats:
        """Compare with every phrase. What none has makes the question longer, all else less."""
        trust: dict[str, float] = {}
        for unit, sure in zip(reading.units, reading.trust, strict=True):
            trust[unit] = max(trust.get(unit, 0.0), sure)
        length = sum(self.weight(unit) ** 2 for unit in trust) ** 0.5
        found = np.zeros(len(self.texts), np.float32)
        for unit, sure in trust.items():
            if unit in self._filed:
                rows, weights = self._filed[unit]
                found[rows] += weights * np.float32(self._weights[unit] * sure**2 / length)
        return found

    def scores(self, reading: Reading, count: int) -> Floats:
        """Score every target, 0 to 1: its likeliest phrase and the mean of its likeliest three."""
        cosines = self.cosines(reading)
        size = min(LIKELY_PHRASES, len(cosines))
        rows = np.argpartition(-cosines, size - 1)[:size]
        texts = [self.texts[row] for row in rows]
        letters = process.cdist(
            [reading.text], texts, scorer=fuzz.token_sort_ratio, dtype=np.float32
        )[0]
        likeness = (1 - LETTERS) * cosines[rows] + LETTERS * letters / 100
        likeness[self._one_word[rows] & (letters < ONE_WORD_LIKENESS * 100)] = 0
        found = np.zeros((count, BEST_PHRASES), np.float32)
        filled = [0] * count
        for at in np.argsort(-likeness, kind="stable"):
            target = self._targets[rows[at]]
            if filled[target] < BEST_PHRASES:
                found[target, filled[target]] = likeness[at]
                filled[target] += 1
        scores: Floats = (found[:, 0] + found.mean(axis=1)) / 2
        return scores
