"""The composition root: settings in, a wired bot out. The only place that picks real or fake."""

import importlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from starlette.routing import BaseRoute

from bot import handlers
from bot.adapters.slack.api import SlackApi
from bot.adapters.slack.settings import SlackSettings
from bot.adapters.slack.transport import Slack
from bot.adapters.telegram.api import TelegramApi
from bot.adapters.telegram.settings import TelegramSettings
from bot.adapters.telegram.transport import Telegram
from bot.adapters.web import transport as web
from bot.clock import Clock
from bot.commands import discover
from bot.delivery import Delivery, Platform, Sender
from bot.dispatcher import Dispatcher
from bot.identity import passwords
from bot.router import Router
from bot.settings import Settings
from bot.site import pages as site
from store import people, sample
from store.db import Database


class NotReady(Exception):
    """The store cannot be used as it is; the message says what to do, in plain words."""


@dataclass(frozen=True, slots=True)
class Bot:
    """Everything a process needs; what it does with it is the command line's choice."""

    settings: Settings
    database: Database
    dispatcher: Dispatcher
    delivery: Delivery
    platforms: tuple[Platform, ...] = ()  # that messages are pushed to


@contextmanager
def open_bot(settings: Settings) -> Iterator[Bot]:
    """Wire a bot over a store that is ready for it, and let it end its turns afterwards.

    Raises NotReady, or SettingsError for a missing secret.
    """
    settings.secret  # noqa: B018 - raises when it is missing
    with open_database(settings) as database:
        bot = build(settings, database)
        try:
            yield bot
        finally:
            bot.delivery.close()


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """Open the store. An embedded SQLite is brought up to date; a server must be already."""
    database = Database.connect(settings.database_url)
    try:
        prepare(settings, database)
        yield database
    finally:
        database.dispose()


def prepare(settings: Settings, database: Database) -> None:
    """Bring an embedded or development store up to date; in development fill an empty one."""
    if database.is_sqlite or settings.in_development:
        database.upgrade()
    elif not database.is_current():
        raise NotReady("The database is not up to date: run `billing-bot db upgrade`.")
    if settings.in_development:
        with database.write() as session:
            if sample.is_empty(session):
                today = Clock.of(settings).today()
                sample.fill(session, today=today, hash_password=passwords.hash_password)


def build(settings: Settings, database: Database) -> Bot:
    """Wire a bot over a database that is ready. Raises SettingsError."""
    understanding = router()
    commands = understanding.commands
    slack, telegram = SlackSettings.load(), TelegramSettings.load()
    slack_api = SlackApi(slack)
    dispatcher = Dispatcher(
        database=database,
        router=understanding,
        commands=commands,
        settings=settings,
        clock=Clock.of(settings),
        desk=slack.desk,
        locale_of={"slack": slack_api.locale_of} if slack.sends else {},
    )
    delivery = Delivery(database, dispatcher, settings)
    platforms: tuple[Platform, ...] = (
        Slack(slack, slack_api, delivery, commands=commands.keys()),
        Telegram(telegram, TelegramApi(telegram), delivery, commands=commands.keys()),
    )
    return Bot(settings, database, dispatcher, delivery, platforms)


def routes(bot: Bot) -> list[BaseRoute]:
    """Collect what the adapters and the site serve."""
    return [
        *(route for platform in bot.platforms for route in platform.routes()),
        *web.routes(bot.delivery, bot.settings),
        *site.routes(bot.database, bot.settings, on_message=bot.delivery.wrote),
    ]


def senders(bot: Bot) -> Mapping[str, Sender]:
    """Give the senders of the platforms that messages are pushed to, by platform."""
    found = (platform.sender for platform in bot.platforms)
    return {sender.platform: sender for sender in found if sender is not None}


def warm(bot: Bot) -> None:
    """Do once, at the start, what would make the first customer wait."""
    bot.dispatcher.lessons.now().matcher.match("hello")
    importlib.import_module("matplotlib.figure")  # seconds, else in the first aging picture


def link_console(bot: Bot, *, user: str, username: str) -> None:
    """Link a terminal's chat to a portal user without a sign-in. Raises NotReady in production."""
    if not bot.settings.in_development:
        raise NotReady("chat --as is for development: set BILLING_BOT_ENV=development.")
    with bot.database.write() as session:
        portal_user = people.portal_user_named(session, username=username)
        accounts = portal_user and people.accounts_of(session, portal_user_id=portal_user.id or 0)
        if portal_user is None or not accounts:
            raise NotReady(f"There is no portal user {username} with an account.")
        key = {"platform": "console", "workspace": "", "user": user}
        person = people.meet(session, **key, display_name="")
        account = accounts[0][0]
        if portal_user.id and account.id and person.portal_user_id != portal_user.id:
            people.link(
                session,
                person_id=person.id,
                portal_user_id=portal_user.id,
                account_id=account.id,
            )


@cache
def router() -> Router:
    """Make the process's router: understanding needs no store."""
    return Router(discover(handlers))
