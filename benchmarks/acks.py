"""How long an event waits for its acknowledgement while every turn takes five seconds.

Twenty requests a second, on SQLite; beside the bare echo bot, whose turns take no time.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import aiohttp

from benchmarks.figure import Figure, figure
from benchmarks.platforms import (
    TRANSPORTS,
    Server,
    Transport,
    echo_bot,
    environment_of,
    event_request,
    free_port,
    path_of,
    ready,
)

A_SECOND = 20
SECONDS = 15

Start = Callable[[Server, Transport], tuple[subprocess.Popen[str], str]]


def run() -> Iterator[Figure]:
    for transport in TRANSPORTS:
        if transport.pushed:
            continue
        bare = _p99(transport, echo_bot(transport.name))
        with tempfile.TemporaryDirectory() as folder:
            ours = _p99(transport, _slow_bot(f"sqlite:///{Path(folder) / 'acks.db'}"))
        yield figure(f"acks.{transport.name}.p99", ours, bare, "ms")


def _slow_bot(database: str) -> Start:
    def start(server: Server, transport: Transport) -> tuple[subprocess.Popen[str], str]:
        port = free_port()
        command = [sys.executable, "-m", "benchmarks._slow", str(port)]
        started = subprocess.Popen(  # noqa: S603
            command,
            env=environment_of(server, transport, database),
            text=True,
            stderr=subprocess.DEVNULL,
        )
        return started, f"http://127.0.0.1:{port}"

    return start


def _p99(transport: Transport, start: Start) -> float:
    """Give the 99th percentile in milliseconds."""
    with transport.server() as server:
        program, url = start(server, transport)
        try:
            waits = sorted(asyncio.run(_post(server, url)))
        finally:
            program.kill()
            program.wait(30)
    return 1000 * waits[int(len(waits) * 0.99)]


async def _post(server: Server, url: str) -> list[float]:
    async with aiohttp.ClientSession() as session:
        await ready(session, url)

        async def one(number: int) -> float:
            await asyncio.sleep(number / A_SECOND)
            request = event_request(server, number)
            started = time.perf_counter()
            async with session.post(url + path_of(server), **request) as response:
                assert response.status == 200
            return time.perf_counter() - started

        return await asyncio.gather(*map(one, range(A_SECOND * SECONDS)))
