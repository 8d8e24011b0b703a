"""Rows known by their natural key: added once, and brought up to date where they may change."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from enum import StrEnum
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, col, select

from store.importers.refusals import Refused
from store.models import Account

Model = TypeVar("Model", bound=SQLModel)


class Outcome(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    THERE = "there"
    READ = "read"  # kept with what it belongs to


def keep(
    session: Session,
    model: type[Model],
    key: Mapping[str, Any],
    values: Mapping[str, Any],
    may_change: AbstractSet[str],
) -> tuple[Model, Outcome]:
    """Add a row, or bring the one of that key up to date.

    Raises Refused where another value would change than may, or one does not fit.
    """
    _check_lengths(model, {**key, **values})
    query = select(model).where(*(col(getattr(model, name)) == key[name] for name in key))
    found = session.exec(query).one_or_none()
    if found is None:
        found = model(**key, **values)
        session.add(found)
        session.flush()
        return found, Outcome.ADDED
    changed = {name for name in values if getattr(found, name) != values[name]}
    if fixed := sorted(changed - may_change):
        is_now = ", ".join(f"{name} {getattr(found, name)}" for name in fixed)
        raise Refused(f"it is there already with {is_now}")
    for name in changed:
        setattr(found, name, values[name])
    session.flush()
    return found, Outcome.CHANGED if changed else Outcome.THERE


def account_of(session: Session, number: str) -> Account:
    """Find the account of that number. Raises Refused."""
    account = session.exec(select(Account).where(Account.number == number)).one_or_none()
    if account is None:
        raise Refused(f"there is no account {number}")
    if account.sample:
        raise Refused(f"{number} is an account of the samples")
    return account


def merged(*outcomes: Outcome) -> Outcome:
    """Tell of a row that is kept in several tables what became of it."""
    if Outcome.ADDED in outcomes:
        return Outcome.ADDED
    return Outcome.CHANGED if Outcome.CHANGED in outcomes else Outcome.THERE


def _check_lengths(model: type[SQLModel], values: Mapping[str, Any]) -> None:
    columns = model.__table__.columns  # type: ignore[attr-defined]
    for name, value in values.items():
        most = getattr(columns[name].type, "length", None)
        if isinstance(value, str) and most is not None and len(value) > most:
            raise Refused(f"{name} is longer than {most} characters")
