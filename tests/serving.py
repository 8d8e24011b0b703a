"""`billing-bot serve` as a process of its own, with a platform whose turns take their time.

Run as a program it serves on the store of DATABASE_URL: POST /event?text=... is received as a
platform's event would be, and each turn takes TURN_SECONDS.
"""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
from starlette.requests import Request as HttpRequest
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot import logs, server
from bot.bootstrap import Bot, routes
from bot.messages import Request
from bot.settings import Settings
from tests.pushed import FakeSender

ROOT = Path(__file__).parent.parent


def main() -> None:
    settings = Settings.load()
    logs.configure(settings)
    server.routes = with_platform
    server.senders = lambda _bot: {"push": FakeSender()}
    server.EXIT_SECONDS = float(os.environ.get("EXIT_SECONDS", server.EXIT_SECONDS))
    server.serve(settings, host="127.0.0.1", port=0, worker=True, next_port=False)


def with_platform(bot: Bot) -> list[Route]:
    class Slow:
        def begin(self, event, *, lease=False):
            time.sleep(float(os.environ["TURN_SECONDS"]))
            return bot.dispatcher.begin(event, lease=lease)

        def __getattr__(self, name):
            return getattr(bot.dispatcher, name)

    bot.delivery._dispatcher = Slow()

    async def receive(http: HttpRequest) -> Response:
        text = http.query_params["text"]
        request = Request(
            platform="push", user=text, room=text, event_id=text, one_to_one=True, text="hello"
        )
        await bot.delivery.receive(request)
        return PlainTextResponse("ok")

    return [*routes(bot), Route("/event", receive, methods=["POST"])]


class Process:
    """The program, started and ready."""

    def __init__(self, url: str, **environment: str) -> None:
        self.started = subprocess.Popen(
            [sys.executable, "-m", "tests.serving"],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                "BILLING_BOT_ENV": "development",
                "DATABASE_URL": url,
                **environment,
            },
        )
        assert self.started.stderr is not None
        for line in self.started.stderr:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                self.url = found[0]
                break
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        for _ in range(300):
            try:
                httpx.get(f"{self.url}/healthz")
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the program does not answer")

    def post(self, text: str) -> None:
        assert 200 == httpx.post(f"{self.url}/event", params={"text": text}).status_code

    def measured(self, line: str) -> bool:
        """Wait for a line among the metrics."""
        for _ in range(100):
            if line in httpx.get(f"{self.url}/metrics").text:
                return True
            time.sleep(0.05)
        return False

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, float, str]:
        """Ask it to stop; gives its exit status, the seconds it took, and its log."""
        before = time.monotonic()
        self.started.send_signal(number)
        _out, log = self.started.communicate(timeout=60)
        return self.started.returncode, time.monotonic() - before, log


if __name__ == "__main__":
    main()
