"""The programs of a run: the bot's own, and a stand-in for the platform."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import httpx

from tests.conftest import TODAY

ROOT = Path(__file__).parents[2]
WAITING = re.compile(r"^billing_bot_(?:inbox|outbox)_waiting\S* (\S+)$", re.MULTILINE)


class Program:
    """A program that is started, killed and asked to stop; it writes its errors to `log`."""

    def __init__(self, *command: str, environment: Mapping[str, str], log: Path) -> None:
        self._command = command
        self._environment = dict(environment)
        self._log = log
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._started = subprocess.Popen(
                [sys.executable, "-m", *self._command],
                cwd=ROOT,
                env=self._environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def first_line(self) -> str:
        assert self._started.stdout is not None
        return self._started.stdout.readline().strip()

    def kill(self) -> None:
        """End it at whatever it does: SIGKILL."""
        self._end(signal.SIGKILL)

    def stop(self) -> tuple[int, float]:
        """Ask it to stop; gives its exit status and the seconds it took."""
        before = time.monotonic()
        return self._end(signal.SIGTERM), time.monotonic() - before

    def _end(self, number: int) -> int:
        self._started.send_signal(number)
        self._started.communicate(timeout=60)
        return self._started.returncode


class Programs(ExitStack):
    """Those of one run; what still runs at its end is killed."""

    def __init__(self, folder: Path, store: str) -> None:
        super().__init__()
        self.folder = folder
        self._count = 0
        ours = ("BILLING_BOT_", "SLACK_", "TELEGRAM_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        self._environment = {
            **kept,
            "DATABASE_URL": store,
            "BILLING_BOT_ENV": "development",
            "BILLING_BOT_TODAY": TODAY.isoformat(),
        }

    def __enter__(self) -> Self:
        return super().__enter__()

    def stand_in(self, platform: str, *options: str) -> str:
        """Start a stand-in; gives its address."""
        state = ("--state", str(self.folder / "received.jsonl"))
        return self._start(f"tests.platforms.{platform}", *state, *options).first_line()

    def bot(self, *command: str, **environment: str) -> Program:
        return self._start("bot", *command, **environment)

    def _start(self, *command: str, **environment: str) -> Program:
        self._count += 1
        log = self.folder / f"{self._count}-{command[0]}.log"
        program = Program(*command, environment={**self._environment, **environment}, log=log)
        self.callback(program.kill)
        return program


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def until(condition: Callable[[], bool], seconds: float) -> None:
    """Wait for something to come true. Raises AssertionError when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").is_success
    except httpx.TransportError:
        return False


def is_done(url: str) -> bool:
    """Tell whether nothing waits in inbox and outbox."""
    try:
        found = WAITING.findall(httpx.get(f"{url}/metrics", timeout=10).text)
    except httpx.TransportError:
        return False
    return bool(found) and not any(map(float, found))


def report(url: str) -> dict[str, Any]:
    """Ask a stand-in what it has seen so far."""
    found: dict[str, Any] = json.loads(httpx.get(f"{url}/_report", timeout=10).text)
    return found
