"""Full answers per CPU-second of the bot on each transport, beside a bare echo bot.

Both are programs of their own on the same libraries, server and session, fed in turn with the
same events by the same stand-in of the platform. Only the program's own processor time counts:
from the first event posted to the last answer received.
"""

import asyncio
import hashlib
import hmac
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy.exc import OperationalError

from benchmarks._echo import SIGNING_SECRET
from benchmarks.figure import Figure, figure
from benchmarks.turns import server_database
from tests.platforms.slack import SlackServer
from tests.platforms.telegram import TOKEN, TelegramServer

PEOPLE = 500
EACH = 3  # messages of each person: a chat takes that many at once
AT_ONCE = 64  # events without an answer
SECRET = "bench-webhook-secret"  # noqa: S105 - of this benchmark alone
QUESTIONS = ("my payment is still pending", "ou sont mes CDR", "which cards do you take?")
TICKS = os.sysconf("SC_CLK_TCK")
UNIT = "answers/CPU-s"

Server = SlackServer | TelegramServer


@dataclass(frozen=True)
class Transport:
    """One way in: how an event gets to the bot, and what a program needs to listen there."""

    name: str
    server: Callable[[], Server]
    environment: dict[str, str]
    pushed: bool  # the stand-in hands events out; else they are posted


TRANSPORTS = (
    Transport("slack-http", SlackServer, {"BILLING_BOT_SLACK_MODE": "http"}, pushed=False),
    Transport("slack-socket", SlackServer, {"SLACK_APP_TOKEN": "xapp-test"}, pushed=True),
    Transport(
        "telegram-webhook", TelegramServer, {"BILLING_BOT_TELEGRAM_MODE": "webhook"}, pushed=False
    ),
    Transport(
        "telegram-polling", TelegramServer, {"BILLING_BOT_TELEGRAM_MODE": "polling"}, pushed=True
    ),
)


def run() -> Iterator[Figure]:
    bare = {}
    for transport in TRANSPORTS:
        bare[transport.name] = _rate(transport, echo_bot(transport.name))
    webhook = next(t for t in TRANSPORTS if t.name == "telegram-webhook")
    stock = _rate(webhook, echo_bot("telegram-stock"))
    with tempfile.TemporaryDirectory() as folder:
        for transport in TRANSPORTS:
            url = f"sqlite:///{Path(folder) / transport.name}.db"
            ours = _rate(transport, _our_bot(url))
            yield figure(f"platforms.{transport.name}.sqlite", ours, bare[transport.name], UNIT)
            if transport is webhook:
                yield figure("platforms.telegram-stock.sqlite", ours, stock, UNIT)
    for transport in TRANSPORTS:
        try:
            with server_database() as url:
                ours = _rate(transport, _our_bot(url))
        except OperationalError:
            return  # no server here
        yield figure(f"platforms.{transport.name}.postgresql", ours, bare[transport.name], UNIT)


Start = Callable[[Server, Transport], tuple[subprocess.Popen[str], str]]


def echo_bot(kind: str) -> Start:
    def start(server: Server, _transport: Transport) -> tuple[subprocess.Popen[str], str]:
        port = free_port()
        command = [sys.executable, "-m", "benchmarks._echo", kind, server.url, str(port)]
        return subprocess.Popen(command, text=True), f"http://127.0.0.1:{port}"  # noqa: S603

    return start


def _our_bot(database: str) -> Start:
    def start(server: Server, transport: Transport) -> tuple[subprocess.Popen[str], str]:
        port = free_port()
        environment = environment_of(server, transport, database)
        upgrade = [sys.executable, "-m", "bot", "db", "upgrade"]
        subprocess.run(upgrade, env=environment, check=True, capture_output=True)  # noqa: S603
        command = [sys.executable, "-m", "bot", "serve", "--port", str(port)]
        started = subprocess.Popen(  # noqa: S603
            command, env=environment, text=True, stderr=subprocess.DEVNULL
        )
        return started, f"http://127.0.0.1:{port}"

    return start


def environment_of(server: Server, transport: Transport, database: str) -> dict[str, str]:
    """Point our bot at a stand-in."""
    slack = {
        "SLACK_BOT_TOKEN": "xoxb-test",
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "BILLING_BOT_SLACK_API_URL": f"{server.url}/api/",
    }
    telegram = {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "BILLING_BOT_TELEGRAM_WEBHOOK_SECRET": SECRET,
        "BILLING_BOT_TELEGRAM_API_URL": f"{server.url}/bot",
        "BILLING_BOT_TELEGRAM_MESSAGES_PER_SECOND": "100000",
    }
    return {
        **os.environ,
        **(slack if isinstance(server, SlackServer) else telegram),
        **transport.environment,
        "BILLING_BOT_ENV": "production",
        "BILLING_BOT_SECRET_KEY": "x" * 32,
        "DATABASE_URL": database,
    }


