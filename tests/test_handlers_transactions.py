"""The history of a customer, page by page, by type and by period."""

import re
from collections.abc import Iterator
from datetime import date

import pytest

from bot.bootstrap import Bot
from bot.handlers.transactions import View, fits
from bot.messages import Outcome
from store.models import TransactionType
from tests.conftest import Stores
from tests.newcomer import Newcomer, actions, cents, late_payer, rows, wired
from tests.talk import Talk

TELEGRAM_KEEPS = 64  # bytes with a button


@pytest.fixture(scope="module")
def bot(stores: Stores) -> Iterator[Bot]:
    with wired(stores) as built:
        yield built


@pytest.fixture
def maple(bot: Bot) -> Talk:
    return Talk(bot, locale="en").signed_in("demo@maple.example")


@pytest.fixture
def late(bot: Bot) -> Newcomer:
    return late_payer(bot)


def test_the_history_is_paged_with_buttons(maple: Talk) -> None:
    """Ten at a time, newest first, there and back; the last page has no older one."""
    first = maple.press("transactions").reply
    second = maple.press_labelled("Older").reply
    back = maple.press_labelled("Newer").reply
    last = maple.press("transactions:p9999").reply

    assert re.match(r"\d+ transactions, newest first; page 1 of \d\.", first.text)
    assert re.match(r"\d+ transactions, newest first; page 2 of \d\.", second.text)
    assert len(rows(first)) == len(rows(second)) == 10
    assert rows(first) == rows(back)
    assert not set(rows(first)) & set(rows(second))
    assert 1 <= len(rows(last)) <= 10
    labels = [button.label for button in last.buttons]
    assert "Newer" in labels
    assert "Older" not in labels


def test_each_balance_is_the_one_below_changed_by_the_amount(maple: Talk) -> None:
    """A payment that was declined has no amount and leaves the balance as it was."""
    pages = int(maple.press("transactions").reply.text.split(" of ")[1][0])
    shown = [row for n in range(pages) for row in rows(maple.press(f"transactions:p{n + 1}").reply)]

    balance = 0
    for _day, _number, kind, amount, after in reversed(shown):
        assert ("declined" in kind) == (amount == "—")
        balance += 0 if amount == "—" else cents(amount)
        assert cents(after) == balance
    assert maple.last is not None
    assert maple.last.reply.text.startswith(f"{len(shown)} transactions")


def test_a_credit_that_the_history_does_not_show_is_mentioned_once(maple: Talk) -> None:
    """Beside the newest rows one reads why they differ from the balance."""
    note = "A credit of $85.00 granted on November 12, 2026 is already in your balance"

    assert note in maple.press("transactions").reply.text
    assert note not in maple.press("transactions:p2").reply.text
    assert note not in maple.press("transactions:p1;t=invoice").reply.text


@pytest.mark.parametrize(
    ("sentence", "title", "listed"),
    [
        ("/transactions October", "Transactions, October 2026", 2),
        ("/transactions payments last month", "Payments, October 2026", 1),
        ("/transactions refunds this year", "Refunds, 2026", 1),
        ("/transactions payments of september", "Payments, September 2026", 1),
        (
            "/transactions invoices from 3 to 9 nov",
            "Invoices, November 3, 2026 to November 9, 2026",
            0,
        ),
        ("show my transactions of October", "Transactions, October 2026", 2),
        ("mes transactions d'octobre", "Transactions, octobre 2026", 2),
    ],
)
def test_what_was_understood_is_said_back(
    maple: Talk, sentence: str, title: str, listed: int
) -> None:
    """The type and period of a sentence become the title of the list."""
    reply = maple.say(sentence).reply

    assert reply.title == title
    assert listed == (len(rows(reply)) if reply.table else 0)


def test_french_periods_are_understood_and_said_in_french(late: Newcomer) -> None:
    """A month without a year is the latest that has begun."""
    reply = late.talk("fr").press("transactions:factures d'octobre").reply

    assert reply.title == "Factures, octobre 2026"
    assert reply.text == "1 transaction."
    ((day, _number, kind, amount, _balance),) = rows(reply)
    assert (day, kind, amount) == ("23 oct. 2026", "Facture", "392,81\xa0$")


