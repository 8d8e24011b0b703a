"""Telegram: updates by webhook or long polling in, messages out."""

import asyncio
import contextlib
import hmac
import json
from collections.abc import AsyncIterator, Collection, Mapping
from typing import Any, Final

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from telegram.error import TelegramError

from bot import bodies
from bot.adapters.telegram import incoming
from bot.adapters.telegram.api import TelegramApi, describe
from bot.adapters.telegram.renderer import pressed
from bot.adapters.telegram.sender import BURST, TelegramSender
from bot.adapters.telegram.settings import PATH, TelegramSettings
from bot.adapters.telegram.typing import Typing
from bot.delivery import Delivery, Rate, Sender, StoreDown
from bot.messages import Request
from bot.waiting import LONGEST_WAIT, backoff, cancelled

log = structlog.get_logger(__name__)

BODY_LIMIT: Final = 1024 * 1024  # bytes
SECRET_HEADER: Final = "x-telegram-bot-api-secret-token"  # noqa: S105 - a header's name
POLLER: Final = "telegram-poller"  # one process of all polls
LEASE_SECONDS: Final = 15.0


class NotReadable(Exception):
    """An update that cannot be judged before Telegram has told who the bot is."""


class Telegram:
    """The platform as the bot is composed of it."""

    def __init__(
        self,
        settings: TelegramSettings,
        api: TelegramApi,
        delivery: Delivery,
        *,
        commands: Collection[str],
    ) -> None:
        self._settings = settings
        self._api = api
        self._delivery = delivery
        self._commands = commands
        self._typing = Typing(api)
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def sender(self) -> Sender | None:
        if not self._settings.is_on:
            return None
        rate = Rate(seconds=1 / self._settings.telegram_messages_per_second, burst=BURST)
        return TelegramSender(self._api, self._delivery, self._typing, rate, self._commands)

    def routes(self) -> list[BaseRoute]:
        """Give what the web application mounts: nothing without a token and a secret."""
        if not self._settings.takes_posts:
            return []
        return [Route(PATH, self._take, methods=["POST"])]

    @contextlib.asynccontextmanager
    async def running(self, *, receives: bool) -> AsyncIterator[None]:
        """Keep the sessions, and poll where that is the way, as long as this lasts."""
        if not self._settings.is_on:
            yield
            return
        polling = None
        if receives and self._settings.polls:
            polling = asyncio.create_task(self._poll())
        try:
            yield
        finally:
            if polling is not None:
                await cancelled([polling])
            await self._typing.close()
            await cancelled(self._tasks)
            await self._api.close()

    async def _take(self, http: HttpRequest) -> Response:
        """Answer 200 once an update is kept; 4xx for what is not Telegram's."""
        given = http.headers.get(SECRET_HEADER, "").encode("latin-1", "replace")
        secret = self._settings.telegram_webhook_secret.get_secret_value().encode()
        if not hmac.compare_digest(given, secret):
            return _refused(403, "not_telegram")
        try:
            update = _read(await bodies.read(http, BODY_LIMIT))
        except HTTPException as error:
            return _refused(error.status_code, error.detail)
        try:
            await self._receive(update)
        except (StoreDown, NotReadable):
            return _refused(503, "not_taken")  # Telegram sends it again
        except Exception:
            log.exception("telegram: update not kept")
            return _refused(503, "not_taken")
        return Response()

    async def _receive(self, update: Mapping[str, Any]) -> None:
        """Keep an update in the inbox. Raises StoreDown and NotReadable."""
        await self._keep(update, await self._request(update))

    async def _keep(self, update: Mapping[str, Any], request: Request | None) -> None:
        if request is not None:
            event = await self._delivery.receive(request)
            if event.repeated:
                return
            if not request.is_pressed:
                self._typing.expect(request.room, request.thread)
        callback = incoming.callback_id(update)
        if callback is not None:  # whatever came of the press
            self._soon(self._release(callback))

    async def _request(self, update: Mapping[str, Any]) -> Request | None:
        me = await self._api.me()
        if me.username is None and _is_of_a_group(update):
            raise NotReadable
        request = incoming.of_update(update, me=me, commands=self._commands)
        stored = pressed(request.action) if request and request.action else None
        if request is None or stored is None:
            return request
        return await self._delivery.pressed(request, *stored)

    async def _release(self, callback: str) -> None:
        """Let the pressed button stop turning."""
        with contextlib.suppress(TelegramError, TimeoutError):
            await self._api.bot.answer_callback_query(callback)

    def _soon(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _poll(self) -> None:
        """Ask for updates as long as this process has the lease; confirm them once kept."""
        offset: int | None = None
        waits = backoff()
        async with self._lease() as held:
            while True:
                await held.wait()
                try:
                    offset = await self._ask(offset)
                    waits = backoff()
                except (TelegramError, TimeoutError, StoreDown, NotReadable) as error:
                    log.warning("telegram: no updates for now", error=describe(error))
                    await asyncio.sleep(next(waits))
                except Exception:
                    log.exception("telegram: polling failed")
                    await asyncio.sleep(LONGEST_WAIT)

    async def _ask(self, offset: int | None) -> int | None:
        """Keep the next updates, in their order; gives the offset that confirms them."""
        updates = await self._api.updates(offset)
        # Read first, which may take a look at the store, then kept all together in their order.
        requests = [(update, await self._request(update)) for update in updates]
        await asyncio.gather(*(self._keep(*read) for read in requests))
        numbers = [u["update_id"] for u in updates if isinstance(u.get("update_id"), int)]
        return max(numbers) + 1 if numbers else offset

    @contextlib.asynccontextmanager
    async def _lease(self) -> AsyncIterator[asyncio.Event]:
        """Try to be the one that polls; the event is set as long as this process is."""
        held = asyncio.Event()

        async def keep() -> None:
            while True:
                try:
                    mine = await self._delivery.hold(POLLER, LEASE_SECONDS)
                except StoreDown:
                    mine = False
                (held.set if mine else held.clear)()
                await asyncio.sleep(LEASE_SECONDS / 3)

        keeping = asyncio.create_task(keep())
        try:
            yield held
        finally:
            await cancelled([keeping])
            if held.is_set():
                with contextlib.suppress(StoreDown):
                    await self._delivery.let_go(POLLER)


def _read(body: bytes) -> dict[str, Any]:
    """Read an update. Raises HTTPException 400 for what is none."""
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        raise HTTPException(400, "not_readable") from None
    if not isinstance(update, dict) or type(update.get("update_id")) is not int:
        raise HTTPException(400, "not_readable")
    return update


def _is_of_a_group(update: Mapping[str, Any]) -> bool:
    message = update.get("message") or update.get("edited_message")
    chat = message.get("chat") if isinstance(message, Mapping) else None
    return isinstance(chat, Mapping) and chat.get("type") != "private"


def _refused(status: int, why: str) -> Response:
    return JSONResponse({"error": why}, status)
