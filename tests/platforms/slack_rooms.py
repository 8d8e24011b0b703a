"""What is written in Slack's rooms, as `conversations.history` and `.replies` read it back."""

import time
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from tests.platforms.serving import Breach, Refused
from tests.platforms.slack_checks import check_channel, check_ts, need

Written = dict[str, Any]


class Rooms:
    def __init__(self) -> None:
        self.messages: defaultdict[str, dict[str, Written]] = defaultdict(dict)  # by channel and ts
        self._last = 0

    def next_ts(self) -> str:
        """Give a timestamp as Slack does: the time, and never the same twice."""
        self._last = max(self._last + 1, time.time_ns() // 1000)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def write(self, channel: str, message: Written) -> Written:
        """Keep a message, with a timestamp if it has none and ids for its blocks."""
        message = {"type": "message", "ts": self.next_ts(), **message}
        if "blocks" in message:
            message["blocks"] = named(message["blocks"])
        self.messages[channel][message["ts"]] = message
        return message

    def find(self, channel: str, ts: str) -> Written:
        """Give a message. Raises Refused when there is none."""
        if ts not in self.messages[channel]:
            raise Refused("message_not_found")
        return self.messages[channel][ts]

    def history(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Answer conversations.history: what stands in the room itself, newest first."""
        need(arguments, "channel")
        check_channel(arguments["channel"])
        written = self.messages[arguments["channel"]].values()
        own = [
            message
            for message in written
            if message.get("thread_ts", message["ts"]) == message["ts"]
        ]
        own.sort(key=lambda message: Decimal(message["ts"]), reverse=True)
        return _page(_between(own, arguments), arguments, default=100)

    def replies(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Answer conversations.replies: the thread's first message, then the others by age."""
        need(arguments, "channel", "ts")
        check_channel(arguments["channel"])
        check_ts(arguments, "ts")
        channel, parent = arguments["channel"], arguments["ts"]
        written = self.messages[channel]
        # What a person wrote came to the bot as an event and is not known here.
        first = written.get(
            parent, {"type": "message", "user": "U0PERSON", "ts": parent, "text": ""}
        )
        others = [
            message
            for message in written.values()
            if message.get("thread_ts") == parent and message["ts"] != parent
        ]
        others.sort(key=lambda message: Decimal(message["ts"]))
        return _page([first, *_between(others, arguments)], arguments, default=1000)


def named(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give every block an id."""
    return [{"block_id": f"b{number}", **block} for number, block in enumerate(blocks)]


def is_on(value: Any) -> bool:
    return value in {True, "1", "true", "True"}


def _between(messages: Iterable[Written], arguments: dict[str, Any]) -> list[Written]:
    oldest = Decimal(str(arguments.get("oldest") or 0))
    latest = Decimal(str(arguments.get("latest") or "Infinity"))
    inclusive = is_on(arguments.get("inclusive"))
    return [
        message
        for message in messages
        if oldest < Decimal(message["ts"]) < latest
        or (inclusive and Decimal(message["ts"]) in {oldest, latest})
    ]


def _page(messages: list[Written], arguments: dict[str, Any], default: int) -> dict[str, Any]:
    limit = int(arguments.get("limit") or default)
    if not 1 <= limit <= 999 + (default == 1000):
        raise Breach("invalid_limit", f"limit {limit}")
    start = _start(arguments.get("cursor") or "next:0")
    end = start + limit
    more = end < len(messages)
    with_metadata = is_on(arguments.get("include_all_metadata"))
    return {
        "messages": [
            message if with_metadata else {k: v for k, v in message.items() if k != "metadata"}
            for message in messages[start:end]
        ],
        "has_more": more,
        "response_metadata": {"next_cursor": f"next:{end}" if more else ""},
    }


def _start(cursor: str) -> int:
    _word, _colon, number = cursor.partition(":")
    if not number.isdecimal():
        raise Breach("invalid_cursor", f"cursor {cursor!r}")
    return int(number)
