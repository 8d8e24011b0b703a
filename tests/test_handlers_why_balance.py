"""Where a customer's balance comes from, as they are told."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.bootstrap import Bot
from bot.handlers.why_balance import MOST_ROWS, claims
from bot.messages import Reply
from store.models import PaymentState, PortalUser, TransactionType
from tests.conftest import TODAY, Stores
from tests.newcomer import Newcomer, actions, cents, facts, late_payer, rows, wired
from tests.talk import Talk

ZERO = "Before {day} your balance was $0.00. This has counted since:"


@pytest.fixture(scope="module")
def bot(stores: Stores) -> Iterator[Bot]:
    with wired(stores) as built:
        yield built


@pytest.fixture
def newcomer(bot: Bot) -> Newcomer:
    return Newcomer(bot)


def adds_up(reply: Reply) -> bool:
    *parts, balance = (cents(value) for value in facts(reply).values())
    return sum(parts) == balance


def test_every_row_that_counts_is_listed_with_its_sum(newcomer: Newcomer) -> None:
    """The sum as an accountant writes it, then the rows; what does not count is said in words."""
    invoice = newcomer.owes(10000, due=TODAY)
    payment = newcomer.pays(4000, TODAY - timedelta(days=3), PaymentState.CLEARED)
    credit = newcomer.has(TransactionType.CREDIT, TODAY - timedelta(days=2), 500)
    refund = newcomer.has(TransactionType.REFUND, TODAY, 100)
    newcomer.pays(700, TODAY, PaymentState.PENDING, settled_on=None)
    newcomer.pays(900, TODAY - timedelta(days=9), PaymentState.REVERSED)

    reply = newcomer.talk().say("explain my balance").reply

    assert reply.text.split("\n\n") == [
        "You owe $56.00.",
        (
            "A credit of $5.00 granted on November 20, 2026 is already in your balance; it will "
            "show in the history with your next invoice."
        ),
        (
            "A payment of $7.00 made on November 22, 2026 is pending: it does not change the "
            "balance until the bank accepts it."
        ),
        (
            "A payment of $9.00 made on November 13, 2026 was taken back by the bank: it no longer "
            "counts."
        ),
        ZERO.format(day="October 23, 2026"),
    ]
    assert facts(reply) == {
        "Balance before October 23, 2026": "$0.00",
        "Invoices (1)": "+$100.00",
        "Refunds (1)": "+$1.00",
        "Payments (1)": "-$40.00",
        "Credits (1)": "-$5.00",
        "Current balance": "$56.00",
    }
    assert rows(reply) == (
        ("Oct 23, 2026", invoice, "Invoice", "$100.00"),
        ("Nov 19, 2026", payment, "Payment", "-$40.00"),
        ("Nov 20, 2026", credit, "Credit, not yet in the history", "-$5.00"),
        ("Nov 22, 2026", refund, "Refund", "$1.00"),
    )
    assert adds_up(reply)


def test_a_long_story_begins_with_what_is_still_open(newcomer: Newcomer) -> None:
    """Never at zero: the unpaid invoices are listed, and the sum begins with the oldest."""
    newcomer.owes(9999, due=TODAY - timedelta(days=600))
    for ago in range(MOST_ROWS + 2, 0, -1):
        day = TODAY - timedelta(days=40 * ago)
        newcomer.owes(1000, due=day + timedelta(days=30))
        newcomer.pays(1000, day + timedelta(days=1), PaymentState.CLEARED)

    reply = newcomer.talk("fr").say("d'où vient mon solde").reply

    assert "vous deviez" in reply.text
    assert adds_up(reply)
    *open_items, total = rows(reply)
    assert cents(total[-1]) == sum(cents(row[-1]) for row in open_items) == 9999
    assert "faq:make-payment" in actions(reply)


def test_nothing_to_explain_is_said_as_well(newcomer: Newcomer) -> None:
    """An account without a history."""
    reply = newcomer.talk().say("explain my balance").reply

    assert reply.text == "Your balance is $0.00: there is nothing to pay."
    assert reply.table is None
    assert adds_up(reply)


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("why is my balance 3,348.62", None),
        ("why is my balance $3348", None),
        ("why is my balance 17.00", "Your balance is $3,348.62, not $17.00."),
        ("why do I owe $2,955.81", "$2,955.81 is what is past due of it."),
        ("why do I owe $400.00", "$400.00 is the amount of this: Invoice"),
    ],
)
def test_an_amount_that_is_not_the_balance_is_put_right(
    bot: Bot, said: str, first: str | None
) -> None:
    """Cents left out are no mistake; what else the amount may be is said."""
    text = late_payer(bot).talk().say(said).reply.text

    assert text.startswith("You owe $3,348.62") == (first is None)
    assert (first or "") in text
    assert ("not $" in text) == (first is not None)


def test_the_balance_of_the_history_is_told_from_the_real_one(bot: Bot) -> None:
    """They differ by the credit that is not posted."""
    reply = Talk(bot, locale="en").signed_in().say("why is my balance 125.69").reply

    assert "-$125.69 is what the history shows, where a credit that is not posted" in reply.text


def test_every_sample_account_adds_up(bot: Bot) -> None:
    """Also those with a reversed payment, and those that are paid up."""
    with bot.database.read() as session:
        users = session.exec(select(PortalUser.username)).all()
    seen = 0
    for username in users:
        reply = Talk(bot, locale="en").signed_in(username).press("why-balance").reply
        if reply.facts:  # a technical contact is told none
            seen += 1
            assert adds_up(reply), username
    assert seen > 10


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        ("why is my balance 1,234.56", True),
        ("why do i owe 3771", True),
        ("where does my balance come from?", True),
        ("pourquoi je dois 210 $", True),
        ("comment ça se fait que je dois autant d'argent", True),
        ("what is my balance", False),
        ("why is my balance negative", False),
        ("why hasn't my balance gone down", False),
        ("pourquoi mon solde est négatif", False),
    ],
)
def test_a_reason_is_asked_for_and_nothing_besides(text: str, claimed: bool) -> None:
    """What says more is understood by its words."""
    assert (claims(text) == text) == claimed
