"""A private chat: words, commands, and what is no words."""

import asyncio
import re
from typing import Any

import pytest

from bot import desk
from bot.adapters.telegram.api import TelegramApi
from bot.adapters.telegram.settings import TelegramSettings
from bot.adapters.telegram.typing import Typing
from tests.faults.processes import until
from tests.linking.visitor import Visitor, site
from tests.platforms.running import SQLITE
from tests.platforms.telegram_checks import size
from tests.telegram.people import Person, keys_of, room_of, shown
from tests.telegram.running import Slow

LABEL = "Message from our team"
SAYS_SO = {"en": "I can only read text", "fr": "Je ne peux lire que du texte"}
WITHOUT_WORDS = {
    "photo": {"photo": [{"file_id": "a", "file_unique_id": "b", "width": 90, "height": 67}]},
    "sticker": {"sticker": {"file_id": "a", "file_unique_id": "b", "type": "regular"}},
    "voice": {"voice": {"file_id": "a", "file_unique_id": "b", "duration": 3}},
}
FOREIGN = '<b>&"</b> <a href="tg://user?id=1">x</a> &amp; **bold**'


def actions(telegram):
    return [call["action"] for call in telegram.called("sendChatAction")]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("How do I set up Auto Pay?", "Auto Pay"),
        ("Comment activer le paiement automatique?", "paiement automatique"),
    ],
)
def test_a_question_is_answered_in_its_language(telegram, ana, text, title):
    (sent,) = ana.say(text)
    assert title.lower() in shown(telegram, sent).lower()
    assert (ana.id, "HTML") == (room_of(sent), sent.arguments["parse_mode"])
    assert "reply_parameters" not in sent.arguments


def test_what_led_to_the_sign_in_is_answered_after_it(telegram, bot, ana):
    (offer,) = ana.say("what is my balance")
    url = re.search(r"http\S+/link/[\w-]+", shown(telegram, offer))[0]
    browser = Visitor(site(bot.bot))
    browser.sign_in(url, "demo@maple.example")
    browser.answer("yes")
    bot.bot.delivery.wrote()
    bot.settle()
    linked, balance = ana.press(telegram.sent[-1], "Yes, link to Maple Dental Group (001234)")
    assert "Now I can answer your question" in shown(telegram, linked)
    assert "$210.69" in shown(telegram, balance)


def test_figures_show_to_the_signed_in(telegram, ana, rosa):
    (known,), (unknown,) = rosa.say("what is my balance"), ana.say("what is my balance")
    assert "$210.69" in shown(telegram, known)
    assert "210" not in shown(telegram, unknown)


@SQLITE
@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/help", "What I can do"),
        ("/HELP@billing_test_bot", "What I can do"),
        ("/last_payment", "sign in"),
        ("/nonsense", "I do not know that command"),
    ],
)
def test_a_command(telegram, ana, text, answer):
    """Named as Telegram's list of commands has it."""
    (sent,) = ana.say(text)
    assert answer.lower() in shown(telegram, sent).lower()


def test_an_edited_message_is_asked_for_anew(telegram, ana):
    (sent,) = ana.say("what do I owe", kind="edited_message", edit_date=1795359846)
    assert "send me the corrected one as a new message" in shown(telegram, sent)


@SQLITE
@pytest.mark.parametrize("language", SAYS_SO)
@pytest.mark.parametrize("kind", WITHOUT_WORDS)
def test_what_is_no_words_is_answered_kindly(telegram, bot, kind, language):
    (sent,) = Person(bot, language=language).say(**WITHOUT_WORDS[kind])
    assert SAYS_SO[language] in shown(telegram, sent)


@SQLITE
def test_a_photo_is_answered_by_its_caption(telegram, ana):
    (sent,) = ana.say(**WITHOUT_WORDS["photo"], caption="How do I set up Auto Pay?")
    assert "Auto Pay" in shown(telegram, sent)


@SQLITE
@pytest.mark.parametrize(
    ("language", "greeting"),
    [("fr-CA", "Bonjour"), ("en-GB", "Hello"), ("de", "Hello"), (None, "Hello")],
)
def test_telegram_tells_the_language_where_the_words_do_not(telegram, bot, language, greeting):
    (sent,) = Person(bot, language=language).say("/start")
    assert shown(telegram, sent).startswith(greeting)


