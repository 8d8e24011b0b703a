"""What every format of a file of calls says: its words, its sums, and that they are right."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter

from bot.documents.cdr.request import CallsFile
from bot.i18n import Localizer
from store.calls import CallRow, CallTotal, CallTotals
from store.models.calls import Direction

BATCH = 1_000  # calls
_SECONDS = itemgetter(CallRow._fields.index("duration_seconds"))
_CHARGE = itemgetter(CallRow._fields.index("charge_millionths"))
_CENT = 10_000  # millionths of a dollar


class TotalsDiffer(ValueError):
    """The calls were not those that the totals were made of: calls came in between."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A line under the calls. None: not known, or of no meaning."""

    label: str
    calls: int | None
    seconds: int | None
    charge_millionths: int

    @classmethod
    def of(cls, label: str, total: CallTotal) -> "Sum":
        return cls(label, total.calls, total.seconds, total.charge_millionths)


class Sheet:
    def __init__(
        self,
        file: CallsFile,
        *,
        totals: CallTotals,
        usage_cents: int | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        self.file = file
        self.loc = Localizer(file.language)
        self.totals = totals
        self._usage_cents = usage_cents
        self._progress = progress

    def batches(self, rows: Iterable[CallRow]) -> Iterator[list[CallRow]]:
        """Give the calls, some at a time. Raises TotalsDiffer after the last."""
        remaining, found = iter(rows), CallTotal()
        while batch := list(islice(remaining, BATCH)):
            yield batch
            found += CallTotal(
                len(batch), sum(map(_SECONDS, batch)), sum(filter(None, map(_CHARGE, batch)))
            )
            if self._progress:
                self._progress(found.calls)
        if found != self.totals.all:
            raise TotalsDiffer(f"{found} instead of {self.totals.all}")

    def preface(self) -> list[str]:
        """Say what the file holds, and in which time zone."""
        loc, file = self.loc, self.file
        lines = [
            file.heading,
            loc.text("From {first} to {last}", first=loc.date(file.first), last=loc.date(file.last))
            if file.first != file.last
            else loc.date(file.first),
            loc.text("Dates and times in the time zone of the account: {zone}", zone=file.zone),
        ]
        if self.totals.unbilled.calls:
            lines.append(
                loc.plural(
                    "{n} of these calls is not billed yet.",
                    "{n} of these calls are not billed yet.",
                    self.totals.unbilled.calls,
                )
            )
        return lines

    def columns(self) -> tuple[str, ...]:
        """Name the columns of a spreadsheet: those of docs/domain.md 3.8, and ours behind them."""
        loc = self.loc
        return (
            loc.text("Call ID"),
            loc.text("Date"),
            loc.text("Time"),
            loc.text("Direction"),
            loc.ptext("call", "From"),
            loc.ptext("call", "To"),
            loc.text("Destination"),
            loc.text("Duration"),
            loc.text("Minutes included"),
            loc.text("Billable minutes"),
            loc.text("Rate per minute"),
            loc.ptext("call", "Charge"),
            loc.text("Calling extension"),
            loc.text("Called extension"),
            loc.text("Caller's name"),
            loc.text("Invoice"),
        )

    def directions(self) -> dict[str, str]:
        loc = self.loc
        return {
            Direction.IN: loc.ptext("call", "Incoming"),
            Direction.OUT: loc.ptext("call", "Outgoing"),
            Direction.INTERNAL: loc.ptext("call", "Internal"),
            Direction.UNKNOWN: loc.ptext("call", "Unknown"),
        }

    def not_billed(self) -> str:
        return self.loc.text("Not billed yet")

    def sums(self) -> list[Sum]:
        """List the lines under the calls. What differs from the invoice is never hidden."""
        loc, totals = self.loc, self.totals
        found = [Sum.of(loc.text("Total"), totals.all)]
        if totals.billed.calls and totals.unbilled.calls:
            found += (
                Sum.of(loc.text("Billed"), totals.billed),
                Sum.of(self.not_billed(), totals.unbilled),
            )
        if self._usage_cents is not None:
            usage = self._usage_cents * _CENT
            difference = totals.billed.charge_millionths - usage
            found += (
                Sum(loc.text("Usage on the invoice"), None, None, usage),
                Sum(loc.text("Difference from the invoice"), None, None, difference),
            )
        return found
