"""Who may sign in: portal users with their memberships, and the staff of the desk."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from sqlmodel import SQLModel

from store.models import Account, Membership, PortalUser, Role, Staff
from store.sample.companies import Company, User, people
from store.sample.customers import posting_time
from store.sample.months import month_start
from store.sample.rows import Keys, id_of

HashPassword = Callable[[str], str]

_STAFF_SINCE_MONTHS = 24
_DESK_TIME_ZONE = "America/Toronto"


def administrator_of(company: Company) -> User:
    """The one portal user of an invented company."""
    return User(
        username=f"admin@{company.number}.example",
        first_name="Sample",
        last_name=company.number,
        role=Role.ADMINISTRATOR.value,
        language=company.language,
        accounts=(company.number,),
        time_zone=company.time_zone,
    )


def user_rows(
    users: Iterable[User], accounts: Mapping[str, Account], hashed: HashPassword, keys: Keys
) -> Iterator[SQLModel]:
    """The portal users and what they are to which account; `accounts` are by number."""
    for user in users:
        row = PortalUser(
            id=keys.next_id("portal_user"),
            ref=keys.new_ref(),
            username=user.username,
            first_name=user.first_name,
            last_name=user.last_name,
            email=user.username,
            password_hash=hashed(people().passwords[user.role]),
            time_zone=user.time_zone,
            sample=True,
            created_at=accounts[user.accounts[0]].created_at,
        )
        yield row
        for number in user.accounts:
            yield Membership(
                portal_user_id=id_of(row),
                account_id=id_of(accounts[number]),
                role=user.role,
                language=user.language,
            )


def staff_rows(today: date, hashed: HashPassword, keys: Keys) -> Iterator[SQLModel]:
    since = posting_time(month_start(today, _STAFF_SINCE_MONTHS), _DESK_TIME_ZONE)
    for agent in people().staff:
        yield Staff(
            id=keys.next_id("staff"),
            ref=keys.new_ref(),
            **agent.model_dump(),
            password_hash=hashed(people().passwords["staff"]),
            sample=True,
            created_at=since,
        )


def credentials() -> tuple[tuple[str, str], ...]:
    """User names with their passwords, portal users first."""
    passwords = people().passwords
    users = [(user.username, passwords[user.role]) for user in people().user]
    staff = [(agent.username, passwords["staff"]) for agent in people().staff]
    return (*users, *staff)
