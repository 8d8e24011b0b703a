"""Files sent again, killed, overlapping; whose calls they are, and which invoice bills them."""

import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from store.importers import calls as importing
from store.importers.calls import Summary
from store.importers.refusals import Unusable
from store.models import Account, CallRecord, Transaction
from tests.importers import files
from tests.importers.conftest import ACCOUNT, Imports
from tests.platforms.running import SQLITE

in_one_store = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def many(count: int, *, seed: int = 1) -> str:
    """Rows of which some are alike and some are refused."""
    luck = random.Random(seed)  # noqa: S311 - made-up rows
    return "".join(
        files.asterisk(
            f"2026-10-{luck.randint(1, 28):02} 0{luck.randint(0, 3)}:15:00",
            dst=luck.choice(["4165550199", "102", "1.6E+10"]),
        )
        for _ in range(count)
    )


@pytest.mark.parametrize("name", files.BY_FORMAT)
def test_a_format_is_told_by_what_the_file_holds(imports: Imports, name: str) -> None:
    """Every row goes in, and none a second time."""
    done = imports(files.BY_FORMAT[name])
    assert (name, 0) == (done.format, done.refused), done.first_refusals
    assert done.read == done.added > 0
    again = imports(files.BY_FORMAT[name])
    assert (0, done.read) == (again.added, again.already_there)
    assert {name} == {call.source_format for call in imports.calls()}


class Killed(BaseException):
    """What a test does to an import."""


@pytest.mark.parametrize("batches", range(7))
def test_killed_at_any_batch_and_run_again(
    imports: Imports, monkeypatch: pytest.MonkeyPatch, batches: int
) -> None:
    """The same rows with the same keys as in one clean run."""
    monkeypatch.setattr(importing, "BATCH", 50)
    path = imports.write(many(320))
    clean = imports(path)
    expected = imports.rows()
    assert clean.refused > 50
    imports.forget()
    monkeypatch.setattr(importing, "Progress", _killing_after(batches))
    with pytest.raises(Killed):
        imports(path)
    left = len(imports.rows())
    assert (left == len(expected)) == (batches == 6)  # the seventh is the last
    monkeypatch.undo()
    monkeypatch.setattr(importing, "BATCH", 50)
    again = imports(path)
    assert expected == imports.rows()
    assert (clean.read, clean.added - left, clean.refused) == (
        again.read,
        again.added,
        again.refused,
    )


def _killing_after(batches: int) -> Any:
    """Stand in for what is made after each batch."""
    done = iter(range(batches))

    def progress(*_: object) -> None:
        if next(done, None) is None:
            raise Killed

    return progress


def test_a_transaction_that_fails_leaves_nothing_of_its_batch(
    imports: Imports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 4)
    good, bad = files.asterisk("2026-10-05 09:00:00"), files.asterisk("2026-10-05 09:00:01")
    path = imports.write(good * 4 + bad * 4)
    monkeypatch.setattr(importing, "_numbered", _breaking)
    with pytest.raises(Killed):
        imports(path)
    assert [] == imports.rows()


def _breaking(*_: object) -> None:
    raise Killed


def test_overlapping_files_add_what_is_new(imports: Imports) -> None:
    rows = many(60).splitlines(keepends=True)
    whole = imports("".join(rows)).added
    imports.forget()
    first = imports("".join(rows[:40]))
    second = imports("".join(rows))
    assert whole == first.added + second.added
    assert 40 == second.already_there + second.refused - (whole and _refused(rows[40:]))


def _refused(rows: list[str]) -> int:
    return sum("1.6E+10" in row for row in rows)


def test_rows_that_are_alike_batches_apart(
    imports: Imports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 3)
    row, other = files.asterisk("2026-10-05 09:00:00"), files.asterisk("2026-10-05 09:00:01")
    done = imports(row + other * 5 + row * 2 + other)
    assert (9, 0) == (done.added, done.already_there)
    assert 9 == len({call.import_key for call in imports.calls()})


def test_a_call_belongs_to_the_account_of_its_numbers(imports: Imports) -> None:
    number = imports.number_of("001871")
    done = imports(
        files.asterisk("2026-10-05 09:00:00", src="4165550199", dst=number)
        + files.asterisk("2026-10-05 09:00:00", src=number, dst="4165550199")
        + files.asterisk("2026-10-05 09:00:00"),
        account=None,
    )
    incoming, outgoing = imports.calls()
    assert ("in", "out") == (incoming.direction, outgoing.direction)
    assert 12 == incoming.start_at.hour  # in Halifax
    assert [
        "row 3: the numbers are those of no account of the store: say which with --account"
    ] == done.first_refusals


def test_a_row_of_another_account_is_refused(imports: Imports) -> None:
    """An operator's slip shall not show one customer the calls of another."""
    row = files.asterisk("2026-10-05 09:00:00").replace('""', '"001871"', 1)
    assert ["row 1: the row is of account 001871"] == imports(row).first_refusals
    assert 1 == imports(row, account=None).added


