"""Pressed buttons: released, answered, looked up, and pages that turn in place."""

from datetime import timedelta

import pytest

from bot import dispatcher
from bot.messages import Button
from store.models import OutboxState
from tests.platforms.running import SQLITE
from tests.telegram.people import GROUP, Person, data_of, keys_of, room_of, shown
from tests.telegram.running import Slow

LONG = Button("Help me", action="help:" + "x" * 80)  # more than the 64 bytes of a key


@pytest.fixture
def page(telegram, rosa):
    """The first page of the history, in a private chat."""
    (sent,) = rosa.say("/transactions")
    assert "page 1 of" in shown(telegram, sent)
    return sent


def released(telegram, update):
    """Wait until Telegram is told that the press has arrived."""
    telegram.until(lambda: update["callback_query"]["id"] in telegram.pressed)


def test_a_button_is_answered(telegram, ana):
    (greeting,) = ana.say("/start")
    pressed = ana.pressing(greeting, data_of(greeting, "What can you do?"))
    (sent,) = ana.bot.take(pressed)
    assert ("sendMessage", ana.id) == (sent.method, room_of(sent))
    assert "What I can do" in shown(telegram, sent)
    released(telegram, pressed)


def test_a_button_is_released_before_its_turn(telegram, bot, ana):
    (greeting,) = ana.say("/start")
    slow = Slow(bot)
    pressed = ana.pressing(greeting, "help")
    assert 200 == bot.post(pressed)
    released(telegram, pressed)
    assert 1 == len(telegram.sent)
    slow.go.set()
    bot.settle()
    assert 2 == len(telegram.sent)


def test_what_a_key_cannot_carry_is_looked_up(telegram, bot, ana):
    ana.say("hello")
    bot.write("Choose.", buttons=(LONG,))
    bot.settle()
    written = telegram.sent[-1]
    assert data_of(written, "Help me").startswith("r:")
    (sent,) = ana.press(written, "Help me")
    assert "What I can do" in shown(telegram, sent)


def test_a_button_of_another_person_does_nothing(telegram, bot, ana):
    """But it is released."""
    ana.say("hello")
    bot.write("Choose.", buttons=(LONG,))
    bot.settle()
    other, written = Person(bot), telegram.sent[-1]
    other.say("hello")
    for data in (data_of(written, "Help me"), "r:nonsense:0", "r:nonsense:9999"):
        pressed = other.pressing(written, data)
        assert [] == bot.take(pressed)
        released(telegram, pressed)
    assert 2 == len(bot.events())


@SQLITE
@pytest.mark.parametrize(
    "changes", [{"data": None, "game_short_name": "x"}, {"message": None}, {"message": {"date": 0}}]
)
def test_a_press_that_cannot_be_read_is_released(telegram, bot, ana, changes):
    (greeting,) = ana.say("/start")
    pressed = ana.pressing(greeting, "help")
    pressed["callback_query"] |= changes
    assert [] == bot.take(pressed)
    released(telegram, pressed)


@SQLITE
@pytest.mark.parametrize("data", ["nonsense", "faq:nonsense", "transactions:p0", "::"])
def test_a_button_that_no_longer_works_says_so(telegram, rosa, data):
    (greeting,) = rosa.say("/start")
    (sent,) = rosa.bot.take(rosa.pressing(greeting, data))
    assert "sendMessage" == sent.method
    assert ["What can you do?", "Talk to a person"] == [key["text"] for key in keys_of(sent)][-2:]


def test_two_presses_within_three_seconds_are_one(telegram, bot, ana):
    """A press of another button is one of its own."""
    (greeting,) = ana.say("/start")
    assert 1 == len(ana.press(greeting, "What can you do?"))
    assert 0 == len(ana.press(greeting, "What can you do?"))
    assert 1 == len(ana.press(greeting, "What do I owe?"))


def test_pages_turn_in_place(telegram, rosa, page):
    (turned,) = rosa.press(page, "Older")
    assert ("editMessageText", page.message_id) == (turned.method, turned.message_id)
    assert "page 2 of" in shown(telegram, page)
    (back,) = rosa.press(turned, "Newer")
    assert "editMessageText" == back.method
    assert "page 1 of" in shown(telegram, page)
    assert ["Older"] == [key["text"] for key in keys_of(back)]


def test_the_same_page_again_is_no_failure(telegram, bot, rosa, page, monkeypatch):
    """Nothing changes, and nothing is written anew."""
    monkeypatch.setattr(dispatcher, "DOUBLE_CLICK", timedelta(seconds=-1))
    rosa.press(page, "Older")
    assert [] == rosa.press(page, "Older")
    assert 2 == len(telegram.called("editMessageText"))
    assert {OutboxState.SENT} == set(bot.states())


def test_a_page_that_was_deleted_is_written_anew(telegram, rosa, page):
    del telegram.chats.messages[rosa.id][int(page.message_id)]
    (sent,) = rosa.press(page, "Older")
    assert "sendMessage" == sent.method
    assert "page 2 of" in shown(telegram, sent)


def test_nothing_is_edited_in_a_group(telegram, rosa):
    """A page turns in private, whoever's message was pressed."""
    (general,) = rosa.say("@billing_test_bot how do I set up Auto Pay?", chat=GROUP)
    sent = rosa.bot.take(rosa.pressing(general, "transactions:p2"))
    assert {"sendMessage"} == {each.method for each in sent}
    assert {rosa.id: True, GROUP: False} == {
        room_of(each): "page 2 of" in shown(telegram, each) for each in sent
    }
