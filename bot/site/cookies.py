"""Two cookies: one that vouches for our forms, one that remembers a sign-in for one link.

Both are HttpOnly and SameSite=Strict. Over https their names start with __Host-: then no sister
site can plant them.
"""

import base64
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from bot.identity.linking import Tokens

SIGN_IN_LIVES = 600  # seconds
_FORM = "link-form"
_SIGN_IN = "link-sign-in"


@dataclass(frozen=True, slots=True)
class Cookies:
    tokens: Tokens
    secure: bool  # the site is served over https

    def form(self, sent: Mapping[str, str]) -> str:
        """Give the browser's form cookie, or a new one for a browser that has none."""
        return sent.get(self._name(_FORM)) or secrets.token_urlsafe(16)

    def keep_form(self, response: Response, value: str) -> None:
        self._set(response, _FORM, value, lives=None)

    def vouches(self, sent: Mapping[str, str], form_token: str) -> bool:
        """Tell whether a form was made for this browser (double submit)."""
        cookie = sent.get(self._name(_FORM))
        if not cookie:
            return False
        expected = self.tokens.of_form(cookie)
        return hmac.compare_digest(expected.encode(), form_token.encode())

    def keep_sign_in(self, response: Response, *, link_ref: str, username: str) -> None:
        """Remember for ten minutes who signed in for one link request, and for no other."""
        content = [link_ref, username, int(time.time()) + SIGN_IN_LIVES]
        claim = base64.urlsafe_b64encode(json.dumps(content).encode()).decode()
        signed = f"{claim}.{self.tokens.of_sign_in(claim)}"
        self._set(response, _SIGN_IN, signed, lives=SIGN_IN_LIVES)

    def signed_in(self, sent: Mapping[str, str], *, link_ref: str) -> str | None:
        """Give the name of the user whom this browser signed in for a link request."""
        claim, _, signature = sent.get(self._name(_SIGN_IN), "").partition(".")
        expected = self.tokens.of_sign_in(claim)
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            return None
        claimed_ref, username, expires = json.loads(base64.urlsafe_b64decode(claim))
        return str(username) if claimed_ref == link_ref and expires > time.time() else None

    def forget_sign_in(self, response: Response) -> None:
        self._set(response, _SIGN_IN, "", lives=0)

    def _name(self, name: str) -> str:
        return f"__Host-{name}" if self.secure else name

    def _set(self, response: Response, name: str, value: str, *, lives: int | None) -> None:
        response.set_cookie(
            self._name(name),
            value,
            max_age=lives,
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="strict",
        )
