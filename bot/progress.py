"""How far a long reading of a file is: a bar on a terminal, else a line every ten seconds."""

import sys
import time
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

EVERY_SECONDS = 10.0


class Progress:
    """Rows, rows a second and the time left, by the share of bytes read; on standard error."""

    def __init__(self, name: str, console: Console | None = None) -> None:
        self._name = name
        self._console = console or Console(file=sys.stderr)
        self._started = self._said = time.monotonic()
        self._bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[rows]:,} rows, {task.fields[rate]:,.0f}/s"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task(name, total=None, rows=0, rate=0)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def tell(self, rows: int, position: int, size: int) -> None:
        now = time.monotonic()
        rate = rows / max(now - self._started, 1e-9)
        if self._console.is_terminal:
            self._bar.update(self._task, completed=position, total=size, rows=rows, rate=rate)
        elif now - self._said >= EVERY_SECONDS:
            self._said = now
            self._console.print(self._line(rows, rate, position, size, now), highlight=False)

    def _line(self, rows: int, rate: float, position: int, size: int, now: float) -> str:
        share = position / max(size, 1)
        left = (now - self._started) * (1 - share) / max(share, 1e-9)
        return (
            f"{self._name}: {rows:,} rows, {rate:,.0f} rows/s, {share:.0%}, "
            f"{int(left // 60)}:{int(left % 60):02} left"
        )
