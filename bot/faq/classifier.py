"""Softmax regression on named features, trained in numpy in a moment."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Features = Mapping[str, float]

SEEN_FROM = 3  # what one or two texts have tells little about others
EPOCHS = 3
BATCH = 128
RATE = 0.15
DECAY = 1e-5
TINY = 1e-8


@dataclass(frozen=True, slots=True)
class Classifier:
    """Weights: a row a feature and a column a class, and a bias a class."""

    rows: Mapping[str, int]
    weights: Floats
    bias: Floats

    def logits(self, features: Features) -> Floats:
        """Score every class; the softmax of these are probabilities."""
        rows = self.rows
        known = [(rows[name], value) for name, value in features.items() if name in rows]
        if not known:
            return self.bias
        at, values = zip(*known, strict=True)
        found: Floats = np.array(values, np.float32) @ self.weights[list(at)] + self.bias
        return found


def train(examples: Sequence[Features], classes: NDArray[np.intp], count: int) -> Classifier:
    """Fit a classifier; the same examples give the same one."""
    seen = Counter(name for example in examples for name in example)
    rows = {
        name: row for row, name in enumerate(n for n, times in seen.items() if times >= SEEN_FROM)
    }
    sparse = [_known(example, rows) for example in examples]
    weights = np.zeros((len(rows), count), np.float32)
    bias = np.zeros(count, np.float32)
    _descend(sparse, classes, weights, bias)
    return Classifier(rows, weights, bias)


_Sparse = tuple[NDArray[np.intp], Floats]


def _known(example: Features, rows: Mapping[str, int]) -> _Sparse:
    known = {rows[name]: value for name, value in example.items() if name in rows}
    return np.fromiter(known, np.intp, len(known)), np.fromiter(
        known.values(), np.float32, len(known)
    )


def _descend(
    sparse: Sequence[_Sparse], classes: NDArray[np.intp], weights: Floats, bias: Floats
) -> None:
    """Adagrad over shuffled batches, in place; only the features of a batch take part."""
    random = np.random.default_rng(0)
    sizes = np.bincount(classes)[classes].astype(np.float32)
    # A class with many examples counts for more than one with few, but not by their number.
    importance = sizes**-0.5 * len(sizes) / max(float((sizes**-0.5).sum()), TINY)
    squares, bias_squares = np.full_like(weights, TINY), np.full_like(bias, TINY)
    for _ in range(EPOCHS):
        order = random.permutation(len(sparse))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            touched, inputs = _dense([sparse[row] for row in batch])
            part = weights[touched]
            error = softmax(inputs @ part + bias)
            error[np.arange(len(batch)), classes[batch]] -= 1
            error *= (importance[batch] / len(batch))[:, None]
            gradient = inputs.T @ error + DECAY * part
            squares[touched] += gradient * gradient
            weights[touched] = part - RATE * gradient / np.sqrt(squares[touched])
            slope = error.sum(axis=0)
            bias_squares += slope * slope
            bias -= RATE * slope / np.sqrt(bias_squares)


def _dense(batch: Sequence[_Sparse]) -> tuple[NDArray[np.intp], Floats]:
    """Lay out a batch: the features that it has, and a matrix of examples by those."""
    touched, columns = np.unique(np.concatenate([at for at, _ in batch]), return_inverse=True)
    lengths = [len(at) for at, _ in batch]
    inputs = np.zeros((len(batch), len(touched)), np.float32)
    inputs[np.repeat(np.arange(len(batch)), lengths), columns] = np.concatenate(
        [v for _, v in batch]
    )
    return touched, inputs


def softmax(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return shares
