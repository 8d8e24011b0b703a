"""Why is my balance what it is?"""

from collections.abc import Iterator

from bot import slots
from bot.billing.effect import change_cents, counts_from
from bot.billing.explanation import Explanation
from bot.billing.history import History
from bot.billing.ledger import Ledger
from bot.commands import Answer, Command, Context
from bot.documents import wording
from bot.documents.books import Books
from bot.history_view import BESIDE, LONGEST, View, in_every_language, words
from bot.i18n import N_, Localizer, phrases
from bot.messages import Button, Column, Fact, Reply, Table
from bot.slots.amounts import found_amounts
from bot.slots.words import plain
from store.models import Transaction, TransactionType

MOST_ROWS = 10  # of the table; more are in the history
DOLLAR = 100  # cents
MOST_UNDONE = 3  # payments without effect that are told of, the latest
_WHY = phrases("why | explain | come | comes | calculated | breakdown | made")
_BALANCE = phrases("balance | owe | owing | owed")
_IDLE = phrases(
    "is | it | are | do | does | i | we | you | our | a | to | at | that | this | so | much | "
    "high | big | still | all | where | can | could | current | account | amount | up | break | "
    "down | dollars | money"
)
_ADDED_UP = (
    TransactionType.INVOICE,
    TransactionType.REFUND,
    TransactionType.PAYMENT,
    TransactionType.CREDIT,
)


def handle(context: Context) -> Answer:
    """Add the balance up, and name what does not count yet."""
    loc, books = context.loc, Books.read(context)
    found = _explained(books)
    said = context.said
    sentences = [
        *_named_amount(said, found, books, loc),
        wording.balance(loc, found.balance_cents, past_due_cents=books.aging.past_due_cents),
        *_beside(found, books.ledger, loc),
        *_opening(found, loc),
    ]
    reply = Reply(
        title=loc.text("Where your balance comes from"),
        text="\n\n".join(sentences),
        facts=tuple(_facts(found, loc)),
        table=_table(found, books.ledger, loc)
        if _is_short(found)
        else _still_open(books.ledger, loc),
        buttons=tuple(_buttons(found, loc)),
    )
    return Answer(reply=reply)


def claims(text: str) -> str | None:
    """Know "why is my balance 1,234.56" by its shape: a reason is asked for, nothing besides."""
    if len(text) > LONGEST:
        return None
    said = {word for word in words(_without_amounts(text)) if not word.isdigit()}
    asks = said & in_every_language(_WHY) and said & in_every_language(_BALANCE)
    return text if asks and said <= in_every_language(_WHY, _BALANCE, _IDLE, BESIDE) else None


def _without_amounts(text: str) -> str:
    said, at = plain(text), 0
    kept = []
    for found in found_amounts(said):
        kept.append(said[at : found.start])
        at = found.end
    return " ".join((*kept, said[at:]))


def _explained(books: Books) -> Explanation:
    """Begin where the balance was last zero or, if that is long ago, with what is still open."""
    found = Explanation.of(books.transactions, as_of=books.today)
    oldest = min((item.transaction.date for item in books.ledger.open_items), default=None)
    if _is_short(found) or oldest is None or oldest <= found.first:
        return found
    return Explanation.of(books.transactions, as_of=books.today, first=oldest)


def _is_short(found: Explanation) -> bool:
    return 0 < len(found.counted) <= MOST_ROWS


def _named_amount(said: str, found: Explanation, books: Books, loc: Localizer) -> Iterator[str]:
    """Put an amount right that is not the balance, and say what else it may be."""
    cents = next((abs(int(amount)) for amount in slots.amounts(said) if not amount % 1), None)
    if cents is None or _is_about(cents, abs(found.balance_cents)):
        return
    amount, balance = loc.money(cents), loc.money(found.balance_cents)
    yield loc.text("Your balance is {balance}, not {amount}.", balance=balance, amount=amount)
    closing = History.of(books.transactions, as_of=books.today).closing_balance_cents
    invoice = next((row for row in reversed(books.invoices) if row.amount_cents == cents), None)
    if cents == books.aging.past_due_cents:
        yield loc.text("{amount} is what is past due of it.", amount=amount)
    elif cents == abs(closing):
        yield loc.text(
            "{amount} is what the history shows, where a credit that is not posted is missing.",
            amount=loc.money(closing),
        )
    elif invoice is not None:
        what = wording.named(loc, invoice)
        yield loc.text("{amount} is the amount of this: {what}.", amount=amount, what=what)


