"""Is Telegram set up? Each answer is one Check."""

from collections.abc import AsyncIterator, Collection
from typing import Any, Final

from telegram import Bot, WebhookInfo

from bot.adapters.telegram.registration import command_list, explain, language_code, open_bot
from bot.adapters.telegram.settings import Mode, TelegramSettings
from bot.checks import Check, note, of_clock, ok, problem, unreadable
from bot.commands import Command
from bot.i18n import languages
from bot.settings import SettingsError

_BOT: Final = "Telegram bot token"
_WEBHOOK: Final = "Telegram webhook"
_SET_UP: Final = "Run `billing-bot telegram setup`."


async def look(commands: Collection[Command]) -> AsyncIterator[Check]:
    """Ask Telegram whether it would work with the bot as it is set up."""
    try:
        settings = TelegramSettings.load()
    except SettingsError as error:
        yield unreadable("Telegram settings", error)
        return
    if not settings.is_on:
        yield _off(settings)
        return
    dates: list[str | None] = [None]

    async def keep_date(response: Any) -> None:
        dates.append(response.headers.get("Date"))

    reached = False
    try:
        async with open_bot(settings, keep_date) as bot:
            reached = True
            yield ok(_BOT, f"The bot is @{bot.username}.")
            for check in of_clock("Telegram", dates[-1]):
                yield check
            yield await _way(bot, settings)
            for language in languages():
                yield await _commands(bot, commands, language)
            yield _groups(bot)
    except Exception as error:  # noqa: BLE001 - an answer of any shape may come
        yield problem("Telegram" if reached else _BOT, *explain(error))


def _off(settings: TelegramSettings) -> Check:
    if settings.telegram_webhook_secret.get_secret_value():
        advice = "Copy it from BotFather, or unset BILLING_BOT_TELEGRAM_WEBHOOK_SECRET."
        return problem(_BOT, "TELEGRAM_BOT_TOKEN is not set.", advice)
    return note("Telegram", "It is not connected: none of its settings is set.")


async def _way(bot: Bot, settings: TelegramSettings) -> Check:
    info = await bot.get_webhook_info()
    if settings.mode is Mode.WEBHOOK:
        return _webhook(info, settings.webhook_url)
    if info.url:
        text = "A webhook is set, and as long as it is Telegram refuses to be polled."
        return problem(_WEBHOOK, text, _SET_UP)
    return ok(_WEBHOOK, "None is set: the bot polls.")


def _webhook(info: WebhookInfo, url: str) -> Check:
    if info.url != url:
        # Where it leads instead is not said: people keep secrets in such addresses.
        found = "It leads to another address" if info.url else "None is set"
        return problem(_WEBHOOK, f"{found}: it should lead to {url}.", _SET_UP)
    waiting = f"Updates that wait: {info.pending_update_count}."
    if not info.last_error_message:
        return ok(_WEBHOOK, f"Telegram posts to {url}. {waiting}")
    failed = f"Telegram could not post{_when(info)}: {info.last_error_message}. {waiting}"
    if not info.pending_update_count:
        return note(_WEBHOOK, failed, "Nothing to do, if that was long ago.")
    return problem(
        _WEBHOOK,
        failed,
        f"See that {url} can be reached from outside; after a change of the secret, run "
        "`billing-bot telegram setup`.",
    )


def _when(info: WebhookInfo) -> str:
    return f" at {info.last_error_date:%Y-%m-%d %H:%M} UTC" if info.last_error_date else ""


async def _commands(bot: Bot, commands: Collection[Command], language: str) -> Check:
    name = f"Telegram commands ({language})"
    listed = await bot.get_my_commands(language_code=language_code(language))
    if listed == command_list(commands, language):
        return ok(name, "People see the commands of this version.")
    return problem(name, "People see other commands than this version has.", _SET_UP)


def _groups(bot: Bot) -> Check:
    name = "Telegram groups"
    if not bot.can_read_all_group_messages:
        return ok(name, "The bot receives only what is addressed to it.")
    return note(
        name,
        "The bot receives all that is said in its groups, and needs only what is addressed to it.",
        "Tell BotFather: /setprivacy, Enable.",
    )
