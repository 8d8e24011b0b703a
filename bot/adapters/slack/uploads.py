"""Files by Slack's external upload flow: a place for it, its bytes, then the room that sees it."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

import aiohttp

from bot.adapters.slack.api import SlackApi
from bot.adapters.slack.renderer import Upload
from bot.delivery import Download, Files
from bot.messages import Address

# An upload may take its time as long as it goes on: the outbox bounds it by its size.
_TIMEOUT: Final = aiohttp.ClientTimeout(total=None, connect=10, sock_read=30)


class NoFile(OSError):
    """The file has expired, or its person may see it no more."""


@dataclass(frozen=True, slots=True)
class Uploads:
    api: SlackApi
    files: Files

    async def prepare(self, to: Address, upload: Upload) -> str:
        """Upload the bytes; nobody sees them yet. Gives the file's id.

        Raises NoFile, and as the client does.
        """
        download = await asyncio.to_thread(self.files.download, to, upload.file.ref)
        if download is None:
            raise NoFile
        place = await self.api.client.files_getUploadURLExternal(
            filename=upload.file.filename, length=download.file.size, alt_txt=upload.alt or None
        )
        await self._post(str(place["upload_url"]), download)
        return str(place["file_id"])

    async def share(self, file: str, upload: Upload, *, channel: str, thread: str | None) -> None:
        """Show an uploaded file in a room. Raises as the client does."""
        described: dict[str, Any] = {"id": file, "title": upload.file.filename}
        await self.api.client.files_completeUploadExternal(
            files=[described], channel_id=channel, thread_ts=thread
        )

    async def _post(self, url: str, download: Download) -> None:
        """Send the bytes as they are read; their number is said first, as Slack wants it."""
        session = self.api.client.session
        assert session is not None  # noqa: S101 - the client was made with one
        length = {"Content-Length": str(download.file.size)}
        async with session.post(url, data=download, headers=length, timeout=_TIMEOUT) as response:
            if response.status != 200:  # noqa: PLR2004 - HTTP's own number
                raise aiohttp.ClientResponseError(
                    response.request_info, response.history, status=response.status
                )
