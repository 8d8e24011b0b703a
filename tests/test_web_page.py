"""The web chat's page, and what is refused before any store is asked."""

import json
import re

import pytest
from starlette.applications import Starlette

from bot.adapters.web import visitors
from bot.adapters.web.settings import WebSettings
from bot.adapters.web.transport import WebChat
from bot.delivery import StoreDown
from tests.web_visitor import SITE, Browser, turn


class Down:
    """A store that cannot be reached."""

    async def converse(self, _request):
        raise StoreDown

    def history(self, *_args):
        raise StoreDown

    sign_out = download = download_link = history


def served(base_url=SITE):
    return Starlette(routes=WebChat(Down(), WebSettings(base_url=base_url)).routes())


@pytest.fixture
def app():
    return served()


@pytest.fixture
def page(app):
    """A browser that has opened the page."""
    browser = Browser(app)
    browser.get("/")
    return browser


def test_the_page_comes_from_here_alone(page):
    """No script, style, picture or link of the page is another site's."""
    links = re.findall(r'(?:src|href|action)="([^"]+)"', page.get("/").text)
    assert links
    assert [] == [link for link in links if not re.match(r"[/#](?!/)", link)]


def test_every_file_of_the_page_is_there(page):
    """What the page names can be fetched."""
    names = re.findall(r'(?:src|href)="(/chat/static/[^"]+)"', page.get("/").text)
    assert {200} == {page.get(name).status_code for name in names}


def test_the_page_is_guarded(page):
    """Nothing but our own files may run, frame or be guessed at."""
    headers = page.get("/").headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert ("nosniff", "no-referrer", "no-store") == (
        headers["x-content-type-options"],
        headers["referrer-policy"],
        headers["cache-control"],
    )


def test_static_files_are_asked_after(page):
    """A browser keeps them, but sees a new version at once."""
    found = page.get("/chat/static/chat.js")
    assert (200, "no-cache") == (found.status_code, found.headers["cache-control"])


def test_a_visitor_is_given_a_cookie_once(app):
    """It is random, for HTTP alone, and stays."""
    browser = Browser(app)
    given = browser.get("/").headers["set-cookie"].lower()
    assert re.match(r"billing_bot_visitor=[a-z0-9_-]{22};", given)
    parts = set(given.split("; "))
    assert {"httponly", "samesite=lax", "max-age=31536000"} <= parts
    assert "secure" not in parts
    assert "set-cookie" not in browser.get("/").headers


def test_two_visitors_are_two(app):
    """No two browsers get the same cookie."""
    one, other = Browser(app), Browser(app)
    one.get("/")
    other.get("/")
    assert one.address != other.address


def test_cookies_are_for_https_where_the_page_is():
    """Under an https address they never leave in the clear."""
    browser = Browser(served("https://billing.example"), base_url="https://billing.example")
    assert "secure" in browser.get("/").headers["set-cookie"].lower().split("; ")


def test_a_made_up_cookie_is_replaced(app):
    """A visitor's cookie is one that we gave."""
    browser = Browser(app, cookies={visitors.VISITOR_COOKIE: "me"})
    assert "billing_bot_visitor=" in browser.get("/").headers["set-cookie"]


def test_the_store_sees_a_hash_alone(page):
    """What identifies a visitor there cannot be used as their cookie."""
    assert page.cookies[visitors.VISITOR_COOKIE] not in repr(page.address)
    assert re.fullmatch(r"[0-9a-f]{32}", page.address.user)


@pytest.mark.parametrize(
    ("query", "header", "language"),
    [
        ("", "", "en"),
        ("", "fr-CA,en;q=0.5", "fr"),
        ("", "de", "en"),
        ("?lang=fr", "en", "fr"),
        ("?lang=en", "fr", "en"),
        ("?lang=xx", "fr", "fr"),
    ],
)
def test_the_language_of_the_page(app, query, header, language):
    """Asked for, else the browser's, else English."""
    browser = Browser(app, headers={"accept-language": header})
    assert f'<html lang="{language}">' in browser.get("/" + query).text


def test_the_language_is_kept(page):
    """Chosen once, it stays."""
    page.get("/?lang=fr")
    assert '<html lang="fr">' in page.get("/").text


def test_the_whole_page_is_in_its_language(page):
    """No text of the English page stands in the French one, except names and cognates."""
    english, french = (
        json.loads(re.search(r'id="texts">(.*?)</script>', page.get(f"/?lang={tag}").text)[1])
        for tag in ("en", "fr")
    )
    same = {name for name, text in english["texts"].items() if french["texts"][name] == text}
    assert {"conversation"} == same


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("{", "application/json"),
        ("[" * 20_000, "application/json"),
        ("[]", "application/json"),
        ('{"text": "hello"}', "application/json"),
        ('{"id": "1", "text": "hello"}', "application/json"),
        (json.dumps(turn(7)), "application/json"),
        (json.dumps(turn(action=7)), "application/json"),
        (json.dumps(turn(action="x" * 300)), "application/json"),
        (json.dumps(turn(message={})), "application/json"),
        (json.dumps(turn()), "text/plain"),
    ],
    ids=["cut", "deep", "list", "no id", "id", "text", "action", "long action", "message", "type"],
)
def test_what_is_no_turn(page, content, kind):
    """Only JSON of the agreed shape is taken."""
    sent = page.post("/chat/messages", content=content, headers={"content-type": kind})
    assert 400 == sent.status_code
    assert sent.json()["error"]


def test_too_long(page):
    """Over 64 KiB nothing is read any more."""
    assert 413 == page.say(turn("a" * 65_536)).status_code


@pytest.mark.parametrize("path", ["/chat/messages", "/chat/sign-out"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:9"])
def test_another_site_may_not_speak(page, path, origin):
    """A page of another origin cannot use our visitor's cookie."""
    assert 403 == page.post(path, json=turn(), headers={"origin": origin}).status_code


@pytest.mark.parametrize("origin", [SITE, "http://localhost:8000"])
def test_the_page_itself_may_speak(app, origin):
    """Whatever name of this machine the page was opened under: it gets as far as the store."""
    browser = Browser(app, base_url=origin)
    assert 503 == browser.say(turn(), headers={"origin": origin}).status_code


def test_behind_a_proxy_the_page_may_speak():
    """Its public address counts, whatever the proxy calls us."""
    app = served("https://billing.example")
    browser = Browser(app, base_url="http://10.0.0.7:8000")
    own = {"origin": "https://billing.example"}
    assert 503 == browser.say(turn(), headers=own).status_code


def test_the_store_is_down(page):
    """The page is there all the same, and is told that nothing was sent."""
    assert 200 == page.get("/").status_code
    tried = [
        page.say(turn()),
        page.get("/chat/messages"),
        page.post("/chat/sign-out"),
        page.get("/chat/files/r3f"),
        page.post("/chat/files/r3f/link"),
    ]
    assert [(503, {"error": "store_down"})] * 5 == [(t.status_code, t.json()) for t in tried]


def test_a_browser_without_a_cookie(app):
    """It has no history, no files, nothing to end, and no events to come back for."""
    browser = Browser(app)
    nothing = {"messages": [], "signed_in": None, "language": "en"}
    assert nothing == browser.get("/chat/messages").json()
    assert 404 == browser.get("/chat/files/r3f").status_code
    assert 404 == browser.post("/chat/files/r3f/link").status_code
    assert 204 == browser.get("/chat/events").status_code
    assert 204 == browser.post("/chat/sign-out").status_code
