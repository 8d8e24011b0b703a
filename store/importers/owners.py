"""Whose call it is, and which invoice bills it."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select, update

from store.db import Database
from store.importers.conventions import Instant
from store.importers.refusals import Refused
from store.models import Account, CallRecord, ServiceNumber, Transaction, TransactionType


@dataclass(frozen=True, slots=True)
class Owner:
    """An account, with what its calls are told by."""

    account_id: int
    number: str
    zone: str
    own_numbers: frozenset[str]
    invoices: Mapping[str, int]
    starts: Sequence[Instant]  # of service periods, in order
    ends: Sequence[tuple[Instant, int]]  # of the same periods, with their invoices

    def invoice_of(self, start_at: Instant, named: str) -> int | None:
        """Find the invoice whose service period holds the day; none where there is none yet.

        Raises Refused for a named one that the account does not have.
        """
        if named:
            if named not in self.invoices:
                raise Refused(f"account {self.number} has no invoice {named}")
            return self.invoices[named]
        at = bisect_right(self.starts, start_at) - 1
        if at < 0 or start_at >= self.ends[at][0]:
            return None
        return self.ends[at][1]


class Owners:
    """The accounts of the store, each read once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._by_number: dict[str, Owner | None] = {}
        self._by_service: dict[str, set[str]] | None = None

    def named(self, number: str) -> Owner | None:
        if number not in self._by_number:
            query = select(Account).where(Account.number == number)
            with self._database.read() as session:
                account = session.exec(query).one_or_none()
                self._by_number[number] = _owner(session, account) if account else None
        return self._by_number[number]

    def of_numbers(self, *numbers: str) -> Owner:
        """Find whose service numbers these are. Raises Refused for nobody's, and for two's."""
        services = self._services()
        found = {account for number in numbers for account in services.get(number, ())}
        if len(found) != 1:
            whose = f"accounts {', '.join(sorted(found))}" if found else "no account of the store"
            raise Refused(f"the numbers are those of {whose}: say which with --account")
        owner = self.named(found.pop())
        if owner is None:
            raise Refused("the account is gone")
        return owner

    def _services(self) -> dict[str, set[str]]:
        if self._by_service is None:
            query = select(ServiceNumber.number, Account.number).join(
                Account, col(Account.id) == ServiceNumber.account_id
            )
            self._by_service = {}
            with self._database.read() as session:
                for number, account in session.exec(query):
                    self._by_service.setdefault(number, set()).add(account)
        return self._by_service


def period_in_utc(first: date, last: date, zone: str) -> tuple[datetime, datetime]:
    """Give the first instant of a period in a zone, and the first that is too late."""
    days = (first, last + timedelta(days=1))
    start, end = (datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC) for day in days)
    return start, end


def bill_waiting_calls(session: Session, account_id: int) -> None:
    """Put calls that are on no invoice on the one whose service period holds them.

    Of periods that overlap the one that begins last counts, as in `Owner.invoice_of`.
    """
    account = session.get_one(Account, account_id)
    for invoice in reversed(_invoices(session, account_id)):
        if invoice.period_first is None or invoice.period_last is None:
            continue
        start, end = period_in_utc(invoice.period_first, invoice.period_last, account.time_zone)
        waiting = update(CallRecord).where(
            col(CallRecord.account_id) == account_id,
            col(CallRecord.start_at) >= start,
            col(CallRecord.start_at) < end,
            col(CallRecord.invoice_id).is_(None),
        )
        session.exec(
            waiting.values(invoice_id=invoice.id).execution_options(synchronize_session=False)
        )


def _invoices(session: Session, account_id: int | None) -> Sequence[Transaction]:
    query = select(Transaction).where(
        Transaction.account_id == account_id, Transaction.type == TransactionType.INVOICE
    )
    return session.exec(
        query.order_by(col(Transaction.period_first), col(Transaction.number))
    ).all()


def _owner(session: Session, account: Account) -> Owner:
    invoices = _invoices(session, account.id)
    numbers = select(ServiceNumber.number).where(ServiceNumber.account_id == account.id)
    periods = [
        (period_in_utc(invoice.period_first, invoice.period_last, account.time_zone), invoice)
        for invoice in invoices
        if invoice.period_first and invoice.period_last
    ]
    return Owner(
        account_id=account.id or 0,
        number=account.number,
        zone=account.time_zone,
        own_numbers=frozenset(session.exec(numbers)),
        invoices={invoice.number: invoice.id or 0 for invoice in invoices},
        starts=[f"{start:%Y-%m-%d %H:%M:%S}" for (start, _), _ in periods],
        ends=[(f"{end:%Y-%m-%d %H:%M:%S}", invoice.id or 0) for (_, end), invoice in periods],
    )
