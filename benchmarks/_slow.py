"""`billing-bot serve` whose every turn takes five seconds; `python -m benchmarks._slow PORT`."""

import sys
import time
from typing import Any

from bot import bootstrap, logs, server
from bot.bootstrap import Bot
from bot.settings import Settings

TURN_SECONDS = 5.0


class Slow:
    """A dispatcher that takes its time."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def begin(self, event: Any, *, lease: bool = False) -> Any:
        time.sleep(TURN_SECONDS)
        return self._real.begin(event, lease=lease)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def routes(bot: Bot) -> Any:
    bot.delivery._dispatcher = Slow(bot.dispatcher)  # type: ignore[assignment]  # noqa: SLF001
    return bootstrap.routes(bot)


if __name__ == "__main__":
    settings = Settings.load()
    logs.configure(settings)
    server.routes = routes  # type: ignore[attr-defined]
    server.serve(settings, host="127.0.0.1", port=int(sys.argv[1]), worker=True, next_port=False)
