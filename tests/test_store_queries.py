"""Reading account data: what each query gives, and never a row of somebody else's."""

import inspect
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from itertools import product

import pytest
from sqlmodel import Session, SQLModel

from store import accounts, calls, transactions
from store.call_filter import Between, CallFilter, CallOrder, Ending
from store.db import Database
from store.models import PaymentAllocation, Role, TransactionType
from store.models.calls import Direction
from store.scope import Scope
from tests.customers import (
    AUGUST,
    JULY,
    JUNE,
    Customer,
    add_customer,
    add_transaction,
    call,
    saved,
)


@pytest.fixture
def session(database):
    with Session(database.engine) as open_session:
        yield open_session


@pytest.fixture
def ours(session):
    return add_customer(session, "001234")


@pytest.fixture
def theirs(session, ours):
    return add_customer(session, "005678")


def test_the_account_is_the_one_of_the_scope(session, ours, theirs):
    assert accounts.get(session, scope=ours.scope).number == "001234"
    assert accounts.get(session, scope=theirs.scope).number == "005678"


def test_the_default_card_comes_first(session, ours):
    cards = accounts.payment_methods(session, scope=ours.scope)
    assert [card.last_four for card in cards] == ["4242", "1111"]


def test_service_numbers_come_in_order(session, ours):
    numbers = accounts.service_numbers(session, scope=ours.scope)
    assert [found.number for found in numbers] == ["+16135550142", "+16135550143"]


def test_transactions_come_oldest_first(session, ours):
    account_id = ours.scope.account_id
    old = add_transaction(session, account_id, TransactionType.CREDIT, "CRE1")
    old.date = date(2026, 1, 1)
    session.flush()
    rows = transactions.of_account(session, scope=ours.scope)
    assert [row.number for row in rows] == ["CRE1", "INV1", "PAY1"]


def test_invoices_come_by_due_date(session, ours):
    add_transaction(
        session,
        ours.scope.account_id,
        TransactionType.INVOICE,
        "INV2",
        due_date=date(2026, 7, 30),
    )
    rows = transactions.invoices(session, scope=ours.scope)
    assert [row.number for row in rows] == ["INV2", "INV1"]


def test_a_transaction_is_found_by_its_ref_and_by_its_number(session, ours):
    by_ref = transactions.by_ref(session, scope=ours.scope, ref=ours.invoice.ref)
    by_number = transactions.by_number(session, scope=ours.scope, number="INV1")
    assert ours.invoice is by_ref
    assert ours.invoice is by_number


def test_a_transaction_of_another_account_is_not_found_like_one_that_does_not_exist(
    session, ours, theirs
):
    only_theirs = theirs.payment
    only_theirs.number = "PAY9"
    session.flush()
    for ref in (only_theirs.ref, "NOSUCHREF"):
        assert transactions.by_ref(session, scope=ours.scope, ref=ref) is None
    for number in ("PAY9", "PAY404"):
        assert transactions.by_number(session, scope=ours.scope, number=number) is None


def test_lines_come_as_they_stand_on_the_invoice(session, ours):
    rows = transactions.lines(session, scope=ours.scope, transaction_id=ours.invoice.id)
    assert [row.description for row in rows] == ["Seat", "Line"]


def test_allocations_are_found_from_either_end(session, ours):
    everything = transactions.allocations(session, scope=ours.scope)
    assert [row.amount_cents for row in everything] == [4000]
    for end in (ours.invoice, ours.payment):
        found = transactions.allocations_of(session, scope=ours.scope, transaction_id=end.id)
        assert everything == found


def test_an_allocation_across_two_accounts_is_shown_to_neither(session, ours, theirs):
    crossing = PaymentAllocation(
        source_id=ours.payment.id, invoice_id=theirs.invoice.id, amount_cents=1
    )
    saved(session, crossing)
    for customer in (ours, theirs):
        rows = transactions.allocations(session, scope=customer.scope)
        assert [row.amount_cents for row in rows] == [4000]


def test_the_calls_of_a_month_come_oldest_first(session, ours):
    june = calls.rows(session, scope=ours.scope, wanted=_during(JUNE))
    assert [row.call_id for row in june] == ["a", "b", "c"]


def test_totals_tell_billed_calls_from_those_not_billed_yet(session, ours):
    june = calls.total(session, scope=ours.scope, wanted=_during(JUNE))
    assert june.billed == calls.CallTotal(calls=2, seconds=90, charge_millionths=30000)
    assert june.unbilled == calls.CallTotal(calls=1, seconds=7, charge_millionths=5)
    assert june.all == calls.CallTotal(calls=3, seconds=97, charge_millionths=30005)


