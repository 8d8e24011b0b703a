"""Slack or the store is away for a while: nothing is lost, nothing is said twice."""

import time

import httpx
import pytest
from sqlalchemy import select

from bot import desk
from tests.platforms.faults import Fault, Faults
from tests.platforms.running import OUTBOX, SQLITE
from tests.platforms.serving import Refused
from tests.platforms.slack import SlackServer
from tests.slack.faults import InTurn
from tests.slack.people import DESK_ROOM, ROOM, Person
from tests.slack.running import text_of

GREETING = "Hello! I answer questions"


def written(slack, channel) -> list[str]:
    """What people see in a room."""
    return [message["text"] for message in slack.rooms.messages[channel].values()]


def test_store_down(slack, bot, ana):
    """As long as nothing can be kept Slack is told to come back; then it is answered once."""
    with bot.store_away():
        assert 503 == ana.door.event(ana.message("hello")).status_code
        assert 503 == ana.door.again(**{"X-Slack-Retry-Num": "1"}).status_code
    assert 200 == ana.door.again(**{"X-Slack-Retry-Num": "2"}).status_code
    assert 200 == ana.door.again(**{"X-Slack-Retry-Num": "3"}).status_code
    (said,) = bot.said_to(ana.chat)
    assert text_of(said).startswith(GREETING)


@SQLITE
def test_store_down_for_staff(slack, bot, ana, gordon):
    """A press that opens a form is not acknowledged either, and opens nothing."""
    ana.says("I want to talk to a person")
    (post,) = bot.said_to(DESK_ROOM)
    with bot.store_away():
        assert 503 == gordon.presses(post, "Reply").status_code
        assert 503 == gordon.presses(post, "Close").status_code
    assert [] == slack.called("views.open")


@SQLITE
def test_slack_away_at_the_start(slack, start, monkeypatch):
    """The bot starts and takes what comes; once Slack is back the answer is sent."""
    late = SlackServer()
    port = int(late.url.rpartition(":")[2])
    late._socket.close()
    monkeypatch.setenv("BILLING_BOT_SLACK_API_URL", f"{late.url}/api/")
    with start() as bot:
        assert 200 == httpx.get(f"{bot.url}/healthz").status_code
        ana = Person("U0ANA", bot)
        assert 200 == ana.door.event(ana.message("hello")).status_code
        slack.until(lambda: "waiting" in bot.states())
        with SlackServer(port=port) as back:
            bot.settle()
            assert 1 == len(written(back, ana.chat))
            assert [] == back.breaches
    assert [] == slack.calls


def test_too_many(slack, bot, ana):
    """A 429 is waited out for as long as Slack asks."""
    slack.faults = InTurn(Fault.TOO_MANY, retry_after=1)
    ana.says("hello")
    refused, taken = [call.at for call in slack.calls if call.method == "chat.postMessage"]
    assert 1 <= taken - refused < 3
    assert 1 == len(written(slack, ana.chat))


@pytest.mark.parametrize("fault", [Fault.UNAVAILABLE, Fault.LOST])
@pytest.mark.parametrize("room", ["", ROOM])
def test_unknown_whether_out(slack, bot, ana, fault, room):
    """After a 503 or a lost answer the bot reads back, in a chat and in a thread."""
    slack.faults = InTurn(fault)
    if room:
        ana.mentions("hello", room=room)
    else:
        ana.says("hello")
    assert 1 == len(written(slack, room or ana.chat))
    assert ["sent"] == bot.states()
    method = "conversations.replies" if room else "conversations.history"
    assert 1 == len(slack.called(method))


@SQLITE
def test_lost_twice(slack, bot, ana):
    """Though reading back is refused for a while, it is found in the end."""
    slack.faults = InTurn(Fault.LOST)
    methods, refusals = slack.methods, ["ratelimited", "internal_error"]

    def history(arguments):
        if refusals:
            raise Refused(refusals.pop())
        return methods["conversations.history"](arguments)

    slack.methods = {**methods, "conversations.history": history}
    ana.says("hello")
    assert 1 == len(written(slack, ana.chat))
    assert ["sent"] == bot.states()


@SQLITE
@pytest.mark.parametrize("error", ["missing_scope", "not_in_channel", "channel_not_found"])
def test_room_that_cannot_be_read(slack, bot, ana, error):
    """Where the bot may not read, it is recorded as uncertain and never repeated."""
    slack.faults = InTurn(Fault.LOST)

    def refuse(_arguments):
        raise Refused(error)

    slack.methods = {**slack.methods, "conversations.history": refuse}
    ana.says("hello")
    assert ["uncertain"] == bot.states()
    assert 1 == len(written(slack, ana.chat))
    ana.says("which cards do you accept?")
    assert ["uncertain", "sent"] == bot.states()
    assert 2 == len(written(slack, ana.chat))


