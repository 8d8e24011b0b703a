"""Whether to answer at all: two small calibrated models over what both scorers found.

`gate.toml` holds their weights, fitted to development questions by `billing-bot faq calibrate`.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from functools import cache
from math import exp, log
from pathlib import Path

GATE_PATH = Path(__file__).with_name("gate.toml")
_FLOOR = 1e-6


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against answering, each a number of the order of 1."""

    probability: float  # log-odds of the likeliest topic against everything else
    margin: float  # how much likelier it is than the next topic, as a logarithm
    outside: float  # log-odds of all that is no topic
    nearest: float  # likeness of the topic's nearest phrases
    refused: float  # likeness of the nearest sentences that belong to no topic
    coverage: float  # share of what was said, by weight, that some phrase has
    concepts: float  # share of the topical units that the lexicon knows
    length: float  # logarithm of the number of units
    agreement: float  # 1 when both scorers put the same topic first
    logit: float  # the classifier's support for the topic


def log_odds(probability: float) -> float:
    bounded = min(max(probability, _FLOOR), 1 - _FLOOR)
    return log(bounded / (1 - bounded))


@dataclass(frozen=True, slots=True)
class Gate:
    """Chances that the first candidate is `right`, and that one of the first three is."""

    right: tuple[float, ...]
    listed: tuple[float, ...]

    def chances(self, evidence: Evidence) -> tuple[float, float]:
        return _chance(self.right, evidence), _chance(self.listed, evidence)


def names() -> list[str]:
    """Name the weights in order: the bias, then each piece of evidence."""
    return ["bias", *(field.name for field in fields(Evidence))]


@cache
def gate() -> Gate:
    """Load the shipped weights."""
    table = tomllib.loads(GATE_PATH.read_text("utf-8"))
    return Gate(*(tuple(table[model][name] for name in names()) for model in ("right", "listed")))


def _chance(weights: Sequence[float], evidence: Evidence) -> float:
    bias, *slopes = weights
    total = bias + sum(w * value for w, value in zip(slopes, astuple(evidence), strict=True))
    return 1 / (1 + exp(-max(min(total, 30.0), -30.0)))
