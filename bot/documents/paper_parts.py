"""The parts that an invoice and a statement have in common: head, facts, foot, page numbers."""

from collections.abc import Iterable, Sequence

from bot.documents.colours import INK, QUIET
from bot.documents.pdf import ACCENT, FOOT, MARGIN, RIGHT, TINT, TOP, Paper
from bot.documents.supplier import Supplier
from bot.i18n import Localizer
from store.models import Account

TOP_OF_NEXT = TOP + 22  # where a page that goes on begins
BOTTOM = FOOT - 22  # where rows end
_STEP = 11.0
Pair = tuple[str, str]


def masthead(paper: Paper, supplier: Supplier, title: str, loc: Localizer) -> float:
    """Name the supplier on the left and the document on the right; gives where it ends."""
    paper.box(MARGIN, TOP - 14, RIGHT - MARGIN, 3, ACCENT)
    paper.style(14, bold=True)
    y = TOP + 10
    paper.left(MARGIN, y, supplier.name)
    paper.style(8, ink=QUIET)
    for line in (*supplier.address, *_registrations(supplier, loc)):
        y += _STEP
        paper.left(MARGIN, y, line)
    paper.style(22, bold=True, ink=ACCENT)
    paper.right(RIGHT, TOP + 16, title)
    return max(y, TOP + 16) + 12


def _registrations(supplier: Supplier, loc: Localizer) -> Iterable[str]:
    if supplier.gst_number:
        yield loc.text("GST/HST no. {number}", number=supplier.gst_number)
    if supplier.qst_number:
        yield loc.text("QST no. {number}", number=supplier.qst_number)


def address_block(paper: Paper, y: float, label: str, account: Account) -> float:
    """Say to whom the document goes; gives where it ends."""
    paper.style(7, bold=True, ink=QUIET)
    paper.left(MARGIN, y, label)
    lines = addressee(account)
    for at, line in enumerate(lines):
        paper.style(9 if at else 10, bold=not at)
        y += _STEP + 1
        paper.left(MARGIN, y, paper.fitted(line, 250))
    return y


def addressee(account: Account) -> list[str]:
    """Write a name and address as on an envelope; empty lines are left out."""
    place = " ".join(filter(None, (account.billing_city, account.billing_province)))
    place = "\u2002".join(filter(None, (place, account.billing_postal_code)))
    names = dict.fromkeys((account.bill_to_name, account.legal_name))
    return [line for line in (*names, account.billing_street, place) if line]


def facts(paper: Paper, x: float, y: float, to: float, pairs: Sequence[Pair]) -> float:
    """Write labels on the left and values on the right; gives where they end."""
    for label, value in pairs:
        paper.style(8, ink=QUIET)
        paper.left(x, y, label)
        paper.style(8.5, bold=True)
        paper.right(to, y, value)
        y += _STEP + 2
    return y


def sums(
    paper: Paper, y: float, heading: str, pairs: Sequence[Pair], *, x: float, to: float
) -> float:
    """Write amounts that add up, the last one strong, under a heading; gives where they end."""
    paper.style(9, bold=True, ink=ACCENT)
    paper.left(x, y, heading)
    paper.rule(y + 5, x=x, to=to)
    y += 18
    *parts, total = pairs
    for label, value in parts:
        paper.style(8)
        paper.left(x, y, paper.fitted(label, to - x - 90))
        paper.right(to, y, value)
        y += _STEP + 2
    paper.rule(y - 7, x=x, to=to, width=1)
    paper.style(9, bold=True)
    paper.left(x, y + 6, total[0])
    paper.right(to, y + 6, total[1])
    return y + 10


def panel(paper: Paper, y: float, label: str, value: str, beside: str) -> float:
    """Show the one figure that everybody looks for; gives where it ends."""
    paper.box(MARGIN, y, RIGHT - MARGIN, 36, TINT)
    paper.box(MARGIN, y, 4, 36, ACCENT)
    paper.style(10, bold=True)
    paper.left(MARGIN + 16, y + 16, label)
    paper.style(8.5, ink=QUIET)
    paper.left(MARGIN + 16, y + 29, beside)
    paper.style(20, bold=True, ink=INK)
    paper.right(RIGHT - 14, y + 25, value)
    return y + 36


def continued(paper: Paper, text: str) -> float:
    """Begin a page that goes on; gives where its rows begin."""
    paper.add_page()
    paper.style(8, bold=True, ink=QUIET)
    paper.left(MARGIN, TOP, text)
    paper.rule(TOP + 7)
    return TOP_OF_NEXT


def feet(paper: Paper, supplier: Supplier, loc: Localizer) -> None:
    """Put the contact line and the number of the page at the foot of every page."""
    contact = loc.text(
        "Questions? {email} or {phone}, {option}",
        email=supplier.email,
        phone=supplier.phone,
        option=supplier.option,
    )
    last = paper.page
    for number in range(1, last + 1):
        paper.page = number
        paper.rule(FOOT - 12)
        paper.style(7.5, ink=QUIET)
        paper.left(MARGIN, FOOT, contact)
        page = loc.text("Page {page} of {pages}", page=number, pages=last)
        paper.right(RIGHT, FOOT, page)
        if supplier.sample:
            paper.style(7.5, bold=True, ink=ACCENT)
            note = loc.text("Sample data: this is no real document.")
            paper.left(MARGIN, FOOT + 11, note)
