"""Whose figures may be read: every read of account data takes a Scope."""

from dataclasses import dataclass

from store.models import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One portal user acting for one account. Only `bot.identity` makes one (a test holds it)."""

    portal_user_id: int
    account_id: int
    role: Role
