"""The PDF of a statement: its figures are the ledger's, whatever happened on the account."""

import os
from datetime import date, timedelta
from pathlib import Path

from hypothesis import Phase, given, settings

from bot.billing.aging import Aging
from bot.billing.ledger import Ledger
from bot.documents import statement_pdf
from bot.documents.statement_paper import StatementPaper
from bot.i18n import Localizer
from store.models import PaymentState, PaymentType, TransactionType
from tests import pdf_text
from tests.conftest import TODAY
from tests.invoice_papers import ACCOUNT, supplier
from tests.strategies import FIRST_DAY, LedgerCase, ledgers, made

GOLDEN = Path(__file__).parent / "golden" / "pdf"


def statement(case: LedgerCase, first: date, language: str = "en") -> StatementPaper:
    return StatementPaper(
        account=ACCOUNT,
        transactions=case.transactions,
        allocations=case.allocations,
        first=first,
        last=case.as_of,
        supplier=supplier(language),
        loc=Localizer(language),
    )


def every_bucket() -> LedgerCase:
    """An invoice in each step of days, one part paid, a payment on its way, a hidden credit."""
    invoices = [
        made(
            TransactionType.INVOICE,
            n,
            TODAY - timedelta(days=late + 30),
            cents,
            due_date=TODAY - timedelta(days=late),
        )
        for n, (late, cents) in enumerate(
            ((100, 40000), (90, 104717), (60, 83654), (30, 82860), (0, 39281)), start=1
        )
    ]
    card = {
        "payment_type": PaymentType.CREDIT_CARD,
        "method_brand": "Visa",
        "method_last_four": "0142",
    }
    cleared = {"payment_state": PaymentState.CLEARED, "settled_on": date(2026, 11, 3), **card}
    others = [
        made(TransactionType.PAYMENT, 6, date(2026, 11, 2), 15650, **cleared),
        made(
            TransactionType.PAYMENT,
            7,
            date(2026, 11, 21),
            23476,
            payment_state=PaymentState.PENDING,
            payment_type=PaymentType.BANK_UPLOAD,
        ),
        made(TransactionType.CREDIT, 8, date(2026, 11, 20), 2500, description="Courtesy credit"),
    ]
    return LedgerCase((*invoices, *others), (), TODAY)


def test_a_statement_reads_as_written_down() -> None:
    """In both languages, with every step; UPDATE=1 writes it anew: read the difference."""
    for language in ("en", "fr"):
        content = statement_pdf.draw(statement(every_bucket(), date(2026, 8, 1), language))
        got = "\n\n".join("\n".join(page) for page in pdf_text.pages(content)) + "\n"
        path = GOLDEN / f"statement.{language}.txt"
        if os.environ.get("UPDATE"):
            path.write_text(got, "utf-8")
        assert got == path.read_text("utf-8")


def test_the_same_books_give_the_same_bytes() -> None:
    first, second = (
        statement_pdf.draw(statement(every_bucket(), date(2026, 8, 1))) for _ in range(2)
    )

    assert first == second
    assert pdf_text.info(first)["Title"] == "Statement of account – Maple Dental Group"


@given(ledgers(max_rows=25))
def test_all_ways_to_the_balance_meet(case: LedgerCase) -> None:
    """Opening balance and movements, open items, and the ledger say the same to the cent."""
    paper = statement(case, FIRST_DAY + timedelta(days=300))
    ledger = Ledger.of(case.transactions, case.allocations, as_of=case.as_of)
    history = paper.history

    moved = sum(paper.listed_cents(kind) for kind in TransactionType)
    assert history.opening_balance_cents + moved == history.closing_balance_cents
    assert history.closing_balance_cents - history.hidden_credit_cents == ledger.balance_cents
    assert Aging.of(ledger).balance_cents == ledger.balance_cents == paper.aging.balance_cents
    assert paper.rows == sorted(paper.rows, key=lambda row: row.listed_on)


@settings(
    max_examples=settings().max_examples // 8,  # and drawing takes too long
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink them
)
@given(ledgers(max_rows=25))
def test_the_figures_printed_add_up(case: LedgerCase) -> None:
    """Read back from the paper: each running balance, the sums, and what is open."""
    paper = statement(case, FIRST_DAY + timedelta(days=200))
    found = pdf_text.lines(statement_pdf.draw(paper))

    openings = [line for line in found if line.startswith("Opening balance")]
    balance = pdf_text.amounts(openings[-1])[-1]
    assert balance == paper.history.opening_balance_cents
    for row in paper.rows:
        (line,) = [
            text
            for text in found
            if f"  {row.transaction.number}  " in text
            and not text.startswith(("Invoice", "Refund"))
        ]
        balance += (row.debit_cents or 0) - (row.credit_cents or 0)
        assert pdf_text.amounts(line)[-1] == balance
    (closing,) = [
        line
        for line in found
        if line.startswith("Closing balance") and len(pdf_text.amounts(line)) == 3
    ]
    debits, credits_, closed = pdf_text.amounts(closing)
    assert closed == balance == paper.history.opening_balance_cents + debits - credits_
    balances = [line for line in found if line.startswith(("Balance  $", "Balance  -$"))]
    assert {pdf_text.amounts(line)[0] for line in balances} == {paper.ledger.balance_cents}
    for item in paper.ledger.open_items:
        (line,) = [
            text
            for text in found
            if text.startswith(("Invoice ", "Refund ")) and f" {item.transaction.number}  " in text
        ]
        assert pdf_text.amounts(line)[-1] == item.open_cents


def test_a_long_history_keeps_its_head_and_sums() -> None:
    """Over several pages, none begins with a sum."""
    rows = [
        made(
            TransactionType.INVOICE,
            n,
            FIRST_DAY + timedelta(days=n),
            100 + n,
            due_date=FIRST_DAY + timedelta(days=n),
        )
        for n in range(1, 140)
    ]
    found = pdf_text.pages(
        statement_pdf.draw(statement(LedgerCase(tuple(rows), (), date(2026, 11, 1)), FIRST_DAY))
    )

    assert len(found) > 4
    for page in found[1:]:
        assert page[0].startswith("Statement of account · Account 001234")
        assert page[1].startswith(("Date", "Open items"))
        assert not page[2].startswith(("Closing balance", "Balance"))
