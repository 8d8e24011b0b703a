"""Posts events as a platform does: again until they are taken, in order within a conversation."""

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import aiohttp

from tests.faults.events import Event, Side

ANSWER_SECONDS = 3.0  # that a post waits for
AGAIN_SECONDS = 0.5  # between two posts of an event that was not taken
CONNECTIONS = 64


class Poster:
    """Several `urls` take turns, as behind a load balancer.

    Each post is one JSON line of the file `record`: room, what was asked, and the status of the
    answer, 0 for none.
    """

    def __init__(self, side: Side, urls: Sequence[str], record: Path) -> None:
        self.taken = 0  # different events
        self._stopped = False
        self._side = side
        self._urls = urls
        self._turns = count()
        self._record = record

    def run(self, conversations: Sequence[Sequence[Event]]) -> None:
        """Post everything; returns once all is taken."""
        asyncio.run(self._all(conversations))

    @contextmanager
    def stopping(self) -> Iterator[None]:
        """Post no more once the block has ended: nobody may be there to take it."""
        try:
            yield
        finally:
            self._stopped = True

    async def _all(self, conversations: Sequence[Sequence[Event]]) -> None:
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        connector = aiohttp.TCPConnector(limit=CONNECTIONS)
        with self._record.open("a", encoding="utf-8") as self._file:
            async with aiohttp.ClientSession(timeout=timeout, connector=connector) as self._session:
                await asyncio.gather(*map(self._one, conversations))

    async def _one(self, events: Sequence[Event]) -> None:
        repetitions = []
        for event in events:
            await asyncio.sleep(event.pause)
            if event.repeated_after is not None:
                repetitions.append(asyncio.create_task(self._repeat(event)))
            await self._until_taken(event)
            self.taken += 1
        await asyncio.gather(*repetitions)

    async def _repeat(self, event: Event) -> None:
        await asyncio.sleep(event.repeated_after or 0)
        await self._until_taken(event, attempt=1)

    async def _until_taken(self, event: Event, attempt: int = 0) -> None:
        while not self._stopped and not 200 <= await self._post(event, attempt) < 300:
            attempt += 1
            await asyncio.sleep(AGAIN_SECONDS)

    async def _post(self, event: Event, attempt: int) -> int:
        body = self._side.body(event)
        url = self._urls[next(self._turns) % len(self._urls)] + self._side.path
        at, status = time.time(), 0
        try:
            headers = self._side.headers(body, attempt)
            async with self._session.post(url, data=body, headers=headers) as answer:
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            pass  # a platform learns no more than that either
        room = self._side.room(event.conversation)
        line = {"room": room, "asked": event.text, "status": status, "at": at}
        self._file.write(f"{json.dumps(line)}\n")
        return status
