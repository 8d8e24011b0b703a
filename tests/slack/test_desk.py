"""Tickets in the desk's channel: what staff see there, and how they answer."""

import json

import pytest
from click.testing import CliRunner

from bot.cli import commands
from tests.platforms.running import SQLITE
from tests.platforms.serving import Refused
from tests.platforms.slack import TEAM
from tests.slack.people import DESK_ROOM, ROOM, Person
from tests.slack.running import labels, room_of, text_of, words

LABEL = "Message from our team"
PERSON = "I want to talk to a person"
HINT = "My answer is in our private conversation."


def ticket(bot, customer, *said: str):
    """Have a customer ask for a person; gives the post at the desk."""
    for text in (*said, PERSON):
        customer.says(text)
    return bot.said_to(DESK_ROOM)[0]


def opened(slack):
    """The modal that was opened last."""
    return slack.called("views.open")[-1]["view"]


def answer(staff, slack, post, text):
    staff.presses(post, "Reply")
    view = list(slack.views.values())[-1]
    assert 200 == staff.interacts(staff.submission(view, text)).status_code


def test_ticket(slack, bot, rosalind):
    """A ticket is one thread: the words redacted, topic and queue, and not a figure."""
    rosalind.says("what is my balance?")
    post = ticket(bot, rosalind, "My card is 4111 1111 1111 1111, flurbs are gribbled")
    (ref,) = bot.tickets()
    lines = text_of(post).splitlines()
    assert f"Ticket {ref}" == lines[0]
    assert "My card is [•••• 1111], flurbs are gribbled" in lines
    assert [
        "Queue: Billing",
        "Topic: Talk to a person",
        "Customer's language: English",
        "Written on: Slack",
    ] == lines[lines.index("Queue: Billing") :][:4]
    assert ["Reply", "Show figures", "Close"] == labels(post)
    shown = str([sent.arguments for sent in bot.said_to(DESK_ROOM)])
    assert not any(figure in shown for figure in ("$", "210.69", "Maple", "001234", "4111 1111"))
    assert post.arguments.get("thread_ts") is None


@SQLITE
def test_urgent_ticket(slack, bot, ana):
    """What cannot wait says so, and why."""
    ana.says("This is fraud, I was charged twice, get me a human being now!")
    (post,) = bot.said_to(DESK_ROOM)
    (ref,) = bot.tickets()
    assert text_of(post).startswith(f"Urgent: ticket {ref}")
    assert "Why: fraud" in text_of(post)


def test_further_words(slack, bot, ana):
    """What the customer adds goes to the thread of their ticket."""
    post = ticket(bot, ana)
    Person("U0BOB", bot).says(PERSON)
    other = bot.said_to(DESK_ROOM)[-1]
    ana.says("zork fizzle blah, card 4111111111111111")
    added = bot.said_to(DESK_ROOM)[-1]
    assert post.message_id == added.arguments["thread_ts"]
    assert other.message_id != post.message_id
    assert "The customer added:\n\nzork fizzle blah, card [•••• 1111]" == text_of(added)
    told = text_of(bot.said_to(ana.chat)[-1])
    assert told.startswith("I masked the card number you just typed")
    assert "It still shows in your own message: please delete it." in told


@SQLITE
def test_further_words_that_are_urgent(slack, bot, ana):
    """The desk is told when it becomes urgent."""
    ticket(bot, ana)
    ana.says("this is fraud and I will see my lawyer")
    assert "It is urgent now: " in text_of(bot.said_to(DESK_ROOM)[-1])


def test_reply(slack, bot, gordon):
    """An answer reaches the customer where they wrote; the thread sees who gave it."""
    camille = Person("U0CAM", bot)
    camille.says("Je veux parler à une personne")
    (post,) = bot.said_to(DESK_ROOM)
    assert "Customer's language: French" in text_of(post)
    answer(gordon, slack, post, "Votre solde est de 12,34 $.")
    label = "Message de notre équipe"
    assert f"{label}\n\nVotre solde est de 12,34 $." == text_of(bot.said_to(camille.chat)[-1])
    note = bot.said_to(DESK_ROOM)[-1]
    assert "Answered by Gordon Stavely." == text_of(note).splitlines()[0]
    assert post.message_id == note.arguments["thread_ts"]
    gordon.presses(post, "Close")
    assert text_of(bot.said_to(camille.chat)[-1]).startswith("Votre demande")
    assert "12,34" not in json.dumps([s.arguments for s in bot.said_to(DESK_ROOM)])


