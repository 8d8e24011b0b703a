"""Processes that stay: `serve` and `worker`.

Asked to stop (SIGTERM, SIGINT) they end in good order: requests under way are answered, turns
that run are closed, what is being sent gets out; all else is in the store for the next process.
Each step has its seconds, together fewer than the 30 that platforms give.
"""

import asyncio
import contextlib
import faulthandler
import os
import signal
import socket
import threading
from collections.abc import AsyncIterator, Sequence
from functools import partial
from types import FrameType

import click
import structlog
import uvicorn

from bot.asgi import application
from bot.bootstrap import Bot, NotReady, open_bot, routes, senders, warm
from bot.jobs.exports import ExportsJob
from bot.jobs.housekeeping import Housekeeping
from bot.jobs.outbox import OutboxJob
from bot.posting import Posted
from bot.settings import Settings
from bot.waiting import cancelled
from store import sample

log = structlog.get_logger(__name__)

PORTS_TRIED = 20
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
REQUEST_SECONDS = 8  # for requests under way when asked to stop
TURN_SECONDS = 8.0  # then for turns that run
SENDING_SECONDS = 5.0  # then for messages that are being sent
EXIT_SECONDS = 24.0  # whatever hangs by then is cut off; its lease ends, and it is taken up again


def serve(
    settings: Settings, *, host: str, port: int | None, worker: bool, next_port: bool
) -> None:
    """Run the web application until asked to stop. Raises NotReady when the port is taken."""
    bound = _bind(host, settings.port if port is None else port, next_port=next_port)
    chosen: int = bound.getsockname()[1]
    settings = settings.model_copy(update={"port": chosen})
    with contextlib.closing(bound), open_bot(settings) as bot:
        app = application(
            settings,
            bot.database,
            routes=routes(bot),
            background=[
                *(partial(platform.running, receives=True) for platform in bot.platforms),
                lambda: _background(bot, worker=worker),
            ],
        )
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,  # paths hold one-time links
            server_header=False,
            proxy_headers=False,  # who is behind a proxy is read where it matters, by settings
            timeout_graceful_shutdown=REQUEST_SECONDS,
        )
        _welcome(settings, host, chosen)
        server = _Server(config)
        for number in STOP_SIGNALS:
            signal.signal(number, server.handle_exit)
        server.run(sockets=[bound])
        if not server.started and not server.should_stop:
            raise NotReady("The web application did not start: the log says why.")


class _Server(uvicorn.Server):
    """Handles the signals before and after it runs, too.

    Once shut down, uvicorn raises the signal again for the handler that was there before it:
    the default one would kill the process with its turns.
    """

    should_stop = False

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if not self.should_stop:
            self.should_stop = True
            _exit_in_time()
        super().handle_exit(sig, frame)


def work(settings: Settings) -> None:
    """Send what waits, until asked to stop."""

    async def run(bot: Bot) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, stop.set)
        async with contextlib.AsyncExitStack() as stack:
            for platform in bot.platforms:
                await stack.enter_async_context(platform.running(receives=False))
            await stack.enter_async_context(_background(bot, worker=True))
            log.info("worker started")
            await stop.wait()
            _exit_in_time()

    with open_bot(settings) as bot:
        asyncio.run(run(bot))


@contextlib.asynccontextmanager
async def _background(bot: Bot, *, worker: bool) -> AsyncIterator[None]:
    """Run the jobs of a process beside whatever else it does."""
    outbox = OutboxJob(bot.database, bot.delivery, senders(bot), sweeps=worker)
    bot.delivery.send_through(_Outlet(outbox, asyncio.get_running_loop()))
    sending = asyncio.create_task(outbox.run())
    # Not on the loop's own threads: those are waited for when the process is asked to stop.
    threading.Thread(target=warm, args=(bot,), name="warm", daemon=True).start()
    others: list[asyncio.Task[None]] = []
    if worker:
        jobs = (
            Housekeeping(bot.database, bot.delivery),
            ExportsJob(bot.database, bot.delivery, bot.settings),
        )
        others += [asyncio.create_task(job.run()) for job in jobs]
    try:
        yield
    finally:
        # Turns end before sending does, so that their answers still get out.
        await _ended(asyncio.create_task(asyncio.to_thread(bot.delivery.close)), TURN_SECONDS)
        bot.delivery.send_through(None)
        outbox.stop()
        await _ended(sending, SENDING_SECONDS)
        await cancelled([sending, *others])


class _Outlet:
    """Hands what other threads wrote to the job on the event loop, all that is there at once."""

    def __init__(self, job: OutboxJob, loop: asyncio.AbstractEventLoop) -> None:
        self._job = job
        self._loop = loop
        self._waiting: list[Posted] = []
        self._called = False
        self._lock = threading.Lock()

    def takes(self, platform: str) -> bool:
        return self._job.takes(platform)

    def wrote(self, posted: Sequence[Posted]) -> None:
        with self._lock:
            self._waiting += posted
            if self._called:
                return
            self._called = True
        self._loop.call_soon_threadsafe(self._hand_over)

    def _hand_over(self) -> None:
        with self._lock:
            posted, self._waiting, self._called = self._waiting, [], False
        self._job.take(posted)


async def _ended(task: asyncio.Task[None], seconds: float) -> None:
    _done, late = await asyncio.wait([task], timeout=seconds)
    if late:
        log.warning("stopping: something takes too long, it is left to the next process")


def _exit_in_time() -> None:
    """End the process even if something hangs: threads cannot be interrupted."""

    def cut_off() -> None:
        log.error("stopping took too long: cut off")
        faulthandler.dump_traceback()  # where each thread hangs; it shows no values
        os._exit(1)

    timer = threading.Timer(EXIT_SECONDS, cut_off)
    timer.daemon = True
    timer.start()


def _bind(host: str, port: int, *, next_port: bool) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    last = port + PORTS_TRIED if next_port and port else port
    for candidate in range(port, last + 1):
        bound = socket.socket(family, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # asyncio sets it on sockets that it makes itself; else a small answer waits for 40 ms.
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
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
