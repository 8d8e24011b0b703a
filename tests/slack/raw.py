"""Requests as they stand on the wire, well-formed or not, over a connection that is kept."""

import socket
from typing import Self


def request(body: bytes, *, method: str = "POST", headers: dict[str, str | bytes]) -> bytes:
    """Write a request to /slack/events; header values may be any bytes."""
    lines = [f"{method} /slack/events HTTP/1.1".encode(), b"Host: bot.example"]
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        given = value if isinstance(value, bytes) else value.encode()
        lines.append(name.encode() + b": " + given)
    return b"\r\n".join([*lines, b"", body])


class Line:
    """`with Line(port) as line: line.status(request)`; connects anew where the server hung up."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connect()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._hang_up()

    def status(self, sent: bytes) -> int:
        """Send a request; gives the status of its answer."""
        for _ in range(2):
            try:
                self._socket.sendall(sent)
                if first := self._answers.readline():
                    return self._finish(int(first.split()[1]))
            except ConnectionError:
                pass
            self._hang_up()
            self._connect()
        raise ConnectionError

    def _finish(self, status: int) -> int:
        length, closes = 0, False
        while (line := self._answers.readline().lower()) not in {b"\r\n", b""}:
            name, _, value = line.partition(b":")
            length = int(value) if name == b"content-length" else length
            closes = closes or (name == b"connection" and value.strip() == b"close")
        self._answers.read(length)
        if closes:
            self._hang_up()
            self._connect()
        return status

    def _connect(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=10)
        self._answers = self._socket.makefile("rb")

    def _hang_up(self) -> None:
        self._answers.close()
        self._socket.close()
