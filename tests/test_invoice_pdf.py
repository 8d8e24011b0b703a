"""The PDF of an invoice: its figures are the store's, and its pages end where they may."""

import os
import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.billing.effect import change_cents, counts_from, number_order
from bot.billing.issued import Issued
from bot.documents import invoice_pdf
from bot.documents.pdf_table import Row, flow
from bot.i18n import Localizer
from store.models import LineKind, PaymentState, PaymentType, ServiceAddress, TransactionType
from tests import pdf_text
from tests.invoice_papers import DAY, line, many_lines, paper, tax
from tests.strategies import LedgerCase, ledgers, made

_ITEM = re.compile(r"(?:Business phone seat|Desk phone|Long-distance calls) (\d+)")
GOLDEN = Path(__file__).parent / "golden" / "pdf"
PAYMENT = {
    "payment_type": PaymentType.CREDIT_CARD,
    "payment_state": PaymentState.CLEARED,
    "method_brand": "Visa",
    "method_last_four": "0142",
}
HISTORY = (
    made(TransactionType.INVOICE, 54300, date(2026, 10, 1), 45015, due_date=date(2026, 10, 22)),
    made(TransactionType.PAYMENT, 54301, date(2026, 10, 23), 45015, **PAYMENT),
    made(TransactionType.CREDIT, 54302, date(2026, 10, 25), 2000, description="Courtesy credit"),
)


@pytest.mark.parametrize(
    ("name", "count", "language"),
    [("invoice-5.en", 5, "en"), ("invoice-5.fr", 5, "fr"), ("invoice-200.en", 200, "en")],
)
def test_an_invoice_reads_as_written_down(name: str, count: int, language: str) -> None:
    """With UPDATE=1 the text is written anew: read the difference."""
    content = invoice_pdf.draw(
        paper(many_lines(count, language), language=language, others=HISTORY)
    )

    got = "\n\n".join("\n".join(page) for page in pdf_text.pages(content)) + "\n"

    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE"):
        path.write_text(got, "utf-8")
    assert got == path.read_text("utf-8")


def test_the_same_invoice_gives_the_same_bytes() -> None:
    """The day of creation is the invoice's, and nothing in the file is random."""
    first, second = (invoice_pdf.draw(paper(many_lines(5), others=HISTORY)) for _ in range(2))

    assert first == second
    told = pdf_text.info(first)
    assert told["Title"] == "Invoice INV00054321 – Maple Dental Group"
    assert told["Author"] == "net2phone Canada"
    assert told["Subject"] == "Account 001234"
    assert "Nov  1" in told["CreationDate"]
    assert told["Page size"] == "612 x 792 pts (letter)"


def test_the_document_says_its_language() -> None:
    """A screen reader picks its voice by it."""
    french = invoice_pdf.draw(paper(many_lines(1, "fr"), language="fr"))

    assert re.search(rb"/Lang \(fr-CA\)", french)
    assert b"/DisplayDocTitle true" in french


def test_text_comes_in_reading_order() -> None:
    """As written in the file, label before value and part after part: so it is read aloud."""
    content = invoice_pdf.draw(paper(many_lines(5), others=HISTORY))

    said = [line_ for page in pdf_text.pages(content, layout=False) for line_ in page]

    order = "Bill to|Amount due|Your balance|Current charges|Description|Taxes|Remittance"
    places = [
        next(n for n, text in enumerate(said) if text.startswith(w)) for w in order.split("|")
    ]
    assert places == sorted(places)


def test_all_amounts_are_there_and_add_up() -> None:
    """Balance, charges, taxes and movements, each sum what its parts are."""
    content = invoice_pdf.draw(paper(many_lines(6), others=HISTORY))
    found = pdf_text.lines(content)

    def cents(label: str) -> int:
        return pdf_text.after(label, found)

    charged = sum(1000 + at for at in range(6))
    hst = (charged * 13 + 50) // 100
    assert cents("Amount due") == charged + hst - 2000 == cents("Balance  ")
    assert 45015 == cents("Previous balance")
    assert -45015 == cents("Payments received")
    assert -2000 == cents("Credits  ") == cents("Balance forward")
    assert (
        cents("Recurring charges") + cents("One-time charges") + cents("Usage charges") == charged
    )
    assert hst == cents("HST 13%")
    assert charged + hst == cents("Total of this invoice")
    assert [13_00, charged, hst] == [1300, *pdf_text.amounts(_line_with("HST  Ontario", found))]


