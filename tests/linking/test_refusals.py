"""Neither yes links alone, nor late, nor twice, nor in somebody else's chat."""

import pytest
from sqlmodel import update

from bot.commands import Overtaken
from bot.i18n import Localizer
from bot.identity import linking
from bot.messages import Outcome
from store import conversations, links, people
from store.models import PortalUser
from tests.linking.steps import agree_on_page, holder_of, no_of, person_of, yes_of
from tests.linking.visitor import (
    BY_LANGUAGE,
    ERABLE,
    MAPLE,
    Visitor,
    expire,
    link_of,
    request_of,
    site,
)
from tests.talk import Talk


def test_the_page_alone_links_nothing(bot, talk, browser):
    agree_on_page(talk, browser)
    assert person_of(talk).portal_user_id is None


def test_the_chat_alone_links_nothing(bot, talk):
    """Pressing a made-up yes before anybody signed in is refused."""
    link_of(talk)
    with bot.database.read() as session:
        user = people.portal_user_named(session, username=MAPLE)
        account, _ = people.accounts_of(session, portal_user_id=user.id)[0]
    refused = talk.press(f"link:yes:{request_of(bot.database).ref}:{account.ref}")
    assert refused.said.outcome is Outcome.ERROR
    assert person_of(talk).portal_user_id is None


@BY_LANGUAGE
def test_no_in_the_chat_links_nothing_and_ends_the_link(bot, browser, language):
    """Whose chat it was not can say so, and then the yes is gone too."""
    talk = Talk(bot, locale=language)
    question = agree_on_page(talk, browser)
    answer = talk.press(no_of(question))
    assert {"en": "Nothing was linked", "fr": "Rien n'a été associé"}[language] in answer.reply.text
    assert talk.press(yes_of(question)).said.outcome is Outcome.ERROR
    assert person_of(talk).portal_user_id is None


@BY_LANGUAGE
def test_the_button_of_another_chat_does_nothing(bot, browser, language):
    """Whoever gets hold of the question's button cannot press it in a chat of their own."""
    talk, thief = Talk(bot), Talk(bot, locale=language)
    question = agree_on_page(talk, browser)
    for action in (yes_of(question), no_of(question)):
        refused = thief.press(action)
        assert refused.said.outcome is Outcome.ERROR
        expired = "This confirmation has expired or was already used. Please sign in again."
        assert refused.reply.text == Localizer(language).text(expired)
    assert person_of(thief).portal_user_id is None
    talk.press(yes_of(question))
    assert holder_of(talk).name == "Rosalind Achebe"


def test_the_yes_of_the_chat_works_once(bot, talk, browser):
    """Pressed again after a sign-out, it links nothing."""
    question = agree_on_page(talk, browser)
    talk.press(yes_of(question))
    talk.press("unlink")
    assert talk.press(yes_of(question)).said.outcome is Outcome.ERROR
    assert person_of(talk).portal_user_id is None


def test_the_yes_of_the_chat_comes_too_late_after_ten_minutes(bot, talk, browser):
    question = agree_on_page(talk, browser)
    expire(bot.database)
    assert talk.press(yes_of(question)).said.outcome is Outcome.ERROR
    assert person_of(talk).portal_user_id is None


def test_only_an_account_of_who_signed_in_can_be_chosen(bot, talk, browser):
    """A yes with somebody else's account in it is refused."""
    question = agree_on_page(talk, browser)
    with bot.database.read() as session:
        other = people.portal_user_named(session, username=ERABLE)
        account, _ = people.accounts_of(session, portal_user_id=other.id)[0]
    forged = yes_of(question).rsplit(":", 1)[0] + f":{account.ref}"
    assert talk.press(forged).said.outcome is Outcome.ERROR
    assert person_of(talk).portal_user_id is None


@pytest.mark.parametrize(
    "action", ["link:yes", "link:yes:x", "link:no", "link:no:a:b", "link:yes:::"]
)
def test_a_broken_button_is_told_kindly(talk, action):
    answer = talk.press(action)
    assert answer.said.outcome is Outcome.ERROR
    assert answer.reply.text


@pytest.mark.parametrize("gone", ["membership", "user"])
def test_who_lost_the_account_meanwhile_is_not_linked(alone, gone):
    """Between the two yeses somebody removed the user or their access."""
    talk, browser = Talk(alone), Visitor(site(alone))
    question = agree_on_page(talk, browser, "billing@maple.example")
    with alone.database.write() as session:
        user = people.portal_user_named(session, username="billing@maple.example")
        if gone == "user":
            session.connection().execute(
                update(PortalUser).where(PortalUser.id == user.id).values(active=False)
            )
        else:
            account, _ = people.accounts_of(session, portal_user_id=user.id)[0]
            session.delete(
                people.membership(session, portal_user_id=user.id, account_id=account.id)
            )
    assert talk.press(yes_of(question)).said.outcome is Outcome.ERROR
    assert person_of(talk).portal_user_id is None


def test_a_new_link_leaves_the_earlier_one_good_until_the_chat_is_linked(bot, talk, browser):
    """Who asks again while the first page is open can go on with it."""
    first, second = link_of(talk), link_of(talk)
    assert browser.get(second).status_code == 200
    question = agree_on_page(talk, browser, link=first)
    link_of(talk)
    talk.press(yes_of(question))
    assert person_of(talk).portal_user_id is not None
    assert browser.get(second).status_code == 410


def test_a_request_closed_while_its_turn_ran_links_nothing(bot, talk, browser):
    """The writes of such a turn fail together, so that it runs again and tells the truth."""
    question = agree_on_page(talk, browser)
    request, dispatcher = request_of(bot.database), bot.dispatcher
    action = yes_of(question)
    with bot.database.read() as session:
        memory = conversations.memory(
            session,
            platform="console",
            workspace="",
            room=talk.user,
            thread="",
            person_id=person_of(talk).id,
        )
    context = dispatcher._context(
        talk.request("", action),
        person_of(talk),
        memory,
        loc=Localizer("en"),
        sure=None,
        router=dispatcher.router,
    )
    _, link_ref, account_ref = action.removeprefix("link:").split(":")
    linking.confirm(context, link_ref=link_ref, account_ref=account_ref)
    with bot.database.write() as session:
        links.close(session, link_request_id=request.id, agreed=False)
    (write,) = context.writes
    with pytest.raises(Overtaken), bot.database.write() as session:
        write(session, 0)
    assert person_of(talk).portal_user_id is None