@SQLITE
def test_form(slack, bot, ana, gordon):
    """The form shows what the customer said, and asks for an answer, in the language of staff."""
    post = ticket(bot, ana, "my flurbs are gribbled")
    gordon.presses(post, "Reply")
    (ref,) = bot.tickets()
    view = opened(slack)
    assert f"Ticket {ref}" == view["title"]["text"]
    assert "my flurbs are gribbled" in words(view)
    assert "Your answer to the customer" in words(view)
    camille = Person("U0CAMILLE", bot)
    bot.employ(camille.user, "agent1@desk.example")
    camille.presses(post, "Reply")
    assert f"Demande {ref}" == opened(slack)["title"]["text"]


def test_who_may_reply(slack, bot, ana):
    """Somebody who is not of the desk sees a refusal, and what they would send goes nowhere."""
    post = ticket(bot, ana)
    eve = Person("U0EVE", bot)
    for label in ("Reply", "Show figures"):
        eve.presses(post, label)
        assert "Only members of our team can do that." in words(opened(slack))
        assert "submit" not in opened(slack)
    (ref,) = bot.tickets()
    forged = {"id": "V0FORGED", "callback_id": "ticket-reply", "type": "modal"}
    forged["private_metadata"] = f"{ref} {DESK_ROOM} {post.message_id}"
    before = bot.said_to(ana.chat)
    assert 200 == eve.interacts(eve.submission(forged, "Pay me instead")).status_code
    eve.presses(post, "Close")
    assert before == bot.said_to(ana.chat)
    assert [ref] == bot.tickets()
    assert "Pay me" not in str([sent.arguments for sent in slack.sent])


@SQLITE
def test_link_by_command_line(slack, bot, ana, monkeypatch):
    """`staff link` makes somebody of the desk, and --end ends it."""
    post = ticket(bot, ana)
    zoe = Person("U0ZOE", bot)
    url = bot.database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("BILLING_BOT_ENV", "development")
    monkeypatch.setenv("BILLING_BOT_LOG_LEVEL", "ERROR")
    link = ["staff", "link", "agent2@desk.example", "--platform", "slack"]
    link += ["--workspace", TEAM, "--user", zoe.user]
    for more, may in (([], True), (["--end"], False)):
        assert 0 == CliRunner().invoke(commands, [*link, *more]).exit_code
        zoe.presses(post, "Reply")
        assert may is ("submit" in opened(slack))


def test_figures(slack, bot, rosalind, gordon):
    """Staff whose role may see them open the figures for themselves; the room sees none."""
    post = ticket(bot, rosalind)
    before = list(slack.sent)
    gordon.presses(post, "Show figures")
    assert "-$210.69" in words(opened(slack))
    assert before == slack.sent


@SQLITE
def test_figures_of_nobody(slack, bot, ana, rosalind, gordon):
    """A role that may not, and a customer who was not signed in, give words and no figure."""
    bot.employ("U0THEO", "agent4@desk.example")
    Person("U0THEO", bot).presses(ticket(bot, rosalind), "Show figures")
    assert "Your role may not see the customers' figures." in words(opened(slack))
    ana.says(PERSON)
    gordon.presses(bot.said_to(DESK_ROOM)[-1], "Show figures")
    assert "was not signed in" in words(opened(slack))


def test_teaching(slack, bot, ana, gordon):
    """Once a ticket is answered, staff say which topic would have: it answers from then on."""
    asked = "are my flurbs gribbled by the gnome"
    post = ticket(bot, ana, asked)
    answer(gordon, slack, post, "Yes.")
    gordon.presses(bot.said_to(DESK_ROOM)[-1], "Teach the bot")
    view = list(slack.views.values())[-1]
    phrase = next(block for block in view["blocks"] if block["block_id"] == "answer")
    assert asked == phrase["element"]["initial_value"]
    gordon.interacts(gordon.submission(view, "are my FLURBS gribbled, please", topic="view-aging"))
    said = bot.said_to(gordon.chat)[-1]
    assert text_of(said).startswith("From now on I answer “are my FLURBS gribbled, please”")
    bob = Person("U0BOB", bot)
    bob.says("hi, are my flurbs gribbled please?")
    assert "Aging: what is late" in text_of(bot.said_to(bob.chat)[-1])
    gordon.presses(said, "Take it back")
    bob.says("are my flurbs gribbled, please")
    assert "Aging: what is late" not in text_of(bot.said_to(bob.chat)[-1])


