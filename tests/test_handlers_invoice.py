"""The file of an invoice in the chat: which one, in whose language, and for whom."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date
from functools import partial
from itertools import count, takewhile

import pytest
from sqlmodel import select

from bot.bootstrap import Bot
from bot.delivery import Message
from bot.messages import Outcome
from store import files, transactions
from store.models import Account, Role, TransactionType
from store.scope import Scope
from tests import pdf_text
from tests.conftest import TODAY, Stores
from tests.newcomer import Newcomer, actions, rows, wired
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


def scope_of(bot: Bot, number: str) -> Scope:
    with bot.database.read() as session:
        account = session.exec(select(Account).where(Account.number == number)).one()
    return Scope(portal_user_id=0, account_id=account.id, role=Role.BILLING)


def contents(bot: Bot, scope: Scope, message: Message) -> list[bytes]:
    """What is in the files of a message."""
    found = []
    with bot.database.read() as session:
        for ref in (file.ref for file in message.reply.files):
            kept = files.by_ref(session, scope=scope, ref=ref)
            assert kept is not None
            chunk = partial(files.chunk, session, scope=scope, file_id=kept.id)
            chunks = iter(chunk(number=n) or b"" for n in count())
            found.append(b"".join(takewhile(bool, chunks)))
    return found


@pytest.mark.parametrize("number", ["001234", "005678"])
def test_the_figures_printed_are_the_stores(bot: Bot, number: str) -> None:
    """Of the two latest invoices of two companies, in two languages: every line and tax."""
    username = {"001234": "demo@maple.example", "005678": "demo@erable.example"}[number]
    talk, scope = Talk(bot).signed_in(username), scope_of(bot, number)
    with bot.database.read() as session:
        invoices = transactions.invoices(session, scope=scope)[-2:]
        assert len(invoices) == 2
        for invoice in invoices:
            message = talk.press(f"invoice:{invoice.ref}")
            told = pdf_text.lines(contents(bot, scope, message)[0])
            lines = transactions.lines(session, scope=scope, transaction_id=invoice.id)
            taxes = transactions.taxes(session, scope=scope, transaction_id=invoice.id)

            for line in lines:
                shown = [text for text in told if text.startswith(f"{line.description}  ")]
                assert [line.amount_cents] == [pdf_text.amounts(text)[-1] for text in shown]
            for tax in taxes:
                wanted = [tax.base_cents, tax.amount_cents]
                assert wanted in [pdf_text.amounts(text) for text in told]
            totals = ("Total of this invoice", "Total de cette facture")
            (total,) = [text for text in told if text.startswith(totals)]
            assert pdf_text.amounts(total) == [invoice.amount_cents]
            forward = next(text for text in told if text.startswith(("Balance f", "Solde r")))
            assert pdf_text.amounts(forward)[0] == invoice.balance_forward_cents


def test_the_file_is_in_the_accounts_language(bot: Bot) -> None:
    """Whoever asks, in whatever language; and it is said why."""
    english = Talk(bot, locale="en").signed_in("demo@erable.example")

    message = english.say("send me my last invoice")

    assert "The document is in the language of your account (French)" in message.reply.text
    (content,) = contents(bot, scope_of(bot, "005678"), message)
    assert pdf_text.info(content)["Title"].startswith("Facture INV")
    french = Talk(bot, locale="fr").signed_in("demo@erable.example")
    assert french.say("ma dernière facture").reply.files == message.reply.files


@pytest.mark.parametrize(
    ("said", "dated"),
    [
        ("send me my October invoice", ["2026-10-01"]),
        ("can i get last month's invoice as a pdf", ["2026-10-01"]),
        ("download invoice for september please", ["2026-09-01"]),
        (
            "need pdf of the invoices from july to september",
            ["2026-09-01", "2026-08-01", "2026-07-01"],
        ),
        ("envoie-moi ma facture d'octobre", ["2026-10-01"]),
        ("je veux ma facture de mai en pdf", ["2026-05-01"]),
        ("my last invoice", ["2026-11-01"]),
        ("voir ma dernière facture", ["2026-11-01"]),
    ],
)
def test_invoices_are_found_by_when_they_are_dated(
    maple: Talk, said: str, dated: list[str]
) -> None:
    message = maple.say(said)

    assert message.said is not None
    assert message.said.command == "invoice"
    numbers = [file.filename.split("-", 1)[1].removesuffix(".pdf") for file in message.reply.files]
    with maple.bot.database.read() as session:
        found = transactions.of_account(session, scope=scope_of(maple.bot, "001234"))
    days = {row.number: row.date.isoformat() for row in found}
    assert dated == [days[number] for number in numbers]


def test_a_month_may_have_meant_its_usage(maple: Talk) -> None:
    """October's invoice bills September, so the one that bills October is a press away."""
    reply = maple.say("my october invoice").reply
    assert "Usage billed: September 2026." in reply.text

    other = maple.press_labelled("Invoice of November 1, 2026 (usage: October 2026)").reply

    assert "Usage billed: October 2026." in other.text
    assert reply.files != other.files


