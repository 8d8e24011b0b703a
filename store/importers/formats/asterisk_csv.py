"""Asterisk's cdr-csv/Master.csv: no header as a rule, 16 to 21 columns, the server's local time.

Which of the last five columns there are depends on loguniqueid, loguserfield and newcdrcolumns.
Ringing several phones writes a row for each, with one uniqueid.
"""

import re

from store.importers import cells as cell
from store.importers.call import LONGEST_CALL_ID, TIME, Call, Cells, Format, Layout, disposition
from store.importers.conventions import Conventions
from store.importers.parties import name, party

ENDINGS = re.compile(r"ANSWERED|NO ANSWER|BUSY|FAILED|CONGESTION")
_UNIQUE = re.compile(r"(?:.*-)?(\d{9,10})\.\d+")  # an epoch, behind the system's name

COLUMNS = tuple(
    "accountcode src dst dcontext clid channel dstchannel lastapp lastdata start answer end "
    "duration billsec disposition amaflags uniqueid userfield peeraccount linkedid sequence".split()
)


def call(row: Cells, conventions: Conventions) -> Call:
    _, src, dst, _, clid, channel, _, _, _, start, answer, end, length, talked, ending, _ = row[:16]
    return made(
        conventions,
        parties=(src, dst, clid),
        times=(start, answer, end),
        lengths=(length, talked),
        ending=ending,
        call_id=row[16] if _UNIQUE.fullmatch(row[16]) else channel,
    )


def made(
    conventions: Conventions,
    *,
    parties: tuple[str, str, str],
    times: tuple[str, str, str],
    lengths: tuple[str, str],
    ending: str,
    call_id: str,
) -> Call:
    """Make the call of what both kinds of Asterisk's files say. Raises Refused and Untidy."""
    src, dst, clid = parties
    caller, called = party(src), party(dst)
    seconds = cell.seconds(lengths[0])
    unique = _UNIQUE.fullmatch(call_id)
    near = float(unique[1]) if unique else None
    start, answer, end = conventions.times(*times, seconds=seconds, near=near)
    return Call(
        call_id[:LONGEST_CALL_ID],
        start,
        answer,
        end,
        caller.number,
        caller.extension,
        name(clid),
        called.number,
        called.extension,
        seconds,
        cell.seconds(lengths[1]),
        disposition(ending, answered=True),
    )


source = Format(
    name="asterisk-csv",
    layouts=(
        Layout(
            columns=COLUMNS,
            call=call,
            times=("start", "answer", "end"),
            account="accountcode",
            needed=frozenset({"src", "dst", "start", "duration", "disposition"}),
            widths=range(16, 22),
            marks={9: TIME, 14: ENDINGS},
        ),
    ),
)
