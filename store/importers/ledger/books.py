"""Importing a ledger: its files in the order in which they refer to each other."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlmodel import Session

from store.db import Database
from store.importers.calls import Progress
from store.importers.ledger import entries, invoices, people
from store.importers.ledger.invoices import Parts
from store.importers.ledger.keeping import Outcome
from store.importers.ledger.line import Line
from store.importers.reading import DELIMITERS, Reading, Row, Source, decimal_comma
from store.importers.refusals import Refused, Unusable
from store.importers.rejects import Rejects

_BATCH = 500  # rows in a transaction
Keep = Callable[[Session, Line], Outcome]

# The columns that each file must have, in the order in which the files are read.
NEEDED: Mapping[str, str] = {
    "accounts": "number legal_name",
    "numbers": "account number street city province postal_code",
    "users": "account username role",
    "payment_methods": "account brand last_four expiry",
    "invoice_lines": "account invoice kind description quantity unit_price amount",
    "invoice_taxes": "account invoice name province rate base amount",
    "invoices": "account number date due_date total",
    "payments": "account number date amount type state",
    "credits": "account number date amount",
    "refunds": "account number date amount",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSummary:
    """What came of one file; of lines and taxes, how many were read for their invoices."""

    read: int
    outcomes: Mapping[Outcome, int]
    refused: int
    first_refusals: Sequence[str]
    rejects: Path | None


def files_of(paths: Iterable[Path]) -> list[Path]:
    """List the files meant, those of a folder by their names. Raises Unusable."""
    found: dict[str, Path] = {}
    for path in paths:
        inside = [path / f"{name}.csv" for name in NEEDED] if path.is_dir() else [path]
        for file in inside:
            if path.is_dir() and not file.exists():
                continue
            if file.stem not in NEEDED:
                raise Unusable(f"{file} is none of {', '.join(f'{n}.csv' for n in NEEDED)}")
            found[file.stem] = file
    if not found:
        raise Unusable(f"there is none of {', '.join(f'{name}.csv' for name in NEEDED)}")
    return [found[name] for name in NEEDED if name in found]


class LedgerImport:
    """Imports the files of `files_of`, one after another, in their order."""

    def __init__(self, database: Database, rejects: Path | None = None) -> None:
        """`rejects`: the folder for refused rows; none: that of each file."""
        self._database = database
        self._rejects = rejects
        self._parts = Parts()
        self._keeps: dict[str, Keep] = {
            "accounts": people.account,
            "numbers": people.number,
            "users": people.user,
            "payment_methods": people.payment_method,
            "invoice_lines": lambda _, line: self._parts.add_line(line),
            "invoice_taxes": lambda _, line: self._parts.add_tax(line),
            "invoices": lambda session, line: invoices.invoice(session, line, self._parts),
            "payments": entries.payment,
            "credits": entries.credit,
            "refunds": entries.refund,
        }

    def __call__(
        self, path: Path, on_progress: Callable[[Progress], None] = lambda _: None
    ) -> FileSummary:
        """Import one file. Raises Unusable."""
        source = Source.of(path)
        delimiter, header = _shape(source, frozenset(NEEDED[path.stem].split()))
        keep, outcomes = self._keeps[path.stem], Counter[Outcome]()
        with Reading(source, delimiter) as reading, Rejects(path, self._rejects) as rejects:
            lines = (_line(row, header, delimiter) for row in islice(reading.rows(), 1, None))
            while batch := list(islice(lines, _BATCH)):
                with self._database.write() as session:
                    outcomes.update(_kept(session, batch, keep, rejects))
                    invoices.bill_waiting(session, self._parts)
                read = outcomes.total() + rejects.count
                on_progress(Progress(read, reading.position, source.size))
        return FileSummary(
            read=outcomes.total() + rejects.count,
            outcomes=outcomes,
            refused=rejects.count,
            first_refusals=rejects.first,
            rejects=rejects.path if rejects.count else None,
        )

    def left_over(self) -> list[str]:
        """Give the numbers of invoices that only have lines or taxes; these were not kept."""
        return self._parts.left_over()


def _kept(
    session: Session, batch: Iterable[Line], keep: Keep, rejects: Rejects
) -> Iterator[Outcome]:
    for line in batch:
        try:
            if line.trouble:
                raise Refused(line.trouble)  # noqa: TRY301 - refused like all others
            with session.begin_nested():
                outcome = keep(session, line)
        except Refused as refusal:
            rejects.add(line.number, str(refusal), line.original)
        else:
            yield outcome


def _shape(source: Source, needed: frozenset[str]) -> tuple[str, tuple[str, ...]]:
    for delimiter in DELIMITERS:
        for row in source.sampled(delimiter)[:1]:
            header = tuple(cell.strip().casefold() for cell in row.cells)
            if needed <= set(header):
                return delimiter, header
    raise Unusable(f"{source.path} needs a header with {', '.join(sorted(needed))}")


def _line(row: Row, header: Sequence[str], delimiter: str) -> Line:
    cells = [cell.strip() for cell in row.cells]
    trouble = row.trouble
    if not trouble and len(cells) != len(header):
        trouble = f"{len(cells)} cells under a header of {len(header)}"
    named = {} if trouble else dict(zip(header, cells, strict=True))
    return Line(row.number, named, row.cells, trouble, decimal_comma(delimiter))
