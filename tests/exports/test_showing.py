"""A page and a terminal, which read their messages: one that tells how far, then the file."""

import io

import pytest

from bot import exporting
from bot.adapters.console.settings import ConsoleSettings
from bot.adapters.console.transport import Console
from bot.adapters.web.renderer import render
from bot.bootstrap import Bot, link_console
from bot.documents.cdr import Format
from bot.jobs import exports
from bot.jobs.beside import making_files
from store.models import ExportState
from tests.exports.asking import EXPORT, asks, rows
from tests.exports.worker import Worker, asked_for
from tests.faults.processes import until
from tests.talk import Talk


@pytest.fixture
def talk(bot: Bot) -> Talk:
    talk = Talk(bot).signed_in()
    talk.say("hello")
    return talk


@pytest.fixture
def making(talk: Talk) -> Worker:
    return asked_for(talk.bot, platform="console", user=talk.user)


def test_the_newest_state_is_all_there_is_to_read(talk: Talk, making: Worker) -> None:
    """In its place: it says which message it was at first."""
    delivery, states = talk.bot.delivery, []
    making.keep(b"a,b")
    for step in (lambda: making.tell(0.1), lambda: making.tell(0.5), making.finish):
        step()
        states.append(delivery.history(talk.address)[-1])
        assert delivery.fresh([talk.address])[talk.address][-1] == states[-1]
        assert 3 == len(delivery.history(talk.address))
    first = states[0].ref
    assert [None, first, first] == [message.replaces for message in states]
    assert [None, first, first] == [render(message).get("replaces") for message in states]
    assert 3 == len({message.ref for message in states})


def test_a_terminal_shows_the_first_and_the_last(talk: Talk, making: Worker) -> None:
    """It cannot take back what it has printed."""
    out = io.StringIO()
    settings = ConsoleSettings(user=talk.user, conversation=talk.user)
    console = Console(talk.bot.delivery, settings, io.StringIO(), out)
    console._show_missed()
    making.keep(b"a,b")
    for step in (lambda: making.tell(0.1), lambda: making.tell(0.5), making.finish):
        step()
        console._show_fresh()
    shown = out.getvalue()
    assert ["10%"] == [word for word in shown.split() if word.endswith("%")]
    assert 1 == shown.count("Your file is ready")
    assert "calls-1.csv (3 bytes)" in shown


def test_a_terminal_makes_its_files_itself(
    bot: Bot, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    """No worker may be running; what comes is put where --files says."""
    monkeypatch.setattr(exporting, "AT_ONCE", dict.fromkeys(Format, 0))
    monkeypatch.setattr(exports, "POLL_SECONDS", 0.05)
    asked = asks(bot)
    settings = ConsoleSettings(user="me", conversation="me", files=tmp_path, as_json=False)
    link_console(asked, user="me", username="demo@maple.example")

    class Lines(io.StringIO):
        """Somebody who asks, and waits."""

        def readline(self, *_: object) -> str:
            line = super().readline()
            if not line:
                until(lambda: [ExportState.DONE] == [row.state for row in rows(asked)], 60)
            return line

    out = io.StringIO()
    ask = Console(asked.delivery, settings, Lines("hello\n"), out)
    monkeypatch.setattr(ask, "_parse", lambda _line: ("", f"{EXPORT}:csv"))
    with making_files(asked.database, asked.delivery, asked.settings):
        ask.run()
    assert "I am preparing your file" in out.getvalue()
    assert "Your file is ready" in out.getvalue()
    (file,) = tmp_path.iterdir()
    assert f"-> {file}" in out.getvalue()
