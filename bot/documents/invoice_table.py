"""What an invoice charges, line by line, with its taxes and total."""

from collections.abc import Iterator, Sequence

from bot.documents import wording
from bot.i18n import Localizer
from bot.messages import Column, Table
from store.models import InvoiceLine, InvoiceTax, Transaction

_ONE = 1_000_000  # quantities are millionths
_Row = tuple[str, str, str]


def table(
    invoice: Transaction,
    lines: Sequence[InvoiceLine],
    taxes: Sequence[InvoiceTax],
    *,
    loc: Localizer,
) -> Table:
    columns = (
        Column(loc.text("Description")),
        Column(loc.text("Type")),
        Column(loc.text("Amount"), align="right"),
    )
    rows = (*_charges(lines, loc), *_taxes(taxes, loc), _total(invoice, loc))
    return Table(columns, rows)


def _charges(lines: Sequence[InvoiceLine], loc: Localizer) -> Iterator[_Row]:
    for line in lines:
        what = described(loc, line.description, line.quantity_millionths)
        yield what, wording.line_kind(loc, line.kind), loc.money(line.amount_cents)


def described(loc: Localizer, description: str, quantity_millionths: int) -> str:
    """Put before a description how many of it are charged, if it is not one."""
    quantity, rest = divmod(quantity_millionths, _ONE)
    if quantity == 1 or rest:
        return description
    return loc.text("{n} \N{MULTIPLICATION SIGN} {what}", n=loc.number(quantity), what=description)


def _taxes(taxes: Sequence[InvoiceTax], loc: Localizer) -> Iterator[_Row]:
    """One row a tax, with its province where those of several provinces stand together."""
    several = len({tax.province for tax in taxes}) > 1
    for tax in taxes:
        name = wording.tax(loc, tax.name, tax.rate_millionths)
        if several:
            name = loc.text("{tax} ({province})", tax=name, province=tax.province)
        yield name, loc.text("Tax"), loc.money(tax.amount_cents)


def _total(invoice: Transaction, loc: Localizer) -> _Row:
    return loc.text("Total"), "", loc.money(invoice.amount_cents)
