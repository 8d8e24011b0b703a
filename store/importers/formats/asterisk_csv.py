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

COLUMNS = tuple(
    "accountcode src dst dcontext clid channel dstchannel lastapp lastdata start answer end "
    "duration billsec disposition amaflags uniqueid userfield peeraccount linkedid sequence".split()
)


def call(row: Cells, conventions: Conventions) -> Call:
    _, src, dst, _, clid, channel, _, _, _, start, answer, end, length, talked, ending, _ = row[:16]
    call_id = row[16] if "." in row[16] else channel
    return made(conventions, src, dst, clid, start, answer, end, length, talked, ending, call_id)


def made(  # noqa: PLR0917 - by position: it is called for each of millions of rows
    conventions: Conventions,
    src: str,
    dst: str,
    clid: str,
    start: str,
    answer: str,
    end: str,
    length: str,
    talked: str,
    ending: str,
    call_id: str,
) -> Call:
    """Make the call of what both kinds of Asterisk's files say. Raises Refused and Untidy."""
    seconds = cell.seconds(length)
    return Call(
        call_id[:LONGEST_CALL_ID],
        *conventions.times(start, answer, end, seconds=seconds, holds=call_id),
        *party(src),
        name(clid),
        *party(dst),
        seconds,
        cell.seconds(talked),
        disposition(ending),
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