@SQLITE
def test_long_message(slack, bot, ana):
    """Of a message in several parts each is said once, in order, whichever got lost."""
    ana.says("I want to talk to a person")
    (ref,) = bot.tickets()
    member = desk.member(bot.database, username="agent2@desk.example", sample_users=True)
    lines = [f"{number} {'&' * 90}" for number in range(40)]
    slack.faults = InTurn(Fault.NONE, Fault.LOST, Fault.UNAVAILABLE, Fault.LOST)
    desk.reply(bot.database, ref=ref, text="\n".join(lines), staff=member)
    bot.settle(30)
    said = "\n".join(written(slack, ana.chat)[1:]).split("\n")
    assert ["Message from our team", ""] == said[:2]
    assert lines == [line.replace("&amp;", "&") for line in said[2:]]
    assert 3 <= len(written(slack, ana.chat)) - 1


@SQLITE
@pytest.mark.parametrize("fault", [Fault.TOO_MANY, Fault.UNAVAILABLE, Fault.LOST])
def test_picture(slack, bot, fault):
    """A picture is uploaded and shared once, whatever became of the first answer."""
    bot.sign_in("U0ROSA", "demo@erable.example")
    rosalind = Person("U0ROSA", bot)
    slack.faults = InTurn(Fault.NONE, fault)
    rosalind.says("aging")
    assert ["sent"] == bot.states()
    assert 1 == len(slack.files.all)
    assert 2 == len(slack.rooms.messages[rosalind.chat])


@SQLITE
@pytest.mark.parametrize("fault", [Fault.TOO_MANY, Fault.UNAVAILABLE, Fault.LOST])
def test_update(slack, bot, rosalind, fault):
    """A page that is turned stays one message."""
    (first,) = rosalind.says("transaction history")
    slack.faults = InTurn(fault)
    element = {"type": "button", "action_id": "b0", "value": "transactions:p2"}
    rosalind.interacts(rosalind.interaction(first, element))
    assert 1 == len(written(slack, rosalind.chat))
    assert written(slack, rosalind.chat) != [text_of(first)]
    assert ["sent", "sent"] == bot.states()


@SQLITE
def test_thread_of_a_ticket(slack, bot, ana):
    """What follows of a ticket waits for the post that opens its thread."""
    slack.faults = InTurn(Fault.NONE, Fault.LOST, Fault.UNAVAILABLE)
    assert 200 == ana.door.event(ana.message("I want to talk to a person")).status_code
    assert 200 == ana.door.event(ana.message("zork fizzle blah")).status_code
    bot.settle()
    first, second = slack.rooms.messages[DESK_ROOM].values()
    assert (None, first["ts"]) == (first.get("thread_ts"), second["thread_ts"])


@SQLITE
def test_what_an_operator_mends(slack, bot, ana, monkeypatch):
    """A missing scope is waited out, not given up."""
    monkeypatch.setattr("bot.adapters.slack.api._MENDABLE_SECONDS", 0.05)
    slack.closed[ana.chat] = "missing_scope"
    assert 200 == ana.door.event(ana.message("hello")).status_code
    slack.until(lambda: 2 <= len(slack.called("chat.postMessage")))
    del slack.closed[ana.chat]
    assert 1 == len(bot.said_to(ana.chat))


@SQLITE
def test_refused_message(slack, bot, ana):
    """What Slack refuses for good is given up, and the next is said."""
    slack.closed[ana.chat] = "is_archived"
    ana.says("hello")
    del slack.closed[ana.chat]
    ana.says("hello")
    assert ["failed", "sent"] == bot.states()


@pytest.mark.slow
def test_faults_of_all_kinds(slack, bot):
    """Of forty messages to eight people under faults none is lost, doubled or out of order."""
    slack.faults = Faults(rate_429=0.1, rate_503=0.1, lost=0.1, retry_after=0, seed=7)
    people = [Person(f"U0P{number}", bot) for number in range(8)]
    for number in range(5):
        for person in people:
            body = person.message(f"transaction INV{number:08d}")
            assert 200 == person.door.event(body).status_code
    bot.settle(20)
    assert {"sent"} == set(bot.states())
    assert 40 == sum(len(written(slack, person.chat)) for person in people)
    with bot.database.read() as session:
        rows = session.connection().execute(select(OUTBOX.c.ref).order_by(OUTBOX.c.id))
        refs = list(rows.scalars())
    for person in people:
        said = slack.rooms.messages[person.chat].values()
        order = [refs.index(it["metadata"]["event_payload"]["ref"]) for it in said]
        assert sorted(order) == order
    assert 3 == len(slack.faults.counts)


@SQLITE
def test_stop_while_sending(slack, start):
    """Asked to stop, the bot gets out what it is sending, and says the rest the next time."""
    slack.faults.latency = 0.3
    with start() as bot:
        ana = Person("U0ANA", bot)
        assert 200 == ana.door.event(ana.message("hello")).status_code
        slack.until(lambda: slack.called("chat.postMessage"))
        began = time.monotonic()
    assert time.monotonic() - began < 3
    assert ["sent"] == bot.states()
    assert 1 == len(written(slack, ana.chat))
