"""What the stand-ins share: a server in a thread or a program, a record, faults and breaches."""

import asyncio
import inspect
import json
import socket
import threading
import time
from abc import ABC, abstractmethod
from argparse import ArgumentParser
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from tests.platforms.faults import Fault, Faults

Method = Callable[[dict[str, Any]], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    id: int
    at: float  # seconds since 1970
    method: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent(Call):
    """A sending call that was accepted: what people can see."""

    message_id: str  # the platform's; of an upload to Slack, of the file
    lost: bool  # the caller was never told


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call; records name it without its bytes."""

    filename: str
    media_type: str
    content: bytes


class Refused(Exception):
    """What the platform answers instead; the caller did nothing wrong."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class Breach(Refused):
    """A call that the platform's documentation forbids."""

    def __init__(self, error: str, reason: str) -> None:
        super().__init__(error)
        self.reason = reason


class LocalServer(ABC):
    """One platform on 127.0.0.1: `with TheServer() as server: server.url`.

    `calls` holds every call, `sent` the accepted sending ones, `breaches` what was wrong with
    calls, as "method: reason". With `state` each accepted sending call is also one JSON line of
    that file, written before the caller is answered.
    """

    sends: frozenset[str]  # the methods that faults befall
    crashed: str  # the platform's error for a call that it cannot make sense of
    methods: Mapping[str, Method]

    def __init__(
        self, *, port: int = 0, faults: Faults | None = None, state: Path | None = None
    ) -> None:
        self.faults = faults or Faults()
        self.calls: list[Call] = []
        self.sent: list[Sent] = []
        self.breaches: list[str] = []
        self._numbers = count(1)
        self._state = state.open("a", encoding="utf-8") if state else None
        self._socket = socket.create_server(("127.0.0.1", port), backlog=512)
        # Without it every answer, sent as head and body, waits 40 ms for an acknowledgement.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.host = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.url = f"http://{self.host}"
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server = _Server(
            self.closing,
            uvicorn.Config(
                Starlette(routes=[*self.routes(), *self._controls()]),
                http=H11Protocol,
                ws="none",
                lifespan="off",
                log_config=None,
                log_level=None,
                access_log=False,
                proxy_headers=False,
                timeout_graceful_shutdown=2,
            ),
        )
        self._thread = threading.Thread(target=self.run, daemon=True)

    @abstractmethod
    def routes(self) -> list[Route]: ...

    @abstractmethod
    def refusal(self, error: str) -> Response: ...

    @abstractmethod
    def fault(self, fault: Fault) -> Response: ...

    @abstractmethod
    def success(self, result: Any) -> Response: ...

    @abstractmethod
    def name(self, result: Any) -> str:
        """Give the platform's id of what a sending call made."""

    @abstractmethod
    def unknown(self, method: str) -> Breach: ...

    @abstractmethod
    def push(self, event: dict[str, Any]) -> Any:
        """Have the bot fetch an event, from any thread."""

    @abstractmethod
    async def opening(self) -> None:
        """Start what the platform needs beside HTTP."""

    @abstractmethod
    async def closing(self) -> None:
        """Let go of whoever waits."""

    def __enter__(self) -> Self:
        self._thread.start()
        self.until(lambda: self._server.started)
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.should_exit = True
        self._thread.join()

    def run(self) -> None:
        """Serve until told to stop; in a main thread, by SIGTERM or SIGINT."""
        asyncio.run(self._main())
        if self._state:
            self._state.close()

    def called(self, method: str) -> list[dict[str, Any]]:
        """Give the arguments of every call of a method, in order."""
        return [call.arguments for call in self.calls if call.method == method]

    def until(self, condition: Callable[[], bool], seconds: float = 5) -> None:
        """Wait for something to come true. Raises AssertionError when it does not in time."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "waited in vain"
            time.sleep(0.005)

    def soon(self, job: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run a job in the server's loop, if it runs, from any thread."""
        if self._loop:
            asyncio.run_coroutine_threadsafe(job(), self._loop)

    async def answer(self, request: Request, method: str, arguments: dict[str, Any]) -> Response:
        """Run one call of the platform's API through record, faults and checks."""
        call = Call(id=next(self._numbers), at=time.time(), method=method, arguments=arguments)
        self.calls.append(call)
        sends = method in self.sends
        fault = self.faults.draw() if sends else Fault.NONE
        if sends and self.faults.latency:
            await asyncio.sleep(self.faults.latency)
        if fault in {Fault.TOO_MANY, Fault.UNAVAILABLE}:
            return self.fault(fault)
        try:
            result = await self._work(method, arguments)
        except Refused as refused:
            if isinstance(refused, Breach):
                self.breaches.append(f"{method}: {refused.reason}")
            return self.refusal(refused.error)
        except Exception as error:  # noqa: BLE001 - arguments of a shape that no check foresaw
            self.breaches.append(f"{method}: {error!r}")
            return self.refusal(self.crashed)
        if sends:
            self._keep(call, result, lost=fault is Fault.LOST)
        if fault is Fault.LOST:
            await self._hang_up(request)
        return self.success(result)

    async def _work(self, method: str, arguments: dict[str, Any]) -> Any:
        if method not in self.methods:
            raise self.unknown(method)
        result = self.methods[method](arguments)
        return await result if inspect.isawaitable(result) else result

    def _keep(self, call: Call, result: Any, *, lost: bool) -> None:
        sent = Sent(
            id=call.id,
            at=call.at,
            method=call.method,
            arguments=call.arguments,
            message_id=self.name(result),
            lost=lost,
        )
        self.sent.append(sent)
        if self._state:
            self._state.write(f"{json.dumps(asdict(sent), default=_readable)}\n")
            self._state.flush()

    async def _hang_up(self, request: Request) -> None:
        client = request.client and (request.client.host, request.client.port)
        for connection in list(self._server.server_state.connections):
            if isinstance(connection, H11Protocol) and connection.client == client:
                connection.transport.abort()
        await asyncio.sleep(0.001)  # until the server has noticed: what it sends then goes nowhere

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self.opening()
        await self._server.serve(sockets=[self._socket])
        self._loop = None

    def _controls(self) -> list[Route]:
        async def push(request: Request) -> Response:
            event = await request.json()
            for each in event if isinstance(event, list) else [event]:
                self.push(each)
            return JSONResponse({"ok": True})

        async def report(_request: Request) -> Response:
            return JSONResponse(
                {
                    "calls": len(self.calls),
                    "sent": len(self.sent),
                    "breaches": self.breaches,
                    "faults": self.faults.counts,
                }
            )

        return [
            Route("/_push", push, methods=["POST"]),
            Route("/_report", report, methods=["GET"]),
        ]


class _Server(uvicorn.Server):
    """Uvicorn, which lets go of whoever waits before it waits for them."""

    def __init__(self, closing: Callable[[], Coroutine[Any, Any, None]], config: uvicorn.Config):
        super().__init__(config)
        self._closing = closing

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._closing()
        await super().shutdown(sockets)


def program(make: Callable[..., LocalServer]) -> None:
    """Serve as a program of its own, with POST /_push and GET /_report to drive it."""
    parser = ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--state", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--retry-after", type=int, default=1)
    for rate in ("--rate-429", "--rate-503", "--lost", "--latency"):
        parser.add_argument(rate, type=float, default=0.0)
    options = vars(parser.parse_args())
    port, state = options.pop("port"), options.pop("state")
    server = make(port=port, state=state, faults=Faults(**options))
    print(server.url, flush=True)
    server.run()


def _readable(value: Any) -> Any:
    # asdict has made a dict of an Upload; only its bytes are left to write.
    return f"{len(value)} bytes" if isinstance(value, bytes) else str(value)
