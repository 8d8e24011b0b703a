"""What the doctor finds, asked of local servers that stand in for the platforms."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from bot import checks, cli_setup
from bot.adapters.slack.manifest import SCOPES
from tests.conftest import SERVER, _need_postgres
from tests.platforms.slack import APP_TOKEN, BOT_TOKEN, SlackServer
from tests.platforms.telegram import ME, TOKEN, TelegramServer

PUBLIC = "https://bot.example"
SECRET = "s3cret"
KEY = "k" * 32
HEARS_ALL = ME | {"can_read_all_group_messages": True}
DEVELOPMENT = "BILLING_BOT_ENV=development BILLING_BOT_SECRET_KEY="
POLLING = "BILLING_BOT_TELEGRAM_MODE=polling"
HOOK = f"{PUBLIC}/telegram/webhook"
FAILED = "Telegram could not post at 2026-11-22 12:00 UTC: Wrong response: 401."
FAILURE = {"url": HOOK, "last_error_date": 1795348800, "last_error_message": "Wrong response: 401"}
PREFIXES = ("BILLING_BOT_", "SLACK_", "TELEGRAM_")


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer() as server:
        server.scopes = ",".join(SCOPES)
        yield server


@pytest.fixture
def telegram() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        yield server


@pytest.fixture
def doctor(sqlite_stores):
    """Run the doctor in production on a store that is ready; gives exit status and output."""
    ready = {"BILLING_BOT_SECRET_KEY": KEY, "BILLING_BOT_PUBLIC_URL": PUBLIC}

    def run(*arguments, **environment):
        nothing = {name: None for name in os.environ if name.startswith(PREFIXES)}
        env = nothing | ready | environment
        done = CliRunner().invoke(cli_setup.doctor, list(arguments), env=env)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
        for never in (BOT_TOKEN, APP_TOKEN, TOKEN, SECRET, KEY, "hunter22", "Traceback"):
            assert never not in done.output
        return done.exit_code, done.output

    with sqlite_stores.copied("empty") as ready["DATABASE_URL"]:
        yield run


@pytest.fixture
def found(doctor):
    """Run the doctor; gives each check's name, state and words, of the names that begin so."""

    def run(start, **environment):
        status, printed = doctor("--json", **environment)
        rows = [json.loads(line) for line in printed.splitlines()]
        assert status == any("problem" == row["state"] for row in rows)
        assert all(row["advice"] for row in rows if row["state"] == "problem")
        return {
            row["name"]: (row["state"], f"{row['text']} {row['advice']}".strip())
            for row in rows
            if row["name"].startswith(start)
        }

    return run


def settings(changes):
    """Read "NAME=value OTHER=value"."""
    return dict(change.split("=", 1) for change in changes.split())


def of_slack(server, **environment):
    return {
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "BILLING_BOT_SLACK_API_URL": f"{server.url}/api/",
        "BILLING_BOT_SLACK_DESK_CHANNEL": "C0DESK",
    } | environment


def of_telegram(server, **environment):
    return {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "BILLING_BOT_TELEGRAM_API_URL": f"{server.url}/bot",
        "BILLING_BOT_TELEGRAM_WEBHOOK_SECRET": SECRET,
    } | environment


def test_all_is_well(doctor, slack, telegram):
    """A line for each check, a note where something could be better, and status 0."""
    environment = of_slack(slack, SLACK_APP_TOKEN=APP_TOKEN) | of_telegram(telegram)
    ready = environment | {"BILLING_BOT_PUBLIC_URL": PUBLIC}
    assert 0 == CliRunner().invoke(cli_setup.telegram, ["setup"], env=ready).exit_code
    expected = """\
ok       Settings: They can be read; this is production.
ok       Secret key: It is set.
ok       Store: The database is there and up to date.
ok       Files: No file is waiting to be made.
note     Store: SQLite is for processes of one machine, and one of them writes at a time. \
Set DATABASE_URL to a PostgreSQL server before running several.
ok       Public address: Links begin with https://bot.example.
ok       Slack signing secret: It is set.
ok       Slack bot token: The bot is @billing-bot in the workspace Test.
ok       Slack clock: This machine's clock agrees with Slack's.
ok       Slack scopes: The app has all that it needs.
ok       Slack desk channel: The bot is in #c0desk.
ok       Slack app token: Slack lets the bot open a socket.
ok       Telegram bot token: The bot is @billing_test_bot.
ok       Telegram clock: This machine's clock agrees with Telegram's.
ok       Telegram webhook: Telegram posts to https://bot.example/telegram/webhook. \
Updates that wait: 0.
ok       Telegram commands (en): People see the commands of this version.
ok       Telegram commands (fr): People see the commands of this version.
ok       Telegram groups: The bot receives only what is addressed to it.
"""
    assert (0, expected) == doctor(**environment)
    assert ([], []) == (slack.breaches, telegram.breaches)


