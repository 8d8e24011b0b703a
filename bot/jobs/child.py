"""A child process that makes one export: see `bot.jobs.making`."""

import asyncio
import contextlib
import sys
from collections.abc import Mapping
from typing import Final

import structlog

log = structlog.get_logger(__name__)

STALLED_SECONDS: Final = 600.0  # a child that says nothing for so long hangs
MODULE: Final = "bot.jobs.making"


class Child:
    def __init__(self, ref: str, attempts: int, environment: Mapping[str, str]) -> None:
        self.rows = 0  # written so far
        self._arguments = ("-m", MODULE, ref, str(attempts))
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None

    async def outcome(self) -> int:
        """Run it; gives its exit status, a negative one when it was killed."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *self._arguments,
            stdin=asyncio.subprocess.PIPE,  # its end tells the child that this process is gone
            stdout=asyncio.subprocess.PIPE,
            env=self._environment,
        )
        try:
            await self._listen(self._process)
        except TimeoutError:
            log.exception("export hangs", seconds=STALLED_SECONDS)
            await self.kill()
        return await self._process.wait()

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        """Follow how far it is. Raises TimeoutError when it is silent for too long."""
        assert process.stdout is not None  # noqa: S101 - it was asked for
        while True:
            async with asyncio.timeout(STALLED_SECONDS):
                line = await process.stdout.readline()
            if not line:
                return
            self.rows = int(line)

    async def kill(self) -> None:
        """End it if it runs still: nothing of it has to be put in order."""
        process = self._process
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