@pytest.mark.slow
def test_many_invoices_come_as_one_zip(bot: Bot, maple: Talk) -> None:
    """With each of them inside, as it comes alone."""
    message = maple.say("send me all invoices of 2025")

    (archive,) = contents(bot, scope_of(bot, "001234"), message)
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        names = packed.namelist()
        assert len(names) == 12 == len(rows(message.reply))
        number = rows(message.reply)[0][1]
        alone = contents(bot, scope_of(bot, "001234"), maple.say(f"pdf of {number}"))
        assert alone == [packed.read(names[0])]
    assert message.reply.files[0].media_type == "application/zip"


def test_asked_again_the_kept_file_comes(maple: Talk) -> None:
    first, second = (maple.say("my october invoice").reply.files for _ in range(2))

    assert first == second


def test_only_24_months_are_kept(newcomer: Newcomer) -> None:
    """The day two years back is the first; what is older goes to a person."""
    old = newcomer.has(TransactionType.INVOICE, date(2024, 11, 21), 100, due_date=TODAY)
    kept = newcomer.has(TransactionType.INVOICE, date(2024, 11, 22), 200, due_date=TODAY)
    talk = newcomer.talk()

    for said in (f"pdf of {old}", "invoice of 2024-11-21", "invoice of March 2023"):
        reply = talk.say(said).reply
        assert (
            "PDFs of invoices are kept for 24 months: they go back to November 22, 2024"
            in reply.text
        )
        assert "handoff" in actions(reply)
        assert not reply.files
    assert [f"invoice-{kept}.pdf"] == [
        file.filename for file in talk.say("all invoices of 2024").reply.files
    ]
    assert "PDF" not in [button.label for button in talk.say(old).reply.buttons]


def test_an_account_without_invoices_says_so(newcomer: Newcomer) -> None:
    reply = newcomer.talk().say("send me my last invoice").reply

    assert reply.text == "I see no invoice of the last 24 months on your account."
    assert not reply.files


def test_another_customers_invoice_is_as_unknown_as_none(maple: Talk, erable: Talk) -> None:
    """By number and by ref."""
    theirs = rows(erable.press("transactions:p1;t=invoice").reply)[0][1]
    with maple.bot.database.read() as session:
        row = transactions.by_number(session, scope=scope_of(maple.bot, "005678"), number=theirs)
    assert row is not None

    answers = {
        maple.press(f"invoice:{wanted}").reply.text.replace(wanted, "#")
        for wanted in (theirs, row.ref, "INV99999999")
    }

    assert answers == {
        "I find no invoice # on your account. Please check its number in the history."
    }


def test_a_shared_room_gets_the_how_to_only(bot: Bot) -> None:
    """No file and no figure is shown where others read; a press in it answers in private."""
    room = Talk(bot, locale="en", one_to_one=False).signed_in("demo@maple.example")

    message = room.say("send me my october invoice")

    assert message.said is not None
    assert not message.said.private
    assert not message.reply.files
    assert "$4" not in message.reply.text
    pressed = room.press_labelled("See mine in private")
    assert pressed.said is not None
    assert pressed.said.private


def test_a_technical_contact_gets_no_invoice(bot: Bot) -> None:
    """They see no figures, so no file either."""
    username = "it@maple.example"
    message = Talk(bot).signed_in(username).say("send me my october invoice")

    assert message.said is not None
    assert message.said.outcome is Outcome.ANSWER
    assert message.reply.text.startswith("Your user may not see invoices and balances.")
    assert not message.reply.files


def test_the_list_of_invoices_leads_to_their_files(maple: Talk) -> None:
    maple.press("transactions:p3;t=invoice")

    message = maple.press_labelled("PDFs of this list")

    assert len(rows(message.reply)) == 4
    assert message.reply.files[0].filename == "invoices-2024-12-01-to-2025-03-01.zip"
