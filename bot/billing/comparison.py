"""What makes an invoice differ from an earlier one, part by part, to the cent."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Self

from bot.billing.effect import number_order
from store.models import InvoiceLine, InvoiceTax, LineKind, Transaction, TransactionType

_ONE_TIME = frozenset[str]({LineKind.ONE_TIME})
_MILLION = 1_000_000
_CENT = _MILLION * _MILLION // 100  # of a quantity times a price, both in millionths


class Section(StrEnum):
    """Where on an invoice a part stands; `OTHER` is what its lines and taxes do not tell."""

    RECURRING = LineKind.RECURRING
    ONE_TIME = LineKind.ONE_TIME
    USAGE = LineKind.USAGE
    TAXES = "taxes"
    OTHER = "other"


class Cause(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    QUANTITY = "quantity"
    PRICE = "price"
    RATE = "rate"  # of a tax
    AMOUNT = "amount"  # usage, taxes, and a line whose quantity and price do not tell its amount


class Charge(NamedTuple):
    """A line of an invoice; of usage, all lines of one description and service address."""

    quantity_millionths: int
    unit_price_millionths: int
    cents: int


class Levy(NamedTuple):
    """One tax of one province on an invoice; without a rate where it has several."""

    cents: int
    rate_millionths: int | None


Item = Charge | Levy


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One reason for the difference of two invoices."""

    section: Section
    cause: Cause
    cents: int  # by how much it makes the later invoice higher; never 0
    what: str = ""  # the description of a line, the name of a tax
    service_address_id: int | None = None
    province: str = ""  # of a tax
    before: Item | None = None
    after: Item | None = None


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice with what stands on it, as the store gives it."""

    invoice: Transaction
    lines: Sequence[InvoiceLine]
    taxes: Sequence[InvoiceTax]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The parts add up to the change, always, also where an invoice's own lines do not add up."""

    before: Transaction
    after: Transaction
    parts: tuple[Part, ...]  # the biggest first, whatever the sign

    @classmethod
    def of(cls, before: Bill, after: Bill) -> Self:
        """Match lines by kind, description and service address, wherever they stand.

        Where quantity and price have both changed, the change of quantity is told at the old
        price, and that of price is the rest. Raises nothing: any two invoices can be compared.
        """
        parts = [*_lines(before, after), *_taxes(before, after), *_rest(before, after)]
        told = sorted((part for part in parts if part.cents), key=_biggest_first)
        return cls(before.invoice, after.invoice, tuple(told))

    @property
    def change_cents(self) -> int:
        return self.after.amount_cents - self.before.amount_cents

    def sections(self) -> list[tuple[Section, int]]:
        """Add the parts up by section, in the order of an invoice; those of no change left out."""
        sums = Counter[Section]()
        for part in self.parts:
            sums[part.section] += part.cents
        return [(section, sums[section]) for section in Section if sums[section]]


def monthly(
    transactions: Iterable[Transaction], kinds: Mapping[int, frozenset[str]]
) -> list[Transaction]:
    """List the invoices that come every month, oldest first.

    `kinds` are the kinds of lines of each invoice, by its id. What bills one-time charges alone,
    and no service period, is the invoice of a single order; of one without lines nobody knows.
    """
    found = (row for row in transactions if row.type == TransactionType.INVOICE)
    return sorted((row for row in found if not _single_order(row, kinds)), key=_in_time)


def one_before(invoice: Transaction, invoices: Iterable[Transaction]) -> Transaction | None:
    """Find the invoice before this one: by date, of one day by number."""
    earlier = (row for row in invoices if _in_time(row) < _in_time(invoice))
    return max(earlier, key=_in_time, default=None)


def in_time(first: Transaction, second: Transaction) -> tuple[Transaction, Transaction]:
    """Put two invoices in the order they were issued."""
    return (first, second) if _in_time(first) <= _in_time(second) else (second, first)


def _single_order(row: Transaction, kinds: Mapping[int, frozenset[str]]) -> bool:
    return row.period_first is None and kinds.get(row.id or 0) == _ONE_TIME


def _in_time(row: Transaction) -> tuple[date, tuple[int, str]]:
    return row.date, number_order(row)


class _Place(NamedTuple):
    """Lines that can be the same charge, one month and the next."""

    section: Section
    description: str  # in one case, with single spaces
    service_address_id: int | None


def _lines(before: Bill, after: Bill) -> Iterator[Part]:
    was, is_ = _charges(before.lines), _charges(after.lines)
    names = _names(before.lines) | _names(after.lines)
    for place in was.keys() | is_.keys():
        for old, new in _matched(place.section, was[place], is_[place]):
            for cause, cents in _causes(place.section, old, new):
                yield Part(
                    section=place.section,
                    cause=cause,
                    cents=cents,
                    what=names[place],
                    service_address_id=place.service_address_id,
                    before=old,
                    after=new,
                )


def _charges(lines: Sequence[InvoiceLine]) -> defaultdict[_Place, list[Charge]]:
    found = defaultdict[_Place, list[Charge]](list)
    for line in lines:
        found[_place(line)].append(
            Charge(line.quantity_millionths, line.unit_price_millionths, line.amount_cents)
        )
    return found


