"""Bare echo bots: the platforms' own libraries and nothing of ours, each a program of its own.

`python -m benchmarks._echo KIND API_URL` prints the address it serves on.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import uvicorn
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Update
from telegram.ext import Application, MessageHandler, filters

from bot.adapters.telegram.http import AiohttpRequest

SIGNING_SECRET = "bench-signing-secret"  # noqa: S105 - of this benchmark alone
Background = Callable[[], Awaitable[Any]]


async def slack(api_url: str, *, socket: bool) -> tuple[list[Route], Background | None]:
    client = AsyncWebClient(
        token="xoxb-test",  # noqa: S106 - the stand-in's
        base_url=f"{api_url}/api/",
        session=aiohttp.ClientSession(),
        retry_handlers=[],
    )
    app = AsyncApp(client=client, signing_secret=SIGNING_SECRET)

    @app.event("message")
    async def echo(event: dict[str, Any], say: Callable[..., Awaitable[Any]]) -> None:
        await say(event["text"])

    if socket:
        handler = AsyncSocketModeHandler(app, "xapp-test")
        return [], handler.start_async
    bolt = AsyncSlackRequestHandler(app)

    async def take(request: Request) -> Response:
        return await bolt.handle(request)

    return [Route("/slack/events", take, methods=["POST"])], None


async def telegram(
    api_url: str, *, polling: bool, stock: bool
) -> tuple[list[Route], Background | None]:
    builder = Application.builder().token("123456:TEST").base_url(f"{api_url}/bot")
    if not stock:
        builder = builder.request(AiohttpRequest()).get_updates_request(AiohttpRequest())
    if not polling:
        builder = builder.updater(None)
    application = builder.build()

    async def echo(update: Update, _context: Any) -> None:
        assert update.message
        await update.message.reply_text(update.message.text or "")

    application.add_handler(MessageHandler(filters.TEXT, echo))
    await application.initialize()
    await application.start()
    if polling:
        assert application.updater
        return [], application.updater.start_polling

    async def take(request: Request) -> Response:
        update = Update.de_json(await request.json(), application.bot)
        await application.update_queue.put(update)
        return Response()

    return [Route("/telegram/webhook", take, methods=["POST"])], None


async def main(kind: str, api_url: str, port: int) -> None:
    if kind.startswith("slack"):
        routes, background = await slack(api_url, socket=kind == "slack-socket")
    else:
        routes, background = await telegram(
            api_url, polling=kind == "telegram-polling", stock=kind == "telegram-stock"
        )
    task = asyncio.ensure_future(background()) if background else None
    app = Starlette(routes=[*routes, Route("/healthz", lambda _request: Response("ok"))])
    config = uvicorn.Config(app, port=port, log_level="critical", access_log=False)
    await uvicorn.Server(config).serve()
    if task:
        task.cancel()
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
