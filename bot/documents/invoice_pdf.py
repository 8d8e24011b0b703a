"""An invoice as a PDF to be filed: all that stood on it when it was issued, and nothing later."""

from collections.abc import Iterator

from bot.documents import invoice_sections, wording
from bot.documents import paper_parts as parts
from bot.documents.colours import QUIET
from bot.documents.invoice_paper import InvoicePaper
from bot.documents.pdf import MARGIN, RIGHT, Paper
from bot.i18n import Localizer
from store.models import TransactionType

_MIDDLE = 318.0  # where the right half of the page begins
_REMITTANCE = 88.0  # the height of the part that goes back with a payment


def draw(invoice: InvoicePaper) -> bytes:
    """Draw the document; the same invoice always gives the same bytes."""
    loc = invoice.loc
    paper = Paper(
        title=f"{invoice.name} \N{EN DASH} {invoice.account.bill_to_name}",
        subject=loc.text("Account {number}", number=invoice.account.number),
        author=invoice.supplier.name,
        language=loc.language,
        created=invoice.issued.invoice.date,
    )
    paper.add_page()
    y = _first_page(paper, invoice)
    running = loc.text(
        "{what} \N{MIDDLE DOT} Account {account} \N{MIDDLE DOT} {day}",
        what=invoice.name,
        account=invoice.account.number,
        day=loc.date(invoice.issued.invoice.date),
    )
    for section in invoice_sections.of(paper, invoice):
        y = section.draw(y, bottom=parts.BOTTOM, next_page=lambda: parts.continued(paper, running))
    if y + _REMITTANCE > parts.BOTTOM:
        parts.continued(paper, running)
    _remittance(paper, invoice)
    parts.feet(paper, invoice.supplier, loc)
    return paper.finished()


def _first_page(paper: Paper, invoice: InvoicePaper) -> float:
    loc, account = invoice.loc, invoice.account
    y = parts.masthead(paper, invoice.supplier, loc.text("Invoice"), loc) + 12
    below_address = parts.address_block(paper, y, loc.text("Bill to"), account)
    below_facts = parts.facts(paper, _MIDDLE, y, RIGHT, list(_identity(invoice)))
    y = parts.panel(
        paper,
        max(below_address + 12, below_facts - 2),
        loc.text("Amount due"),
        loc.money(invoice.issued.due_cents),
        _when_due(invoice),
    )
    y += 20
    balance, charged = list(_balance(invoice)), list(invoice_sections.summary(invoice))
    below_balance = parts.sums(
        paper, y, loc.text("Your balance"), balance, x=MARGIN, to=_MIDDLE - 28
    )
    below_charges = parts.sums(paper, y, loc.text("Current charges"), charged, x=_MIDDLE, to=RIGHT)
    return max(below_balance, below_charges)


def _identity(invoice: InvoicePaper) -> Iterator[parts.Pair]:
    loc, row = invoice.loc, invoice.issued.invoice
    yield loc.text("Invoice number"), row.number
    yield loc.text("Account number"), invoice.account.number
    yield loc.text("Invoice date"), loc.date(row.date)
    if row.due_date:
        yield loc.text("Due date"), loc.date(row.due_date)
        yield loc.text("Terms"), _terms(loc, (row.due_date - row.date).days)
    if row.period_first and row.period_last:
        yield loc.text("Usage billed"), wording.period(loc, row.period_first, row.period_last)


def _terms(loc: Localizer, days: int) -> str:
    if days <= 0:
        return loc.text("Payable on receipt")
    return loc.plural("Net {n} day", "Net {n} days", days)


def _when_due(invoice: InvoicePaper) -> str:
    loc, issued = invoice.loc, invoice.issued
    if issued.balance_cents < 0:
        return loc.text(
            "Nothing to pay: a credit of {amount} is left for your next invoices.",
            amount=loc.money(-issued.balance_cents),
        )
    if not issued.due_cents:
        return loc.text("Nothing to pay.")
    if issued.invoice.due_date is None:
        return loc.text("As of {day}", day=loc.date(issued.invoice.date))
    day = loc.date(issued.invoice.due_date)
    new = min(issued.due_cents, issued.invoice.amount_cents)
    if issued.forward_cents > 0 and new > 0:
        return loc.text(
            "{new} due {day}; {forward} carried forward was due earlier",
            new=loc.money(new),
            day=day,
            forward=loc.money(issued.forward_cents),
        )
    return loc.text("Due {day}", day=day)


def _balance(invoice: InvoicePaper) -> Iterator[parts.Pair]:
    """Tell how the balance came about; what did not happen is left out, but for payments."""
    loc, issued = invoice.loc, invoice.issued
    moved = issued.moved_cents
    yield loc.text("Previous balance"), loc.money(issued.previous_cents)
    yield loc.text("Payments received"), loc.money(moved(TransactionType.PAYMENT))
    if credits_ := moved(TransactionType.CREDIT):
        yield loc.text("Credits"), loc.money(credits_)
    if refunds := moved(TransactionType.REFUND):
        yield loc.text("Refunds paid out"), loc.money(refunds)
    yield loc.text("Balance forward"), loc.money(issued.forward_cents)
    yield loc.text("Current charges"), loc.money(issued.invoice.amount_cents)
    yield loc.text("Balance"), loc.money(issued.balance_cents)


def _remittance(paper: Paper, invoice: InvoicePaper) -> None:
    """Draw at the foot what goes back with a payment."""
    loc, row = invoice.loc, invoice.issued.invoice
    top = parts.BOTTOM - _REMITTANCE + 6
    paper.set_dash_pattern(dash=3, gap=3)
    paper.rule(top, width=0.8)
    paper.set_dash_pattern()
    paper.style(7, ink=QUIET)
    paper.left(MARGIN, top + 10, loc.text("Remittance: please return this part with your payment."))
    paper.style(9, bold=True)
    payable = loc.text("Cheques payable to: {name}", name=invoice.supplier.name)
    paper.left(MARGIN, top + 27, payable)
    paper.style(8.5)
    for at, line in enumerate(parts.addressee(invoice.account)[:4]):
        paper.left(MARGIN, top + 41 + at * 11, paper.fitted(line, 250))
    pairs = [
        (loc.text("Account number"), invoice.account.number),
        (loc.text("Invoice number"), row.number),
        (loc.text("Due date"), loc.date(row.due_date) if row.due_date else "\N{EM DASH}"),
        (loc.text("Amount due"), loc.money(invoice.issued.due_cents)),
    ]
    parts.facts(paper, _MIDDLE, top + 27, RIGHT, pairs)
    if invoice.issued.forward_cents > 0 and invoice.issued.due_cents:
        paper.style(7, ink=QUIET)
        paper.right(RIGHT, top + 10, _when_due(invoice))
