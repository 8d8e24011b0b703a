"""Linking a chat to a portal user: a yes on the page, and a yes in the chat."""

import pytest

from bot.delivery import Author
from bot.identity import linking
from bot.messages import Outcome
from tests.linking.steps import agree_on_page, holder_of, person_of, yes_of
from tests.linking.visitor import (
    BOTH,
    BY_LANGUAGE,
    ERABLE,
    MAPLE,
    TECHNICAL,
    Visitor,
    link_of,
    site,
    token_of,
)
from tests.talk import Talk


@pytest.mark.parametrize(
    ("language", "username", "account", "yes"),
    [
        ("en", MAPLE, "Maple Dental Group (001234)", "Yes, link to Maple Dental Group (001234)"),
        (
            "fr",
            ERABLE,
            "Érable et fils inc. (005678)",
            "Oui, associer à Érable et fils inc. (005678)",
        ),
    ],
)
def test_a_chat_is_linked_after_a_yes_on_the_page_and_a_yes_in_the_chat(
    bot, browser, language, username, account, yes
):
    """Sign in, say yes on the page, say yes in the chat: the chat is linked."""
    talk = Talk(bot, locale=language)
    question = agree_on_page(talk, browser, username)
    assert question.language == language
    assert question.private
    assert question.author is Author.BOT
    assert username in question.reply.text
    assert [fact.value for fact in question.reply.facts] == [account]
    done = talk.press_labelled(yes)
    assert done.said.outcome is Outcome.ANSWER
    assert done.said.command == "link"
    assert done.private
    assert f"**{account}**" in done.reply.text
    assert username in done.reply.text
    assert [button.action for button in done.reply.buttons] == ["balance", "transactions"]
    assert holder_of(talk).account == account


@BY_LANGUAGE
def test_asking_to_sign_in_gives_a_private_link_that_works_once(bot, language):
    """The answer says so, and its button opens a page under the bot's own address."""
    talk = Talk(bot, locale=language)
    message = talk.press("link")
    assert message.private
    (button,) = message.reply.buttons
    assert button.label == {"en": "Sign in", "fr": "Ouvrir une session"}[language]
    assert button.url.startswith("http://127.0.0.1:8000/link/")
    assert len(token_of(button.url)) == 22
    assert {"en": "ten minutes", "fr": "dix minutes"}[language] in message.reply.text


def test_two_links_are_never_alike(bot):
    assert link_of(Talk(bot)) != link_of(Talk(bot))


def test_who_has_two_accounts_chooses_one(bot, browser):
    """The chat offers a button an account; the chosen one is linked."""
    talk = Talk(bot, locale="fr")
    question = agree_on_page(talk, browser, BOTH)
    labels = [button.label for button in question.reply.buttons]
    assert len(labels) == 3
    assert "(002777)" in labels[0]
    assert labels[1:] == ["Oui, associer à Érable et fils inc. (005678)", "Non, ce n'est pas moi"]
    talk.press_labelled(labels[1])
    assert holder_of(talk).account == "Érable et fils inc. (005678)"


@BY_LANGUAGE
def test_a_technical_contact_is_linked_but_sees_no_figures(bot, browser, language):
    talk = Talk(bot, locale=language)
    done = talk.press(yes_of(agree_on_page(talk, browser, TECHNICAL)))
    assert done.said.outcome is Outcome.ANSWER
    assert {"en": "technical contact", "fr": "personne-ressource technique"}[language] in (
        done.reply.text
    )
    assert [button.action for button in done.reply.buttons] == ["handoff"]
    assert person_of(talk).portal_user_id is not None


@BY_LANGUAGE
def test_a_linked_chat_is_told_so_and_may_sign_in_anew(bot, language):
    talk = Talk(bot, locale=language).signed_in()
    message = talk.press("link")
    assert "**Maple Dental Group (001234)**" in message.reply.text
    assert {"en": "already linked", "fr": "déjà associé"}[language] in message.reply.text
    assert [bool(b.url) for b in message.reply.buttons] == [True, False]
    assert message.reply.buttons[1].action == "unlink"


def test_another_sign_in_changes_the_account(bot, talk, browser):
    talk.signed_in(MAPLE)
    talk.press(yes_of(agree_on_page(talk, browser, ERABLE)))
    assert holder_of(talk).account == "Érable et fils inc. (005678)"


@BY_LANGUAGE
def test_signing_out_ends_the_link_and_the_conversation(bot, language):
    """What was said before is gone from the chat, and figures need a new sign-in."""
    talk = Talk(bot, locale=language).signed_in()
    talk.say({"en": "hello", "fr": "bonjour"}[language])
    message = talk.press("unlink")
    assert message.private
    assert {"en": "You are signed out", "fr": "Votre session est fermée"}[language] in (
        message.reply.text
    )
    assert person_of(talk).portal_user_id is None
    assert bot.delivery.history(talk.address) == ()


@BY_LANGUAGE
def test_signing_out_of_nothing_says_so(bot, language):
    talk = Talk(bot, locale=language)
    message = talk.press("unlink")
    assert {"en": "not linked to any account", "fr": "associé à aucun compte"}[language] in (
        message.reply.text
    )
    assert [button.action for button in message.reply.buttons] == ["link"]


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("sign in", "link"),
        ("Link my account please", "link"),
        ("connect my account", "link"),
        ("ouvrir une session", "link"),
        ("associer mon compte", "link"),
        ("sign out", "unlink"),
        ("unlink this chat", "unlink"),
        ("me déconnecter", "unlink"),
        ("fermer ma session", "unlink"),
    ],
)
def test_both_commands_are_understood_in_words(talk, text, command):
    assert talk.say(text).said.command == command


def test_the_question_waits_in_the_outbox_for_a_platform_that_is_pushed_to(bot):
    """It goes to the one person who asked, in private, and to no other."""
    talk = Talk(bot)
    url = link_of(talk)
    with bot.database.write() as session:
        chat = linking.asked(session, token=token_of(url))
        chat.conversation.pulled = False
        session.add(chat.conversation)
    browser = Visitor(site(bot))
    browser.sign_in(url, MAPLE)
    browser.answer("yes")
    with bot.database.read() as session:
        row = session.connection().exec_driver_sql(
            "SELECT state, private, chat_identity_id FROM outbox ORDER BY id DESC LIMIT 1"
        )
        assert tuple(row.one()) == ("waiting", True, person_of(talk).id)
