"""The one-time page: what a visitor goes through, in both languages."""

import re
from datetime import UTC, datetime

import pytest
from starlette.applications import Starlette

from bot.i18n import Localizer
from bot.site import pages, render
from store.db import Database
from store.models import Membership
from tests.linking.visitor import (
    BY_LANGUAGE,
    ERABLE,
    GONE,
    IS_MINE,
    MAPLE,
    PASSWORDS,
    SIGN_IN,
    WRONG,
    Visitor,
    expire,
    heading,
    link_of,
    site,
    token_of,
    words,
)
from tests.talk import Talk


@BY_LANGUAGE
def test_the_page_names_the_chat_and_asks_whether_it_is_yours(bot, browser, language):
    """Signed in, one reads which chat it is and who one is; yes sends one back to the chat."""
    page = browser.sign_in(link_of(Talk(bot, locale=language)), MAPLE)
    assert page.status_code == 200
    assert heading(page) == IS_MINE[language]
    started = {"en": "Terminal session started on", "fr": "Session de terminal commencée le"}
    assert started[language] in words(page)
    assert MAPLE in words(page)
    done = browser.answer("yes")
    assert done.status_code == 200
    confirm = {"en": "Now confirm in your chat", "fr": "Confirmez maintenant dans votre clavardage"}
    assert heading(done) == confirm[language]


@BY_LANGUAGE
def test_no_on_the_page_ends_the_link(bot, browser, language):
    """Nothing was linked, the page says so, and the chat is asked nothing."""
    talk = Talk(bot, locale=language)
    url = link_of(talk)
    browser.sign_in(url, MAPLE)
    done = browser.answer("no")
    assert done.status_code == 200
    assert {"en": "Nothing was linked", "fr": "Rien n'a été associé"}[language] in words(done)
    assert "billing@net2phone.ca" in words(done)
    assert browser.get(url).status_code == 410
    assert len(bot.delivery.history(talk.address)) == 1


def test_a_reload_after_the_sign_in_asks_the_question_again(browser, url):
    """The answer to the password is a redirect, so a reload sends no password twice."""
    browser.get(url)
    answer = browser.submit(
        {"username": MAPLE, "password": PASSWORDS[MAPLE]}, follow_redirects=False
    )
    assert answer.status_code == 303
    assert heading(browser.get(url)) == IS_MINE["en"]


@BY_LANGUAGE
def test_unknown_expired_and_used_links_are_told_alike(bot, browser, language):
    """The page does not tell why a link does not work."""
    talk = Talk(bot, locale=language)
    used, never = link_of(talk), "http://127.0.0.1:8000/link/" + "A" * 22
    browser.sign_in(used, MAPLE)
    browser.answer("yes")
    late = link_of(Talk(bot))
    expire(bot.database)
    seen = {}
    for url in (used, late, never):
        page = browser.get(f"{url}?lang={language}")
        assert page.status_code == 410
        assert heading(page) == GONE[language]
        seen[url] = page.text.replace(token_of(url), "TOKEN")
    assert len(set(seen.values())) == 1


@pytest.mark.parametrize("step", ["", "/agree"])
def test_a_link_that_no_longer_works_takes_no_form(bot, browser, url, step):
    """Neither a password nor an answer is looked at once the link has expired."""
    browser.sign_in(url, MAPLE)
    expire(bot.database)
    sent = browser.post(url + step, {"answer": "yes", "username": MAPLE, "password": "x"})
    assert sent.status_code == 410


def test_after_the_yes_a_second_sign_in_is_refused(bot, browser, url):
    """The link works once, for this browser and for any other."""
    browser.sign_in(url, MAPLE)
    browser.answer("yes")
    assert browser.get(url).status_code == 410
    assert Visitor(site(bot)).get(url).status_code == 410


def test_of_two_who_say_yes_the_first_wins(bot, talk, url):
    """The second one reads that the link no longer works; the chat is asked about the first."""
    one, two = Visitor(site(bot)), Visitor(site(bot))
    one.sign_in(url, MAPLE)
    two.sign_in(url, ERABLE)
    assert one.answer("yes").status_code == 200
    assert two.answer("yes").status_code == 410
    question = bot.delivery.history(talk.address)[-1]
    assert MAPLE in question.reply.text


