"""Socket Mode: the same events over a web socket that the bot opens."""

from functools import partial

import pytest

from bot.adapters.slack import transport
from tests.platforms.running import SQLITE
from tests.platforms.serving import Refused
from tests.platforms.slack import APP_TOKEN, SlackServer
from tests.slack.people import DESK_ROOM, ROOM, Person, new_trigger, recorded
from tests.slack.running import room_of, text_of

COMMAND, INTERACTION = "slash_commands", "interactive"
NOWHERE = "ws://127.0.0.1:1/link"


@pytest.fixture
def start(start, monkeypatch):
    monkeypatch.setenv("SLACK_APP_TOKEN", APP_TOKEN)
    quick = partial(transport.AsyncSocketModeHandler, ping_interval=0.3)
    monkeypatch.setattr(transport, "AsyncSocketModeHandler", quick)
    monkeypatch.setattr(transport, "_ADDRESS_SECONDS", 0.2)
    return start


@pytest.fixture
def bot(start, slack):
    with start() as running:
        slack.until(lambda: slack.socket.connections == 1)
        yield running


def push(slack, body, kind="events_api", **more) -> str:
    return slack.push({"type": kind, "payload": body, **more})


def acknowledged(slack, envelope: str):
    """Wait for an acknowledgement; gives its payload."""
    slack.until(lambda: envelope in slack.socket.acks)
    return slack.socket.acks[envelope]


def test_event(slack, bot, ana):
    """An event is acknowledged once it is in the inbox, and answered."""
    envelope = push(slack, ana.message("hello"))
    assert acknowledged(slack, envelope) is None
    assert 1 == len(bot.events())
    assert 1 == len(bot.said_to(ana.chat))


@SQLITE
def test_command(slack, bot, ana):
    """The acknowledgement of a slash command tells where the answer is."""
    fields = recorded("command-in-channel") | {"user_id": ana.user, "channel_id": ROOM}
    envelope = push(slack, fields, COMMAND, accepts_response_payload=True)
    assert (
        "I am answering you in our private conversation." in acknowledged(slack, envelope)["text"]
    )
    assert [ana.chat] == [room_of(sent) for sent in bot.said_to(ana.chat)]


@SQLITE
def test_staff(slack, bot, ana, gordon):
    """Buttons and forms work as over HTTP."""
    acknowledged(slack, push(slack, ana.message("I want to talk to a person")))
    (post,) = bot.said_to(DESK_ROOM)
    acknowledged(slack, push(slack, gordon.press(post, "Reply"), INTERACTION))
    (view,) = slack.views.values()
    acknowledged(slack, push(slack, gordon.submission(view, "We are on it."), INTERACTION))
    assert text_of(bot.said_to(ana.chat)[-1]).endswith("\n\nWe are on it.")


def test_repeated(slack, bot, ana):
    """A re-sent envelope, and the same event in another one, are acknowledged and answered once."""
    body = ana.message("hello")
    for envelope_id in ("e1", "e1", "e2"):
        slack.socket._carriers.clear()  # as if the acknowledgement had been lost
        push(slack, body, envelope_id=envelope_id)
        slack.until(lambda: not slack.socket._waiting)
    assert 1 == len(bot.said_to(ana.chat))


def test_store_down(slack, bot, ana):
    """Nothing is acknowledged that is not kept; Slack sends it again."""
    with bot.store_away():
        envelope = push(slack, ana.message("hello"))
        slack.until(lambda: envelope in slack.socket._carriers)
        slack.soon(slack.socket.hang_up)
        slack.until(lambda: slack.socket._waiting[envelope]["retry_attempt"] > 0)
        assert {} == slack.socket.acks
    slack.soon(slack.socket.hang_up)
    acknowledged(slack, envelope)
    assert 1 == len(bot.said_to(ana.chat))


def test_hung_up(slack, bot, ana):
    """When Slack hangs up the bot connects again, and what came meanwhile is answered."""
    for number in range(1, 4):
        slack.soon(slack.socket.hang_up)
        acknowledged(slack, push(slack, ana.message("hello")))
        slack.until(lambda n=number: len(slack.called("apps.connections.open")) > n)
        slack.until(lambda: slack.socket.connections == 1)
    assert 3 == len(bot.said_to(ana.chat))


@SQLITE
def test_asked_to_reconnect(slack, bot, ana):
    """Slack says beforehand that it will hang up; a new connection takes over."""
    calls = len(slack.called("apps.connections.open"))
    slack.push({"type": "disconnect", "reason": "refresh_requested", "envelope_id": "bye"})
    slack.until(lambda: len(slack.called("apps.connections.open")) > calls)
    slack.socket._waiting.pop("bye", None)
    acknowledged(slack, push(slack, ana.message("hello")))
    assert 1 == len(bot.said_to(ana.chat))


@SQLITE
@pytest.mark.parametrize("first", ["internal_error", NOWHERE])
def test_slow_start(slack, start, first):
    """Though the first tries fail, the bot connects, each time to a new address."""
    methods, answers = slack.methods, [first, first]

    def opened(arguments):
        if not answers:
            return methods["apps.connections.open"](arguments)
        answer = answers.pop()
        if answer.startswith("ws"):
            return {"url": answer}
        raise Refused(answer)

    slack.methods = {**methods, "apps.connections.open": opened}
    with start() as bot:
        slack.until(lambda: slack.socket.connections == 1)
        ana = Person("U0ANA", bot)
        acknowledged(slack, push(slack, ana.message("hello")))
        assert 1 == len(bot.said_to(ana.chat))


@SQLITE
def test_slack_away_at_the_start(slack, start, monkeypatch):
    """The bot starts without Slack, stops without it, and connects once it is there."""
    late = SlackServer()
    port = int(late.url.rpartition(":")[2])
    late._socket.close()
    monkeypatch.setenv("BILLING_BOT_SLACK_API_URL", f"{late.url}/api/")
    with start():
        pass
    with start() as bot, SlackServer(port=port) as back:
        back.until(lambda: back.socket.connections == 1)
        ana = Person("U0ANA", bot)
        acknowledged(back, push(back, ana.message("hello")))
        back.until(lambda: len(back.rooms.messages[ana.chat]) == 1)
        assert [] == back.breaches


@SQLITE
def test_log(slack, start, logged):
    """Neither what is said nor the address of the socket, which lets others listen, is logged."""
    with start() as bot:
        slack.until(lambda: slack.socket.connections == 1)
        ana = Person("U0ANA", bot)
        acknowledged(slack, push(slack, ana.message("gribbled-flurbs")))
        bot.settle()
    said = logged.getvalue()
    assert '"event": "turn"' in said
    for secret in ("gribbled-flurbs", slack.socket.url, APP_TOKEN, "verification-token"):
        assert secret not in said


@SQLITE
def test_beside_http(slack, bot, ana):
    """An event that comes both ways is answered once."""
    body = ana.message("hello")
    acknowledged(slack, push(slack, body))
    assert 200 == ana.door.event(body).status_code
    assert 1 == len(bot.said_to(ana.chat))


@SQLITE
def test_strange_envelopes(slack, bot, ana):
    """What cannot be read harms no other envelope."""
    for payload in ({}, {"type": 7}, {"type": "block_actions", "actions": []}):
        push(slack, payload, INTERACTION)
    push(slack, {"type": "event_callback", "event": []})
    fields = {"command": "/billing", "trigger_id": new_trigger()}
    push(slack, fields, COMMAND)
    acknowledged(slack, push(slack, ana.message("hello")))
    assert 1 == len(bot.said_to(ana.chat))
    assert 1 == len(bot.events())
