"""Long polling: updates are kept before they are confirmed, and one process of all polls."""

import threading
from contextlib import contextmanager
from functools import partial

import pytest
from sqlalchemy import select

from bot.adapters.telegram import transport
from store import leases
from store.db import Database
from tests.platforms.serving import Refused
from tests.telegram.people import GROUP, Person, shown


@pytest.fixture
def polls(environment, monkeypatch):
    """Bots ask for updates."""
    monkeypatch.setenv("BILLING_BOT_TELEGRAM_WEBHOOK_SECRET", "")
    monkeypatch.setenv("BILLING_BOT_TELEGRAM_MODE", "polling")


@pytest.fixture
def bot(polls, start):
    with start() as running:
        yield running


@pytest.fixture
def second(sampled):
    """The same store, as another process has it."""
    url = sampled.engine.url.render_as_string(hide_password=False)
    database = Database.connect(url)
    yield database
    database.dispose()


@contextmanager
def busy(database):
    """A store that writes nothing for a while."""
    go = threading.Event()
    database.writer.submit(lambda _work: go.wait(10))
    try:
        yield lambda: 1 <= database.writer._queue.qsize()  # writes that wait
    finally:
        go.set()


def holders(database):
    with database.read() as session:
        return list(session.connection().execute(select(leases.lease.c.holder)).scalars())


def answered(telegram, bot, number):
    """Wait for as many answers in all."""
    telegram.until(lambda: len(telegram.sent) >= number, 10)
    bot.settle()
    assert number == len(telegram.sent)


def test_updates_are_fetched_and_answered(telegram, bot, ana):
    """Messages, presses, and groups by the bot's name."""
    telegram.push(ana.update("/start"))
    answered(telegram, bot, 1)
    telegram.push(ana.pressing(telegram.sent[0], "help"))
    answered(telegram, bot, 2)
    telegram.push(ana.update("@billing_test_bot how do I set up Auto Pay?", chat=GROUP))
    answered(telegram, bot, 3)
    texts = [shown(telegram, sent)[:15] for sent in telegram.sent]
    assert ["Hello! I answer", "What I can do\n\n", "Set up Auto Pay"] == texts
    telegram.until(lambda: {} == telegram.updates.waiting)
    assert 1 == len(telegram.pressed)


def test_an_update_is_confirmed_when_it_is_kept(telegram, bot, ana):
    """Until then Telegram has it still, whatever happens here."""
    telegram.until(lambda: telegram.called("getUpdates"))
    with busy(bot.database) as waits:
        update_id = telegram.push(ana.update("hello"))
        telegram.until(waits)
        assert [update_id] == list(telegram.updates.waiting)
    telegram.until(lambda: {} == telegram.updates.waiting)
    assert [str(update_id)] == bot.events()


def test_what_came_before_the_bot_did_is_answered_in_order(telegram, polls, start):
    """Each person's in their order, each once."""
    with start() as bot:
        ana, rosa = Person(bot), Person(bot)
    for text in ("/start", "/help", "hello"):
        for person in (ana, rosa):
            telegram.push(person.update(text))
    with start(bot.database) as bot:
        answered(telegram, bot, 6)
    for person in (ana, rosa):
        said = [s for s in telegram.sent if str(person.id) == str(s.arguments["chat_id"])]
        assert ["Hello", "What ", "Hello"] == [shown(telegram, sent)[:5] for sent in said]


def test_an_update_that_comes_again_is_answered_once(telegram, bot, ana):
    update = ana.update("hello")
    telegram.push(update)
    answered(telegram, bot, 1)
    telegram.until(lambda: {} == telegram.updates.waiting)
    telegram.push(update)
    telegram.until(lambda: {} == telegram.updates.waiting)
    answered(telegram, bot, 1)


def test_what_cannot_be_read_holds_up_nothing(telegram, bot, ana):
    telegram.push({"message": {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "odd"}}})
    telegram.push(ana.update("hello"))
    answered(telegram, bot, 1)


def test_two_processes_and_one_polls(telegram, polls, start, second):
    """What is pushed is answered once; stopped, the one lets the other go on."""
    with start(second) as other:
        with start() as bot:
            ana = Person(bot)
            telegram.until(lambda: telegram.called("getUpdates"))
            (first,) = holders(second)
            assert other.bot.delivery._holder == first
            telegram.push(ana.update("hello"))
            answered(telegram, bot, 1)
            assert [first] == holders(second)
        # Stopped in good order: the lease stays with who has it.
        assert [first] == holders(second)
        telegram.push(ana.update("hello"))
        answered(telegram, other, 2)
    assert [] == holders(bot.database)


def test_a_process_that_stops_hands_over(telegram, polls, start, second, monkeypatch):
    """At once: the lease would have lasted for longer than this test."""
    monkeypatch.setattr(transport, "LEASE_SECONDS", 0.3)  # how often the other one tries
    hold = leases.hold

    def for_long(work, **given):
        return hold(work, **{**given, "seconds": 600})

    monkeypatch.setattr(leases, "hold", for_long)
    with start(second) as first:
        telegram.until(lambda: telegram.called("getUpdates"))
        bot = start()
        bot.__enter__()
    try:
        telegram.until(lambda: [bot.bot.delivery._holder] == holders(bot.database))
        assert first.bot.delivery._holder != bot.bot.delivery._holder
        telegram.push(Person(bot).update("hello"))
        answered(telegram, bot, 1)
    finally:
        bot.__exit__()


@pytest.mark.parametrize(
    "error", ["409 Conflict: terminated by other getUpdates request", "500 Internal Server Error"]
)
def test_a_poll_that_fails_is_tried_again(telegram, polls, start, error):
    get = telegram.methods["getUpdates"]
    fails = threading.Event()

    async def failing(arguments):
        if len(telegram.called("getUpdates")) <= 2:
            fails.set()
            raise Refused(error)
        return await get(arguments)

    telegram.methods["getUpdates"] = failing
    with start() as bot:
        telegram.until(fails.is_set)
        telegram.push(Person(bot).update("hello"))
        answered(telegram, bot, 1)


def test_a_webhook_keeps_polling_waiting(telegram, polls, start):
    """As soon as it is gone the updates are fetched."""
    telegram.updates.webhook = {"url": "https://bot.example/telegram/webhook"}
    with start() as bot:
        telegram.until(lambda: 2 <= len(telegram.called("getUpdates")))
        telegram.push(Person(bot).update("hello"))
        telegram.updates.webhook = {}
        answered(telegram, bot, 1)


def test_only_what_is_understood_is_asked_for(telegram, bot):
    telegram.until(lambda: telegram.called("getUpdates"))
    asked = telegram.called("getUpdates")[0]
    expected = ["message", "edited_message", "callback_query"]
    assert expected == asked["allowed_updates"]


def test_a_lease_that_nobody_has_is_had_at_once(sampled):
    """Taken anew, kept, and refused to others."""
    hold = partial(leases.hold, name="telegram-poller", seconds=15)
    ours, theirs = partial(hold, holder="ours"), partial(hold, holder="theirs")
    assert [True, True, False] == [sampled.writer.run(job) for job in (ours, ours, theirs)]
