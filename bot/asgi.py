"""The one web application: mounts what the adapters and the site bring, and the health checks."""

import asyncio
import hmac
import ipaddress
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot import metrics
from bot.jobs.gauges import Gauges
from bot.settings import Settings
from store.db import Database

log = structlog.get_logger(__name__)

Background = Callable[[], AbstractAsyncContextManager[None]]


def application(
    settings: Settings,
    database: Database,
    *,
    routes: Sequence[BaseRoute],
    background: Sequence[Background] = (),
) -> Starlette:
    """Put the routes together; `background` runs as long as the application does."""
    health = _Health(settings, database)
    checks = [
        Route("/healthz", health.alive),
        Route("/readyz", health.ready),
        Route("/metrics", health.metrics),
    ]

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with _all(background):
            yield

    return Starlette(routes=[*checks, *routes], lifespan=lifespan)


@asynccontextmanager
async def _all(background: Sequence[Background]) -> AsyncIterator[None]:
    if not background:
        yield
        return
    async with background[0](), _all(background[1:]):
        yield


class _Health:
    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._gauges = Gauges(database)

    async def alive(self, _request: Request) -> Response:
        """Answer as long as the process does."""
        return PlainTextResponse("ok\n")

    async def ready(self, _request: Request) -> Response:
        """Tell whether the store is there and up to date."""
        try:
            current = await asyncio.to_thread(self._database.is_current)
        except Exception as error:  # noqa: BLE001 - whatever it is, the store cannot be used
            log.warning("not ready", error=type(error).__name__)
            return JSONResponse({"ready": False, "store": "unreachable"}, 503)
        if not current:
            return JSONResponse({"ready": False, "store": "run billing-bot db upgrade"}, 503)
        return JSONResponse({"ready": True})

    async def metrics(self, request: Request) -> Response:
        """Give the figures to this machine, or to whoever has the token."""
        if not (self._is_here(request) or self._has_token(request)):
            return PlainTextResponse("forbidden\n", 403)
        try:
            await asyncio.to_thread(self._gauges.measure)
        except Exception as error:  # noqa: BLE001 - what this process counted is told all the same
            log.warning("gauges not measured", error=type(error).__name__)
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    def _is_here(self, request: Request) -> bool:
        # Behind a proxy every peer is local: then the token decides alone.
        if request.headers.get("x-forwarded-for") or request.headers.get("forwarded"):
            return False
        try:
            return ipaddress.ip_address(request.client.host if request.client else "").is_loopback
        except ValueError:
            return False

    def _has_token(self, request: Request) -> bool:
        token = self._settings.metrics_token.get_secret_value()
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        return bool(token) and hmac.compare_digest(given.encode(), token.encode())