@SQLITE
def test_who_may_teach(slack, bot, ana, gordon):
    """Somebody who is not of the desk sees a refusal, and what they would send teaches nothing."""
    post = ticket(bot, ana, "my flurbs are gribbled")
    gordon.presses(post, "Close")
    eve, note = Person("U0EVE", bot), bot.said_to(DESK_ROOM)[-1]
    eve.presses(note, "Teach the bot")
    assert "Only members of our team can do that." in words(opened(slack))
    gordon.presses(note, "Teach the bot")
    view = list(slack.views.values())[-1]
    eve.interacts(eve.submission(view, "my flurbs are gribbled", topic="view-aging"))
    ana.says("my flurbs are gribbled")
    assert "Aging: what is late" not in text_of(bot.said_to(ana.chat)[-1])


@SQLITE
def test_typing_in_the_thread(slack, bot, ana, gordon):
    """What staff merely type in the thread is theirs; the customer gets nothing."""
    post = ticket(bot, ana)
    before = bot.said_to(ana.chat)
    body = gordon.message("Tell her to wait", channel=DESK_ROOM, channel_type="channel")
    body["event"]["thread_ts"] = post.message_id
    assert 200 == gordon.door.event(body).status_code
    assert before == bot.said_to(ana.chat)
    gordon.mentions("what is up with that?", room=DESK_ROOM, thread_ts=post.message_id)
    assert before == bot.said_to(ana.chat)


@pytest.mark.parametrize("way", ["button", "command"])
def test_close(slack, bot, ana, gordon, way):
    """Staff close a ticket; the customer is told, and the thread sees by whom."""
    post = ticket(bot, ana)
    (ref,) = bot.tickets()
    if way == "button":
        gordon.presses(post, "Close")
    else:
        gordon.commands(f"ticket close {ref}", room=DESK_ROOM)
    assert [] == bot.tickets()
    assert text_of(bot.said_to(ana.chat)[-1]).startswith(f"Your ticket {ref} is closed.")
    note = bot.said_to(DESK_ROOM)[-1]
    assert ("Closed by Gordon Stavely.", post.message_id) == (
        text_of(note).splitlines()[0],
        note.arguments["thread_ts"],
    )


@SQLITE
def test_closed_meanwhile(slack, bot, ana, gordon):
    """A form that is sent after the ticket was closed says so to staff, not to the customer."""
    post = ticket(bot, ana)
    gordon.presses(post, "Reply")
    (view,) = slack.views.values()
    gordon.presses(post, "Close")
    before = bot.said_to(ana.chat)
    gordon.interacts(gordon.submission(view, "Too late"))
    assert before == bot.said_to(ana.chat)
    assert "is closed" in text_of(bot.said_to(gordon.chat)[-1])
    gordon.presses(post, "Reply")
    assert "is closed" in words(opened(slack))


def test_reply_by_command(slack, bot, ana, gordon):
    """Staff may answer with /billing in private, too."""
    ticket(bot, ana)
    (ref,) = bot.tickets()
    gordon.commands(f"ticket reply {ref} We are on it.")
    assert f"{LABEL}\n\nWe are on it." == text_of(bot.said_to(ana.chat)[-1])
    assert text_of(bot.said_to(gordon.chat)[-1]).startswith(f"Sent to the customer of {ref}.")


def test_customer_of_a_room(slack, bot, ana, gordon):
    """Who wrote in a room gets the answer alone; the thread gets a hint without a figure."""
    asked = ana.mentions(PERSON)
    answer(gordon, slack, bot.said_to(DESK_ROOM)[0], "You owe 12.34.")
    assert f"{LABEL}\n\nYou owe 12.34." == text_of(bot.said_to(ana.chat)[-1])
    hint = bot.said_to(ROOM)[-1]
    assert (HINT, asked) == (text_of(hint), hint.arguments["thread_ts"])
    assert "12.34" not in str([s.arguments for s in slack.sent if room_of(s) != ana.chat])


@SQLITE
def test_slack_refuses_the_form(slack, bot, ana, gordon, logged):
    """When no form opens, the press is acknowledged, and another one opens it."""
    post = ticket(bot, ana)
    methods = slack.methods
    slack.methods = {**methods, "views.open": refuse}
    assert 200 == gordon.presses(post, "Reply").status_code
    slack.methods = methods
    assert 200 == gordon.presses(post, "Reply").status_code
    assert "submit" in opened(slack)
    assert "expired_trigger_id" in logged.getvalue()


@SQLITE
def test_slack_hangs_up_on_the_form(slack, bot, ana, gordon):
    """A connection that breaks is no failure of the press either."""
    post = ticket(bot, ana)
    slack.sends, slack.name = frozenset({"views.open"}), lambda _result: "a form"
    slack.faults.lost = 1.0
    assert 200 == gordon.presses(post, "Reply").status_code


def refuse(_arguments):
    raise Refused("expired_trigger_id")
