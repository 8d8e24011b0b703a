"""What is not Slack's, or cannot be read: refused, kept nowhere, written nowhere."""

import json
import time
from collections import Counter
from copy import deepcopy

import httpx
import pytest

from tests.platforms.running import SQLITE
from tests.platforms.slack import BOT_TOKEN
from tests.slack.people import FORM, JSON, PATH, SECRET, form, payload, recorded, signed
from tests.slack.raw import Line, request

pytestmark = SQLITE

BODY_WORD = "gribbled-flurbs"  # stands in every body, and must stand nowhere else
EVENT = recorded("im-message")
EVENT["event"]["text"] = BODY_WORD
GOOD = json.dumps(EVENT).encode()
DEEP = b"[" * 10_000
MISSING = object()
CONTENT = {"Content-Type": JSON}


def forged():
    """Requests that Slack did not sign, or not lately."""
    good, far = signed(GOOD), 10**17
    stamp, signature = good.values()
    names = list(good)
    headers = {
        "no headers": {},
        "no signature": {names[0]: stamp},
        "no stamp": {names[1]: signature},
        "another's secret": signed(GOOD, secret="another"),
        "no secret": signed(GOOD, secret=""),
        "another body": signed(GOOD + b" "),
        "old": signed(GOOD, at=time.time() - 301),
        "ahead": signed(GOOD, at=time.time() + 400),
        "huge": signed(GOOD, at=far),
        "long": good | {names[0]: "9" * 5_000},
        "negative": good | {names[0]: "-" + stamp},
        "fraction": good | {names[0]: stamp + ".5"},
        "word": good | {names[0]: "yesterday"},
        "other digits": good | {names[0]: "١٢٣٤٥٦٧٨٩٠"},
        "non-ASCII signature": good | {names[1]: "v0=" + "é" * 64},
        "bytes for a signature": good | {names[1]: b"v0=\xff\xfe" + b"\x80" * 62},
        "short": good | {names[1]: signature[:-1]},
        "upper case": good | {names[1]: signature.upper()},
        "empty": good | {names[1]: ""},
        "version 1": good | {names[1]: signature.replace("v0", "v1")},
    }
    for given in headers.values():
        yield request(GOOD, headers=CONTENT | given)
    yield request(b"", method="GET", headers=good)
    yield request(GOOD, method="PUT", headers=CONTENT | good)


def unreadable():
    """Requests with a right signature and a body that says nothing."""
    word = json.dumps(BODY_WORD).encode()
    bodies = {
        "bad JSON": (b'{"event": ' + word, JSON),
        "list": (b"[" + word + b"]", JSON),
        "string": (word, JSON),
        "number": (b"7", JSON),
        "null": (b"null", JSON),
        "no number": (b"NaN", JSON),
        "empty": (b"", JSON),
        "empty form": (b"", FORM),
        "no object": (b"{}", JSON),
        "no UTF-8": (b'{"event": "\xff"}', JSON),
        "deep": (DEEP, JSON),
        "deep payload": (form({"payload": DEEP.decode()}), FORM),
        "xml": (b"<event>" + word + b"</event>", "text/xml"),
        "form without a payload": (form({"word": BODY_WORD}), FORM),
        "payload of no JSON": (form({"payload": BODY_WORD}), FORM),
        "payload of a list": (form({"payload": f"[{json.dumps(BODY_WORD)}]"}), FORM),
        "empty payload": (form({"payload": ""}), FORM),
        "unknown": (json.dumps({"type": BODY_WORD}).encode(), JSON),
        "several parts": (b"--x\r\n\r\n" + word + b"\r\n--x--", "multipart/form-data; boundary=x"),
    }
    for body, kind in bodies.values():
        yield request(body, headers={"Content-Type": kind, **signed(body)})


@pytest.mark.parametrize("requests", [1_000, pytest.param(10_000, marks=pytest.mark.slow)])
def test_many(bot, logged, requests):
    """All are refused with 4xx; the inbox is empty, and the log knows no word of them."""
    kinds = [*forged(), *unreadable()]
    statuses: Counter[int] = Counter()
    with Line(bot.port) as line:
        for number in range(requests):
            if number % 2_000 == 0:  # signatures grow old
                kinds = [*forged(), *unreadable()]
            statuses[line.status(kinds[number % len(kinds)])] += 1
    assert requests == sum(statuses.values())
    assert {400, 401, 404, 405} >= set(statuses)
    assert [] == bot.events()
    said = logged.getvalue()
    _, signature = signed(GOOD).values()
    for secret in (BODY_WORD, SECRET, BOT_TOKEN, signature[:3]):
        assert secret not in said
    assert said.count("\n") < 100