@pytest.mark.parametrize(
    ("name", "state", "said", "changes"),
    [
        ("Settings", "problem", "BILLING_BOT_ENV", "BILLING_BOT_ENV=staging"),
        ("Secret key", "problem", "32 random", "BILLING_BOT_SECRET_KEY=short"),
        ("Secret key", "note", "everybody knows", DEVELOPMENT),
        ("Store", "problem", "cannot be read", "DATABASE_URL=nonsense"),
        ("Store", "problem", "cannot be used", "DATABASE_URL=postgres://me:hunter22@127.0.0.1:1/x"),
        ("Public address", "note", "not set", "BILLING_BOT_PUBLIC_URL="),
        ("Public address", "note", "no https", "BILLING_BOT_PUBLIC_URL=http://bot.example"),
        ("Slack", "note", "It is not connected", ""),
        ("Telegram", "note", "It is not connected", ""),
        ("Slack settings", "problem", "needs SLACK_APP", "BILLING_BOT_SLACK_MODE=socket"),
        ("Slack bot", "problem", "SLACK_BOT_TOKEN is not", "SLACK_SIGNING_SECRET=s3cret"),
        ("Telegram settings", "problem", "no bot token", "TELEGRAM_BOT_TOKEN=nonsense"),
        ("Telegram bot", "problem", "is not set", "BILLING_BOT_TELEGRAM_WEBHOOK_SECRET=s3cret"),
    ],
)
def test_settings_that_are_wrong(found, name, state, said, changes):
    """What is missing or wrong in the environment is named."""
    ((found_state, words),) = found(name, **settings(changes)).values()
    assert (state, True) == (found_state, said in words), words


@pytest.mark.parametrize(
    ("exists", "said"),
    [(False, "There is no database file yet"), (True, "The database is not up to date: the next")],
)
def test_a_file_is_brought_up_to_date_by_itself(doctor, tmp_path, exists, said):
    """That there is none, or an old one, is a note; looking makes none."""
    file = tmp_path / "other.db"
    if exists:
        file.touch()
    status, printed = doctor(DATABASE_URL=f"sqlite:///{file}")
    assert (0, True, exists) == (status, said in printed, file.exists()), printed


def test_an_old_server_is_to_be_upgraded(found):
    """A PostgreSQL database without the tables is a problem that one command mends."""
    _need_postgres()
    expected = ("problem", "The database is not up to date. Run `billing-bot db upgrade`.")
    assert {"Store": expected} == found("Store", DATABASE_URL=SERVER.replace("+psycopg", ""))


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (60, "This machine's clock agrees with Slack's."),
        (61, "This machine's clock is 61 seconds ahead of Slack's."),
        (-3600, "This machine's clock is 3600 seconds behind Slack's."),
    ],
)
def test_the_clock(ahead, said):
    """More than a minute between the clocks is a problem."""
    there = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
    now = datetime.fromtimestamp(there.timestamp() + ahead, UTC)
    (check,) = checks.of_clock("Slack", "Sun, 22 Nov 2026 12:00:00 GMT", now=now)
    assert (said, abs(ahead) > 60) == (check.text, check.state is checks.State.PROBLEM)


@pytest.mark.parametrize("date", [None, "", "yesterday"])
def test_no_date_tells_nothing_of_the_clock(date):
    """Without a readable date nothing is said of the clock."""
    assert [] == list(checks.of_clock("Slack", date))


def test_slack_lacks_scopes(found, slack):
    """Each missing scope is named with what it is for."""
    slack.scopes = ",".join(scope for scope in SCOPES if scope not in {"files:write", "commands"})
    state, words = found("Slack", **of_slack(slack))["Slack scopes"]
    lacking = "commands (to answer /billing); files:write (to send pictures and documents)"
    assert ("problem", True) == (state, words.startswith(f"The app lacks {lacking}."))


@pytest.mark.parametrize(
    ("state", "said", "error", "channel"),
    [
        ("problem", "Type in that channel: /invite @billing-bot", "", {"is_member": False}),
        ("problem", "#desk is archived", "", {"is_archived": True, "name": "desk"}),
        ("problem", "sees no channel with the id C0DESK.", "channel_not_found", {}),
        ("problem", "Slack refuses: missing_scope.", "missing_scope", {}),
        ("problem", "gives no proper answer (ratelimited)", "ratelimited", {}),
    ],
)
def test_slacks_desk_channel(found, slack, state, said, error, channel):
    """The bot has to be in a channel that is in use, and to see it."""
    slack.channels["C0DESK"] = channel
    slack.closed |= {"C0DESK": error} if error else {}
    found_state, words = found("Slack", **of_slack(slack))["Slack desk channel"]
    assert (state, True) == (found_state, said in words), words