def test_who_has_no_account_is_sent_to_an_administrator(alone):
    browser, url = Visitor(site(alone)), link_of(Talk(alone))
    with alone.database.write() as session:
        session.connection().execute(Membership.__table__.delete())
    page = browser.sign_in(url, MAPLE)
    assert page.status_code == 403
    assert "does not belong to any account" in words(page)


@pytest.mark.parametrize(
    ("chat", "accepted", "query", "shown"),
    [
        ("fr", "en-CA", "", "fr"),
        ("en", "fr-CA", "", "en"),
        ("en", "en-CA", "?lang=fr", "fr"),
        ("fr", "fr-CA", "?lang=en", "en"),
        ("fr", "", "?lang=xx", "fr"),
    ],
)
def test_the_page_speaks_the_language_of_the_chat_unless_asked_otherwise(
    bot, chat, accepted, query, shown
):
    browser = Visitor(site(bot), headers={"Accept-Language": accepted})
    page = browser.get(link_of(Talk(bot, locale=chat)) + query)
    assert f'<html lang="{shown}">' in page.text
    assert SIGN_IN[shown] in words(page)


@pytest.mark.parametrize(("accepted", "shown"), [("fr-CA,fr;q=0.9", "fr"), ("de", "en")])
def test_without_a_chat_the_browser_tells_the_language(bot, accepted, shown):
    browser = Visitor(site(bot), headers={"Accept-Language": accepted})
    assert heading(browser.get("/link/nothing")) == GONE[shown]


def test_a_chosen_language_lasts_through_all_steps(browser, url):
    browser.get(url + "?lang=fr")
    assert "incorrect" in words(browser.submit(WRONG))
    page = browser.submit({"username": MAPLE, "password": PASSWORDS[MAPLE]})
    assert heading(page) == IS_MINE["fr"]
    assert '<html lang="fr">' in browser.answer("yes").text


@BY_LANGUAGE
def test_without_the_store_the_page_apologises(bot, language, tmp_path):
    """503 in the browser's language, and when to come back."""
    down = Database.connect(f"sqlite:///{tmp_path}/no/such/folder/store.db")
    browser = Visitor(
        Starlette(routes=pages.routes(down, bot.settings)), headers={"Accept-Language": language}
    )
    page = browser.get("/link/anything")
    assert page.status_code == 503
    assert page.headers["retry-after"] == "60"
    assert {"en": "try again in a few minutes", "fr": "réessayer dans quelques minutes"}[
        language
    ] in words(page)


def test_the_page_has_its_style_and_its_mark(browser, url):
    for path in re.findall(r'(?:href|src)="(/site/static/[^"]+)"', browser.get(url).text):
        assert browser.get(path).status_code == 200


@BY_LANGUAGE
def test_the_form_can_be_filled_in_by_a_password_manager_and_heard(bot, browser, language):
    """Each field has a label and says what it is for."""
    page = browser.get(link_of(Talk(bot, locale=language))).text
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    labels = re.findall(r'<label for="(\w+)">', page)
    assert labels == re.findall(r'<input id="(\w+)"', page) == ["username", "password"]


@pytest.mark.parametrize(
    ("language", "platform", "expected"),
    [
        ("en", "web", "Web chat started on November 30, 2026 at 11:05\u202fp.m."),
        ("fr", "web", "Clavardage Web commencé le 30 novembre 2026 à 23 h 05"),
        ("en", "console", "Terminal session started on November 30, 2026 at 11:05\u202fp.m."),
        ("en", "telegram", "Telegram: @ada, in touch since November 1, 2026"),
        ("fr", "telegram", "Telegram\u00a0: @ada, en contact depuis le 1er novembre 2026"),
        ("fr", "slack", "Slack\u00a0: @ada, en contact depuis le 1er novembre 2026"),
    ],
)
def test_a_chat_is_named_in_the_time_zone_of_who_signs_in(language, platform, expected):
    named = render.describe_chat(
        Localizer(language),
        platform=platform,
        name="@ada",
        since=datetime(2026, 11, 2, 3, tzinfo=UTC),
        started=datetime(2026, 12, 1, 4, 5, tzinfo=UTC),
        zone="America/Toronto",
    )
    assert named.replace("\u00a0", " ") == expected.replace("\u00a0", " ")
