"""What a format is, and the neutral call that its rows become."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from store.importers.conventions import Conventions, Instant

Cells = Sequence[str]

# A time as any program or spreadsheet writes it; what it says is for Conventions to find out.
TIME = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[ T]\d{1,2}:\d\d"
    r"|\d{5}[.,]\d+$|\d{10}(?:\d{3}){0,2}$|[A-Z][a-z]{2}, \d"
)
EPOCH = re.compile(r"\d{10}$")
LONGEST_CALL_ID = 255  # characters
LONGEST_DISPOSITION = 32


class Call(NamedTuple):
    """One leg of a call as its row says it: instants in UTC, seconds, millionths of a dollar."""

    call_id: str
    start_at: Instant
    answer_at: Instant | None
    end_at: Instant | None
    from_number: str
    from_extension: str
    from_name: str
    to_number: str
    to_extension: str
    duration_seconds: int
    billable_seconds: int
    disposition: str
    direction: str | None = None  # none: the row does not say
    destination: str = ""
    rate_millionths: int | None = None
    charge_millionths: int | None = None
    leg: int = 0
    invoice: str = ""  # the number of the invoice that bills it, where the row says so


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One order of columns, and how a row of it becomes a call.

    `call` takes the cells in the order of `columns`; columns that a file lacks are empty. It raises
    Refused, or Untidy for a time in another form than ISO 8601.
    """

    columns: tuple[str, ...]
    call: Callable[[Cells, Conventions], Call]
    times: tuple[str, ...]  # names of columns; the start comes first
    account: str = ""  # the column that may hold the account's number
    needed: frozenset[str] = frozenset()  # the names by which a header is known
    widths: range = range(0)  # of rows without a header
    marks: Mapping[int, re.Pattern[str]] | None = None  # what such rows show, by position

    def matches(self, row: Cells) -> bool:
        """Tell whether a row, by itself, looks like one of this layout."""
        if self.marks is None or len(row) not in self.widths:
            return False
        return all(mark.match(row[at].strip()) for at, mark in self.marks.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A source of call records. Where `zone` is set its times are in that zone."""

    name: str
    layouts: tuple[Layout, ...]
    zone: str | None = None
    accounts_are_ours: bool = False  # a row that names an unknown account is refused


_CAUSES = {
    "NORMAL_CLEARING": "ANSWERED",
    "USER_BUSY": "BUSY",
    "NO_ANSWER": "NO ANSWER",
    "NO_USER_RESPONSE": "NO ANSWER",
    "ORIGINATOR_CANCEL": "NO ANSWER",
    "RECOVERY_ON_TIMER_EXPIRE": "FAILED",
    "NO_ROUTE_DESTINATION": "FAILED",
    "NOROUTE": "FAILED",
    "ANSWER": "ANSWERED",
    "NOANSWER": "NO ANSWER",
    # by Q.850
    "16": "ANSWERED",
    "17": "BUSY",
    "18": "NO ANSWER",
    "19": "NO ANSWER",
}


@lru_cache(maxsize=1_024)
def disposition(cause: str, answered: bool = True) -> str:  # noqa: FBT001, FBT002 - keyed by position
    """Say in one set of words how a call ended; a cause that is not known stays as it is."""
    known = _CAUSES.get(cause.upper(), cause)
    if known == "ANSWERED" and not answered:
        known = "NO ANSWER"
    return known[:LONGEST_DISPOSITION]
