"""Invoices of a test's own making, ready to be drawn."""

from collections.abc import Sequence
from datetime import date

from bot.billing.issued import Issued
from bot.documents.invoice_paper import InvoicePaper
from bot.documents.supplier import Supplier
from bot.i18n import Localizer
from store.models import (
    Account,
    InvoiceLine,
    InvoiceTax,
    LineKind,
    ServiceAddress,
    Transaction,
    TransactionType,
)
from tests.strategies import made


def supplier(language: str) -> Supplier:
    """The provider as its facts are told in a language."""
    return Supplier(
        name="net2phone Canada",
        address=("100 Sample Street", "Ottawa ON A0A 0A0"),
        gst_number="12345 6789 RT0001",
        qst_number="1234567890 TQ0001",
        email="billing@net2phone.ca",
        phone={"en": "1-877-498-3772", "fr": "1 877 498-3772"}[language],
        option="option 4",
        sample=True,
    )


ACCOUNT = Account(
    number="001234",
    legal_name="Maple Dental Group",
    bill_to_name="Maple Dental Group",
    billing_street="418 Bank Street",
    billing_city="Ottawa",
    billing_province="ON",
    billing_postal_code="K2P 1Y8",
)
DAY = date(2026, 11, 1)
HST = 130_000
_WORDS = {
    "en": ("Business phone seat", "Desk phone", "Long-distance calls"),
    "fr": ("Poste téléphonique d'affaires", "Téléphone de bureau", "Appels interurbains"),
}


def line(description: str, cents: int, *, kind: str = LineKind.RECURRING, **columns) -> InvoiceLine:
    given = {"quantity_millionths": 1_000_000, "unit_price_millionths": cents * 10_000}
    return InvoiceLine(
        transaction_id=1,
        position=1,
        kind=kind,
        description=description,
        amount_cents=cents,
        **given | columns,
    )


def many_lines(count: int, language: str = "en") -> list[InvoiceLine]:
    """Lines of all kinds in turn, each of another amount, every seventh with long words."""
    found = []
    for at in range(count):
        kind = at * len(LineKind) // count
        words = f"{_WORDS[language][kind]} {1001 + at}"
        if at % 7 == 6:
            words += ", service à la clientèle et soutien prolongé, 12 mois"
        days = {"period_first": DAY, "period_last": date(2026, 11, 30)}
        found.append(line(words, 1000 + at, kind=list(LineKind)[kind], **days))
    return found


def paper(
    lines: Sequence[InvoiceLine],
    *,
    language: str = "en",
    taxes: Sequence[InvoiceTax] | None = None,
    addresses: Sequence[ServiceAddress] = (),
    others: Sequence[Transaction] = (),
    forward_cents: int | None = None,
) -> InvoicePaper:
    """An invoice of these lines, with 13 % HST unless taxes are given."""
    base = sum(row.amount_cents for row in lines)
    if taxes is None:
        taxes = [tax("HST", "ON", HST, base, (base * 13 + 50) // 100)]
    total = base + sum(row.amount_cents for row in taxes)
    columns = {
        "due_date": date(2026, 11, 22),
        "period_first": date(2026, 10, 1),
        "period_last": date(2026, 10, 31),
        "balance_forward_cents": forward_cents,
    }
    invoice = made(TransactionType.INVOICE, 54321, DAY, total, **columns)
    return InvoicePaper(
        issued=Issued.of(invoice, [*others, invoice]),
        account=ACCOUNT,
        lines=lines,
        taxes=taxes,
        addresses={address.id or 0: address for address in addresses},
        supplier=supplier(language),
        loc=Localizer(language),
    )


def tax(name: str, province: str, rate: int, base: int, cents: int) -> InvoiceTax:
    return InvoiceTax(
        transaction_id=1,
        position=1,
        name=name,
        province=province,
        rate_millionths=rate,
        base_cents=base,
        amount_cents=cents,
    )
