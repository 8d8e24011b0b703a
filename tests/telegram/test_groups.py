"""Groups: what is said to the bot there, and what nobody else may see."""

import pytest

from store.models import OutboxState
from tests.platforms.running import SQLITE
from tests.platforms.telegram import ME
from tests.telegram.people import FORUM, GROUP, TOPIC, Person, keys_of, room_of, shown

NAMED = "@billing_test_bot "
HINT = {
    "text": "Open our private conversation",
    "url": "https://t.me/billing_test_bot?start=private",
}
OF_A_TOPIC = {"message_thread_id": TOPIC, "is_topic_message": True}


def by_room(telegram, sent):
    return {room_of(each): shown(telegram, each) for each in sent}


def answers(sent):
    return int((sent.arguments.get("reply_parameters") or {"message_id": 0})["message_id"])


@SQLITE
@pytest.mark.parametrize(
    "text",
    [
        "what do I owe?",
        "@somebody what do I owe?",
        "ask billing_test_bot",
        "/balance@other_bot",
        "@billing_test_bot_2 hello",
    ],
)
def test_what_is_said_to_others_is_not_heard(telegram, bot, ana, text):
    assert [] == ana.say(text, chat=GROUP)
    assert [] == bot.events()


def test_a_question_to_the_bot_is_answered_there(telegram, ana):
    """As a reply to whoever asked."""
    asked = ana.update(f"{NAMED}how do I set up Auto Pay?", chat=GROUP)
    (sent,) = ana.bot.take(asked)
    assert (GROUP, asked["message"]["message_id"]) == (room_of(sent), answers(sent))
    assert "Auto Pay" in shown(telegram, sent)


@SQLITE
def test_a_reply_to_the_bot_is_for_it(telegram, ana):
    said = {"message_id": 9, "from": ME, "date": 1, "chat": {"id": GROUP, "type": "supergroup"}}
    (sent,) = ana.say("how do I set up Auto Pay?", chat=GROUP, reply_to_message=said)
    assert "Auto Pay" in shown(telegram, sent)
    said["from"] = Person(ana.bot).sender
    assert [] == ana.say("how do I set up Auto Pay?", chat=GROUP, reply_to_message=said)


def test_a_command_with_arguments(telegram, rosa):
    """For this bot by its name; what it asks for is private."""
    sent = rosa.say("/transactions@Billing_Test_Bot payments", chat=GROUP)
    found = by_room(telegram, sent)
    assert {rosa.id, GROUP} == found.keys()
    assert "Payments" in found[rosa.id]


def test_in_a_forum_answers_stay_in_their_topic(telegram, ana):
    asked = ana.update(f"{NAMED}how do I set up Auto Pay?", chat=FORUM, **OF_A_TOPIC)
    (sent,) = ana.bot.take(asked)
    assert (FORUM, str(TOPIC)) == (room_of(sent), str(sent.arguments["message_thread_id"]))
    assert asked["message"]["message_id"] == answers(sent)


def test_a_topic_that_is_gone(telegram, ana):
    """The answer goes to the group itself."""
    telegram.chats.closed.add(TOPIC)
    (sent,) = ana.say(f"{NAMED}how do I set up Auto Pay?", chat=FORUM, **OF_A_TOPIC)
    assert (FORUM, None) == (room_of(sent), sent.arguments.get("message_thread_id"))


def test_a_group_that_became_a_supergroup(telegram, bot, ana):
    telegram.chats.moved[-77] = GROUP
    (sent,) = ana.say(f"{NAMED}how do I set up Auto Pay?", chat=-77)
    assert GROUP == room_of(sent)
    assert [OutboxState.SENT] == bot.states()


@pytest.mark.parametrize(
    ("text", "private"),
    [("/balance@billing_test_bot", "$210.69"), (f"{NAMED}talk to a person", "Your ticket is T-")],
)
def test_what_is_private_goes_to_the_person_alone(telegram, rosa, text, private):
    """The group sees a hint with the way to the private chat, and no figure."""
    asked = rosa.update(text, chat=FORUM, **OF_A_TOPIC)
    sent = rosa.bot.take(asked)
    found = by_room(telegram, sent)
    assert {rosa.id, FORUM} == found.keys()
    assert private in found[rosa.id]
    assert "My answer is in our private conversation." == found[FORUM]
    hint = next(each for each in sent if FORUM == room_of(each))
    assert [HINT] == keys_of(hint)
    assert (asked["message"]["message_id"], str(TOPIC)) == (
        answers(hint),
        str(hint.arguments["message_thread_id"]),
    )
    own = next(each for each in sent if rosa.id == room_of(each))
    assert not own.arguments.keys() & {"reply_parameters", "message_thread_id"}


def test_figures_are_offered_in_private(telegram, rosa):
    """A question with figures gets its general answer in the group, and a button for each."""
    (sent,) = rosa.say(f"{NAMED}what is my balance?", chat=GROUP)
    assert GROUP == room_of(sent)
    assert "210.69" not in shown(telegram, sent)
    found = by_room(telegram, rosa.press(sent, "See mine in private"))
    assert "210.69" in found[rosa.id]
    assert "210.69" not in found[GROUP]
    other = Person(rosa.bot)
    found = by_room(telegram, other.press(sent, "See mine in private"))
    assert {other.id, GROUP} == found.keys()
    assert "210.69" not in str(found)


def test_a_picture_goes_to_the_person_alone(telegram, bot):
    erable = Person(bot).sign_in("demo@erable.example")
    sent = erable.say("/aging@billing_test_bot", chat=GROUP)
    assert {"sendPhoto": {erable.id}, "sendMessage": {erable.id, GROUP}} == {
        method: {room_of(each) for each in sent if each.method == method}
        for method in ("sendPhoto", "sendMessage")
    }


def test_who_has_not_met_the_bot_gets_it_at_start(telegram, bot, rosa):
    """Once; until then it waits, and the group sees the way."""
    telegram.cannot_write.add(rosa.id)
    (hint,) = rosa.say("/balance@billing_test_bot", chat=GROUP)
    assert (GROUP, [HINT]) == (room_of(hint), keys_of(hint))
    assert {OutboxState.HELD, OutboxState.SENT} == set(bot.states())
    telegram.cannot_write.clear()
    sent = rosa.say("/start private")
    assert {rosa.id} == {room_of(each) for each in sent}
    texts = [shown(telegram, each) for each in sent]
    assert 1 == sum("Here is what I have for you." in text for text in texts)
    assert 1 == sum("$210.69" in text for text in texts)
    assert {OutboxState.SENT} == set(bot.states())
    assert ["Hello"] == [shown(telegram, each)[:5] for each in rosa.say("/start private")]


def test_what_was_held_is_not_for_who_is_signed_in_no_more(telegram, bot, rosa):
    """Link and role are looked up again as it is sent."""
    telegram.cannot_write.add(rosa.id)
    rosa.say("/balance@billing_test_bot", chat=GROUP)
    telegram.cannot_write.clear()
    rosa.say("/unlink")
    for sent in telegram.sent:
        assert "210.69" not in shown(telegram, sent)
    rosa.say("/start private")
    assert "210.69" not in str([shown(telegram, sent) for sent in telegram.sent])
