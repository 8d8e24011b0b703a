"""How the bot is connected to Slack. Nothing set, nothing connected."""

from enum import StrEnum
from typing import Self

from pydantic import AliasChoices, Field, SecretStr, model_validator

from bot.messages import DeskRoom
from bot.settings import FromEnvironment

API_URL = "https://slack.com/api/"


class Mode(StrEnum):
    HTTP = "http"  # Slack posts to us: a public address is needed
    SOCKET = "socket"  # we open a web socket to Slack


class SlackSettings(FromEnvironment):
    bot_token: SecretStr = Field(
        default=SecretStr(""), validation_alias=AliasChoices("SLACK_BOT_TOKEN", "bot_token")
    )
    signing_secret: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=AliasChoices("SLACK_SIGNING_SECRET", "signing_secret"),
    )
    app_token: SecretStr = Field(
        default=SecretStr(""), validation_alias=AliasChoices("SLACK_APP_TOKEN", "app_token")
    )
    slack_api_url: str = API_URL
    slack_desk_channel: str = ""  # the id of the channel in which staff see tickets
    slack_desk_language: str = "en"  # of what staff read there
    slack_mode: Mode | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.mode is Mode.SOCKET and not self.app_token.get_secret_value():
            raise ValueError("BILLING_BOT_SLACK_MODE=socket needs SLACK_APP_TOKEN")
        return self

    @property
    def desk(self) -> DeskRoom | None:
        """The room in which staff see tickets, if one was given."""
        if not (self.sends and self.slack_desk_channel):
            return None
        return DeskRoom(
            platform="slack", room=self.slack_desk_channel, language=self.slack_desk_language
        )

    @property
    def sends(self) -> bool:
        """Whether messages can be sent."""
        return bool(self.bot_token.get_secret_value())

    @property
    def mode(self) -> Mode:
        if self.slack_mode is not None:
            return self.slack_mode
        return Mode.SOCKET if self.app_token.get_secret_value() else Mode.HTTP

    @property
    def takes_posts(self) -> bool:
        """Whether /slack/events is there: signed, so it does no harm beside Socket Mode."""
        return bool(self.signing_secret.get_secret_value())

    @property
    def opens_socket(self) -> bool:
        return self.sends and self.mode is Mode.SOCKET

    @property
    def base_url(self) -> str:
        """The Web API's address as slack_sdk wants it, with a slash at its end."""
        return self.slack_api_url.rstrip("/") + "/"
