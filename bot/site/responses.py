"""Pages as a browser gets them, and the short ones that only say something."""

from collections.abc import Mapping

from starlette.responses import HTMLResponse, Response

from bot.i18n import Localizer
from bot.site import render
from bot.site.visits import Visit

# Nothing of a page is kept, framed, indexed or told to other sites: its address is a secret.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def page(html: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return HTMLResponse(html, status, headers={**HEADERS, **(headers or {})})


def agreed(loc: Localizer) -> Response:
    title = loc.text("Now confirm in your chat")
    lines = [
        loc.text("Go back to your chat and confirm there. Until you do, nothing is linked."),
        loc.text("You can close this page."),
    ]
    return page(render.notice(loc, title=title, lines=lines))


def refused(loc: Localizer, *, email: str) -> Response:
    title = loc.text("Nothing was linked")
    lines = [
        loc.text("That chat cannot see your account, and the link no longer works."),
        loc.text(
            "If somebody sent you the link, please tell the Billing Team: {email}.", email=email
        ),
    ]
    return page(render.notice(loc, title=title, lines=lines))


def no_account(visit: Visit, loc: Localizer, *, email: str) -> Response:
    title = loc.text("No account to link")
    line = loc.text(
        "Your user does not belong to any account. Please ask an administrator of your account, "
        "or write to the Billing Team: {email}.",
        email=email,
    )
    return page(render.notice(loc, title=title, lines=[line], visit=visit), 403)


def expired(visit: Visit) -> Response:
    """Say the same for an unknown, an expired and a used link."""
    loc = Localizer(visit.language())
    title = loc.text("This link no longer works")
    lines = [
        loc.text("A sign-in link works once, and for ten minutes."),
        loc.text("Go back to your chat and ask for a new one: just write “sign in”."),
    ]
    html = render.notice(loc, title=title, lines=lines, visit=visit)
    return page(html, 410)


def unavailable(visit: Visit) -> Response:
    loc = Localizer(visit.language())
    title = loc.text("This does not work right now")
    lines = [loc.text("Sorry, something is down on our side. Please try again in a few minutes.")]
    html = render.notice(loc, title=title, lines=lines, visit=visit)
    return page(html, 503, {"Retry-After": "60"})
