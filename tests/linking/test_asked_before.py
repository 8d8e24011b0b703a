"""What took a sign-in is answered by itself once the chat is linked."""

import pytest
from sqlmodel import select

from bot.delivery import Author
from bot.messages import Outcome
from store.models import LinkRequest
from tests.linking.steps import agree_on_page, yes_of
from tests.linking.visitor import BY_LANGUAGE, ERABLE, TECHNICAL
from tests.talk import Talk


def offered(message):
    (url,) = [button.url for button in message.reply.buttons if button.url]
    return url


def said_since(talk, message):
    """The bot's messages after this one, as the page or the platform shows them."""
    shown = [row.ref for row in talk.bot.delivery.history(talk.address)]
    after = talk.bot.delivery.history(talk.address)[shown.index(message.ref) + 1 :]
    return [row for row in after if row.said is not None]


def linked(talk, browser, message, username=ERABLE):
    return talk.press(yes_of(agree_on_page(talk, browser, username, link=offered(message))))


@pytest.mark.both_stores
@BY_LANGUAGE
def test_the_question_is_answered_without_being_asked_again(bot, browser, language):
    talk = Talk(bot, locale=language)
    asked = talk.say({"en": "how much do I owe?", "fr": "combien je dois?"}[language])
    assert asked.reply.facts == ()
    done = linked(talk, browser, asked)
    promise = {"en": "Now I can answer your question", "fr": "Je peux maintenant répondre à votre"}
    assert promise[language] in done.reply.text
    (answer,) = said_since(talk, done)
    assert (answer.said.command, answer.said.outcome) == ("balance", Outcome.ANSWER)
    assert (answer.private, answer.language) == (True, language)
    assert answer.reply.text == talk.press("balance").reply.text


def test_its_words_count_and_so_do_several_questions(bot, browser):
    talk = Talk(bot)
    done = linked(talk, browser, talk.say("calls in September"))
    (answer,) = said_since(talk, done)
    assert answer.said.command == "calls"
    assert "September 2026" in (answer.reply.title or "")

    talk = Talk(bot)
    done = linked(talk, browser, talk.say("What do I owe? And what was my last payment?"))
    (answer,) = said_since(talk, done)
    assert set(answer.said.topics) == {"balance", "last-payment"}


@pytest.mark.parametrize("pressed", ["balance", "transactions:2026-10"])
def test_a_pressed_button_is_pressed_again(bot, browser, pressed):
    talk = Talk(bot)
    done = linked(talk, browser, talk.press(pressed))
    (answer,) = said_since(talk, done)
    assert answer.said.command == pressed.partition(":")[0]


def test_an_answer_to_a_question_of_the_bot_counts_as_what_it_chose(bot, browser):
    """What was typed, "the first one", says nothing by itself."""
    talk = Talk(bot)
    choice = talk.say("balance or invoice")
    assert (choice.said.outcome, choice.reply.buttons[0].action) == (
        Outcome.CLARIFY,
        "faq:balance",
    )
    done = linked(talk, browser, talk.say("the first one"))
    (answer,) = said_since(talk, done)
    assert answer.said.command == "balance"


def test_the_conversation_shows_it_once(bot, browser):
    talk = Talk(bot)
    linked(talk, browser, talk.say("how much do I owe?"))
    history = bot.delivery.history(talk.address)
    own = [row.reply.text for row in history if row.author is Author.CUSTOMER]
    assert own == ["how much do I owe?"]


def test_who_asked_for_nothing_but_the_sign_in_gets_no_more(bot, browser):
    talk = Talk(bot)
    done = linked(talk, browser, talk.say("sign in"))
    assert [] == said_since(talk, done)
    assert [button.action for button in done.reply.buttons] == ["balance", "transactions"]


def test_a_technical_contact_is_told_once_why_there_are_no_figures(bot, browser):
    talk = Talk(bot)
    done = linked(talk, browser, talk.say("how much do I owe?"), TECHNICAL)
    assert "technical contact" in done.reply.text
    assert [] == said_since(talk, done)


def test_the_words_are_not_kept_longer_than_they_wait(bot, browser):
    talk = Talk(bot)
    asked = talk.say("how much do I owe?")

    def kept():
        with bot.database.read() as session:
            newest = select(LinkRequest).order_by(LinkRequest.id.desc()).limit(1)
            return session.exec(newest).one().asked

    assert {"text": "how much do I owe?"} == kept()
    linked(talk, browser, asked)
    assert kept() is None
