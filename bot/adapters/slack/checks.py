"""Is Slack set up? Each answer is one Check."""

from collections.abc import AsyncIterator, Awaitable
from typing import Any, Final

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.adapters.slack.api import code_of
from bot.adapters.slack.manifest import SCOPES
from bot.adapters.slack.settings import Mode, SlackSettings
from bot.checks import TIMEOUT_SECONDS, Check, note, of_clock, ok, problem, unreadable
from bot.settings import SettingsError

_BOT: Final = "Slack bot token"
_APP: Final = "Slack app token"
_SCOPES: Final = "Slack scopes"
_DESK: Final = "Slack desk channel"

_BOT_ADVICE: Final = (
    "Install the app to the workspace, and copy SLACK_BOT_TOKEN (xoxb-...) from "
    "OAuth & Permissions."
)
_APP_ADVICE: Final = (
    "Copy SLACK_APP_TOKEN (xapp-..., with the scope connections:write) from Basic Information, "
    "and see that Socket Mode is on."
)
_NETWORK_ADVICE: Final = "Check the network, its proxy and BILLING_BOT_SLACK_API_URL."


class _Refused(Exception):
    """The error code that Slack answered with; empty when what came was no answer of Slack's."""

    def __init__(self, code: str = "") -> None:
        super().__init__(code)
        self.code = code


async def look() -> AsyncIterator[Check]:
    """Ask Slack whether it would work with the bot as it is set up."""
    try:
        settings = SlackSettings.load()
    except SettingsError as error:
        yield unreadable("Slack settings", error)
        return
    app_token = settings.app_token.get_secret_value()
    if not (settings.sends or settings.takes_posts or app_token):
        yield note("Slack", "It is not connected: none of its settings is set.")
        return
    yield _signing_secret(settings)
    client = AsyncWebClient(
        settings.bot_token.get_secret_value(),
        base_url=settings.base_url,
        timeout=TIMEOUT_SECONDS,
        retry_handlers=[],
    )
    if settings.sends:
        async for check in _bot(client, settings.slack_desk_channel):
            yield check
    else:
        yield problem(_BOT, "SLACK_BOT_TOKEN is not set.", _BOT_ADVICE)
    if settings.mode is Mode.SOCKET:
        yield await _socket(client, app_token)


def _signing_secret(settings: SlackSettings) -> Check:
    name = "Slack signing secret"
    if settings.takes_posts:
        return ok(name, "It is set.")
    if settings.mode is Mode.SOCKET:
        return ok(name, "It is not set, and Socket Mode needs none.")
    return problem(
        name,
        "SLACK_SIGNING_SECRET is not set, so nothing that Slack posts is taken.",
        "Copy it from the app's Basic Information, or set SLACK_APP_TOKEN to use Socket Mode.",
    )


async def _bot(client: AsyncWebClient, desk: str) -> AsyncIterator[Check]:
    try:
        answer = await _answered(client.auth_test())
    except _Refused as refused:
        yield _refusal(_BOT, refused, _BOT_ADVICE)
        return
    user = str(answer.get("user"))
    yield ok(_BOT, f"The bot is @{user} in the workspace {answer.get('team')}.")
    for check in of_clock("Slack", answer.headers.get("Date")):
        yield check
    yield _scopes(answer.headers.get("x-oauth-scopes"))
    yield await _desk(client, desk, user)


def _scopes(granted: str | None) -> Check:
    if granted is None:
        return note(_SCOPES, "Slack does not say which ones the app has.")
    missing = SCOPES.keys() - {scope.strip() for scope in granted.split(",")}
    if not missing:
        return ok(_SCOPES, "The app has all that it needs.")
    each = "; ".join(f"{scope} ({why})" for scope, why in SCOPES.items() if scope in missing)
    return problem(
        _SCOPES,
        f"The app lacks {each}.",
        "Give Slack the output of `billing-bot slack manifest` as the app's manifest, and "
        "reinstall the app to the workspace.",
    )


async def _desk(client: AsyncWebClient, channel: str, user: str) -> Check:
    if not channel:
        text = "BILLING_BOT_SLACK_DESK_CHANNEL is not set: staff see no tickets in Slack."
        return note(_DESK, text)
    try:
        answer = await _answered(client.conversations_info(channel=channel))
    except _Refused as refused:
        return _unseen(refused, channel, user)
    found: dict[str, Any] = answer.get("channel") or {}
    called = f"#{found.get('name') or channel}"
    if found.get("is_archived"):
        return problem(_DESK, f"{called} is archived.", "Unarchive it, or set another one's id.")
    if not found.get("is_member"):
        return problem(
            _DESK, f"The bot is not in {called}.", f"Type in that channel: /invite @{user}"
        )
    return ok(_DESK, f"The bot is in {called}.")


def _unseen(refused: _Refused, channel: str, user: str) -> Check:
    if refused.code != "channel_not_found":
        advice = "See what is said of the token and the scopes."
        return _refusal(_DESK, refused, advice)
    return problem(
        _DESK,
        f"The bot sees no channel with the id {channel}.",
        "Copy the id from the channel's details; where the channel is private, type in it: "
        f"/invite @{user}",
    )


async def _socket(client: AsyncWebClient, app_token: str) -> Check:
    try:
        await _answered(client.apps_connections_open(app_token=app_token))
    except _Refused as refused:
        return _refusal(_APP, refused, _APP_ADVICE)
    return ok(_APP, "Slack lets the bot open a socket.")


async def _answered(call: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
    """Wait for an answer whose data is a dict. Raises _Refused."""
    try:
        answer = await call
        if isinstance(answer.data, dict):
            return answer
    except SlackApiError as error:
        raise _Refused(code_of(error)) from None
    except Exception:  # noqa: BLE001 - no network, no address, or somebody else's web page
        raise _Refused from None
    raise _Refused


def _refusal(name: str, refused: _Refused, advice: str) -> Check:
    if refused.code in {"", "ratelimited", "internal_error", "service_unavailable"}:
        reason = f" ({refused.code})" if refused.code else ""
        text = f"Slack cannot be reached, or gives no proper answer{reason}."
        return problem(name, text, _NETWORK_ADVICE)
    return problem(name, f"Slack refuses: {refused.code}.", advice)