def _names(lines: Sequence[InvoiceLine]) -> dict[_Place, str]:
    """Give each place its description as the invoice writes it."""
    spelled = sorted(lines, key=lambda line: line.description)
    return {_place(line): line.description for line in spelled}


def _place(line: InvoiceLine) -> _Place:
    description = " ".join(line.description.split()).casefold()
    return _Place(Section(line.kind), description, line.service_address_id)


def _matched(
    section: Section, was: list[Charge], is_: list[Charge]
) -> Iterator[tuple[Charge | None, Charge | None]]:
    """Pair the charges of one place, those that differ least first; one may have no other half."""
    if section is Section.USAGE:
        was, is_ = _summed(was), _summed(is_)
    old, new = sorted(was), sorted(is_)
    for alike in _ALIKE:
        waiting = defaultdict[Hashable, list[Charge]](list)
        for charge in new:
            waiting[alike(charge)].append(charge)
        alone = []
        for charge in old:
            if others := waiting[alike(charge)]:
                yield charge, others.pop(0)
            else:
                alone.append(charge)
        old, new = alone, sorted(charge for rest in waiting.values() for charge in rest)
    yield from ((charge, None) for charge in old)
    yield from ((None, charge) for charge in new)


_ALIKE: tuple[Callable[[Charge], Hashable], ...] = (
    lambda charge: charge,
    lambda charge: charge.unit_price_millionths,
    lambda charge: charge.quantity_millionths,
    lambda _charge: None,
)


def _summed(charges: list[Charge]) -> list[Charge]:
    if not charges:
        return []
    quantity = sum(charge.quantity_millionths for charge in charges)
    return [Charge(quantity, 0, sum(charge.cents for charge in charges))]


def _causes(
    section: Section, old: Charge | None, new: Charge | None
) -> Iterator[tuple[Cause, int]]:
    if old is None or new is None:
        yield _came_or_went(old, new)
        return
    change = new.cents - old.cents
    more = new.quantity_millionths != old.quantity_millionths
    dearer = new.unit_price_millionths != old.unit_price_millionths
    told = section is not Section.USAGE and _adds_up(old) and _adds_up(new)
    if not told or not (more or dearer):
        yield Cause.AMOUNT, change
    elif not more:
        yield Cause.PRICE, change
    else:
        by_quantity = _by_quantity(old, new) if dearer else change
        yield Cause.QUANTITY, by_quantity
        yield Cause.PRICE, change - by_quantity


def _came_or_went(old: Item | None, new: Item | None) -> tuple[Cause, int]:
    if new is not None:
        return Cause.ADDED, new.cents
    return Cause.REMOVED, -old.cents if old else 0


def _adds_up(charge: Charge) -> bool:
    """Whether an amount is quantity times price: that of a part of a month is not."""
    return charge.cents == _cents(charge.quantity_millionths * charge.unit_price_millionths)


def _by_quantity(old: Charge, new: Charge) -> int:
    more = new.quantity_millionths - old.quantity_millionths
    return _cents(more * old.unit_price_millionths)


def _cents(product: int) -> int:
    """Round half a cent up, away from nothing (docs/domain.md 4.3)."""
    rounded = (2 * abs(product) + _CENT) // (2 * _CENT)
    return rounded if product >= 0 else -rounded


def _taxes(before: Bill, after: Bill) -> Iterator[Part]:
    was, is_ = _levies(before.taxes), _levies(after.taxes)
    for name, province in was.keys() | is_.keys():
        old, new = was.get((name, province)), is_.get((name, province))
        if old and new:
            changed = old.rate_millionths != new.rate_millionths
            cause, cents = Cause.RATE if changed else Cause.AMOUNT, new.cents - old.cents
        else:
            cause, cents = _came_or_went(old, new)
        yield Part(
            section=Section.TAXES,
            cause=cause,
            cents=cents,
            what=name,
            province=province,
            before=old,
            after=new,
        )


def _levies(taxes: Sequence[InvoiceTax]) -> dict[tuple[str, str], Levy]:
    found = defaultdict[tuple[str, str], list[InvoiceTax]](list)
    for tax in taxes:
        found[tax.name, tax.province].append(tax)
    return {key: _levy(rows) for key, rows in found.items()}


def _levy(rows: list[InvoiceTax]) -> Levy:
    rates = {row.rate_millionths for row in rows}
    return Levy(sum(row.amount_cents for row in rows), rates.pop() if len(rates) == 1 else None)


def _rest(before: Bill, after: Bill) -> Iterator[Part]:
    """What the lines and taxes do not tell: imported invoices may have none."""
    cents = _untold(after) - _untold(before)
    yield Part(section=Section.OTHER, cause=Cause.AMOUNT, cents=cents)


def _untold(bill: Bill) -> int:
    lines = sum(line.amount_cents for line in bill.lines)
    return bill.invoice.amount_cents - lines - sum(tax.amount_cents for tax in bill.taxes)


def _biggest_first(part: Part) -> tuple[int, int, str, str]:
    """Order without chance: whatever was stored first makes no difference."""
    section = list(Section).index(part.section)
    sides = (part.service_address_id, part.province, part.cause, part.before, part.after)
    return -abs(part.cents), section, part.what, str(sides)
