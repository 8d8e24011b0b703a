"""Which calls of an account are meant, and the conditions for them in SQL."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, literal, not_, or_
from sqlalchemy import select as sql_select
from sqlalchemy.orm import aliased
from sqlmodel import col, func

from store.models import CallRecord
from store.models.calls import Direction
from store.scope import Scope

# How a call ended, in the words that importing leaves (docs/domain.md 3.8).
_ANSWERED = "ANSWERED"
_UNANSWERED = ("NO ANSWER", "BUSY", "FAILED", "CONGESTION")


class CallOrder(StrEnum):
    TIME = "time"  # oldest first
    NEWEST = "newest"  # newest first
    LONGEST = "longest"
    DEAREST = "dearest"


class Ending(StrEnum):
    ANSWERED = "answered"
    UNANSWERED = "unanswered"  # by nobody, on no leg of the call
    UNSAID = "unsaid"  # the record does not tell


@dataclass(frozen=True, slots=True)
class Between:
    """Whole numbers from `least` to `most`, both included; None is no limit."""

    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilter:
    """Which calls of an account are meant; what is left out takes all."""

    start_at: datetime  # the first instant
    end_at: datetime  # the first instant that is too late
    direction: Direction | None = None
    ending: Ending | None = None
    party: str | None = None  # a number in E.164 or an extension, on either side
    prefixes: tuple[str, ...] = ()  # of the outside number in E.164: of a country or a city
    seconds: Between = Between()
    charge_millionths: Between = Between()  # of a dollar
    order: CallOrder = CallOrder.TIME
    limit: int | None = None  # no more than so many, the first of the order


def conditions(scope: Scope, wanted: CallFilter) -> Sequence[ColumnElement[bool]]:
    found = [
        col(CallRecord.account_id) == scope.account_id,
        col(CallRecord.start_at) >= wanted.start_at,
        col(CallRecord.start_at) < wanted.end_at,
        *_between(CallRecord.duration_seconds, wanted.seconds),
        *_between(CallRecord.charge_millionths, wanted.charge_millionths),
    ]
    if wanted.direction is not None:
        found.append(col(CallRecord.direction) == wanted.direction)
    if wanted.ending is not None:
        found.append(_ended(scope, wanted, wanted.ending))
    if wanted.party is not None:
        sides = (
            CallRecord.from_number,
            CallRecord.from_extension,
            CallRecord.to_number,
            CallRecord.to_extension,
        )
        found.append(or_(*(col(side) == wanted.party for side in sides)))
    if wanted.prefixes:
        found.append(or_(*_outside(wanted.prefixes)))
    return found


def _ended(scope: Scope, wanted: CallFilter, ending: Ending) -> ColumnElement[bool]:
    """Tell calls that were answered from those that were not.

    A call that rings at several telephones has a leg of each: where one was answered, the others
    are no missed calls.
    """
    if ending == Ending.ANSWERED:
        return _answered(CallRecord)
    if ending == Ending.UNSAID:
        return not_(or_(_answered(CallRecord), _unanswered(CallRecord)))
    leg = aliased(CallRecord)
    answered = sql_select(col(leg.call_id)).where(
        col(leg.account_id) == scope.account_id,
        col(leg.start_at) >= wanted.start_at,
        col(leg.start_at) < wanted.end_at,
        col(leg.call_id) != "",
        _answered(leg),
    )
    return _unanswered(CallRecord) & col(CallRecord.call_id).not_in(answered)


def _answered(leg: type[CallRecord]) -> ColumnElement[bool]:
    """Ask for legs that say so, and for those that were answered at some time."""
    says_so = func.upper(leg.disposition) == _ANSWERED
    return says_so | (not_(_unanswered(leg)) & col(leg.answer_at).is_not(None))


def _unanswered(leg: type[CallRecord]) -> ColumnElement[bool]:
    return or_(*(func.upper(leg.disposition) == word for word in _UNANSWERED))


# The number outside the company, by direction.
_OUTSIDE = (
    (Direction.OUT, CallRecord.to_number),
    (Direction.UNKNOWN, CallRecord.to_number),
    (Direction.IN, CallRecord.from_number),
)


def _outside(prefixes: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    """Compare the first so many characters with all prefixes of that length at once.

    The United States have hundreds; SQLite refuses as many conditions.
    """
    by_length: dict[int, list[ColumnElement[str]]] = {}
    for prefix in prefixes:
        # Each a parameter of its own: statements that are streamed have no lists of values.
        by_length.setdefault(len(prefix), []).append(literal(prefix))
    for direction, number in _OUTSIDE:
        begins = (func.substr(number, 1, length).in_(alike) for length, alike in by_length.items())
        yield (col(CallRecord.direction) == direction) & or_(*begins)


def _between(column: Any, wanted: Between) -> Iterator[ColumnElement[bool]]:
    if wanted.least is not None:
        yield func.coalesce(column, 0) >= wanted.least
    if wanted.most is not None:
        yield func.coalesce(column, 0) <= wanted.most
