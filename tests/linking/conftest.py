"""Bots and browsers for the tests of linking."""

import pytest

from bot.bootstrap import build
from tests.conftest import settings
from tests.linking.visitor import Visitor, link_of, site


@pytest.fixture(scope="module")
def bot(stores):
    """A bot that the tests of this file share: each has chats and browsers of its own."""
    with stores.copy("sampled") as database:
        built = build(settings(), database)
        yield built
        built.delivery.close()


@pytest.fixture
def alone(sampled):
    """A bot for a test that changes what the others need."""
    built = build(settings(), sampled)
    yield built
    built.delivery.close()


@pytest.fixture
def browser(bot):
    return Visitor(site(bot))


@pytest.fixture
def url(talk):
    return link_of(talk)
