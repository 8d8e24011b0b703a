"""The running bot beside a stand-in for Slack, and people who write to it."""

from collections.abc import Callable, Iterator

import pytest

from bot.adapters.slack import sender
from bot.delivery import Rate
from bot.jobs import outbox
from store.db import Database
from tests.conftest import settings
from tests.platforms.slack import BOT_TOKEN, SlackServer
from tests.slack.people import DESK_ROOM, SECRET, Person
from tests.slack.running import Running


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    """Slack, to which nothing may be said that it would refuse."""
    with SlackServer() as server:
        yield server
        assert [] == server.breaches


@pytest.fixture
def start(
    slack: SlackServer, sampled: Database, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Running]:
    """Make a bot that is connected to Slack; it runs as long as it is entered."""
    monkeypatch.setattr(sender, "ROOM_RATE", Rate(seconds=0.001, burst=100))
    monkeypatch.setattr(outbox, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(outbox, "FIRST_WAIT", 0.05)
    for name, value in {
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "BILLING_BOT_SLACK_API_URL": f"{slack.url}/api/",
        "BILLING_BOT_SLACK_DESK_CHANNEL": DESK_ROOM,
    }.items():
        monkeypatch.setenv(name, value)
    return lambda **changes: Running(settings(**changes), sampled, slack)


@pytest.fixture
def bot(start: Callable[..., Running]) -> Iterator[Running]:
    with start() as running:
        yield running


@pytest.fixture
def ana(bot: Running) -> Person:
    """A customer whom the bot does not know yet."""
    return Person("U0ANA", bot)


@pytest.fixture
def rosalind(bot: Running) -> Person:
    """A customer who is signed in."""
    bot.sign_in("U0ROSA", "demo@maple.example")
    return Person("U0ROSA", bot)


@pytest.fixture
def gordon(bot: Running) -> Person:
    """Somebody of the desk, who reads English and may see figures."""
    bot.employ("U0GORDON", "agent2@desk.example")
    return Person("U0GORDON", bot)
