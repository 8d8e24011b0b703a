"""What the tests do on both sides of a link."""

from store import people
from tests.linking.visitor import MAPLE, link_of


def asked_in_chat(talk):
    """The chat's own question, which arrived by itself."""
    message = talk.bot.delivery.history(talk.address)[-1]
    assert message.said is None
    talk.last = message
    return message


def agree_on_page(talk, browser, username=MAPLE, link=None):
    """Sign in on the page and say that the chat is one's own."""
    browser.sign_in(link or link_of(talk), username)
    assert browser.answer("yes").status_code == 200
    return asked_in_chat(talk)


def yes_of(message):
    return next(b.action for b in message.reply.buttons if (b.action or "").startswith("link:yes"))


def no_of(message):
    return next(b.action for b in message.reply.buttons if (b.action or "").startswith("link:no"))


def person_of(talk):
    with talk.bot.database.read() as session:
        return people.person(session, platform="console", workspace="", user=talk.user)


def holder_of(talk):
    return talk.bot.delivery.holder(talk.address)
