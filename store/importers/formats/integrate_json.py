"""The provider's Integrate API, GET /cdrs/: a JSON array; UTC without an offset.

Rows say neither a direction nor a price. Their duration is talk for people and the whole time for
queues, so it is kept as it is given. Several rows share a call's id: each is a leg of its own.
"""

from store.importers import cells as cell
from store.importers.call import LONGEST_CALL_ID, Call, Cells, Format, Layout
from store.importers.conventions import Conventions
from store.importers.parties import both

_COLUMNS = (
    "start_time",
    "answer_time",
    "end_time",
    "duration",
    "call_id",
    *(
        f"{side}.{name}"
        for side in ("from", "to")
        for name in ("call_id", "name", "id", "number", "user", "username")
    ),
)


def call(row: Cells, conventions: Conventions) -> Call:
    start, answer, end, length, call_id, *sides = row
    from_call, from_name, from_id, from_number, from_user, from_username = sides[:6]
    to_call, _, to_id, to_number, to_user, to_username = sides[6:]
    caller = both(from_id or from_number, from_user or from_username)
    called = both(to_id or to_number, to_user or to_username)
    start_at, answer_at, end_at = conventions.times(start, answer, end)
    return Call(
        (from_call or call_id or to_call)[:LONGEST_CALL_ID],
        start_at,
        answer_at,
        end_at,
        *caller,
        from_name,
        *called,
        cell.seconds(length),
        0,
        "ANSWERED" if answer_at else "NO ANSWER",
    )


source = Format(
    name="integrate-json",
    zone="UTC",
    layouts=(
        Layout(
            columns=_COLUMNS,
            call=call,
            times=("start_time", "answer_time", "end_time"),
            needed=frozenset({"start_time", "duration"}),
        ),
    ),
)
