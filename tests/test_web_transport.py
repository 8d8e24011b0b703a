"""The web chat over a real store: what is said, who is signed in, files, and what arrives."""

import asyncio
import json

import pytest
from starlette.applications import Starlette

from bot import desk
from bot.adapters.web.feed import Feed
from bot.adapters.web.settings import WebSettings
from bot.adapters.web.transport import routes
from bot.delivery import StoreDown
from store import files, people
from store.scope import Scope
from tests.conftest import settings
from tests.linking.visitor import Visitor, site
from tests.web_visitor import SITE, Browser, turn

CARD = "4111 1111 1111 1111"
KEPT = "/chat/files/r3f"
QUICK = WebSettings(base_url=SITE, poll_seconds=0.01, state_seconds=0.01)


@pytest.fixture
def app(bot):
    return Starlette(routes=routes(bot.delivery, settings()))


@pytest.fixture
def page(app):
    """A browser that has opened the page."""
    browser = Browser(app)
    browser.get("/")
    return browser


def sign_in(bot, browser, username="demo@maple.example"):
    """Link the visitor to a portal user, as the sign-in page and the chat's yes do."""
    with bot.database.write() as session:
        user = people.portal_user_named(session, username=username)
        account, membership = people.accounts_of(session, portal_user_id=user.id)[0]
        key = {"platform": "web", "workspace": "", "user": browser.address.user}
        people.meet(session, **key, display_name="")
        person = people.person(session, **key)
        people.link(session, person_id=person.id, portal_user_id=user.id, account_id=account.id)
        return Scope(portal_user_id=user.id, account_id=account.id, role=membership.role)


def typed(message):
    return message["blocks"][0]["lines"][0][0]["text"]


def test_a_question_is_answered_once(app, page):
    """The answer holds the visitor's own line and the bot's; history and repetition agree."""
    said = turn()
    own, answer = shown = page.say(said).json()["messages"]
    assert ("you", said["id"], said["text"]) == (own["from"], own["id"], typed(own))
    assert ("bot", "en") == (answer["from"], answer["language"])
    assert "Auto Pay" in json.dumps(answer["blocks"])
    assert shown == page.say(said).json()["messages"]
    assert [own["ref"], answer["ref"]] == [message["ref"] for message in page.history()]
    # Whoever learns of an id gets an answer of their own.
    stranger = Browser(app)
    stranger.get("/")
    theirs = stranger.say(said).json()["messages"]
    assert set() == {m["ref"] for m in shown} & {m["ref"] for m in theirs}


def test_a_button_is_pressed(page):
    """Its label is what the visitor said."""
    pressed = turn("Français", action="language:fr", message="r3f")
    own, answer = page.say(pressed).json()["messages"]
    assert ("Français", "fr") == (typed(own), answer["language"])


def test_the_same_button_pressed_twice_is_answered_once_and_at_once(page):
    """The page does not wait for an answer that never comes, nor hold back what is said next."""
    (*_, answer) = page.say(turn("pending payment")).json()["messages"]
    press = {"action": "topic:accepted-cards", "message": answer["ref"]}
    first, second = (page.say(turn("", **press)).json() for _ in range(2))
    assert first["messages"]
    assert first["closed"]
    assert {"messages": [], "closed": True} == second


def test_the_language_of_the_page_answers_where_words_tell_none(app):
    """Something unclear in a French page is answered in French."""
    browser = Browser(app, headers={"accept-language": "fr-CA"})
    browser.get("/")
    assert "fr" == browser.say(turn("??")).json()["messages"][-1]["language"]


def test_what_may_not_or_cannot_be_kept(page):
    """Card numbers are masked; null characters and halves of characters are dropped."""
    said = page.say(turn(f"my card {CARD} was refused")).text
    assert CARD not in said + json.dumps(page.history())
    body = json.dumps(turn("hello\0 \ud800there"))
    sent = page.post("/chat/messages", content=body, headers={"content-type": "application/json"})
    assert "hello there" == typed(sent.json()["messages"][0])


@pytest.mark.parametrize("text", ["", "a" * 40_000, "🙂"], ids=["empty", "long", "emoji"])
def test_whatever_is_said_is_answered(page, text):
    """Nothing at all, far too much, a picture of a face."""
    assert "bot" == page.say(turn(text)).json()["messages"][-1]["from"]


def test_without_a_cookie_a_visitor_begins(app):
    """Who lost the cookie is answered and given a new one."""
    browser = Browser(app)
    assert 2 == len(browser.say(turn()).json()["messages"])
    assert 2 == len(browser.history())


def test_signing_out(bot, page):
    """It ends the link and the conversation, and the browser is a new visitor."""
    sign_in(bot, page)
    before = page.address
    page.say(turn("balance"))
    found = page.get("/chat/messages")
    assert "Maple Dental Group (001234)" == found.json()["signed_in"]["account"]
    assert "210.69" in found.text
    assert 204 == page.post("/chat/sign-out").status_code
    assert before != page.address
    assert {"messages": [], "signed_in": None, "language": "en"} == page.get(
        "/chat/messages"
    ).json()
    assert (None, ()) == (bot.delivery.holder(before), bot.delivery.history(before))


