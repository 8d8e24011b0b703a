"""Where others read along: what is general is said there, what is private to its person alone."""

import pytest

from tests.platforms.running import SQLITE
from tests.slack.people import ROOM, Person
from tests.slack.running import labels, room_of, text_of, words

FIGURES = ("$", "001234", "Maple", "INV")
HINT = "My answer is in our private conversation."


def is_hint(sent) -> bool:
    return HINT == text_of(sent)


def older(sent) -> str:
    return next(label for label in labels(sent) if label.startswith("Older"))


def shows_nothing(sent) -> bool:
    return not any(figure in str(sent.arguments) for figure in FIGURES)


def test_general_answer(slack, bot, rosalind):
    """A question of one's own figures gets the general answer in the room, and a way to them."""
    asked = rosalind.mentions("what is my balance?")
    (answer,) = bot.said_to(ROOM)
    assert asked == answer.arguments["thread_ts"]
    assert "See mine in private" == labels(answer)[0]
    assert shows_nothing(answer)
    assert [answer] == slack.sent


def test_see_mine_in_private(slack, bot, rosalind):
    """The button sends the figure to the person, and a hint to the thread; nothing is edited."""
    asked = rosalind.mentions("what is my balance?")
    (general,) = slack.sent
    assert 200 == rosalind.presses(general, "See mine in private").status_code
    (figure,) = bot.said_to(rosalind.chat)
    assert "-$210.69" in text_of(figure)
    _, hint = bot.said_to(ROOM)
    assert is_hint(hint)
    assert (asked, []) == (hint.arguments["thread_ts"], labels(hint))
    assert [] == slack.called("chat.update")


@SQLITE
def test_see_mine_without_a_link(slack, bot, ana):
    """Whoever is not signed in gets the way to sign in, in private."""
    ana.mentions("what is my balance?")
    ana.presses(slack.sent[0], "See mine in private")
    (way,) = bot.said_to(ana.chat)
    assert "/link/" in text_of(way)
    assert "/link/" not in str([sent.arguments for sent in bot.said_to(ROOM)])


@SQLITE
@pytest.mark.parametrize(
    ("asked", "in_private"),
    [("transactions in October", False), ("sign in", True), ("what is my account?", False)],
)
def test_private_words_in_a_room(slack, bot, rosalind, asked, in_private):
    """Whatever is answered in a room shows no figure; what is private leaves a hint there."""
    rosalind.mentions(asked)
    said = bot.said_to(ROOM)
    assert 1 == len(said)
    assert all(shows_nothing(sent) for sent in said)
    assert in_private is bool(bot.said_to(rosalind.chat))
    assert [in_private] == list(map(is_hint, said))


@SQLITE
def test_list_asked_in_a_room(slack, bot, rosalind):
    """The list goes to the person, where turning its pages updates it."""
    rosalind.commands("transactions", room=ROOM)
    (first,) = slack.sent
    rosalind.presses(first, older(first))
    _, second = bot.said_to(rosalind.chat)
    assert ("chat.update", first.message_id) == (second.method, second.arguments["ts"])
    assert words(first) != words(second)


def test_pages_in_private(slack, bot, rosalind):
    """Turning a page updates the message; there and back it is as it was."""
    (first,) = rosalind.says("transaction history")
    rosalind.presses(first, older(first))
    second = slack.sent[-1]
    rosalind.presses(second, next(label for label in labels(second) if "Newer" in label))
    assert ["chat.postMessage", "chat.update", "chat.update"] == [it.method for it in slack.sent]
    assert words(first) == words(slack.sent[-1])
    assert {first.message_id} == {sent.message_id for sent in slack.sent}


@SQLITE
def test_page_that_is_gone(slack, bot, rosalind):
    """Somebody deleted the message meanwhile: the page comes as a new one."""
    (first,) = rosalind.says("transaction history")
    slack.rooms.messages[rosalind.chat].clear()
    rosalind.presses(first, older(first))
    assert ["chat.postMessage"] * 2 == [sent.method for sent in slack.sent]


@SQLITE
def test_page_pressed_in_a_room(slack, bot, rosalind):
    """A press in a room edits nothing that others see."""
    rosalind.mentions("what is my balance?")
    (general,) = slack.sent
    element = {"type": "button", "action_id": "b9", "value": "transactions:p2"}
    rosalind.interacts(rosalind.interaction(general, element))
    assert [] == slack.called("chat.update")
    assert [True] == [is_hint(sent) for sent in bot.said_to(ROOM)[1:]]
    assert "Transactions" in text_of(bot.said_to(rosalind.chat)[0])


@SQLITE
def test_group_of_people(slack, bot, rosalind):
    """A direct message of several is a room: no figure is said there."""
    rosalind.mentions("what is my balance?", room="G0GROUP")
    (said,) = slack.sent
    assert "G0GROUP" == room_of(said)
    assert shows_nothing(said)


@pytest.fixture
def robin(bot) -> Person:
    """Somebody of another organization in a shared channel."""
    return Person("U0ROBIN", bot, team="T0OTHER")


def test_stranger_asks_in_general(slack, bot, robin):
    """Somebody of another organization gets general answers."""
    robin.mentions("which cards do you accept?")
    (answer,) = bot.said_to(ROOM)
    assert "Visa" in text_of(answer)
    assert [answer] == slack.sent


def test_stranger_asks_for_figures(slack, bot, robin):
    """Though linked, they are told where to turn, and nothing private is sent anywhere."""
    bot.sign_in(robin.user, "demo@maple.example", workspace=robin.team)
    robin.mentions("transactions in October")
    (answer,) = slack.sent
    assert "shared between organizations" in text_of(answer)
    assert shows_nothing(answer)
    robin.interacts(robin.interaction(answer, {"action_id": "b0", "value": "balance"}))
    robin.interacts(robin.interaction(answer, {"action_id": "b0", "value": "transactions:p2"}))
    assert [ROOM] * 3 == list(map(room_of, slack.sent))
    assert all(shows_nothing(sent) for sent in slack.sent)
    assert [] == slack.called("conversations.open")


@SQLITE
def test_direct_message_with_a_stranger(slack, bot, rosalind):
    """A direct message that is shared between organizations is a room like any other."""
    body = rosalind.message("what is my balance?") | {"is_ext_shared_channel": True}
    body["event"]["user_team"] = rosalind.team
    assert 200 == rosalind.door.event(body).status_code
    said = bot.said_to(rosalind.chat)
    assert 1 == len(said)
    assert all(shows_nothing(sent) for sent in said)
