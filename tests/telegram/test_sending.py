"""What comes of a message when Telegram refuses it, is busy, or says nothing."""

import asyncio
import logging
import socket
import threading
from datetime import timedelta

import pytest
from telegram.error import NetworkError, TimedOut

from bot.adapters.telegram.http import AiohttpRequest
from bot.adapters.telegram.sender import CHAT_RATE, GROUP_RATE
from store.models import OutboxState
from tests.platforms.faults import Fault
from tests.platforms.serving import Refused
from tests.platforms.telegram import TOKEN
from tests.telegram.people import Person, shown

PATH = f"/bot{TOKEN}/sendMessage"


def fails_once(telegram, **faults):
    """Have the next message meet a fault, and those after it none."""
    for name, value in faults.items():
        setattr(telegram.faults, name, value)
    counted = telegram.faults.counts.total()

    def end():
        telegram.until(lambda: telegram.faults.counts.total() > counted)
        telegram.faults.rate_429 = telegram.faults.rate_503 = telegram.faults.lost = 0

    return end


@pytest.mark.parametrize(
    ("faults", "seconds"),
    [
        ({"rate_503": 1}, 0),
        ({"rate_429": 1, "retry_after": 0}, 0),
        ({"rate_429": 1, "retry_after": 1}, 1),
    ],
)
def test_what_is_refused_for_now_is_sent_later(telegram, bot, ana, faults, seconds):
    """Not before Telegram wants it."""
    end = fails_once(telegram, **faults)
    assert 200 == bot.post(ana.update("hello"))
    end()
    bot.settle()
    assert 1 == len(telegram.sent)
    tries = [call.at for call in telegram.calls if call.method == "sendMessage"]
    assert tries[-1] - tries[0] >= seconds
    assert [OutboxState.SENT] == bot.states()


def test_what_may_be_out_is_sent_again(telegram, bot, ana):
    """Telegram cannot be asked: twice is better than never."""
    end = fails_once(telegram, lost=1)
    assert 200 == bot.post(ana.update("hello"))
    end()
    bot.settle()
    assert {True, False} == {sent.lost for sent in telegram.sent}
    assert 1 == len({shown(telegram, sent) for sent in telegram.sent})


def test_faults_change_nothing_of_the_order(telegram, bot, ana):
    """Nor do they lose anything; what is doubled was lost on the way back."""
    ana.say("hello")
    telegram.faults.rate_503 = telegram.faults.rate_429 = telegram.faults.lost = 0.15
    telegram.faults.retry_after = 0
    texts = [f"number {number}" for number in range(12)]
    bot.write(*texts)
    bot.settle()
    said = [shown(telegram, sent) for sent in telegram.sent[1:]]
    assert texts == list(dict.fromkeys(said))
    assert sorted(said, key=texts.index) == said
    assert len(texts) + telegram.faults.counts[Fault.LOST] == len(said)
    assert 2 <= len(telegram.faults.counts)


def test_a_long_answer_goes_on_where_it_was_broken_off(telegram, bot, ana):
    ana.say("hello")
    send, tries = telegram.methods["sendMessage"], []

    def second_fails(arguments):
        tries.append(arguments)
        if 2 == len(tries):
            raise Refused("502 Bad Gateway")
        return send(arguments)

    telegram.methods["sendMessage"] = second_fails
    pieces = [letter * 3000 for letter in "abc"]
    bot.write("\n\n".join(pieces))
    bot.settle()
    assert pieces == [shown(telegram, sent) for sent in telegram.sent[1:]]
    assert 4 == len(tries)


@pytest.mark.parametrize(
    "error", ["403 Forbidden: user is deactivated", "400 Bad Request: chat not found"]
)
def test_who_cannot_be_reached_is_not_tried_again(telegram, bot, ana, error):
    def refuse(_arguments):
        raise Refused(error)

    telegram.methods = {**telegram.methods, "sendMessage": refuse}
    assert [] == bot.take(ana.update("hello"))
    assert [OutboxState.FAILED] == bot.states()
    assert 1 == len(telegram.called("sendMessage"))


def test_who_has_blocked_the_bot_is_not_tried_again(telegram, bot, ana):
    """And can be spoken with again once that is over."""
    telegram.blocked.add(ana.id)
    assert [] == ana.say("hello")
    assert ([OutboxState.FAILED], 1) == (bot.states(), len(telegram.called("sendMessage")))
    telegram.blocked.clear()
    assert 1 == len(ana.say("hello again"))


def test_one_chat_delays_no_other(telegram, bot, ana):
    """While one is told to wait, another gets its answer."""
    other, send = Person(bot), telegram.methods["sendMessage"]
    ana_may = threading.Event()

    def refuse_ana(arguments):
        if str(ana.id) == str(arguments["chat_id"]) and not ana_may.is_set():
            raise Refused("500 Internal Server Error")
        return send(arguments)

    telegram.methods["sendMessage"] = refuse_ana
    assert 200 == bot.post(ana.update("hello"))
    telegram.until(lambda: telegram.called("sendMessage"))
    assert 200 == bot.post(other.update("hello"))
    telegram.until(lambda: 1 == len(telegram.sent))
    assert str(other.id) == str(telegram.sent[0].arguments["chat_id"])
    ana_may.set()
    bot.settle()
    assert 2 == len(telegram.sent)


def test_a_refused_token_is_no_end_of_a_message(telegram, bot, ana, logged):
    """An operator mends it; meanwhile the message waits."""

    def refuse(_arguments):
        raise Refused("401 Unauthorized")

    telegram.methods = {**telegram.methods, "sendMessage": refuse}
    assert 200 == bot.post(ana.update("hello"))
    telegram.until(lambda: [OutboxState.WAITING] == bot.states())
    telegram.until(lambda: "token is refused" in logged.getvalue())
    assert TOKEN not in logged.getvalue()


def test_no_chat_gets_more_than_telegram_takes():
    """One message a second, and 20 a minute in a group, bursts included."""
    assert CHAT_RATE.seconds >= 1
    assert GROUP_RATE.burst + 60 // GROUP_RATE.seconds <= 20


@pytest.fixture
def mute():
    """An address at which somebody listens and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def rude():
    """An address at which every connection is closed at once."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def close_all():
            while True:
                try:
                    server.accept()[0].close()
                except OSError:
                    return

        thread = threading.Thread(target=close_all, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def error_of(url, **options):
    """Ask there; gives the error, and all that a log would say of it."""

    async def ask():
        request = AiohttpRequest()
        try:
            await request.post(url + PATH, **options)
        except NetworkError as error:
            logging.getLogger("test").exception("it failed")
            return error
        finally:
            await request.shutdown()
        raise AssertionError("no error")

    return asyncio.run(ask())


def test_errors_never_name_the_address(logged, mute, rude):
    """It holds the token."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
    errors = [
        error_of(mute, read_timeout=timedelta(seconds=0.05).total_seconds()),
        error_of(rude),
        error_of(nobody),
        error_of("http://127.0.0.1:99999"),
        error_of("nonsense://127.0.0.1"),
        error_of("http://does-not-exist.invalid"),
    ]
    assert [TimedOut, *[NetworkError] * 5] == [type(error) for error in errors]
    told = f"{errors!r} {[str(error) for error in errors]} {logged.getvalue()}"
    assert "it failed" in told
    for secret in (TOKEN, TOKEN.partition(":")[2], "sendMessage", "127.0.0.1:"):
        assert secret not in told
