"""Telegram's Bot API, and what an error of it means for a message."""

import asyncio
import json
import os
import time
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

import structlog
from telegram import Bot
from telegram.error import (
    BadRequest,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.adapters.telegram.http import AiohttpRequest
from bot.adapters.telegram.incoming import UPDATES, Me
from bot.adapters.telegram.settings import TelegramSettings
from bot.delivery import Delivered, Receipt

# Seconds as a timedelta: what the library goes over to, and says so at every use otherwise.
os.environ.setdefault("PTB_TIMEDELTA", "true")

log = structlog.get_logger(__name__)

POLL_SECONDS: Final = 25  # that Telegram keeps a question for updates open
ME_SECONDS: Final = 5.0
ASK_AGAIN_SECONDS: Final = 5.0  # until the bot's name is asked for again, of a silent Telegram
_MENDABLE_SECONDS: Final = 60.0  # until the next try of what an operator has to mend first
# What Telegram says when the bot may not write to a person who has never written to it.
_UNMET: Final = ("chat not found", "user not found", "peer_id_invalid")


class TelegramApi:
    def __init__(self, settings: TelegramSettings) -> None:
        self._settings = settings
        self._bot: Bot | None = None
        self._me = Me(id=settings.bot_id, username=None) if settings.is_on else None
        self._poller = AiohttpRequest()
        self._asking = asyncio.Lock()
        self._ask_again = 0.0  # seconds of the monotonic clock

    @property
    def bot(self) -> Bot:
        """The library's bot; its sessions are made on the loop that uses it."""
        if self._bot is None:
            self._bot = Bot(
                self._settings.bot_token.get_secret_value(),
                base_url=self._settings.telegram_api_url,
                request=AiohttpRequest(),
                get_updates_request=self._poller,
            )
        return self._bot

    async def me(self) -> Me:
        """Tell who the bot is; its name is None as long as Telegram cannot be reached."""
        assert self._me is not None  # noqa: S101 - nobody asks without a token
        if self._me.username is None:
            async with self._asking:
                await self._ask_name()
        return self._me

    async def _ask_name(self) -> None:
        if self._me is None or self._me.username is not None:
            return
        if time.monotonic() < self._ask_again:  # else every update would wait for it
            return
        try:
            async with asyncio.timeout(ME_SECONDS):
                found = await self.bot.get_me()
            self._me = Me(id=self._me.id, username=found.username)
        except (TelegramError, TimeoutError) as error:
            self._ask_again = time.monotonic() + ASK_AGAIN_SECONDS
            log.warning("telegram cannot be reached", error=describe(error))

    async def updates(self, offset: int | None) -> list[dict[str, Any]]:
        """Wait for updates from an offset on, which confirms those before. Raises TelegramError."""
        asked = {"timeout": POLL_SECONDS, "allowed_updates": json.dumps(UPDATES)}
        if offset is not None:
            asked["offset"] = offset
        # As JSON, through the library's own way of asking: its objects are read all together, so
        # one update that they cannot be made of would hold up all the others for ever.
        token = self._settings.bot_token.get_secret_value()
        address = f"{self._settings.telegram_api_url}{token}/getUpdates?{urlencode(asked)}"
        found: Any = await self._poller.post(address, read_timeout=POLL_SECONDS + 10)
        return [u for u in found if isinstance(u, dict)] if isinstance(found, list) else []

    async def close(self) -> None:
        bot, self._bot = self._bot, None
        await self._poller.shutdown()
        if bot is not None:
            for request in bot._request:  # noqa: SLF001 - `shutdown` wants `initialize` first, which asks Telegram
                await request.shutdown()


def receipt_of(error: Exception, *, to_a_stranger: bool) -> Receipt:
    """Tell from what went wrong whether to try again.

    `to_a_stranger`: a private message to somebody of a room, who may not have met the bot.
    """
    if isinstance(error, RetryAfter):
        return Receipt(state=Delivered.RETRY, retry_after=_seconds(error.retry_after))
    if isinstance(error, Forbidden) or _is_unmet(error):
        state = Delivered.HELD if to_a_stranger else Delivered.FAILED
        return Receipt(state=state)
    if isinstance(error, InvalidToken):
        log.error("telegram: the token is refused, an operator has to mend this")
        return Receipt(state=Delivered.RETRY, retry_after=_MENDABLE_SECONDS)
    if isinstance(error, BadRequest):
        log.error("telegram: message refused", error=describe(error))
        return Receipt(state=Delivered.FAILED)
    if isinstance(error, NetworkError | TelegramError | TimeoutError | OSError):
        return Receipt(state=Delivered.RETRY)
    raise error


def describe(error: Exception) -> str:
    """Name an error for the log: Telegram's own words, never an address."""
    return str(error) if isinstance(error, BadRequest) else type(error).__name__


def _is_unmet(error: Exception) -> bool:
    return isinstance(error, BadRequest) and any(word in str(error).lower() for word in _UNMET)


def _seconds(wait: int | timedelta) -> float:
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
