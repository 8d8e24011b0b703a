"""The bot as `billing-bot serve` runs it, on a socket of this process."""

import json
import socket
import threading
from functools import partial
from typing import Any, Self

import httpx
import uvicorn
from sqlalchemy import select

from bot import server
from bot.asgi import application
from bot.bootstrap import Bot, build, routes
from bot.messages import Reply, to_json
from store import inbox, outbox
from store.db import Database
from store.models import Conversation, InboxState, OutboxState
from tests.conftest import settings
from tests.platforms.serving import Sent
from tests.platforms.telegram import TelegramServer

INBOX, OUTBOX = inbox.inbox, outbox.outbox
OPEN = (OutboxState.WAITING, OutboxState.SENDING)
SECRET = "a-secret_of-the-webhook"


class Running:
    """`with Running(database, telegram) as bot`; Telegram's settings come from the environment.

    `settle` waits until there is nothing left to do.
    """

    def __init__(self, database: Database, telegram: TelegramServer) -> None:
        self.telegram = telegram
        self.database = database
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port = self._socket.getsockname()[1]
        self.bot: Bot = build(settings(port=self.port), database)
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=20)
        config = uvicorn.Config(
            self._app(), log_config=None, access_log=False, timeout_graceful_shutdown=2
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self.telegram.until(lambda: self._server.started)
        return self

    def __exit__(self, *_exception: object) -> None:
        self.client.close()
        self._server.should_exit = True
        self._thread.join(25)
        assert not self._thread.is_alive(), "it does not stop"

    def post(self, update: dict[str, Any]) -> int:
        """Post an update as Telegram does; gives the status of the answer."""
        headers = {"x-telegram-bot-api-secret-token": SECRET, "content-type": "application/json"}
        body = json.dumps(update)
        return self.client.post("/telegram/webhook", content=body, headers=headers).status_code

    def take(self, update: dict[str, Any]) -> list[Sent]:
        """Post an update; gives what was sent by the time that nothing is left to do."""
        before = len(self.telegram.sent)
        assert 200 == self.post(update)
        self.settle()
        return self.telegram.sent[before:]

    def settle(self, seconds: float = 10) -> None:
        """Wait until every event is answered and every message is out, or given up."""
        self.telegram.until(self._is_quiet, seconds)

    def write(self, *texts: str, buttons: tuple[Any, ...] = (), private: bool = True) -> None:
        """Write messages of the bot's own into the conversation that is there."""
        with self.database.write() as session:
            row = session.connection().execute(select(OUTBOX).order_by(OUTBOX.c.id)).first()
            for text in texts:
                letter = outbox.Letter(
                    to=outbox.Recipient(
                        platform="telegram",
                        conversation_id=row.conversation_id,
                        chat_identity_id=row.chat_identity_id,
                        pulled=False,
                    ),
                    reply=to_json(Reply(text=text, buttons=buttons)),
                    language="en",
                    private=private,
                )
                outbox.add(session, letter)
        self.bot.delivery.wrote()

    def events(self) -> list[str]:
        """The update ids of the events in the inbox."""
        found = self._column(select(INBOX.c.event_id).order_by(INBOX.c.id))
        return [event_id.partition(":")[2] for event_id in found]

    def states(self) -> list[str]:
        """What became of each message."""
        return self._column(select(OUTBOX.c.state).order_by(OUTBOX.c.id))

    def conversations(self) -> list[str]:
        """The rooms in which somebody speaks with the bot."""
        return self._column(select(Conversation.room).order_by(Conversation.id))

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
        return not self._column(unanswered) and not self._column(unsent)

    def _column(self, query: Any) -> list[Any]:
        with self.database.read() as session:
            return list(session.connection().execute(query).scalars())


class Slow:
    """A dispatcher whose turns wait until they may go on."""

    def __init__(self, bot: Running) -> None:
        self.go = threading.Event()
        self._inner: Any = bot.bot.delivery._dispatcher
        bot.bot.delivery._dispatcher = self  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name not in {"handle", "begin"}:
            return found

        def work(*arguments: Any, **options: Any) -> Any:
            self.go.wait(10)
            return found(*arguments, **options)

        return work
