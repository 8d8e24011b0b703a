"""Waiting on an event loop: between two tries, and for tasks to end."""

import asyncio
from collections.abc import Collection, Iterator
from typing import Any

FIRST_WAIT = 1.0  # seconds, doubled up to
LONGEST_WAIT = 60.0


def backoff() -> Iterator[float]:
    """Give the seconds to wait after each try that failed."""
    wait = FIRST_WAIT
    while True:
        yield wait
        wait = min(wait * 2, LONGEST_WAIT)


async def cancelled(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Cancel tasks and wait until they are over, whatever came of them."""
    tasks = tuple(tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
