"""FreeSWITCH's cdr-csv/Master.csv: the templates "example" (15 columns) and "sql" (13).

No header as a rule, the server's local time.
"""

import re

from store.importers import cells as cell
from store.importers.call import LONGEST_CALL_ID, TIME, Call, Cells, Format, Layout, disposition
from store.importers.conventions import Conventions
from store.importers.parties import party

_COLUMNS = tuple(
    "caller_id_name caller_id_number destination_number context start_stamp answer_stamp end_stamp "
    "duration billsec hangup_cause uuid bleg_uuid accountcode read_codec write_codec".split()
)
_CAUSE = re.compile(r"[A-Z][A-Z_]+$")


def call(row: Cells, conventions: Conventions) -> Call:
    caller_name, src, dst, _, start, answer, end, length, talked, cause, uuid = row[:11]
    caller, called = party(src), party(dst)
    seconds = cell.seconds(length)
    start_at, answer_at, end_at = conventions.times(start, answer, end, seconds=seconds)
    return Call(
        uuid[:LONGEST_CALL_ID],
        start_at,
        answer_at,
        end_at,
        *caller,
        "" if caller_name == src else caller_name,
        *called,
        seconds,
        cell.seconds(talked),
        disposition(cause, answer_at is not None),
    )


source = Format(
    name="freeswitch",
    layouts=(
        Layout(
            columns=_COLUMNS,
            call=call,
            times=("start_stamp", "answer_stamp", "end_stamp"),
            account="accountcode",
            needed=frozenset({"caller_id_number", "destination_number", "start_stamp", "uuid"}),
            widths=range(13, 16),
            marks={4: TIME, 9: _CAUSE},
        ),
    ),
)
