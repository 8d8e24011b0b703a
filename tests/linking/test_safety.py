"""What the pages, the store and the logs must never give away."""

import json
import re
from pathlib import Path

import pytest
from sqlmodel import update

from bot.bootstrap import build
from bot.identity import linking
from store.models import Account, ChatIdentity
from tests.conftest import settings
from tests.linking.steps import agree_on_page, asked_in_chat, yes_of
from tests.linking.visitor import (
    BY_LANGUAGE,
    MAPLE,
    PASSWORDS,
    WRONG,
    Visitor,
    kept,
    link_of,
    request_of,
    site,
    statements,
    token_of,
)
from tests.talk import Talk

pytestmark = pytest.mark.both_stores


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("step", ["", "/agree"])
def test_reading_a_page_changes_nothing(bot, talk, browser, url, method, step):
    """Previews of links read them; so may anybody, before and after the sign-in."""
    with statements(bot.database) as before:
        assert browser.get(url + step, method).status_code == 200
    browser.sign_in(url, MAPLE)
    with statements(bot.database) as after:
        assert browser.get(url + step, method).status_code == 200
    for said in (before, after):
        assert {statement.split()[0] for statement in said} >= {"SELECT"}
        assert not [s for s in said if s != "BEGIN" and not s.startswith("SELECT")]
    assert request_of(bot.database).page_agreed_at is None


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(browser, url, method):
    assert browser.get(url, method).status_code == 405


def test_every_page_keeps_itself_to_itself(browser, url):
    """Not stored, not framed, not sniffed, and its address is told to nobody."""
    shown = [browser.get(url), browser.submit(WRONG), browser.sign_in(url, MAPLE)]
    shown += [*browser.last.history, browser.answer("yes"), browser.get(url)]
    assert [page.status_code for page in shown] == [200, 401, 200, 303, 200, 410]
    for page in shown:
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.headers["x-content-type-options"] == "nosniff"
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert not re.search(r"<script|<style|\son\w+=|\sstyle=|https?://", page.text)


@pytest.mark.parametrize("secure", [False, True])
def test_the_cookies_are_for_this_site_and_no_script(bot, secure):
    """HttpOnly and SameSite=Strict; over https also Secure, under a name nobody else can set."""
    public = "https://bot.example" if secure else ""
    built = build(settings(public_url=public), bot.database)
    browser = Visitor(site(built), base_url=built.settings.base_url)
    url = link_of(Talk(built))
    assert url.startswith(built.settings.base_url)
    first = browser.get(url)
    page = browser.sign_in(url, MAPLE)
    built.delivery.close()
    given = [first.headers["set-cookie"], page.history[0].headers["set-cookie"]]
    names = ["link-form", "link-sign-in"]
    for cookie, name in zip(given, names, strict=True):
        parts = [part.strip().lower() for part in cookie.split(";")]
        assert parts[0].startswith(f"__host-{name}=" if secure else f"{name}=")
        assert {"httponly", "samesite=strict", "path=/"} <= set(parts)
        assert ("secure" in parts) is secure
    assert "max-age=600" in given[1].lower()
    assert MAPLE not in given[1]


def test_after_the_answer_the_sign_in_is_forgotten(browser, url):
    browser.sign_in(url, MAPLE)
    assert "link-sign-in" in browser.client.cookies
    browser.answer("yes")
    assert "link-sign-in" not in browser.client.cookies


@BY_LANGUAGE
def test_a_name_from_a_platform_cannot_write_markup(alone, language):
    """Names are what strangers choose."""
    browser = Visitor(site(alone))
    talk = Talk(alone, locale=language)
    url = link_of(talk)
    with alone.database.write() as session:
        session.connection().execute(
            update(ChatIdentity).values(platform="telegram", display_name="<script>@eve</script>")
        )
    page = browser.sign_in(url, MAPLE)
    assert "<script>" not in page.text
    assert "&lt;script&gt;@eve&lt;/script&gt;" in page.text


def test_a_user_name_that_was_typed_cannot_write_markup(browser, url):
    browser.get(url)
    page = browser.submit({"username": '"><script>', "password": "x"})
    assert "<script>" not in page.text


def test_no_log_line_has_the_token_the_password_or_the_name(bot, talk, browser, logged, capsys):
    """Ids and outcomes only, whatever happens on the page."""
    url = link_of(talk)
    logged.truncate(0)
    browser.get(url)
    browser.submit(WRONG)
    browser.sign_in(url, MAPLE)
    browser.answer("yes")
    browser.get(url)
    lines = [json.loads(line) for line in logged.getvalue().strip("\0").splitlines()]
    outcomes = [line["outcome"] for line in lines if "outcome" in line]
    assert outcomes == ["wrong name or password", "signed in", "agreed"]
    written = f"{lines}{capsys.readouterr()}"
    for secret in (token_of(url), PASSWORDS[MAPLE], WRONG["password"], MAPLE):
        assert secret not in written


def test_the_store_keeps_neither_token_nor_password(alone):
    """Of a link only the hash is kept, through the whole of its life."""
    talk, browser = Talk(alone), Visitor(site(alone))
    url = link_of(talk)
    browser.sign_in(url, MAPLE, "wrong-Password-123456")
    browser.sign_in(url, MAPLE)
    browser.answer("yes")
    talk.press(yes_of(asked_in_chat(talk)))
    secrets = (token_of(url), "wrong-Password-123456", "Sample-Administrator-2026")
    rows = kept(alone.database)
    assert not [secret for secret in secrets if secret in rows]
    if alone.database.is_sqlite:
        path = Path(alone.database.engine.url.database)
        written = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
        assert linking.token_hash(token_of(url)).encode() in written
        assert not [secret for secret in secrets if secret.encode() in written]


def test_a_guessed_ref_is_no_token(bot, talk, browser):
    """The page wants the token: neither the request's ref nor the kept hash opens it."""
    link_of(talk)
    request = request_of(bot.database)
    for guess in (request.ref, request.token_hash):
        assert browser.get(f"/link/{guess}").status_code == 410


def test_another_secret_key_makes_other_tokens():
    one, two = linking.Tokens(b"1" * 32), linking.Tokens(b"2" * 32)
    assert one.of_link("REF") != two.of_link("REF")
    assert len({one.of_link("REF"), one.of_form("REF"), one.of_sign_in("REF")}) == 3


def test_a_foreign_name_cannot_write_markup(alone):
    """An account name with stars and line ends stays a name."""
    talk, browser = Talk(alone), Visitor(site(alone))
    with alone.database.write() as session:
        session.connection().execute(
            update(Account)
            .where(Account.number == "001234")
            .values(legal_name="Maple**\n\n1. **Dental")
        )
    done = talk.press(yes_of(agree_on_page(talk, browser)))
    assert "\n1. " not in done.reply.text