def _is_about(said_cents: int, cents: int) -> bool:
    """Whether an amount is meant by what was said: people leave the cents out."""
    return said_cents == cents or (not said_cents % DOLLAR and abs(said_cents - cents) < DOLLAR)


def _opening(found: Explanation, loc: Localizer) -> Iterator[str]:
    """Say where the sum begins, in words as every balance is."""
    if not found.counted:
        return
    day, amount = loc.date(found.first), loc.money(abs(found.opening_cents))
    if found.opening_cents < 0:
        yield loc.text(
            "Before {day} you had a credit of {amount}. This has counted since:",
            day=day,
            amount=amount,
        )
    elif found.opening_cents:
        yield loc.text(
            "Before {day} you owed {amount}. This has counted since:", day=day, amount=amount
        )
    else:
        yield loc.text(
            "Before {day} your balance was {amount}. This has counted since:",
            day=day,
            amount=amount,
        )


def _beside(found: Explanation, ledger: Ledger, loc: Localizer) -> Iterator[str]:
    """Name what counts without showing, and what shows without counting."""
    yield from wording.hidden_credits(loc, ledger.hidden_credits)
    for payment in (*ledger.pending, *found.undone[-MOST_UNDONE:]):
        yield wording.does_not_count(loc, payment, today=found.as_of)


def _facts(found: Explanation, loc: Localizer) -> Iterator[Fact]:
    """The sum: opening, what raised it, what lowered it, and the balance."""
    before = loc.text("Balance before {day}", day=loc.date(found.first))
    yield Fact(before, loc.money(found.opening_cents))
    for kind in _ADDED_UP:
        if rows := found.of_type(kind):
            label = loc.text(
                "{type} ({n})", type=wording.transaction_types(loc, kind), n=loc.number(len(rows))
            )
            yield Fact(label, wording.signed(loc, sum(change_cents(row) for row in rows)))
    yield Fact(loc.text("Current balance"), loc.money(found.balance_cents))


def _table(found: Explanation, ledger: Ledger, loc: Localizer) -> Table:
    columns = (
        Column(loc.text("Counts since")),
        Column(loc.text("Transaction ID")),
        Column(loc.text("Type")),
        Column(loc.text("Amount"), align="right"),
    )
    return Table(columns, tuple(_row(row, ledger, loc) for row in found.counted))


def _still_open(ledger: Ledger, loc: Localizer) -> Table | None:
    """List what is not paid, where all that counted would be too much to read."""
    items = ledger.open_items
    if not 0 < len(items) <= MOST_ROWS:
        return None
    columns = (
        Column(loc.text("Transaction ID")),
        Column(loc.text("Due date")),
        Column(loc.text("Still to be paid"), align="right"),
    )
    rows = (
        (item.transaction.number, loc.short_date(item.due_date), loc.money(item.open_cents))
        for item in items
    )
    total = (loc.text("Total"), "", loc.money(ledger.open_cents))
    return Table(columns, (*rows, total))


def _row(row: Transaction, ledger: Ledger, loc: Localizer) -> tuple[str, ...]:
    name = wording.transaction_type(loc, row.type)
    if row in ledger.hidden_credits:
        name = loc.text("{type}, not yet in the history", type=name)
    day = counts_from(row) or row.date
    return loc.short_date(day), row.number, name, loc.money(change_cents(row))


def _buttons(found: Explanation, loc: Localizer) -> Iterator[Button]:
    if found.balance_cents > 0:
        yield Button(loc.text("How to pay"), action="faq:make-payment")
    since = View(period=(found.first, found.as_of))
    yield Button(loc.text("Transaction history"), action=f"transactions:{since.button}")
    yield Button(loc.text("Talk to a person"), action="handoff")


command = Command(
    name="why-balance",
    help=N_("Where your balance comes from"),
    handle=handle,
    listed=False,
    claims=claims,
    whole=True,
)
