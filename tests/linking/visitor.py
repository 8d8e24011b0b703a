"""Somebody at a browser of their own, on the site's pages."""

import asyncio
import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import httpx
import pytest
from sqlalchemy import event
from sqlmodel import SQLModel, col, select, update
from starlette.applications import Starlette

from bot.bootstrap import Bot
from bot.site.pages import routes
from store import sample
from store.db import Database
from store.models import LinkRequest
from store.models.types import now
from tests.talk import Talk

_numbers = count(1)
MAPLE, ERABLE, BOTH = "demo@maple.example", "demo@erable.example", "bookkeeper@comptable.example"
TECHNICAL = "it@maple.example"
BY_LANGUAGE = pytest.mark.parametrize("language", ["en", "fr"])
PASSWORDS = dict(sample.credentials())
IS_MINE = {"en": "Is this chat yours?", "fr": "Est-ce bien votre clavardage?"}
SIGN_IN = {"en": "Sign in to link your chat", "fr": "Ouvrez une session pour associer"}
GONE = {"en": "This link no longer works", "fr": "Ce lien ne fonctionne plus"}
WRONG = {"username": MAPLE, "password": "not the password"}
_HIDDEN = re.compile(r'name="form" value="([^"]+)"')
_ACTION = re.compile(r'<form method="post" action="([^"]+)"')
_TAGS = re.compile(r"<(?:head>.*?</head|script.*?</script|[^>]+)>", re.DOTALL)


def site(bot: Bot, **changes: object) -> Starlette:
    """The site's pages over a bot's store; `changes` are settings."""
    return Starlette(routes=routes(bot.database, bot.settings.model_copy(update=changes)))


@dataclass
class Visitor:
    """One browser: it keeps its cookies, follows redirects and fills in forms."""

    app: Starlette
    address: str = field(default_factory=lambda: f"2001:db8::{next(_numbers):x}")
    base_url: str = "http://127.0.0.1:8000"
    headers: dict[str, str] = field(default_factory=dict)
    last: httpx.Response | None = None

    def __post_init__(self) -> None:
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, client=(self.address, 50000)),
            base_url=self.base_url,
            headers=self.headers,
            follow_redirects=True,
        )

    def get(self, url: str, method: str = "GET") -> httpx.Response:
        self.last = asyncio.run(self.client.request(method, url))
        return self.last

    def post(self, url: str, data: dict[str, str], **options: Any) -> httpx.Response:
        self.last = asyncio.run(self.client.post(url, data=data, **options))
        return self.last

    @property
    def form_token(self) -> str:
        """The hidden token of the last page's form."""
        assert self.last is not None
        return _HIDDEN.findall(self.last.text)[0]

    def submit(self, values: dict[str, str], **options: Any) -> httpx.Response:
        """Send the form of the last page."""
        assert self.last is not None
        action = html.unescape(_ACTION.findall(self.last.text)[0])
        return self.post(action, {"form": self.form_token, **values}, **options)

    def sign_in(self, url: str, username: str, password: str | None = None) -> httpx.Response:
        self.get(url)
        secret = PASSWORDS[username] if password is None else password
        return self.submit({"username": username, "password": secret})

    def answer(self, answer: str) -> httpx.Response:
        return self.submit({"answer": answer})


def words(response: httpx.Response) -> str:
    """What somebody reads on a page."""
    return " ".join(html.unescape(_TAGS.sub(" ", response.text)).split())


def heading(response):
    (found,) = re.findall(r"<h1>(.*?)</h1>", response.text)
    return html.unescape(found)


def link_of(talk: Talk) -> str:
    """Ask the chat for a sign-in and give the address of its page."""
    message = talk.press("link")
    (url,) = [button.url for button in message.reply.buttons if button.url]
    return url


def token_of(url: str) -> str:
    return url.rsplit("/", 1)[1].partition("?")[0]


def expire(database: Database) -> None:
    """Let every link request be as old as it may get."""
    with database.write() as session:
        past = now() - timedelta(seconds=1)
        session.connection().execute(update(LinkRequest).values(expires_at=past))


def request_of(database: Database) -> LinkRequest:
    """The newest link request."""
    with database.read() as session:
        return session.exec(select(LinkRequest).order_by(col(LinkRequest.id).desc())).first()


def kept(database: Database) -> str:
    """Every row of every table, but for the calls: there are many, and nobody writes them."""
    tables = (table for table in SQLModel.metadata.sorted_tables if table.name != "call_record")
    with database.read() as session:
        connection = session.connection()
        return "\n".join(
            f"{table.name} {tuple(row)!r}"
            for table in tables
            for row in connection.execute(table.select())
        )


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Collect what is said to the store meanwhile."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
