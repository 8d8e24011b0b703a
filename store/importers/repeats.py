"""The how-manieth of its kind a row of a file is, in eight bytes a row."""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

_LARGEST = 1_000_000  # digests in one array: merging two takes as much again for a moment
Digests = NDArray[np.uint64]


class Repeats:
    """Remembers the digests of the rows read so far, sorted, in few arrays of growing size.

    Two rows of one digest by chance (one in a million files of five million rows) get different
    ordinals, the same ones each time, which harms nothing.
    """

    def __init__(self) -> None:
        self._sorted: list[Digests] = []
        self._again: Counter[int] = Counter()  # of those seen more than once

    def ordinals(self, digests: Digests) -> list[int]:
        """Count, for each digest of a batch, how often it came before."""
        known = np.zeros(len(digests), dtype=bool)
        for seen in self._sorted:
            at = np.minimum(seen.searchsorted(digests), len(seen) - 1)
            known |= seen[at] == digests
        unique, first = np.unique(digests, return_index=True)
        fresh = np.zeros(len(digests), dtype=bool)
        fresh[first] = True
        found = [0] * len(digests)
        for place in np.flatnonzero(known | ~fresh).tolist():
            digest = int(digests[place])
            self._again[digest] += 1
            found[place] = self._again[digest]
        self._add(unique)
        return found

    def _may_merge(self) -> bool:
        sizes = [len(seen) for seen in self._sorted[-2:]]
        return len(sizes) > 1 and sizes[0] < 2 * sizes[1] and sum(sizes) < _LARGEST

    def _add(self, batch: Digests) -> None:
        if len(batch):
            self._sorted.append(batch)
        while self._may_merge():
            merged = np.concatenate([self._sorted.pop(), self._sorted.pop()])
            merged.sort(kind="stable")
            self._sorted.append(merged)
