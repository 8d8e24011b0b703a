"""Made-up ledgers of one account, for Hypothesis."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import strategies as st

from bot.billing.effect import is_credit
from store.models import PaymentAllocation, PaymentState, Transaction, TransactionType

FIRST_DAY = date(2024, 6, 1)
LAST_DAY = FIRST_DAY + timedelta(days=1000)
PREFIXES = {
    TransactionType.INVOICE: "INV",
    TransactionType.PAYMENT: "PAY",
    TransactionType.CREDIT: "CRE",
    TransactionType.REFUND: "REF",
}

# Few amounts and days in clusters, so that sums meet exactly and days collide.
amounts = st.sampled_from((0, 1, 3333, 5000, 10000, 10000, 12345, 10**12))
days = st.one_of(
    st.integers(0, 1000), st.integers(0, 33).map(lambda n: n * 30), st.integers(700, 710)
).map(lambda n: FIRST_DAY + timedelta(days=n))
lags = st.sampled_from((-2, 0, 0, 1, 2, 5, 30, 90))
as_of_days = st.one_of(days, st.dates(FIRST_DAY - timedelta(days=40), LAST_DAY))


@dataclass(frozen=True)
class LedgerCase:
    """All rows of an account, and the day on which it is looked at."""

    transactions: tuple[Transaction, ...]
    allocations: tuple[PaymentAllocation, ...]
    as_of: date

    def of_type(self, kind: TransactionType) -> list[Transaction]:
        return [row for row in self.transactions if row.type == kind]

    def __repr__(self) -> str:
        """Only the columns that matter here, for a failure that can be read."""
        return "\n".join((f"as of {self.as_of}", *self._lines()))

    def _lines(self) -> Iterator[str]:
        for row in self.transactions:
            dates = f"{row.date} due {row.due_date} posted {row.posted_on}"
            state = f"{row.payment_state} {row.settled_on}"
            yield f"{row.id} {row.number} {row.amount_cents} {dates} {state}"
        for given in self.allocations:
            yield f"{given.source_id} -> {given.invoice_id}: {given.amount_cents}"


def made(kind: TransactionType, id_: int, day: date, cents: int, **columns: object) -> Transaction:
    """A transaction as the store would give it back."""
    given = {"id": id_, "ref": f"R{id_}", "number": f"{PREFIXES[kind]}{id_:08}", "type": kind}
    return Transaction(account_id=1, date=day, amount_cents=cents, **given | columns)


def changed(row: Transaction, **columns: object) -> Transaction:
    """A copy of a transaction that differs in some columns."""
    return Transaction(**row.model_dump() | columns)


def _later(draw: st.DrawFn, day: date, *, sometimes_none: bool) -> date | None:
    if sometimes_none and draw(st.integers(0, 3)) == 0:
        return None
    return day + timedelta(days=draw(lags))


def _columns(draw: st.DrawFn, kind: TransactionType, day: date) -> dict[str, object]:
    match kind:
        case TransactionType.INVOICE:
            return {"due_date": _later(draw, day, sometimes_none=False)}
        case TransactionType.CREDIT:
            return {"posted_on": _later(draw, day, sometimes_none=True)}
        case TransactionType.PAYMENT:
            state = draw(st.sampled_from((PaymentState.CLEARED, *PaymentState)))
            open_ = state == PaymentState.PENDING
            settled = None if open_ else _later(draw, day, sometimes_none=True)
            return {"payment_state": state, "settled_on": settled}
    return {}


@st.composite
def ledgers(draw: st.DrawFn, *, max_rows: int = 14) -> LedgerCase:
    """Invoices, payments of all states, credits and refunds, some money allocated by hand.

    No allocation gives more than its source has left, nor more than its invoice still needs.
    """
    kinds = draw(st.lists(st.sampled_from(tuple(TransactionType)), max_size=max_rows))
    rows = []
    for id_, kind in enumerate(kinds, start=1):
        day = draw(days)
        rows.append(made(kind, id_, day, draw(amounts), **_columns(draw, kind, day)))
    return LedgerCase(tuple(rows), tuple(_allocations(draw, rows)), draw(as_of_days))


def _allocations(draw: st.DrawFn, rows: list[Transaction]) -> Iterator[PaymentAllocation]:
    left = {row.id: row.amount_cents for row in rows}
    sources = [row.id for row in rows if is_credit(row)]
    invoices = [row.id for row in rows if row.type == TransactionType.INVOICE]
    if not (sources and invoices):
        return
    pairs = st.tuples(st.sampled_from(sources), st.sampled_from(invoices))
    for source, invoice in draw(st.lists(pairs, max_size=5, unique=True)):
        most = min(left[source], left[invoice])
        if most:
            cents = draw(st.one_of(st.just(most), st.integers(1, most)))
            left[source] -= cents
            left[invoice] -= cents
            yield PaymentAllocation(source_id=source, invoice_id=invoice, amount_cents=cents)
