"""What Telegram sends, and the Request that it must become."""

import json
from copy import deepcopy
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Update

from bot.adapters.telegram.incoming import Me, callback_id, of_update, slash_name
from bot.messages import request_to_json

PAYLOADS = {
    path.stem: json.loads(path.read_text("utf-8"))
    for path in sorted((Path(__file__).parent / "payloads/telegram").iterdir())
}
ME = Me(id=7000000001, username="ourbot")
COMMANDS = frozenset({"balance", "help", "last-payment"})
read = partial(of_update, me=ME, commands=COMMANDS)


def read_as_json(update):
    request = read(update)
    return request and request_to_json(request)


def update_of(name, **changes):
    """The update of a payload, its message changed."""
    update = deepcopy(PAYLOADS[name]["update"])
    next(value for value in update.values() if isinstance(value, dict)).update(changes)
    return update


@pytest.mark.parametrize("name", PAYLOADS)
def test_payload(name):
    """Each update becomes exactly this Request, or none."""
    assert PAYLOADS[name]["request"] == read_as_json(PAYLOADS[name]["update"])


@pytest.mark.parametrize("name", PAYLOADS)
def test_a_payload_is_as_documented(name):
    """The platform's library misses no field in our payloads and knows each one."""
    known = repr(Update.de_json(PAYLOADS[name]["update"], None))
    assert "api_kwargs" not in known  # where the library keeps what it does not know


@pytest.mark.parametrize("name", [name for name, case in PAYLOADS.items() if case["request"]])
def test_a_repeated_update(name):
    """The same update becomes the same Request, so that it is taken once."""
    update = PAYLOADS[name]["update"]
    assert read(update) == read(deepcopy(update))


def test_two_bots_share_no_event():
    """Update ids are each bot's own."""
    update, other = PAYLOADS["private-message"]["update"], Me(id=42, username="other")
    assert "42:880100201" == of_update(update, me=other, commands=COMMANDS).event_id


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/balance", "/balance"),
        ("/Last_Payment", "/last-payment"),
        ("/last_payment\nfor May", "/last-payment\nfor May"),
        ("/last_payment@otherbot", "/last-payment"),  # nobody else is there to be meant
        ("/Nothing_Of_Ours", "/Nothing_Of_Ours"),
        ("/", "/"),
        ("and/or", "and/or"),
    ],
)
def test_command_in_private(text, expected):
    """A command is read from the words alone, whatever the app marks in them."""
    assert expected == read(update_of("private-message", text=text)).text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@ourbot", ""),
        ("@ourbot: balance", "balance"),
        ("@ourbot /last_payment", "/last-payment"),
        ("@ourbot /last_payment@ourbot", "/last-payment"),
        ("thank you @ourbot", "thank you"),
        ("one\n@ourbot\ntwo", "one\n\ntwo"),
        ("@ourbot and @ourbot, help", "and help"),
        ("4111 1111 @ourbot 1111 1111", "[•••• 1111]"),
    ],
)
def test_mention_is_taken_out(text, expected):
    """Only the words are left of a message that names the bot."""
    places = (at for at in range(len(text)) if text.startswith("@ourbot", at))
    entities = [
        {"type": "mention", "offset": at, "length": 7}
        for at in places
        if not text[:at].endswith("payment")
    ]
    assert expected == read(update_of("group-mention", text=text, entities=entities)).text


@pytest.mark.parametrize(
    "name", ["group-mention", "group-command-with-bot-and-args", "group-edited-mention"]
)
def test_names_match_nobody_before_the_bot_knows_its_own(name):
    """In a group nobody is answered by a name that the bot does not know yet."""
    nameless = Me(id=ME.id, username=None)
    assert of_update(PAYLOADS[name]["update"], me=nameless, commands=COMMANDS) is None


@pytest.mark.parametrize(
    "kind", ["video", "video_note", "audio", "location", "contact", "poll", "dice"]
)
def test_attachment(kind):
    """What a message holds is named by its kind."""
    update = update_of("photo")
    del update["message"]["photo"]
    update["message"][kind] = {"file_id": "x"}
    assert (kind,) == read(update).attachments


def test_halves_of_an_emoji():
    """An entity that cuts an emoji in two breaks nothing."""
    halves = [{"type": "mention", "offset": at, "length": 7} for at in (1, -1, 10**30)]
    text = "\N{PARTY POPPER}\ud83c@ourbot"
    assert read(update_of("group-mention", text=text, entities=halves)) is None


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("private-message", {"from": None}),
        ("private-message", {"from": {"id": True, "is_bot": False, "first_name": "Ana"}}),
        ("private-message", {"from": {"id": 10**200, "is_bot": False, "first_name": "Ana"}}),
        ("private-message", {"from": {"id": 10**5000, "is_bot": False, "first_name": "Ana"}}),
        ("private-message", {"from": {"id": 1, "is_bot": False, "first_name": ["Ana"]}}),
        ("private-message", {"chat": {"id": 1, "type": "cave"}}),
        ("private-message", {"chat": {"id": "1", "type": "private"}}),
        ("private-message", {"message_id": None}),
        ("private-message", {"text": 7}),
        ("private-message", {"is_topic_message": True}),
        ("group-mention", {"entities": [7]}),
        ("group-mention", {"entities": [{"type": ["mention"], "offset": 0, "length": 7}]}),
        ("group-text-mention", {"entities": [{"type": "text_mention", "offset": 0, "length": 7}]}),
        ("callback", {"data": None}),
        ("callback", {"message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": []}}}),
        ("document", {"document": {"file_name": 7}}),
    ],
)
def test_another_shape(name, changes):
    """What is not as documented becomes nothing."""
    assert read(update_of(name, **changes)) is None


def test_callback_id():
    """A pressed button is answered whatever comes of it; nothing else has such an id."""
    pressed = [name for name in PAYLOADS if callback_id(PAYLOADS[name]["update"])]
    assert [name for name in PAYLOADS if name.startswith("callback")] == pressed
    assert "1765290012345678901" == callback_id(PAYLOADS["callback-of-game"]["update"])
    assert [None, None] == [callback_id({"callback_query": odd}) for odd in ([], {"id": 1})]


def test_slash_name():
    """Telegram's commands know no hyphen."""
    assert "last_payment" == slash_name("last-payment")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def places_in(value, path=()):
    """Every path to a value inside a JSON value."""
    yield path
    if isinstance(value, dict | list):
        names = value if isinstance(value, dict) else range(len(value))
        for name in names:
            yield from places_in(value[name], (*path, name))


@given(st.data())
def test_damaged_updates_never_raise(data):
    """Whatever stands anywhere in an update, it becomes a Request or nothing."""
    update = deepcopy(PAYLOADS[data.draw(st.sampled_from(sorted(PAYLOADS)))]["update"])
    *path, last = data.draw(st.sampled_from([place for place in places_in(update) if place]))
    within = update
    for name in path:
        within = within[name]
    within[last] = data.draw(json_values)
    read(update)
    callback_id(update)


@given(st.dictionaries(st.sampled_from(["update_id", "message", "callback_query"]), json_values))
def test_arbitrary_json_never_raises(update):
    """JSON of any shape becomes a Request or nothing."""
    read(update)
    callback_id(update)
