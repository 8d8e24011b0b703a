"""The bot as `billing-bot serve` runs it, on a socket of this process."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Self

import pytest
import uvicorn
from sqlalchemy import select

from bot import desk, server
from bot.asgi import application
from bot.bootstrap import Bot, build, routes
from bot.settings import Settings
from store import inbox, outbox, people
from store.db import Database
from store.models import InboxState, OutboxState
from tests.platforms.serving import Sent
from tests.platforms.slack import TEAM, SlackServer
from tests.slack_limits import texts

SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)  # the store says nothing
NOWHERE = "postgresql://nobody@127.0.0.1:1/none"
INBOX, OUTBOX = inbox.inbox, outbox.outbox
OPEN = (OutboxState.WAITING, OutboxState.SENDING)


class Running:
    """`with Running(settings, database, slack) as bot`; the platforms' settings come from outside.

    Afterwards `bot.url` is its address. `settle` waits until there is nothing left to do.
    """

    def __init__(self, settings: Settings, database: Database, slack: SlackServer) -> None:
        self.slack = slack
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.database = database
        self.bot: Bot = build(settings.model_copy(update={"port": self.port}), database)
        self._server = uvicorn.Server(
            uvicorn.Config(self._app(), log_config=None, access_log=False)
        )
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self.slack.until(lambda: self._server.started)
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.should_exit = True
        self._thread.join()

    def settle(self, seconds: float = 10) -> None:
        """Wait until every event is answered and every message is out, or given up."""
        self.slack.until(self._is_quiet, seconds)

    def events(self) -> list[str]:
        """The ids of the events in the inbox."""
        return self._column(select(INBOX.c.event_id).order_by(INBOX.c.id))

    def states(self) -> list[str]:
        """What became of each message."""
        return self._column(select(OUTBOX.c.state).order_by(OUTBOX.c.id))

    def sign_in(self, user: str, username: str, *, workspace: str = TEAM) -> None:
        """Link somebody on Slack to a portal user, as the page and their yes would."""
        with self.database.write() as session:
            person = people.meet(
                session, platform="slack", workspace=workspace, user=user, display_name=""
            )
            found = people.portal_user_named(session, username=username)
            account = people.accounts_of(session, portal_user_id=found.id)[0][0]
            people.link(
                session, person_id=person.id, portal_user_id=found.id, account_id=account.id
            )

    def employ(self, user: str, username: str) -> None:
        """Link somebody on Slack to a staff user, as `staff link` does."""
        member = desk.member(self.database, username=username, sample_users=True)
        key = {"platform": "slack", "workspace": TEAM, "user": user}
        desk.link(self.database, staff=member, **key, linked=True)

    @contextmanager
    def store_away(self) -> Iterator[None]:
        """Let what comes in find no store; what is being answered still does."""
        delivery, gone = self.bot.delivery, Database.connect(NOWHERE)
        delivery._database = gone
        yield
        delivery._database = self.database
        gone.dispose()

    def tickets(self) -> list[str]:
        return [case.ticket.ref for case in desk.open_cases(self.database)]

    def said_to(self, channel: str) -> list[Sent]:
        """What was posted or updated in a room, once there is nothing left to do."""
        self.settle()
        return [sent for sent in self.slack.sent if channel == room_of(sent)]

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


def room_of(sent: Sent) -> str:
    """Where a message, an update or a file was sent to."""
    return str(sent.arguments.get("channel") or sent.arguments.get("channel_id"))


def text_of(sent: Sent) -> str:
    """The plain text of a message: all that its blocks say, as notifications show it."""
    return str(sent.arguments["text"])


def words(sent: Sent | dict[str, Any]) -> str:
    """All that people read of a message or modal: what stands in its blocks."""
    arguments = sent.arguments if isinstance(sent, Sent) else sent
    return "\n".join(texts(arguments.get("blocks") or []))


def elements(sent: Sent | dict[str, Any]) -> list[dict[str, Any]]:
    """The buttons and menus of a message."""
    arguments = sent.arguments if isinstance(sent, Sent) else sent
    actions = (block for block in arguments["blocks"] if block["type"] == "actions")
    return [element for block in actions for element in block["elements"]]


def labels(sent: Sent) -> list[str]:
    """What can be pressed or chosen, in order."""
    found: list[str] = []
    for element in elements(sent):
        options = element.get("options", [element])
        found += [option["text"]["text"] for option in options]
    return found
