"""Slack's external upload: an address is asked for, the bytes go there, then it is shared."""

import mimetypes
from itertools import count
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from tests.platforms.serving import Breach, Refused
from tests.platforms.slack_checks import check_channel, check_ts, need
from tests.platforms.slack_rooms import Rooms

LONGEST_ALT = 1000


class Files:
    """`contents` holds the bytes of every upload by file id, `all` what files.info says."""

    def __init__(self, rooms: Rooms, author: dict[str, str], breaches: list[str]) -> None:
        self.all: dict[str, dict[str, Any]] = {}
        self.contents: dict[str, bytes] = {}
        self._rooms = rooms
        self._author = author
        self._breaches = breaches
        self._numbers = count(1)

    def reserve(self, arguments: dict[str, Any], url: str) -> dict[str, Any]:
        """Answer files.getUploadURLExternal."""
        need(arguments, "filename", "length")
        if not (str(arguments["length"]).isdecimal() and int(arguments["length"])):
            raise Breach("missing_argument", "length is no positive number of bytes")
        if len(arguments.get("alt_txt") or "") > LONGEST_ALT:
            raise Breach("alt_txt_too_large", f"alt_txt over {LONGEST_ALT} characters")
        file_id = f"F{next(self._numbers):07d}"
        name = arguments["filename"]
        self.all[file_id] = {
            "id": file_id,
            "name": name,
            "title": name,
            "alt_txt": arguments.get("alt_txt") or "",
            "size": int(arguments["length"]),
            "mimetype": mimetypes.guess_type(name)[0] or "application/octet-stream",
            "user": self._author["user"],
            "shares": {},
        }
        return {"file_id": file_id, "upload_url": f"{url}/upload/v1/{file_id}"}

    async def upload(self, request: Request) -> Response:
        """Take the bytes, raw or as a form; what was announced must come."""
        file_id = request.path_params["file_id"]
        if file_id not in self.all:
            return self._wrong(f"{file_id} was not asked for")
        file = self.all[file_id]
        name, content = await _received(request)
        if name is not None and name != file["name"]:
            return self._wrong(f"{name!r} came instead of {file['name']!r}")
        if len(content) != file["size"]:
            return self._wrong(f"{len(content)} bytes came instead of {file['size']}")
        self.contents[file_id] = content
        return PlainTextResponse(f"OK - {len(content)}")

    def complete(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Answer files.completeUploadExternal: share what was uploaded, each time anew."""
        need(arguments, "files")
        files = [self._uploaded(entry) for entry in arguments["files"]]
        check_ts(arguments, "thread_ts")
        listed = arguments.get("channels") or arguments.get("channel_id")
        channels = listed.split(",") if listed else []
        if arguments.get("thread_ts") and len(channels) != 1:
            raise Breach("invalid_arguments", "thread_ts goes with exactly one channel")
        for channel in channels:
            check_channel(channel)
            self._share(channel, files, arguments)
        return {"files": files}

    def info(self, arguments: dict[str, Any]) -> dict[str, Any]:
        need(arguments, "file")
        if arguments["file"] not in self.all:
            raise Refused("file_not_found")
        return {"file": self.all[arguments["file"]]}

    def _uploaded(self, entry: Any) -> dict[str, Any]:
        file_id = entry.get("id") if isinstance(entry, dict) else None
        if file_id not in self.contents:
            raise Breach("file_not_found", f"{file_id!r} was not uploaded")
        file = self.all[file_id]
        file["title"] = entry.get("title") or file["name"]
        return file

    def _share(self, channel: str, files: list[dict[str, Any]], arguments: dict[str, Any]) -> None:
        thread = {"thread_ts": arguments["thread_ts"]} if arguments.get("thread_ts") else {}
        shown = [{k: v for k, v in file.items() if k != "shares"} for file in files]
        message = {"text": arguments.get("initial_comment") or "", "files": shown, "upload": True}
        ts = self._rooms.write(channel, {**message, **self._author, **thread})["ts"]
        kind = "public" if channel.startswith("C") else "private"
        for file in files:
            places = file["shares"].setdefault(kind, {})
            places.setdefault(channel, []).append({"ts": ts, **thread})

    def _wrong(self, reason: str) -> Response:
        self._breaches.append(f"upload: {reason}")
        return PlainTextResponse(reason, status_code=400)


async def _received(request: Request) -> tuple[str | None, bytes]:
    if not request.headers.get("content-type", "").startswith("multipart/"):
        return None, await request.body()
    async with request.form() as form:
        for value in form.values():
            if isinstance(value, UploadFile):
                return value.filename, await value.read()
    return None, b""
