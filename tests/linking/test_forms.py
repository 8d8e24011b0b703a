"""Forms and cookies of others: only what this browser was given counts."""

import asyncio
import base64
import json
import time

import pytest

from bot.identity import linking
from tests.linking.visitor import (
    IS_MINE,
    MAPLE,
    PASSWORDS,
    SIGN_IN,
    Visitor,
    heading,
    link_of,
    request_of,
    site,
    words,
)
from tests.talk import Talk


def sign_in_cookie(bot, link_ref, *, seconds=60, tokens=None):
    content = [link_ref, MAPLE, int(time.time()) + seconds]
    claim = base64.urlsafe_b64encode(json.dumps(content).encode()).decode()
    signer = tokens or linking.Tokens(bot.settings.secret)
    return f"{claim}.{signer.of_sign_in(claim)}"


def test_a_form_without_its_token_is_refused(bot, browser, url):
    """403, the form again, and nothing was tried."""
    browser.get(url)
    for form in ({}, {"form": ""}, {"form": "wrong"}, {"form": "é"}):
        page = browser.post(url, {"username": MAPLE, "password": PASSWORDS[MAPLE], **form})
        assert page.status_code == 403
        assert SIGN_IN["en"] in words(page)
    assert browser.submit({"username": MAPLE, "password": PASSWORDS[MAPLE]}).status_code == 200


def test_a_form_without_its_cookie_is_refused(browser, url):
    browser.get(url)
    browser.client.cookies.clear()
    assert browser.submit({"username": MAPLE, "password": PASSWORDS[MAPLE]}).status_code == 403


def test_a_form_made_for_another_browser_is_refused(bot, browser, url):
    """Somebody's own token in somebody else's browser is worth nothing."""
    other = Visitor(site(bot))
    browser.get(url)
    other.get(url)
    browser.last = other.last
    assert browser.submit({"username": MAPLE, "password": PASSWORDS[MAPLE]}).status_code == 403


def test_an_answer_without_its_token_is_refused(bot, browser, url):
    """The question is asked again, and the link is still open."""
    browser.sign_in(url, MAPLE)
    page = browser.post(url + "/agree", {"answer": "yes"})
    assert page.status_code == 403
    assert heading(page) == IS_MINE["en"]
    assert request_of(bot.database).page_agreed_at is None
    assert browser.answer("yes").status_code == 200


@pytest.mark.parametrize("answer", ["", "maybe", "YES"])
def test_an_answer_that_is_neither_yes_nor_no_changes_nothing(bot, browser, url, answer):
    browser.sign_in(url, MAPLE)
    assert browser.answer(answer).status_code == 400
    request = request_of(bot.database)
    assert (request.page_agreed_at, request.closed_at) == (None, None)


def test_another_browser_cannot_answer_without_its_own_sign_in(bot, browser, url):
    """Even with a form token of its own; the sign-in of the first one stands."""
    browser.sign_in(url, MAPLE)
    other = Visitor(site(bot))
    other.get(url)
    page = other.post(f"{url}/agree", {"form": other.form_token, "answer": "yes"})
    assert page.status_code == 403
    assert SIGN_IN["en"] in words(page)
    assert request_of(bot.database).page_agreed_at is None
    assert browser.answer("yes").status_code == 200


@pytest.mark.parametrize("case", ["good", "late", "forged", "other link", "unsigned", "rubbish"])
def test_a_sign_in_is_believed_only_as_it_was_given(bot, browser, url, case):
    """For this link, for ten minutes, and signed by us."""
    ref = request_of(bot.database).ref
    cookies = {
        "good": sign_in_cookie(bot, ref),
        "late": sign_in_cookie(bot, ref, seconds=-1),
        "forged": sign_in_cookie(bot, ref, tokens=linking.Tokens(b"another secret")),
        "other link": sign_in_cookie(bot, "0" * 20),
        "unsigned": sign_in_cookie(bot, ref).partition(".")[0],
        "rubbish": "..",
    }
    browser.client.cookies.set("link-sign-in", cookies[case])
    assert (heading(browser.get(url)) == IS_MINE["en"]) is (case == "good")


def test_a_sign_in_for_one_link_is_none_for_another(bot, browser):
    """The same browser signs in anew for each link."""
    browser.sign_in(link_of(Talk(bot)), MAPLE)
    assert SIGN_IN["en"] in words(browser.get(link_of(Talk(bot))))


def test_a_form_that_is_too_long_is_refused_unread(browser, url):
    browser.get(url)
    page = browser.submit({"username": MAPLE, "password": "x" * 20_000})
    assert page.status_code == 403


@pytest.mark.parametrize("content", [b"\xff\xfe=%ff", b"a&b&c", b"&".join([b"a=b"] * 50), b""])
def test_a_body_that_is_no_form_is_refused(browser, url, content):
    browser.get(url)
    page = asyncio.run(browser.client.post(url, content=content))
    assert page.status_code == 403
