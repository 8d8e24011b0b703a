"""The commands that set the bot up on the platforms and look whether it is; thin, as bot.cli."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from bot.cli_parts import acting, open_store, settled
from bot.settings import Settings, SettingsError

if TYPE_CHECKING:
    from bot.checks import Check
    from bot.commands import Command

_FAILED = 1


@click.group()
def slack() -> None:
    """Slack: setting up the app."""


@slack.command()
@click.option(
    "--mode",
    type=click.Choice(["http", "socket"]),
    help="How Slack reaches the bot. Default: socket with an app token, else http.",
)
@click.option(
    "--language",
    type=click.Choice(["en", "fr"]),
    default="en",
    show_default=True,
    help="What Slack shows of the app has one language for everybody.",
)
def manifest(mode: str | None, language: str) -> None:
    """Print the app manifest, from which Slack makes the app."""
    from bot.adapters.slack import manifest as slack_manifest
    from bot.adapters.slack.settings import Mode, SlackSettings

    with _plainly(SettingsError):
        made = slack_manifest.manifest(
            _commands(),
            mode=Mode(mode) if mode else SlackSettings.load().mode,
            public_url=Settings.load().public_url,
            language=language,
        )
    click.echo(json.dumps(made, ensure_ascii=False, indent=2))


@click.group()
def telegram() -> None:
    """Telegram: setting up the bot."""


@telegram.command()
def setup() -> None:
    """Tell Telegram the commands, the descriptions and the webhook; may be repeated."""
    from bot.adapters.telegram.registration import NotRegistered, register
    from bot.adapters.telegram.settings import TelegramSettings

    async def run() -> None:
        async for done in register(TelegramSettings.load(), _commands()):
            click.echo(done)

    with _plainly(SettingsError, NotRegistered):
        asyncio.run(run())


@click.command()
@click.argument("username")
@click.option("--platform", type=click.Choice(["slack", "telegram"]), required=True)
@click.option("--user", required=True, help="The platform's id of the person, e.g. U0123ABCD.")
@click.option("--workspace", default="", help="Slack: the id of their team or enterprise.")
@click.option("--end", is_flag=True, help="End the link instead.")
@settled
def link(username: str, platform: str, user: str, workspace: str, end: bool) -> None:
    """Let somebody of the desk act from their own chat."""
    from bot import desk

    if platform == "slack" and not workspace:
        raise click.UsageError("Slack ids are unique in a workspace: add --workspace T0123ABCD")
    with open_store() as database:
        member = acting(database, username)
        desk.link(
            database,
            staff=member,
            platform=platform,
            workspace=workspace,
            user=user,
            linked=not end,
        )
    click.echo(f"{member.username} {'is no longer' if end else 'is now'} {platform} {user}.")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a check.")
def doctor(*, as_json: bool) -> None:
    """Look whether everything is set up, and say what to do."""
    if asyncio.run(_examine(as_json=as_json)):
        sys.exit(_FAILED)


async def _examine(*, as_json: bool) -> int:
    """Print each check as it is done; gives the number of problems."""
    from bot.checks import State

    problems = 0
    async for check in _checks():
        problems += check.state is State.PROBLEM
        click.echo(json.dumps(asdict(check), ensure_ascii=False) if as_json else _line(check))
    return problems


async def _checks() -> "AsyncIterator[Check]":
    from bot import checks
    from bot.adapters.slack import checks as slack_checks
    from bot.adapters.telegram import checks as telegram_checks

    for check in checks.core():
        yield check
    for looks in (slack_checks.look(), telegram_checks.look(_commands())):
        async for check in looks:
            yield check


def _line(check: "Check") -> str:
    text = f"{check.name}: {check.text} {check.advice}"
    return f"{check.state:8} {' '.join(text.split())}"


def _commands() -> "tuple[Command, ...]":
    from bot import handlers
    from bot.commands import discover

    return tuple(discover(handlers).values())


@contextmanager
def _plainly(*mended: type[Exception]) -> Iterator[None]:
    """Turn what an operator can mend into one plain line and exit status 1."""
    try:
        yield
    except mended as error:
        raise click.ClickException(str(error)) from None
