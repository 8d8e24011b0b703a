"""A browser for the web chat's routes: it keeps its cookies and posts what the page posts."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
from starlette.applications import Starlette

from bot.adapters.web import visitors
from bot.messages import Address

SITE = "http://127.0.0.1:8000"


class Browser:
    def __init__(self, app: Starlette, *, base_url: str = SITE, **options: Any) -> None:
        transport = httpx.ASGITransport(app)
        self.client = httpx.AsyncClient(transport=transport, base_url=base_url, **options)
        self.cookies = self.client.cookies

    @property
    def address(self) -> Address:
        return visitors.address_of(self.cookies[visitors.VISITOR_COOKIE])

    def get(self, url: str, **options: Any) -> httpx.Response:
        return asyncio.run(self.client.get(url, **options))

    def head(self, url: str) -> httpx.Response:
        return asyncio.run(self.client.head(url))

    def post(self, url: str, **options: Any) -> httpx.Response:
        return asyncio.run(self.client.post(url, **options))

    def link(self, file: str) -> str:
        """Ask for the one-time address of a file, as the page does when one is pressed."""
        return str(self.post(f"{file}/link").json()["url"])

    def say(self, said: dict[str, Any], **options: Any) -> httpx.Response:
        return self.post("/chat/messages", json=said, **options)

    def history(self) -> list[dict[str, Any]]:
        return self.get("/chat/messages").json()["messages"]


def turn(text: Any = "How do I set up Auto Pay?", **more: Any) -> dict[str, Any]:
    """What the page posts for a typed line or a pressed button."""
    return {"id": str(uuid4()), "text": text, **more}
