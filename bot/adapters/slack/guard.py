"""What gets past the door of /slack/events: signed by Slack, lately, and of a readable shape.

Bolt checks the signature too, but it logs what it refuses in full and fails on headers that are
no text of a signature; nothing of that kind reaches it.
"""

import re
from typing import Final

from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier
from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot import bodies

BODY_LIMIT: Final = 1024 * 1024  # bytes
_STAMP: Final = re.compile(r"\d{1,11}", re.ASCII)
_SIGNATURE: Final = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)
_KEPT: Final = ("content-type", "x-slack-retry-num", "x-slack-retry-reason")


class Guard:
    def __init__(self, signing_secret: str) -> None:
        self._verifier = SignatureVerifier(signing_secret)

    async def admit(self, request: Request) -> AsyncBoltRequest:
        """Read a request of Slack. Raises HTTPException 400, 401 or 413."""
        stamp = request.headers.get("x-slack-request-timestamp", "")
        signature = request.headers.get("x-slack-signature", "")
        if not (_STAMP.fullmatch(stamp) and _SIGNATURE.fullmatch(signature)):
            raise HTTPException(401, "not_signed")
        body = await bodies.read(request, BODY_LIMIT)
        if not self._is_signed(body, stamp, signature):
            raise HTTPException(401, "not_signed")
        headers = {name: request.headers[name] for name in _KEPT if name in request.headers}
        signed = {"x-slack-request-timestamp": stamp, "x-slack-signature": signature}
        try:
            admitted = AsyncBoltRequest(body=body.decode(), headers={**headers, **signed})
        except Exception:  # noqa: BLE001 - the library takes any shape for granted
            raise HTTPException(400, "not_readable") from None
        body_read: object = admitted.body  # a list or a number, whatever the library says
        if not isinstance(body_read, dict) or not body_read:
            raise HTTPException(400, "not_readable")
        return admitted

    def _is_signed(self, body: bytes, stamp: str, signature: str) -> bool:
        try:
            return self._verifier.is_valid(body, stamp, signature)
        except UnicodeDecodeError:  # the library reads a body as text first
            return False
