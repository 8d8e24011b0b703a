import asyncio
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter

from tests.platforms.faults import Faults
from tests.platforms.telegram import TOKEN, TelegramServer


@pytest.fixture
def telegram() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        yield server


@pytest.fixture(scope="module")
def strict_telegram() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        yield server


def on_telegram(server, talk, token=TOKEN):
    """Run `talk(bot)` with the real library."""

    async def run():
        async with Bot(token, f"{server.url}/bot", f"{server.url}/file/bot") as bot:
            return await talk(bot)

    return asyncio.run(run())


def test_telegram_writes_and_edits(telegram):
    """A message comes back as Telegram shows it; the same words again are no edit."""
    keys = InlineKeyboardMarkup([[InlineKeyboardButton("Older", callback_data="transactions:2")]])

    async def talk(bot):
        html = "<b>Balance</b> é\U0001f600 &lt;1&gt; <i>now</i>"
        sent = await bot.send_message(42, html, parse_mode="HTML", reply_markup=keys)
        edited = await bot.edit_message_text("Done", 42, sent.message_id)
        with pytest.raises(BadRequest, match="not modified"):
            await bot.edit_message_text("Done", 42, sent.message_id)
        return sent, edited

    sent, edited = on_telegram(telegram, talk)
    assert "Balance é\U0001f600 <1> now" == sent.text
    assert ["Balance", "now"] == list(sent.parse_entities().values())
    assert keys == sent.reply_markup
    assert ("Done", None) == (edited.text, edited.reply_markup)
    assert [("sendMessage", "1"), ("editMessageText", "1")] == [
        (sent.method, sent.message_id) for sent in telegram.sent
    ]
    assert [] == telegram.breaches


def test_telegram_takes_files(telegram):
    """A picture and a document go up, can be sent again by id, and can be fetched."""

    async def talk(bot):
        photo = await bot.send_photo(-1001, b"picture", caption="<i>Bars</i>", parse_mode="HTML")
        document = await bot.send_document(-1001, b"a,b", filename="calls.csv")
        again = await bot.send_document(-1001, document.document.file_id)
        file = await bot.get_file(again.document)
        return photo, again, await file.download_as_bytearray()

    photo, again, content = on_telegram(telegram, talk)
    assert ("Bars", 7, "supergroup") == (photo.caption, photo.photo[0].file_size, photo.chat.type)
    assert ("calls.csv", "text/csv") == (again.document.file_name, again.document.mime_type)
    assert b"a,b" == content


@pytest.mark.parametrize(
    ("words", "method", "arguments"),
    [
        ("chat_id is empty", "sendMessage", {"text": "a"}),
        ("message text is empty", "sendMessage", {"chat_id": 1, "text": " "}),
        ("too long", "sendMessage", {"chat_id": 1, "text": "\U0001f600" * 2049}),
        ("parse entities", "sendMessage", {"chat_id": 1, "text": "<b>a", "parse_mode": "HTML"}),
        (
            "BUTTON_DATA_INVALID",
            "sendMessage",
            {
                "chat_id": 1,
                "text": "a",
                "reply_markup": {
                    "inline_keyboard": [[{"text": "a", "callback_data": "é" * 33}]],
                },
            },
        ),
        ("no photo", "sendPhoto", {"chat_id": 1}),
        ("too long", "answerCallbackQuery", {"callback_query_id": "1", "text": "a" * 201}),
        ("COMMAND", "setMyCommands", {"commands": [{"command": "A-b", "description": "a"}]}),
        ("too long", "setMyShortDescription", {"short_description": "a" * 121}),
        ("HTTPS", "setWebhook", {"url": "http://bot.example"}),
        ("action", "sendChatAction", {"chat_id": 1, "action": "thinking"}),
        ("Not Found", "sendShout", {}),
    ],
)
def test_telegram_refuses_what_its_documentation_forbids(strict_telegram, words, method, arguments):
    """Each breach is answered with an error and kept."""
    strict_telegram.breaches.clear()
    answer = httpx.post(f"{strict_telegram.url}/bot{TOKEN}/{method}", json=arguments)
    assert words in answer.json()["description"]
    assert answer.status_code in {400, 404}
    assert [method] == [breach.split(": ")[0] for breach in strict_telegram.breaches]
    assert [] == strict_telegram.sent


