"""Core settings, read once from the environment (adapters keep their own beside themselves).

Names carry the prefix BILLING_BOT_, except the customary DATABASE_URL and PORT.
"""

from datetime import date
from typing import Self

from pydantic import AliasChoices, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEVELOPMENT = "development"
PRODUCTION = "production"
_DEVELOPMENT_SECRET = "not-a-secret-development-only"  # noqa: S105 - says so itself
_SHORTEST_SECRET = 32  # characters


class SettingsError(Exception):
    """The environment cannot be used; its message says what to change, in plain words."""


class FromEnvironment(BaseSettings):
    """Frozen; raises SettingsError from `load` when a value is missing or wrong."""

    model_config = SettingsConfigDict(
        env_prefix="BILLING_BOT_",
        frozen=True,
        extra="ignore",
        populate_by_name=True,
        env_ignore_empty=True,  # an empty line of .env is as good as none
    )

    @classmethod
    def load(cls) -> Self:
        try:
            return cls()
        except ValidationError as error:
            lines = (_explain(problem["loc"], problem["msg"]) for problem in error.errors())
            # Pydantic's own text repeats the values it was given, which may be secret.
            raise SettingsError("\n".join(lines)) from None


class Settings(FromEnvironment):
    """What every room may need to know."""

    env: str = Field(default=PRODUCTION, pattern=f"^({DEVELOPMENT}|{PRODUCTION})$")
    database_url: str = Field(
        default="sqlite:///billing-bot.db",
        validation_alias=AliasChoices("DATABASE_URL", "BILLING_BOT_DATABASE_URL"),
    )
    port: int = Field(
        default=8000,
        ge=0,
        le=65535,
        validation_alias=AliasChoices("PORT", "BILLING_BOT_PORT"),
    )
    public_url: str = ""
    secret_key: SecretStr = SecretStr("")
    today: date | None = None  # fixes business dates; the real clock keeps expiries and leases
    portal_url: str = ""  # the Billing Portal's address, when it may be shown
    supplier_name: str = "net2phone Canada"  # who issues the invoices, as printed on them
    supplier_address: str = ""  # its lines, parted by semicolons
    supplier_gst_number: str = ""  # GST/HST registration, e.g. 123456789 RT0001
    supplier_qst_number: str = ""
    metrics_token: SecretStr = SecretStr("")  # lets others than this machine read /metrics
    turn_threads: int = Field(default=8, ge=1, le=128)
    trusted_proxies: str = ""  # addresses whose X-Forwarded-For is believed, comma-separated
    log_level: str = "INFO"

    @model_validator(mode="after")
    def _production_is_strict(self) -> Self:
        if self.env == PRODUCTION and self.today is not None:
            raise ValueError("BILLING_BOT_TODAY is for development: unset it in production")
        return self

    @property
    def in_development(self) -> bool:
        return self.env == DEVELOPMENT

    @property
    def base_url(self) -> str:
        return (self.public_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @property
    def secret(self) -> bytes:
        """The key that one-time links and form tokens are derived from.

        Raises SettingsError in production when it is missing or short.
        """
        value = self.secret_key.get_secret_value()
        if not value and self.in_development:
            value = _DEVELOPMENT_SECRET
        elif len(value) < _SHORTEST_SECRET:
            raise SettingsError(
                "BILLING_BOT_SECRET_KEY must be set to at least 32 random characters, e.g. the "
                'output of: python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
            )
        return value.encode()


def _explain(location: tuple[int | str, ...], message: str) -> str:
    name = str(location[0]) if location else ""
    if not name:
        return message.removeprefix("Value error, ")
    return f"{name if name.isupper() else 'BILLING_BOT_' + name.upper()}: {message}"
