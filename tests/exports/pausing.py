"""The child and the worker of an export, which stop at a moment and wait to be killed.

As programs: python -m tests.exports.pausing worker, or REF ATTEMPTS for the child. PAUSE names the
moment: "rows" (written into temporary files), "chunks" (the first are in the store), "made" (all
are, the child is about to end), "closing" (the worker, before its transaction). MARK is a file
that appears when it is there.
"""

import asyncio
import os
import sys
import time
from pathlib import Path
from types import SimpleNamespace

from bot import logs
from bot.jobs import child, making
from bot.jobs.exports import ExportsJob
from bot.settings import Settings
from store import exports, files
from store.db import Database

CHILD = "tests.exports.pausing"


def pause(moment: str) -> None:
    if os.environ.get("PAUSE") == moment:
        Path(os.environ["MARK"]).write_text(str(os.getpid()))
        time.sleep(60)


def pausing(function, moment, *, after):
    def wrapped(*args, **kwargs):
        if not after:
            pause(moment)
        result = function(*args, **kwargs)
        if after:
            pause(moment)
        return result

    return wrapped


def work() -> None:
    child.MODULE = CHILD
    exports.close = pausing(exports.close, "closing", after=False)
    settings = Settings.load()
    logs.configure(settings)
    database = Database.connect(settings.database_url)
    delivery = SimpleNamespace(wrote=lambda: None)  # a whole bot takes seconds to build
    asyncio.run(ExportsJob(database, delivery, settings).run())


def make() -> int:
    making.Maker.parts = pausing(making.Maker.parts, "rows", after=True)
    making.CHUNKS, files.CHUNK = 1, 16 * 1024  # small files have several, too
    files.add_chunk = in_the_second(files.add_chunk)
    making.make = pausing(making.make, "made", after=True)
    return making.main()


def in_the_second(add_chunk):
    """Pause once a chunk is committed."""

    def wrapped(session, *, number, **kwargs):
        if number == 1:
            pause("chunks")
        add_chunk(session, number=number, **kwargs)

    return wrapped


if __name__ == "__main__":
    sys.exit(work() if sys.argv[1] == "worker" else make())
