"""Slack's Web API over one session a process, and what an error of it means for a message."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.settings import SlackSettings
from bot.delivery import Delivered, Receipt
from bot.messages import Request

log = structlog.get_logger(__name__)

TIMEOUT: Final = aiohttp.ClientTimeout(total=30, connect=10)
LOCALE_SECONDS: Final = 1.5  # that a turn waits for somebody's language
_REMEMBERED: Final = 10_000  # people whose language or direct message is known
_MENDABLE_SECONDS: Final = 60.0  # until the next try of what an operator has to mend first
_TRANSIENT: Final = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
)
_MENDABLE: Final = frozenset(
    {
        *("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"),
        *("missing_scope", "no_permission", "ekm_access_denied", "org_login_required"),
    }
)


@dataclass(frozen=True, slots=True)
class Me:
    """The bot itself, as auth.test names it."""

    user: str
    team: str


class SlackApi:
    """Sends with one session; slack_sdk would open a connection for every call without it.

    Lost responses are not retried here: whether a message is out is the outbox's to find out.
    """

    def __init__(self, settings: SlackSettings) -> None:
        self._settings = settings
        self._client: AsyncWebClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._me: Me | None = None
        self._direct: dict[str, str] = {}
        self._locales: dict[str, str | None] = {}
        self._tells_locales = True

    @property
    def client(self) -> AsyncWebClient:
        """The client; first asked for on the event loop that uses it."""
        if self._client is None:
            self._loop = asyncio.get_running_loop()
            self._client = AsyncWebClient(
                token=self._settings.bot_token.get_secret_value(),
                base_url=self._settings.base_url,
                session=aiohttp.ClientSession(timeout=TIMEOUT),
                retry_handlers=[],
            )
        return self._client

    async def close(self) -> None:
        client, self._client, self._loop = self._client, None, None
        if client is not None and client.session is not None:
            await client.session.close()

    async def me(self) -> Me:
        """Ask who the bot is, once. Raises as the client does."""
        if self._me is None:
            found = await self.client.auth_test()
            self._me = Me(user=found.get("user_id", ""), team=found.get("team_id", ""))
        return self._me

    @property
    def bot_user(self) -> str | None:
        """The bot's user id as far as it is known by now."""
        return self._me.user if self._me else None

    async def direct(self, user: str) -> str:
        """Open the bot's direct message with a person; gives its id. Raises as the client does."""
        if user not in self._direct:
            opened = await self.client.conversations_open(users=[user])
            _remember(self._direct, user, opened["channel"]["id"])
        return self._direct[user]

    def locale_of(self, request: Request) -> str | None:
        """Ask for a person's language, from a turn's thread; None when Slack does not tell."""
        loop = self._loop
        if loop is None or not self._tells_locales:
            return None
        if request.user not in self._locales:
            asked = asyncio.run_coroutine_threadsafe(self._ask_locale(request.user), loop)
            try:
                _remember(self._locales, request.user, asked.result(LOCALE_SECONDS))
            except Exception as error:  # noqa: BLE001 - a guess at the language does as well
                asked.cancel()
                log.warning("slack: locale not read", error=describe(error))
                return None
        return self._locales[request.user]

    async def _ask_locale(self, user: str) -> str | None:
        try:
            found = await self.client.users_info(user=user, include_locale=True)
        except SlackApiError as error:
            if error.response.get("error") in {"missing_scope", "unknown_method"}:
                self._tells_locales = False
            return None
        person: Mapping[str, Any] = found.get("user") or {}
        locale = person.get("locale")
        return locale if isinstance(locale, str) else None


def receipt_of(error: Exception) -> Receipt:
    """Tell from what went wrong whether a message may be out, and whether to try again."""
    if isinstance(error, SlackApiError):
        return _of_answer(error)
    if isinstance(error, aiohttp.ClientConnectorError):
        return Receipt(state=Delivered.RETRY)  # it never left
    if isinstance(error, aiohttp.ClientError | TimeoutError | OSError):
        return Receipt(state=Delivered.RETRY, may_be_out=True)
    raise error


def _of_answer(error: SlackApiError) -> Receipt:
    status, code = getattr(error.response, "status_code", 0), code_of(error)
    if status == 429 or code in {"ratelimited", "rate_limited"}:  # noqa: PLR2004 - HTTP's own number
        return Receipt(state=Delivered.RETRY, retry_after=_retry_after(error))
    if status >= 500 or code in _TRANSIENT or not code:  # noqa: PLR2004
        return Receipt(state=Delivered.RETRY, may_be_out=True)
    if code in _MENDABLE:
        log.error("slack: this has to be mended by an operator", error=code)
        return Receipt(state=Delivered.RETRY, retry_after=_MENDABLE_SECONDS)
    log.error("slack: message refused", error=code)
    return Receipt(state=Delivered.FAILED)


def code_of(error: SlackApiError) -> str:
    """Give Slack's own word for an error; empty when the answer was none of Slack's."""
    data = getattr(error.response, "data", None)
    code = data.get("error") if isinstance(data, dict) else None
    return code if isinstance(code, str) else ""


def describe(error: Exception) -> str:
    """Name an error for the log: never an address, which may hold a secret, or a body."""
    if isinstance(error, SlackApiError):
        return code_of(error) or f"HTTP {getattr(error.response, 'status_code', '?')}"
    return type(error).__name__


def _retry_after(error: SlackApiError) -> float:
    headers = getattr(error.response, "headers", None) or {}
    found = next((headers[name] for name in headers if name.lower() == "retry-after"), "1")
    if isinstance(found, list):
        found = found[0] if found else "1"
    try:
        return max(0.0, float(found))
    except ValueError:
        return 1.0


def _remember(known: dict[str, Any], key: str, value: Any) -> None:
    if len(known) >= _REMEMBERED:
        known.pop(next(iter(known)))
    known[key] = value
