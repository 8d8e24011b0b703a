"""Requests of python-telegram-bot over aiohttp: its own HTTPX class takes several times the CPU."""

from typing import Any

import aiohttp
from aiohttp.payload import AsyncIterablePayload
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.delivery import Download

READ_SECONDS = 20.0


class AiohttpRequest(BaseRequest):
    """One session for all calls; made on the event loop of the first."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        return READ_SECONDS

    async def initialize(self) -> None:
        """Do nothing yet: the session is made when it is needed."""

    async def shutdown(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(  # noqa: PLR0917 - the library's own signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Give status and body. Raises TimedOut and NetworkError, without the address."""
        del write_timeout, connect_timeout, pool_timeout
        seconds = read_timeout if isinstance(read_timeout, int | float) else READ_SECONDS
        if self._session is None:
            self._session = aiohttp.ClientSession()
        try:
            async with self._session.request(
                method,
                url,
                data=_body(request_data),
                timeout=_timeout(request_data, seconds),
            ) as response:
                return response.status, await response.read()
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            # The text of the original names the address, and the address holds the token.
            raise NetworkError(type(error).__name__) from None


def _timeout(data: RequestData | None, seconds: float) -> aiohttp.ClientTimeout:
    """Bound a call; an upload may take its time as long as it goes on."""
    if data is not None and data.contains_files:
        return aiohttp.ClientTimeout(total=None, connect=10, sock_read=seconds)
    return aiohttp.ClientTimeout(total=seconds, connect=10)


def _body(data: RequestData | None) -> Any:
    if data is None:
        return None
    if not data.contains_files:
        return data.json_parameters
    form = aiohttp.FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in data.multipart_data.items():
        body = _Streamed(content) if isinstance(content, Download) else content
        form.add_field(name, body, filename=filename, content_type=kind)
    return form


class _Streamed(AsyncIterablePayload):
    """A kept file that is read as it is sent; its size is known, so that the form's is too."""

    def __init__(self, download: Download) -> None:
        super().__init__(download)
        self._size = download.file.size
