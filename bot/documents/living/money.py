"""What is owed, credited and on its way."""

from collections.abc import Iterator

from bot.billing.effect import counts, is_credit, listed_on, state_on
from bot.billing.windows import HISTORY_MONTHS, history_window
from bot.documents import wording
from bot.documents.books import Books
from bot.documents.living.own import Own
from bot.i18n import N_, Localizer
from store.models import PaymentState, Transaction, TransactionType

LISTED = 3  # payments and credits that make up a negative balance; more are not named
# By days ago; any other day is named.
_SINCE = {0: N_("{amount} since today"), 1: N_("{amount} since yesterday")}
_SINCE_DAY = N_("{amount} since {day}")


def to_pay(own: Own) -> Iterator[str]:
    """Say what is owed and due, and what is on its way already."""
    loc, books = own.loc, own.books
    past_due = books.aging.past_due_cents
    yield wording.balance(loc, books.ledger.balance_cents, past_due_cents=past_due)
    if oldest := books.oldest_open_invoice:
        yield wording.oldest_invoice(loc, oldest, today=books.today)
    for payment in books.ledger.pending:
        yield wording.does_not_count(loc, payment, today=books.today)


def balance(own: Own) -> Iterator[str]:
    """Say the balance in words and, of a negative one, where it comes from."""
    loc, books = own.loc, own.books
    cents, past_due = books.ledger.balance_cents, books.aging.past_due_cents
    yield wording.balance(loc, cents, past_due_cents=past_due)
    left = list(_left(books)) if cents < 0 else []
    if 0 < len(left) <= LISTED:
        sources = [f"{wording.named(loc, row)} ({loc.money(rest)})" for row, rest in left]
        yield loc.plural(
            "It is what is left of {sources}.",
            "It is what is left of these: {sources}.",
            len(left),
            sources=loc.join(sources),
        )


def credits_(own: Own) -> Iterator[str]:
    """Say of the credits whether they count and where they show."""
    loc, hidden = own.loc, own.books.ledger.hidden_credits
    if hidden:
        credits_ = [
            loc.text(
                "{amount} of {day}", amount=loc.money(row.amount_cents), day=loc.date(row.date)
            )
            for row in hidden
        ]
        yield loc.plural(
            "Credits count at once: your credit of {credits} is already in your balance and will "
            "show with your next invoice.",
            "Credits count at once: your credits of {credits} are already in your balance and will "
            "show with your next invoice.",
            len(hidden),
            credits=loc.join(credits_),
        )
        return
    yield _latest_credit(own.books, loc)


def pending(own: Own) -> Iterator[str]:
    """Say what is pending or, when nothing is, what became of the latest payment."""
    loc, books = own.loc, own.books
    waiting = books.ledger.pending
    if waiting:
        yield loc.plural(
            "Yes, one is pending: {payments}.",
            "Yes, {n} are pending: {payments}.",
            len(waiting),
            payments=loc.join(_since(loc, row, books) for row in waiting),
        )
        return
    yield loc.text("No payment is pending on your account.")
    payments = (row for row in reversed(books.transactions) if row.type == TransactionType.PAYMENT)
    latest = next((row for row in payments if row.date <= books.today), None)
    if latest is not None:
        yield _became(loc, latest, books)


def _left(books: Books) -> Iterator[tuple[Transaction, int]]:
    """List the payments and credits that are not used up, with what is left of each in cents."""
    used = books.ledger.applications
    for row in books.transactions:
        if is_credit(row) and counts(row, books.today):
            left = row.amount_cents - sum(one.cents for one in used if one.credit.id == row.id)
            if left:
                yield row, left


def _latest_credit(books: Books, loc: Localizer) -> str:
    first, last = history_window(books.today)
    listed = (
        (day, row)
        for row in books.transactions
        if row.type == TransactionType.CREDIT and (day := listed_on(row)) and first <= day <= last
    )
    latest = max(listed, key=lambda found: found[0], default=None)
    if latest is None:
        months = loc.number(HISTORY_MONTHS)
        return loc.text(
            "I see no credit granted to your account in the last {months} months.", months=months
        )
    day, row = latest
    return loc.text(
        "Your latest credit, {amount}, counts in your balance and has been in the history since "
        "{day}.",
        amount=loc.money(row.amount_cents),
        day=loc.date(day),
    )


def _since(loc: Localizer, payment: Transaction, books: Books) -> str:
    days = (books.today - payment.date).days
    return loc.text(
        _SINCE.get(days, _SINCE_DAY),
        amount=loc.money(payment.amount_cents),
        day=loc.date(payment.date),
    )


def _became(loc: Localizer, payment: Transaction, books: Books) -> str:
    if state_on(payment, books.today) != PaymentState.CLEARED:
        return wording.does_not_count(loc, payment, today=books.today)
    return loc.text(
        "Your latest payment, {amount} of {day}, was accepted by the bank.",
        amount=loc.money(payment.amount_cents),
        day=loc.date(payment.date),
    )
