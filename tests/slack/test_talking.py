"""Messages, mentions, slash commands, buttons and menus, as people use them."""

import pytest

from tests.platforms.running import SQLITE
from tests.platforms.serving import Refused
from tests.slack.people import FORM, ROOM, Person, form, new_ts, recorded
from tests.slack.running import Running, labels, room_of, text_of, words

GREETING = "Hello! I answer questions"
ASIDE = (
    "I am answering you in our private conversation. / Je vous réponds dans notre clavardage privé."
)

LEFT = (
    "bot-message channel-chatter channel-join im-deleted im-edited mention-as-message "
    "mention-by-bot mention-edited own-message"
).split()


def test_message(slack, ana):
    """A direct message is answered where it was written, in no thread."""
    (answer,) = ana.says("hello")
    assert text_of(answer).startswith(GREETING)
    assert (ana.chat, None) == (room_of(answer), answer.arguments.get("thread_ts"))
    assert (False, False, False) == tuple(
        answer.arguments[name] for name in ("mrkdwn", "unfurl_links", "unfurl_media")
    )
    assert "billing_bot_message" == answer.arguments["metadata"]["event_type"]


@SQLITE
def test_message_in_a_thread(ana):
    """In a thread of the direct message the answer goes to that thread."""
    thread = new_ts()
    (answer,) = ana.says("hello", thread_ts=thread)
    assert thread == answer.arguments["thread_ts"]


def test_mention(slack, bot, ana):
    """A mention in a room opens a thread under the question."""
    asked = ana.mentions("which cards do you accept?")
    (answer,) = slack.sent
    assert (ROOM, asked) == (room_of(answer), answer.arguments["thread_ts"])
    assert "Visa" in text_of(answer)


@SQLITE
def test_mention_in_a_thread(slack, ana):
    """In a thread the answer goes to that thread."""
    thread = new_ts()
    ana.mentions("hello", thread_ts=thread)
    assert [thread] == [sent.arguments["thread_ts"] for sent in slack.sent]


@SQLITE
def test_command_in_private(slack, ana):
    """In the direct message /billing is answered there, and acknowledged without a word."""
    assert "" == ana.commands("help")
    (answer,) = slack.sent
    assert ana.chat == room_of(answer)
    assert "Balance" in words(answer)


def test_command_in_a_room(slack, bot, rosalind):
    """In a room /billing is answered in private, and the room sees nothing of it."""
    assert ASIDE == rosalind.commands("balance", room=ROOM)
    (answer,) = slack.sent
    assert rosalind.chat == room_of(answer)
    assert "-$210.69" in text_of(answer)
    assert [] == bot.said_to(ROOM)


@SQLITE
@pytest.mark.parametrize("typed", ["", "which cards do you accept?", "/unheard-of"])
def test_words_of_a_command_in_a_room(slack, ana, typed):
    """Whatever is typed behind /billing in a room is answered in private."""
    assert ASIDE == ana.commands(typed, room=ROOM)
    assert [ana.chat] == list(map(room_of, slack.sent))


@SQLITE
def test_command_in_a_chat_of_two_others(slack, bot, rosalind):
    """Where the bot is not, it answers in its own direct message."""
    slack.closed["D0OTHERS"] = "channel_not_found"
    fields = recorded("command-in-dm") | {"channel_id": "D0OTHERS", "user_id": rosalind.user}
    answer = rosalind.door.post(form({**fields, "text": "balance"}), FORM)
    assert (200, "") == (answer.status_code, answer.text)
    (said,) = bot.said_to(rosalind.chat)
    assert "-$210.69" in text_of(said)


def test_button(slack, ana):
    """A pressed button is answered."""
    (asked,) = ana.says("what is my balance?")
    assert "Aging: what is late" in labels(asked)
    assert 200 == ana.presses(asked, "Make a payment").status_code
    assert "payment" in text_of(slack.sent[-1]).lower()
    assert 2 == len(slack.sent)


@SQLITE
def test_menu(slack, rosalind):
    """A choice of a menu is answered."""
    (asked,) = rosalind.says("balance")
    option = {"value": "last-payment", "text": {"type": "plain_text", "text": "Last payment"}}
    action = {"type": "static_select", "action_id": "menu", "selected_option": option}
    assert 200 == rosalind.interacts(rosalind.interaction(asked, action)).status_code
    assert text_of(slack.sent[-1]).startswith("Last payment")


@SQLITE
def test_what_needs_no_answer(slack, bot, ana):
    """What other bots say, an edit, a deletion, the talk of a room and a pressed link are left."""
    for name in LEFT:
        assert 200 == ana.door.event(recorded(name)).status_code
    (asked,) = ana.says("hello")
    link = {"type": "button", "action_id": "b0", "url": "https://a.example"}
    assert 200 == ana.interacts(ana.interaction(asked, link)).status_code
    assert 1 == len(bot.events())
    assert [asked] == slack.sent


@SQLITE
def test_own_answer_comes_back(slack, bot, ana):
    """Slack tells the bot of its own answer; it does not answer itself."""
    (answer,) = ana.says("hello")
    echo = ana.message(text_of(answer), user="U0BOT", bot_id="B0BOT")
    assert 200 == ana.door.event(echo).status_code
    echo = ana.message(text_of(answer), user="U0BOT")
    assert 200 == ana.door.event(echo).status_code
    assert [answer] == bot.said_to(ana.chat)


@SQLITE
@pytest.mark.parametrize(
    ("locale", "title"), [("fr-CA", "Solde actuel"), ("en-US", "Current balance")]
)
def test_language_of_an_ambiguous_message(slack, rosalind, locale, title):
    """When the words tell nothing, the language that the person reads Slack in decides."""
    slack.users[rosalind.user] = {"locale": locale}
    (answer,) = rosalind.says("balance")
    assert title == text_of(answer).split("\n")[0]


@SQLITE
def test_words_before_locale(slack, ana):
    """Who writes French is answered in French, whatever language they read Slack in."""
    (answer,) = ana.says("Quel est mon solde ?")
    assert text_of(answer).startswith("Solde actuel")
    assert [] == slack.called("users.info")


@SQLITE
def test_language_is_not_asked_for_in_vain(slack, bot):
    """Without the scope the bot asks one person's language, and nobody's after that."""

    def refuse(_arguments):
        raise Refused("missing_scope")

    slack.methods = {**slack.methods, "users.info": refuse}
    for user in ("U0ONE", "U0TWO", "U0THREE"):
        person = Person(user, bot)
        assert "" == person.commands("help")
        assert "Balance" in words(bot.said_to(person.chat)[0])
    assert 1 == len(slack.called("users.info"))


def test_many_people(slack, bot: Running):
    """Each gets their own answer."""
    people = [Person(f"U0P{number}", bot) for number in range(6)]
    for person in people:
        assert 200 == person.door.event(person.message("hello")).status_code
    bot.settle()
    assert sorted(person.chat for person in people) == sorted(map(room_of, slack.sent))
