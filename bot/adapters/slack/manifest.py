"""The app manifest from which Slack makes the app, and the scopes it asks for."""

from collections.abc import Iterable
from typing import Any, Final

from bot.adapters.slack.incoming import SLASH_COMMAND
from bot.adapters.slack.settings import Mode
from bot.commands import Command, listed
from bot.i18n import N_, SOURCE_LANGUAGE, Localizer
from bot.settings import SettingsError

PATH: Final = "/slack/events"
NAME: Final = "billing-bot"

# Scope -> what the bot needs it for.
SCOPES: Final = {
    "app_mentions:read": "to hear when somebody mentions the bot in a channel",
    "channels:history": "to read back its own posts in public channels after a crash",
    "groups:history": "to read back its own posts in private channels after a crash",
    "mpim:history": "to read back its own posts in group messages after a crash",
    "im:history": "to hear direct messages, and to read back its own after a crash",
    "im:write": "to open a direct message for what is private",
    "chat:write": "to post messages and update them",
    "commands": f"to answer {SLASH_COMMAND}",
    "files:write": "to send pictures and documents",
    "files:read": "to see in its own posts which files are out already",
    "users:read": "to answer in the language of people's own settings",
    "channels:read": "to look whether it is in the desk's channel, when that is public",
    "groups:read": "to look whether it is in the desk's channel, when that is private",
}

_DESCRIPTION: Final = N_("Your billing desk: balance, transactions, payments, answers.")

Json = dict[str, Any]


def manifest(
    commands: Iterable[Command], *, mode: Mode, public_url: str, language: str = SOURCE_LANGUAGE
) -> Json:
    """Write the manifest, which Slack takes as JSON, in the one language that it may have.

    Raises SettingsError when Slack shall post to an address that is not https.
    """
    loc = Localizer(language)
    address = _address(mode, public_url)
    return {
        "display_information": {"name": NAME, "description": loc.text(_DESCRIPTION)},
        "features": {
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": NAME, "always_online": True},
            "slash_commands": [_slash_command(loc, commands, address)],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": _posted("request_url", address)
            | {"bot_events": ["app_mention", "message.im"]},
            "interactivity": {"is_enabled": True} | _posted("request_url", address),
            "org_deploy_enabled": False,
            "socket_mode_enabled": mode is Mode.SOCKET,
            "token_rotation_enabled": False,
        },
    }


def _address(mode: Mode, public_url: str) -> str | None:
    if mode is Mode.SOCKET:
        return None
    if not public_url.startswith("https://"):
        raise SettingsError(
            "Slack posts to an https address: set BILLING_BOT_PUBLIC_URL to the one of this bot, "
            "or use --mode socket, which needs none."
        )
    return public_url.rstrip("/") + PATH


def _posted(name: str, address: str | None) -> Json:
    return {name: address} if address else {}


def _slash_command(loc: Localizer, commands: Iterable[Command], address: str | None) -> Json:
    names = " | ".join(command.name for command in listed(commands))
    return {
        "command": SLASH_COMMAND,
        "description": loc.text(N_("Ask about your bill")),
        "usage_hint": loc.text(N_("[{names}] or a question"), names=names),
        "should_escape": False,
    } | _posted("url", address)