def test_a_row_is_the_same_with_and_without_its_account(imports: Imports) -> None:
    rows = "k-1,2026-10-05 13:00:00,{0}\nk-2,2026-10-05 13:00:00,{0}\n"
    imports("call_id,start_utc,account_no\n" + rows.format(ACCOUNT))
    again = imports("call_id,start_utc,account_no\n" + rows.format(""))
    assert (0, 2) == (again.added, again.already_there)
    assert (
        2 == imports("call_id,start_utc,account_no\n" + rows.format("001871"), account=None).added
    )


def test_an_account_that_does_not_exist(imports: Imports) -> None:
    with pytest.raises(Unusable, match="there is no account 999999"):
        imports(files.ASTERISK, account="999999")


@pytest.mark.parametrize(
    ("start", "billed"),
    [
        ("2026-09-30 23:59:59", date(2026, 10, 1)),  # September is on the invoice of October
        ("2026-10-01 00:00:00", date(2026, 11, 1)),
        ("2026-10-31 23:59:59", date(2026, 11, 1)),
        ("2026-11-01 00:00:00", None),  # not billed yet
    ],
)
def test_a_call_is_on_the_invoice_whose_period_holds_its_day(
    imports: Imports, start: str, billed: date | None
) -> None:
    imports(files.asterisk(start))
    (call,) = imports.calls()
    with imports.database.read() as session:
        invoice = session.get(Transaction, call.invoice_id) if call.invoice_id else None
    assert billed == (invoice.date if invoice else None)


def test_an_invoice_that_a_row_names(imports: Imports) -> None:
    with imports.database.read() as session:
        number = session.exec(
            select(Transaction.number)
            .join(Account, col(Account.id) == Transaction.account_id)
            .where(Account.number == ACCOUNT, Transaction.type == "invoice")
        ).first()
    header = "call_id,start_utc,invoice_no\n"
    done = imports(f"{header}k-1,2026-10-05 13:00:00,{number}\nk-2,2026-10-05 13:00:00,INV0\n")
    assert [f"row 3: account {ACCOUNT} has no invoice INV0"] == done.first_refusals
    assert imports.calls()[0].invoice_id is not None


def unharmed(imports: Imports, content: bytes, **options: Any) -> Summary | None:
    """Whatever the bytes are, the file is read or it is unusable; sent again, it adds nothing."""
    try:
        first = imports(content, **options)
    except Unusable:
        return None
    again = imports(content, **options)
    assert (first.read, first.refused, 0) == (again.read, again.refused, again.added)
    assert first.already_there == 0
    assert first.added == len(imports.calls())
    imports.forget()
    return first


FORMATS = st.sampled_from([None, *files.BY_FORMAT])


@SQLITE
@in_one_store
@given(content=st.binary(max_size=400), name=FORMATS)
@example(content=b"[[[[[[", name="integrate-json")
@example(content=b'{"start_time": 1e999, "duration": {"a": []}}', name=None)
def test_whatever_bytes_come(imports: Imports, content: bytes, name: str | None) -> None:
    unharmed(imports, content, format=name)


@SQLITE
@in_one_store
@given(data=st.data(), name=st.sampled_from(list(files.BY_FORMAT)))
def test_a_good_file_with_damage(imports: Imports, data: st.DataObject, name: str) -> None:
    content = bytearray(files.BY_FORMAT[name].encode() * 2)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        piece = data.draw(
            st.binary(max_size=4) | st.sampled_from([b'"', b"\n", b",", b"\0", b"\xff", b"9" * 30])
        )
        content[at : at + data.draw(st.integers(0, 4))] = piece
    unharmed(imports, bytes(content), format=name)


CELL = st.text(max_size=12) | st.sampled_from(
    [
        *"2026-10-05|2026-03-08 02:30:00|2026-11-01 01:30:00|9999-12-31 23:59:59".split("|"),
        *"0001-01-01 00:00:00|1791208162|46308.4|-1|1e5|1.6E+10|\ud800|999999999999999999".split(
            "|"
        ),
    ]
)


@SQLITE
@in_one_store
@given(
    rows=st.lists(st.lists(CELL, min_size=13, max_size=19), min_size=1, max_size=4), name=FORMATS
)
def test_cells_of_any_kind(imports: Imports, rows: list[list[str]], name: str | None) -> None:
    text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows)
    head = files.BY_FORMAT[name].splitlines()[0] + "\n" if name else ""
    unharmed(imports, (head + text).encode("utf-8", "surrogatepass"), format=name)


def test_more_rows_than_a_batch_has(imports: Imports, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    with path.open("w", encoding="utf-8") as file:
        for number in range(25_000):
            file.write(files.asterisk(f"2026-10-05 09:{number // 60 % 60:02}:{number % 60:02}"))
    seen: list[int] = []
    done = importing.import_calls(
        imports.database,
        path,
        importing.CallOptions(account=ACCOUNT),
        lambda at: seen.append(at.rows),
    )
    assert (25_000, 25_000) == (done.read, done.added)
    assert [10_000, 20_000, 25_000] == seen
    with imports.database.read() as session:
        legs = session.exec(
            select(CallRecord.id).where(CallRecord.source_format == "asterisk-csv")
        ).all()
    assert 25_000 == len(legs)
