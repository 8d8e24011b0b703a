"""How the bot is connected to Telegram. Nothing set, nothing connected."""

import re
from enum import StrEnum
from typing import Self

from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator

from bot.settings import FromEnvironment

API_URL = "https://api.telegram.org/bot"
PATH = "/telegram/webhook"


class Mode(StrEnum):
    WEBHOOK = "webhook"  # Telegram posts to us: a public address is needed
    POLLING = "polling"  # we ask Telegram


class TelegramSettings(FromEnvironment):
    bot_token: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=AliasChoices("TELEGRAM_BOT_TOKEN", "bot_token"),
    )
    telegram_webhook_secret: SecretStr = SecretStr("")
    telegram_api_url: str = API_URL
    telegram_mode: Mode | None = None
    # In all, as Telegram allows; a Bot API server of one's own or paid broadcasts allow more.
    telegram_messages_per_second: float = Field(default=30.0, gt=0)
    public_url: str = ""

    @field_validator("bot_token")
    @classmethod
    def _of_a_bot(cls, token: SecretStr) -> SecretStr:
        if not re.fullmatch(r"(\d+:[A-Za-z0-9_-]+)?", token.get_secret_value()):
            raise ValueError("this is no bot token: BotFather's look like 123456:ABC-def")
        return token

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _as_telegram_takes_it(cls, secret: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret.get_secret_value()):
            raise ValueError("up to 256 characters of A-Z, a-z, 0-9, _ and - are allowed")
        return secret

    @field_validator("telegram_api_url")
    @classmethod
    def _without_slash(cls, url: str) -> str:
        return url.rstrip("/")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.telegram_mode is Mode.WEBHOOK and not self._secret:
            raise ValueError(
                "BILLING_BOT_TELEGRAM_MODE=webhook needs BILLING_BOT_TELEGRAM_WEBHOOK_SECRET"
            )
        return self

    @property
    def _secret(self) -> str:
        return self.telegram_webhook_secret.get_secret_value()

    @property
    def is_on(self) -> bool:
        return bool(self.bot_token.get_secret_value())

    @property
    def mode(self) -> Mode:
        if self.telegram_mode is not None:
            return self.telegram_mode
        return Mode.WEBHOOK if self._secret and self.public_url else Mode.POLLING

    @property
    def takes_posts(self) -> bool:
        """Whether /telegram/webhook is there."""
        return self.is_on and bool(self._secret)

    @property
    def polls(self) -> bool:
        return self.is_on and self.mode is Mode.POLLING

    @property
    def bot_id(self) -> int:
        """The bot's own user id: the token begins with it."""
        return int(self.bot_token.get_secret_value().partition(":")[0])

    @property
    def webhook_url(self) -> str:
        return self.public_url.rstrip("/") + PATH
