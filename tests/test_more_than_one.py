"""More than one thing said: several questions, context, what is refused, and going on."""

from collections.abc import Iterator
from datetime import date

import pytest

from bot.bootstrap import Bot, router
from bot.choosing import chosen, is_neither
from bot.commands import Answer
from bot.handlers.amount import claims as claims_amount
from bot.handlers.clarify import fits as fits_choice
from bot.handlers.follow_up import fits as goes_on
from bot.handlers.transactions import claims, fits
from bot.hearing import hear
from bot.history_view import View
from bot.joining import MOST_BUTTONS, joined
from bot.messages import Button, Fact, Outcome, Reply
from bot.router import Router
from bot.sentences import parts, without_refused
from store.models import TransactionType
from tests.conftest import Stores
from tests.newcomer import wired
from tests.talk import Talk


@pytest.fixture(scope="module")
def bot(stores: Stores) -> Iterator[Bot]:
    with wired(stores) as built:
        yield built


@pytest.fixture(scope="module")
def known() -> Router:
    return router()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("what is my balance", ["what is my balance"]),
        ("Hi! What's my balance?", ["hi!", "what's my balance?"]),
        ("How do I pay and how do I add a user?", ["how do i pay", "how do i add a user?"]),
        ("visa and mastercard, do you take them?", ["visa and mastercard, do you take them?"]),
        ("change my card, and also my password", ["change my card", "my password"]),
        ("mon solde pis comment je paye", ["mon solde", "comment je paye"]),
        ("Changer ma carte; et aussi mon mot de passe", ["changer ma carte;", "mon mot de passe"]),
        ("1) change my card 2) add a user", ["change my card", "add a user"]),
        ("I owe 310.20 since 3.11.2026.", ["i owe 310.20 since 3.11.2026."]),
        ("", []),
        ("?!", []),
    ],
)
def test_the_things_said_are_told_apart(text: str, said: list[str]) -> None:
    """A message ends where its sentences end, and where one says "and also"."""
    assert said == [part.text for part in parts(text)]


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("how do I pay", True),
        ("my boss is away, can I pay by card", True),
        ("je voudrais payer", True),
        ("my payment?", True),
        ("My boss is away.", False),
        ("Bonjour", False),
    ],
)
def test_a_question_or_wish_is_told_from_the_rest(text: str, asks: bool) -> None:
    """By its mark, or by the words it opens with."""
    assert [asks] == [part.asks for part in parts(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("I do NOT want Auto Pay, how do I just pay once", ", how do i just pay once"),
        ("i don't want auto pay how do i pay once", "how do i pay once"),
        ("change my card rather than add a user", "change my card"),
        ("je ne veux pas d'appel, je veux payer", ", je veux payer"),
        ("payer en ligne au lieu d'appeler", "payer en ligne"),
        ("I don't want Auto Pay anymore, how do I stop it?", None),
        ("I don't want Auto Pay", None),
        ("how do I pay", None),
    ],
)
def test_what_is_refused_is_taken_out(text: str, wanted: str | None) -> None:
    """Up to the end of its clause, unless nothing is left or it is to end."""
    found = without_refused(text)
    assert wanted == (found and found[0].strip())


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("How do I add a user? What are the password rules?", ["add-user", "password-rules"]),
        ("what do I owe and how do I pay?", ["balance", "make-payment"]),
        ("c'est quoi mon solde pis comment je paye", ["balance", "make-payment"]),
        (
            "Quelles cartes acceptez-vous? Est-ce que je peux payer par téléphone?",
            ["accepted-cards", "phone-payment"],
        ),
        ("What's my balance? What do I owe?", ["balance"]),
        ("I added a user yesterday. How do I change my card?", ["change-card"]),
        ("I do NOT want Auto Pay, how do I just pay once", ["make-payment"]),
        ("je ne veux pas de paiement automatique, je veux juste payer une fois", ["make-payment"]),
        ("I don't want Auto Pay anymore, how do I stop it?", ["autopay-setup"]),
        ("What is my balance, and also can I talk to a person?", ["human-agent"]),
    ],
)
def test_each_question_finds_its_topic(known: Router, text: str, topics: list[str]) -> None:
    """Two questions have two topics; one asked twice, and context, have one."""
    heard = hear(text, known.matcher)
    assert topics == [heard.match.candidates[0][0], *heard.more]


