"""What staff have taught, in step with the store: a phrase they approve counts in every process.

Each turn reads the number of the last change with its first statement; only when that is not the
one this process knows are the phrases read again. Nothing is trained, so it takes milliseconds.
"""

import threading
from dataclasses import dataclass

import structlog

from bot.faq.matcher import Phrase
from bot.router import Router
from store import taught
from store.db import Database, is_unavailable

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Learned:
    revision: int
    router: Router


class Lessons:
    """Keeps the router that knows what has been taught."""

    def __init__(self, untaught: Router, database: Database) -> None:
        self._database = database
        self._learned = _Learned(0, untaught)
        self._lock = threading.Lock()

    def router(self, revision: int) -> Router:
        """Give a router that knows all up to a revision; called from any thread.

        Raises what says that the store cannot be reached. Anything else that goes wrong is
        logged: the bot goes on with what it knew.
        """
        if revision != self._learned.revision:
            with self._lock:
                if revision != self._learned.revision:
                    self._catch_up()
        return self._learned.router

    def _catch_up(self) -> None:
        try:
            self._learned = learned(self._learned.router, self._database)
        except Exception as error:
            if is_unavailable(error):
                raise
            log.exception("taught phrases could not be read")

    def now(self) -> Router:
        """Give a router that knows all that has been taught by now."""
        with self._lock:
            self._catch_up()
        return self._learned.router


def learned(router: Router, database: Database) -> _Learned:
    """Read what holds now, whatever the router knew of it."""
    with database.read() as session:
        revision, rows = taught.live(session)
    known = router.knowing(Phrase(topic, text, language) for topic, text, language in rows)
    known.matcher  # noqa: B018 - made here, before anybody waits for it
    return _Learned(revision, known)
