"""Measure what waits, at the moment somebody asks."""

from bot import metrics
from store import exports, inbox, outbox, tickets
from store.db import Database


class Gauges:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._platforms: set[str] = set()  # seen waiting once: told as 0 when nothing waits

    def measure(self) -> None:
        """Set the gauges from the store."""
        with self._database.read() as session:
            waiting, _since = inbox.waiting(session)
            unsent = outbox.unsent(session)
            exporting, _oldest = exports.waiting(session)
            total, urgent = tickets.count_open(session)
        self._platforms |= unsent.keys()
        metrics.inbox_waiting.set(waiting)
        metrics.exports_waiting.set(exporting)
        for platform in self._platforms:
            metrics.outbox_waiting.labels(platform).set(unsent.get(platform, 0))
        metrics.tickets_open.labels("yes").set(urgent)
        metrics.tickets_open.labels("no").set(total - urgent)
