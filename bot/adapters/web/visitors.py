"""Who a visitor is: a random cookie in the browser, of which the store sees a hash alone."""

import hashlib
import re
import secrets
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from bot.i18n import SOURCE_LANGUAGE, known, preferred
from bot.messages import Address

PLATFORM: Final = "web"
VISITOR_COOKIE: Final = "billing_bot_visitor"
LANGUAGE_COOKIE: Final = "billing_bot_lang"
_TOKEN_BYTES: Final = 16  # 128 bits
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{22}")
_HASH_LENGTH: Final = 32  # hexadecimal digits: 128 bits again
_YEAR: Final = 365 * 24 * 60 * 60  # seconds


def new_token() -> str:
    return secrets.token_urlsafe(_TOKEN_BYTES)


def token_of(request: Request) -> str | None:
    """Read the visitor's cookie; None when it is absent or not one that we gave."""
    token = request.cookies.get(VISITOR_COOKIE, "")
    return token if _TOKEN.fullmatch(token) else None


def address_of(token: str) -> Address:
    """Give the one conversation of a visitor: they are the user and the room."""
    visitor = hashlib.sha256(token.encode()).hexdigest()[:_HASH_LENGTH]
    return Address(platform=PLATFORM, room=visitor, user=visitor)


def give(response: Response, token: str, *, secure: bool) -> None:
    response.set_cookie(
        VISITOR_COOKIE, token, max_age=_YEAR, httponly=True, samesite="lax", secure=secure
    )


def language_of(request: Request) -> str:
    """Tell the page's language: asked for, else kept, else the browser's, else English."""
    return (
        known(request.query_params.get("lang"))
        or known(request.cookies.get(LANGUAGE_COOKIE))
        or preferred(request.headers.get("accept-language", ""))
        or SOURCE_LANGUAGE
    )


def keep_language(response: Response, language: str, *, secure: bool) -> None:
    response.set_cookie(
        LANGUAGE_COOKIE, language, max_age=_YEAR, httponly=True, samesite="lax", secure=secure
    )
