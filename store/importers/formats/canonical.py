"""Our own columns (docs/domain.md 3.8), with a header: for systems that no other format fits."""

from store.importers import cells as cell
from store.importers.call import LONGEST_CALL_ID, Call, Cells, Format, Layout, disposition
from store.importers.conventions import Conventions
from store.importers.parties import both
from store.importers.refusals import Refused
from store.models import Direction

_COLUMNS = tuple(
    "account_no invoice_no call_id leg_no direction start_utc answer_utc end_utc from_number "
    "from_ext from_name to_number to_ext duration_s billable_s disposition destination "
    "rate_per_min charge currency".split()
)
_MOST_LEGS = 9_999


def call(row: Cells, conventions: Conventions) -> Call:
    (
        _, invoice, call_id, leg, way, start, answer, end, from_number, from_ext, from_name,
        to_number, to_ext, length, billable, ending, destination, rate, charge, currency,
    ) = row  # fmt: skip
    if currency not in {"", "CAD"}:
        raise Refused(f"the currency is {currency}: only CAD is kept")
    if len(call_id) > LONGEST_CALL_ID:
        raise Refused(f"the call_id is longer than {LONGEST_CALL_ID} characters")
    caller, called = both(from_number, from_ext), both(to_number, to_ext)
    seconds = cell.seconds(length)
    start_at, answer_at, end_at = conventions.times(start, answer, end, seconds=seconds)
    return Call(
        call_id,
        start_at,
        answer_at,
        end_at,
        *caller,
        from_name,
        *called,
        seconds,
        cell.seconds(billable),
        disposition(ending),
        _direction(way),
        destination,
        conventions.money(rate),
        conventions.money(charge),
        cell.whole(leg, most=_MOST_LEGS),
        invoice,
    )


def _direction(way: str) -> str | None:
    if not way:
        return None
    try:
        return Direction(way.lower()).value
    except ValueError:
        raise Refused(f"the direction is {way}: in, out, internal or unknown") from None


source = Format(
    name="canonical",
    zone="UTC",
    accounts_are_ours=True,
    layouts=(
        Layout(
            columns=_COLUMNS,
            call=call,
            times=("start_utc", "answer_utc", "end_utc"),
            account="account_no",
            needed=frozenset({"call_id", "start_utc"}),
        ),
    ),
)
