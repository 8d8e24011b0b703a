"""What may be posted to /telegram/webhook: Telegram's updates, each once, and nothing else."""

import asyncio
import json
import socket
import threading

import pytest
from sqlalchemy.exc import OperationalError

from bot.adapters.telegram import api
from tests.platforms.running import SQLITE
from tests.platforms.telegram import ME, TOKEN, TelegramServer
from tests.telegram.people import GROUP, Person, shown
from tests.telegram.running import SECRET

NAMED = "@billing_test_bot how do I set up Auto Pay?"
MARK = "WordsOfACustomer"
GOOD = json.dumps({"update_id": 1, "message": {"text": MARK}}).encode()
HEADER = b"X-Telegram-Bot-Api-Secret-Token: "
RIGHT = HEADER + SECRET.encode()
FORGED = {
    "no token": (b"", GOOD),
    "an empty token": (HEADER, GOOD),
    "a wrong token": (HEADER + b"wrong", GOOD),
    "the bot's token": (HEADER + TOKEN.encode(), GOOD),
    "letters beyond ASCII": (HEADER + SECRET.encode()[:-1] + b"\xe9", GOOD),
    "UTF-8": (HEADER + "clé secrète".encode(), GOOD),
    "part of the token": (HEADER + SECRET[:-1].encode(), GOOD),
    "more than the token": (RIGHT + b"x", GOOD),
    "another case": (HEADER + SECRET.upper().encode(), GOOD),
    "nothing": (RIGHT, b""),
    "no JSON": (RIGHT, b'{"update_id": 1, "message": {"text": "' + MARK.encode()),
    "no UTF-8": (RIGHT, b'{"update_id": 1, "message": "\xff\xfe' + MARK.encode() + b'"}'),
    "a list": (RIGHT, b"[" + GOOD + b"]"),
    "a word": (RIGHT, b'"' + MARK.encode() + b'"'),
    "null": (RIGHT, b"null"),
    "no number": (RIGHT, json.dumps({"message": {"text": MARK}}).encode()),
    "a number in words": (RIGHT, json.dumps({"update_id": "1", "message": MARK}).encode()),
    "yes for a number": (RIGHT, json.dumps({"update_id": True, "message": MARK}).encode()),
    "deep nesting": (RIGHT, b'{"update_id": 1, "message": ' + b"[" * 20_000 + MARK.encode()),
    "deep and well-formed": (RIGHT, b'{"a":' * 5_000 + b"1" + b"}" * 5_000),
}


class Line:
    """A connection that stays open."""

    def __init__(self, bot):
        self._socket = socket.create_connection(("127.0.0.1", bot.port), timeout=10)
        self._answers = self._socket.makefile("rb")

    def send(self, data):
        self._socket.sendall(data)

    def status(self):
        """Read an answer; gives its status."""
        status = int(self._answers.readline().split()[1])
        length = 0
        while line := self._answers.readline().strip().lower():
            if line.startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        self._answers.read(length)
        return status

    def close(self):
        self._answers.close()
        self._socket.close()


@pytest.fixture
def line(bot):
    line = Line(bot)
    yield line
    line.close()


def post_of(header, body=b"", *, length=None, method=b"POST"):
    size = b"%d" % (len(body) if length is None else length)
    headers = [b"Host: bot", b"Content-Type: application/json", b"Content-Length: " + size]
    head = [method + b" /telegram/webhook HTTP/1.1", *headers, *([header] if header else [])]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


@SQLITE
@pytest.mark.parametrize("share", [50, pytest.param(500, marks=pytest.mark.slow)])
def test_forged_and_malformed_requests(logged, bot, line, share):
    """Each is refused, nothing is kept, and the log has nothing of what they say."""
    found = {}
    for kind, (header, body) in FORGED.items():
        one = post_of(header, body)
        found[kind] = set()
        for _ in range(share):
            line.send(one)
            found[kind].add(line.status())
    expected = {kind: {403 if header != RIGHT else 400} for kind, (header, _) in FORGED.items()}
    assert expected == found
    assert 20 == len(FORGED)
    assert [] == bot.events()
    told = logged.getvalue()
    for secret in (MARK, TOKEN, TOKEN.partition(":")[2], SECRET, SECRET[:-1], "wrong", "\xe9"):
        assert secret not in told


@SQLITE
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE"])
def test_only_posts_are_taken(bot, method):
    answer = bot.client.request(method, "/telegram/webhook", headers={"x": SECRET})
    assert 405 == answer.status_code


@SQLITE
@pytest.mark.parametrize("header", [b"", RIGHT])
def test_a_body_over_a_mebibyte_is_not_read(logged, bot, line, header):
    """The answer comes before the body does."""
    line.send(post_of(header, MARK.encode(), length=5_000_000))
    assert (413 if header else 403) == line.status()
    assert [] == bot.events()
    assert MARK not in logged.getvalue()


