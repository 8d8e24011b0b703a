"""The running bot beside a stand-in for Telegram, and people who write to it."""

from collections.abc import Callable, Iterator

import pytest

from bot import waiting
from bot.adapters.telegram import sender
from bot.delivery import Rate
from bot.jobs import outbox
from store.db import Database
from tests.platforms.telegram import TOKEN, TelegramServer
from tests.telegram.people import Person
from tests.telegram.running import SECRET, Running


@pytest.fixture
def telegram() -> Iterator[TelegramServer]:
    """Telegram, to which nothing may be said that its documentation forbids."""
    with TelegramServer() as server:
        yield server
        assert [] == server.breaches


@pytest.fixture
def environment(telegram: TelegramServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the bot is told of Telegram; retries and the pace of chats take no time."""
    monkeypatch.setattr(sender, "CHAT_RATE", Rate(seconds=0))
    monkeypatch.setattr(sender, "GROUP_RATE", Rate(seconds=0))
    monkeypatch.setattr(outbox, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(outbox, "FIRST_WAIT", 0.05)
    monkeypatch.setattr(waiting, "FIRST_WAIT", 0.05)
    for name, value in {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "BILLING_BOT_TELEGRAM_API_URL": f"{telegram.url}/bot",
        "BILLING_BOT_TELEGRAM_WEBHOOK_SECRET": SECRET,
        "BILLING_BOT_TELEGRAM_MODE": "webhook",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def start(environment: None, telegram: TelegramServer, sampled: Database) -> Callable[..., Running]:
    """Make a bot that is connected to Telegram; it runs as long as it is entered."""

    def made(database: Database = sampled) -> Running:
        return Running(database, telegram)

    return made


@pytest.fixture
def bot(start: Callable[..., Running]) -> Iterator[Running]:
    with start() as running:
        yield running


@pytest.fixture
def ana(bot: Running) -> Person:
    """A customer whom the bot does not know yet."""
    return Person(bot)


@pytest.fixture
def rosa(bot: Running) -> Person:
    """A customer who is signed in."""
    return Person(bot).sign_in()
