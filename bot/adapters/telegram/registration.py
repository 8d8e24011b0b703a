"""What Telegram is told about the bot once: commands, descriptions, and how updates reach it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from typing import Any, Final

from telegram import Bot, BotCommand
from telegram.error import BadRequest, InvalidToken, NetworkError, TelegramError
from telegram.request import HTTPXRequest

from bot.adapters.telegram.incoming import UPDATES, slash_name
from bot.adapters.telegram.settings import Mode, TelegramSettings
from bot.checks import TIMEOUT_SECONDS
from bot.commands import Command, listed
from bot.i18n import N_, SOURCE_LANGUAGE, Localizer, languages
from bot.settings import SettingsError

MAX_CONNECTIONS: Final = 40

# Shown in an empty chat; at most 512 characters.
DESCRIPTION: Final = N_(
    "I answer questions about your bill: balance, transactions, payments and much more. "
    "Write in your own words or choose a command. Sign in to see your own figures, "
    "and ask for a person at any time."
)
# Shown on the bot's profile and where it is shared; at most 120 characters.
SHORT_DESCRIPTION: Final = N_("Your billing desk: balance, transactions, payments, answers.")

OnResponse = Callable[[Any], Awaitable[None]]  # gets the HTTP client's response


class NotRegistered(Exception):
    """Telegram did not take it; the message says why, in plain words without the token."""


def open_bot(settings: TelegramSettings, on_response: OnResponse | None = None) -> Bot:
    """Make a client for a few calls; entering it asks Telegram who the bot is."""
    hooks = {"response": [on_response] if on_response else []}
    request = HTTPXRequest(
        connect_timeout=TIMEOUT_SECONDS,
        read_timeout=TIMEOUT_SECONDS,
        write_timeout=TIMEOUT_SECONDS,
        httpx_kwargs={"event_hooks": hooks},
    )
    token = settings.bot_token.get_secret_value()
    return Bot(token, base_url=settings.telegram_api_url, request=request)


async def register(settings: TelegramSettings, commands: Collection[Command]) -> AsyncIterator[str]:
    """Tell Telegram everything anew and yield each thing done, in words; may be repeated.

    Raises SettingsError for what is not set, NotRegistered when Telegram does not take it.
    """
    _require(settings)
    try:
        async with open_bot(settings) as bot:
            for language in languages():
                await _introduce(bot, commands, language)
                yield f"@{bot.username} has its commands and descriptions in {language}."
            yield await _open_way(bot, settings)
    except Exception as error:  # noqa: BLE001 - an answer of any shape may come
        raise NotRegistered(" ".join(explain(error))) from None


def command_list(commands: Collection[Command], language: str) -> tuple[BotCommand, ...]:
    """List the commands as people see them who use Telegram in a language."""
    loc = Localizer(language)
    return tuple(
        BotCommand(slash_name(command.name), loc.text(command.help)) for command in listed(commands)
    )


def language_code(language: str) -> str | None:
    """Name a language to Telegram: None is for everybody whose own has no list."""
    return None if language == SOURCE_LANGUAGE else language


def explain(error: Exception) -> tuple[str, str]:
    """Say what went wrong and what to do. An error's own text may hold the token."""
    if isinstance(error, InvalidToken):
        return (
            "Telegram does not accept the bot token.",
            "Copy TELEGRAM_BOT_TOKEN from BotFather, and check BILLING_BOT_TELEGRAM_API_URL.",
        )
    if isinstance(error, NetworkError) and not isinstance(error, BadRequest):
        return (
            "Telegram cannot be reached, or gives no proper answer.",
            "Check the network, its proxy and BILLING_BOT_TELEGRAM_API_URL.",
        )
    if isinstance(error, TelegramError):
        return (f"Telegram refuses: {error.message}.", "Correct that and try again.")
    return (
        f"Telegram's answer cannot be read ({type(error).__name__}).",
        "Check BILLING_BOT_TELEGRAM_API_URL.",
    )


def _require(settings: TelegramSettings) -> None:
    if not settings.is_on:
        raise SettingsError("TELEGRAM_BOT_TOKEN is not set: BotFather gives one for /newbot.")
    if settings.mode is Mode.WEBHOOK and not settings.public_url:
        raise SettingsError(
            "Telegram posts to an https address: set BILLING_BOT_PUBLIC_URL to the one of this "
            "bot, or use BILLING_BOT_TELEGRAM_MODE=polling, which needs none."
        )


async def _introduce(bot: Bot, commands: Collection[Command], language: str) -> None:
    loc, code = Localizer(language), language_code(language)
    await bot.set_my_commands(command_list(commands, language), language_code=code)
    await bot.set_my_description(loc.text(DESCRIPTION), language_code=code)
    await bot.set_my_short_description(loc.text(SHORT_DESCRIPTION), language_code=code)


async def _open_way(bot: Bot, settings: TelegramSettings) -> str:
    if settings.mode is Mode.POLLING:
        await bot.delete_webhook(drop_pending_updates=False)
        return "No webhook is set: the bot polls."
    await bot.set_webhook(
        settings.webhook_url,
        secret_token=settings.telegram_webhook_secret.get_secret_value(),
        allowed_updates=UPDATES,
        max_connections=MAX_CONNECTIONS,
        drop_pending_updates=False,
    )
    return f"Telegram posts to {settings.webhook_url}."
