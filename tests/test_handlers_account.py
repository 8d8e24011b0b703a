"""What a customer is told of their balance, last payment and Auto Pay."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from bot.bootstrap import Bot
from bot.messages import Outcome
from store.models import PaymentState, PaymentType
from tests.conftest import TODAY, Stores
from tests.newcomer import Newcomer, actions, facts, late_payer, wired
from tests.talk import Talk


@pytest.fixture(scope="module")
def bot(stores: Stores) -> Iterator[Bot]:
    with wired(stores) as built:
        yield built


@pytest.fixture
def maple(bot: Bot) -> Talk:
    return Talk(bot, locale="en").signed_in("demo@maple.example")


@pytest.fixture
def newcomer(bot: Bot) -> Newcomer:
    return Newcomer(bot)


@pytest.fixture
def late(bot: Bot) -> Newcomer:
    return late_payer(bot)


def test_a_credit_is_said_in_words_first(maple: Talk) -> None:
    """A negative balance is explained, and a credit that the history does not show is named."""
    reply = maple.say("what is my balance").reply

    assert (
        "You owe nothing: you have a credit of $210.69, which will go toward your next invoices."
        "\n\nA credit of $85.00 granted on November 12, 2026 is already in your balance; it will "
        "show in the history with your next invoice."
    ) == reply.text
    assert {
        "Current balance": "-$210.69",
        "Credit not yet in the history": "$85.00",
        "Account": "Maple Dental Group (001234)",
    } == facts(reply)


def test_what_is_owed_is_said_with_its_due_date_and_what_is_pending(late: Newcomer) -> None:
    """A French customer in arrears hears it as a billing clerk would say it."""
    reply = late.talk("fr").press("balance").reply

    first, oldest, pending = reply.text.split("\n\n")
    assert first == "Vous devez 3\xa0348,62\xa0$, dont 2\xa0955,81\xa0$ en souffrance."
    assert re.fullmatch(
        r"La plus ancienne facture impayée, \*\*INV\d{8}\*\*, est venue à échéance le 14 août "
        r"2026\xa0: elle a 100 jours de retard, et il reste 243,50\xa0\$ à payer\.",
        oldest,
    )
    assert pending == (
        "Un paiement de 234,76\xa0$ fait le 21 novembre 2026 est en attente\xa0: il ne changera "
        "pas le solde tant que la banque ne l'aura pas accepté."
    )
    shown = facts(reply)
    assert shown.pop("Compte").startswith("Newcomer")
    assert {
        "Solde actuel": "3\xa0348,62\xa0$",
        "Date d'échéance": "14 août 2026 (en souffrance)",
        "Paiement en attente": "234,76\xa0$ (21 nov. 2026)",
    } == shown


def test_a_zero_balance_is_nothing_to_pay(newcomer: Newcomer) -> None:
    """Somebody without a history owes nothing and has no credit."""
    reply = newcomer.talk().press("balance").reply

    assert reply.text == "Your balance is $0.00: there is nothing to pay."
    assert facts(reply)["Current balance"] == "$0.00"
    assert "Due date" not in facts(reply)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (1, "is due on November 23, 2026."),
        (0, "is due today."),
        (-1, "was due on November 21, 2026: it is 1 day late, and $50.00 of it is still to be"),
    ],
)
def test_the_due_date_is_told_from_today(newcomer: Newcomer, days: int, said: str) -> None:
    """An invoice is past due from the day after its due date."""
    newcomer.owes(5000, due=TODAY + timedelta(days=days))

    reply = newcomer.talk().press("balance").reply

    assert said in reply.text
    assert ("past due" in reply.text) == (days < 0)


def test_a_pending_payment_does_not_lower_the_balance(newcomer: Newcomer) -> None:
    """The amount on its way stands beside the balance."""
    newcomer.owes(5000, due=TODAY + timedelta(days=9))
    newcomer.pays(5000, TODAY, PaymentState.PENDING, settled_on=None)

    reply = newcomer.talk().press("balance").reply

    assert reply.text.startswith("You owe $50.00.")
    assert facts(reply)["Pending payment"] == "$50.00 (Nov 22, 2026)"
    assert reply.text.endswith("does not change the balance until the bank accepts it.")


def test_the_names_of_the_store_are_no_markup(newcomer: Newcomer) -> None:
    """A company that is called in asterisks is not printed in bold."""
    reply = newcomer.talk().press("balance").reply

    assert "**" not in reply.text
    assert facts(reply)["Account"].startswith("Newcomer **Ltd.**")


def test_the_last_payment_is_followed_to_its_invoice(newcomer: Newcomer) -> None:
    """Date, amount, type and card, what it paid, and what is left of it."""
    invoice = newcomer.owes(5000, due=date(2026, 11, 20))
    payment = newcomer.pays(
        17569,
        date(2026, 11, 3),
        PaymentState.CLEARED,
        payment_type=PaymentType.CREDIT_CARD,
        method_brand="Mastercard",
        method_last_four="0187",
    )

    reply = newcomer.talk().say("did you get my last payment").reply

    assert reply.text == (
        "The latest payment applied to your account is **$175.69**, made on November 3, 2026.\n\n"
        "It went to:\n"
        f"- Invoice {invoice} of October 21, 2026: $50.00\n"
        "- Not used yet: $125.69, which will go toward your next invoices"
    )
    assert {
        "Date": "November 3, 2026",
        "Amount": "$175.69",
        "Payment type": "Credit Card",
        "Card": "Mastercard •••• 0187",
        "Transaction ID": payment,
    } == facts(reply)


def test_a_payment_goes_to_the_oldest_invoices_first(newcomer: Newcomer) -> None:
    """What it paid is listed by due date, not by when the invoice was entered."""
    newer = newcomer.owes(3000, due=date(2026, 10, 20))
    older = newcomer.owes(2000, due=date(2026, 9, 20))
    newcomer.pays(4000, date(2026, 10, 30), PaymentState.CLEARED)

    reply = newcomer.talk().press("last-payment").reply

    assert [(older, "$20.00"), (newer, "$20.00")] == re.findall(
        r"^- Invoice (\S+) of .*: (\S+)$", reply.text, re.MULTILINE
    )
    assert facts(reply)["Payment type"] == "Bank Upload (includes cheques)"


def test_no_payment_yet_is_said(newcomer: Newcomer) -> None:
    """A pending payment is no last payment, but it is told."""
    newcomer.pays(4000, TODAY, PaymentState.PENDING, settled_on=None)

    reply = newcomer.talk().press("last-payment").reply

    assert reply.text.startswith(
        "I see no payment applied to your account yet.\n\nA payment of $40"
    )
    assert reply.facts == ()
    assert "faq:pending-payment" in actions(reply)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (PaymentState.DECLINED, "was declined by the bank"),
        (PaymentState.REVERSED, "was taken back by the bank"),
    ],
)
def test_only_what_failed_lately_is_told(
    newcomer: Newcomer, state: PaymentState, said: str
) -> None:
    """After 30 days a payment that came to nothing is no news."""
    newcomer.pays(1100, TODAY - timedelta(days=31), state)
    newcomer.pays(2200, TODAY - timedelta(days=30), state)

    text = newcomer.talk().press("last-payment").reply.text

    assert f"A payment of $22.00 made on October 23, 2026 {said}" in text
    assert "$11.00" not in text


def test_a_card_that_expires_soon_is_told_with_what_to_do(maple: Talk) -> None:
    """Auto Pay is on, its card expires next month, and Change Card is the way out."""
    reply = maple.say("is autopay on").reply

    assert "an invoice is charged to the card on file once it is past due." in reply.text
    assert "**The card on file expires soon** (December 2026)." in reply.text
    assert "choose **Change Card**" in reply.text
    assert {
        "Auto Pay": "On",
        "Payment method on file": "Visa •••• 0142, valid until December 2026",
    } == facts(reply)
    assert actions(reply)[0] == "faq:change-card"


def test_auto_pay_off_says_how_to_turn_it_on(bot: Bot) -> None:
    """The portal's own words stand in both languages, once each."""
    newcomer = Newcomer(bot, language="fr")

    reply = newcomer.talk("fr").press("autopay").reply

    assert reply.text.startswith(
        "Le paiement automatique est désactivé\xa0: vous payez chaque facture vous-même."
    )
    assert "«\xa0Gérer le paiement automatique\xa0» (Manage auto-payment)" in reply.text
    assert {
        "Paiement automatique": "Désactivé",
        "Mode de paiement enregistré": "Aucun",
    } == facts(reply)
    assert actions(reply)[0] == "faq:autopay-setup"


