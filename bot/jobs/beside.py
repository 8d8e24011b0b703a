"""Make long files beside a terminal's chat, where no worker may be running."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bot.delivery import Delivery
from bot.jobs.exports import ExportsJob
from bot.settings import Settings
from bot.waiting import cancelled
from store.db import Database


@contextmanager
def making_files(database: Database, delivery: Delivery, settings: Settings) -> Iterator[None]:
    """Work at exports as long as this lasts; what is begun by then is handed back."""
    loop, stop = asyncio.new_event_loop(), asyncio.Event()

    async def run() -> None:
        working = asyncio.create_task(ExportsJob(database, delivery, settings).run())
        await stop.wait()
        await cancelled([working])

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),), name="exports")
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
