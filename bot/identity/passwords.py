"""Passwords: argon2id, and a wait after too many wrong ones."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from store import links, people
from store.db import Database
from store.models import PortalUser
from store.models.types import now

FAILURES_ALLOWED = 5  # per user name and address, within the window
WINDOW = timedelta(minutes=15)
_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def matches(password: str, hashed: str) -> bool:
    """Check a password. An empty hash matches nothing and takes as long as a wrong password."""
    try:
        _hasher.verify(hashed or _nobody(), password)
    except (Argon2Error, InvalidHashError):
        return False
    return bool(hashed)


@dataclass(frozen=True, slots=True)
class SignIn:
    """What came of an attempt: a user, or None and perhaps when to try again."""

    user: PortalUser | None
    wait_until: datetime | None = None


def sign_in(
    database: Database, *, username: str, password: str, address: str, sample_users: bool
) -> SignIn:
    """Check a portal user's name and password from a network address.

    After five failures within 15 minutes, an attempt is refused unread until the oldest of them
    is 15 minutes old. Users of the sample data are strangers unless `sample_users`.
    """
    with database.read() as session:
        failed = links.failures(session, username=username, address=address, since=now() - WINDOW)
        if len(failed) >= FAILURES_ALLOWED:
            return SignIn(None, failed[FAILURES_ALLOWED - 1] + WINDOW)
        user = people.portal_user_named(session, username=username)
    if user is not None and user.sample and not sample_users:
        user = None
    # Hashing takes tens of milliseconds on purpose: no transaction is open meanwhile.
    good = matches(password, user.password_hash if user else "")
    with database.write() as session:
        if good:
            links.forget_failures(session, username=username)
        else:
            links.add_failure(session, username=username[:254], address=address)
    return SignIn(user if good else None)


@cache
def _nobody() -> str:
    return _hasher.hash("nobody has this password")
