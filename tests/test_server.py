"""Processes that stay: how `serve` ends, and what it says of itself."""

import re
import signal
import threading
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from bot import server
from store import inbox, outbox
from store.db import Database
from store.models import InboxState, OutboxState
from tests.conftest import Stores
from tests.serving import Process


def states(url: str, table) -> list[tuple[str, bool]]:
    """State of each row, and whether it is leased."""
    database = Database.connect(url)
    with database.read() as session:
        rows = session.connection().execute(select(table.c.state, table.c.lease_until))
        found = [(state, lease is not None) for state, lease in rows]
    database.dispose()
    return found


@pytest.mark.slow
def test_asked_to_stop_it_ends_its_turns_and_sends_their_answers(stores: Stores) -> None:
    """What did not begin is handed back, and the process exits with 0."""
    with stores.copied("empty") as url:
        process = Process(url, TURN_SECONDS="3", BILLING_BOT_TURN_THREADS="2")
        for text in "abcdef":
            process.post(text)
        metrics = httpx.get(f"{process.url}/metrics").text
        assert re.search(r"^billing_bot_inbox_waiting [1-6]", metrics, re.MULTILINE)
        status, seconds, log = process.stop(signal.SIGTERM)
        after, sent = states(url, inbox.inbox), states(url, outbox.outbox)
    assert (0, False) == (status, "Traceback" in log), log
    assert seconds < 15
    done, waiting = (InboxState.DONE, False), (InboxState.WAITING, False)
    assert {done, waiting} == set(after)
    assert 6 == len(after)
    assert [(OutboxState.SENT, False)] * after.count(done) == sent


@pytest.mark.slow
def test_a_request_under_way_is_answered(tmp_path: Path) -> None:
    """And an open stream of events does not hold up the end."""
    process = Process(f"sqlite:///{tmp_path / 'x.db'}", TURN_SECONDS="1.5")
    with httpx.Client(base_url=process.url, timeout=20) as browser:
        browser.get("/")
        with browser.stream("GET", "/chat/events") as stream:
            assert 200 == stream.status_code
            answers = []
            said = {"id": "0f9e1a52-1c2d-4e3f-8a4b-5c6d7e8f9a0b", "text": "hello"}
            ask = threading.Thread(
                target=lambda: answers.append(browser.post("/chat/messages", json=said))
            )
            ask.start()
            assert process.measured("billing_bot_inbox_waiting 1.0")
            status, seconds, _log = process.stop(signal.SIGINT)
            ask.join()
    assert (0, 200) == (status, answers[0].status_code)
    assert 2 == len(answers[0].json()["messages"])
    assert seconds < 12


@pytest.mark.slow
def test_what_hangs_is_cut_off(tmp_path: Path) -> None:
    """Its lease ends by itself, and the event is taken up again."""
    url = f"sqlite:///{tmp_path / 'x.db'}"
    process = Process(url, TURN_SECONDS="40", EXIT_SECONDS="2")
    process.post("a")
    status, seconds, log = process.stop()
    assert 1 == status
    assert seconds < 8
    assert "cut off" in log
    assert [(InboxState.RUNNING, True)] == states(url, inbox.inbox)


def test_the_whole_exit_fits_what_platforms_give() -> None:
    steps = server.REQUEST_SECONDS + server.TURN_SECONDS + server.SENDING_SECONDS
    assert steps < server.EXIT_SECONDS < 25