def test_a_credit_that_covers_it_leaves_nothing_to_pay() -> None:
    """Amount due is 0.00 then, and what is left of the credit is said in words."""
    found = pdf_text.lines(invoice_pdf.draw(paper([line("Seat", 1000)], forward_cents=-5000)))

    assert 0 == pdf_text.after("Amount due", found)
    assert any("a credit of $38.70 is left for your next invoices" in line_ for line_ in found)


def test_911_fees_stand_apart() -> None:
    """And the taxes of two provinces name their place of supply, rate and base."""
    lines = [line("Poste", 10000), line("Taxe municipale pour le 9-1-1", 572)]
    taxes = [
        tax("GST", "QC", 50_000, 10000, 500),
        tax("QST", "QC", 99_750, 10000, 998),
        tax("HST", "NS", 140_000, 2000, 280),
    ]
    found = pdf_text.lines(invoice_pdf.draw(paper(lines, language="fr", taxes=taxes)))

    assert 572 == pdf_text.after("Frais pour le 9-1-1", found)
    assert "TVQ  Québec  9,975 %  100,00 $  9,98 $" in found
    assert "TVH  Nouvelle-Écosse  14 %  20,00 $  2,80 $" in found
    assert 1778 == pdf_text.after("Total des taxes", found)


def test_lines_of_several_addresses_stand_under_theirs() -> None:
    """Taxes follow the service address, so it can be seen which line is delivered where."""
    places = [
        ServiceAddress(
            id=n,
            account_id=1,
            label=label,
            street="1 King",
            city="Ottawa",
            province="ON",
            postal_code="K1A 0A1",
        )
        for n, label in ((1, "Clinic"), (2, "Depot"))
    ]
    lines = [line(f"Seat {n}", 100, service_address_id=1 + n // 3) for n in range(6)]

    found = pdf_text.lines(invoice_pdf.draw(paper(lines, addresses=places)))

    shown = [text for text in found if text.startswith(("Clinic –", "Depot –", "Seat"))]
    assert [text.split()[0] for text in shown] == ["Clinic", *["Seat"] * 3, "Depot", *["Seat"] * 3]


@pytest.mark.parametrize(
    "count",
    [
        *(1, 8, 14, 15, 16, 17, 18, 19, 20, 30, 66, 67, 68, 69, 200),
        pytest.param(2000, marks=pytest.mark.slow),
    ],
)
def test_no_page_begins_with_a_sum_or_lacks_its_header(count: int) -> None:
    """Whatever the number of lines, and none is lost or told twice."""
    found = pdf_text.pages(invoice_pdf.draw(paper(many_lines(count), others=HISTORY)))

    told = [text for page in found for text in page]
    items = [item[1] for text in told if (item := _ITEM.match(text))]
    assert [str(1001 + at) for at in range(count)] == items
    for number, page in enumerate(found, 1):
        assert f"Page {number} of {len(found)}" in page[-2]
        if number > 1:
            assert page[0].startswith("Invoice INV00054321 · Account 001234")
            headed = page[1].startswith(("Description", "Taxes", "Payments", "Remittance"))
            assert headed, page[1]
            assert not page[2].startswith(("Subtotal", "Total"))
        titles = ("Recurring charges", "One-time charges", "Usage charges", "Description", "Taxes")
        assert page[-3] not in titles
        assert not page[-3].startswith(("Description", "Taxes  "))


@given(
    st.lists(st.tuples(st.integers(1, 40), st.booleans()), max_size=40),
    st.integers(0, 100),
)
def test_rows_that_hold_on_move_together(rows: list[tuple[int, bool]], start: int) -> None:
    """They are on one page whenever they fit on one, in order, and none is drawn below the end."""
    page, drawn = 0, []

    def next_page() -> float:
        nonlocal page
        page += 1
        return 0.0

    def row(number: int, height: int, holds: bool) -> Row:
        return Row(height, lambda top: drawn.append((number, page, top, height)), holds)

    flow(
        [row(n, height, holds) for n, (height, holds) in enumerate(rows)],
        float(start),
        bottom=100.0,
        next_page=next_page,
    )

    assert [number for number, *_ in drawn] == list(range(len(rows)))
    assert all(top + height <= 100 for _, _, top, height in drawn)
    groups: list[list[int]] = [[]]
    for number, (_, holds) in enumerate(rows):
        groups[-1].append(number)
        if not holds:
            groups.append([])
    for group in groups:
        if sum(rows[number][0] for number in group) <= 100:
            assert len({drawn[number][1] for number in group}) <= 1


@given(ledgers(max_rows=20))
def test_every_invoice_tells_how_its_balance_came_about(case: LedgerCase) -> None:
    """Previous balance, movements, balance forward, charges and balance, to the cent."""
    for invoice in case.of_type(TransactionType.INVOICE):
        issued = Issued.of(invoice, case.transactions)
        moved = [issued.moved_cents(kind) for kind in TransactionType]
        assert issued.previous_cents + sum(moved) == issued.forward_cents
        assert issued.forward_cents + invoice.amount_cents == issued.balance_cents
        assert issued.due_cents == max(0, issued.balance_cents)
        assert all(
            (issued.since or date.min) <= movement.day < invoice.date
            for movement in issued.movements
        )
    billed = sorted(
        case.of_type(TransactionType.INVOICE), key=lambda row: (row.date, number_order(row))
    )
    papers = [Issued.of(row, case.transactions) for row in billed]
    for earlier, later in pairwise(papers):
        assert later.previous_cents == earlier.balance_cents
    # With all that moved since, the last one comes to the balance of the ledger itself.
    end = made(TransactionType.INVOICE, 99_999, date(2100, 1, 1), 0)
    counted = [row for row in case.transactions if counts_from(row) is not None]
    forward = Issued.of(end, [*case.transactions, end]).forward_cents
    assert forward == sum(map(change_cents, counted))


charges = st.lists(
    st.tuples(st.sampled_from(tuple(LineKind)), st.integers(-50_000, 3_000_000)),
    min_size=1,
    max_size=12,
)


@settings(
    max_examples=settings().max_examples // 8,  # and drawing takes too long
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink them
)
@given(charges, st.integers(-1_000_000, 1_000_000), st.sampled_from(["en", "fr"]))
def test_the_figures_printed_add_up(
    lines: list[tuple[LineKind, int]], forward: int, language: str
) -> None:
    """Read back from the paper, in both languages, whatever is charged."""
    rows = [line("Item", cents, kind=kind) for kind, cents in lines]
    document = paper(rows, language=language, forward_cents=forward)
    found = pdf_text.lines(invoice_pdf.draw(document))
    loc = Localizer(language)

    items = [pdf_text.amounts(text)[-1] for text in found if text.startswith("Item")]
    assert sorted(items) == sorted(cents for _, cents in lines)
    total = pdf_text.after(loc.text("Total of this invoice"), found)
    assert total == sum(items) + sum(row.amount_cents for row in document.taxes)
    balance = pdf_text.after(f"{loc.text('Balance')}  ", found)
    assert balance == forward + total
    assert max(0, balance) == pdf_text.after(loc.text("Amount due"), found)


def _line_with(start: str, found: list[str]) -> str:
    return next(text for text in found if text.startswith(start))


def test_an_invoice_knows_nothing_of_what_came_after_it() -> None:
    """So that the file is the same whenever it is asked for."""
    later = made(TransactionType.PAYMENT, 54400, date(2026, 11, 3), 100, **PAYMENT)
    same_day = made(TransactionType.CREDIT, 54401, DAY, 100)
    before = invoice_pdf.draw(paper(many_lines(3), others=HISTORY))
    after = invoice_pdf.draw(paper(many_lines(3), others=[*HISTORY, later, same_day]))

    assert before == after


def test_a_payment_taken_back_later_stays_on_what_was_issued() -> None:
    """It came in, and went back after the invoice: the invoice of the month after tells that."""
    paid = made(TransactionType.PAYMENT, 54310, date(2026, 10, 20), 45015, **PAYMENT)
    back = {**PAYMENT, "payment_state": PaymentState.REVERSED, "settled_on": date(2026, 11, 9)}
    reversed_ = made(TransactionType.PAYMENT, 54310, date(2026, 10, 20), 45015, **back)

    lines_ = many_lines(3)
    before, after = (
        invoice_pdf.draw(paper(lines_, others=[HISTORY[0], row])) for row in (paid, reversed_)
    )

    assert before == after
    next_one = made(TransactionType.INVOICE, 54500, date(2026, 12, 1), 100)
    issued = Issued.of(next_one, [HISTORY[0], reversed_, next_one])
    assert [movement.cents for movement in issued.movements] == [-45015, 45015]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "$11.30 due November 22, 2026; $50.00 carried forward was due earlier"),
        (
            "fr",
            "11,30 $ dus le 22 novembre 2026; 50,00 $ reportés étaient dus plus tôt",
        ),
    ],
)
def test_an_old_debt_gets_no_new_due_date(language: str, said: str) -> None:
    """On the panel and on the part that goes back with the payment."""
    document = paper([line("Seat", 1000)], language=language, forward_cents=5000)

    found = " ".join(" ".join(pdf_text.lines(invoice_pdf.draw(document))).split())

    assert 2 == found.replace("\u00a0", " ").count(said)
