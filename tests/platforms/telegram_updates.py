"""Updates that wait for the bot: getUpdates hands them out until an offset confirms them."""

import asyncio
import time
from itertools import count
from typing import Any

from tests.platforms.serving import Refused
from tests.platforms.telegram_checks import bad, check_webhook, number

CONFLICT = (
    "409 Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)
LONGEST_POLL = 50  # seconds
# Sent only to bots that ask for them by name.
UNASKED = {"chat_member", "message_reaction", "message_reaction_count"}


class Updates:
    """`waiting` holds what is not confirmed, `webhook` what setWebhook was given."""

    def __init__(self) -> None:
        self.waiting: dict[int, dict[str, Any]] = {}
        self.webhook: dict[str, Any] = {}
        self._numbers = count(1001)
        self._allowed: list[str] = []
        self._arrived = asyncio.Event()
        self._poll: object = None
        self._closed = False

    def keep(self, update: dict[str, Any]) -> int:
        """Take an update; gives its update_id, made if it has none."""
        update_id = int(update.get("update_id") or next(self._numbers))
        self.waiting[update_id] = {**update, "update_id": update_id}
        return update_id

    async def announce(self) -> None:
        """Wake whoever polls."""
        self._arrived.set()

    async def close(self) -> None:
        self._closed = True
        self._arrived.set()

    async def get(self, arguments: dict[str, Any]) -> list[dict[str, Any]]:
        """Answer getUpdates. Raises Refused, 409, when another one begins or there is a webhook."""
        if self.webhook.get("url"):
            raise Refused(
                "409 Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )
        limit = number(arguments, "limit", 100)
        if not 1 <= limit <= 100:
            raise bad("limit is not from 1 to 100", f"limit {limit}")
        if "allowed_updates" in arguments:
            self._allowed = list(arguments["allowed_updates"] or ())
        self._confirm(number(arguments, "offset", 0))
        seconds = min(number(arguments, "timeout", 0), LONGEST_POLL)
        return (await self._wait(seconds))[:limit]

    async def _wait(self, seconds: int) -> list[dict[str, Any]]:
        mine = self._poll = object()
        self._arrived.set()  # an earlier poll learns of this one
        deadline = time.monotonic() + seconds
        while True:
            if self._poll is not mine:
                raise Refused(CONFLICT)
            found, left = self._wanted(), deadline - time.monotonic()
            if found or left <= 0 or self._closed:
                return found
            self._arrived.clear()
            try:
                await asyncio.wait_for(self._arrived.wait(), left)
            except TimeoutError:
                continue

    def _confirm(self, offset: int) -> None:
        ids = sorted(self.waiting)
        gone = ids[:offset] if offset < 0 else [each for each in ids if each < offset]
        for update_id in gone:
            del self.waiting[update_id]

    def _wanted(self) -> list[dict[str, Any]]:
        for update_id, update in list(self.waiting.items()):
            kinds = update.keys() - {"update_id"}
            if not (kinds & set(self._allowed) if self._allowed else kinds - UNASKED):
                del self.waiting[update_id]
        return [self.waiting[update_id] for update_id in sorted(self.waiting)]

    def set_webhook(self, arguments: dict[str, Any]) -> bool:
        check_webhook(arguments)
        self.webhook = arguments
        self._drop(arguments)
        return True

    def delete_webhook(self, arguments: dict[str, Any]) -> bool:
        self.webhook = {}
        self._drop(arguments)
        return True

    def _drop(self, arguments: dict[str, Any]) -> None:
        if str(arguments.get("drop_pending_updates")).lower() == "true":
            self.waiting.clear()

    def webhook_info(self, _arguments: dict[str, Any]) -> dict[str, Any]:
        kept = ("url", "allowed_updates", "max_connections", "ip_address")
        return {
            "url": "",
            "has_custom_certificate": False,
            "pending_update_count": len(self.waiting),
            **{name: self.webhook[name] for name in kept if name in self.webhook},
        }
