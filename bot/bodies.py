"""Reading the body of a request from outside, no further than it may go."""

from starlette.exceptions import HTTPException
from starlette.requests import Request


async def read(request: Request, limit: int) -> bytes:
    """Give the body. Raises HTTPException 413 when it has more bytes than the limit."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise HTTPException(413, "too_long")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise HTTPException(413, "too_long")
    return bytes(body)
