"""Statements and spending in the chat: which period, for whom, and that the figures agree."""

from collections.abc import Iterator
from datetime import date

import pytest

from bot.bootstrap import Bot
from bot.messages import Outcome
from store.models import PaymentState, TransactionType
from tests.conftest import TODAY, Stores
from tests.newcomer import Newcomer, actions, cents, facts, rows, wired
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


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("statement of account", "statement-2026-08-22-to-2026-11-22.pdf"),
        ("statement of account for october please", "statement-2026-10-01-to-2026-10-31.pdf"),
        ("can i get an account statement for 2026", "statement-2026-01-01-to-2026-11-22.pdf"),
        ("relevé de compte de septembre", "statement-2026-09-01-to-2026-09-30.pdf"),
        ("un état de compte svp", "statement-2026-08-22-to-2026-11-22.pdf"),
        ("statement as of October 31", "statement-2026-07-31-to-2026-10-31.pdf"),
        ("statement dated september 15 please", "statement-2026-06-15-to-2026-09-15.pdf"),
        ("account statement as of the end of september", "statement-2026-06-30-to-2026-09-30.pdf"),
        ("statement of account as of today", "statement-2026-08-22-to-2026-11-22.pdf"),
        ("état de compte en date du 31 octobre", "statement-2026-07-31-to-2026-10-31.pdf"),
        ("relevé de compte au 31 octobre", "statement-2026-07-31-to-2026-10-31.pdf"),
        ("un relevé en date du 15 septembre svp", "statement-2026-06-15-to-2026-09-15.pdf"),
    ],
)
def test_a_statement_is_for_the_period_named(maple: Talk, said: str, name: str) -> None:
    """Without one, or up to a day, for three months; it never reaches past today."""
    message = maple.say(said)

    assert [name] == [file.filename for file in message.reply.files]


def test_the_statement_agrees_with_the_balance(bot: Bot) -> None:
    """Opening balance plus debits less credits, less what is hidden, is what the balance says."""
    talk = Talk(bot, locale="en").signed_in("demo@maple.example")
    told = {
        label: cents(value)
        for label, value in facts(talk.say("statement of account").reply).items()
    }

    closing = told["Opening balance"] + told["Debits"] - told["Credits"]
    assert closing == told["Closing balance"]
    assert told["Balance"] == cents(facts(talk.press("balance").reply)["Current balance"]) == -21069


def test_a_statement_of_the_past_shows_what_was_known_then(newcomer: Newcomer) -> None:
    """A payment that cleared later was pending at the end of the month."""
    newcomer.has(TransactionType.INVOICE, date(2026, 10, 1), 5000, due_date=date(2026, 10, 31))
    newcomer.pays(5000, date(2026, 10, 30), PaymentState.CLEARED, settled_on=date(2026, 11, 2))

    october = newcomer.talk().say("statement of account for october").reply

    assert facts(october)["Closing balance"] == "$50.00"
    assert "A payment of $50.00 made on October 30, 2026 is pending" in october.text


@pytest.mark.parametrize("said", ["statement of account for 2023", "how much did we spend in 2023"])
def test_what_is_older_than_24_months_goes_to_a_person(maple: Talk, said: str) -> None:
    reply = maple.say(said).reply

    assert "the history goes back to November 22, 2024" in reply.text
    assert "handoff" in actions(reply)
    assert not reply.files


def test_a_shared_room_sees_no_figures(bot: Bot) -> None:
    """A topic has a general answer for all; what has none goes to the person alone."""
    room = Talk(bot, locale="en", one_to_one=False).signed_in("demo@maple.example")

    general, own = room.say("statement of account"), room.say("what did i spend this year")

    assert general.said is not None
    assert own.said is not None
    assert (False, True, "spending") == (general.private, own.private, own.said.command)
    assert ((), ()) == (general.reply.files, general.reply.facts)


def test_whoever_is_not_signed_in_gets_no_file(bot: Bot) -> None:
    for said in ("statement of account", "what did i spend this year"):
        reply = Talk(bot, locale="en").say(said).reply
        assert not reply.files
        assert reply.picture is None


