"""Passwords: argon2id, and a wait after too many wrong ones."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from bot.messages import storable
from store import links, people
from store.db import Database
from store.models import PortalUser
from store.models.types import now

FAILURES_ALLOWED = 5  # per user name and address, within the window
WINDOW = timedelta(minutes=15)
LONGEST_NAME = 254  # characters of a user name, which is a mail address as a rule
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
    name = _normal(username)
    with database.write() as session:
        links.lock_failures(session, username=name)
        failed = links.failures(session, username=name, address=address, since=now() - WINDOW)
        if len(failed) >= FAILURES_ALLOWED:
            return SignIn(None, failed[FAILURES_ALLOWED - 1] + WINDOW)
        # Counted before it is checked, so that guesses made at once count each other.
        links.add_failure(session, username=name, address=address)
        user = people.portal_user_named(session, username=name)
    if user is not None and user.sample and not sample_users:
        user = None
    # Hashing takes tens of milliseconds on purpose: no transaction is open meanwhile.
    if not matches(password, user.password_hash if user else ""):
        return SignIn(None)
    with database.write() as session:
        links.forget_failures(session, username=name)
    return SignIn(user)


def _normal(username: str) -> str:
    return storable(username).strip().lower()[:LONGEST_NAME]


@cache
def _nobody() -> str:
    return _hasher.hash("nobody has this password")
