"""The real server on a store of its own, and Debian's Chromium in front of it.

With SCREENSHOTS set to a folder, what the tests see is kept there to be looked at.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from bot.i18n import Localizer

TODAY = "2026-11-22"
START_SECONDS = 90
EXPECT_MILLISECONDS = 20_000
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Server:
    url: str
    database_url: str


@pytest.fixture(scope="session")
def chromium() -> str:
    found = shutil.which("chromium")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium: apt-get install chromium")
        pytest.skip("no Chromium here: apt-get install chromium")
    return found


@pytest.fixture(scope="session")
def server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`billing-bot serve` as a developer starts it, with the sample companies of TODAY."""
    folder = tmp_path_factory.mktemp("server")
    database_url = f"sqlite:///{folder / 'chat.db'}"
    environment = {
        **os.environ,
        "BILLING_BOT_ENV": "development",
        "BILLING_BOT_TODAY": TODAY,
        "DATABASE_URL": database_url,
    }
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve", "--port", "0"],
            env=environment,
            stdout=output,
            stderr=output,
        )
    try:
        yield Server(_url(process, log), database_url)
    finally:
        process.terminate()
        process.wait(timeout=60)


def _url(process: "subprocess.Popen[bytes]", log: Path) -> str:
    """Wait until the server answers, and give its address."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        found = re.search(r"Web chat: (http://\S+)/", log.read_text("utf-8"))
        if found and _answers(found[1]):
            return found[1]
        time.sleep(0.1)
    raise AssertionError(f"the server did not start:\n{log.read_text('utf-8')}")


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=5).is_success
    except httpx.TransportError:
        return False


# Not for the session: while it is open no other test could use an event loop.
@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Chat:
    """Somebody at the page."""

    page: Page
    context: BrowserContext
    loc: Localizer
    wide: bool
    problems: list[str] = field(default_factory=list)

    @property
    def answers(self) -> Locator:
        return self.page.locator(".message.bot")

    @property
    def last(self) -> Locator:
        return self.page.locator(".message").last

    def ask(self, text: str) -> Locator:
        """Type a line and wait for its answer."""
        box = self.page.locator("#text")
        box.fill(text)
        return self._answered(lambda: box.press("Enter"))

    def press(self, label: str) -> Locator:
        """Press a button of the last message and wait for the answer."""
        button = self.last.get_by_role("button", name=label, exact=True)
        return self._answered(button.click)

    def sign_in(self, username: str, password: str, *, asking: str) -> Locator:
        """Go through the one-time page and both confirmations; gives the answer that follows."""
        self.ask(asking)
        before = self.answers.count()
        link = self.last.locator(".buttons a")
        expect(link).to_have_attribute("rel", "noopener noreferrer")
        with self.context.expect_page() as opened:
            link.click()
        site = opened.value
        site.locator("#username").fill(username)
        site.locator("#password").fill(password)
        site.locator("button[type=submit]").click()
        site.locator("button[value=yes]").click()
        expect(site.locator("button[value=yes]")).to_have_count(0)
        site.close()
        # The chat's own question arrives by itself.
        expect(self.answers).to_have_count(before + 1)
        self.last.locator(".buttons button").first.click()
        expect(self.answers).to_have_count(before + 3)
        return self.last

    def _answered(self, act: Callable[[], None]) -> Locator:
        before = self.answers.count()
        act()
        expect(self.answers).to_have_count(before + 1)
        expect(self.page.locator("#writing")).to_be_hidden()
        return self.last

    def look(self, name: str) -> None:
        """Keep screenshots, and check that nothing sticks out and nobody is shut out."""
        wider = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not self.page.evaluate(wider)
        self._screenshot(f"{name}-light")
        _accessible(self.page)
        self.page.emulate_media(color_scheme="dark")
        self._screenshot(f"{name}-dark")
        _accessible(self.page, runOnly=["color-contrast"])
        self.page.emulate_media(color_scheme="light")

    def _screenshot(self, name: str) -> None:
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            width = "wide" if self.wide else "narrow"
            self.page.screenshot(path=Path(folder) / f"{name}-{self.loc.language}-{width}.png")


def _accessible(page: Page, **options: object) -> None:
    found = Axe().run(page, options=options)
    assert 0 == found.violations_count, found.generate_report()


OpenChat = Callable[..., Chat]


@pytest.fixture
def open_chat(browser: Browser, server: Server) -> Iterator[OpenChat]:
    """Open the page in a browser of its own; it may show no error until the test ends."""
    expect.set_options(timeout=EXPECT_MILLISECONDS)
    chats: list[Chat] = []

    def open_one(language: str = "en", *, wide: bool = True) -> Chat:
        size = {"width": 1440, "height": 900} if wide else {"width": 390, "height": 844}
        context = browser.new_context(
            locale=f"{language}-CA",
            viewport=size,
            has_touch=not wide,
            color_scheme="light",
            reduced_motion="reduce",
            base_url=server.url,
        )
        chat = Chat(context.new_page(), context, Localizer(language), wide)
        chat.page.on("pageerror", lambda error: chat.problems.append(str(error)))
        chat.page.on(
            "console",
            lambda said: chat.problems.append(said.text) if said.type == "error" else None,
        )
        chat.page.goto("/")
        chats.append(chat)
        return chat

    yield open_one
    for chat in chats:
        chat.context.close()
    assert [] == [problem for chat in chats for problem in chat.problems]
