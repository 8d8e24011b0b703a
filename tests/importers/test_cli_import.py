"""`billing-bot import`, as an operator runs it."""

import io
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from bot import cli, progress
from bot.progress import Progress
from tests.conftest import TODAY, Stores
from tests.importers import files
from tests.platforms.running import SQLITE

pytestmark = SQLITE


@pytest.fixture
def run(sqlite_stores: Stores):
    """Run on a store of its own, with the sample companies."""
    environment = {"BILLING_BOT_ENV": "development", "BILLING_BOT_TODAY": TODAY.isoformat()}

    def run(*arguments: str) -> Result:
        done = CliRunner().invoke(cli.commands, ["import", *arguments], env=environment)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
        return done

    with sqlite_stores.copied("sampled") as environment["DATABASE_URL"]:
        yield run


@pytest.fixture
def written(tmp_path: Path):
    def write(name: str, content: str) -> str:
        path = tmp_path / name
        path.write_text(content, "utf-8")
        return str(path)

    return write


def test_a_file_goes_in_once(run, written) -> None:
    path = written("cdr.csv", files.ASTERISK)
    done = run("calls", path, "--account", "001234")
    assert (0, f"{path}: asterisk-csv; 4 rows read, 4 added, 0 already there, 0 refused.\n") == (
        done.exit_code,
        done.stdout,
    )
    again = run("calls", path, "--account", "001234")
    assert "0 added, 4 already there" in again.stdout
    assert 0 == again.exit_code


def test_refused_rows_are_told_and_kept(run, written) -> None:
    path = written("cdr.csv", files.CDR_STATS_RATED)
    done = run("calls", path, "--account", "001234")
    assert 1 == done.exit_code
    assert "3 rows read, 2 added, 0 already there, 1 refused." in done.stdout
    assert "row 3: 5 cells where 7 are expected" in done.stdout
    assert f"1 refused: the rows are in {path}.rejected.csv." in done.stdout


def test_what_a_file_holds_does_not_steer_the_terminal(run, written) -> None:
    path = written(
        "cdr.csv", "call_id,start_utc,charge\nk,2026-10-05 09:00:00,\x1b[2J\x9b\u202e1\n"
    )
    done = run("calls", path, "--account", "001234")
    assert "  row 2: [2J1 is no amount\n" in done.stdout


@pytest.mark.parametrize("what", ["calls", "ledger"])
def test_where_refused_rows_cannot_be_written_nothing_goes_in(
    run, written, tmp_path: Path, what: str
) -> None:
    if what == "calls":
        options = (written("cdr.csv", files.ASTERISK + "x,y\n"), "--account", "001234")
    else:
        options = (written("accounts.csv", "number,legal_name\n009001,Zoé\n009002,\n"),)
    Path(f"{options[0]}.rejected.csv").mkdir()
    done = run(what, *options)
    assert (2, True) == (done.exit_code, "cannot be written" in done.stderr), done.output
    other = tmp_path / "elsewhere"
    other.mkdir()
    done = run(what, *options, "--rejects", str(other))
    assert (1, True) == (done.exit_code, f"{'4' if what == 'calls' else '1'} added" in done.stdout)
    assert [f"{Path(options[0]).name}.rejected.csv"] == [path.name for path in other.iterdir()]


def test_files_of_refused_rows_are_skipped(run, written) -> None:
    path, left = written("cdr.csv", files.ASTERISK), written("old.csv.rejected.csv", "row,reason\n")
    done = run("calls", path, left, "--account", "001234")
    said = f"{left}: skipped: it holds rows that were refused."
    assert (0, True) == (done.exit_code, said in done.stderr), done.output


def test_rejects_of_one_name_do_not_take_each_others_place(run, written, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    both = written("cdr.csv", files.ASTERISK), written("b/cdr.csv", files.ASTERISK)
    done = run("calls", *both, "--account", "001234", "--rejects", str(tmp_path))
    assert (2, True) == (done.exit_code, "the same name" in done.stderr)


def test_an_unusable_file_does_not_stop_the_others(run, written) -> None:
    bad, good = written("bad.csv", "a,b\n1,2\n"), written("good.csv", files.ASTERISK)
    done = run("calls", bad, good, "--account", "001234")
    assert (2, 1, True) == (
        done.exit_code,
        done.stderr.count(f"{bad} is in no format that is known"),
        "4 added" in done.stdout,
    )
    assert 1 == done.stderr.count(bad)


def test_an_unusable_file_of_the_ledger_stops_those_after_it(run, written) -> None:
    """They refer to it: an invoice without its lines would be kept as it is."""
    accounts = written("accounts.csv", "number,legal_name\n009001,Zoé\n")
    lines = written("invoice_lines.csv", "who,what\n1,2\n")
    header = "account,number,date,due_date,total\n"
    invoices = written("invoices.csv", f"{header}009001,INV1,2026-10-01,2026-10-21,0.00\n")
    done = run("ledger", invoices, lines, accounts)
    assert (2, f"{accounts}: 1 rows read, 1 added.\n") == (done.exit_code, done.stdout)
    assert f"{lines} needs a header with" in done.stderr
    assert f"Not read after it: {invoices}\n" in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--format", "morse"), "morse is none of auto, asterisk-csv"),
        (("--timezone", "Toronto"), "Toronto is no IANA time zone"),
        (("--dates", "ymd"), "dmy"),
        (("--account", "999999"), "there is no account 999999"),
    ],
)
def test_options_that_cannot_be(run, written, options: tuple[str, str], said: str) -> None:
    done = run("calls", written("cdr.csv", files.ASTERISK), *options)
    assert (2, True) == (done.exit_code, said in done.stderr), done.stderr


def test_a_file_that_is_not_there(run) -> None:
    assert 2 == run("calls", "nowhere.csv").exit_code


def test_progress_is_a_line_every_ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 4.0, 10.0, 11.0, 25.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    out = io.StringIO()
    with Progress("cdr.csv", Console(file=out, width=100)) as bar:
        for rows in (1_000, 50_000, 55_000, 100_000):
            bar.tell(rows, rows, 200_000)
    assert [
        "cdr.csv: 50,000 rows, 5,000 rows/s, 25%, 0:30 left",
        "cdr.csv: 100,000 rows, 4,000 rows/s, 50%, 0:25 left",
    ] == out.getvalue().splitlines()


def test_progress_is_a_bar_on_a_terminal() -> None:
    out = io.StringIO()
    console = Console(file=out, width=120, force_terminal=True)
    with Progress("cdr.csv", console) as bar:
        bar.tell(50_000, 100, 200)
    assert "cdr.csv" in out.getvalue()
    assert "50,000 rows" in out.getvalue()
    assert "50%" in out.getvalue()
