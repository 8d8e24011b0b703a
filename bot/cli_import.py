"""`billing-bot import ...`: call records and the ledger, from files (docs/importing.md)."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import category

import click

from bot.cli_parts import REFUSED, USAGE, open_store, settled

if TYPE_CHECKING:
    from store.importers.calls import Summary
    from store.importers.ledger.books import FileSummary

_FILE = click.Path(path_type=Path)  # may not be there: that is told as of any unusable file
_REJECTS = click.option(
    "--rejects",
    metavar="DIR",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Where the files of refused rows go. Default: beside each file.",
)


@click.group(name="import")
def import_() -> None:
    """Load call records and the ledger from files.

    Exit status: 0 all in, 1 rows were refused, 2 a file cannot be used.
    """


def _format(_context: click.Context, _option: click.Parameter, value: str) -> str | None:
    from store.importers.detect import known  # found when needed, so that --help stays quick

    if value != "auto" and value not in known():
        raise click.BadParameter(f"{value} is none of auto, {', '.join(known())}")
    return None if value == "auto" else value


def _zone(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    from zoneinfo import available_timezones

    if value is not None and value not in available_timezones():
        raise click.BadParameter(f"{value} is no IANA time zone, such as America/Toronto")
    return value


@import_.command()
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option(
    "--format",
    "name",
    metavar="NAME",
    default="auto",
    callback=_format,
    help="auto, or one of docs/importing.md. Default: what the file holds.",
)
@click.option("--account", metavar="NUMBER", help="Whose calls these are. Default: each row's.")
@click.option(
    "--timezone",
    metavar="ZONE",
    callback=_zone,
    help="Of times without an offset. Default: the account's.",
)
@click.option(
    "--dates",
    type=click.Choice(["dmy", "mdy"]),
    help="How 03/11/2026 is to be read, where the file does not tell.",
)
@_REJECTS
@settled
def calls(
    *,
    files: tuple[Path, ...],
    name: str | None,
    account: str | None,
    timezone: str | None,
    dates: str | None,
    rejects: Path | None,
) -> None:
    """Load call records. Sending a file again adds nothing."""
    from store.importers.calls import import_calls
    from store.importers.converting import CallOptions
    from store.importers.dates import DateOrder
    from store.importers.refusals import Unusable

    options = CallOptions(
        format=name,
        account=account,
        zone=timezone,
        date_order=DateOrder(dates) if dates else None,
    )
    status = 0
    with open_store() as database:
        for path in _meant(files, rejects):
            try:
                with _progress(path) as progress:
                    done = import_calls(database, path, options, progress, rejects)
            except Unusable as error:
                click.echo(str(error), err=True)
                status = USAGE
                continue
            _tell(path, done)
            status = max(status, REFUSED if done.refused else 0)
    sys.exit(status)


@import_.command()
@click.argument("paths", nargs=-1, required=True, type=_FILE)
@_REJECTS
@settled
def ledger(paths: tuple[Path, ...], rejects: Path | None) -> None:
    """Load accounts, people, invoices, payments, credits and refunds.

    PATHS are CSV files named accounts.csv, invoices.csv ..., or folders that hold them. One that
    cannot be used stops those after it.
    """
    from store.importers.ledger.books import LedgerImport, files_of
    from store.importers.refusals import Unusable

    status = 0
    with open_store() as database:
        load = LedgerImport(database, rejects)
        left: list[Path] = []
        try:
            left = files_of(_meant(paths, None))
            while left:
                path = left.pop(0)
                with _progress(path) as progress:
                    done = load(path, progress)
                counted = ", ".join(f"{count:,} {name}" for name, count in done.outcomes.items())
                click.echo(f"{path}: {done.read:,} rows read, {counted or 'none kept'}.")
                _tell_refused(done)
                status = max(status, REFUSED if done.refused else 0)
        except Unusable as error:
            click.echo(str(error), err=True)
            if left:  # they refer to it: an invoice without its lines would be kept as it is
                click.echo(f"Not read after it: {', '.join(map(str, left))}", err=True)
            status = USAGE
        if left_over := load.left_over():
            click.echo(
                "Lines or taxes whose invoice is not in invoices.csv were not kept: "
                f"{_printable(', '.join(left_over[:10]))}"
                f"{' ...' if len(left_over) > 10 else ''}",  # noqa: PLR2004
                err=True,
            )
            status = max(status, REFUSED)
    sys.exit(status)


def _meant(files: Iterable[Path], rejects: Path | None) -> list[Path]:
    """Leave out what earlier imports refused. Raises BadParameter for rejects of one name."""
    from store.importers.rejects import ENDING

    meant = []
    for path in files:
        if path.name.endswith(ENDING):
            click.echo(f"{path}: skipped: it holds rows that were refused.", err=True)
        else:
            meant.append(path)
    if rejects is not None and len({path.name for path in meant}) < len(meant):
        raise click.BadParameter("two of the files have the same name: --rejects takes one of them")
    return meant


def _printable(text: str) -> str:
    """Leave out what would steer a terminal: the text may be out of a file."""
    return "".join(c for c in text if c.isprintable() or category(c) == "Zs")


def _tell(path: Path, done: "Summary") -> None:
    if not done.format:
        click.echo(f"{path}: there are no rows in it.")
        return
    click.echo(
        f"{path}: {done.format}; {done.read:,} rows read, {done.added:,} added, "
        f"{done.already_there:,} already there, {done.refused:,} refused."
    )
    _tell_refused(done)
    for note in done.notes:
        click.echo(f"  {note}")


def _tell_refused(done: "Summary | FileSummary") -> None:
    for line in done.first_refusals:
        click.echo(f"  {_printable(line)}")
    if done.rejects is not None:
        click.echo(f"  {done.refused:,} refused: the rows are in {done.rejects}.")


@contextmanager
def _progress(path: Path) -> Iterator[Any]:
    from bot.progress import Progress

    with Progress(path.name) as progress:
        yield lambda at: progress.tell(at.rows, at.position, at.size)
