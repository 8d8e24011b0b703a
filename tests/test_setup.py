"""The Slack manifest, and what Telegram is told.

`python -m tests.test_setup` writes the goldens anew.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot import cli_setup, handlers
from bot.adapters.slack.manifest import SCOPES
from bot.adapters.telegram.registration import DESCRIPTION, SHORT_DESCRIPTION, command_list
from bot.commands import discover
from bot.i18n import Localizer, languages
from tests.platforms.telegram import TOKEN, TelegramServer

GOLDEN = Path(__file__).parent / "golden" / "slack"
PUBLIC = "https://bot.example"
MODES = ("http", "socket")
PREFIXES = ("BILLING_BOT_", "SLACK_", "TELEGRAM_")


@pytest.fixture
def telegram() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        yield server


def run(group, *arguments, **environment):
    """Run a command with these settings alone; gives its exit status and what it printed."""
    nothing = {name: None for name in os.environ if name.startswith(PREFIXES)}
    done = CliRunner().invoke(group, list(arguments), env=nothing | environment)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done.exit_code, done.output


def set_up(server, *, token=TOKEN, **environment):
    names = {"TELEGRAM_BOT_TOKEN": token, "BILLING_BOT_TELEGRAM_API_URL": f"{server.url}/bot"}
    return run(cli_setup.telegram, "setup", **names | environment)


def path(mode):
    return GOLDEN / f"manifest.{mode}.json"


def print_manifest(mode):
    return run(cli_setup.slack, "manifest", "--mode", mode, BILLING_BOT_PUBLIC_URL=f"{PUBLIC}/")


def test_a_manifest_in_french():
    """Slack shows one language to everybody; the operator chooses it."""
    environment = {"BILLING_BOT_PUBLIC_URL": PUBLIC}
    status, printed = run(cli_setup.slack, "manifest", "--language", "fr", **environment)
    french, english = json.loads(printed), json.loads(path("http").read_text("utf-8"))
    assert 0 == status
    assert "service de facturation" in french["display_information"]["description"]
    (command,), (other,) = (m["features"]["slash_commands"] for m in (french, english))
    assert command["usage_hint"].endswith("] ou une question")
    assert command["command"] == other["command"]
    assert french["oauth_config"] == english["oauth_config"]


@pytest.mark.parametrize("mode", MODES)
def test_the_manifest_is_the_golden_one(mode):
    """The whole manifest, as it is pasted into Slack."""
    assert (0, path(mode).read_text("utf-8")) == print_manifest(mode)


def test_the_mode_of_the_manifest_is_the_settings():
    """With an app token, Slack is told that the bot opens a socket."""
    status, printed = run(cli_setup.slack, "manifest", SLACK_APP_TOKEN="xapp-1")
    assert (0, True) == (status, json.loads(printed)["settings"]["socket_mode_enabled"])


@pytest.mark.parametrize("url", ["", "http://bot.example"])
def test_the_manifest_wants_an_https_address(url):
    """Without one the command says what to set, or to use the other mode."""
    expected = (
        "Error: Slack posts to an https address: set BILLING_BOT_PUBLIC_URL to the one of this "
        "bot, or use --mode socket, which needs none.\n"
    )
    assert (1, expected) == run(cli_setup.slack, "manifest", BILLING_BOT_PUBLIC_URL=url)


def test_the_manifest_keeps_to_slacks_limits():
    """Descriptions and the hint fit, and every scope has its reason."""
    manifest = json.loads(path("http").read_text("utf-8"))
    assert len(manifest["display_information"]["name"]) <= 35
    assert len(manifest["display_information"]["description"]) <= 140
    assert len(manifest["features"]["slash_commands"][0]["usage_hint"]) <= 1000
    assert all(why.startswith("to ") for why in SCOPES.values())


def test_telegram_is_told_everything(telegram):
    """Commands and descriptions go out in each language, then the webhook with its secret."""
    status, printed = set_up(
        telegram, BILLING_BOT_TELEGRAM_WEBHOOK_SECRET="s3cret", BILLING_BOT_PUBLIC_URL=PUBLIC
    )
    expected = (
        "@billing_test_bot has its commands and descriptions in en.\n"
        "@billing_test_bot has its commands and descriptions in fr.\n"
        "Telegram posts to https://bot.example/telegram/webhook.\n"
    )
    assert (0, expected) == (status, printed)
    assert [] == telegram.breaches
    english = telegram.commands["default", ""]
    assert {"command": "last_payment", "description": "Last payment"} in english
    french = {each["command"]: each["description"] for each in telegram.commands["default", "fr"]}
    assert "Dernier paiement" == french["last_payment"]
    assert "faq" not in french
    names = [(name, code) for name in ("description", "short_description") for code in ("", "fr")]
    assert names == sorted(telegram.descriptions)
    assert {
        "url": "https://bot.example/telegram/webhook",
        "secret_token": "s3cret",
        "allowed_updates": ["message", "edited_message", "callback_query"],
        "max_connections": "40",
        "drop_pending_updates": "false",
    } == telegram.updates.webhook


def test_telegram_may_be_told_again_and_to_be_polled(telegram):
    """Twice is as good as once; without a secret the webhook goes, and no update with it."""
    webhook = {
        "BILLING_BOT_TELEGRAM_WEBHOOK_SECRET": "s3cret",
        "BILLING_BOT_PUBLIC_URL": PUBLIC,
    }
    telegram.push({"message": {"text": "waits"}})
    first = set_up(telegram, **webhook)
    told = telegram.updates.webhook, dict(telegram.commands), dict(telegram.descriptions)
    assert first == set_up(telegram, **webhook)
    assert told == (telegram.updates.webhook, telegram.commands, telegram.descriptions)
    status, printed = set_up(telegram)
    assert (0, "No webhook is set: the bot polls.") == (status, printed.splitlines()[-1])
    assert ({}, 1) == (telegram.updates.webhook, len(telegram.updates.waiting))


@pytest.mark.parametrize(
    ("said", "environment"),
    [
        ("TELEGRAM_BOT_TOKEN is not set", {"token": ""}),
        ("this is no bot token", {"token": "nonsense"}),
        ("does not accept the bot token", {"token": "123456:WRONG"}),
        (
            "cannot be reached",
            {"BILLING_BOT_TELEGRAM_API_URL": "http://127.0.0.1:1/bot"},
        ),
        ("cannot be reached", {"BILLING_BOT_TELEGRAM_API_URL": "no address"}),
        (
            "set BILLING_BOT_PUBLIC_URL",
            {
                "BILLING_BOT_TELEGRAM_MODE": "webhook",
                "BILLING_BOT_TELEGRAM_WEBHOOK_SECRET": "s3cret",
            },
        ),
        (
            "an https url must be provided",
            {
                "BILLING_BOT_TELEGRAM_WEBHOOK_SECRET": "s3cret",
                "BILLING_BOT_PUBLIC_URL": "http://bot.example",
            },
        ),
    ],
)
def test_what_went_wrong_is_one_plain_line(telegram, said, environment):
    """A failure is words and status 1: no traceback, and never the token."""
    status, printed = set_up(telegram, **environment)
    failure = printed.splitlines()[-1]
    assert (1, True, True) == (status, failure.startswith("Error: "), said in failure), printed
    for never in (TOKEN, "WRONG", "nonsense", "s3cret", "Traceback"):
        assert never not in printed


@pytest.mark.parametrize("language", languages())
def test_what_telegram_shows_fits(language):
    """Names and texts keep to the limits of the Bot API in every language."""
    loc = Localizer(language)
    commands = command_list(discover(handlers).values(), language)
    assert all(len(each.command) <= 32 and len(each.description) <= 256 for each in commands)
    assert len(loc.text(DESCRIPTION)) <= 512
    assert len(loc.text(SHORT_DESCRIPTION)) <= 120


def write_goldens() -> None:
    for mode in MODES:
        path(mode).write_text(print_manifest(mode)[1], "utf-8")


if __name__ == "__main__":
    write_goldens()
