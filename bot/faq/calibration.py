"""Fits the gate: to the entries themselves, each phrase held out in turn, and to labelled sets."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bot.faq.gate import Evidence, names
from bot.faq.matcher import LISTED, OFF, Matcher, Phrase

FOLDS = 5
PENALTY = 0.002  # on each weight, so that not one of them decides alone
STEPS = 30
MODELS = ("right", "listed")


@dataclass(frozen=True, slots=True)
class Example:
    """What was found about a question, and whether the first (first three) candidates serve."""

    evidence: Evidence
    inside: bool
    right: bool
    listed: bool


def example(matcher: Matcher, text: str, wanted: frozenset[str]) -> Example | None:
    """Judge one question; `wanted` are its topics, none when out of scope. None: nothing known."""
    found = matcher.look(text)
    if found is None or found.certainty:
        return None
    first = [topic for topic, _ in matcher.topics(found)[:LISTED]]
    serves = [topic in wanted for topic in first]
    return Example(matcher.evidence(found), bool(wanted), serves[0], any(serves))


def held_out(phrases: Sequence[Phrase], negatives: Sequence[str]) -> Iterator[Example]:
    """Judge every phrase and negative by matchers that have not seen it."""
    for fold in range(FOLDS):
        matcher = Matcher(
            [phrase for phrase in phrases if _fold(phrase.text) != fold],
            negatives=[text for text in negatives if _fold(text) != fold],
        )
        asked = [(phrase.text, phrase.target) for phrase in phrases if _fold(phrase.text) == fold]
        asked += [(text, OFF) for text in negatives if _fold(text) == fold]
        for text, target in asked:
            wanted = frozenset() if target.startswith(OFF) else frozenset({target})
            if judged := example(matcher, text, wanted):
                yield judged


def _fold(text: str) -> int:
    return crc32(text.encode()) % FOLDS


def fit(groups: Iterable[Sequence[Example]]) -> str:
    """Give the text of `gate.toml`; groups weigh the same, and in each inside and outside do."""
    examples: list[Example] = []
    weights: list[float] = []
    for group in groups:
        inside = sum(one.inside for one in group)
        examples += group
        weights += [1 / (inside if one.inside else len(group) - inside) for one in group]
    inputs = np.array([(1.0, *astuple(one.evidence)) for one in examples], np.float64)
    shares = np.array(weights, np.float64) / sum(weights)
    lines: list[str] = []
    for model in MODELS:
        wanted = np.array([getattr(one, model) for one in examples], np.float64)
        values = zip(names(), _logistic(inputs, wanted, shares).tolist(), strict=True)
        lines += [f"[{model}]", *(f"{name} = {value:.4f}" for name, value in values), ""]
    return "\n".join(lines)


def _logistic(
    inputs: NDArray[np.float64], wanted: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Fit logistic regression by Newton's steps; the bias goes unpenalised."""
    solution = np.zeros(inputs.shape[1])
    penalty = np.diag([0.0] + [PENALTY] * (inputs.shape[1] - 1))
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-inputs @ solution))
        slope = inputs.T @ (weights * (chance - wanted)) + penalty @ solution
        curve = inputs.T @ ((weights * chance * (1 - chance))[:, None] * inputs) + penalty
        solution -= np.linalg.solve(curve, slope)
    return solution
