"""The tables of an invoice: what is charged, which taxes are on it, what came in before."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.billing.effect import change_cents
from bot.billing.issued import Movement
from bot.documents import naming, wording
from bot.documents.invoice_paper import InvoicePaper
from bot.documents.pdf import Paper
from bot.documents.pdf_table import Grid, Row, Section, places, space
from bot.i18n import Localizer
from store.models import InvoiceLine, InvoiceTax, LineKind

_911 = re.compile(r"\b9-?1-?1\b")


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of a kind; 911 fees stand apart, as the law's and not the provider's."""

    title: str
    lines: Sequence[InvoiceLine]

    @property
    def cents(self) -> int:
        return sum(line.amount_cents for line in self.lines)


def groups(lines: Sequence[InvoiceLine], loc: Localizer) -> list[Group]:
    """Sort lines under Recurring, One-time, Usage and 911; what is empty is left out."""
    fees = [line for line in lines if _911.search(line.description)]
    others = [line for line in lines if not _911.search(line.description)]
    kinds = (
        Group(naming.charges(loc, kind), [line for line in others if line.kind == kind])
        for kind in LineKind
    )
    return [group for group in (*kinds, Group(loc.text("911 fees"), fees)) if group.lines]


def summary(invoice: InvoicePaper) -> Iterator[tuple[str, str]]:
    """The sums of all sections, down to what the invoice charges in all."""
    loc = invoice.loc
    for group in groups(invoice.lines, loc):
        yield group.title, loc.money(group.cents)
    named: dict[str, int] = {}
    for tax in invoice.taxes:
        name = wording.tax(loc, tax.name, tax.rate_millionths)
        named[name] = named.get(name, 0) + tax.amount_cents
    for name, cents in named.items():
        yield name, loc.money(cents)
    yield loc.text("Total"), loc.money(invoice.issued.invoice.amount_cents)


def of(paper: Paper, invoice: InvoicePaper) -> Iterator[Section]:
    """All sections that the invoice has."""
    if invoice.lines:
        yield _charges(paper, invoice)
    if invoice.taxes:
        yield _taxes(paper, invoice)
    if invoice.issued.movements:
        yield _movements(paper, invoice)


def _charges(paper: Paper, invoice: InvoicePaper) -> Section:
    loc = invoice.loc
    grid = Grid(
        paper,
        places(
            (loc.text("Description"), 44, "left"),
            (loc.text("Service period"), 30, "left"),
            (loc.text("Quantity"), 11, "right"),
            (loc.text("Unit price"), 14, "right"),
            (loc.text("Amount"), 15, "right"),
        ),
    )
    rows: list[Row] = []
    for group in groups(invoice.lines, loc):
        rows += _group(grid, group, invoice)
    return Section(grid, rows)


def _group(grid: Grid, group: Group, invoice: InvoicePaper) -> Iterator[Row]:
    """A heading, the lines, and their sum, which is never alone on a page."""
    loc = invoice.loc
    yield grid.heading(group.title)
    several = len({line.service_address_id for line in invoice.lines}) > 1
    last = group.lines[-1]
    for address_id, lines in groupby(group.lines, key=lambda line: line.service_address_id):
        if several:
            yield grid.heading(_place(invoice, address_id), small=True)
        for line in lines:
            yield grid.row(_line(line, loc), holds=line is last and len(group.lines) > 1)
    if len(group.lines) == 1:
        return  # the line is its own sum
    subtotal = loc.text("Subtotal, {group}", group=group.title)
    yield grid.sum(subtotal, loc.money(group.cents))


def _place(invoice: InvoicePaper, address_id: int | None) -> str:
    address = invoice.addresses.get(address_id or 0)
    if address is None:
        return invoice.loc.text("Other")
    where = f"{address.street}, {address.city} {address.province} {address.postal_code}"
    return f"{address.label} \N{EN DASH} {where}" if address.label else where


def _line(line: InvoiceLine, loc: Localizer) -> tuple[str, ...]:
    return (
        line.description,
        naming.short_period(loc, line.period_first, line.period_last),
        loc.quantity(line.quantity_millionths),
        loc.price(line.unit_price_millionths),
        loc.money(line.amount_cents),
    )


def _taxes(paper: Paper, invoice: InvoicePaper) -> Section:
    loc, taxes = invoice.loc, invoice.taxes
    grid = Grid(
        paper,
        places(
            (loc.text("Taxes"), 34, "left"),
            (loc.text("Place of supply"), 34, "left"),
            (loc.text("Rate"), 14, "right"),
            (loc.text("Taxable amount"), 18, "right"),
            (loc.text("Tax"), 14, "right"),
        ),
    )
    rows = [grid.row(_tax(tax, loc), holds=True) for tax in taxes]
    if len(taxes) > 1:
        cents = loc.money(sum(tax.amount_cents for tax in taxes))
        rows.append(grid.sum(loc.text("Total taxes"), cents, holds=True))
    total = loc.money(invoice.issued.invoice.amount_cents)
    charged = loc.text("Total of this invoice")
    rows += [space(4, holds=True), grid.sum(charged, total, strong=True)]
    return Section(grid, rows)


def _tax(tax: InvoiceTax, loc: Localizer) -> tuple[str, ...]:
    return (
        wording.tax_name(loc, tax.name),
        naming.province(loc, tax.province),
        loc.rate(tax.rate_millionths),
        loc.money(tax.base_cents),
        loc.money(tax.amount_cents),
    )


def _moved(loc: Localizer, movement: Movement) -> str:
    """Name what moved money; what was taken back again says so."""
    name = naming.described(loc, movement.row)
    if movement.cents == change_cents(movement.row):
        return name
    return loc.text("{what}, taken back by the bank", what=name)


def _movements(paper: Paper, invoice: InvoicePaper) -> Section:
    """What was paid, credited and given back between the invoice before and this one."""
    loc, issued = invoice.loc, invoice.issued
    since = loc.text("Payments and credits since the last invoice")
    grid = Grid(
        paper,
        places(
            (since, 50, "left"),
            (loc.text("Reference"), 20, "left"),
            (loc.text("Date"), 20, "left"),
            (loc.text("Amount"), 16, "right"),
        ),
    )
    rows = [
        grid.row(
            (
                _moved(loc, movement),
                movement.row.number,
                loc.short_date(movement.day),
                loc.money(movement.cents),
            ),
            holds=at == len(issued.movements),
        )
        for at, movement in enumerate(issued.movements, 1)
    ]
    total = loc.money(sum(movement.cents for movement in issued.movements))
    rows.append(grid.sum(loc.text("Total"), total))
    return Section(grid, rows)
