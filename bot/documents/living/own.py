"""What the store has on the account that asks, each part read when it is needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from bot.billing.windows import Month, cdr_months, month_bounds
from bot.commands import Context
from bot.documents.books import Books
from bot.i18n import Localizer
from store import accounts, calls, people
from store.models import Account, Membership, PaymentMethod, ServiceAddress


@dataclass(frozen=True)
class Own:
    """Reading any part makes the turn private."""

    context: Context

    @property
    def loc(self) -> Localizer:
        return self.context.loc

    @property
    def today(self) -> date:
        """The date in the account's zone."""
        return self.context.today(self.account.time_zone)

    @cached_property
    def account(self) -> Account:
        scope = self.context.scope
        with self.context.read() as session:
            return accounts.get(session, scope=scope)

    @cached_property
    def books(self) -> Books:
        return Books.read(self.context)

    @cached_property
    def cards(self) -> Sequence[PaymentMethod]:
        """The saved cards, the default one first."""
        scope = self.context.scope
        with self.context.read() as session:
            return accounts.payment_methods(session, scope=scope)

    @cached_property
    def service_addresses(self) -> Sequence[ServiceAddress]:
        scope = self.context.scope
        with self.context.read() as session:
            return accounts.service_addresses(session, scope=scope)

    @cached_property
    def membership(self) -> Membership | None:
        """What this portal user is to the account; none once that has ended."""
        scope = self.context.scope
        with self.context.read() as session:
            return people.membership(
                session, portal_user_id=scope.portal_user_id, account_id=scope.account_id
            )

    @cached_property
    def username(self) -> str:
        scope = self.context.scope
        with self.context.read() as session:
            user = people.portal_user(session, portal_user_id=scope.portal_user_id)
        return user.username if user else ""

    @cached_property
    def call_window(self) -> tuple[Month, ...]:
        """The months whose call records can be had, oldest first."""
        return cdr_months(self.today)

    @cached_property
    def call_months(self) -> list[Month]:
        """Those of them in which there are records."""
        scope, zone = self.context.scope, self.account.time_zone
        months = {month: month_bounds(month, zone) for month in self.call_window}
        with self.context.read() as session:
            return calls.months_with_calls(session, scope=scope, months=months)
