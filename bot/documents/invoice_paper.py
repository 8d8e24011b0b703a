"""All that is printed on an invoice, and in which language."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.billing.issued import Issued
from bot.documents.supplier import Supplier
from bot.i18n import Localizer
from store.models import Account, InvoiceLine, InvoiceTax, ServiceAddress

DRAWN_AS = 2  # raise it when the document changes: older ones are no longer taken from the store


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicePaper:
    issued: Issued
    account: Account
    lines: Sequence[InvoiceLine]
    taxes: Sequence[InvoiceTax]
    addresses: Mapping[int, ServiceAddress]  # where the lines are delivered, by id
    supplier: Supplier
    loc: Localizer  # the account's language, whoever asks

    @property
    def number(self) -> str:
        return self.issued.invoice.number

    @property
    def name(self) -> str:
        return self.loc.text("Invoice {number}", number=self.number)

    @property
    def filename(self) -> str:
        return self.loc.text("invoice-{number}.pdf", number=self.number)

    @property
    def cache_key(self) -> str:
        """Name the document by all that is on it; account and language are the store's to add."""
        said = (self.issued, self.account, self.lines, self.taxes, self.addresses, self.supplier)
        digest = hashlib.sha256(repr(said).encode()).hexdigest()[:24]
        return f"invoice:{DRAWN_AS}:{self.number}:{digest}"
