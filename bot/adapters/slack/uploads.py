"""Files by Slack's external upload flow: a place for it, its bytes, then the room that sees it."""

from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.adapters.slack.api import SlackApi
from bot.adapters.slack.renderer import Upload
from bot.delivery import Files, content
from bot.messages import Address


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
        file = await content(self.files, to, upload.file.ref)
        if file is None:
            raise NoFile
        place = await self.api.client.files_getUploadURLExternal(
            filename=upload.file.filename, length=len(file), alt_txt=upload.alt or None
        )
        await self._post(str(place["upload_url"]), file)
        return str(place["file_id"])

    async def share(self, file: str, upload: Upload, *, channel: str, thread: str | None) -> None:
        """Show an uploaded file in a room. Raises as the client does."""
        described: dict[str, Any] = {"id": file, "title": upload.file.filename}
        await self.api.client.files_completeUploadExternal(
            files=[described], channel_id=channel, thread_ts=thread
        )

    async def _post(self, url: str, file: bytes) -> None:
        session = self.api.client.session
        assert session is not None  # noqa: S101 - the client was made with one
        async with session.post(url, data=file) as response:
            if response.status != 200:  # noqa: PLR2004 - HTTP's own number
                raise aiohttp.ClientResponseError(
                    response.request_info, response.history, status=response.status
                )
