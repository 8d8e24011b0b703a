"""The ledger out of files: kept once, checked to the cent, and read by the billing rules."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, delete, select, update

from bot import cli
from bot.billing.ledger import Ledger
from bot.identity import passwords
from store.db import Database
from store.importers.calls import import_calls
from store.importers.converting import CallOptions
from store.importers.ledger.books import NEEDED, FileSummary, LedgerImport, files_of
from store.importers.refusals import Unusable
from store.models import (
    Account,
    CallRecord,
    InvoiceLine,
    InvoiceTax,
    Membership,
    PaymentMethod,
    PortalUser,
    ServiceAddress,
    ServiceNumber,
    Transaction,
)
from tests.conftest import quick_hash
from tests.importers import files
from tests.platforms.running import SQLITE

FILES = {
    "accounts": "number,legal_name,language,time_zone,auto_pay,emails\n"
    '009001,Boulangerie Zoé inc.,fr,America/Montreal,oui,"a@zoe.example, b@zoe.example"\n',
    "numbers": "account,number,label,site,street,city,province,postal_code\n"
    "009001,514-555-0100,Principal,Plateau,1 rue Rachel,Montréal,QC,H2J 1A1\n"
    "009001,1-514-555-0101,Fax,Plateau,1 rue Rachel,Montréal,QC,H2J 1A1\n",
    "users": "account,username,first_name,role,language,password_hash\n"
    '009001,zoe@zoe.example,Zoé,administrator,fr,"HASH"\n',
    "payment_methods": "account,brand,last_four,expiry,default\n"
    "009001,Visa,4242,2027-06,yes\n009001,Mastercard,4444,2026-12,no\n",
    "invoices": "account,number,date,due_date,period_first,period_last,balance_forward,total\n"
    "009001,INV1,2026-10-01,2026-10-21,2026-09-01,2026-09-30,0,114.98\n"
    "009001,INV2,2026-11-01,2026-11-21,2026-10-01,2026-10-31,114.98,57.49\n",
    "invoice_lines": "account,invoice,kind,description,quantity,unit_price,amount,site\n"
    "009001,INV1,recurring,Postes,4,22.50,90.00,Plateau\n"
    "009001,INV1,usage,Appels,1,10.00,10.00,\n"
    "009001,INV2,recurring,Postes,2,25,50.00,Plateau\n",
    "invoice_taxes": "account,invoice,name,province,rate,base,amount\n"
    "009001,INV1,GST,QC,0.05,100.00,5.00\n"
    "009001,INV1,QST,QC,0.09975,100.00,9.98\n"
    "009001,INV2,GST,QC,0.05,50.00,2.50\n"
    "009001,INV2,QST,QC,0.09975,50.00,4.99\n",
    "payments": "account,number,date,amount,type,state,settled_on,card_brand,card_last_four\n"
    "009001,PAY1,2026-10-20,114.98,credit_card,cleared,2026-10-21,Visa,4242\n"
    "009001,PAY2,2026-11-20,57.49,bank_upload,pending,,,\n",
    "credits": "account,number,date,amount,description,posted_on\n"
    "009001,CRE1,2026-11-05,10.00,Geste commercial,\n",
    "refunds": "account,number,date,amount,description,refunds\n"
    "009001,REF1,2026-11-10,5.00,Trop payé,PAY1\n",
}
ROWS = {name: len(content.splitlines()) - 1 for name, content in FILES.items()}


class Books:
    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.folder = folder

    def write(self, **changed: str) -> None:
        for name, content in (FILES | changed).items():
            (self.folder / f"{name}.csv").write_text(content.replace("HASH", HASH), "utf-8")

    def __call__(self, **changed: str) -> dict[str, FileSummary]:
        self.write(**changed)
        load = LedgerImport(self.database)
        done = {path.stem: load(path) for path in files_of([self.folder])}
        self.left_over = load.left_over()
        return done

    def all(self, model: Any) -> list[Any]:
        with self.database.read() as session:
            return list(session.exec(select(model).order_by(model.id)))


HASH = quick_hash("correct horse battery 42")


@pytest.fixture
def books(database: Database, tmp_path: Path) -> Books:
    return Books(database, tmp_path)


def outcomes(done: dict[str, FileSummary]) -> dict[str, dict[str, int]]:
    return {name: {str(k): v for k, v in one.outcomes.items()} for name, one in done.items()}


def test_every_file_goes_in_once(books: Books) -> None:
    done = books()
    assert {name: [] for name in NEEDED} == {n: list(d.first_refusals) for n, d in done.items()}
    parts = {"invoice_lines", "invoice_taxes"}
    assert outcomes(done) == {n: {"read" if n in parts else "added": ROWS[n]} for n in NEEDED}
    kept = {m: [row.model_dump(exclude={"ref"}) for row in books.all(m)] for m in KEPT}
    again = books()
    assert outcomes(again) == {n: {"read" if n in parts else "there": ROWS[n]} for n in NEEDED}
    assert kept == {m: [row.model_dump(exclude={"ref"}) for row in books.all(m)] for m in KEPT}


KEPT = (Account, ServiceNumber, PortalUser, Membership, PaymentMethod, Transaction)
KEPT += (InvoiceLine, InvoiceTax)


def test_the_billing_rules_read_what_was_imported(books: Books) -> None:
    books()
    ledger = Ledger.of(books.all(Transaction), [], as_of=date(2026, 11, 22))
    # 114.98 + 57.49 + 5.00 refunded, less 114.98 paid and 10.00 granted; 57.49 is pending
    assert 5_249 == ledger.balance_cents


def test_what_the_rows_say(books: Books) -> None:
    books()
    (account,) = books.all(Account)
    assert ("Boulangerie Zoé inc.", "fr", True) == (
        account.bill_to_name,
        account.language,
        account.auto_pay,
    )
    assert ["+15145550100", "+15145550101"] == [n.number for n in books.all(ServiceNumber)]
    assert passwords.matches("correct horse battery 42", books.all(PortalUser)[0].password_hash)
    assert [(1, 22_500_000, 9_000), (2, 10_000_000, 1_000)] == [
        (one.position, one.unit_price_millionths, one.amount_cents)
        for one in books.all(InvoiceLine)[:2]
    ]
    refund = next(row for row in books.all(Transaction) if row.number == "REF1")
    paid = next(row for row in books.all(Transaction) if row.number == "PAY1")
    assert refund.refunds_id == paid.id


def replaced(name: str, before: str, after: str) -> dict[str, str]:
    assert before in FILES[name]
    return {name: FILES[name].replace(before, after, 1)}


@pytest.mark.parametrize(
    ("name", "before", "after", "reason"),
    [
        ("accounts", "fr,America", "de,America", "language is de: one of en, fr is expected"),
        ("accounts", "America/Montreal", "Montreal", "time_zone is Montreal: an IANA name"),
        ("accounts", ",oui,", ",maybe,", "auto_pay is maybe: yes or no is expected"),
        ("accounts", "Boulangerie Zoé inc.", "", "legal_name is missing"),
        ("numbers", "514-555-0100", "101", "number is 101: a whole phone number is expected"),
        ("numbers", "514-555-0100", "1.5E+10", "1.5E+10 was a phone number until a spreadsheet"),
        ("users", "administrator", "owner", "role is owner: one of administrator, billing,"),
        ("users", "HASH", "hunter2hunter2", "passwords themselves are never taken"),
        ("payment_methods", "4242", "4242424242424242", "whole card numbers are never taken"),
        ("payment_methods", "4242", "٤٢٤٢", "last_four is not four digits"),
        ("payments", "4242", "4242424242424242", "card_last_four is not four digits; whole card"),
        ("payments", "4242", "٤٢٤٢", "card_last_four is not four digits"),
        ("payment_methods", "2027-06", "06/27", "expiry is 06/27: such as 2027-06 is expected"),
        (
            "invoices",
            "114.98\n",
            "115.00\n",
            "its lines and taxes add up to 114.98, its total is 115.00: a difference of 0.02",
        ),
        ("invoices", "2026-10-21", "2026-09-21", "due_date is before date"),
        ("invoices", "2026-10-01,2026-10-21", "01/10/2026,2026-10-21", "a date such as"),
        ("invoice_lines", "90.00", "90.001", "amount is 90.001: a fraction of a cent is left"),
        ("invoice_taxes", "0.05", "5", "rate is 5: 0.13 is 13 %"),
        ("payments", "cleared,2026-10-21", "cleared,", "a cleared payment needs a settled_on"),
        ("payments", "credit_card", "barter", "type is barter: one of credit_card,"),
        ("payments", "114.98", "-114.98", "more than nothing is expected"),
        ("credits", "009001", "009999", "there is no account 009999"),
        ("refunds", "PAY1", "PAY9", "account 009001 has no payment or credit PAY9"),
        ("refunds", "REF1", "R" * 33, "number is longer than 32 characters"),
    ],
)
@SQLITE
def test_why_a_row_is_refused(
    books: Books, name: str, before: str, after: str, reason: str
) -> None:
    done = books(**replaced(name, before, after))[name]
    assert (1, ROWS[name]) == (done.refused, done.read)
    assert reason in done.first_refusals[0]
    assert reason in (books.folder / f"{name}.csv.rejected.csv").read_text("utf-8-sig")


def test_an_invoice_whose_line_is_refused_is_refused(books: Books) -> None:
    """Else it would be kept without what it charges."""
    done = books(**replaced("invoice_lines", "90.00", "lots"))
    assert 1 == done["invoice_lines"].refused
    assert ["row 2: one of its lines or taxes was refused: lots is no amount"] == list(
        done["invoices"].first_refusals
    )
    assert ["INV2"] == [t.number for t in books.all(Transaction) if t.type == "invoice"]


@SQLITE
def test_lines_without_their_invoice_are_told(books: Books) -> None:
    books(**replaced("invoice_lines", "INV2,recurring", "INV7,recurring"))
    assert ["INV7"] == books.left_over


def test_what_may_change_changes_and_the_rest_stays(books: Books) -> None:
    books()
    done = books(
        accounts=FILES["accounts"].replace("oui", "non"),
        payments=FILES["payments"].replace("pending,", "cleared,2026-11-22"),
        credits=FILES["credits"].replace("commercial,", "commercial,2026-12-01"),
        refunds=FILES["refunds"].replace("5.00", "6.00"),
        invoice_lines=FILES["invoice_lines"].replace("Postes", "Lignes", 1),
    )
    changed = {name for name, one in done.items() if one.outcomes.get("changed")}
    assert {"accounts", "payments", "credits"} == changed
    assert ["row 2: it is there already with amount_cents 500"] == list(
        done["refunds"].first_refusals
    )
    assert ["row 2: it is there already with other lines or taxes"] == list(
        done["invoices"].first_refusals
    )
    assert not books.all(Account)[0].auto_pay
    assert "Postes" == books.all(InvoiceLine)[0].description


def test_an_invoice_takes_the_calls_that_waited_for_it(books: Books) -> None:
    """Calls of 30 September and 31 October in Montreal; the day after waits on."""
    books.write()
    load = LedgerImport(books.database)
    load(books.folder / "accounts.csv")
    calls = books.folder / "cdr.csv"
    starts = ("2026-09-30 23:59:59", "2026-10-31 23:59:59", "2026-11-01 00:00:00")
    calls.write_text("".join(map(files.asterisk, starts)), "utf-8")
    import_calls(books.database, calls, CallOptions(account="009001"))
    assert [None] * 3 == [call.invoice_id for call in books.all(CallRecord)]
    books()
    numbers = {row.id: row.number for row in books.all(Transaction)}
    billed = [numbers.get(call.invoice_id) for call in books.all(CallRecord)]
    assert ["INV1", "INV2", None] == billed


@SQLITE
@pytest.mark.parametrize("calls_come", ["first", "last", "first, and wait"])
def test_calls_and_invoices_come_in_any_order(books: Books, calls_come: str) -> None:
    """Of two periods that hold a day the one that begins last counts."""
    within = "009001,INV3,2026-11-02,2026-11-21,2026-10-10,2026-10-15,0,0.00\n"
    books.write()
    LedgerImport(books.database)(books.folder / "accounts.csv")
    calls = books.folder / "cdr.csv"
    days = ("2026-08-31", "2026-09-30", "2026-10-12", "2026-10-20", "2026-11-01")
    calls.write_text("".join(files.asterisk(f"{day} 23:30:00") for day in days), "utf-8")
    options = CallOptions(account="009001")
    if calls_come != "last":
        import_calls(books.database, calls, options)
    done = books(invoices=FILES["invoices"] + within)
    assert [] == list(done["invoices"].first_refusals)
    if calls_come == "first, and wait":  # as an import that ran meanwhile leaves them
        with books.database.write() as session:
            session.exec(update(CallRecord).values(invoice_id=None))
    if calls_come != "first":
        import_calls(books.database, calls, options)
    numbers = {row.id: row.number for row in books.all(Transaction)}
    billed = [numbers.get(call.invoice_id) for call in books.all(CallRecord)]
    assert [None, "INV1", "INV3", "INV2", None] == billed


@SQLITE
def test_samples_are_left_alone(sampled: Database, tmp_path: Path) -> None:
    content = FILES["accounts"].replace("009001", "001234")
    (tmp_path / "accounts.csv").write_text(content, "utf-8")
    done = LedgerImport(sampled)(tmp_path / "accounts.csv")
    assert ["row 2: 001234 is an account of the samples"] == list(done.first_refusals)


@SQLITE
def test_semicolons_and_decimal_commas(books: Books) -> None:
    content = "account;number;date;amount\n009001;CRE9;2026-11-05;1 234,50 $\n"
    done = books(credits=content)
    assert [] == list(done["credits"].first_refusals)
    assert 123_450 == next(t for t in books.all(Transaction) if t.number == "CRE9").amount_cents


@SQLITE
@pytest.mark.parametrize(
    ("amount", "cents"),
    [("1,23", 123), ("1.234,56", 123_456), ("1,234.56", 123_456), ("1234.5", 123_450)],
)
def test_an_amount_under_tabs_that_is_clear(books: Books, amount: str, cents: int) -> None:
    content = f"account\tnumber\tdate\tamount\n009001\tCRE9\t2026-11-05\t{amount}\n"
    assert [] == list(books(credits=content)["credits"].first_refusals)
    assert cents == next(t for t in books.all(Transaction) if t.number == "CRE9").amount_cents


@SQLITE
@pytest.mark.parametrize("amount", ["1,234", "1.234"])
def test_an_amount_under_tabs_that_may_be_thousands(books: Books, amount: str) -> None:
    """Nothing in such a file tells which mark is the decimal one."""
    content = f"account\tnumber\tdate\tamount\n009001\tCRE9\t2026-11-05\t{amount}\n"
    done = books(credits=content)["credits"]
    assert [f"row 2: {amount} may be thousands or decimals"] == list(done.first_refusals)
    assert [] == [t for t in books.all(Transaction) if t.number == "CRE9"]


@SQLITE
def test_files_that_cannot_be_used(books: Books, tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="there is none of accounts"):
        files_of([tmp_path])
    (tmp_path / "people.csv").touch()
    with pytest.raises(Unusable, match="is none of accounts"):
        files_of([tmp_path / "people.csv"])
    with pytest.raises(Unusable, match="needs a header with account, amount, date, number"):
        books(credits="who,what\n1,2\n")


@SQLITE
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), name=st.sampled_from(list(FILES)))
def test_a_file_with_damage(books: Books, data: st.DataObject, name: str) -> None:
    """Nothing raises, and what is kept of invoices adds up."""
    rows = [line.split(",") for line in FILES[name].splitlines()]
    for _ in range(data.draw(st.integers(1, 4))):
        row = data.draw(st.sampled_from(rows[1:]))
        row[data.draw(st.integers(0, len(row) - 1))] = data.draw(
            st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
            | st.sampled_from(["9" * 20, "-1", "1e9", "0001-01-01", "yes", "INV1", "x" * 300])
        )
    books(**{name: "\n".join(map(",".join, rows))})
    with books.database.write() as session:
        _check_sums(session)
        for model in CLEARED:
            session.exec(delete(model))


CLEARED = (InvoiceLine, InvoiceTax, Transaction, PaymentMethod, Membership, PortalUser)
CLEARED += (ServiceNumber, ServiceAddress, Account)


def _check_sums(session: Session) -> None:
    for invoice in session.exec(select(Transaction).where(Transaction.type == "invoice")):
        parts = [
            part.amount_cents
            for model in (InvoiceLine, InvoiceTax)
            for part in session.exec(select(model).where(model.transaction_id == invoice.id))
        ]
        assert invoice.amount_cents == sum(parts)


def test_the_command_line(tmp_path: Path) -> None:
    folder = tmp_path / "books"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / f"{name}.csv").write_text(content.replace("HASH", ""), "utf-8")
    environment = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'cli.db'}",
        "BILLING_BOT_ENV": "development",
        "BILLING_BOT_TODAY": "2026-11-22",
    }

    def run(*paths: Path) -> Any:
        return CliRunner().invoke(
            cli.commands, ["import", "ledger", *map(str, paths)], env=environment
        )

    done = run(folder)
    assert 0 == done.exit_code, done.output
    assert f"{folder / 'invoices.csv'}: 2 rows read, 2 added." in done.stdout
    (folder / "invoices.csv").write_text(FILES["invoices"].replace("57.49\n", "57.50\n"), "utf-8")
    done = run(folder)
    assert (1, True) == (done.exit_code, "a difference of 0.01" in done.stdout), done.output
    assert 1 == run(folder / "invoice_lines.csv").exit_code  # nothing was kept of them
    assert 2 == run(tmp_path / "nowhere.csv").exit_code
