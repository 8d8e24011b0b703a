"""Sentences as weighted units of meaning, to be compared by cosine."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.faq.lexicon import Lexicon
from bot.faq.normalise import prepare
from bot.faq.spelling import Speller

Floats = NDArray[np.float32]

# A function word against a word that carries a topic; chosen on development questions (0.2 to
# 0.4 differ by less than a point).
FUNCTION_WEIGHT = 0.3
# One slip in four letters is repaired, two in eight. In phrases, which are written with slips on
# purpose, a word must come nearer to one of the lexicon: most of what is unknown there is right.
ALIKE = 0.74
ALIKE_IN_PHRASES = 0.85
WORD_FROM = 4  # what stands this often in phrases is no slip


@dataclass(frozen=True, slots=True)
class Question:
    """A question as read: its words after repair, and its known units with their share of it."""

    text: str
    units: list[int]
    shares: Floats


class Meaning:
    """Knows the units of all phrases and how telling each is.

    `vectors` has a row a unit and a column a phrase, of length 1 each; `centres` a column a
    target: the direction in which its phrases point together.
    """

    def __init__(self, texts: Sequence[str], targets: Sequence[int], lexicon: Lexicon) -> None:
        """Read the phrases; targets are numbered from 0, a negative number is a target alone."""
        self._lexicon = lexicon
        tokens = self._without_slips([lexicon.stems(prepare(text)) for text in texts], targets)
        self.texts = [" ".join(of_text) for of_text in tokens]
        units = [{unit for unit, _ in lexicon.units(of_text)} for of_text in tokens]
        self._weigh(units, targets)
        self.vectors = self._vectors(units)
        self.centres = self._centres(targets)

    def read(self, text: str) -> Question:
        """Repair the words of a question and weigh its units.

        A repaired word counts by the square of its likeness to the original: it may be a real
        word that we do not know. What no phrase has makes the question longer, the shares less.
        """
        repaired = [self._repair(word) for word in self._lexicon.stems(prepare(text))]
        tokens = [word for word, _ in repaired]
        trust: dict[str, float] = {}
        at = 0
        for unit, size in self._lexicon.units(tokens):
            trust[unit] = max(trust.get(unit, 0), min(p for _, p in repaired[at : at + size]))
            at += size
        known = [self._numbers[unit] for unit in trust if unit in self._numbers]
        length = np.sqrt(sum(self._weight(unit) ** 2 for unit in trust))
        trusted = np.array([trust[self._names[n]] for n in known], np.float32)
        shares = self._weights[known] * trusted**2 / max(length, 1e-9)
        return Question(" ".join(tokens), known, shares.astype(np.float32))

    def _repair(self, word: str) -> tuple[str, float]:
        if word in self._slips:  # somebody wrote it in a phrase: no doubt what is meant
            return self._slips[word], 1.0
        return self._speller.repair(word)

    def _without_slips(self, texts: Sequence[list[str]], targets: Sequence[int]) -> list[list[str]]:
        """Repair the slips made on purpose in phrases of targets, lest they become words."""
        counts = Counter(word for text in texts for word in text)
        known = self._lexicon.vocabulary | {w for w, n in counts.items() if n >= WORD_FROM}
        for text, target in zip(texts, targets, strict=True):
            known |= set(text if target < 0 else ())
        strict = Speller(known, alike=ALIKE_IN_PHRASES)
        self._slips = {word: strict.repair(word)[0] for word in counts if word not in known}
        self._speller = Speller(known.union(self._slips.values()), alike=ALIKE)
        return [[self._slips.get(word, word) for word in text] for text in texts]

    def _weigh(self, units: Sequence[set[str]], targets: Sequence[int]) -> None:
        """Give each unit its inverse document frequency; a document is a target."""
        documents: dict[str, set[int]] = defaultdict(set)
        for number, (of_text, target) in enumerate(zip(units, targets, strict=True)):
            for unit in of_text:
                documents[unit].add(target if target >= 0 else -1 - number)
        count = len(set().union(*documents.values()))
        self._names = list(documents)
        self._numbers = {unit: number for number, unit in enumerate(self._names)}
        self._unknown = float(np.log(1 + count))
        self._weights = np.array(
            [np.log(1 + count / len(of)) * self._importance(u) for u, of in documents.items()],
            np.float32,
        )

    def _importance(self, unit: str) -> float:
        return FUNCTION_WEIGHT if self._lexicon.is_function(unit) else 1.0

    def _weight(self, unit: str) -> float:
        if unit in self._numbers:
            return float(self._weights[self._numbers[unit]])
        return 0.0 if self._lexicon.is_function(unit) else self._unknown

    def _vectors(self, units: Sequence[set[str]]) -> Floats:
        vectors = np.zeros((len(self._names), len(units)), np.float32)
        for column, of_text in enumerate(units):
            rows = [self._numbers[unit] for unit in of_text]
            vectors[rows, column] = self._weights[rows]
        return _of_length_one(vectors)

    def _centres(self, targets: Sequence[int]) -> Floats:
        centres = np.zeros((len(self._names), max(targets, default=-1) + 1), np.float32)
        for column, target in enumerate(targets):
            if target >= 0:
                centres[:, target] += self.vectors[:, column]
        return _of_length_one(centres)


def _of_length_one(columns: Floats) -> Floats:
    lengths = np.maximum(np.linalg.norm(columns, axis=0), 1e-9)
    unit: Floats = columns / lengths.astype(np.float32)
    return unit
