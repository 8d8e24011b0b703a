"""Filling a store with sample companies."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlmodel import Session, col, func, select

from store.models import Account
from store.sample.calls import Calls
from store.sample.companies import companies, people
from store.sample.customers import Customer
from store.sample.invent import invented
from store.sample.ledger import Books
from store.sample.rows import Batch, Keys, TableRow, row_of
from store.sample.users import HashPassword, administrator_of, credentials, staff_rows, user_rows

OpenSession = Callable[[], AbstractContextManager[Session]]

_FIRST_INVENTED_NUMBER = 100_000
_ROWS_A_BATCH = 20_000


class RealAccountsError(RuntimeError):
    """The store has accounts of real customers: no sample is ever put beside them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSummary:
    """How many rows were written, and who may sign in with which password."""

    accounts: int
    portal_users: int
    staff: int
    transactions: int
    calls: int
    credentials: tuple[tuple[str, str], ...]


def is_refused(session: Session) -> bool:
    """Tell whether the store has a real account, and so must not get sample data."""
    real = select(Account.id).where(col(Account.sample).is_(False)).limit(1)
    return session.exec(real).first() is not None


def is_empty(session: Session) -> bool:
    """Tell whether the store has no account at all."""
    return session.exec(select(Account.id).limit(1)).first() is None


def fill(session: Session, *, today: date, hash_password: HashPassword) -> SampleSummary:
    """Write the hand-made companies into an empty store; the caller commits.

    Dates are relative to `today`. The same day gives the same rows, apart from password hashes
    where these are salted. Raises RealAccountsError.
    """
    _refuse_real_accounts(session)
    keys, batch, hashed = Keys(session), Batch(), cache(hash_password)
    customers = [Customer.of(company, today=today, keys=keys) for company in companies()]
    accounts = {customer.company.number: customer.account for customer in customers}
    for customer in customers:
        batch.add_all(rows_of(customer, Calls.usual(customer.company, today=today), keys))
    batch.add_all(map(row_of, user_rows(people().user, accounts, hashed, keys)))
    batch.add_all(map(row_of, staff_rows(today, hashed, keys)))
    batch.write(session)
    return _summary(batch, credentials())


def fill_many(
    open_session: OpenSession,
    *,
    accounts: int,
    calls: int,
    today: date,
    hash_password: HashPassword,
    progress: Callable[[int], None],
) -> SampleSummary:
    """Write so many more accounts with so many calls in all, a batch at a time.

    Each `open_session` is one transaction, which commits when its block ends well. `progress` is
    told how many accounts and calls are written by then, in the end `accounts + calls`. Each
    account has one administrator, all with one password; the summary names the first.
    Raises RealAccountsError.
    """
    with open_session() as session:
        _refuse_real_accounts(session)
        keys = Keys(session)
        first = _FIRST_INVENTED_NUMBER + session.exec(select(func.count(col(Account.id)))).one()
    batch, hashed = Batch(), cache(hash_password)
    for position in range(accounts):
        company = invented(str(first + position), position)
        customer = Customer.of(company, today=today, keys=keys)
        share = calls // accounts + (position < calls % accounts)
        made = Calls(company, today, share)
        for row in _rows_with_user(customer, made, keys, hashed):
            batch.add(row)
            if len(batch) >= _ROWS_A_BATCH:
                _write(batch, open_session, progress)
    _write(batch, open_session, progress)
    return _summary(batch, _first_credentials(first) if accounts else ())


def rows_of(customer: Customer, calls: Calls, keys: Keys) -> Iterator[TableRow]:
    """One customer with books and calls, each row after those it refers to."""
    books = Books.of(customer, calls.usage_cents(), keys)
    yield from map(row_of, customer.rows())
    yield from books.rows()
    invoices = books.invoices_by_month()
    for day, call in calls:
        call["account_id"] = customer.account.id
        call["invoice_id"] = invoices.get(day.replace(day=1))
        yield "call_record", call


def _rows_with_user(
    customer: Customer, calls: Calls, keys: Keys, hashed: HashPassword
) -> Iterator[TableRow]:
    yield from rows_of(customer, calls, keys)
    accounts = {customer.company.number: customer.account}
    yield from map(row_of, user_rows([administrator_of(customer.company)], accounts, hashed, keys))


def _write(batch: Batch, open_session: OpenSession, progress: Callable[[int], None]) -> None:
    with open_session() as session:
        batch.write(session)
    progress(batch.written["account"] + batch.written["call_record"])


def _first_credentials(number: int) -> tuple[tuple[str, str]]:
    user = administrator_of(invented(str(number), 0))
    return ((user.username, people().passwords[user.role]),)


def _summary(batch: Batch, who: tuple[tuple[str, str], ...]) -> SampleSummary:
    return SampleSummary(
        accounts=batch.written["account"],
        portal_users=batch.written["portal_user"],
        staff=batch.written["staff"],
        transactions=batch.written["transaction"],
        calls=batch.written["call_record"],
        credentials=who,
    )


def _refuse_real_accounts(session: Session) -> None:
    if is_refused(session):
        raise RealAccountsError("The store has real accounts; sample data is not put beside them.")
