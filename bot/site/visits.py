"""What a browser sends with a request, read once; nothing below here knows HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import parse_qsl, quote

from starlette.requests import Request

from bot.i18n import SOURCE_LANGUAGE, known, preferred
from bot.settings import Settings

_LONGEST_FORM = 16_384  # bytes; a user name and a password need far less
_MOST_FIELDS = 8

Networks = tuple[IPv4Network | IPv6Network, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    token: str  # of the one-time link
    form: Mapping[str, str]
    cookies: Mapping[str, str]
    address: str  # the network address of who asks
    wanted_language: str | None  # chosen on the page
    browser_language: str | None

    @property
    def page(self) -> str:
        """The path of the one-time page, without a language."""
        return f"/link/{quote(self.token, safe='')}"

    def path(self, step: str = "") -> str:
        """Where a form sends to: the page or one of its steps, in the language chosen."""
        language = f"?lang={self.wanted_language}" if self.wanted_language else ""
        return self.page + step + language

    def language(self, chat_language: str | None = None) -> str:
        return (
            self.wanted_language or known(chat_language) or self.browser_language or SOURCE_LANGUAGE
        )


async def read(request: Request, trusted: Networks) -> Visit:
    headers = request.headers
    return Visit(
        token=request.path_params["token"],
        form=await _form(request) if request.method == "POST" else {},
        cookies=request.cookies,
        address=client_address(
            request.client.host if request.client else "",
            headers.getlist("x-forwarded-for"),
            trusted,
        ),
        wanted_language=known(request.query_params.get("lang")),
        browser_language=preferred(headers.get("accept-language", "")),
    )


def trusted_networks(settings: Settings) -> Networks:
    """Read the addresses and networks of our own proxies. Raises ValueError for anything else."""
    parts = (part.strip() for part in settings.trusted_proxies.split(","))
    return tuple(ip_network(part, strict=False) for part in parts if part)


def client_address(peer: str, forwarded: list[str], trusted: Networks) -> str:
    """Tell who asks: the peer, or behind our own proxies the last address they did not add.

    Anybody can send an X-Forwarded-For header: it counts only as far as trusted proxies wrote it.
    """
    hops = [hop.strip() for line in forwarded for hop in line.split(",")]
    address = peer
    while hops and _is_within(address, trusted):
        address = hops.pop()
    return address if _is_address(address) else peer


def _is_within(address: str, networks: Networks) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


async def _form(request: Request) -> dict[str, str]:
    """Read a small form; a body that is too long or no form is an empty one."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST_FORM:
            return {}
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=_MOST_FIELDS))
    except ValueError:
        return {}
