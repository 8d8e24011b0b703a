"""The books of the account that an answer is about, as they stand today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Self

from bot.billing.aging import Aging
from bot.billing.ledger import Ledger, OpenItem
from bot.billing.windows import history_window
from bot.clock import Clock
from bot.commands import Context
from store import accounts, transactions
from store.db import Session
from store.models import Account, PaymentAllocation, Transaction, TransactionType
from store.scope import Scope


@dataclass(frozen=True, kw_only=True)
class Books:
    account: Account
    transactions: Sequence[Transaction]  # all of them, oldest first
    allocations: Sequence[PaymentAllocation]
    today: date  # in the account's zone

    @classmethod
    def read(cls, context: Context) -> Self:
        """Read the account of whoever asks. Raises NotLinked and NotAllowed."""
        scope = context.scope
        with context.read() as session:
            return cls.of(session, scope=scope, clock=context.clock)

    @classmethod
    def of(cls, session: Session, *, scope: Scope, clock: Clock) -> Self:
        account = accounts.get(session, scope=scope)
        return cls(
            account=account,
            transactions=transactions.of_account(session, scope=scope),
            allocations=transactions.allocations(session, scope=scope),
            today=clock.today(account.time_zone),
        )

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger.of(self.transactions, self.allocations, as_of=self.today)

    @cached_property
    def aging(self) -> Aging:
        return Aging.of(self.ledger)

    @property
    def oldest_day(self) -> date:
        """The first day of which transactions and invoices are kept."""
        return history_window(self.today)[0]

    @property
    def invoices(self) -> list[Transaction]:
        """The invoices that are kept (docs/domain.md 1.4), oldest first."""
        rows = (row for row in self.transactions if _is_invoice(row))
        return [row for row in rows if self.oldest_day <= row.date <= self.today]

    @property
    def oldest_open_invoice(self) -> OpenItem | None:
        items = (item for item in self.ledger.open_items if _is_invoice(item.transaction))
        return next(items, None)


def _is_invoice(row: Transaction) -> bool:
    return row.type == TransactionType.INVOICE
