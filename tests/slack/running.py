"""The bot beside a Slack of the test's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bot import desk
from bot.settings import Settings
from store import people
from store.db import Database
from tests.platforms.running import RunningBot
from tests.platforms.serving import Sent
from tests.platforms.slack import TEAM, SlackServer
from tests.slack_limits import texts

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


class Running(RunningBot):
    """`with Running(settings, database, slack) as bot`."""

    def __init__(self, settings: Settings, database: Database, slack: SlackServer) -> None:
        super().__init__(settings, database, slack)
        self.slack = slack

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