def test_two_answers_are_one_reply(bot: Bot) -> None:
    """Each under its title, one pair of feedback buttons, and both topics are told."""
    message = Talk(bot, locale="en").say("How do I add a user? What are the password rules?")

    assert message.said is not None
    assert ("add-user", "password-rules") == message.said.topics
    assert ("add-user", Outcome.ANSWER) == (message.said.topic, message.said.outcome)
    assert not message.private
    assert "Add a user" == message.reply.title
    assert "\n\n**Password rules**\n\n" in message.reply.text
    assert 2 == sum(button.quiet for button in message.reply.buttons)
    assert len(message.reply.buttons) <= MOST_BUTTONS


def test_one_answer_lists_no_topics_beside_its_own(bot: Bot) -> None:
    """What a single question is about stands in `topic` alone."""
    message = Talk(bot, locale="en").say("what are the password rules")
    assert message.said is not None
    assert ("password-rules", ()) == (message.said.topic, message.said.topics)


def test_two_live_answers_tell_the_figures(bot: Bot) -> None:
    """Facts are those of the first; a button leads to the whole of the other."""
    talk = Talk(bot, locale="en").signed_in("demo@maple.example")
    message = talk.say("what's my balance? and when was my last payment?")

    assert message.private
    assert "Current balance" == message.reply.facts[0].label
    assert "The latest payment applied to your account is **$579.85**" in message.reply.text
    assert "last-payment" == message.reply.buttons[0].action


def test_two_live_questions_of_a_stranger_get_one_sign_in(bot: Bot) -> None:
    """Both get their how-to; one link is enough, and it works."""
    reply = Talk(bot, locale="en").say("what's my balance? and when was my last payment?").reply

    assert 1 == sum(button.url is not None for button in reply.buttons)
    assert "**Last payment**" in reply.text


def test_two_questions_in_a_room_are_answered_for_everybody(bot: Bot) -> None:
    """No figures, and one way to them in private."""
    talk = Talk(bot, locale="en", one_to_one=False).signed_in("demo@maple.example")
    message = talk.say("what's my balance? and when was my last payment?")

    assert not message.private
    assert not message.reply.facts
    private = [b.label for b in message.reply.buttons if b.label == "See mine in private"]
    assert ["See mine in private"] == private


def test_who_may_see_no_figures_is_told_so_once_and_helped_with_the_rest(bot: Bot) -> None:
    """A refusal of one question is no refusal of the other."""
    talk = Talk(bot, locale="en").signed_in("it@maple.example")
    message = talk.say("what's my balance? and how do I add a user?")

    assert message.said is not None
    assert Outcome.ANSWER is message.said.outcome
    assert "**Add a user**" in message.reply.text
    assert not message.reply.facts


def test_joined_answers_say_the_same_thing_once() -> None:
    """The second answer's repetition is left out, and a button to what is answered already."""
    buttons = (Button("Pay", "faq:make-payment"), Button("Users", "faq:add-user"))
    first = Reply(text="One.\n\nBoth.", title="A", buttons=buttons)
    second = Reply(text="Two.\n\nBoth.", facts=(Fact("x", "y"),))
    answer = joined(
        [("balance", Answer(reply=first)), ("add-user", Answer(reply=second))], language="en"
    )
    expected = Reply(
        title="A",
        text="One.\n\nBoth.\n\n**Add a user**\n\nTwo.",
        facts=(Fact("x", "y"),),
        buttons=buttons[:1],
    )
    assert expected == answer.reply