def test_totals_are_those_of_the_rows_of_every_filter(session, ours):
    for wanted in (
        _during(JUNE, limit=2),
        _during(JUNE, order=CallOrder.DEAREST, limit=1),
        _during(JUNE, seconds=Between(8, None)),
        _during(JUNE, charge_millionths=Between(None, 5)),
        _during(JUNE, direction=Direction.OUT),
        _during(JUNE, prefixes=("+1",)),
        _during(JUNE, party="101"),
        *(_during(JUNE, ending=ending) for ending in Ending),
    ):
        found = list(calls.rows(session, scope=ours.scope, wanted=wanted))
        told = calls.total(session, scope=ours.scope, wanted=wanted).all
        sums = calls.by_extension(session, scope=ours.scope, wanted=wanted)
        assert sum(sums.values(), calls.CallTotal()) == told
        assert told == calls.CallTotal(
            calls=len(found),
            seconds=sum(row.duration_seconds for row in found),
            charge_millionths=sum(row.charge_millionths or 0 for row in found),
        )


@pytest.mark.parametrize(
    ("ending", "found"),
    [
        (Ending.ANSWERED, ["answered", "Answered", "rings-twice", "by-time"]),
        (Ending.UNANSWERED, ["busy", "no-answer", "rings-on"]),
        (Ending.UNSAID, ["a", "b", "c", "odd"]),
    ],
)
def test_each_call_was_answered_or_not_or_does_not_say(session, ours, ending, found):
    """A leg that nobody answered counts as unanswered where no other leg of the call was."""
    for call_id, leg, disposition, answered in (
        ("answered", 0, "ANSWERED", None),
        ("Answered", 0, "Answered", None),
        ("busy", 0, "BUSY", None),
        ("no-answer", 0, "NO ANSWER", None),
        ("rings-twice", 0, "NO ANSWER", None),
        ("rings-twice", 1, "ANSWERED", None),
        ("rings-on", 0, "NO ANSWER", None),
        ("by-time", 0, "Orig: Bye", JUNE[0]),
        ("odd", 0, "Orig: Bye", None),
    ):
        made = call(ours.scope.account_id, call_id, JUNE[0], seconds=3, charge=0)
        made.import_key, made.leg = f"{call_id} {leg}", leg
        made.disposition, made.answer_at = disposition, answered
        saved(session, made)
    rows = calls.rows(session, scope=ours.scope, wanted=_during(JUNE, ending=ending))
    assert sorted({row.call_id for row in rows}) == sorted(found)


def test_a_call_counts_for_one_extension(session, ours):
    for number, (direction, caller, called) in enumerate(
        [
            (Direction.OUT, "101", ""),
            (Direction.IN, "", "102"),
            (Direction.INTERNAL, "103", "101"),
            (Direction.UNKNOWN, "", "104"),
        ]
    ):
        made = call(ours.scope.account_id, f"{number}", AUGUST[1], seconds=10, charge=number)
        made.direction, made.from_extension, made.to_extension = direction, caller, called
        saved(session, made)
    wanted = CallFilter(start_at=AUGUST[1], end_at=AUGUST[1] + timedelta(days=1))
    sums = calls.by_extension(session, scope=ours.scope, wanted=wanted)
    assert sums == {f"10{n + 1}": calls.CallTotal(1, 10, n) for n in range(4)}


def test_thousands_of_beginnings_go_into_one_question(session, ours):
    dialled = call(ours.scope.account_id, "dialled", JUNE[0], seconds=3, charge=0)
    dialled.direction, dialled.to_number = Direction.OUT, "+16135550100"
    saved(session, dialled)
    many = tuple(f"+33{n}" for n in range(1_000, 4_000))
    to_ottawa = _during(JUNE, prefixes=(*many, "+1613"))
    assert not calls.total(session, scope=ours.scope, wanted=_during(JUNE, prefixes=many)).all.calls
    assert calls.total(session, scope=ours.scope, wanted=to_ottawa).all.calls == 1
    assert [row.call_id for row in calls.rows(session, scope=ours.scope, wanted=to_ottawa)] == [
        "dialled"
    ]
    assert calls.beginnings(session, scope=ours.scope, wanted=to_ottawa, length=5) == {"+1613"}


def test_a_month_without_calls_comes_to_nothing(session, ours):
    july = calls.total(session, scope=ours.scope, wanted=_during(JULY))
    assert july == calls.CallTotals(billed=calls.CallTotal(), unbilled=calls.CallTotal())


