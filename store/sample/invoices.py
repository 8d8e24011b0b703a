"""The invoices of a sample company: monthly ones, and those of orders billed by themselves."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

from store.models import LineKind, TransactionType
from store.sample.companies import Order, catalogue
from store.sample.customers import Customer
from store.sample.entries import Bill, Line, TaxLine
from store.sample.months import month_end, month_start
from store.sample.rows import id_of
from store.sample.taxes import taxes_on

_SEATS_ADDED_MONTHS_AGO = 6
_ONE = 1_000_000


class Biller:
    """Bills one customer; `usage` is what the calls of each month cost, where there are calls."""

    def __init__(self, customer: Customer, usage: Mapping[date, int]) -> None:
        self.customer = customer
        self.company = customer.company
        self.today = customer.today
        self.usage = usage
        self.random = Random(f"{self.company.number} usage")  # noqa: S311 - made-up amounts

    def bills(self) -> list[Bill]:
        """All invoices up to today, oldest first."""
        monthly = [self._monthly(ago) for ago in reversed(range(self.company.months))]
        alone = [self._alone(order, order.day) for order in self.company.orders if order.day]
        issued = (bill for bill in (*monthly, *alone) if bill.invoice.date <= self.today)
        return sorted(issued, key=lambda bill: bill.invoice.date)

    def _monthly(self, months_ago: int) -> Bill:
        """The usage of the month before and the fixed charges of the month ahead."""
        issued = month_start(self.today, months_ago)
        used = (month_start(issued, 1), month_end(month_start(issued, 1)))
        lines = self._recurring(issued, months_ago)
        lines += [
            self._sold(order.product, order.quantity, LineKind.ONE_TIME)
            for order in self.company.orders
            if order.months_ago == months_ago and not order.day
        ]
        if cents := self._usage_cents(used[0]):
            lines.append(self._line("usage", LineKind.USAGE, 1, cents, period=used))
        bill = self._bill(issued, lines, months_ago)
        bill.invoice.period_first, bill.invoice.period_last = used
        return bill

    def _alone(self, order: Order, day: int) -> Bill:
        issued = month_start(self.today, order.months_ago).replace(day=day)
        return self._bill(issued, [self._sold(order.product, order.quantity, LineKind.ONE_TIME)])

    def _recurring(self, issued: date, months_ago: int) -> list[Line]:
        ahead = (issued, month_end(issued))
        too_early = self.company.seats_added if months_ago > _SEATS_ADDED_MONTHS_AGO else 0
        return [
            self._sold(
                product,
                quantity - too_early if product == "seat" and not site else quantity,
                LineKind.RECURRING,
                period=ahead,
                site=site,
            )
            for site, address in enumerate(self.company.sites)
            for product, quantity in address.monthly.items()
        ]

    def _usage_cents(self, month: date) -> int:
        """What the calls cost or, where calls are kept no more, an amount not unlike it."""
        if month in self.usage:
            return self.usage[month]
        billed = [cents for made, cents in self.usage.items() if made < month_start(self.today)]
        usual = sum(billed) // max(1, len(billed))
        return usual * self.random.randint(80, 130) // 100

    def _sold(
        self,
        product: str,
        quantity: int,
        kind: LineKind,
        *,
        period: tuple[date, date] | None = None,
        site: int = 0,
    ) -> Line:
        cents = int(catalogue().product[product].price * 100)
        return self._line(product, kind, quantity, cents, period=period, site=site)

    def _line(
        self,
        product: str,
        kind: LineKind,
        quantity: int,
        cents_each: int,
        *,
        period: tuple[date, date] | None,
        site: int = 0,
    ) -> Line:
        first, last = period or (None, None)
        return Line(
            kind=kind,
            description=catalogue().product[product].in_language(self.company.language),
            period_first=first,
            period_last=last,
            quantity_millionths=quantity * _ONE,
            unit_price_millionths=cents_each * _ONE // 100,
            amount_cents=cents_each * quantity,
            service_address_id=id_of(self.customer.addresses[site]),
        )

    def _bill(self, issued: date, lines: list[Line], months_ago: int | None = None) -> Bill:
        taxes = self._taxes(lines, issued)
        total = sum(line.amount_cents for line in lines) + sum(tax.amount_cents for tax in taxes)
        due = issued + timedelta(days=self.company.terms_days)
        invoice = self.customer.entry(TransactionType.INVOICE, issued, total)
        invoice.due_date = due
        return Bill(invoice=invoice, due_date=due, lines=lines, taxes=taxes, months_ago=months_ago)

    def _taxes(self, lines: list[Line], issued: date) -> list[TaxLine]:
        """The taxes of each province on what is delivered there."""
        provinces = {id_of(address): address.province for address in self.customer.addresses}
        bases: dict[str, int] = {}
        for line in lines:
            province = provinces[line.service_address_id]
            bases[province] = bases.get(province, 0) + line.amount_cents
        return [
            TaxLine(
                name=tax.name,
                province=province,
                rate_millionths=int(tax.rate * _ONE),
                base_cents=base,
                amount_cents=tax.amount_cents,
            )
            for province, base in bases.items()
            for tax in taxes_on(base, province=province, on=issued)
        ]
