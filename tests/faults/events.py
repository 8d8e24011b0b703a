"""The events of a run: who asks what, when, and what a platform posts for it."""

import hashlib
import hmac
import json
import random
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass

from tests.platforms import slack, telegram

SECRET = "a-shared-secret-of-this-run"
OF_A_CONVERSATION = 20  # different events
REPEATED = 0.2  # of the different ones are posted a second time
PER_SECOND = 100.0  # posts of a run, unless its conversations are few
SHORTEST_PAUSE = 1.0  # seconds between the events of a conversation, on average
LATEST_REPETITION = 10.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One message of a person; its answer says back the number that it asks about."""

    conversation: int
    number: int  # within the conversation, from 1
    pause: float  # seconds before it is posted
    repeated_after: float | None  # seconds; 0 is at the same time

    @property
    def text(self) -> str:
        return f"INV9{self.conversation:04}{self.number:03}"


def conversations(posts: int, seed: int, pause: float | None = None) -> list[list[Event]]:
    """Choose the events of so many posts in all, a share of which are repetitions.

    `pause` is the average time between two events of a conversation, in seconds.
    """
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    different = round(posts / (1 + REPEATED))
    repeated = set(chance.sample(range(different), posts - different))
    rooms = max(1, different // OF_A_CONVERSATION)
    pause = pause or max(SHORTEST_PAUSE, rooms / PER_SECOND)
    found: list[list[Event]] = [[] for _ in range(rooms)]
    for index in range(different):
        later = chance.choice((0.0, chance.uniform(0, LATEST_REPETITION)))
        event = Event(
            conversation=index % rooms + 1,
            number=index // rooms + 1,
            pause=chance.uniform(0, 2 * pause),
            repeated_after=later if index in repeated else None,
        )
        found[index % rooms].append(event)
    return found


class Side(ABC):
    """One platform: what it posts, and what the bot has to be told of it."""

    name: str
    workspace = ""
    path: str

    @abstractmethod
    def user(self, conversation: int) -> str: ...

    @abstractmethod
    def room(self, conversation: int) -> str: ...

    @abstractmethod
    def body(self, event: Event) -> bytes: ...

    @abstractmethod
    def headers(self, body: bytes, attempt: int) -> dict[str, str]: ...

    @abstractmethod
    def environment(self, url: str) -> dict[str, str]: ...


class Slack(Side):
    name = "slack"
    workspace = slack.TEAM
    path = "/slack/events"

    def user(self, conversation: int) -> str:
        return f"U0FAULT{conversation:04}"

    def room(self, conversation: int) -> str:
        return f"D0FAULT{conversation:04}"

    def body(self, event: Event) -> bytes:
        at = 1_764_000_000 + event.number
        said = {
            "type": "message",
            "channel_type": "im",
            "channel": self.room(event.conversation),
            "user": self.user(event.conversation),
            "team": slack.TEAM,
            "text": event.text,
            "ts": f"{at}.{event.conversation:06}",
        }
        who = {"team_id": slack.TEAM, "user_id": slack.AUTHOR["user"], "is_bot": True}
        callback = {
            "type": "event_callback",
            "event_id": f"Ev{event.text}",
            "event_time": at,
            "team_id": slack.TEAM,
            "api_app_id": "A0BILLING",
            "authorizations": [who],
            "is_ext_shared_channel": False,
            "event": said,
        }
        return json.dumps(callback).encode()

    def headers(self, body: bytes, attempt: int) -> dict[str, str]:
        stamp = str(int(time.time()))
        signed = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256)
        again = {"x-slack-retry-num": str(attempt), "x-slack-retry-reason": "http_timeout"}
        return {
            "content-type": "application/json",
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": f"v0={signed.hexdigest()}",
            **(again if attempt else {}),
        }

    def environment(self, url: str) -> dict[str, str]:
        return {
            "SLACK_BOT_TOKEN": slack.BOT_TOKEN,
            "SLACK_SIGNING_SECRET": SECRET,
            "BILLING_BOT_SLACK_API_URL": f"{url}/api/",
        }


class Telegram(Side):
    name = "telegram"
    path = "/telegram/webhook"

    def user(self, conversation: int) -> str:
        return str(411_000_000 + conversation)

    def room(self, conversation: int) -> str:
        return self.user(conversation)

    def body(self, event: Event) -> bytes:
        person = {"id": int(self.user(event.conversation)), "first_name": "Ana"}
        update = {
            "update_id": event.conversation * 1_000 + event.number,
            "message": {
                "message_id": event.number,
                "date": 1_764_000_000 + event.number,
                "from": {**person, "is_bot": False, "language_code": "en"},
                "chat": {**person, "type": "private"},
                "text": event.text,
            },
        }
        return json.dumps(update).encode()

    def headers(self, body: bytes, attempt: int) -> dict[str, str]:
        return {
            "content-type": "application/json",
            "x-telegram-bot-api-secret-token": SECRET,
        }

    def environment(self, url: str) -> dict[str, str]:
        return {
            "TELEGRAM_BOT_TOKEN": telegram.TOKEN,
            "BILLING_BOT_TELEGRAM_API_URL": f"{url}/bot",
            "BILLING_BOT_TELEGRAM_MODE": "webhook",
            "BILLING_BOT_TELEGRAM_WEBHOOK_SECRET": SECRET,
            "BILLING_BOT_TELEGRAM_MESSAGES_PER_SECOND": "10000",
        }
