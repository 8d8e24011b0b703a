"""The bot as `billing-bot serve` runs it, on a socket of this process."""

import socket
import threading
from functools import partial
from typing import Any, Self

import pytest
import uvicorn
from sqlalchemy import select

from bot import server
from bot.asgi import application
from bot.bootstrap import Bot, build, routes
from bot.settings import Settings
from store import exports, inbox, outbox
from store.db import Database
from store.models import InboxState, OutboxState
from tests.platforms.serving import LocalServer

SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)  # the store says nothing
INBOX, OUTBOX, EXPORT = inbox.inbox, outbox.outbox, exports.export
OPEN = (OutboxState.WAITING, OutboxState.SENDING)
STOP_SECONDS = 25


class RunningBot:
    """A context in which the bot runs; the platforms' settings come from outside.

    `url` is its address. `settle` waits until there is nothing left to do.
    """

    def __init__(self, settings: Settings, database: Database, platform: LocalServer) -> None:
        self.database = database
        self._platform = platform
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.bot: Bot = build(settings.model_copy(update={"port": self.port}), database)
        config = uvicorn.Config(
            self._app(), log_config=None, access_log=False, timeout_graceful_shutdown=2
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._platform.until(lambda: self._server.started)
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.should_exit = True
        self._thread.join(STOP_SECONDS)
        assert not self._thread.is_alive(), "it does not stop"

    def settle(self, seconds: float = 10) -> None:
        """Wait until every event is answered and every message is out, or given up."""
        self._platform.until(self._is_quiet, seconds)

    def make_files(self, seconds: float = 60) -> None:
        """Wait until every file that was asked for has been made, and sent."""
        unmade = select(EXPORT.c.id).where(EXPORT.c.done_at.is_(None))
        self.settle()
        self._platform.until(lambda: not self.column(unmade), seconds)
        self.settle()

    def events(self) -> list[str]:
        """The ids of the events in the inbox."""
        return self.column(select(INBOX.c.event_id).order_by(INBOX.c.id))

    def states(self) -> list[str]:
        """What became of each message."""
        return self.column(select(OUTBOX.c.state).order_by(OUTBOX.c.id))

    def column(self, query: Any) -> list[Any]:
        """Read one column of the store."""
        with self.database.read() as session:
            return list(session.connection().execute(query).scalars())

    def _app(self) -> Any:
        return application(
            self.bot.settings,
            self.database,
            routes=routes(self.bot),
            background=[
                *(partial(platform.running, receives=True) for platform in self.bot.platforms),
                lambda: server._background(self.bot, worker=True),
            ],
        )

    def _serve(self) -> None:
        self._server.run(sockets=[self._socket])

    def _is_quiet(self) -> bool:
        unanswered = select(INBOX.c.id).where(INBOX.c.state != InboxState.DONE)
        unsent = select(OUTBOX.c.id).where(OUTBOX.c.state.in_(OPEN))
        return not self.column(unanswered) and not self.column(unsent)
