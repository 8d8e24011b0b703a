"""A kept file as an HTTP answer: whole, or the part that a browser lacks of it."""

import re
from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot.adapters.web.renderer import FILES_PATH
from bot.delivery import Delivery, Download, Step
from bot.messages import Address, FileRef

_SHOWN_IN_PLACE: Final = frozenset({"image/png", "image/jpeg", "image/webp"})
_ONCE: Final = "once"  # of the query
_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


async def link(delivery: Delivery, address: Address, ref: str) -> str:
    """Make the one-time address of a file for whoever may see it now. Raises HTTPException."""
    token = await run_in_threadpool(delivery.download_link, address, ref)
    if token is None:
        raise HTTPException(404)
    return f"{FILES_PATH}{ref}?{_ONCE}={token}"


async def answer(request: Request, delivery: Delivery, address: Address, ref: str) -> Response:
    """Stream a file to whoever may see it at this moment. Raises HTTPException.

    What is not shown in place takes a one-time link, which its first byte spends.
    """
    download = await run_in_threadpool(delivery.download, address, ref)
    if download is None:
        raise HTTPException(404)
    file = download.file
    headers = _headers(file)
    span = _span(request, file)
    if file.media_type not in _SHOWN_IN_PLACE:
        token, step = request.query_params.get(_ONCE, ""), _step(request, span)
        if not await run_in_threadpool(delivery.may_download, address, ref, token, step):
            raise HTTPException(404)
    if span is None:
        span, status = range(file.size), 200
    else:
        status = 206
        headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{file.size}"
        download = await run_in_threadpool(delivery.download, address, ref, start=span.start)
        if download is None:
            raise HTTPException(404)
    headers["Content-Length"] = str(len(span))
    if request.method == "HEAD":
        return Response(status_code=status, media_type=file.media_type, headers=headers)
    return StreamingResponse(
        _bytes(download, len(span)), status, media_type=file.media_type, headers=headers
    )


def _step(request: Request, span: range | None) -> Step:
    """Tell what is done with the link. Raises HTTPException for a later part of no said file."""
    if request.method == "HEAD":
        return Step.LOOK
    if span is None or span.start == 0:
        return Step.BEGIN
    if "if-range" not in request.headers:
        raise HTTPException(404)
    return Step.GO_ON


def _headers(file: FileRef) -> dict[str, str]:
    kind = "inline" if file.media_type in _SHOWN_IN_PLACE else "attachment"
    return {
        "Content-Disposition": f"{kind}; filename*=utf-8''{quote(file.filename, safe='')}",
        "Accept-Ranges": "bytes",
        "ETag": _etag(file),
    }


def _etag(file: FileRef) -> str:
    return f'"{file.ref}"'  # what is kept under a ref never changes


def _span(request: Request, file: FileRef) -> range | None:
    """Read which bytes are asked for; None for all of them. Raises HTTPException, 416.

    What is not understood is answered with everything, as several ranges are.
    """
    found = _RANGE.fullmatch(request.headers.get("range", ""))
    if found is None or request.headers.get("if-range", _etag(file)) != _etag(file):
        return None
    first, last = found.groups()
    if not first and not last:
        return None
    if first:
        span = range(int(first), min(int(last or file.size), file.size - 1) + 1)
    else:
        span = range(max(file.size - int(last), 0), file.size)
    if span:
        return span
    if first and last and int(last) < int(first):
        return None
    raise HTTPException(416, headers={"Content-Range": f"bytes */{file.size}"})


async def _bytes(download: Download, count: int) -> AsyncIterator[bytes]:
    async for chunk in download:
        yield chunk[:count]
        count -= len(chunk)
        if count <= 0:
            return
