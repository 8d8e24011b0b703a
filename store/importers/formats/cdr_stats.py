"""CDR-Stats: its export with a header of 25 columns, and three headless shapes that it takes in.

Those have a space after each comma and the start as an epoch or, of rated calls, as local time.
"""

import re

from store.importers import cells as cell
from store.importers.call import (
    EPOCH,
    LONGEST_CALL_ID,
    TIME,
    Call,
    Cells,
    Format,
    Layout,
    disposition,
)
from store.importers.conventions import Conventions
from store.importers.parties import party
from store.models import Direction

_UUID = re.compile(r"[0-9a-f]{8}-", re.IGNORECASE)
_WAY = re.compile(r"(?:in|out)bound$", re.IGNORECASE)
_WORD = re.compile(r"[A-Z ]+$")
_DIRECTIONS = {
    "1": Direction.IN.value,
    "2": Direction.OUT.value,
    "inbound": Direction.IN.value,
    "outbound": Direction.OUT.value,
}
_EXPORT = tuple(
    "callid caller_id_number caller_id_name destination_number starting_date duration billsec "
    "hangup_cause_id hangup_cause direction accountcode sell_rate sell_cost".split()
)


def _made(
    conventions: Conventions,
    parties: tuple[str, str, str],
    start: str,
    lengths: tuple[str, str],
    cause: str,
    *,
    call_id: str = "",
    way: str = "",
) -> Call:
    caller, called = party(parties[0]), party(parties[2])
    talked = cell.seconds(lengths[1])
    start_at, _, _ = conventions.times(start, "", "")
    return Call(
        call_id[:LONGEST_CALL_ID],
        start_at,
        None,
        None,
        *caller,
        parties[1],
        *called,
        cell.seconds(lengths[0]),
        talked,
        disposition(cause, talked > 0),
        _DIRECTIONS.get(way.lower()),
    )


def _export(row: Cells, conventions: Conventions) -> Call:
    call_id, src, name, dst, start, length, talked, cause_id, cause, way, _, rate, cost = row
    found = _made(
        conventions,
        (src, name, dst),
        start,
        (length, talked),
        cause or cause_id,
        call_id=call_id,
        way=way,
    )
    return found._replace(
        rate_millionths=conventions.money(rate), charge_millionths=conventions.money(cost)
    )


def _short(row: Cells, conventions: Conventions) -> Call:
    src, name, dst, length, talked, cause, call_id, start = row
    return _made(conventions, (src, name, dst), start, (length, talked), cause, call_id=call_id)


def _long(row: Cells, conventions: Conventions) -> Call:
    src, name, dst, length, talked, cause, way, call_id, _, start = row[:10]
    return _made(
        conventions, (src, name, dst), start, (length, talked), cause, call_id=call_id, way=way
    )


def _rated(row: Cells, conventions: Conventions) -> Call:
    src, dst, ending, length, talked, _, start = row
    return _made(conventions, (src, "", dst), start, (length, talked), ending)


source = Format(
    name="cdr-stats",
    layouts=(
        Layout(
            columns=_EXPORT,
            call=_export,
            times=("starting_date",),
            account="accountcode",
            needed=frozenset({"callid", "starting_date", "billsec"}),
        ),
        Layout(
            columns=tuple("src name dst duration billsec cause callid start".split()),
            call=_short,
            times=("start",),
            widths=range(8, 9),
            marks={6: _UUID, 7: EPOCH},
        ),
        Layout(
            columns=tuple(
                "src name dst duration billsec cause way callid host start answer end wait1 wait2 "
                "read_codec write_codec".split()
            ),
            call=_long,
            times=("start",),
            widths=range(16, 17),
            marks={6: _WAY, 7: _UUID, 9: EPOCH},
        ),
        Layout(
            columns=tuple("src dst ending duration billsec provider start".split()),
            call=_rated,
            times=("start",),
            widths=range(7, 8),
            marks={2: _WORD, 6: TIME},
        ),
    ),
)