def test_only_refusals_are_an_error() -> None:
    """When nothing could be answered, the turn says so."""
    refused = Answer(reply=Reply(text="No."), outcome=Outcome.ERROR)
    both = joined([("balance", refused), ("view-aging", refused)], language="en")
    assert Outcome.ERROR is both.outcome
    answered = Answer(reply=Reply(text="Yes."))
    one = joined([("balance", refused), ("view-aging", answered)], language="en")
    assert Outcome.ANSWER is one.outcome


@pytest.mark.parametrize(
    ("text", "last", "then"),
    [
        ("and in September?", "balance:", "transactions:september"),
        ("et pour septembre?", "last-payment:", "transactions:payment septembre"),
        ("et pour le mois passé?", "faq:invoice-pdf", "transactions:invoice mois passe"),
        ("what about October", "transaction:INV00054051", "transactions:invoice october"),
        ("and the refunds?", "balance:", "transactions:refunds"),
        ("and the one before?", "last-payment:", "transaction:before last-payment"),
        ("et celle d'avant?", "transaction:INV00054051", "transaction:before INV00054051"),
        ("the previous one", "faq:invoice-pdf", "transactions:p1;t=invoice"),
        ("in French?", "balance:", "fr>balance:"),
        ("en anglais svp", "faq:add-user", "en>faq:add-user"),
        ("the one before", "balance:", None),
        ("and in September?", "faq:add-user", None),
        ("in French?", "handoff:", None),
        ("how do I pay in September", "balance:", None),
        ("yes", "balance:", None),
        ("", "balance:", None),
    ],
)
def test_a_few_words_go_on_from_the_last_answer(text: str, last: str, then: str | None) -> None:
    """A period, a type, "the one before" or a language; anything more is a new question."""
    assert then == goes_on(text, last)


def test_what_goes_on_expires_with_another_answer(bot: Bot) -> None:
    """After the password rules, a month alone is no longer about the balance."""
    talk = Talk(bot, locale="en").signed_in()
    talk.say("what is my balance")
    talk.say("what are the password rules")
    message = talk.say("and in September?")
    assert "Transactions, September 2026" != message.reply.title


def test_the_one_before_goes_on_and_on(bot: Bot) -> None:
    """From the last payment to those before it, and the first has none before it."""
    talk = Talk(bot, locale="en").signed_in()
    titles = [talk.say("when was my last payment").reply.title]
    titles += [talk.say("and the one before?").reply.title for _ in range(2)]
    assert ["Last payment", "Payment PAY00054050", "Payment PAY00054048"] == titles


def test_an_answer_said_again_in_another_language(bot: Bot) -> None:
    """The conversation goes on in it."""
    talk = Talk(bot, locale="en").signed_in()
    talk.say("what is my balance")
    message = talk.say("in French?")
    assert ("fr", "Solde actuel") == (message.language, message.reply.title)
    assert "fr" == talk.press("help").language


@pytest.mark.parametrize(
    ("text", "options", "action"),
    [
        ("the second one", "balance,make-payment", "faq:make-payment"),
        ("le premier", "balance,make-payment", "faq:balance"),
        ("l'autre", "balance,make-payment", "faq:make-payment"),
        ("yes", "balance", "faq:balance"),
        ("oui!", "balance", "faq:balance"),
        ("yes", "balance,make-payment", "clarify:balance,make-payment"),
        ("neither", "balance,make-payment", "miss"),
        ("ni l'un ni l'autre", "balance,make-payment", "miss"),
        ("the third one", "balance,make-payment", None),
        ("Make a paymnt", "balance,make-payment", "faq:make-payment"),
        ("my invoice", "balance,make-payment", None),
    ],
)
def test_what_was_offered_is_chosen_in_words(text: str, options: str, action: str | None) -> None:
    """By place or title; yes chooses when there is one thing to choose."""
    assert action == fits_choice(text, options)


