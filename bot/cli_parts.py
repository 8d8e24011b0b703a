"""What the commands of the command line share: settings, the store, errors in a line."""

import functools
import json
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, ParamSpec

import click
import structlog

from bot import logs
from bot.settings import Settings, SettingsError

P = ParamSpec("P")

REFUSED, USAGE = 1, 2  # exit statuses


def settled(function: Callable[P, None]) -> Callable[P, None]:
    """Turn what an operator can mend into one plain line and exit status 1."""

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> None:
        from bot.bootstrap import NotReady
        from bot.errors import CustomerError
        from store.db import is_unavailable

        try:
            function(*args, **kwargs)
        except CustomerError as error:
            _fail(error.msgid.format(**error.values))
        except (SettingsError, NotReady, ValueError) as error:
            _fail(str(error))
        except Exception as error:
            if not is_unavailable(error):
                raise
            _fail("The database cannot be reached. Check DATABASE_URL, and that it is running.")

    return wrapper


def load_settings(log_level: str | None = None) -> Settings:
    """Read the settings, and log as they say."""
    found = Settings.load()
    if log_level:
        found = found.model_copy(update={"log_level": log_level})
    logs.configure(found)
    return found


def open_store() -> AbstractContextManager[Any]:
    """Open the store. Raises NotReady."""
    from bot.bootstrap import open_database

    return open_database(load_settings())


def acting(database: Any, username: str | None) -> Any:
    """Find who acts; in development without a name, the first of the sample staff."""
    from bot import desk

    found = Settings.load()
    if username is None:
        if not found.in_development:
            raise click.UsageError("Say who acts: --as USERNAME")
        username = "agent1@desk.example"
    return desk.member(database, username=username, sample_users=found.in_development)


def show_result(as_json: bool, data: Any, text: str) -> None:
    click.echo(json.dumps(data, ensure_ascii=False) if as_json else text)


def _fail(message: str) -> None:
    structlog.reset_defaults()
    click.echo(message, err=True)
    sys.exit(REFUSED)
