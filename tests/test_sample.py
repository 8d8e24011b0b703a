"""The sample companies as they stand in a store, who may sign in to them, and bigger sets."""

import datetime as dt
import re
from collections import Counter, defaultdict

import pytest
from sqlmodel import select

from store import sample
from store.models import (
    Account,
    CallRecord,
    InvoiceLine,
    Membership,
    PaymentMethod,
    PortalUser,
    ServiceAddress,
    ServiceNumber,
    Staff,
    Transaction,
)
from store.sample.taxes import tax_name, taxes_on

TODAY = dt.date(2026, 11, 22)  # of the `sampled` fixture


@pytest.mark.parametrize(
    ("province", "expected"),
    [
        ("ON", {"HST": 16049}),
        ("NS", {"HST": 17284}),
        ("NB", {"HST": 18518}),
        ("NL", {"HST": 18518}),
        ("PE", {"HST": 18518}),
        ("QC", {"GST": 6173, "QST": 12315}),
        ("BC", {"GST": 6173, "PST": 8642}),
        ("MB", {"GST": 6173, "RST": 8642}),
        ("SK", {"GST": 6173, "PST": 7407}),
        ("AB", {"GST": 6173}),
        ("YT", {"GST": 6173}),
    ],
)
def test_the_taxes_of_2026_on_1234_56(province, expected):
    """Each province charges what the check values say."""
    taxes = taxes_on(123456, province=province, on=TODAY)
    assert expected == {tax.name: tax.amount_cents for tax in taxes}


def test_nova_scotia_charged_15_per_cent_until_march_2025():
    """The rate is that of the invoice date."""
    (before,) = taxes_on(123456, province="NS", on=dt.date(2025, 3, 31))
    (after,) = taxes_on(123456, province="NS", on=dt.date(2025, 4, 1))
    assert (18518, 17284) == (before.amount_cents, after.amount_cents)


def test_half_a_cent_goes_up():
    """Five per cent of 50 cents are three cents."""
    (tax,) = taxes_on(50, province="AB", on=TODAY)
    assert tax.amount_cents == 3


def test_taxes_have_their_french_names():
    """A French invoice says TPS, TVH, TVP, TVQ and TVD."""
    names = [tax_name(name, language="fr") for name in ("GST", "HST", "PST", "QST", "RST")]
    assert names == ["TPS", "TVH", "TVP", "TVQ", "TVD"]


def test_who_the_sample_companies_are(sampled):
    """At least twelve in five provinces, one in two of them, in both languages, all samples."""
    with sampled.read() as session:
        accounts = session.exec(select(Account)).all()
        addresses = session.exec(select(ServiceAddress)).all()
        numbers = session.exec(select(ServiceNumber)).all()
    assert len(accounts) >= 12
    assert all(account.sample for account in accounts)
    assert {"ON", "QC", "NS", "AB", "BC"} == {address.province for address in addresses}
    provinces = defaultdict(set)
    for address in addresses:
        provinces[address.account_id].add(address.province)
    assert [{"QC", "ON"}] == [found for found in provinces.values() if len(found) > 1]
    assert all(re.fullmatch(r"[A-Z]\d[A-Z] \d[A-Z]\d", row.postal_code) for row in addresses)
    assert all(re.fullmatch(r"\+1\d{3}55501\d\d", row.number) for row in numbers)
    by_number = {account.number: account for account in accounts}
    assert by_number["001234"].legal_name == "Maple Dental Group"
    assert by_number["005678"].legal_name == "Érable et fils inc."


def test_erables_invoices_are_french(sampled):
    """The lines of an invoice speak the language of the account."""
    query = (
        select(InvoiceLine.description)
        .join(Transaction, Transaction.id == InvoiceLine.transaction_id)
        .join(Account, Account.id == Transaction.account_id)
        .where(Account.number == "005678", InvoiceLine.kind == "usage")
    )
    with sampled.read() as session:
        assert set(session.exec(query)) == {"Appels interurbains et sans frais"}


def test_who_may_act_for_whom(sampled):
    """Both demo users are administrators; the bookkeeper does the bills of two accounts."""
    query = (
        select(PortalUser.username, Account.number, Membership.role, Membership.language)
        .join(Membership, Membership.portal_user_id == PortalUser.id)
        .join(Account, Account.id == Membership.account_id)
    )
    with sampled.read() as session:
        found = set(session.exec(query))
    assert {
        ("demo@maple.example", "001234", "administrator", "en"),
        ("demo@erable.example", "005678", "administrator", "fr"),
        ("bookkeeper@comptable.example", "005678", "billing", "fr"),
        ("bookkeeper@comptable.example", "002777", "billing", "fr"),
        ("it@maple.example", "001234", "technical", "en"),
    } <= found


