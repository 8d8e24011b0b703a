"""Whatever Slack or a hasty hand repeats has one effect."""

from datetime import timedelta

import pytest

from bot import dispatcher
from tests.platforms.running import SQLITE
from tests.slack.people import DESK_ROOM, FORM, ROOM, form, new_trigger, payload, recorded
from tests.slack.running import text_of

TIMES = 10
RETRY = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}


def repeat(person, **headers: str) -> set[int]:
    """Post again what was posted last."""
    return {person.door.again(**headers).status_code for _ in range(TIMES)}


def test_event(slack, bot, ana):
    """The same request again and again, and Slack's own retry, are one message."""
    said = ana.says("hello")
    assert {200} == repeat(ana) | repeat(ana, **RETRY)
    assert said == bot.said_to(ana.chat)
    assert 1 == len(bot.events())


@SQLITE
def test_event_in_a_burst(slack, bot, ana):
    """It makes no difference that the answer is not out yet."""
    assert 200 == ana.door.event(ana.message("hello")).status_code
    assert {200} == repeat(ana)
    assert 1 == len(bot.said_to(ana.chat))


@SQLITE
def test_command(slack, bot, ana):
    """A slash command is told apart by its trigger."""
    fields = recorded("command-in-channel") | {"user_id": ana.user, "channel_id": ROOM}
    acknowledged = ana.door.post(form({**fields, "trigger_id": new_trigger()}), FORM)
    assert {200} == repeat(ana)
    assert acknowledged.text == ana.door.again().text
    assert 1 == len(bot.said_to(ana.chat))


@SQLITE
def test_action(slack, bot, ana):
    """One press is one press, however often it is told of."""
    (asked,) = ana.says("what is my balance?")
    assert 200 == ana.presses(asked, "Make a payment").status_code
    assert {200} == repeat(ana)
    assert 2 == len(bot.said_to(ana.chat))


def test_view(slack, bot, ana, gordon):
    """A form is sent once; its repetition sends the customer nothing more."""
    ana.says("I want to talk to a person")
    gordon.presses(bot.said_to(DESK_ROOM)[-1], "Reply")
    (view,) = slack.views.values()
    assert 200 == gordon.interacts(gordon.submission(view, "We are on it.")).status_code
    before = bot.said_to(ana.chat)
    assert {200} == repeat(gordon)
    # ... nor does it with another trigger, as when the button is pressed twice in a hurry.
    again = payload(gordon.submission(view, "We are on it."))
    assert 200 == gordon.door.post(again, FORM).status_code
    assert before == bot.said_to(ana.chat)
    assert text_of(before[-1]).endswith("\n\nWe are on it.")


@SQLITE
def test_form_opens_once(slack, bot, ana, gordon):
    """A repeated press of Reply opens no second form: its trigger would be refused."""
    ana.says("I want to talk to a person")
    gordon.presses(bot.said_to(DESK_ROOM)[-1], "Reply")
    assert {200} == repeat(gordon)
    assert 1 == len(slack.called("views.open"))


@SQLITE
@pytest.mark.parametrize(("seconds", "answers"), [(3, 1), (0, 2)])
def test_double_click(slack, bot, ana, monkeypatch, seconds, answers):
    """Two presses within three seconds are one; later ones are two."""
    monkeypatch.setattr(dispatcher, "DOUBLE_CLICK", timedelta(seconds=seconds))
    (asked,) = ana.says("what is my balance?")
    for _ in range(2):
        assert 200 == ana.presses(asked, "Make a payment").status_code
    assert answers == len(bot.said_to(ana.chat)) - 1


@SQLITE
def test_two_people_press(slack, bot, ana, rosalind):
    """The same button of the same message pressed by two people in a room is no double click."""
    ana.mentions("what is my balance?")
    (asked,) = slack.sent
    for person in (ana, rosalind):
        person.presses(asked, "Make a payment")
    assert 3 == len(bot.said_to(ROOM))
