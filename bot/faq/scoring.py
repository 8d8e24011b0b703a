"""Both scorers on one question, and what their findings say together."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from bot.faq.classifier import Floats, softmax
from bot.faq.features import features
from bot.faq.gate import Evidence, log_odds
from bot.faq.lexicon import CONCEPT, lexicon
from bot.faq.reading import Reading
from bot.faq.trained import Trained

# What a likeness to a phrase weighs beside the classifier's logarithmic odds.
LIKENESS = 8.0


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was found out about a question. Arrays: an entry a class, the last out of scope."""

    reading: Reading
    logits: Floats
    likeness: Floats
    probabilities: Floats
    certainty: float  # 1 when said word for word as in a phrase, 0 when all is to be weighed


def look(text: str, trained: Trained) -> Findings | None:
    """Find out all about a question; None when not a word of it is known."""
    reading = trained.reader.read(text)
    if not any(trained.nearest.knows(unit) for unit in reading.units):
        return None
    logits = trained.classifier.logits(features(reading, lexicon()))
    likeness = trained.nearest.likeness(reading, len(logits))
    together = softmax(logits + np.float32(LIKENESS) * likeness.scores)
    certain = trained.certain(reading, likeness)
    if certain is None:
        return Findings(reading, logits, likeness.scores, together, 0.0)
    target, certainty = certain
    together *= np.float32(1 - certainty)
    together[target] += np.float32(certainty)
    return Findings(reading, logits, likeness.scores, together, certainty)


def evidence(found: Findings, topics: NDArray[np.intp], trained: Trained) -> Evidence:
    """Sum up what was found, given which classes are topics; there must be one."""
    sure = found.probabilities[topics]
    first = topics[sure.argmax()]
    nobody = np.ones(len(found.logits), bool)
    nobody[topics] = False
    best, second = np.sort(np.append(sure, 0.0))[:-3:-1]
    units = set(found.reading.units)
    agreed = (
        first == topics[found.logits[topics].argmax()] == topics[found.likeness[topics].argmax()]
    )
    return Evidence(
        probability=log_odds(float(best)) / 3,
        margin=min(1.0, log((best + 1e-6) / (second + 1e-6)) / 3),
        outside=log_odds(float(found.probabilities[nobody].sum())) / 3,
        nearest=float(found.likeness[first]),
        refused=float(found.likeness[nobody].max()),
        coverage=_coverage(units, trained),
        concepts=_concepts(units),
        length=log(1 + len(found.reading.units)) / 3,
        agreement=float(agreed),
        logit=float(found.logits[first]) / 5,
    )


def _coverage(units: set[str], trained: Trained) -> float:
    weights = {unit: trained.nearest.weight(unit) for unit in units}
    known = sum(weight for unit, weight in weights.items() if trained.nearest.knows(unit))
    return known / max(sum(weights.values()), 1e-9)


def _concepts(units: set[str]) -> float:
    topical = [unit for unit in units if not lexicon().is_function(unit)]
    return sum(unit.startswith(CONCEPT) for unit in topical) / max(len(topical), 1)


def ranked(values: Floats, names: Sequence[str]) -> list[tuple[str, float]]:
    """Pair names with their values, the greatest first."""
    pairs = zip(names, values.tolist(), strict=True)
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))