@pytest.mark.parametrize(
    ("filename", "media_type", "disposition"),
    [
        ("aging.png", "image/png", "inline; filename*=utf-8''aging.png"),
        ("relevé.pdf", "application/pdf", "attachment; filename*=utf-8''relev%C3%A9.pdf"),
        ("x.svg", "image/svg+xml", "attachment; filename*=utf-8''x.svg"),
    ],
)
def test_a_file(bot, app, page, filename, media_type, disposition):
    """Its owner gets it, a picture in place and the rest as a download; nobody else does."""
    content = b"0123456789" * 50_000
    with bot.database.write() as session:
        files.keep(
            session,
            scope=sign_in(bot, page),
            language="en",
            cache_key=filename,
            filename=filename,
            media_type=media_type,
            content=content,
            ref="r3f",
        )
    in_place = disposition.startswith("inline")
    found = page.get(KEPT if in_place else page.link(KEPT))
    assert (content, disposition) == (found.content, found.headers["content-disposition"])
    assert str(len(content)) == found.headers["content-length"]
    stranger = Browser(app)
    stranger.get("/")
    assert 404 == stranger.get(KEPT).status_code
    sign_in(bot, stranger, "demo@erable.example")
    assert 404 == stranger.get(KEPT).status_code
    page.post("/chat/sign-out")
    assert 404 == page.get(KEPT).status_code


def heard(feed, who, *, until, meanwhile=lambda: None):
    """Follow the feed until an event of that name and content; give all of them.

    `meanwhile` happens after the first one.
    """

    async def follow():
        events = []
        stream = feed.follow(who)
        async with asyncio.timeout(20):
            async for event in stream:
                events.append((event["event"], json.loads(event["data"])))
                if until(*events[-1]):
                    break
                if len(events) == 1:
                    await asyncio.to_thread(meanwhile)
        await stream.aclose()
        return events

    return asyncio.run(follow())


def test_staff_messages_arrive(bot, page):
    """What staff write reaches an open page, once."""
    page.say(turn("I want to talk to a person"))

    def answer():
        mine = [case for case in desk.open_cases(bot.database) if case.ticket.account_id is None]
        staff = desk.member(bot.database, username="agent1@desk.example", sample_users=True)
        desk.reply(bot.database, ref=mine[0].ticket.ref, text="Dana here.", staff=staff)

    events = heard(
        Feed(bot.delivery, QUICK),
        page.address,
        until=lambda name, data: name == "message" and data["from"] == "staff",
        meanwhile=answer,
    )
    refs = [data["ref"] for name, data in events if name == "message"]
    assert len(set(refs)) == len(refs)
    assert "Dana here." == typed(events[-1][1])


def test_a_page_hears_who_is_signed_in(bot, page):
    """First how it is, then each change."""
    page.say(turn("hello"))
    events = heard(
        Feed(bot.delivery, QUICK),
        page.address,
        until=lambda name, data: name == "state" and data["signed_in"],
        meanwhile=lambda: sign_in(bot, page),
    )
    states = [data["signed_in"] for name, data in events if name == "state"]
    assert [None, "Maple Dental Group (001234)"] == [who and who["account"] for who in states]


def test_what_was_asked_before_the_sign_in_arrives_after_it(bot, page):
    """The page shows the answer by itself, without asking again."""
    (_, offer) = page.say(turn("how much do I owe?")).json()["messages"]
    (url,) = [button["url"] for button in offer["buttons"] if button.get("url")]
    browser = Visitor(site(bot))
    browser.sign_in(url, "demo@maple.example")
    browser.answer("yes")
    question = bot.delivery.history(page.address)[-1]
    yes = next(b.action for b in question.reply.buttons if "yes" in (b.action or ""))
    events = heard(
        Feed(bot.delivery, QUICK),
        page.address,
        until=lambda name, data: name == "message" and "210.69" in json.dumps(data),
        meanwhile=lambda: page.say(turn("Yes", action=yes, message=question.ref)),
    )
    assert "state" in [name for name, _ in events]


class Flaky:
    """A delivery whose store comes back after a while."""

    def __init__(self, delivery, failures):
        self.delivery, self.failures, self.holder = delivery, failures, delivery.holder

    def fresh(self, addresses):
        if self.failures:
            self.failures -= 1
            raise StoreDown
        return self.delivery.fresh(addresses)


def test_the_feed_outlives_the_store_and_ends_with_the_last_page(bot, page):
    """While the store is down pages hear nothing; nobody looks when no page is open."""
    page.say(turn("hello"))
    flaky = Flaky(bot.delivery, failures=3)
    feed = Feed(flaky, QUICK)

    async def come_and_go():
        stream = feed.follow(page.address)
        async with asyncio.timeout(20):
            first = await anext(stream)
            await stream.aclose()
            await feed._task
        return first["event"]

    assert ("message", 0, None) == (asyncio.run(come_and_go()), flaky.failures, feed._task)
