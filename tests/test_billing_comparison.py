"""What makes an invoice differ from the one before, to the cent."""

from collections import Counter
from datetime import date
from itertools import combinations
from random import Random
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.billing.comparison import (
    Bill,
    Cause,
    Charge,
    Comparison,
    Section,
    in_time,
    monthly,
    one_before,
)
from store.models import LineKind, TransactionType
from tests.filled import DAYS, filled

ONE = 1_000_000
SEAT, PHONE, CALLS = "Business phone seat", "Desk phone", "Calls"


def line(kind=LineKind.RECURRING, what=SEAT, n=1.0, price=0, cents=None, site=1):
    """A line whose amount is quantity times price unless told; the price is in cents."""
    return SimpleNamespace(
        kind=kind,
        description=what,
        quantity_millionths=int(n * ONE),
        unit_price_millionths=price * ONE // 100,
        amount_cents=int(n * price) if cents is None else cents,
        service_address_id=site,
    )


def tax(cents, name="HST", province="ON", rate=130_000):
    return SimpleNamespace(name=name, province=province, rate_millionths=rate, amount_cents=cents)


def bill(lines=(), taxes=(), total=None, day=date(2026, 11, 1), number="INV00000002"):
    cents = sum(row.amount_cents for row in (*lines, *taxes)) if total is None else total
    invoice = SimpleNamespace(amount_cents=cents, date=day, number=number)
    return Bill(invoice, list(lines), list(taxes))


def told(before, after):
    """The parts in short: where, why and how much."""
    found = Comparison.of(before, after)
    assert found.change_cents == sum(part.cents for part in found.parts)
    return [(part.section, part.cause, part.what, part.cents) for part in found.parts]


def test_what_came_and_what_went_is_told_whole():
    """A one-time charge does not come back, and a new line is there with its amount."""
    before = bill([line(n=2, price=2495), line(LineKind.ONE_TIME, PHONE, n=3, price=12900)])
    after = bill([line(n=2, price=2495), line(what="Fax by email", price=750)])

    assert [
        (Section.ONE_TIME, Cause.REMOVED, PHONE, -38700),
        (Section.RECURRING, Cause.ADDED, "Fax by email", 750),
    ] == told(before, after)


def test_a_change_of_quantity_and_of_price_are_told_apart():
    """The quantity at the old price; the price at the new quantity."""
    before, after = bill([line(n=12, price=2495)]), bill([line(n=14, price=2595)])

    assert [
        (Section.RECURRING, Cause.QUANTITY, SEAT, 4990),
        (Section.RECURRING, Cause.PRICE, SEAT, 1400),
    ] == told(before, after)


@pytest.mark.parametrize(
    ("after", "cause", "cents"),
    [(line(n=3, price=1000), Cause.QUANTITY, 1000), (line(n=2, price=900), Cause.PRICE, -200)],
)
def test_one_change_alone_is_all_of_the_difference(after, cause, cents):
    """What stayed the same has no part in it."""
    before = bill([line(n=2, price=1000)])

    assert [(Section.RECURRING, cause, SEAT, cents)] == told(before, bill([after]))


def test_parts_of_a_cent_are_lost_in_neither_part():
    """2.5 at 3 cents is 7.5, an invoice says 8: the parts make up the amounts as they are."""
    before = bill([line(n=2.5, price=3, cents=8)])
    after = bill([line(n=3.5, price=5, cents=18)])

    assert [
        (Section.RECURRING, Cause.PRICE, SEAT, 7),
        (Section.RECURRING, Cause.QUANTITY, SEAT, 3),
    ] == told(before, after)


def test_a_quantity_that_does_not_make_the_amount_explains_nothing():
    """Part of a month: two seats for twelve days. Their number is not what changed the amount."""
    before = bill([line(n=2, price=2495, cents=1996)])
    after = bill([line(n=3, price=2495)])

    assert [(Section.RECURRING, Cause.AMOUNT, SEAT, 5489)] == told(before, after)


def test_usage_is_one_part_however_many_lines_and_minutes():
    """Nobody agreed to a number of calls: only what they cost is compared."""
    before = bill(
        [line(LineKind.USAGE, CALLS, n=100, price=2), line(LineKind.USAGE, CALLS, price=5)]
    )
    after = bill([line(LineKind.USAGE, CALLS, n=300, price=3)])

    assert [(Section.USAGE, Cause.AMOUNT, CALLS, 695)] == told(before, after)


