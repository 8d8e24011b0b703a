"""What `billing-bot doctor` says of a thing, and its checks of what is no platform's."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from bot.settings import Settings, SettingsError
from store import exports
from store.db import Database

TIMEOUT_SECONDS: Final = 10  # for each question to a platform

_LONG_MINUTES: Final = 60  # that a file may take, those before it included
_LARGEST_SKEW: Final = timedelta(seconds=60)


class State(StrEnum):
    OK = "ok"
    PROBLEM = "problem"
    NOTE = "note"  # left out or optional: nothing is broken


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, what was found, and for a problem what to do; English, in sentences."""

    name: str
    state: State
    text: str
    advice: str = ""


def ok(name: str, text: str) -> Check:
    return Check(name, State.OK, text)


def problem(name: str, text: str, advice: str) -> Check:
    return Check(name, State.PROBLEM, text, advice)


def note(name: str, text: str, advice: str = "") -> Check:
    return Check(name, State.NOTE, text, advice)


def unreadable(name: str, error: SettingsError) -> Check:
    """Tell of settings that cannot be loaded; the error's words hold no secret."""
    return problem(name, f"{'; '.join(str(error).splitlines())}.", "Correct the environment.")


def of_clock(platform: str, date: str | None, *, now: datetime | None = None) -> Iterator[Check]:
    """Compare a fresh answer's Date header with this machine's clock; nothing without a date."""
    try:
        there = parsedate_to_datetime(date or "")
    except ValueError:
        return
    name = f"{platform} clock"
    skew = (now or datetime.now(UTC)) - there.replace(tzinfo=there.tzinfo or UTC)
    seconds = round(abs(skew).total_seconds())
    if abs(skew) <= _LARGEST_SKEW:
        yield ok(name, f"This machine's clock agrees with {platform}'s.")
        return
    direction = "ahead of" if skew > timedelta(0) else "behind"
    yield problem(
        name,
        f"This machine's clock is {seconds} seconds {direction} {platform}'s.",
        "Turn on time synchronisation (NTP): signatures and leases go by the clock.",
    )


def core() -> Iterator[Check]:
    """Check the settings, the secret key, the store and the public address."""
    try:
        settings = Settings.load()
    except SettingsError as error:
        yield unreadable("Settings", error)
        return
    yield ok("Settings", f"They can be read; this is {settings.env}.")
    yield _secret(settings)
    yield from _store(settings)
    yield _public_url(settings)


def _secret(settings: Settings) -> Check:
    name = "Secret key"
    try:
        settings.secret  # noqa: B018 - raises when it is missing or short
    except SettingsError as error:
        return problem(name, "It is missing or too short.", f"{error}.")
    if not settings.secret_key.get_secret_value():
        return note(name, "The one for development is used, which everybody knows.")
    return ok(name, "It is set.")


def _store(settings: Settings) -> Iterator[Check]:
    try:
        database = Database.connect(settings.database_url)
    except ValueError as error:
        yield problem("Store", f"{error}.", "Correct DATABASE_URL.")
        return
    try:
        schema = _schema(settings, database)
        yield schema
        if schema.state is State.OK:
            yield _exports(database)
    finally:
        database.dispose()
    if database.is_sqlite and not settings.in_development:
        yield note(
            "Store",
            "SQLite is for processes of one machine, and one of them writes at a time.",
            "Set DATABASE_URL to a PostgreSQL server before running several.",
        )


def _schema(settings: Settings, database: Database) -> Check:
    name = "Store"
    if _is_to_be_made(database):
        return note(name, "There is no database file yet: the first start makes it.")
    try:
        current = database.is_current()
    except Exception as error:  # noqa: BLE001 - whatever it is, its text may hold the address
        return problem(
            name,
            f"The database cannot be used ({type(error).__name__}).",
            "Check DATABASE_URL: that the server is running, or that the file's folder is there.",
        )
    if current:
        return ok(name, "The database is there and up to date.")
    if database.is_sqlite or settings.in_development:
        return note(name, "The database is not up to date: the next start sees to it.")
    return problem(name, "The database is not up to date.", "Run `billing-bot db upgrade`.")


def _exports(database: Database) -> Check:
    """Tell whether files that were asked for are being made."""
    name = "Files"
    with database.read() as session:
        waiting, since = exports.waiting(session)
    if since is None:
        return ok(name, "No file is waiting to be made.")
    minutes = int((datetime.now(UTC) - since).total_seconds() // 60)
    told = f"{waiting} waiting to be made, the oldest for {minutes} minutes."
    if minutes < _LONG_MINUTES:
        return ok(name, told)
    return problem(name, told, "Check that a worker runs: `billing-bot serve` or `worker`.")


def _is_to_be_made(database: Database) -> bool:
    """Tell of an SQLite file that connecting would make: looking shall leave nothing behind."""
    if not database.is_sqlite:
        return False
    file = Path(database.engine.url.database or "")
    return not file.exists() and file.parent.is_dir()


def _public_url(settings: Settings) -> Check:
    name, url = "Public address", settings.public_url
    if url.startswith("https://"):
        return ok(name, f"Links begin with {settings.base_url}.")
    return note(
        name,
        f"BILLING_BOT_PUBLIC_URL is {'no https address' if url else 'not set'}: "
        "buttons that open a page become addresses as text, and platforms cannot post to the bot.",
        "Set it to the https address of this bot, or use Socket Mode and polling.",
    )