def _rate(transport: Transport, start: Start) -> float:
    """Give the answers per CPU-second of a program."""
    with transport.server() as server:
        program, url = start(server, transport)
        try:
            return asyncio.run(_load(transport, server, program.pid, url))
        finally:
            program.terminate()
            program.wait(30)


async def _load(transport: Transport, server: Server, pid: int, url: str) -> float:
    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    async with aiohttp.ClientSession(connector=connector) as session:
        await ready(session, url)
        await _answered(transport, server, session, url, range(PEOPLE))  # they meet the bot
        await asyncio.sleep(3)  # so that a chat takes several messages at once again
        before = _cpu(pid)
        events = range(PEOPLE, PEOPLE * (1 + EACH))
        await _answered(transport, server, session, url, events)
        return len(events) / (_cpu(pid) - before)


async def _answered(
    transport: Transport, server: Server, session: aiohttp.ClientSession, url: str, numbers: range
) -> None:
    """Send events, no more at a time than are answered meanwhile, and wait for the last answer."""
    before = len(server.sent)

    async def room(sent: int) -> None:
        for _ in range(12_000):
            if sent - (len(server.sent) - before) < AT_ONCE:
                return
            await asyncio.sleep(0.002)
        raise AssertionError(f"{sent - (len(server.sent) - before)} answers are missing")

    posts = []
    for sent, number in enumerate(numbers):
        await room(sent)
        if transport.pushed:
            _push(server, number)
        else:
            posts.append(asyncio.create_task(_post(server, session, url, number)))
    await asyncio.gather(*posts)
    await room(len(numbers) + AT_ONCE - 1)


async def _post(server: Server, session: aiohttp.ClientSession, url: str, number: int) -> None:
    request = event_request(server, number)
    async with session.post(url + path_of(server), **request) as response:
        assert response.status == 200, await response.text()


def _push(server: Server, number: int) -> None:
    if isinstance(server, SlackServer):
        server.push({"type": "events_api", "payload": _slack_event(number)})
    else:
        server.push(_update(number))


def path_of(server: Server) -> str:
    return "/slack/events" if isinstance(server, SlackServer) else "/telegram/webhook"


def event_request(server: Server, number: int) -> dict[str, Any]:
    if isinstance(server, TelegramServer):
        body = json.dumps(_update(number))
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        return {"data": body, "headers": {"Content-Type": "application/json", **headers}}
    body, stamp = json.dumps(_slack_event(number)), str(int(time.time()))
    signed = f"v0:{stamp}:{body}".encode()
    signature = hmac.new(SIGNING_SECRET.encode(), signed, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={signature}",
    }
    return {"data": body, "headers": headers}


def _slack_event(number: int) -> dict[str, Any]:
    person = number % PEOPLE
    granted = {"team_id": "T0TEAM", "enterprise_id": None, "user_id": "U0BOT", "is_bot": True}
    return {
        "type": "event_callback",
        "team_id": "T0TEAM",
        "api_app_id": "A0APP",
        "event_id": f"Ev{number:08}",
        "event_time": 1,
        "authorizations": [granted],
        "event": {
            "type": "message",
            "channel": f"D{person:05}",
            "channel_type": "im",
            "user": f"U{person:05}",
            "team": "T0TEAM",
            "text": QUESTIONS[number % len(QUESTIONS)],
            "ts": f"{1764300000 + number}.000100",
        },
    }


def _update(number: int) -> dict[str, Any]:
    person = 1000 + number % PEOPLE
    return {
        "update_id": number + 1,
        "message": {
            "message_id": number + 1,
            "date": 1764300000,
            "chat": {"id": person, "type": "private", "first_name": "Ann"},
            "from": {"id": person, "is_bot": False, "first_name": "Ann", "language_code": "en"},
            "text": QUESTIONS[number % len(QUESTIONS)],
        },
    }


async def ready(session: aiohttp.ClientSession, url: str) -> None:
    for _ in range(300):
        try:
            async with session.get(f"{url}/healthz"):
                await asyncio.sleep(2)  # what is loaded beside the start is no part of an answer
                return
        except aiohttp.ClientError:
            await asyncio.sleep(0.1)
    raise AssertionError("the program does not answer")


def _cpu(pid: int) -> float:
    """Read the processor time of a process in seconds (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
