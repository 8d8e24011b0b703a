"""The books of the sample companies: right on any day, and nothing in them is yet to come."""

import datetime as dt
import re
from collections import Counter, defaultdict
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from bot.billing.aging import Aging
from bot.billing.cards import CardState, card_state
from store import sample
from store.sample.taxes import taxes_on
from tests.filled import DAYS, TODAY, empty_store, filled


@pytest.fixture(params=DAYS, ids=str)
def store(request):
    return filled(request.param)


def test_maple_is_210_69_ahead(store):
    """The balance is the source document's example on any day, with a credit still hidden."""
    account = store.account("001234")
    ledger = store.ledger(account)
    assert ledger.balance_cents == -21069
    assert ledger.hidden_credits
    states = {row.payment_state for row in store.entries[account.id]}
    assert "declined" in states
    assert "refund" in {row.type for row in store.entries[account.id]}
    (card,) = [row for row in store.tables["payment_method"] if row.account_id == account.id]
    assert account.auto_pay
    assert card_state(card, today=store.today) == CardState.EXPIRING_SOON


def test_erable_owes_something_of_every_age(store):
    """No step of 30 days is empty on any day, and one payment is on its way."""
    account = store.account("005678")
    ledger = store.ledger(account)
    assert all(bucket.open_cents > 0 for bucket in Aging.of(ledger).buckets)
    assert len(ledger.pending) == 1
    assert not account.auto_pay


def test_no_account_has_two_payments_pending(store):
    """The bank must settle one payment before the next is accepted."""
    pending = Counter(
        row.account_id for row in store.by_id.values() if row.payment_state == "pending"
    )
    assert max(pending.values()) == 1


def test_nothing_lies_ahead_but_due_dates(store):
    """A row of tomorrow would be a lie."""
    for row in store.by_id.values():
        dates = (row.date, row.settled_on, row.posted_on, row.period_last, row.created_at.date())
        assert max(day for day in dates if day) <= store.today
    assert max(call.start_at for call in store.tables["call_record"]).date() <= store.today


