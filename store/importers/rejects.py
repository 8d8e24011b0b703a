"""FILE.rejected.csv: the rows that did not go in, why, and what they held."""

import csv
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self


class Rejects:
    """Makes the file with its first row; one that an earlier run left is taken away."""

    def __init__(self, path: Path) -> None:
        self.path = path.with_name(f"{path.name}.rejected.csv")
        self.count = 0
        self.first: list[str] = []  # a few, to show
        self._file: Any = None
        self._writer: Any = None

    def __enter__(self) -> Self:
        self.path.unlink(missing_ok=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, number: int, reason: str, cells: Sequence[str]) -> None:
        if self._file is None:
            # The mark lets spreadsheets read accents; what is no text shall not stop the file.
            self._file = self.path.open(
                "w", encoding="utf-8-sig", errors="backslashreplace", newline=""
            )
            self._writer = csv.writer(self._file)
            self._writer.writerow(["row", "reason"])
        self.count += 1
        if len(self.first) < _SHOWN:
            self.first.append(f"row {number}: {reason}")
        self._writer.writerow([number, reason, *cells])


_SHOWN = 5
