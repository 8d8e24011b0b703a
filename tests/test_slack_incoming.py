"""What Slack sends, and the Request that it must become."""

import json
from copy import deepcopy
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.slack.incoming import of_action, of_command, of_event, plain_text
from bot.messages import Request, request_to_json

PAYLOADS = {
    path.stem: json.loads(path.read_text("utf-8"))
    for path in sorted((Path(__file__).parent / "payloads/slack").iterdir())
}
BOT = "U0LAN0Z89"
COMMANDS = frozenset({"balance", "help", "last-payment", "transactions"})
READERS = {
    "event": partial(of_event, bot_user=BOT),
    "command": partial(of_command, commands=COMMANDS),
    "action": of_action,
}
MISSING = object()


def read(name, **changes):
    """Read a payload, some places of it changed: `event__user=...`, or MISSING to drop it."""
    payload = deepcopy(PAYLOADS[name])
    for place, value in changes.items():
        *path, last = [int(step) if step.isdigit() else step for step in place.split("__")]
        target = payload["body"]
        for step in path:
            target = target[step]
        if value is MISSING:
            del target[last]
        else:
            target[last] = value
    return READERS[payload["kind"]](payload["body"])


@pytest.mark.parametrize("name", PAYLOADS)
def test_payload(name):
    """Each payload becomes exactly this Request, or none."""
    request = read(name)
    assert PAYLOADS[name]["request"] == (request and request_to_json(request))


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("im-message-again", {}),
        ("im-message", {"authorizations": [], "context_team_id": MISSING}),
        ("im-message", {"event__channel_type": MISSING}),
        ("im-message", {"event__subtype": "thread_broadcast"}),
        ("command-in-dm", {"channel_name": "privategroup"}),
        ("button-in-channel", {"container__channel_id": MISSING}),
        ("button-in-channel", {"message__thread_ts": MISSING}),
        ("button-in-channel", {"container__thread_ts": MISSING}),
    ],
)
def test_same_request(name, changes):
    """A repeated event, and what Slack says in another way, is the same Request."""
    assert read(name.removesuffix("-again")) == read(name, **changes)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("im-message", {"event__hidden": True}),
        *(("im-message", {"event__subtype": it}) for it in ("me_message", "", 0, [], {})),
        ("mention", {"event__channel": "D024BE91L"}),  # it comes as a message too
        ("button", {"container": {"type": "view", "view_id": "V0PV52K21"}, "channel": MISSING}),
    ],
)
def test_nothing(name, changes):
    """What is not said to the bot in a conversation is nothing."""
    assert read(name, **changes) is None


def test_direct_message():
    """A direct message is told by its kind, whatever its id looks like."""
    assert read("im-message", event__channel="C0LAN2Q65").one_to_one


def test_a_channel_that_calls_itself_a_direct_message_is_a_channel():
    """Anybody may give a channel any name."""
    request = read("command-in-dm", channel_id="C0LAN2Q65")
    assert (False, True) == (request.one_to_one, request.aside)


def test_one_person_of_an_enterprise():
    """A person has one workspace whatever they do."""
    names = [name for name in PAYLOADS if name.startswith("enterprise-") and "stranger" not in name]
    assert {("E0ENTER001", "W0GRID0001", False)} == {
        (request.workspace, request.user, request.stranger) for request in map(read, names)
    }


def test_one_person_of_a_workspace():
    """A person without an enterprise has one workspace whatever they do."""
    names = ("im-message", "im-file", "mention", "connect-colleague", "command-in-dm", "button")
    assert {"T061EG9R6"} == {read(name).workspace for name in names}


@pytest.mark.parametrize("place", ["event_id", "event__user", "event__channel", "event__ts"])
@pytest.mark.parametrize("value", [MISSING, None, "", 7, ["U1"], {"id": "U1"}, "\0", "U" * 129])
def test_event_without_an_id(place, value):
    """An event that does not say what, who and where is nothing."""
    assert read("im-message", **{place: value}) is None


@pytest.mark.parametrize("place", ["user__id", "container__message_ts", "actions__0__value"])
@pytest.mark.parametrize("value", [MISSING, None, "", 7, ["U1"], "U" * 2001])
def test_action_without_an_id(place, value):
    """A press that does not say what, who and where is nothing."""
    assert read("button", **{place: value}) is None


@pytest.mark.parametrize("place", ["user_id", "channel_id", "trigger_id", "team_id"])
def test_command_without_an_id(place):
    """A command that does not say who asks is refused."""
    with pytest.raises(ValueError, match="does not say"):
        read("command-in-channel", **{place: MISSING})


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        # the team that Slack gives is the enterprise
        ("enterprise-mention", {"team_id": "T061EG9R6", "event__team": MISSING}),
        # the team differs, and the enterprise that is given beside it is ours
        ("enterprise-mention", {"team_id": "T061EG9R6", "event__team": "T0SISTER01"}),
        ("enterprise-mention", {"event__user_team": "T0SISTER01"}),
        # a room that is not shared with others
        ("enterprise-event", {"event__team": "T0SISTER01"}),
        # only the payload itself names the enterprise
        (
            "enterprise-event",
            {"authorizations__0__enterprise_id": None, "context_enterprise_id": None},
        ),
        ("enterprise-event", {"event__team": MISSING}),
        # installed by the whole enterprise
        ("enterprise-action", {"user__team_id": "T0SISTER01"}),
        # installed by one workspace of it
        (
            "enterprise-action",
            {"team": {"id": "T061EG9R6", "enterprise_id": "E0ENTER001"}, "enterprise": None},
        ),
    ],
)
def test_colleague_of_an_enterprise(name, changes):
    """A colleague is told by whatever Slack names."""
    request = read(name, **changes)
    assert ("E0ENTER001", False) == (request.workspace, request.stranger)