@SQLITE
def test_a_body_of_unknown_length_is_read_up_to_a_mebibyte(bot, line):
    head = post_of(RIGHT).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    piece = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    line.send(head + piece * 17)
    assert 413 == line.status()
    assert [] == bot.events()


def test_a_body_of_a_mebibyte_is_read(bot, ana):
    update = ana.update("hello")
    update["message"]["unknown"] = "x" * (1024 * 1024 - 2_000)
    assert 1 == len(bot.take(update))


def test_nothing_is_mounted_without_a_secret(environment, start, monkeypatch):
    monkeypatch.setenv("BILLING_BOT_TELEGRAM_WEBHOOK_SECRET", "")
    monkeypatch.setenv("BILLING_BOT_TELEGRAM_MODE", "polling")
    with start() as bot:
        assert 404 == bot.post({"update_id": 1})


def test_the_same_update_ten_times(telegram, bot, ana):
    """Each is acknowledged; it is answered once."""
    update = ana.update("hello")
    assert [200] * 10 == [bot.post(update) for _ in range(10)]
    bot.settle()
    assert 1 == len(telegram.sent)
    assert [str(update["update_id"])] == bot.events()


def test_the_same_press_ten_times_at_once(telegram, bot, ana):
    (greeting,) = ana.say("/start")
    update, statuses = ana.pressing(greeting, "help"), []
    threads = [
        threading.Thread(target=lambda: statuses.append(bot.post(update))) for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    bot.settle()
    assert [200] * 10 == statuses
    assert 2 == len(telegram.sent)


@pytest.mark.parametrize(
    "update",
    [
        {"channel_post": {"message_id": 1, "chat": {"id": -1, "type": "channel"}, "date": 1}},
        {"my_chat_member": {"chat": {"id": 1, "type": "private"}, "date": 1}},
        {"message": {"message_id": 1, "chat": {"id": 5, "type": "private"}, "date": 1}},
        {"message": [1]},
        {"message": {"chat": 1, "text": "x"}},
        {"callback_query": "x"},
        {"something_new": {}},
        {},
    ],
)
@SQLITE
def test_what_is_nothing_to_answer_is_acknowledged(telegram, bot, update):
    assert [] == bot.take({"update_id": 7, **update})
    assert [] == bot.events()


def test_while_the_store_is_down_telegram_is_asked_to_come_again(telegram, bot, ana, monkeypatch):
    update = ana.update("hello")

    def away(*_arguments, **_options):
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    with monkeypatch.context() as patch:
        patch.setattr(bot.database.writer, "_enqueue", away)
        assert [503, 503] == [bot.post(update), bot.post(update)]
        assert 200 == bot.client.get("/healthz").status_code
    assert 1 == len(bot.take(update))
    assert 1 == len(bot.events())


@pytest.fixture
def away(telegram, environment, start, monkeypatch):
    """A bot whose Telegram cannot be reached yet; gives the bot and a way to bring it back."""
    monkeypatch.setattr(api, "ASK_AGAIN_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("BILLING_BOT_TELEGRAM_API_URL", f"http://127.0.0.1:{port}/bot")
    with start() as bot:
        yield bot, lambda: TelegramServer(port=port)


def test_what_is_said_while_telegram_is_away_is_answered_later(away):
    bot, back = away
    assert 200 == bot.client.get("/healthz").status_code
    assert 200 == bot.post(Person(bot).update("hello"))
    with back() as telegram:
        telegram.until(lambda: telegram.sent)
        bot.settle()
        assert ["Hello"] == [shown(telegram, sent)[:5] for sent in telegram.sent]


def test_a_group_is_not_heard_before_the_bot_knows_its_name(away):
    """Telegram posts it again."""
    bot, back = away
    update = Person(bot).update(NAMED, chat=GROUP)
    assert 503 == bot.post(update)
    assert [] == bot.events()
    with back() as telegram:
        telegram.until(lambda: 200 == bot.post(update))
        bot.settle()
        assert 1 == len(telegram.sent)
        assert [] == telegram.breaches


def test_a_telegram_that_does_not_answer_delays_one_update(telegram, bot, monkeypatch):
    """The bot's own name is not asked for with every update."""
    monkeypatch.setattr(api, "ME_SECONDS", 0.1)

    async def silent(_arguments):
        await asyncio.sleep(1)
        return ME

    telegram.methods = {**telegram.methods, "getMe": silent}
    assert [200] * 5 == [bot.post(Person(bot).update("hello")) for _ in range(5)]
    bot.settle()
    assert (1, 5) == (len(telegram.called("getMe")), len(telegram.sent))


def test_the_log_says_nothing_of_what_is_said(logged, telegram, bot, rosa):
    """Nor of secrets; a turn's line names ids, the command and the outcome."""
    rosa.say(f"what is my balance {MARK}")
    told = logged.getvalue()
    assert '"event": "turn"' in told
    for secret in (MARK, TOKEN, TOKEN.partition(":")[2], SECRET, "210.69"):
        assert secret not in told