def test_there_are_24_monthly_invoices(store):
    """One on the first of each month of the history, but for the newest customer."""
    issued = defaultdict(list)
    for invoice in store.invoices:
        if invoice.period_first:
            issued[invoice.account_id].append(invoice.date)
    newest = store.account("004880").id
    months = (store.today.year - 2) * 12 + store.today.month  # the month after, two years ago
    expected = [dt.date(month // 12, month % 12 + 1, 1) for month in range(months, months + 24)]
    for account_id, dates in issued.items():
        assert dates == (expected[-2:] if account_id == newest else expected)


def test_numbers_are_unique_and_shaped_like_the_portals(store):
    """INV00054321 is an invoice; no number is given twice."""
    prefixes = {"invoice": "INV", "payment": "PAY", "credit": "CRE", "refund": "REF"}
    for row in store.by_id.values():
        assert re.fullmatch(prefixes[row.type] + r"\d{8}", row.number)
    assert len(store.by_id) == len({row.number for row in store.by_id.values()})


def test_an_invoice_is_the_sum_of_its_lines_and_taxes(store):
    """Every line is quantity times price, every tax is on what is used in its province."""
    provinces = {row.id: row.province for row in store.tables["service_address"]}
    for invoice in store.invoices:
        lines = store.of_invoice["invoice_line"][invoice.id]
        taxes = store.of_invoice["invoice_tax"][invoice.id]
        bases = Counter()
        for line in lines:
            product = line.quantity_millionths * line.unit_price_millionths
            assert line.amount_cents * 10**10 == product
            bases[provinces[line.service_address_id]] += line.amount_cents
        expected = [
            (tax.name, province, tax.amount_cents)
            for province, base in bases.items()
            for tax in taxes_on(base, province=province, on=invoice.date)
        ]
        assert expected == [(tax.name, tax.province, tax.amount_cents) for tax in taxes]
        total = sum(row.amount_cents for row in (*lines, *taxes))
        assert invoice.amount_cents == total


def test_the_balance_carried_forward_is_that_of_the_day_before(store):
    """What the ledger says of the day before an invoice stands on it."""
    for number in ("001234", "005678", "003102"):
        account = store.account(number)
        for invoice in (row for row in store.entries[account.id] if row.type == "invoice"):
            before = store.ledger(account, as_of=invoice.date - dt.timedelta(days=1))
            assert before.balance_cents == invoice.balance_forward_cents


def test_the_usage_of_a_month_is_what_its_calls_cost(store):
    """The line is the sum of the charges, rounded once; the calls are of the month it names."""
    zones = {row.id: ZoneInfo(row.time_zone) for row in store.tables["account"]}
    billed = 0
    for invoice in store.invoices:
        calls = store.of_invoice["call_record"][invoice.id]
        usage = [
            line.amount_cents
            for line in store.of_invoice["invoice_line"][invoice.id]
            if line.kind == "usage"
        ]
        for call in calls:
            day = call.start_at.astimezone(zones[call.account_id]).date()
            assert invoice.period_first <= day <= invoice.period_last
        if calls:
            charged = sum(call.charge_millionths for call in calls)
            assert sum(usage) == (charged + 5000) // 10000
            billed += 1
    assert billed == 13 * 6 + 2  # six months of each, two of the newest customer


def test_calls_of_this_month_are_not_billed_yet(store):
    """They belong to an invoice that is still to come; none is of today."""
    first = store.today.replace(day=1)
    zones = {row.id: ZoneInfo(row.time_zone) for row in store.tables["account"]}
    days = {
        call.start_at.astimezone(zones[call.account_id]).date()
        for call in store.of_invoice["call_record"][None]
    }
    assert all(first <= day < store.today for day in days)
    assert bool(days) == (store.today > first)


def test_a_call_costs_its_seconds_at_the_rate_of_a_minute():
    """Local, internal and unanswered calls cost nothing."""
    calls = filled(TODAY).tables["call_record"]
    for call in calls:
        charge = (call.rate_millionths * call.billable_seconds + 30) // 60
        assert call.charge_millionths == charge
        assert call.answer_at or not call.duration_seconds
    free = {"Local", "Internal"}
    assert not sum(call.charge_millionths for call in calls if call.destination in free)
    assert {"in", "out", "internal"} == {call.direction for call in calls}
    abroad = {"United States", "United Kingdom", "France", "Mexico", "Toll-free", "Canada"}
    assert abroad <= {call.destination for call in calls}
    assert {"ANSWERED", "NO ANSWER", "BUSY"} == {call.disposition for call in calls}


def test_the_demo_accounts_call_60_to_200_times_a_month():
    """Enough for more than one page, not too many to look at."""
    store = filled(TODAY)
    demo = {store.account(number).id for number in ("001234", "005678")}
    months = Counter(
        (call.account_id, call.start_at.strftime("%Y-%m"))
        for call in store.tables["call_record"]
        if call.account_id in demo and call.invoice_id
    )
    assert len(months) == 12
    assert min(months.values()) >= 60
    assert max(months.values()) <= 200


def test_the_same_day_gives_the_same_rows():
    """Refs too: a picture in the guide still fits after the store is made again."""
    assert written(TODAY) == written(TODAY)


def written(today):
    """Every row of every table of a store that was filled."""
    with empty_store() as session:
        sample.fill(session, today=today, hash_password=str)
        return {
            table.name: [tuple(row) for row in session.connection().execute(select(table))]
            for table in SQLModel.metadata.sorted_tables
        }


def test_payments_of_every_type_and_state(store):
    """Card payments before July 2025 are historical, and only those."""
    payments = [row for row in store.by_id.values() if row.type == "payment"]
    assert {"pending", "cleared", "declined", "reversed"} == {row.payment_state for row in payments}
    for row in payments:
        if row.payment_type != "bank_upload":
            assert (row.payment_type == "historical_credit_card") == (
                row.date < dt.date(2025, 7, 1)
            )
    assert "bank_upload" in {row.payment_type for row in payments}
    assert {"invoice", "payment", "credit", "refund"} == {row.type for row in store.by_id.values()}


def test_a_refund_names_what_it_gives_back(store):
    """A payment or credit of the same account, not of a later day, and the same amount."""
    for row in (row for row in store.by_id.values() if row.type == "refund"):
        source = store.by_id[row.refunds_id]
        assert source.type in {"payment", "credit"}
        assert source.account_id == row.account_id
        assert source.date <= row.date
        assert source.amount_cents == row.amount_cents


def test_credits_are_posted_with_the_next_invoice(store):
    """Those granted since the last invoice are not posted yet."""
    granted = [row for row in store.by_id.values() if row.type == "credit"]
    for row in granted:
        later = [
            entry.date
            for entry in store.entries[row.account_id]
            if entry.type == "invoice" and entry.date > row.date
        ]
        assert row.posted_on == min(later, default=None)
    assert {True, False} == {row.posted_on is None for row in granted}


def test_every_allocation_fits(store):
    """No payment is given out beyond its amount, no invoice gets more than its own."""
    given, got = Counter(), Counter()
    for row in store.tables["payment_allocation"]:
        payment, invoice = store.by_id[row.source_id], store.by_id[row.invoice_id]
        assert payment.payment_state == "cleared"
        assert payment.account_id == invoice.account_id
        given[payment.id] += row.amount_cents
        got[invoice.id] += row.amount_cents
    assert given
    for totals in (given, got):
        assert all(cents <= store.by_id[key].amount_cents for key, cents in totals.items())


def test_customers_stand_in_every_way(store):
    """In debt, in credit, with Auto Pay and without, one card about to expire and one expired."""
    accounts = store.tables["account"]
    balances = [store.ledger(account).balance_cents for account in accounts]
    assert min(balances) < 0 < max(balances)
    assert {True, False} == {account.auto_pay for account in accounts}
    cards = {card_state(card, today=store.today) for card in store.tables["payment_method"]}
    assert set(CardState) == cards


def test_the_summary_counts_what_was_written():
    """What is printed after filling is what is there."""
    with empty_store() as session:
        summary = sample.fill(session, today=TODAY, hash_password=str)
    tables = filled(TODAY).tables
    assert summary.accounts == len(tables["account"])
    assert summary.transactions == len(tables["transaction"])
    assert summary.calls == len(tables["call_record"])
    assert summary.portal_users + summary.staff == len(summary.credentials)
    assert summary.credentials[0] == ("demo@maple.example", "Sample-Administrator-2026")