def test_nobody_of_an_enterprise():
    """In a room shared with others, whoever has no team is not taken for a colleague."""
    request = read("connect-file", context_enterprise_id="E0ENTER001")
    assert ("T061EG9R6", True) == (request.workspace, request.stranger)


@pytest.mark.parametrize("place", ["context_team_id", "authorizations"])
def test_installation(place):
    """The authorization or the context tells where the bot is at home."""
    assert read("connect-stranger", **{place: MISSING}).stranger


def test_enterprise_of_strangers():
    """In a shared room an enterprise that only the place names may be the strangers' own."""
    request = read("connect-stranger", enterprise_id="E0FOREIGN1")
    assert ("T0CONNECT9", True) == (request.workspace, request.stranger)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        *(("im-message", {"is_ext_shared_channel": yes}) for yes in (True, "true", 1, {})),
        ("connect-im", {"is_ext_shared_channel": False}),
        ("button", {"user__team_id": "T0CONNECT9"}),
    ],
)
def test_not_private(name, changes):
    """A direct message shared with another organization is a room."""
    assert not read(name, **changes).one_to_one


def test_press_without_a_trigger():
    """The instant of a press tells it from others when nothing better does."""
    assert "action:1764000130.123456" == read("button", trigger_id=MISSING).event_id


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("Last_Payment", "/last-payment"),
        ("LAST-PAYMENT", "/last-payment"),
        ("/balance", "/balance"),
        ("  transactions\nlast month ", "/transactions last month"),
        ("  ", "/help"),
        ("balances", "balances"),
        ("my balance", "my balance"),
        ("/unknown", "/unknown"),
        ("transactions 4111 1111 1111 1111", "/transactions [•••• 1111]"),
    ],
)
def test_words_of_a_command(typed, text):
    """A command may be named loosely; anything else is a sentence."""
    assert text == read("command-in-channel", text=typed).text


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("<@U0LAN0Z89>", ""),
        ("<@U0LAN0Z89|billing> hello", "hello"),
        ("<@U0LAN0Z89>: hello", "hello"),
        ("hello <@U0LAN0Z89>", "hello"),
        ("<@U1|camille>", "@camille"),
        ("<#C1|billing>", "#billing"),
        ("<#C1>", "#C1"),
        ("<!channel> <!here|here> <!everyone|@everyone>", "@channel @here @everyone"),
        ("<!subteam^S1> <!subteam^S1|@team>", "@S1 @team"),
        ("<!date^1764547200^{date_long}|December 1> <!date^1^{date}>", "December 1 1^{date}"),
        ("<https://a.example/>", "https://a.example/"),
        ("<https://a.example/|a.example>", "a.example"),
        ("<https://a.example|https://a.example>", "https://a.example"),
        ("<https://a.example|b.example>", "b.example (https://a.example)"),
        ("<https://a.example/?a=1&amp;b=2>", "https://a.example/?a=1&b=2"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("<mailto:a@b.example|Camille>", "Camille (a@b.example)"),
        ("<mailto:a@b.example>", "a@b.example"),
        ("<tel:+15145550199|514-555-0199> <tel:+15145550199>", "514-555-0199 +15145550199"),
        ("&lt;!channel&gt; &lt;@U1&gt;", "<!channel> <@U1>"),
        ("&amp;lt; &nbsp; &quot;", "&lt; &nbsp; &quot;"),
        ("*b* _i_ `c` :shipit:", "*b* _i_ `c` :shipit:"),
        ("<> <|x> < >", "<> <|x>"),
    ],
)
def test_plain_text(text, typed):
    """Markup becomes what the person typed."""
    assert typed == plain_text(text, bot_user=BOT)


def test_card_number_behind_what_is_dropped():
    """A character that is not kept hides no card number."""
    text = "4111 1111\0 1111 1111"
    assert "[•••• 1111]" == read("im-message", event__text=text).text


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def places(data, path=()):
    """Every place inside a payload."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        yield "__".join(map(str, (*path, key)))
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))


@st.composite
def spoiled(draw):
    """A payload's name, and a place of it with something else in it."""
    name = draw(st.sampled_from([name for name in PAYLOADS if "command" not in name]))
    place = draw(st.sampled_from(sorted(places(PAYLOADS[name]["body"]))))
    return name, {place: draw(json_values)}


@given(json_values)
def test_any_json(body):
    """Whatever is sent is read without a complaint."""
    assert of_event(body, bot_user=BOT) is None
    assert of_action(body) is None


@given(spoiled())
def test_spoiled_payload(case):
    """A payload with anything anywhere is a Request or nothing."""
    name, changes = case
    assert isinstance(read(name, **changes), Request | None)


@given(st.text(alphabet=st.sampled_from("<>|@#!^&;ltgamp:/ U0\n") | st.characters()))
def test_any_text(text):
    """Whatever is typed is read without a complaint."""
    assert isinstance(plain_text(text, bot_user=BOT), str)


@given(st.text())
def test_escaped_text(text):
    """What a person typed comes back as typed, whatever it looks like."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert text.strip() == plain_text(escaped, bot_user=BOT)