@pytest.mark.parametrize(
    ("expires", "said"),
    [
        (date(2026, 10, 1), "has expired** (October 2026)"),
        (date(2026, 11, 1), "expires soon** (November 2026)"),
        (date(2027, 6, 1), ""),
    ],
)
def test_a_card_is_good_through_its_month(bot: Bot, expires: date, said: str) -> None:
    """A card that is good for a while is not talked about."""
    newcomer = Newcomer(bot, auto_pay=True)
    newcomer.saves(expires=expires)

    text = newcomer.talk().press("autopay").reply.text

    assert said in text
    assert ("The card on file" in text) == bool(said)


def test_auto_pay_without_a_card_cannot_charge(bot: Bot) -> None:
    """On, and nothing to charge: the customer hears what is missing."""
    reply = Newcomer(bot, auto_pay=True).talk().press("autopay").reply

    assert "no payment method is saved, so nothing can be charged" in reply.text
    assert facts(reply) == {"Auto Pay": "On", "Payment method on file": "None"}


@pytest.mark.parametrize(
    "action", ["balance", "aging", "last-payment", "autopay", "transactions", "transaction:INV1"]
)
def test_figures_are_for_the_signed_in(talk: Talk, action: str) -> None:
    """A chat that is not linked gets a way to sign in and no figure."""
    message = talk.press(action)

    assert message.private
    assert any("/link/" in (button.url or "") for button in message.reply.buttons)
    assert message.reply.table is None
    assert message.reply.facts == ()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_technical_contact_who_presses_cdrs_gets_the_how_to(bot: Bot, language: str) -> None:
    """With the reason why their calls are not listed, and a way to a person."""
    talk = Talk(bot, locale=language).signed_in("it@maple.example")
    reply = talk.press("faq:cdr-where").reply

    reason, how_to = {
        "en": ("Your user may not see invoices", "Open the **Export** menu"),
        "fr": ("Votre nom d'utilisateur ne donne pas", "(Export) et choisissez CSV"),
    }[language]
    assert reply.text.startswith(reason)
    assert how_to in reply.text
    assert reply.buttons[0].action == "handoff"
    assert not reply.files


def test_a_technical_contact_sees_no_figures(bot: Bot) -> None:
    """The reason is told and who can help, before how the portal shows them."""
    message = Talk(bot, locale="en").signed_in("it@maple.example").press("balance")

    assert message.said is not None
    assert message.said.outcome is Outcome.ANSWER
    assert message.reply.text.startswith("Your user may not see invoices and balances.")
    assert "$" not in message.reply.text
