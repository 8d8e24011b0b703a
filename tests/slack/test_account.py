"""What a customer asks of their own account, in the bot's direct message."""

import pytest
from sqlalchemy import select

from tests.platforms.running import OUTBOX, SQLITE
from tests.slack.people import ROOM, Person
from tests.slack.running import elements, labels, room_of, text_of

ADDRESS = "https://bot.example"


def test_balance(rosalind):
    """Who is signed in gets their figure."""
    (answer,) = rosalind.says("what is my balance?")
    assert "You owe nothing: you have a credit of $210.69" in text_of(answer)
    assert "Account: Maple Dental Group (001234)" in text_of(answer)


@SQLITE
def test_balance_after_the_link_ended(slack, bot, rosalind):
    """Once signed out, the figure is not told any more."""
    rosalind.says("sign out")
    asked = rosalind.says("what is my balance?")[-1]
    assert "$" not in text_of(asked)


def test_aging_picture(slack, bot):
    """The picture goes up by the external flow, with words for who cannot see it."""
    bot.sign_in("U0MAX", "demo@erable.example")
    maxime = Person("U0MAX", bot)
    said = maxime.says("Montrez-moi le classement chronologique")
    assert ["chat.postMessage", "files.completeUploadExternal"] == [sent.method for sent in said]
    ((file_id, file),) = slack.files.all.items()
    assert slack.files.contents[file_id].startswith(b"\x89PNG")
    assert file["name"].endswith("2026-11-22.png")
    assert "jours" in file["alt_txt"]
    assert ["private"] == list(file["shares"])
    assert [maxime.chat] == list(file["shares"]["private"])


@SQLITE
def test_aging_picture_asked_in_a_room(slack, bot):
    """Asked by a command in a room, the picture goes to the person alone."""
    bot.sign_in("U0MAX", "demo@erable.example")
    maxime = Person("U0MAX", bot)
    maxime.commands("aging", room=ROOM)
    assert [maxime.chat] * 2 == list(map(room_of, slack.sent))
    ((_, file),) = slack.files.all.items()
    assert [maxime.chat] == list(file["shares"]["private"])


@SQLITE
def test_picture_that_is_gone(slack, start, monkeypatch):
    """A file that expired before it was sent: the words are said, and that it is gone."""
    running = start()
    monkeypatch.setattr(running.bot.delivery, "download", lambda *_given: None)
    with running as bot:
        bot.sign_in("U0MAX", "demo@erable.example")
        said = Person("U0MAX", bot).says("Montrez-moi le classement chronologique")
        assert ["chat.postMessage"] * 2 == [sent.method for sent in said]
        gone = "Ce fichier n'est plus conservé. Veuillez le redemander."
        assert gone == said[-1].arguments["text"]
        assert ["sent"] == bot.states()


@SQLITE
def test_sign_in_button(slack, start):
    """With a public address that is secure the page opens by a button."""
    with start(public_url=ADDRESS) as bot:
        (asked,) = Person("U0ANA", bot).says("what is my balance?")
    button = elements(asked)[0]
    assert "Sign in" == labels(asked)[0]
    assert button["url"].startswith(f"{ADDRESS}/link/")


@SQLITE
@pytest.mark.parametrize("address", ["", "http://bot.example"])
def test_sign_in_address(slack, start, address):
    """Without one the address is written out, and no button has a url."""
    with start(public_url=address) as bot:
        (asked,) = Person("U0ANA", bot).says("what is my balance?")
        shown = address or bot.url
    assert f"Sign in: {shown}/link/" in text_of(asked)
    assert not any("url" in element for element in elements(asked))


@SQLITE
def test_secret_of_the_link(slack, bot, ana):
    """The one-time address stands in the message alone, never in the store."""
    (asked,) = ana.says("what is my balance?")
    secret = text_of(asked).split("/link/")[1].split()[0]
    with bot.database.read() as session:
        rows = session.connection().execute(select(OUTBOX.c.reply)).scalars()
        assert secret not in str(list(rows))