@pytest.mark.parametrize(
    ("name", "state", "said", "changes"),
    [
        ("Slack bot", "problem", "refuses: invalid_auth", "SLACK_BOT_TOKEN=xoxb-old"),
        ("Slack bot", "problem", "be reached", "BILLING_BOT_SLACK_API_URL=http://127.0.0.1:1/"),
        ("Slack bot", "problem", "be reached", "BILLING_BOT_SLACK_API_URL=nonsense"),
        ("Slack bot", "problem", "no proper answer", "BILLING_BOT_SLACK_API_URL={url}/"),
        ("Slack app", "problem", "refuses: invalid_auth", "SLACK_APP_TOKEN=xapp-old"),
        ("Slack signing", "problem", "is not set", "SLACK_SIGNING_SECRET="),
        ("Slack signing", "ok", "needs none", "SLACK_SIGNING_SECRET= SLACK_APP_TOKEN=xapp-test"),
        ("Slack desk", "note", "is not set", "BILLING_BOT_SLACK_DESK_CHANNEL="),
    ],
)
def test_slack_is_not_set_up(found, slack, name, state, said, changes):
    """Tokens that are wrong, a platform that is away, and what is left out."""
    environment = of_slack(slack, **settings(changes.format(url=slack.url)))
    ((found_state, words),) = found(name, **environment).values()
    assert (state, True) == (found_state, said in words), words


@pytest.mark.parametrize(
    ("said", "change"),
    [
        ("does not accept the bot token", "TELEGRAM_BOT_TOKEN=123456:WRONG"),
        ("cannot be reached", "BILLING_BOT_TELEGRAM_API_URL=http://127.0.0.1:1/bot"),
        ("cannot be reached", "BILLING_BOT_TELEGRAM_API_URL=nonsense"),
    ],
)
def test_telegram_is_out_of_reach(found, telegram, said, change):
    """One problem, and nothing is asked that cannot be answered."""
    checked = found("Telegram", **of_telegram(telegram, **settings(change)))
    assert ["Telegram bot token"] == list(checked)
    state, words = checked["Telegram bot token"]
    assert ("problem", True) == (state, said in words), words


def test_telegram_is_not_set_up(found, telegram):
    """Without the setup people see no commands, in any language."""
    checked = found("Telegram commands", **of_telegram(telegram))
    said = "People see other commands than this version has. Run `billing-bot telegram setup`."
    assert [("problem", said)] * 2 == list(checked.values())


@pytest.mark.parametrize(
    ("state", "said", "changes", "info"),
    [
        ("problem", f"None is set: it should lead to {HOOK}. Run `billing-bot", "", {}),
        ("problem", "It leads to another address", "", {"url": f"https://old.example/{TOKEN}"}),
        ("problem", "A webhook is set, and", POLLING, {"url": HOOK}),
        ("ok", "None is set: the bot polls.", POLLING, {}),
        ("note", f"{FAILED} Updates that wait: 0.", "", FAILURE),
        ("problem", f"{FAILED} Updates that wait: 3.", "", {**FAILURE, "pending_update_count": 3}),
    ],
)
def test_telegrams_webhook(found, telegram, state, said, changes, info):
    """It leads here or is not there; where else it leads is not said: that may hold secrets."""
    whole = {"url": "", "has_custom_certificate": False, "pending_update_count": 0, **info}
    telegram.methods["getWebhookInfo"] = lambda _arguments: whole
    environment = of_telegram(telegram, **settings(changes))
    found_state, words = found("Telegram webhook", **environment)["Telegram webhook"]
    assert (state, True) == (found_state, words.startswith(said)), words


@pytest.mark.parametrize(
    ("name", "state", "said", "method", "answer"),
    [
        ("Telegram", "problem", "answer cannot be read", "getWebhookInfo", {"address": ""}),
        ("Telegram groups", "note", "/setprivacy", "getMe", HEARS_ALL),
    ],
)
def test_telegram_answers_otherwise(found, telegram, name, state, said, method, answer):
    """What the library cannot read is a problem; that the bot hears all of a group is a note."""
    telegram.methods[method] = lambda _arguments: answer
    found_state, words = found("Telegram", **of_telegram(telegram))[name]
    assert (state, True) == (found_state, said in words), words