def test_choosing() -> None:
    """The words for it are those of both languages."""
    assert [1, 2, None, 0] == [
        chosen(text, count)
        for text, count in [("la deuxième", 2), ("last one", 3), ("oui", 2), ("oui", 1)]
    ]
    assert is_neither("Aucun des deux.")


@pytest.mark.parametrize(
    "text", ["310.20", "$310.20", "310,20 $", "the payment of $310.20", "310.20 in October"]
)
def test_a_bare_amount_is_claimed(text: str) -> None:
    """Also with a type or a period beside it."""
    assert text == claims_amount(text)


@pytest.mark.parametrize(
    "text",
    ["310", "what is this $310.20 charge", "can I pay $310.20", "$1.00 or $2.00", "-5.00", "$0.00"],
)
def test_an_amount_in_a_sentence_is_not(text: str) -> None:
    """What says more goes its own way."""
    assert claims_amount(text) is None


@pytest.mark.parametrize(
    ("asked", "text", "then"),
    [
        ("p1;t=payment", "and in September?", "payment september"),
        ("p1;t=payment", "and the refunds?", "refunds"),
        ("p2", "and the one before?", "p3"),
        ("p1;d=20261001-20261031", "et le mois d'avant?", "p1;d=20260901-20260930"),
        ("p1|p1;d=20261103-20261103", "yes", "p1;d=20261103-20261103"),
        ("p1|p1;a=1|p1;a=2", "the second one", "p1;a=2"),
        ("p1|p1;a=1|p1;a=2", "yes", None),
        ("p1", "22/11/2026", "22/11/2026"),
    ],
)
def test_a_list_is_gone_on_from(asked: str, text: str, then: str | None) -> None:
    """The type stays while the period changes; what was offered is chosen in words."""
    assert then == fits(text, asked)


@pytest.mark.parametrize("text", ["transactions of 03/11/2026", "paiements du 22/11/2026"])
def test_a_list_of_a_day_in_doubt_is_claimed(text: str) -> None:
    """It is the list that asks back."""
    assert text == claims(text)


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        (date(2026, 10, 1), date(2026, 10, 31), (date(2026, 9, 1), date(2026, 9, 30))),
        (date(2026, 7, 1), date(2026, 9, 30), (date(2026, 4, 1), date(2026, 6, 30))),
        (date(2026, 1, 1), date(2026, 12, 31), (date(2025, 1, 1), date(2025, 12, 31))),
        (date(2026, 11, 3), date(2026, 11, 3), (date(2026, 11, 2), date(2026, 11, 2))),
        (date(2026, 11, 8), date(2026, 11, 14), (date(2026, 11, 1), date(2026, 11, 7))),
    ],
)
def test_the_period_before(first: date, last: date, before: tuple[date, date]) -> None:
    """As many months long, or as many days."""
    assert before == View(period=(first, last)).earlier.period


def test_a_view_with_an_amount_reads_back() -> None:
    """And fits into a button of every platform."""
    days = (date(2024, 11, 22), date(2026, 11, 22))
    view = View(page=9999, type=TransactionType.INVOICE, period=days, cents=999_999_999)
    assert view == View.of_button(view.button)
    assert len(f"transactions:{view.button}".encode()) <= 64


def test_a_near_miss_with_one_offer_is_answered_by_yes(bot: Bot) -> None:
    """What the bot offered though it was not sure can be taken without a button."""
    talk = Talk(bot, locale="en")
    talk.press("miss:password-rules")
    message = talk.say("yes please")
    assert "Password rules" == message.reply.title


def test_nobody_presses_a_follow_up(bot: Bot) -> None:
    """Only words lead there."""
    message = Talk(bot, locale="en").press("follow-up:fr>balance:")
    assert message.said is not None
    assert Outcome.ERROR is message.said.outcome
