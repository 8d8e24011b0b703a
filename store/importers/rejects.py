"""FILE.rejected.csv: the rows that did not go in, why, and what they held."""

import csv
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from store.importers.refusals import Unusable
from store.spreadsheets import harmless

ENDING = ".rejected.csv"
_SHOWN = 5


class Rejects:
    """Takes the place of what an earlier run left; goes again where no row is refused."""

    def __init__(self, path: Path, folder: Path | None = None) -> None:
        """`path` is the file that is imported; `folder` None: beside it."""
        self.path = (folder or path.parent) / f"{path.name}{ENDING}"
        self.count = 0
        self.first: list[str] = []  # a few, to show

    def __enter__(self) -> Self:
        """Open it before any row goes in. Raises Unusable where it cannot be written."""
        try:
            self.path.unlink(missing_ok=True)
            # The mark lets spreadsheets read accents; what is no text shall not stop the file.
            self._file = self.path.open(
                "w", encoding="utf-8-sig", errors="backslashreplace", newline=""
            )
        except OSError as error:
            raise Unusable(
                f"{self.path}, for rows that are refused, cannot be written: {error.strerror}. "
                "Say with --rejects in which folder it may be"
            ) from error
        self._writer = csv.writer(self._file)
        self._writer.writerow(["row", "reason"])
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        if not self.count:
            self.path.unlink(missing_ok=True)

    def add(self, number: int, reason: str, cells: Sequence[str]) -> None:
        self.count += 1
        if len(self.first) < _SHOWN:
            self.first.append(f"row {number}: {reason}")
        self._writer.writerow([number, *map(harmless, (reason, *cells))])
