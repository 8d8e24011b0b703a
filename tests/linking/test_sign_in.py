"""Signing in on the page: who gets in, who is refused, and who has to wait."""

import asyncio
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlmodel import update

from bot.bootstrap import build
from bot.settings import Settings
from bot.site import visits
from store import links
from store.models import PortalUser, SignInFailure
from store.models.types import now
from tests.conftest import settings
from tests.linking.visitor import (
    BY_LANGUAGE,
    IS_MINE,
    MAPLE,
    PASSWORDS,
    WRONG,
    Visitor,
    heading,
    link_of,
    site,
    words,
)
from tests.talk import Talk


@BY_LANGUAGE
@pytest.mark.parametrize("username", [MAPLE, "nobody@nowhere.example", "", "x\0y", "é" * 300])
def test_a_wrong_sign_in_is_told_alike_whether_the_user_exists_or_not(
    bot, browser, language, username
):
    browser.get(link_of(Talk(bot, locale=language)))
    page = browser.submit({"username": username, "password": "not the password"})
    assert page.status_code == 401
    told = {
        "en": "The user name or the password is wrong.",
        "fr": "Le nom d'utilisateur ou le mot de passe est incorrect.",
    }
    assert told[language] in words(page)
    assert 'role="alert"' in page.text
    assert "not the password" not in page.text


def test_a_user_name_is_read_without_regard_to_case_and_spaces(browser, url):
    assert heading(browser.sign_in(url, "  DEMO@Maple.Example ", PASSWORDS[MAPLE])) == IS_MINE["en"]


def test_a_user_who_is_off_may_not_sign_in(alone):
    browser, url = Visitor(site(alone)), link_of(Talk(alone))
    with alone.database.write() as session:
        session.connection().execute(update(PortalUser).values(active=False))
    assert browser.sign_in(url, MAPLE).status_code == 401


def test_outside_development_sample_users_are_strangers(bot):
    production = Settings(env="production", secret_key="k" * 32)
    built = build(production, bot.database)
    browser = Visitor(site(built))
    page = browser.sign_in(link_of(Talk(built)), MAPLE)
    built.delivery.close()
    assert page.status_code == 401


@BY_LANGUAGE
def test_after_five_failures_even_the_right_password_has_to_wait(bot, browser, language):
    """The page says how long; from another address the user still gets in."""
    talk = Talk(bot, locale=language)
    browser.get(link_of(talk))
    for _ in range(5):
        assert browser.submit(WRONG).status_code == 401
    page = browser.submit({"username": MAPLE, "password": PASSWORDS[MAPLE]})
    assert page.status_code == 429
    assert 0 < int(page.headers["retry-after"]) <= 900
    told = {"en": "Please wait 15 minutes", "fr": "Attendez 15 minutes"}
    assert told[language] in words(page)
    elsewhere = Visitor(site(bot))
    assert heading(elsewhere.sign_in(link_of(talk), MAPLE)) == IS_MINE[language]


def test_the_wait_ends(bot, browser, url):
    browser.get(url)
    for _ in range(5):
        browser.submit(WRONG)
    with bot.database.write() as session:
        past = now() - timedelta(minutes=16)
        session.connection().execute(update(SignInFailure).values(at=past))
    page = browser.submit({"username": MAPLE, "password": PASSWORDS[MAPLE]})
    assert heading(page) == IS_MINE["en"]


@pytest.mark.parametrize(
    ("trusted", "blocked"), [("", True), ("203.0.113.7", False), ("203.0.113.0/24", False)]
)
def test_a_forwarded_address_counts_only_from_a_trusted_proxy(bot, talk, trusted, blocked):
    """Else whoever guesses would choose a new address each time."""
    browser = Visitor(site(bot, trusted_proxies=trusted), address="203.0.113.7")
    browser.get(link_of(talk))
    for number in range(6):
        page = browser.submit(WRONG, headers={"X-Forwarded-For": f"198.51.100.{number}"})
    assert (page.status_code == 429) is blocked
    with bot.database.write() as session:
        links.forget_failures(session, username=MAPLE)


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ([], "10.0.0.1"),
        (["198.51.100.1"], "198.51.100.1"),
        (["6.6.6.6, 198.51.100.1"], "198.51.100.1"),
        (["6.6.6.6, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        (["6.6.6.6", "198.51.100.1"], "198.51.100.1"),
        (["2001:db8::1"], "2001:db8::1"),
        (["rubbish"], "10.0.0.1"),
        (["x" * 5000], "10.0.0.1"),
        (["10.0.0.3"], "10.0.0.3"),
    ],
)
def test_the_address_is_the_last_one_that_no_trusted_proxy_has(forwarded, address):
    trusted = visits.trusted_networks(settings(trusted_proxies="10.0.0.0/8, 192.0.2.1"))
    assert visits.client_address("10.0.0.1", forwarded, trusted) == address


def test_a_trusted_proxy_that_is_no_address_is_refused_at_the_start(bot):
    with pytest.raises(ValueError, match="proxy"):
        site(bot, trusted_proxies="proxy")


def test_checking_a_password_does_not_hold_up_others(alone):
    """Meanwhile the event loop goes on."""
    with alone.database.write() as session:
        slow = PasswordHasher().hash(PASSWORDS[MAPLE])
        session.connection().execute(update(PortalUser).values(password_hash=slow))
    browser, url = Visitor(site(alone)), link_of(Talk(alone))
    browser.get(url)
    form = {"form": browser.form_token, "username": MAPLE, "password": PASSWORDS[MAPLE]}

    async def ticks_meanwhile() -> int:
        ticks = 0
        sent = asyncio.create_task(browser.client.post(url, data=form))
        while not sent.done():
            await asyncio.sleep(0.0005)
            ticks += 1
        assert sent.result().status_code == 200
        return ticks

    assert asyncio.run(ticks_meanwhile()) > 5
