"""How near a question is to each known sentence: cosine of weighted units, then letters."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

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

_Filed = dict[str, tuple[NDArray[np.int32], Floats]]  # by unit: phrases, and its weight in each


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like a question is to what is known."""

    scores: Floats  # of every target, 0 to 1: its likeliest phrase and the mean of its best three
    phrase: int  # the likeliest phrase of all
    most: float  # and how like it is, 0 to 1


@dataclass(frozen=True, slots=True)
class Nearest:
    """Knows the phrases by unit: for each the phrases that have it, and its weight there."""

    texts: list[str]
    _lexicon: Lexicon
    _targets: NDArray[np.intp]
    _one_word: NDArray[np.bool_]
    _weights: dict[str, float]
    _unknown: float  # what a unit weighs that no phrase has
    _filed: _Filed

    @classmethod
    def of(
        cls, readings: Sequence[Reading], targets: NDArray[np.intp], lexicon: Lexicon
    ) -> "Nearest":
        """Give each unit its inverse document frequency; a document is a target."""
        documents: dict[str, set[int]] = defaultdict(set)
        outside = targets.max(initial=0)
        for number, (reading, target) in enumerate(zip(readings, targets, strict=True)):
            document = int(target) if target != outside else -1 - number
            for unit in reading.units:
                documents[unit].add(document)
        count = len(set().union(*documents.values()))
        weights = {
            unit: float(np.log(1 + count / len(of)))
            * (FUNCTION_WEIGHT if lexicon.is_function(unit) else 1.0)
            for unit, of in documents.items()
        }
        return cls(
            [reading.text for reading in readings],
            lexicon,
            targets,
            _of_one_word(readings),
            weights,
            float(np.log(1 + count)),
            _file(readings, weights),
        )

    def with_more(self, readings: Sequence[Reading], targets: Sequence[int]) -> "Nearest":
        """Give one that knows further phrases, while all units weigh what they did."""
        new = {unit: self.weight(unit) for reading in readings for unit in reading.units}
        filed = _file(readings, new, first=len(self.texts))
        nothing = np.zeros(0, np.int32), np.zeros(0, np.float32)
        for unit, (rows, weights) in filed.items():
            before = self._filed.get(unit, nothing)
            filed[unit] = np.append(before[0], rows), np.append(before[1], weights)
        return replace(
            self,
            texts=self.texts + [reading.text for reading in readings],
            _targets=np.append(self._targets, np.array(targets, np.intp)),
            _one_word=np.append(self._one_word, _of_one_word(readings)),
            _weights=self._weights | new,
            _filed=self._filed | filed,
        )

    def target(self, phrase: int) -> int:
        """Give the class of a phrase, by its number."""
        return int(self._targets[phrase])

    def weight(self, unit: str) -> float:
        if unit in self._weights:
            return self._weights[unit]
        return 0.0 if self._lexicon.is_function(unit) else self._unknown

    def knows(self, unit: str) -> bool:
        return unit in self._weights

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

    def likeness(self, reading: Reading, count: int) -> Likeness:
        """Compare with all phrases of so many targets."""
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
        order = np.argsort(-likeness, kind="stable")
        for at in order:
            target = self._targets[rows[at]]
            if filled[target] < BEST_PHRASES:
                found[target, filled[target]] = likeness[at]
                filled[target] += 1
        scores: Floats = (found[:, 0] + found.mean(axis=1)) / 2
        return Likeness(scores, int(rows[order[0]]), float(likeness[order[0]]))


def _of_one_word(readings: Sequence[Reading]) -> NDArray[np.bool_]:
    return np.array([len(reading.words) == 1 for reading in readings], bool)


def _file(readings: Sequence[Reading], weigh: Mapping[str, float], first: int = 0) -> _Filed:
    """File phrases, numbered from the first, under each of their units."""
    filed: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, reading in enumerate(readings, first):
        weights = {unit: weigh[unit] for unit in reading.units}
        length = max(sum(w * w for w in weights.values()) ** 0.5, 1e-9)
        for unit, weight in weights.items():
            filed[unit].append((number, weight / length))
    return {
        unit: (
            np.array([number for number, _ in rows], np.int32),
            np.array([weight for _, weight in rows], np.float32),
        )
        for unit, rows in filed.items()
    }
