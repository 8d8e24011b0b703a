"""The web chat: its page at `/`, and the routes under `/chat` that the page talks to."""

import asyncio
from typing import Any, Final
from urllib.parse import urlsplit

from sse_starlette import EventSourceResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as AsgiMessage

from bot.adapters.web import downloads, incoming, visitors
from bot.adapters.web.feed import Feed, state
from bot.adapters.web.page import STATIC_DIR, render_page
from bot.adapters.web.renderer import render
from bot.adapters.web.settings import WebSettings
from bot.delivery import Delivery, Message, StoreDown
from bot.i18n import known
from bot.messages import Address
from bot.messages import Request as Turn
from bot.settings import Settings

_PING_SECONDS: Final = 15
_RETRY_SECONDS: Final = 0.3  # between two looks whether an earlier line has been answered
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",  # unless the answer says otherwise itself
}


def routes(delivery: Delivery, settings: Settings) -> list[BaseRoute]:
    """Give what the one web application mounts."""
    return WebChat(delivery, WebSettings(base_url=settings.base_url)).routes()


class WebChat:
    """Serves the chat page over one Delivery."""

    def __init__(self, delivery: Delivery, settings: WebSettings) -> None:
        self._delivery = delivery
        self._settings = settings
        self._feed = Feed(delivery, settings)

    def routes(self) -> list[BaseRoute]:
        guard = [
            Middleware(_SafeHeaders),
            Middleware(
                ExceptionMiddleware, handlers={StoreDown: _store_down, HTTPException: _refused}
            ),
        ]
        chat = [
            Route("/messages", self.history, methods=["GET"]),
            Route("/messages", self.say, methods=["POST"]),
            Route("/events", self.events, methods=["GET"]),
            Route("/sign-out", self.sign_out, methods=["POST"]),
            Route("/files/{ref}", self.file, methods=["GET"]),
            Route("/files/{ref}/link", self.file_link, methods=["POST"]),
            Mount("/static", _Static(directory=STATIC_DIR)),
        ]
        return [
            Route("/", self.page, methods=["GET"], middleware=guard),
            Mount("/chat", routes=chat, middleware=guard),
        ]

    async def page(self, request: Request) -> Response:
        """Serve the page; it needs no store, so it is there even while that is down."""
        language, secure = visitors.language_of(request), self._settings.secure
        response = HTMLResponse(render_page(language))
        if known(request.query_params.get("lang")):
            visitors.keep_language(response, language, secure=secure)
        if visitors.token_of(request) is None:
            visitors.give(response, visitors.new_token(), secure=secure)
        return response

    async def history(self, request: Request) -> Response:
        """Give the visitor's open conversation, and who is signed in."""
        token, language = visitors.token_of(request), visitors.language_of(request)
        if token is None:
            return JSONResponse({"messages": [], "signed_in": None, "language": language})
        address = visitors.address_of(token)
        said = await run_in_threadpool(self._delivery.history, address)
        holder = await run_in_threadpool(self._delivery.holder, address)
        shown = [render(message) for message in said]
        return JSONResponse({"messages": shown, "signed_in": state(holder), "language": language})

    async def say(self, request: Request) -> Response:
        """Take a line or a pressed button, and answer it."""
        self._refuse_foreign(request)
        said = await incoming.read(request)
        known_token = visitors.token_of(request)
        token = known_token or visitors.new_token()
        turn = incoming.turn(said, visitors.address_of(token), visitors.language_of(request))
        answers, closed = await self._answers(turn)
        shown = [render(message) for message in answers]
        if answers and turn.text:
            shown.insert(0, render(incoming.own_line(turn, answers[0])) | {"id": said["id"]})
        response = JSONResponse({"messages": shown, "closed": closed})
        if known_token is None:
            visitors.give(response, token, secure=self._settings.secure)
        return response

    async def events(self, request: Request) -> Response:
        """Stream what arrives by itself, and who is signed in."""
        token = visitors.token_of(request)
        if token is None:
            return Response(status_code=204)  # tells the browser not to come back
        address = visitors.address_of(token)
        return EventSourceResponse(self._feed.follow(address), ping=_PING_SECONDS)

    async def sign_out(self, request: Request) -> Response:
        """End the link and the conversation; what comes next is said by a new visitor."""
        self._refuse_foreign(request)
        response = Response(status_code=204)
        token = visitors.token_of(request)
        if token is not None:
            address = visitors.address_of(token)
            await run_in_threadpool(self._delivery.sign_out, address)
            self._feed.recheck(address)
        visitors.give(response, visitors.new_token(), secure=self._settings.secure)
        return response

    async def file(self, request: Request) -> Response:
        """Stream a file to whoever may see it at this moment."""
        address = _known_address(request)
        return await downloads.answer(request, self._delivery, address, request.path_params["ref"])

    async def file_link(self, request: Request) -> Response:
        """Give the address by which this visitor may download a file, once and soon."""
        self._refuse_foreign(request)
        address = _known_address(request)
        return JSONResponse(
            {"url": await downloads.link(self._delivery, address, request.path_params["ref"])}
        )

    async def _answers(self, turn: Turn) -> tuple[tuple[Message, ...], bool]:
        """Wait for the answers, and tell whether they are all: a double click has none.

        Behind an earlier line it may take a while. Empty and not all when it takes too long: then
        they arrive by themselves.
        """
        answers = await self._delivery.converse(turn)
        for _ in range(int(self._settings.patience_seconds / _RETRY_SECONDS)):
            if answers:
                return answers, True
            closed = await run_in_threadpool(self._delivery.is_closed, turn)  # asked first
            answers = await run_in_threadpool(self._delivery.answers, turn)
            if closed:
                return answers, True
            await asyncio.sleep(_RETRY_SECONDS)
        return answers, bool(answers)

    def _refuse_foreign(self, request: Request) -> None:
        """Refuse what another site's page sends with our visitor's cookie."""
        origin = request.headers.get("origin")
        if origin is None:  # no browser
            return
        own = {urlsplit(self._settings.base_url).netloc, request.headers.get("host")}
        if urlsplit(origin).netloc not in own:
            raise HTTPException(403, "foreign_origin")


def _known_address(request: Request) -> Address:
    """Give a visitor's conversation. Raises HTTPException for who has none: no file is theirs."""
    token = visitors.token_of(request)
    if token is None:
        raise HTTPException(404)
    return visitors.address_of(token)


async def _store_down(_request: Request, _error: Exception) -> Response:
    return JSONResponse({"error": "store_down"}, 503, headers={"Retry-After": "2"})


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for nothing else
    return JSONResponse({"error": error.detail}, error.status_code, headers=error.headers)


class _Static(StaticFiles):
    """Files that a browser keeps but asks after, so that a new version shows at once."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


class _SafeHeaders:
    """Adds the headers that every answer of the chat carries."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_safely(message: AsgiMessage) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_safely)