def test_nothing_found_is_said(maple: Talk) -> None:
    """An empty list is no dead end."""
    reply = maple.press("transactions:p1;t=refund;d=20260901-20260930").reply

    assert reply.title == "Refunds, September 2026"
    assert reply.text == "Nothing was found."
    assert reply.table is None
    assert actions(reply) == ["transactions:p1"]


def test_before_the_window_there_is_the_billing_team(maple: Talk) -> None:
    """The history is kept for 24 months; older ones are for a person."""
    reply = maple.say("/transactions 2023").reply

    assert reply.title == "Transactions, 2023"
    assert reply.text == (
        "Transactions are kept for 24 months: the history goes back to November 22, 2024. For "
        "anything older, the Billing Team can help you."
    )
    assert actions(reply) == ["handoff", "transactions:p1"]


def test_a_period_that_began_before_the_window_says_so(maple: Talk) -> None:
    """What is left of it is listed."""
    reply = maple.say("/transactions 2024").reply

    assert "the history goes back to November 22, 2024." in reply.text
    assert rows(reply)


@pytest.mark.parametrize(
    "args",
    [
        "p0",
        "p01",
        "p12345",
        "p2;t=bogus",
        "p2;d=20261031",
        "p2;d=20261031-20261001",
        "p2;d=20261301-20261331",
        "p2;d=20261001-20261031;t=payment",
        "p2;t=payment;x=1",
        "p2\n",
        "p٢",
        "nonsense",
    ],
)
def test_a_button_that_was_tampered_with_is_refused(maple: Talk, args: str) -> None:
    """Only what a button of ours can carry is taken."""
    message = maple.press(f"transactions:{args}")

    assert message.said is not None
    assert message.said.outcome is Outcome.ERROR
    assert message.reply.text == "This button no longer works. Please ask me again."


def test_the_longest_button_fits_every_platform() -> None:
    """All of the view stands in the button, and reads back as it was."""
    days = (date(2024, 11, 22), date(2026, 11, 22))
    view = View(page=9999, type=TransactionType.INVOICE, period=days)

    assert len(f"transactions:{view.button}".encode()) <= TELEGRAM_KEEPS
    assert View.of_button(view.button) == view


def test_few_rows_have_a_button_each_and_many_are_asked_for_by_number(maple: Talk) -> None:
    """Up to three rows one can press; else one types the transaction ID."""
    few = maple.press("transactions:p1;d=20261001-20261031").reply
    many = maple.press("transactions").reply

    assert [
        label for label in (b.label for b in few.buttons) if label.startswith("Details of ")
    ] == [f"Details of {row[1]}" for row in rows(few)]
    assert f"type its transaction ID, for example {rows(many)[0][1]}." in many.text
    assert not any(b.label.startswith("Details") for b in many.buttons)


def test_the_list_is_narrowed_by_a_word(maple: Talk) -> None:
    """After a list, "October", "payments only" and "older" need no more words."""
    maple.press("transactions")

    assert maple.say("October").reply.title == "Transactions, October 2026"
    assert maple.say("just my payments").reply.title == "Payments"
    assert "page 2 of" in maple.say("older").reply.text
    assert "page 1 of" in maple.say("Newer").reply.text
    assert "page 2 sur" in maple.say("plus anciennes").reply.text


@pytest.mark.parametrize(
    "sentence",
    [
        "last payment",
        "how do i pay an invoice",
        "calls last month",
        "INV00054051",
        "invoice 54051",
        "invoice pdf",
        "yes",
        "12",
        "hello",
        "pay today",
    ],
)
def test_other_sentences_are_not_taken_for_a_filter(sentence: str) -> None:
    """What says anything more than a type or a period goes its own way."""
    assert fits(sentence, "p1") is None
