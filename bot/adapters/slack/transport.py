"""Slack: events over HTTP or a web socket in, messages out."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection
from typing import Final

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.adapters.slack.api import SlackApi, describe
from bot.adapters.slack.guard import Guard
from bot.adapters.slack.listeners import Listeners
from bot.adapters.slack.sender import SlackSender
from bot.adapters.slack.settings import SlackSettings
from bot.delivery import Delivery, Sender
from bot.logs import silent
from bot.waiting import backoff, cancelled

log = structlog.get_logger(__name__)

PATH: Final = "/slack/events"
_ADDRESS_SECONDS: Final = 15.0  # that the address of a web socket is tried


class Slack:
    """The platform as the bot is composed of it."""

    def __init__(
        self,
        settings: SlackSettings,
        api: SlackApi,
        delivery: Delivery,
        *,
        commands: Collection[str],
    ) -> None:
        self._settings = settings
        self._api = api
        self._delivery = delivery
        self._commands = commands

    @property
    def sender(self) -> Sender | None:
        if not self._settings.sends:
            return None
        return SlackSender(self._api, self._delivery, self._commands)

    def routes(self) -> list[BaseRoute]:
        """Give what the web application mounts: nothing without a signing secret."""
        if not self._settings.takes_posts:
            return []
        endpoint = _Endpoint(self._settings, self._listeners())
        return [Route(PATH, endpoint.take, methods=["POST"])]

    @contextlib.asynccontextmanager
    async def running(self, *, receives: bool) -> AsyncIterator[None]:
        """Keep the session, and the web socket where there is one, as long as this lasts."""
        if not self._settings.sends:
            yield
            return
        _ = self._api.client  # made on this loop: turns ask it for languages
        tasks = [asyncio.create_task(self._introduce())]
        if receives and self._settings.opens_socket:
            tasks.append(asyncio.create_task(self._listen()))
        try:
            yield
        finally:
            await cancelled(tasks)
            await self._api.close()

    def _listeners(self) -> Listeners:
        return Listeners(self._delivery, self._api, self._commands)

    async def _introduce(self) -> None:
        """Learn who we are; events say so too, so nothing waits for it."""
        for wait in backoff():
            try:
                await self._api.me()
            except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again
                log.warning("slack cannot be reached", error=describe(error))
            else:
                return
            await asyncio.sleep(wait)

    async def _listen(self) -> None:
        """Open the web socket; once open, the handler opens it anew by itself."""
        app = self._listeners().app(self._settings)
        handler = AsyncSocketModeHandler(
            app,
            self._settings.app_token.get_secret_value(),
            logger=silent("slack_bolt.socket"),  # it writes addresses that let others listen
            web_client=self._api.client,
        )
        renewing = asyncio.create_task(_renew_address(handler.client))
        try:
            await handler.client.connect()  # type: ignore[no-untyped-call]  # until it succeeds
            log.info("slack: socket open")
            await renewing
        finally:
            renewing.cancel()
            await handler.client.close()  # type: ignore[no-untyped-call]


async def _renew_address(client: SocketModeClient) -> None:
    """Drop an address that does not open: it runs out, and the library would try it for ever."""
    while True:
        await asyncio.sleep(_ADDRESS_SECONDS)
        if not await client.is_connected():
            log.warning("slack: the socket does not open; is SLACK_APP_TOKEN right?")
            client.wss_uri = None


class _Endpoint:
    def __init__(self, settings: SlackSettings, listeners: Listeners) -> None:
        self._guard = Guard(settings.signing_secret.get_secret_value())
        self._app = listeners.app(settings)

    async def take(self, request: Request) -> Response:
        """Answer within Slack's three seconds: 200 once it is kept, 4xx for what is not Slack's."""
        try:
            admitted = await self._guard.admit(request)
        except HTTPException as error:
            return JSONResponse({"error": error.detail}, error.status_code)
        answer = await self._app.async_dispatch(admitted)
        if answer.status >= 500 and answer.status != 503:  # noqa: PLR2004 - HTTP's own numbers
            # What we fail at is 503: the library did not find its way in the body.
            log.error("slack: event failed", status=answer.status)
            return JSONResponse({"error": "not_readable"}, 400)
        kind = answer.headers.get("content-type", ["text/plain"])[0]
        return Response(answer.body, answer.status, media_type=kind)
