"""The one-time page that links a chat: sign in, then say whether the chat is one's own.

Reading a page changes nothing (previews of links read them), and no page tells why a link does
not work.
"""

import asyncio
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.clock import Clock
from bot.faq import facts
from bot.i18n import Localizer
from bot.identity import linking, passwords
from bot.identity.linking import Asked, Tokens
from bot.settings import Settings
from bot.site import render, responses, visits
from bot.site.cookies import Cookies
from bot.site.visits import Networks, Visit
from store import people
from store.db import Database, is_unavailable
from store.models import Account, PortalUser
from store.models.types import now

log = structlog.get_logger(__name__)

# Checking a password takes 64 MiB and tens of milliseconds: few at a time, off the event loop.
_THREADS = 4
_LONGEST_PASSWORD = 1024
_LONGEST_USERNAME = 254

Step = Callable[[Visit], Response]


def routes(
    database: Database, settings: Settings, *, on_message: Callable[[], None] = lambda: None
) -> list[BaseRoute]:
    """Give the site's routes. `on_message` is told when a message waits to be sent to a chat.

    Raises SettingsError without a secret key, ValueError for a trusted proxy that is no address.
    """
    pages = LinkPages(
        database=database,
        settings=settings,
        cookies=Cookies(Tokens(settings.secret), secure=settings.base_url.startswith("https:")),
        trusted=visits.trusted_networks(settings),
        threads=ThreadPoolExecutor(_THREADS, "site"),
        on_message=on_message,
    )
    both = ["GET", "POST"]
    return [
        Route("/link/{token}", pages.page, methods=both),
        Route("/link/{token}/agree", pages.step, methods=both),
        Mount("/site/static", StaticFiles(directory=render.STATIC_DIR)),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPages:
    database: Database
    settings: Settings
    cookies: Cookies
    trusted: Networks
    threads: ThreadPoolExecutor
    on_message: Callable[[], None]

    async def page(self, request: Request) -> Response:
        return await self._run(request, self.sign_in)

    async def step(self, request: Request) -> Response:
        return await self._run(request, self.answer)

    async def _run(self, request: Request, post: Step) -> Response:
        visit = await visits.read(request, self.trusted)
        step = post if request.method == "POST" else self.show
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self.threads, step, visit)
        except Exception as error:
            if is_unavailable(error):
                log.error("store unavailable, a page could not be shown")  # noqa: TRY400 - no news
                return responses.unavailable(visit)
            raise

    def show(self, visit: Visit) -> Response:
        """Show the form, or to who signed in the question whether the chat is theirs."""
        opened = self._open(visit)
        return self._current(visit, opened) if opened else responses.expired(visit)

    def sign_in(self, visit: Visit) -> Response:
        """Check a user name and a password."""
        opened = self._open(visit)
        if opened is None:
            return responses.expired(visit)
        if not self._vouched(visit):
            return self._current(visit, opened, problem=_stale(opened.loc), status=403)
        username = visit.form.get("username", "").replace("\0", "").strip()[:_LONGEST_USERNAME]
        attempt = passwords.sign_in(
            self.database,
            username=username,
            password=visit.form.get("password", "")[:_LONGEST_PASSWORD],
            address=visit.address,
            sample_users=self.settings.in_development,
        )
        if attempt.user is None:
            return self._failed(visit, opened, username, attempt.wait_until)
        _log(opened, "signed in")
        # What follows is read with GET: a reload asks again and sends no password twice.
        response = RedirectResponse(visit.path(), 303, headers=responses.HEADERS)
        self.cookies.keep_sign_in(
            response, link_ref=opened.asked.request.ref, username=attempt.user.username
        )
        return response

    def answer(self, visit: Visit) -> Response:
        """Take the page's yes or no. A yes links nothing yet: the chat asks for its own."""
        opened = self._open(visit)
        if opened is None:
            return responses.expired(visit)
        if opened.user is None:
            problem = opened.loc.text("Please sign in first.")
            return self._current(visit, opened, problem=problem, status=403)
        if not self._vouched(visit):
            return self._current(visit, opened, problem=_stale(opened.loc), status=403)
        match visit.form.get("answer"):
            case "yes" if opened.accounts:
                return self._agreed(visit, opened, opened.user)
            case "no":
                return self._refused(visit, opened)
            case _:
                return self._current(visit, opened, status=400)

    def _open(self, visit: Visit) -> "_Opened | None":
        with self.database.read() as session:
            asked = linking.asked(session, token=visit.token)
            if asked is None:
                return None
            loc = Localizer(visit.language(asked.language))
            username = self.cookies.signed_in(visit.cookies, link_ref=asked.request.ref)
            user = people.portal_user_named(session, username=username) if username else None
            if user is None or user.id is None:
                return _Opened(asked, loc)
            found = people.accounts_of(session, portal_user_id=user.id)
            return _Opened(asked, loc, user, [account for account, _ in found])

    def _vouched(self, visit: Visit) -> bool:
        return self.cookies.vouches(visit.cookies, visit.form.get("form", ""))

    def _current(
        self,
        visit: Visit,
        opened: "_Opened",
        *,
        problem: str = "",
        username: str = "",
        status: int = 200,
    ) -> Response:
        """Show the page at the step that this browser has come to."""
        loc, cookie = opened.loc, self.cookies.form(visit.cookies)
        form_token = self.cookies.tokens.of_form(cookie)
        if opened.user is None:
            html = render.sign_in(
                visit, loc, form_token=form_token, username=username, problem=problem
            )
        elif not opened.accounts:
            return responses.no_account(visit, loc, email=self._billing_email(loc))
        else:
            html = render.ask(
                visit,
                loc,
                form_token=form_token,
                username=opened.user.username,
                chat=_chat(opened, opened.user),
                problem=problem,
            )
        response = responses.page(html, status)
        self.cookies.keep_form(response, cookie)
        return response

    def _failed(
        self, visit: Visit, opened: "_Opened", username: str, wait_until: datetime | None
    ) -> Response:
        """Say the same whether the user exists or not; after too many, how long to wait."""
        loc = opened.loc
        if wait_until is None:
            _log(opened, "wrong name or password")
            problem = loc.text("The user name or the password is wrong.")
            return self._current(visit, opened, problem=problem, username=username, status=401)
        _log(opened, "too many attempts")
        seconds = max(1, math.ceil((wait_until - now()).total_seconds()))
        problem = loc.plural(
            "Too many attempts. Please wait a minute, then try again.",
            "Too many attempts. Please wait {n} minutes, then try again.",
            math.ceil(seconds / 60),
        )
        response = self._current(visit, opened, problem=problem, username=username, status=429)
        response.headers["Retry-After"] = str(seconds)
        return response

    def _agreed(self, visit: Visit, opened: "_Opened", user: PortalUser) -> Response:
        loc = opened.loc
        with self.database.write() as session:
            first = linking.agree(session, opened.asked, user=user, accounts=opened.accounts)
        if not first:
            return responses.expired(visit)
        _log(opened, "agreed")
        self.on_message()
        return self._ended(responses.agreed(loc))

    def _refused(self, visit: Visit, opened: "_Opened") -> Response:
        loc = opened.loc
        with self.database.write() as session:
            first = linking.withdraw(session, opened.asked)
        if not first:
            return responses.expired(visit)
        _log(opened, "refused")
        return self._ended(responses.refused(loc, email=self._billing_email(loc)))

    def _ended(self, response: Response) -> Response:
        self.cookies.forget_sign_in(response)
        return response

    def _billing_email(self, loc: Localizer) -> str:
        today = Clock.of(self.settings).today()
        return facts.fact("billing_email", loc=loc, today=today)


@dataclass(frozen=True, slots=True)
class _Opened:
    """An open link request, and whom this browser signed in for it."""

    asked: Asked
    loc: Localizer
    user: PortalUser | None = None
    accounts: list[Account] = field(default_factory=list)


def _chat(opened: _Opened, user: PortalUser) -> str:
    asked = opened.asked
    return render.describe_chat(
        opened.loc,
        platform=asked.chat.platform,
        name=asked.chat.display_name,
        since=asked.chat.first_seen_at,
        started=asked.conversation.started_at,
        zone=user.time_zone,
    )


def _stale(loc: Localizer) -> str:
    return loc.text("This page was open for too long. Please try again.")


def _log(opened: _Opened, outcome: str) -> None:
    log.info("link page", link=opened.asked.request.ref, outcome=outcome)