def test_telegram_keeps_the_bot_out(telegram):
    """Who never wrote first, or has blocked the bot, is out of reach."""
    telegram.cannot_write.add(1)
    telegram.blocked.add(2)

    async def talk(bot):
        with pytest.raises(Forbidden, match="initiate"):
            await bot.send_message(1, "Hello.")
        with pytest.raises(Forbidden, match="blocked"):
            await bot.send_message(2, "Hello.")

    on_telegram(telegram, talk)
    assert [] == telegram.breaches
    with pytest.raises(InvalidToken):
        on_telegram(telegram, talk, "123456:WRONG")


def test_telegram_hands_out_updates_until_confirmed(telegram):
    """An update comes again until an offset past it is asked for; a push ends a poll's waiting."""
    first = telegram.push({"message": {"text": "one"}})
    address = f"{telegram.url}/bot{TOKEN}/getUpdates"

    async def poll(client, **arguments):
        answer = await client.post(address, json=arguments)
        return [update["update_id"] for update in answer.json()["result"]]

    async def talk():
        async with httpx.AsyncClient() as client:
            assert [first] == await poll(client)
            assert [first] == await poll(client, offset=first)
            assert [] == await poll(client, offset=first + 1)
            waiting = asyncio.create_task(poll(client, offset=first + 1, timeout=5))
            await asyncio.to_thread(telegram.until, lambda: 4 == len(telegram.calls))
            return telegram.push({"message": {"text": "two"}}), await waiting

    second, received = asyncio.run(talk())
    assert [second] == received


def test_telegram_lets_one_process_poll(telegram):
    """A second poll ends the first with a conflict, and a webhook ends both."""

    async def talk(bot):
        first = asyncio.create_task(bot.get_updates(timeout=5))
        await asyncio.to_thread(telegram.until, lambda: telegram.called("getUpdates"))
        async with httpx.AsyncClient() as other:
            second = await other.get(f"{telegram.url}/bot{TOKEN}/getUpdates")
        with pytest.raises(Conflict):
            await first
        await bot.set_webhook("https://bot.example/telegram/webhook", secret_token="a-b_C")
        info = await bot.get_webhook_info()
        with pytest.raises(Conflict):
            await bot.get_updates()
        await bot.delete_webhook()
        return second.json()["result"], info.url

    expected = ([], "https://bot.example/telegram/webhook")
    assert expected == on_telegram(telegram, talk)


def test_telegram_keeps_commands_by_language(telegram):
    """Commands are kept by scope and language, presses by their id."""

    async def talk(bot):
        await bot.set_my_commands([BotCommand("solde", "Votre solde")], language_code="fr")
        await bot.set_my_description("Facturation", language_code="fr")
        await bot.answer_callback_query("77")
        await bot.send_chat_action(1, "typing")
        french = await bot.get_my_commands(language_code="fr")
        return french, await bot.get_my_commands()

    french, others = on_telegram(telegram, talk)
    assert (["solde"], ()) == ([command.command for command in french], others)
    assert {("description", "fr"): "Facturation"} == telegram.descriptions
    assert ["77"] == list(telegram.pressed)


def test_telegram_fails_as_it_is_told(monkeypatch):
    """A 429 says when to come back, a 503 is an error, and a lost answer was sent all the same."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # else the library warns of its own default

    async def post(bot):
        await bot.send_message(1, "Hello.")

    with TelegramServer(faults=Faults(rate_429=1, retry_after=7)) as telegram:
        with pytest.raises(RetryAfter) as raised:
            on_telegram(telegram, post)
        assert timedelta(seconds=7) == raised.value.retry_after
    with (
        TelegramServer(faults=Faults(rate_503=1)) as telegram,
        pytest.raises(NetworkError, match="Service Unavailable"),
    ):
        on_telegram(telegram, post)
    with TelegramServer(faults=Faults(lost=1)) as telegram:
        with pytest.raises(NetworkError):
            on_telegram(telegram, post)
        assert [True] == [sent.lost for sent in telegram.sent]