def _during(month, **wanted):
    return CallFilter(start_at=month[0], end_at=month[1], **wanted)


def test_months_with_calls_are_named(session, ours):
    months = {"June": JUNE, "July": JULY, "August": AUGUST}
    found = calls.months_with_calls(session, scope=ours.scope, months=months)
    assert found == ["June", "August"]


FIXED = {"session", "scope"}
QUERIES = {
    f"{module.__name__}.{name}": function
    for module in (accounts, transactions, calls)
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__ and not name.startswith("_")
}


def choices(customers: list[Customer]) -> dict[str, list]:
    """What a query may be asked for; a new kind of argument has to be added here."""
    rows = [row for customer in customers for row in (customer.invoice, customer.payment)]
    return {
        "ref": [row.ref for row in rows],
        "number": ["INV1", "PAY1"],
        "transaction_id": [row.id for row in rows],
        "wanted": [
            CallFilter(start_at=JUNE[0], end_at=AUGUST[1], order=order, limit=limit, party=party)
            for order, limit, party in product(CallOrder, (None, 2), (None, "101"))
        ],
        "months": [{"June": JUNE, "July": JULY}],
        "length": [5],
    }


def answers(session: Session, scope: Scope, given: dict[str, list]) -> dict[str, list]:
    """What each query answers under one scope to all that it can be asked."""
    found = {}
    for query_name, query in QUERIES.items():
        names = [name for name in inspect.signature(query).parameters if name not in FIXED]
        found[query_name] = [
            plain(query(session, scope=scope, **dict(zip(names, values, strict=True))))
            for values in product(*(given[name] for name in names))
        ]
    return found


def plain(answer):
    """Rows as dictionaries, so that they outlive the rows."""
    if isinstance(answer, SQLModel):
        return answer.model_dump()
    return [plain(row) for row in answer] if isinstance(answer, (list, Iterator)) else answer


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_query_takes_the_scope_by_name(query):
    first, *others = inspect.signature(query).parameters.values()
    assert first.name == "session"
    assert any(each.name == "scope" and each.annotation is Scope for each in others)
    assert all(each.kind is inspect.Parameter.KEYWORD_ONLY for each in others)


def test_no_query_shows_that_another_account_exists(session, ours):
    """Whatever is asked for, the answer is the same with and without the other account's rows.

    The queries are found, so that one added later is tested too.
    """
    with session.begin_nested() as both:
        given = choices([ours, add_customer(session, "005678")])
        with_them = answers(session, ours.scope, given)
        both.rollback()
    without_them = answers(session, ours.scope, given)
    assert with_them == without_them
    assert [] == [name for name, found in with_them.items() if not any(found)]


@pytest.fixture(scope="module")
def migrated():
    """An SQLite store as the migrations make it."""
    database = Database.connect("sqlite://")
    database.upgrade()
    with Session(database.engine) as session:
        yield session
    database.dispose()


@pytest.mark.parametrize(
    ("index", "ask"),
    [
        ("ix_transaction_history", transactions.of_account),
        ("ix_transaction_due", transactions.invoices),
        (
            "ix_call_record_month",
            lambda session, scope: list(calls.rows(session, scope=scope, wanted=_during(JUNE))),
        ),
        (
            "ix_call_record_month",
            partial(calls.total, wanted=_during(JUNE)),
        ),
        (
            "ix_call_record_month",
            partial(calls.total, wanted=_during(JUNE, ending=Ending.UNANSWERED)),
        ),
        ("ix_call_record_month", partial(calls.by_extension, wanted=_during(JUNE))),
        (
            "ix_call_record_month",
            partial(calls.beginnings, wanted=_during(JUNE, prefixes=("+1613",)), length=5),
        ),
    ],
)
def test_the_questions_asked_most_use_their_index(migrated, index, ask):
    """SQLite searches by the index and scans no table."""
    asked = []
    connection = migrated.connection()
    driver = connection.connection.dbapi_connection
    driver.set_trace_callback(asked.append)
    ask(migrated, scope=Scope(portal_user_id=1, account_id=1, role=Role.BILLING))
    driver.set_trace_callback(None)
    plans = [
        "\n".join(row[-1] for row in driver.execute(f"EXPLAIN QUERY PLAN {sql}"))
        for sql in asked
        if sql.startswith("SELECT")
    ]
    assert f"INDEX {index} " in plans[-1]
    assert "SCAN" not in "".join(plans)