def test_what_is_refused_how(bot):
    """A forgery is 401, another method 405, and what says nothing 400 or 404."""
    with Line(bot.port) as line:
        assert {401, 405} == {line.status(sent) for sent in forged()}
        assert {400, 401, 404} == {line.status(sent) for sent in unreadable()}


@pytest.mark.parametrize("announced", [True, False])
def test_long_body(bot, announced):
    """A body over a mebibyte is not read to its end, announced or not."""
    body = b" " * (1024 * 1024 + 1)
    sent = body if announced else iter([body])
    try:
        answer = httpx.post(bot.url + PATH, content=sent, headers=CONTENT | signed(body))
    except httpx.WriteError:  # the server hung up in the middle of it
        return
    assert 413 == answer.status_code


def test_longest_body(bot):
    """A body of a mebibyte is read."""
    body = GOOD.ljust(1024 * 1024)
    answer = httpx.post(bot.url + PATH, content=body, headers=CONTENT | signed(body))
    assert 200 == answer.status_code
    assert 1 == len(bot.events())


def places(data, path=()):
    """Every place inside a body."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        yield *path, key
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))


def spoiled(body, path, value):
    """Put something else into one place of a body; MISSING drops it."""
    copy = deepcopy(body)
    target = copy
    for step in path[:-1]:
        target = target[step]
    if value is MISSING:
        del target[path[-1]]
    else:
        target[path[-1]] = value
    return copy


@pytest.mark.parametrize("value", [MISSING, None, "x", [7]])
def test_spoiled(slack, bot, value):
    """What Slack would never send, though signed, is acknowledged or refused: never a failure."""
    failed = []
    with Line(bot.port) as line:
        for name in ("im-message", "button", "static-select", "command-in-dm"):
            body = recorded(name)
            for path in places(body):
                wrong = spoiled(body, path, value)
                content, kind = written(name, wrong)
                sent = request(content, headers={"Content-Type": kind, **signed(content)})
                if line.status(sent) >= 500:
                    failed.append((name, path))
    assert [] == failed
    bot.settle()
    slack.breaches.clear()  # "x" is nobody of whom Slack knows a language


def written(name, body):
    if name.startswith("im"):
        return json.dumps(body).encode(), JSON
    return (form(body) if name.startswith("command") else payload(body)), FORM


def test_url_verification(bot):
    """Slack asks once whether the address is ours."""
    body = json.dumps({"type": "url_verification", "challenge": "c3po", "token": "t"}).encode()
    headers = CONTENT | signed(body)
    answer = httpx.post(bot.url + PATH, content=body, headers=headers)
    assert (200, "c3po") == (answer.status_code, answer.json()["challenge"])
    assert 401 == httpx.post(bot.url + PATH, content=body, headers=CONTENT).status_code


def test_ssl_check(bot):
    """Slack looks now and then whether the certificate of a slash command's address is good."""
    body = form({"ssl_check": "1", "token": "t"})
    headers = {"Content-Type": FORM, **signed(body)}
    assert 200 == httpx.post(bot.url + PATH, content=body, headers=headers).status_code
    assert [] == bot.events()


def test_log_of_a_turn(bot, ana, logged):
    """What was said, and by what it was vouched for, is not in the log of a turn that went well."""
    ana.says(BODY_WORD)
    ana.mentions(BODY_WORD)
    ana.commands(BODY_WORD, room="C0ROOM")
    said = logged.getvalue()
    assert 3 == said.count('"event": "turn"')
    for secret in (BODY_WORD, SECRET, BOT_TOKEN, "v0=", "verification-token", "hooks.slack"):
        assert secret not in said


def test_without_a_signing_secret(start, monkeypatch):
    """Without a signing secret there is nothing to post to."""
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "")
    with start() as bot:
        answer = httpx.post(bot.url + PATH, content=GOOD, headers=CONTENT | signed(GOOD))
    assert 404 == answer.status_code
