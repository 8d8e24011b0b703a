"""The bot beside a Telegram of the test's own."""

import json
import threading
from typing import Any

import httpx
from sqlalchemy import select

from bot.messages import Reply, to_json
from store import outbox
from store.db import Database
from store.models import Conversation
from tests.conftest import settings
from tests.platforms.running import OUTBOX, RunningBot
from tests.platforms.serving import Sent
from tests.platforms.telegram import TelegramServer

SECRET = "a-secret_of-the-webhook"


class Running(RunningBot):
    """`with Running(database, telegram) as bot`; Telegram's settings come from the environment."""

    def __init__(self, database: Database, telegram: TelegramServer) -> None:
        super().__init__(settings(), database, telegram)
        self.telegram = telegram
        self.client = httpx.Client(base_url=self.url, timeout=20)

    def __exit__(self, *exception: object) -> None:
        self.client.close()
        super().__exit__(*exception)

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
        return [event_id.partition(":")[2] for event_id in super().events()]

    def conversations(self) -> list[str]:
        """The rooms in which somebody speaks with the bot."""
        return self.column(select(Conversation.room).order_by(Conversation.id))


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