def test_a_technical_contact_gets_no_statement(bot: Bot) -> None:
    message = Talk(bot).signed_in("it@maple.example").say("statement of account")

    assert message.said is not None
    assert message.said.outcome is Outcome.ANSWER
    assert message.reply.text.startswith("Your user may not see invoices and balances.")
    assert not message.reply.files


def test_spending_adds_up_by_month(newcomer: Newcomer) -> None:
    """Invoices by their date, payments by the day they cleared, refunds taken off."""
    newcomer.has(TransactionType.INVOICE, date(2026, 9, 1), 5000, due_date=TODAY)
    newcomer.has(TransactionType.INVOICE, date(2026, 10, 1), 7000, due_date=TODAY)
    newcomer.pays(5000, date(2026, 9, 29), PaymentState.CLEARED, settled_on=date(2026, 10, 2))
    newcomer.pays(7000, date(2026, 11, 20), PaymentState.PENDING, settled_on=None)
    newcomer.has(TransactionType.REFUND, date(2026, 11, 5), 1000)
    newcomer.has(TransactionType.INVOICE, date(2025, 9, 1), 99900, due_date=TODAY)

    reply = newcomer.talk().say("what did i spend this year").reply

    table = {row[0]: row[1:] for row in rows(reply)}
    assert len(table) == 12
    assert table["Sep 2026"] == ("$50.00", "$0.00")
    assert table["Oct 2026"] == ("$70.00", "$50.00")
    assert table["Nov 2026"] == ("$0.00", "-$10.00")
    assert table["Total"] == ("$120.00", "$40.00")
    assert "$70.00 made on November 20, 2026 is pending" in reply.text
    assert reply.picture is not None
    assert "Sep 2026: $50.00; Oct 2026: $70.00" in reply.picture.alt
    assert newcomer.file(reply.picture.file.ref).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "said",
    [
        "how much have i paid this year",
        "what did we spend on phones in 2025",
        "combien j'ai payé cette année",
        "combien on a dépensé en 2025",
        "mes dépenses de l'année",
        "total spending",
    ],
)
def test_ways_to_ask_for_spending(maple: Talk, said: str) -> None:
    message = maple.say(said)

    assert message.said is not None
    assert message.said.command == "spending"


def test_the_same_spending_is_drawn_once(maple: Talk) -> None:
    first, second = (maple.say("total spending").reply.picture for _ in range(2))

    assert first == second
    assert first is not None


def test_the_table_and_the_picture_say_the_same(maple: Talk) -> None:
    """Whoever sees no picture misses nothing."""
    reply = maple.say("what did i spend this year").reply

    assert reply.picture is not None
    *months, total = rows(reply)
    assert sum(cents(row[1]) for row in months) == cents(total[1])
    assert all(f"{row[0]}: {row[1]}" in reply.picture.alt for row in months)
    assert f"Total: {total[1]}." in reply.picture.alt


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("statement of account for october", "Relevé de compte, octobre 2026"),
        (
            "statement as of October 31",
            "Relevé de compte, du 31 juillet 2026 au 31 octobre 2026",
        ),
        ("spending in 2025", "Dépenses, 2025"),
    ],
)
def test_the_same_is_said_in_another_language(maple: Talk, said: str, title: str) -> None:
    """The period stays, and the document stays in the account's language, which is said."""
    files = maple.say(said).reply.files

    french = maple.say("in French").reply

    assert french.title == title
    assert french.files == files
    if files:
        assert "dans la langue de votre compte (anglais)" in french.text


def test_what_is_not_kept_is_said_in_another_language_too(maple: Talk) -> None:
    """It does not turn into the usual period."""
    for said in ("statement of account for 2023", "how much did we spend in 2023"):
        maple.say(said)
        assert "l'historique remonte au 22 novembre 2024" in maple.say("in French").reply.text
    maple.say("pdf of INV00099999")
    assert "Je ne trouve aucune facture INV00099999" in maple.say("in French").reply.text