def test_words_of_customers_and_staff_never_become_markup(telegram, bot, ana):
    """Each sees exactly what the other wrote."""
    agent = Person(bot).join_desk()
    ana.say("I want to talk to a person")
    (case,) = desk.open_cases(bot.database)
    ana.say(FOREIGN)
    (told,) = agent.say(f"/ticket show {case.ticket.ref}")
    assert FOREIGN in shown(telegram, told).replace("\u200b", "")
    member = desk.member(bot.database, username="agent1@desk.example", sample_users=True)
    desk.reply(bot.database, ref=case.ticket.ref, text='<i>&"</i> &lt;', staff=member)
    bot.settle()
    assert f'{LABEL}\n\n<i>&"</i> &lt;' == shown(telegram, telegram.sent[-1])
    assert ana.id == room_of(telegram.sent[-1])


def test_a_long_answer_is_split_between_paragraphs(telegram, bot, ana):
    """In order, nothing lost, and no piece over Telegram's limit."""
    ana.say("hello")
    paragraphs = [f"{number}: {'é& ' * 300}".strip() for number in range(10)]
    bot.write("\n\n".join(paragraphs))
    bot.settle()
    pieces = [shown(telegram, sent) for sent in telegram.sent[1:]]
    assert paragraphs == "\n\n".join(pieces).split("\n\n")
    assert 3 == len(pieces)
    assert max(map(size, pieces)) <= 4096


def test_the_longest_answer_of_staff_arrives_whole(telegram, bot, ana):
    ana.say("I want to talk to a person")
    (case,) = desk.open_cases(bot.database)
    member = desk.member(bot.database, username="agent1@desk.example", sample_users=True)
    words = "<" * desk.LONGEST_REPLY
    desk.reply(bot.database, ref=case.ticket.ref, text=words, staff=member)
    bot.settle()
    assert f"{LABEL}\n\n{words}" == shown(telegram, telegram.sent[-1])


def test_a_picture_goes_up_with_its_words(telegram, bot):
    """And Telegram shows that it does."""
    sent = Person(bot).sign_in("demo@erable.example").say("/aging")
    assert ["sendMessage", "sendPhoto"] == [each.method for each in sent]
    photo = telegram.called("sendPhoto")[0]
    assert photo["photo"].content.startswith(b"\x89PNG")
    assert shown(telegram, sent[-1])
    assert "upload_photo" == actions(telegram)[-1]
    order = [call.method for call in telegram.calls if call.method.startswith("send")]
    assert ["sendChatAction", "sendPhoto"] == order[-2:]


def test_typing_shows_when_an_answer_takes_a_while(telegram, bot, ana):
    """And not before an answer that is there at once."""
    ana.say("hello")
    assert [] == actions(telegram)
    slow = Slow(bot)
    assert 200 == bot.post(ana.update("hello"))
    telegram.until(lambda: ["typing"] == actions(telegram))
    assert str(ana.id) == str(telegram.called("sendChatAction")[0]["chat_id"])
    slow.go.set()
    bot.settle()
    assert 2 == len(telegram.sent)


@SQLITE
def test_without_a_public_address_a_link_is_text(telegram, ana):
    (sent,) = ana.say("/balance")
    assert "http://127.0.0.1:" in shown(telegram, sent)
    assert [] == [key for key in keys_of(sent) if "url" in key]


def test_with_a_public_address_a_link_is_a_button(telegram, start, environment, monkeypatch):
    monkeypatch.setenv("BILLING_BOT_PUBLIC_URL", "https://bot.example")
    with start() as bot:
        (sent,) = Person(bot).say("/balance")
    (url,) = [key["url"] for key in keys_of(sent) if "url" in key]
    assert url.startswith("https://bot.example/link/")
    assert "bot.example" not in shown(telegram, sent)


def test_nothing_is_shown_once_the_bot_is_closed(telegram, environment):
    """A timer that outlived it would open connections that nobody closes."""

    async def close_at_once() -> set[asyncio.Task[Any]]:
        api = TelegramApi(TelegramSettings.load())
        typing = Typing(api)
        typing.expect("7", "", wait=0.01)
        # shown once, to be shown again
        await asyncio.to_thread(until, lambda: bool(telegram.calls), 10)
        typing.expect("8", "", wait=0.01)
        await typing.close()
        before = len(telegram.calls)
        await asyncio.sleep(0.05)
        assert before == len(telegram.calls)
        await api.close()
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert set() == asyncio.run(close_at_once())
