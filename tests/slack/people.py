"""Somebody on Slack: what they do reaches the bot as Slack would send it."""

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

from tests.platforms.serving import Sent
from tests.platforms.slack import TEAM, SlackServer
from tests.slack.running import Running, elements

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
ROOM, DESK_ROOM = "C0ROOM", "C0DESK"
PATH = "/slack/events"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
_numbers = count(1)
_PAYLOADS = Path(__file__).parent.parent / "payloads/slack"


def recorded(name: str) -> dict[str, Any]:
    """Give the body of a recorded payload, as of the bot and workspace of the stand-in."""
    text = (_PAYLOADS / f"{name}.json").read_text("utf-8")
    for theirs, ours in {"T061EG9R6": TEAM, "U0LAN0Z89": "U0BOT", "B0BOT00001": "B0BOT"}.items():
        text = text.replace(theirs, ours)
    body: dict[str, Any] = json.loads(text)["body"]
    return body


def signed(body: bytes, *, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """Give the headers by which Slack vouches for a body."""
    stamp = str(int(time.time() if at is None else at))
    base = b":".join([b"v0", stamp.encode(), body])
    signature = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signature}"}


def form(fields: dict[str, Any]) -> bytes:
    return urlencode(fields).encode()


def payload(body: dict[str, Any]) -> bytes:
    """Write an interaction as Slack posts it: a form with one field of JSON."""
    return form({"payload": json.dumps(body)})


def new_ts() -> str:
    return f"1764{next(_numbers):06d}.000100"


def new_trigger() -> str:
    return f"{next(_numbers)}.738474920.f0d7c86c7f7b0b8a"


@dataclass
class Door:
    """Where Slack posts to. Whatever was posted can be posted again."""

    url: str
    last: tuple[bytes, str] = (b"", JSON)

    def post(self, body: bytes, kind: str = JSON, **headers: str) -> httpx.Response:
        self.last = body, kind
        sent = {"Content-Type": kind, **signed(body), **headers}
        return httpx.post(self.url + PATH, content=body, headers=sent, timeout=10)

    def event(self, body: dict[str, Any]) -> httpx.Response:
        return self.post(json.dumps(body).encode())

    def again(self, **headers: str) -> httpx.Response:
        return self.post(*self.last, **headers)


@dataclass
class Person:
    """`team` is another for people of another organization."""

    user: str
    bot: Running
    team: str = TEAM

    def __post_init__(self) -> None:
        self.door = Door(self.bot.url)

    @property
    def slack(self) -> SlackServer:
        return self.bot.slack

    @property
    def chat(self) -> str:
        """The bot's direct message with them."""
        return f"D{self.user[1:]}"

    def message(self, text: str, **changes: Any) -> dict[str, Any]:
        """Make the event of a direct message."""
        return self._event("im-message", text, {"channel": self.chat, **changes})

    def says(self, text: str, **changes: Any) -> list[Sent]:
        """Write to the bot in private; gives what was said there so far."""
        assert 200 == self.door.event(self.message(text, **changes)).status_code
        return self.bot.said_to(self.chat)

    def mentions(self, text: str, *, room: str = ROOM, **changes: Any) -> str:
        """Write to the bot in a room; gives the ts of what was written."""
        body = self._event("mention", f"<@U0BOT> {text}", {"channel": room, **changes})
        if self.team != TEAM:
            body |= {"team_id": self.team, "is_ext_shared_channel": True}
            body["event"] |= {"user_team": self.team, "source_team": self.team}
        assert 200 == self.door.event(body).status_code
        self.bot.settle()
        return str(body["event"]["ts"])

    def commands(self, text: str, *, room: str | None = None) -> str:
        """Type /billing in a room, or in the bot's direct message; gives the acknowledgement."""
        fields = recorded("command-in-channel" if room else "command-in-dm")
        fields |= {"user_id": self.user, "channel_id": room or self.chat, "text": text}
        answer = self.door.post(form({**fields, "trigger_id": new_trigger()}), FORM)
        assert 200 == answer.status_code
        self.bot.settle()
        return answer.text

    def press(self, sent: Sent, label: str) -> dict[str, Any]:
        """Make the interaction of a pressed button."""
        element = next(e for e in elements(sent) if e["text"]["text"] == label)
        return self.interaction(sent, element)

    def presses(self, sent: Sent, label: str) -> httpx.Response:
        return self.interacts(self.press(sent, label))

    def interaction(self, sent: Sent, action: dict[str, Any]) -> dict[str, Any]:
        """Make what Slack sends of something done to a message of the bot."""
        body, channel = recorded("button"), sent.arguments["channel"]
        body["user"] |= {"id": self.user, "team_id": self.team}
        body["trigger_id"] = new_trigger()
        body["container"] |= {"message_ts": sent.message_id, "channel_id": channel}
        body["channel"]["id"] = channel
        body["message"] |= {"ts": sent.message_id, "blocks": sent.arguments["blocks"]}
        if thread := sent.arguments.get("thread_ts"):
            body["message"]["thread_ts"] = body["container"]["thread_ts"] = thread
        body["actions"] = [{"block_id": "b0", **action, "action_ts": new_ts()}]
        return body

    def submission(self, view: dict[str, Any], words: str, topic: str = "") -> dict[str, Any]:
        """Make what Slack sends when a form is filled in."""
        values: dict[str, Any] = {"answer": {"words": {"type": "plain_text_input", "value": words}}}
        if topic:
            chosen = {"type": "static_select", "selected_option": {"value": topic}}
            values["about"] = {"topic": chosen}
        return {
            "type": "view_submission",
            "team": {"id": TEAM, "domain": "maple-dental"},
            "user": {"id": self.user, "name": self.user.lower(), "team_id": self.team},
            "trigger_id": new_trigger(),
            "view": {**view, "state": {"values": values}},
        }

    def interacts(self, body: dict[str, Any]) -> httpx.Response:
        answer = self.door.post(payload(body), FORM)
        self.bot.settle()
        return answer

    def _event(self, name: str, text: str, changes: dict[str, Any]) -> dict[str, Any]:
        body, ts = recorded(name), new_ts()
        body["event_id"] = f"Ev{next(_numbers):08d}"
        body["event"] |= {"user": self.user, "team": self.team, "ts": ts, "event_ts": ts}
        body["event"] |= {"text": text, **changes}
        return body