def test_eight_people_sit_at_the_desk(sampled):
    """In both languages; some of them see figures, some do not."""
    with sampled.read() as session:
        staff = session.exec(select(Staff)).all()
    assert [f"agent{number}@desk.example" for number in range(1, 9)] == [
        agent.username for agent in staff
    ]
    assert {"en", "fr"} == {agent.language for agent in staff}
    assert {True, False} == {agent.sees_figures for agent in staff}


def test_passwords_keep_the_portals_rule():
    """15 characters or more, two digits, both cases; one for each kind of person."""
    passwords = {password for _, password in sample.credentials()}
    assert len(passwords) == 4
    for password in passwords:
        assert len(password) >= 15
        assert len(re.findall(r"\d", password)) >= 2
        assert password not in {password.lower(), password.upper()}


def test_each_password_is_hashed_once(database):
    """Hashing is slow on purpose."""
    hashed = []
    with database.write() as session:
        summary = sample.fill(
            session, today=TODAY, hash_password=lambda word: hashed.append(word) or word
        )
    assert sorted(hashed) == sorted({password for _, password in summary.credentials})
    with database.read() as session:
        users = session.exec(select(PortalUser)).all()
    kept = {user.username: user.password_hash for user in users}
    assert kept.items() <= dict(summary.credentials).items()


def test_real_accounts_are_left_alone(database):
    """A store with one real account gets no sample."""
    real = Account(number="009999", legal_name="Real", bill_to_name="Real")
    with database.write() as session:
        assert sample.is_empty(session)
        assert not sample.is_refused(session)
        session.add(real)
    with database.write() as session:
        assert not sample.is_empty(session)
        assert sample.is_refused(session)
        with pytest.raises(sample.RealAccountsError):
            sample.fill(session, today=TODAY, hash_password=str)
    with pytest.raises(sample.RealAccountsError):
        many(database, accounts=1, calls=0)
    with database.read() as session:
        assert len(session.exec(select(Account)).all()) == 1


def test_the_store_counts_on_after_the_sample(sampled):
    """The next account gets a free id, on PostgreSQL too."""
    with sampled.write() as session:
        account = Account(number="009999", legal_name="Next", bill_to_name="Next", sample=True)
        session.add(account)
        session.flush()
        session.add(
            PaymentMethod(
                account_id=account.id,
                brand="Visa",
                last_four="0100",
                expiry_year=2030,
                expiry_month=1,
            )
        )
    with sampled.read() as session:
        newest = session.exec(select(Account).order_by(Account.id.desc())).first()
    assert newest.number == "009999"


def many(database, *, accounts, calls):
    told = []
    summary = sample.fill_many(
        database.write,
        accounts=accounts,
        calls=calls,
        today=TODAY,
        hash_password=str,
        progress=told.append,
    )
    return summary, told


def test_bigger_sets_have_as_many_accounts_and_calls_as_asked(database):
    """The progress bar ends at its end, and the calls are spread over all accounts."""
    summary, told = many(database, accounts=17, calls=1003)
    assert (17, 1003, 17) == (summary.accounts, summary.calls, summary.portal_users)
    assert told[-1] == 17 + 1003
    with database.read() as session:
        calls = Counter(session.exec(select(CallRecord.account_id)))
        assert len(calls) == 17
        assert set(calls.values()) == {59}
        ((username, _),) = summary.credentials
        query = select(PortalUser).where(PortalUser.username == username)
        assert session.exec(query).one().sample


def test_bigger_sets_can_be_added_to(sampled):
    """Beside the hand-made companies, and twice."""
    many(sampled, accounts=2, calls=10)
    many(sampled, accounts=2, calls=10)
    with sampled.read() as session:
        numbers = session.exec(select(Account.number)).all()
    assert len(numbers) == len(set(numbers)) == 18


def test_bigger_sets_are_written_in_batches(database, monkeypatch):
    """What waits in memory stays small, and the invoices agree with the calls across batches."""
    monkeypatch.setattr("store.sample.filling._ROWS_A_BATCH", 100)
    summary, told = many(database, accounts=2, calls=500)
    assert len(told) > 5
    assert told == sorted(told)
    with database.read() as session:
        calls = session.exec(select(CallRecord)).all()
        usage = session.exec(select(InvoiceLine).where(InvoiceLine.kind == "usage")).all()
    charged = Counter()
    for call in calls:
        charged[call.invoice_id] += call.charge_millionths
    lines = {line.transaction_id: line.amount_cents for line in usage}
    for invoice_id in set(charged) - {None}:
        assert lines.get(invoice_id, 0) == (charged[invoice_id] + 5000) // 10000
    assert summary.calls == len(calls)
