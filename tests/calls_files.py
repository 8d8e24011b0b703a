"""Two calls, and the files that are made of some."""

import io
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime

from bot.documents.cdr import CallsFile, Format, write
from store.call_filter import CallFilter
from store.calls import CallRow, CallTotal, CallTotals

OCTOBER = CallFilter(
    start_at=datetime(2026, 10, 1, 4, tzinfo=UTC), end_at=datetime(2026, 11, 1, 4, tzinfo=UTC)
)
ASKED = CallsFile(
    wanted=OCTOBER,
    heading="Calls, October 2026",
    first=date(2026, 10, 1),
    last=date(2026, 10, 31),
    zone="America/Toronto",
    format=Format.CSV,
    language="en",
)
ABROAD = CallRow(
    id=1,
    call_id="c-1",
    start_at=datetime(2026, 10, 3, 14, 22, 5, tzinfo=UTC),
    direction="out",
    from_number="+14165550100",
    from_extension="204",
    from_name="",
    to_number="+442079460958",
    to_extension="",
    duration_seconds=205,
    billable_seconds=205,
    disposition="ANSWERED",
    destination="United Kingdom",
    rate_millionths=35_000,
    charge_millionths=119_583,
    invoice="INV00054321",
)
INSIDE = ABROAD._replace(
    id=2,
    call_id="c-2",
    start_at=datetime(2026, 11, 1, 3, 59, 59, tzinfo=UTC),
    direction="internal",
    from_number="",
    to_number="",
    to_extension="205",
    duration_seconds=65,
    billable_seconds=0,
    destination="Internal; house",
    rate_millionths=None,
    charge_millionths=None,
    invoice=None,
)


def totals(*calls: CallRow) -> CallTotals:
    both = {True: CallTotal(), False: CallTotal()}
    for call in calls:
        both[call.invoice is not None] += CallTotal(
            1, call.duration_seconds, call.charge_millionths or 0
        )
    return CallTotals(billed=both[True], unbilled=both[False])


def written(
    calls: Iterable[CallRow], kind: Format = Format.CSV, *, language: str = "en", **options
) -> bytes:
    calls, out = list(calls), io.BytesIO()
    asked = replace(ASKED, language=language, format=kind)
    write(out, asked, calls, totals=totals(*calls), **options)
    return out.getvalue()
