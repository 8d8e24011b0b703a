"""One transaction: its lines, what paid it, where it went, and whose it is."""

import re
from collections.abc import Iterator
from datetime import date

import pytest

from bot.bootstrap import Bot
from bot.handlers.transaction import claims
from bot.messages import Outcome
from store.models import PaymentState, TransactionType
from tests.conftest import TODAY, Stores
from tests.newcomer import Newcomer, cents, facts, rows, wired
from tests.talk import Talk


@pytest.fixture(scope="module")
def bot(stores: Stores) -> Iterator[Bot]:
    with wired(stores) as built:
        yield built


@pytest.fixture
def maple(bot: Bot) -> Talk:
    return Talk(bot, locale="en").signed_in("demo@maple.example")


@pytest.fixture
def erable(bot: Bot) -> Talk:
    return Talk(bot, locale="fr").signed_in("demo@erable.example")


@pytest.fixture
def newcomer(bot: Bot) -> Newcomer:
    return Newcomer(bot)


def test_an_invoice_is_shown_line_by_line(erable: Talk) -> None:
    """Lines, taxes under their French names with their rates, and a total that adds up."""
    number = rows(erable.press("transactions:p1;d=20261101-20261101").reply)[0][1]

    reply = erable.say(number).reply

    assert reply.title == f"Facture {number}"
    total = facts(reply)["Montant"]
    assert reply.text == f"Il reste {total} à payer d'ici le 1er décembre 2026."
    assert {
        "Date": "1er novembre 2026",
        "Date d'échéance": "1er décembre 2026",
        "Période de service": "octobre 2026",
        "Montant": total,
        "Reste à payer": total,
    } == facts(reply)
    charges = rows(reply)
    assert charges[0] == (
        "11 × Poste téléphonique d'affaires",
        "Frais mensuels fixes",
        "274,45\xa0$",
    )
    assert [row[0] for row in charges[-3:]] == ["TPS 5\xa0%", "TVQ 9,975\xa0%", "Total"]
    amounts = [cents(amount) for *_, amount in charges]
    assert sum(amounts[:-1]) == amounts[-1] == cents(total)
    assert "PDF" in [button.label for button in reply.buttons]


def test_taxes_of_several_provinces_are_told_apart(bot: Bot) -> None:
    """Taxes follow the service addresses: one invoice may have those of two provinces."""
    talk = Talk(bot, locale="fr").signed_in("direction@deuxrives.example")
    number = rows(talk.press("transactions:p1;t=invoice").reply)[0][1]

    taxes = [row[0] for row in rows(talk.say(number).reply) if row[1] == "Taxe"]

    assert sorted(taxes) == ["TPS 5\xa0% (QC)", "TVH 13\xa0% (ON)", "TVQ 9,975\xa0% (QC)"]


def test_a_paid_invoice_names_what_paid_it(newcomer: Newcomer) -> None:
    """And the payment names the invoice."""
    invoice = newcomer.owes(5000, due=date(2026, 11, 20))
    payment = newcomer.pays(5000, date(2026, 11, 3), PaymentState.CLEARED)
    talk = newcomer.talk()

    paid = talk.say(f"details of transaction {invoice}").reply.text
    assert paid == (
        f"This invoice is paid.\n\nWhat paid it:\n- Payment {payment} of November 3, 2026: $50.00"
    )
    assert talk.say(payment).reply.text == (
        f"It went to:\n- Invoice {invoice} of October 21, 2026: $50.00"
    )


@pytest.mark.parametrize(
    ("state", "shown", "said"),
    [
        (PaymentState.PENDING, "Pending", "does not change the balance until the bank"),
        (PaymentState.DECLINED, "Declined by the bank", "it does not change the balance."),
        (PaymentState.REVERSED, "Taken back by the bank", "it no longer counts"),
        (PaymentState.CLEARED, "Accepted by the bank", "It has not gone to an invoice yet"),
    ],
)
def test_a_payment_tells_its_state(
    newcomer: Newcomer, state: PaymentState, shown: str, said: str
) -> None:
    """Why it counts or not is said in words."""
    settled = None if state is PaymentState.PENDING else TODAY
    number = newcomer.pays(700, TODAY, state, settled_on=settled)

    reply = newcomer.talk().press(f"transaction:{number}").reply

    assert facts(reply)["State"] == shown
    assert said in reply.text


def test_a_refund_names_what_it_gives_back(maple: Talk) -> None:
    """The payment that was made twice is named on its refund."""
    number = rows(maple.press("transactions:p1;t=refund").reply)[0][1]

    reply = maple.press(f"transaction:{number}").reply

    assert re.fullmatch(r"It gives back: Payment PAY\d{8} of March 24, 2026\.", reply.text)
    assert facts(reply)["Description"]


def test_a_credit_not_yet_posted_says_when_it_will_show(newcomer: Newcomer) -> None:
    """It counts already, so what it paid is told too."""
    newcomer.owes(5000, due=TODAY)
    number = newcomer.has(TransactionType.CREDIT, TODAY, 1000, description="Courtesy credit")

    reply = newcomer.talk().press(f"transaction:{number}").reply

    assert "it will show in the history with your next invoice." in reply.text
    assert re.search(r"^- Invoice INV\d+ of October 23, 2026: \$10\.00$", reply.text, re.MULTILINE)
    assert facts(reply)["Description"] == "Courtesy credit"


def test_another_customers_transaction_is_as_unknown_as_none(maple: Talk, erable: Talk) -> None:
    """Nobody can find out which numbers exist."""
    theirs = rows(erable.press("transactions").reply)[0][1]

    answers = {
        maple.say(number).reply.text.replace(number, "#") for number in (theirs, "PAY99999999")
    }

    assert answers == {
        "I find no transaction # on your account. Please check its ID in the history."
    }


def test_a_number_that_nobody_knows_is_no_markup(maple: Talk) -> None:
    """What a button is made to say comes back short and plain."""
    text = maple.press("transaction:**bold** " + "x" * 500).reply.text

    assert "**" not in text
    assert len(text) < 120


def test_which_transaction_is_asked_and_its_number_understood(maple: Talk) -> None:
    """Without a number the bot asks, and the next message may be the number alone."""
    number = rows(maple.press("transactions:p1;t=invoice").reply)[0][1]
    asked = maple.press("transaction")

    assert asked.said is not None
    assert asked.said.outcome is Outcome.CLARIFY
    assert maple.say(f"inv {int(number[3:])}").reply.title == f"Invoice {number}"


def test_an_amount_to_pay_is_no_transaction() -> None:
    """ "PAY00000300" is one, "pay 300" says what somebody wants to do."""
    assert [None, None, "PAY00054054"] == [
        claims(said) for said in ("pay 300", "cre 500", "pay00054054")
    ]