def test_lines_are_matched_by_what_they_are_wherever_they_stand():
    """Position, case and spaces tell nothing; the kind and the service address do."""
    before = bill([line(n=1, price=500), line(n=2, price=500, site=2)])
    after = bill([line(what="business  phone SEAT", n=2, price=500, site=2), line(n=1, price=500)])

    assert [] == told(before, after)
    moved = bill([line(n=1, price=500), line(n=2, price=500, site=3)])
    assert [1000, -1000] == sorted((c for *_, c in told(before, moved)), reverse=True)


def test_lines_that_are_there_twice_are_matched_one_to_one():
    """What is the same is taken out first, then the same price, then the same quantity."""
    before = bill([line(n=2, price=1000), line(n=5, price=200), line(n=1, price=700)])
    after = bill(
        [line(n=1, price=800), line(n=2, price=1000), line(n=6, price=200), line(n=9, price=10)]
    )

    found = Comparison.of(before, after)
    assert [
        (Cause.QUANTITY, 200, Charge(5 * ONE, 2 * ONE, 1000), Charge(6 * ONE, 2 * ONE, 1200)),
        (Cause.PRICE, 100, Charge(ONE, 7 * ONE, 700), Charge(ONE, 8 * ONE, 800)),
        (Cause.ADDED, 90, None, Charge(9 * ONE, ONE // 10, 90)),
    ] == [(part.cause, part.cents, part.before, part.after) for part in found.parts]


def test_each_tax_is_told_by_itself_and_a_new_rate_as_such():
    """By name and province; a place may move from two taxes to one."""
    before = bill(
        [line(cents=10000)], [tax(500, "GST", "QC", 50_000), tax(998, "QST", "QC", 99_750)]
    )
    after = bill([line(cents=10000)], [tax(1300), tax(400, "GST", "QC", 40_000)])

    found = Comparison.of(before, after)
    assert [
        (Cause.ADDED, "HST", "ON", 1300),
        (Cause.REMOVED, "QST", "QC", -998),
        (Cause.RATE, "GST", "QC", -100),
    ] == [(part.cause, part.what, part.province, part.cents) for part in found.parts]
    assert [(Section.TAXES, 202)] == found.sections()


def test_what_lines_do_not_tell_is_told_as_that():
    """An imported invoice may be a total and nothing else."""
    before, after = bill(total=10000), bill([line(cents=9000)], [tax(1170)], total=10171)

    assert [
        (Section.OTHER, Cause.AMOUNT, "", -9999),
        (Section.RECURRING, Cause.ADDED, SEAT, 9000),
        (Section.TAXES, Cause.ADDED, "HST", 1170),
    ] == told(before, after)


def test_sections_add_up_in_the_order_of_an_invoice():
    """A section whose changes make nothing is not named."""
    before = bill([line(cents=500), line(LineKind.USAGE, CALLS, cents=40)], [tax(60)])
    after = bill([line(what="Fax", cents=500), line(LineKind.USAGE, CALLS, cents=90)], [tax(70)])

    assert [(Section.USAGE, 50), (Section.TAXES, 10)] == Comparison.of(before, after).sections()


def invoice(id_, day, *, period=True, kind=TransactionType.INVOICE):
    first = day if period else None
    return SimpleNamespace(id=id_, date=day, type=kind, number=f"INV{id_:08}", period_first=first)


def test_the_one_before_is_a_monthly_one():
    """An order billed by itself in the middle of the month is passed over."""
    october, november = (invoice(n, date(2026, n, 1)) for n in (10, 11))
    order = invoice(5, date(2026, 10, 16), period=False)
    unknown = invoice(6, date(2026, 9, 1), period=False)
    payment = invoice(7, date(2026, 10, 20), kind=TransactionType.PAYMENT)
    kinds = {
        5: frozenset({LineKind.ONE_TIME}),
        10: frozenset({LineKind.ONE_TIME}),
        11: frozenset({LineKind.RECURRING, LineKind.ONE_TIME}),
    }

    found = monthly([november, order, unknown, payment, october], kinds)

    assert [unknown, october, november] == found
    assert october is one_before(november, found)
    assert october is one_before(order, found)
    assert one_before(unknown, found) is None
    assert (october, november) == in_time(november, october) == in_time(october, november)


# What holds for every pair of invoices.

KINDS = tuple(LineKind)
PROVINCES = (("HST", "ON", 130_000), ("HST", "NS", 140_000), ("GST", "QC", 50_000))


def random_bill(random):
    """Few descriptions, sites and prices, so that lines meet; some invoices do not add up."""
    lines = []
    for _ in range(random.randrange(8)):
        n, price = random.choice((1, 2, 2.5, 14)), random.choice((0, 333, 1000, 2495, -500))
        odd = random.choice((None, None, None, random.randrange(-999, 99_999)))
        what, site = random.choice((SEAT, PHONE, "desk PHONE", CALLS)), random.choice((None, 1, 2))
        lines.append(line(random.choice(KINDS), what, n, price, odd, site))
    taxes = [
        tax(random.randrange(5000), *random.choice(PROVINCES)) for _ in range(random.randrange(4))
    ]
    total = random.choice((None, None, random.randrange(10**9)))
    return bill(lines, taxes, total)


def where(row):
    return row.kind, row.description.casefold(), row.service_address_id


def sums(one):
    """What each charge of an invoice comes to, whatever it is matched with."""
    found = Counter()
    for row in one.lines:
        found[where(row)] += row.amount_cents
    for row in one.taxes:
        found[Section.TAXES, row.name, row.province] += row.amount_cents
    found[Section.OTHER, "", None] = one.invoice.amount_cents - sum(found.values())
    return found


def check(before, after, random):
    found = Comparison.of(before, after)
    assert after.invoice.amount_cents - before.invoice.amount_cents == sum(
        part.cents for part in found.parts
    )
    assert found.change_cents == sum(cents for _, cents in found.sections())
    check_places(before, after, found)
    check_order(before, after, found, random)


def check_back(before, after):
    """The other way round it is the same with the other sign, and nothing differs from itself."""
    there, back = Comparison.of(before, after), Comparison.of(after, before)
    assert [(section, -cents) for section, cents in back.sections()] == there.sections()
    assert not Comparison.of(after, Bill(after.invoice, after.lines[::-1], after.taxes)).parts


def check_places(before, after, found):
    """Each place is told by itself; what came is more lines than there were before."""
    was, is_, parts, came = sums(before), sums(after), Counter(), Counter()
    for part in found.parts:
        assert part.cents
        at = part.province or part.service_address_id
        place = part.section, part.what if part.province else part.what.casefold(), at
        parts[place] += part.cents
        came[place] += part.cause == Cause.ADDED and not part.province
    for place in {*was, *is_, *parts}:
        assert is_[place] - was[place] == parts[place]
    rows = Counter(map(where, after.lines))
    rows.subtract(map(where, before.lines))
    assert all(n <= max(0, rows[place]) for place, n in came.items())


def check_order(before, after, found, random):
    """In what order lines and taxes are stored makes no difference."""
    other = [
        Bill(one.invoice, random.sample(one.lines, len(one.lines)), one.taxes[::-1])
        for one in (before, after)
    ]
    assert found.parts == Comparison.of(*other).parts


@given(st.randoms(use_true_random=False))
def test_every_comparison_adds_up(random):
    """Whatever stands on two invoices; a failure here is made small."""
    before, after = random_bill(random), random_bill(random)
    check(before, after, random)
    check_back(before, after)


@pytest.mark.slow
def test_10000_comparisons_add_up():
    """The same, of more pairs than anybody would wait for otherwise."""
    random = Random(5)  # noqa: S311
    for _ in range(10_000):
        check(random_bill(random), random_bill(random), random)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_invoices_of_the_sample_companies_are_told_line_by_line(day):
    """Monthly against monthly, from the first to the last; nothing of them is left untold."""
    books = filled(day)
    for account in books.tables["account"]:
        found = monthly_of(books, account)
        orders = sum(row.type == "invoice" for row in books.entries[account.id]) - len(found)
        assert orders == sum(
            row.period_first is None for row in books.invoices if row.account_id == account.id
        )
        for later in found[1:]:
            before = one_before(later, found)
            assert before is found[found.index(later) - 1]
            told_whole(books, before, later)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_any_two_months_of_the_sample_companies_are_told_line_by_line(day):
    """Also a year apart, and the later one first."""
    books = filled(day)
    for account in books.tables["account"]:
        found = monthly_of(books, account)
        for first, second in combinations(found[::3] + found[-1:], 2):
            told_whole(books, first, second)
            told_whole(books, second, first)
        for first, second in zip(found, found[12:], strict=False):
            told_whole(books, first, second)


def monthly_of(books, account):
    kinds = {
        id_: frozenset(row.kind for row in rows)
        for id_, rows in books.of_invoice["invoice_line"].items()
    }
    return monthly(books.entries[account.id], kinds)


def told_whole(books, before, after):
    of_invoice = books.of_invoice
    pair = [
        Bill(row, of_invoice["invoice_line"][row.id], of_invoice["invoice_tax"][row.id])
        for row in (before, after)
    ]
    parts = Comparison.of(*pair).parts
    assert after.amount_cents - before.amount_cents == sum(part.cents for part in parts)
    assert all(part.section != Section.OTHER for part in parts)
