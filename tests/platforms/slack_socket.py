"""Slack's Socket Mode: envelopes go out over websockets until they are acknowledged."""

import asyncio
from typing import Any

from aiohttp import WSMsgType, web

HELLO = {
    "type": "hello",
    "num_connections": 1,
    "connection_info": {"app_id": "A0APP"},
    "debug_info": {"host": "applink-0", "approximate_connection_time": 18060},
}


class SocketMode:
    """A websocket server of its own beside the HTTP one.

    An envelope goes to one connection; if that closes before the acknowledgement, to another.
    `acks` holds the payload of each acknowledgement, or None, by envelope_id.
    """

    def __init__(self, breaches: list[str]) -> None:
        self.acks: dict[str, Any] = {}
        self.url = ""
        self._breaches = breaches
        self._waiting: dict[str, dict[str, Any]] = {}
        self._carriers: dict[str, web.WebSocketResponse] = {}
        self._connections: list[web.WebSocketResponse] = []

    @property
    def connections(self) -> int:
        return len(self._connections)

    async def open(self) -> None:
        app = web.Application()
        app.router.add_get("/link", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"ws://{host}:{port}/link"

    async def close(self) -> None:
        await self.hang_up()
        await self._runner.cleanup()

    async def hang_up(self) -> None:
        """Close every connection; a client that wants more comes back."""
        for connection in list(self._connections):
            await connection.close()

    def keep(self, envelope: dict[str, Any]) -> None:
        """Take an envelope; `deliver` sends it."""
        self._waiting[envelope["envelope_id"]] = envelope

    async def deliver(self) -> None:
        """Send what no open connection carries yet."""
        for envelope_id, envelope in list(self._waiting.items()):
            if not self._connections:
                return
            if self._carriers.get(envelope_id) not in self._connections:
                await self._send(envelope_id, envelope)

    async def _send(self, envelope_id: str, envelope: dict[str, Any]) -> None:
        again = envelope_id in self._carriers
        connection = self._connections[0]
        self._connections.append(self._connections.pop(0))  # each in its turn
        self._carriers[envelope_id] = connection
        if again and "retry_attempt" in envelope:
            envelope["retry_attempt"] += 1
        try:
            await connection.send_json(envelope)
        except ConnectionError:
            self._carriers.pop(envelope_id, None)

    async def _serve(self, request: web.Request) -> web.WebSocketResponse:
        connection = web.WebSocketResponse()
        await connection.prepare(request)
        await connection.send_json(HELLO)
        self._connections.append(connection)
        await self.deliver()
        try:
            async for frame in connection:
                if frame.type is WSMsgType.TEXT:
                    self._acknowledge(frame.json())
        finally:
            self._connections.remove(connection)
            await asyncio.shield(self.deliver())
        return connection

    def _acknowledge(self, ack: dict[str, Any]) -> None:
        envelope_id = ack.get("envelope_id")
        if envelope_id not in self._waiting and envelope_id not in self.acks:
            self._breaches.append(f"socket: an acknowledgement of {envelope_id!r}, never sent")
            return
        self._waiting.pop(envelope_id, None)
        self.acks[envelope_id] = ack.get("payload")
