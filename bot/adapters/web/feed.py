"""What arrives by itself: one look at the store for all the pages that this process serves."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

import structlog

from bot.adapters.web.renderer import render
from bot.adapters.web.settings import WebSettings
from bot.delivery import Delivery, Holder, Message, StoreDown
from bot.messages import Address

log = structlog.get_logger(__name__)

Event = dict[str, str]  # as sse-starlette sends it: its name and its data


@dataclass(eq=False, slots=True)
class _Page:
    """One open page, and what it knows already."""

    address: Address
    events: asyncio.Queue[Event] = field(default_factory=asyncio.Queue)
    seen: frozenset[str] = frozenset()  # refs of the last look; what left that window is past
    signed_in: dict[str, str] | None = None
    asked_at: float | None = None  # when we last looked who is signed in

    def tell(self, messages: Iterable[Message]) -> bool:
        """Queue what is new. True if anything was."""
        new = [message for message in messages if message.ref not in self.seen]
        self.seen = frozenset(message.ref for message in messages)
        for message in new:
            self._put("message", render(message))
        return bool(new)

    def tell_state(self, holder: Holder | None) -> None:
        signed_in = state(holder)
        if self.asked_at is None or signed_in != self.signed_in:
            self._put("state", {"signed_in": signed_in})
        self.signed_in, self.asked_at = signed_in, time.monotonic()

    def _put(self, name: str, data: dict[str, Any]) -> None:
        self.events.put_nowait({"event": name, "data": json.dumps(data)})


class Feed:
    """Looks while pages are open, and only then."""

    def __init__(self, delivery: Delivery, settings: WebSettings) -> None:
        self._delivery = delivery
        self._settings = settings
        self._pages: set[_Page] = set()
        self._task: asyncio.Task[None] | None = None

    async def follow(self, address: Address) -> AsyncIterator[Event]:
        """Give a page its events until it goes away."""
        page = _Page(address)
        self._pages.add(page)
        if self._task is None:
            self._task = asyncio.create_task(self._watch())
        try:
            while True:
                yield await page.events.get()
        finally:
            self._pages.discard(page)

    def recheck(self, address: Address) -> None:
        """Tell the other pages of a visitor soon that somebody signed out."""
        for page in self._pages:
            if page.address == address and page.asked_at is not None:
                page.asked_at = 0.0

    async def _watch(self) -> None:
        while self._pages:
            try:
                await self._look()
            except StoreDown:
                log.warning("the store is down: pages hear nothing for now")
            except Exception:
                log.exception("a look for new messages failed")
            await asyncio.sleep(self._settings.poll_seconds)
        self._task = None

    async def _look(self) -> None:
        pages = tuple(self._pages)
        addresses = {page.address for page in pages}
        fresh = await asyncio.to_thread(self._delivery.fresh, addresses)
        due = [page for page in pages if page.tell(fresh.get(page.address, ())) or self._due(page)]
        for page in due:
            page.tell_state(await asyncio.to_thread(self._delivery.holder, page.address))

    def _due(self, page: _Page) -> bool:
        waited = time.monotonic() - (page.asked_at or 0.0)
        return page.asked_at is None or waited >= self._settings.state_seconds


def state(holder: Holder | None) -> dict[str, str] | None:
    """Write who is signed in, as the page shows it."""
    return asdict(holder) if holder else None
