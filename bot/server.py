"""Processes that stay: `serve` and `worker`."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import click
import structlog
import uvicorn

from bot.asgi import application
from bot.bootstrap import Bot, NotReady, open_bot, routes, senders, warm
from bot.jobs.housekeeping import Housekeeping
from bot.jobs.outbox import OutboxJob
from bot.settings import Settings
from store import sample

log = structlog.get_logger(__name__)

PORTS_TRIED = 20
STOP_SECONDS = 20  # for requests under way when asked to stop


def serve(
    settings: Settings, *, host: str, port: int | None, worker: bool, next_port: bool
) -> None:
    """Run the web application until asked to stop. Raises NotReady when the port is taken."""
    bound = _bind(host, settings.port if port is None else port, next_port=next_port)
    chosen: int = bound.getsockname()[1]
    settings = settings.model_copy(update={"port": chosen})
    with open_bot(settings) as bot:
        app = application(
            settings,
            bot.database,
            routes=routes(bot),
            background=[lambda: _background(bot, worker=worker)],
        )
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,  # paths hold one-time links
            server_header=False,
            proxy_headers=False,  # who is behind a proxy is read where it matters, by settings
            timeout_graceful_shutdown=STOP_SECONDS,
        )
        _welcome(settings, host, chosen)
        uvicorn.Server(config).run(sockets=[bound])


def work(settings: Settings) -> None:
    """Send what waits, until asked to stop."""

    async def run(bot: Bot) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        async with _background(bot, worker=True):
            log.info("worker started")
            await stop.wait()

    with open_bot(settings) as bot:
        asyncio.run(run(bot))


@contextlib.asynccontextmanager
async def _background(bot: Bot, *, worker: bool) -> AsyncIterator[None]:
    """Run the jobs of a process beside whatever else it does."""
    outbox = OutboxJob(bot.database, bot.delivery, senders(bot))
    loop = asyncio.get_running_loop()

    def closed() -> None:
        loop.call_soon_threadsafe(outbox.wake)

    bot.delivery.on_closed = closed
    jobs: list[Callable[[], Coroutine[Any, Any, None]]] = [outbox.run]
    if worker:
        jobs.append(Housekeeping(bot.database, bot.delivery).run)
    running = [asyncio.create_task(job()) for job in jobs]
    warming = asyncio.create_task(asyncio.to_thread(warm, bot))
    try:
        yield
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, warming, return_exceptions=True)


def _bind(host: str, port: int, *, next_port: bool) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    last = port + PORTS_TRIED if next_port and port else port
    for candidate in range(port, last + 1):
        bound = socket.socket(family, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((host, candidate))
        except OSError as error:
            bound.close()
            if candidate == last:
                raise NotReady(
                    f"Port {candidate} of {host} cannot be used: {error.strerror}."
                ) from None
            click.echo(f"Port {candidate} is taken, trying {candidate + 1}.", err=True)
        else:
            return bound
    raise AssertionError("unreachable")


def _welcome(settings: Settings, host: str, port: int) -> None:
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - only compared
    click.echo(f"Web chat: http://{shown}:{port}/", err=True)
    if settings.in_development:
        click.echo("Sample sign-ins (user name, password):", err=True)
        for username, password in sample.credentials():
            click.echo(f"  {username:32} {password}", err=True)
