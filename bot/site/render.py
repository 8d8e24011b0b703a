"""The pages' words and templates; pure."""

from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.i18n import N_, Localizer, languages
from bot.site.visits import Visit

HERE = Path(__file__).resolve().parent
STATIC_DIR = HERE / "static"

_FRAME = {
    "site": N_("Billing help"),
    "languages": N_("Language"),
    "error": N_("Error:"),
}
_SIGN_IN = {
    "title": N_("Sign in to link your chat"),
    "intro": N_("Use your Billing Portal user name and password."),
    "care": N_(
        "Go on only if you asked for this link in your own chat. Somebody who sends you such a "
        "link may be after your account."
    ),
    "username": N_("User name"),
    "password": N_("Password"),
    "submit": N_("Sign in"),
    "forgotten": N_(
        "Forgot your password? Choose “Forgot Password” on the sign-in page of the Billing Portal."
    ),
}
_ASK = {
    "title": N_("Is this chat yours?"),
    "signed_in": N_("You are signed in as"),
    "meaning": N_(
        "Whoever writes in that chat will be able to see your balance, invoices and payments. "
        "Only say yes if you opened it yourself."
    ),
    "yes": N_("Yes, this is my chat"),
    "no": N_("No, it is not mine"),
}
# Platforms that name nobody; their chats are told by when they began.
_NAMELESS = {
    "web": N_("Web chat started on {date} at {time}"),
    "console": N_("Terminal session started on {date} at {time}"),
}


def sign_in(
    visit: Visit, loc: Localizer, *, form_token: str, username: str = "", problem: str = ""
) -> str:
    return _render(
        "sign_in.html",
        loc,
        _SIGN_IN,
        visit=visit,
        form_token=form_token,
        username=username,
        problem=problem,
    )


def ask(
    visit: Visit, loc: Localizer, *, form_token: str, username: str, chat: str, problem: str = ""
) -> str:
    return _render(
        "ask.html",
        loc,
        _ASK,
        visit=visit,
        form_token=form_token,
        username=username,
        chat=chat,
        problem=problem,
    )


def notice(loc: Localizer, *, title: str, lines: list[str], visit: Visit | None = None) -> str:
    """Write a page that only says something; with a `visit` it can be read in the other language.

    (Where something was done, asking for the page again would not show the same.)
    """
    return _render("notice.html", loc, {}, visit=visit, title=title, lines=lines, problem="")


def describe_chat(
    loc: Localizer, *, platform: str, name: str, since: datetime, started: datetime, zone: str
) -> str:
    """Name a chat so that its owner knows it: by when it began, or by who writes there.

    `since` is when that person first wrote, `started` when this conversation began; both are
    told in the IANA `zone`.
    """
    if platform in _NAMELESS:
        day = started.astimezone(ZoneInfo(zone)).date()
        return loc.text(_NAMELESS[platform], date=loc.date(day), time=loc.time(started, zone))
    return loc.text(
        "{platform}: {name}, in touch since {date}",
        platform=platform.capitalize(),
        name=name or "?",
        date=loc.date(since.astimezone(ZoneInfo(zone)).date()),
    )


def _render(template: str, loc: Localizer, msgids: dict[str, str], **values: object) -> str:
    texts = {name: loc.text(msgid) for name, msgid in {**_FRAME, **msgids}.items()}
    return (
        _environment()
        .get_template(template)
        .render(
            language=loc.language,
            languages=[(tag, _own_name(tag)) for tag in languages()],
            texts=texts,
            **values,
        )
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _own_name(language: str) -> str:
    """Name a language in itself: English, Français."""
    return (Locale.parse(language).get_language_name(language) or language).capitalize()
