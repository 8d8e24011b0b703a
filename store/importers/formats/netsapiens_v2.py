"""NetSapiens' API v2: names with hyphens, ISO 8601 with an offset; as CSV with a header or JSON."""

from store.importers import cells as cell
from store.importers.call import LONGEST_CALL_ID, Call, Cells, Format, Layout, disposition
from store.importers.conventions import Conventions
from store.importers.parties import both
from store.models import Direction

_COLUMNS = tuple(
    "id call-direction call-start-datetime call-answer-datetime call-disconnect-datetime "
    "call-disposition call-disconnect-reason-text call-orig-caller-id call-orig-from-user "
    "call-orig-user call-orig-from-name call-term-caller-id call-orig-to-user "
    "call-orig-request-user call-term-user call-talking-duration-seconds "
    "call-total-duration-seconds call-parent-call-id call-account-code".split()
)
_DIRECTIONS = {
    "0": Direction.OUT.value,
    "1": Direction.IN.value,
    "2": Direction.IN.value,  # missed
    "3": Direction.INTERNAL.value,
}


def call(row: Cells, conventions: Conventions) -> Call:
    (
        record, way, start, answer, end, ending, reason, caller_id, from_user, orig_user, from_name,
        term_id, to_user, requested, term_user, talked, length, parent, _,
    ) = row  # fmt: skip
    caller = both(caller_id or from_user, orig_user)
    called = both(term_id or requested or to_user, term_user)
    seconds = cell.seconds(length)
    start_at, answer_at, end_at = conventions.times(start, answer, end, seconds=seconds)
    return Call(
        (record or parent)[:LONGEST_CALL_ID],
        start_at,
        answer_at,
        end_at,
        *caller,
        from_name,
        *called,
        seconds,
        cell.seconds(talked),
        disposition(ending or reason),
        _DIRECTIONS.get(way),
    )


source = Format(
    name="netsapiens-v2",
    zone="UTC",
    layouts=(
        Layout(
            columns=_COLUMNS,
            call=call,
            times=("call-start-datetime", "call-answer-datetime", "call-disconnect-datetime"),
            account="call-account-code",
            needed=frozenset({"call-direction", "call-start-datetime"}),
        ),
    ),
)
