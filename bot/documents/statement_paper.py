"""All that is printed on a statement of account, and in which language."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from bot.billing.aging import Aging
from bot.billing.history import History, HistoryRow
from bot.billing.ledger import Ledger
from bot.documents.supplier import Supplier
from bot.i18n import Localizer
from store.models import Account, PaymentAllocation, Transaction, TransactionType

DRAWN_AS = 1  # raise it when the document changes: older ones are no longer taken from the store


@dataclass(frozen=True, kw_only=True)
class StatementPaper:
    """The account from `first` to `last`, as things stood at the end of that day.

    The closing balance of the history less the credits not yet in it is the balance, and that is
    the total of the open items less what is unapplied (docs/domain.md 4.2).
    """

    account: Account
    transactions: Sequence[Transaction]
    allocations: Sequence[PaymentAllocation]
    first: date
    last: date
    supplier: Supplier
    loc: Localizer  # the account's language, whoever asks

    @cached_property
    def history(self) -> History:
        return History.of(self.transactions, as_of=self.last, first=self.first)

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger.of(self.transactions, self.allocations, as_of=self.last)

    @cached_property
    def aging(self) -> Aging:
        return Aging.of(self.ledger)

    @property
    def rows(self) -> list[HistoryRow]:
        """Oldest first, as a statement is read."""
        return list(reversed(self.history.rows))

    def listed_cents(self, kind: TransactionType) -> int:
        """By how much the rows of a type change the balance."""
        rows = (row for row in self.rows if row.transaction.type == kind)
        return sum((row.debit_cents or 0) - (row.credit_cents or 0) for row in rows)

    @property
    def filename(self) -> str:
        days = {"first": self.first.isoformat(), "last": self.last.isoformat()}
        return self.loc.text("statement-{first}-to-{last}.pdf", **days)

    @property
    def cache_key(self) -> str:
        """Name the document by all that may be on it; account and language are the store's."""
        said = (self.account, self.transactions, self.allocations, self.supplier)
        digest = hashlib.sha256(repr(said).encode()).hexdigest()[:24]
        return f"statement:{DRAWN_AS}:{self.first}:{self.last}:{digest}"
