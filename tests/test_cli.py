"""The command line, run as other programs run it."""

import contextlib
import json
import logging
import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot import cli
from tests.conftest import Stores

ROOT = Path(__file__).parent.parent


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(sqlite_stores: Stores):
    """Run billing-bot on a store of its own: in this process, which spares loading it anew."""
    handlers = logging.getLogger().handlers
    made = contextlib.ExitStack()
    sampled, empty = (made.enter_context(sqlite_stores.copied(n)) for n in ("sampled", "empty"))

    def run(*arguments: str, say: str = "", **environment: str) -> Done:
        names = DEVELOPMENT | environment
        in_development = names["BILLING_BOT_ENV"] == "development"
        names.setdefault("DATABASE_URL", sampled if in_development else empty)
        inherited = {name: None for name in os.environ if name.startswith("BILLING_BOT_")}
        done = CliRunner().invoke(cli.commands, list(arguments), input=say, env=inherited | names)
        error = done.exception
        assert error is None or isinstance(error, SystemExit), done.exc_info
        return Done(done.exit_code, done.stdout, done.stderr)

    with made:
        yield run
    logging.getLogger().handlers = handlers


DEVELOPMENT = {"BILLING_BOT_ENV": "development", "BILLING_BOT_TODAY": "2026-11-22"}
PRODUCTION = {"BILLING_BOT_ENV": "production", "BILLING_BOT_TODAY": ""}


def test_a_chat_a_ticket_and_an_answer_of_staff(run) -> None:
    """The whole way of a message, over separate processes on one store."""
    opened = run(
        *"chat --json --conversation visit --lang en".split(),
        say='{"text": "can I talk to a real person"}\n',
    )
    assert 0 == opened.returncode, opened.stderr
    ticket = json.loads(opened.stdout)["ticket"]
    listed = json.loads(run("staff", "list", "--json").stdout)
    assert [(ticket, "open")] == [(row["ticket"], row["status"]) for row in listed]
    replied = run("staff", "reply", ticket, "Good morning.", "--as", "agent2@desk.example")
    assert (0, f"Sent to the customer of {ticket}.\n") == (replied.returncode, replied.stdout)
    shown = json.loads(run("staff", "show", ticket, "--json").stdout)
    assert ["can I talk to a real person", "Good morning."] == [
        m["text"] for m in shown["messages"]
    ]
    assert "agent2@desk.example" == shown["messages"][1]["staff"]
    assert 0 == run("staff", "close", ticket, "--as", "agent2@desk.example").returncode
    assert "No open ticket." in run("staff", "list").stdout


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("staff", "show", "T-NOSUCH"), 1),
        (("staff", "reply", "T-NOSUCH", "hi", "--as", "agent1@desk.example"), 1),
        (("staff", "reply", "T-NOSUCH", "hi", "--as", "nobody@desk.example"), 1),
        (("staff", "close", "T-NOSUCH"), 1),
        (("staff", "reply"), 2),
        (("staff", "nonsense"), 2),
        (("chat", "--lang", "de"), 2),
        (("chat", "--as", "nobody@x.example"), 1),
        (("serve", "--port", "http"), 2),
    ],
)
def test_exit_statuses(run, arguments: tuple[str, ...], status: int) -> None:
    done = run(*arguments)
    assert status == done.returncode, done.stderr
    assert done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (("chat",), {}, "BILLING_BOT_SECRET_KEY must be set"),
        (("serve", "--port", "0"), {}, "BILLING_BOT_SECRET_KEY must be set"),
        (("worker",), {}, "BILLING_BOT_SECRET_KEY must be set"),
        (
            ("chat", "--as", "demo@maple.example"),
            {"BILLING_BOT_SECRET_KEY": "x" * 32},
            "chat --as is for development",
        ),
        (("sample",), {}, "Sample data is for development"),
        (
            ("staff", "reply", "T-X", "hi", "--as", "agent1@desk.example"),
            {},
            "no staff member of that name",
        ),
    ],
)
def test_production_refuses(
    run, arguments: tuple[str, ...], environment: dict[str, str], said: str
) -> None:
    done = run(*arguments, **PRODUCTION, **environment)
    assert (1, True) == (done.returncode, said in done.stderr), done.stderr


def test_production_refuses_a_fixed_day(run) -> None:
    done = run("db", "upgrade", BILLING_BOT_ENV="production")
    assert (1, True) == (done.returncode, "TODAY is for development" in done.stderr)


def test_production_chats_with_an_empty_store(run) -> None:
    done = run(
        "chat",
        "--json",
        say='{"text": "hello"}\n',
        **PRODUCTION | {"BILLING_BOT_SECRET_KEY": "x" * 32},
    )
    assert "social" == json.loads(done.stdout)["outcome"], done.stderr


def test_a_database_that_is_down_is_said_in_a_line(run) -> None:
    done = run("staff", "list", DATABASE_URL="postgres://nobody:hunter22@127.0.0.1:1/none")
    assert 1 == done.returncode
    assert "The database cannot be reached" in done.stderr
    assert "hunter22" not in done.stderr


def test_faq_ask_needs_no_store(run) -> None:
    done = run(
        *"faq ask --json".split(),
        say="my payment is pending\n\nou est ma facture\n/nosuch\n",
        DATABASE_URL="postgres://nobody@127.0.0.1:1/none",
        **PRODUCTION,
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    keys = {"text", "language", "outcome", "topic", "score", "candidates"}
    assert [keys] * 4 == [row.keys() for row in rows]
    assert ["pending-payment", None, "invoice-pdf", None] == [row["topic"] for row in rows]
    assert ["en", "en", "fr", "en"] == [row["language"] for row in rows]


def test_a_bigger_sample(run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    done = run("sample", "--accounts", "3", "--calls", "50", DATABASE_URL=url)
    assert (0, True) == (done.returncode, "3 accounts" in done.stderr), done.stderr


@pytest.mark.slow
def test_the_wheel_carries_all_that_it_needs(tmp_path: Path) -> None:
    """Built and unpacked elsewhere, it chats in both languages on a fresh store."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    site = tmp_path / "site"
    assert {"bot", "store"} == {p.name for p in site.iterdir() if not p.name.endswith("info")}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "chat", "--as", "demo@erable.example"],
        cwd=site,
        input="combien je dois\n",
        capture_output=True,
        text=True,
        check=True,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(site),
            "BILLING_BOT_ENV": "development",
            "DATABASE_URL": f"sqlite:///{tmp_path / 'wheel.db'}",
        },
    )
    assert "Solde actuel" in done.stdout
    for carried in ("bot/adapters/web/templates", "bot/adapters/web/static", "bot/site/templates"):
        assert list((site / carried).iterdir())
