"""The web chat as people use it."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from bot import desk
from bot.i18n import Localizer
from bot.messages import Reply, to_json
from store import outbox, sample
from store.db import Database

pytestmark = pytest.mark.browser

PASSWORDS = dict(sample.credentials())
MAPLE, ERABLE = "demo@maple.example", "demo@erable.example"
EVERYWHERE = pytest.mark.parametrize(
    ("language", "wide"),
    [
        ("en", True),
        pytest.param("en", False, marks=pytest.mark.slow),
        pytest.param("fr", True, marks=pytest.mark.slow),
        ("fr", False),
    ],
    ids=["en-wide", "en-narrow", "fr-wide", "fr-narrow"],
)


@EVERYWHERE
def test_a_first_visit(open_chat, language, wide):
    """The page greets, offers examples, and answers one that is pressed."""
    chat = open_chat(language, wide=wide)
    expect(chat.page.locator("html")).to_have_attribute("lang", language)
    examples = chat.page.locator("[data-example]")
    assert 6 == examples.count()
    chat.look("first")
    chat._answered(examples.nth(3).click)
    body = chat.last.locator(".sheet")
    expect(body).to_have_attribute("lang", language)
    expect(body).to_contain_text("Auto Pay")
    expect(body.get_by_role("list").first).to_be_visible()
    chat.look("topic")


def test_examples_are_all_answered(open_chat):
    """None of the questions that the page suggests is one that the bot does not know."""
    for language in ("en", "fr"):
        chat = open_chat(language)
        for example in chat.page.locator("[data-example]").all():
            chat._answered(example.click)
        titles = chat.answers.locator("h3")
        expect(titles).to_have_count(6)


@pytest.mark.parametrize(
    ("language", "wide", "username", "account", "balance"),
    [
        pytest.param(
            *("en", True, MAPLE, "Maple Dental Group (001234)", "-$210.69"), marks=pytest.mark.slow
        ),
        ("fr", False, ERABLE, "Érable et fils inc. (005678)", None),
    ],
    ids=["en-wide", "fr-narrow"],
)
def test_a_signed_in_visit(open_chat, language, wide, username, account, balance):
    """Sign in, see one's own figures, page through them, reload, and leave nothing behind."""
    chat = open_chat(language, wide=wide)
    page = chat.page
    figures = chat.sign_in(username, PASSWORDS[username], asking="/balance")
    expect(page.locator("#account")).to_contain_text(account)
    expect(figures.locator(".tag")).to_be_visible()
    if balance:
        expect(figures.locator("dd").first).to_have_text(balance)
    chat.look("balance")

    chat.ask("/aging")
    if username == ERABLE:
        expect(chat.last.locator("table tbody tr").first).to_be_visible()
        drawn = chat.last.locator("img")
        expect(drawn).to_have_attribute("alt", re.compile(r".{20}"))
        expect(drawn).to_have_js_property("complete", value=True)
        assert drawn.evaluate("picture => picture.naturalWidth") > 0
    chat.look("aging")

    _page_through(chat)
    chat.look("transactions")
    _download(chat)

    said = page.locator(".message .sheet").all_inner_texts()
    page.reload()
    expect(page.locator(".message")).to_have_count(len(said))
    assert said == page.locator(".message .sheet").all_inner_texts()

    other = chat.context.new_page()
    other.goto("/")
    expect(other.locator(".message")).to_have_count(len(said))
    page.locator("#sign-out").click()
    for each in (page, other):
        expect(each.locator(".message")).to_have_count(0)
        expect(each.locator("#account")).to_be_hidden()
    expect(page.locator("#status")).not_to_be_empty()
    assert [] == chat.context.request.get("/chat/messages").json()["messages"]
    page.reload()
    expect(page.locator("#chat[data-empty]")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_amount_of_a_table_is_out_of_sight_on_a_telephone(open_chat, language):
    """The charge of every call stands inside of the 390 pixels, with the name of its column."""
    chat = open_chat(language, wide=False)
    asked = {"en": "calls in October", "fr": "appels en octobre"}[language]
    chat.sign_in(MAPLE, PASSWORDS[MAPLE], asking="/balance")
    frame = chat.ask(asked).locator(".table")
    charges = frame.locator("tbody tr td:last-child")
    expect(charges).to_have_count(10)
    for charge in charges.all():
        box = charge.bounding_box()
        assert 0 < box["x"] < box["x"] + box["width"] <= 390
    label = charges.first.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert {"en": "Charge", "fr": "Frais"}[language] in label
    assert frame.evaluate("frame => frame.scrollWidth <= frame.clientWidth")
    assert frame.get_by_role("columnheader").count() == 5
    chat.look("calls")


def _download(chat):
    """By mouse and by keyboard, each time by a link of its own; what does not come is said."""
    file = chat.ask("/statement").locator(".files button").first
    for press in (file.click, lambda: file.press("Enter")):
        with chat.page.expect_download() as begun:
            press()
        assert begun.value.suggested_filename.endswith(".pdf")
        assert Path(begun.value.path()).read_bytes().startswith(b"%PDF")
    assert chat.problems == []
    chat.page.route("**/link", lambda route: route.abort())
    file.click()
    said = chat.loc.text("The file could not be downloaded. Try again, or ask for it anew.")
    expect(chat.page.locator("#status")).to_have_text(said)
    chat.page.unroute("**/link")
    chat.problems.clear()  # the request that was aborted


def _page_through(chat):
    """Older, older still, and back: each page is another answer."""
    older, newer = chat.loc.text("Older"), chat.loc.text("Newer")
    first = chat.ask("/transactions").locator("tbody tr").all_inner_texts()
    second = chat.press(older).locator("tbody tr").all_inner_texts()
    third = chat.press(older).locator("tbody tr").all_inner_texts()
    assert (10, 10) == (len(first), len(second))
    assert 30 == len({*first, *second, *third})
    assert second == chat.press(newer).locator("tbody tr").all_inner_texts()


def test_a_wrong_person_refuses(open_chat):
    """Who did not ask for the link says no in the chat, and nothing is linked."""
    chat = open_chat()
    chat.ask("/link")
    with chat.context.expect_page() as opened:
        chat.last.locator(".buttons a").click()
    site = opened.value
    site.locator("#username").fill(MAPLE)
    site.locator("#password").fill(PASSWORDS[MAPLE])
    site.locator("button[type=submit]").click()
    site.locator("button[value=yes]").click()
    no = chat.last.locator(".buttons button").nth(1)
    expect(no).to_be_visible()
    chat._answered(no.click)
    expect(chat.page.locator("#account")).to_be_hidden()


def test_a_person_answers(open_chat, server):
    """What staff write appears by itself under the name of the team."""
    chat = open_chat()
    ticket = re.search(r"T-[A-Z0-9]+", chat.ask("I want to talk to a person").inner_text())[0]
    database = Database.connect(server.database_url)
    staff = desk.member(database, username="agent1@desk.example", sample_users=True)
    desk.reply(database, ref=ticket, text="Hello, Dana here.", staff=staff)
    database.dispose()
    answer = chat.page.locator(".message.staff")
    expect(answer).to_contain_text("Hello, Dana here.")
    expect(answer.locator(".by strong")).to_have_text("Billing team")
    chat.look("staff")
    chat.page.reload()
    expect(answer).to_have_count(1)


def test_a_message_takes_the_place_of_its_earlier_state(open_chat, server):
    """How far a file is, in one message; reloaded, it is that one message still."""
    chat = open_chat()
    chat.ask("hello")
    database = Database.connect(server.database_url)
    with database.read() as session:
        last = session.connection().execute(
            select(outbox.outbox).order_by(outbox.outbox.c.id.desc())
        )
        row = last.first()
    to = outbox.Recipient(
        platform="web",
        conversation_id=row.conversation_id,
        chat_identity_id=row.chat_identity_id,
        pulled=True,
    )
    first = None
    for text in ("10% done", "50% done", "All done"):
        letter = outbox.Letter(
            to=to,
            reply=to_json(Reply(text=text)),
            language="en",
            private=True,
            edits_id=first,
        )
        with database.write() as session:
            added = outbox.add(session, letter)
        first = first or added.id
        expect(chat.page.get_by_text(text)).to_be_visible()
        expect(chat.answers).to_have_count(2)
    database.dispose()
    chat.page.reload()
    expect(chat.page.get_by_text("All done")).to_be_visible()
    expect(chat.answers).to_have_count(2)


def test_not_sent_and_sent_again(open_chat):
    """A line that does not get through says so, and trying again sends it once."""
    chat = open_chat()
    posted = []

    def interrupt(route):
        posted.append(json.loads(route.request.post_data)["id"])
        route.abort() if len(posted) == 1 else route.continue_()

    chat.page.route(
        "**/chat/messages",
        lambda route: interrupt(route) if route.request.method == "POST" else route.continue_(),
    )
    chat.page.locator("#text").fill("hello")
    chat.page.locator("#text").press("Enter")
    line = chat.page.locator(".message.you")
    expect(line).to_contain_text("Not sent.")
    chat.look("unsent")
    line.get_by_role("button", name="Try again").click()
    expect(chat.answers).to_have_count(1)
    expect(line).to_have_count(1)
    expect(line).not_to_contain_text("Not sent.")
    assert 2 == len(posted)
    assert 1 == len(set(posted))
    chat.problems.clear()  # Chromium reports the interrupted request


def test_another_tab_sees_the_same(open_chat):
    """A question asked in one tab appears with its answer in the other, in order."""
    chat = open_chat()
    other = chat.context.new_page()
    other.goto("/")
    chat.ask("hello")
    chat.ask("How do I set up Auto Pay?")
    expect(other.locator(".message")).to_have_count(4)
    texts = chat.page.locator(".message .sheet").all_inner_texts()
    assert texts == other.locator(".message .sheet").all_inner_texts()


def test_the_other_language(open_chat):
    """One press, and the page and the conversation go on in French."""
    chat = open_chat()
    chat.ask("hello")
    chat.page.get_by_role("link", name="Français").click()
    expect(chat.page.locator("html")).to_have_attribute("lang", "fr")
    expect(chat.page.locator("h1")).to_have_text(Localizer("fr").text("Billing help"))
    expect(chat.page.locator(".message")).to_have_count(4)
    expect(chat.last.locator(".sheet")).to_have_attribute("lang", "fr")


def test_by_keyboard_alone(open_chat):
    """Skip to the box, write two lines, send, and go on to the answer's own buttons."""
    chat = open_chat()
    keyboard = chat.page.keyboard
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(chat.page.locator("#text")).to_be_focused()
    keyboard.type("How do I set up")
    keyboard.press("Shift+Enter")
    keyboard.type("Auto Pay?")
    keyboard.press("Enter")
    expect(chat.answers).to_have_count(1)
    assert "How do I set up\nAuto Pay?" == chat.page.locator(".message.you .sheet").inner_text()
    expect(chat.page.locator("#text")).to_be_focused()
    button = chat.last.locator(".buttons button").first
    button.focus()
    keyboard.press("Enter")
    expect(chat.answers).to_have_count(2)
    expect(chat.last).to_be_focused()
    keyboard.press("Tab")
    assert chat.last.evaluate("answer => answer.contains(document.activeElement)")


def test_what_is_typed_is_never_markup(open_chat):
    """Tags and stars are shown as they were typed, now and after a reload."""
    chat = open_chat()
    typed = '<img src=x onerror="alert(1)"> **bold**'
    chat.ask(typed)
    own = chat.page.locator(".message.you .sheet")
    expect(own).to_have_text(typed)
    chat.page.reload()
    expect(own).to_have_text(typed)
    assert 0 == own.locator("img, strong").count()


def test_the_same_button_pressed_twice(open_chat):
    """A double click, and a second press just after the first, are one press; nothing waits."""
    chat = open_chat()
    button = chat.ask("How do I set up Auto Pay?").locator(".buttons button").first
    button.dblclick()
    expect(chat.answers).to_have_count(2)
    button = chat.last.locator(".buttons button").first.element_handle()
    button.click()
    button.click()
    expect(chat.answers).to_have_count(3)
    box = chat.page.locator("#text")
    box.fill("My payment is pending")
    box.press("Enter")
    expect(chat.answers).to_have_count(4, timeout=5_000)
    expect(chat.page.locator(".message.you")).to_have_count(4)


@EVERYWHERE
def test_a_card_number_leaves_the_page_at_once(open_chat, language, wide):
    """It is masked where it was typed before the answer comes, and the answer says so first."""
    chat = open_chat(language, wide=wide)
    chat.page.route("**/chat/messages", lambda route: route.abort())
    box = chat.page.locator("#text")
    box.fill("4111 1111 1111 1111")
    box.press("Enter")
    own = chat.page.locator(".message.you .sheet")
    expect(own).to_contain_text("[•••• 1111]")
    expect(own).not_to_contain_text("4111")
    expect(chat.page.locator(".failed")).to_be_visible()
    chat.problems.clear()  # the browser's own word on the request that was cut off
    chat.page.unroute("**/chat/messages")
    chat._answered(chat.page.locator(".failed button").click)
    first = chat.last.locator(".sheet p").first
    expect(first).to_contain_text({"en": "I masked the card number", "fr": "J'ai masqué"}[language])
    expect(own).to_have_text("[•••• 1111]")
    assert "4111 1111" not in chat.page.content()
