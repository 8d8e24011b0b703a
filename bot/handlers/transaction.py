"""One transaction: what is on an invoice, what paid it, or where the money went."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot import slots
from bot.billing.effect import counts, is_hidden, state_on
from bot.billing.ledger import OpenItem
from bot.commands import Answer, Command, Context
from bot.documents import invoice_table, wording
from bot.documents.books import Books
from bot.history_view import EARLIER
from bot.i18n import N_, Localizer, languages, phrases
from bot.markup import escape
from bot.messages import Button, Fact, Outcome, Reply, Table
from bot.slots.identifiers import INVOICE_DIGITS
from bot.slots.words import plain
from store import transactions
from store.models import Transaction, TransactionType
from store.models.types import is_ref

_NUMBER = re.compile(r"\b(inv|pay|cre|ref)[\s#-]{0,2}(\d{3,12})\b", re.IGNORECASE | re.ASCII)
# Words that may stand beside the ID of a transaction whose details are asked for.
_BESIDE = phrases(
    "details | detail | about | of | for | on | the | my | transaction | invoice | payment | "
    "credit | refund | show | me | open | what | is | s | please | number"
)
LAST_PAYMENT = "last-payment"  # stands for its number
_LONGEST_SHOWN = 32  # characters of an unknown number that are said back


@dataclass(frozen=True, slots=True)
class _Found:
    row: Transaction
    books: Books
    loc: Localizer

    @property
    def open_item(self) -> OpenItem | None:
        return self.books.ledger.open_item(self.row)


def handle(context: Context) -> Answer:
    """Show the transaction whose ref or number is the argument or stands in the sentence.

    What does not exist and what belongs to another account get the same answer.
    """
    books = Books.read(context)
    args = context.args.removeprefix(EARLIER)
    wanted = _wanted(args or context.said) or args
    if not wanted:
        return _which(context)
    row = _find(books, wanted, earlier=args != context.args)
    if row is None:
        return _not_found(wanted, context.loc)
    context.ask(f"transaction:{row.number}", of="follow-up")
    found = _Found(row, books, context.loc)
    is_invoice = row.type == TransactionType.INVOICE
    reply = Reply(
        title=f"{wording.transaction_type(context.loc, row.type)} {escape(row.number)}",
        text="\n\n".join(_about_invoice(found) if is_invoice else _about(found)),
        facts=tuple(_facts(found)),
        table=_charges(found, context) if is_invoice else None,
        buttons=tuple(_buttons(found)),
    )
    return Answer(reply=reply)


def fits(text: str, _asked: str) -> str | None:
    """Take a transaction ID for the answer to which one is meant."""
    return _wanted(text)


def claims(text: str) -> str | None:
    """Know a transaction ID that stands alone, or with no more than "details of" beside it."""
    number = slots.transaction_number(text)
    if not (number and _NUMBER.search(text)):
        return None  # "pay 300" is an amount
    rest = set(re.findall(r"[^\W\d_]+", plain(_NUMBER.sub(" ", text))))
    spoken = (Localizer(language) for language in languages())
    beside = {plain(word) for loc in spoken for word in loc.phrases(_BESIDE)}
    return number if rest <= beside else None


def _wanted(text: str) -> str | None:
    """Find a ref or a transaction ID, as the history shows it ("inv 54321" is INV00054321)."""
    if is_ref(text):
        return text
    if found := _NUMBER.search(text):
        return found[1].upper() + found[2].zfill(INVOICE_DIGITS)
    return slots.invoice_number(text)


def _find(books: Books, wanted: str, *, earlier: bool) -> Transaction | None:
    """Find a transaction, or the one of its kind that counted before it, if there is one."""
    found = next((row for row in books.transactions if wanted in {row.ref, row.number}), None)
    if wanted == LAST_PAYMENT:
        found = books.ledger.last_payment
    if found is None or not earlier:
        return found
    alike = [row for row in books.transactions if row.type == found.type]
    before = alike[: next(at for at, row in enumerate(alike) if row.id == found.id)]
    return next((row for row in reversed(before) if counts(row, books.today)), found)


def _which(context: Context) -> Answer:
    loc = context.loc
    context.ask("number")
    text = loc.text(
        "Which transaction? Type its ID as it stands in the history, for example INV00054321."
    )
    reply = Reply(text=text, buttons=(_history_button(loc),))
    return Answer(reply=reply, outcome=Outcome.CLARIFY)


def _not_found(wanted: str, loc: Localizer) -> Answer:
    text = loc.text(
        "I find no transaction {number} on your account. Please check its ID in the history.",
        number=escape(wanted[:_LONGEST_SHOWN]),
    )
    return Answer(reply=Reply(text=text, buttons=(_history_button(loc),)))


def _about_invoice(found: _Found) -> Iterator[str]:
    loc, item = found.loc, found.open_item
    if item is None:
        yield loc.text("This invoice is paid.")
    else:
        yield wording.still_to_pay(loc, item, today=found.books.today)
    applications = found.books.ledger.applications
    paid = [given for given in applications if given.debit.id == found.row.id]
    if paid:
        items = (wording.applied(loc, given.credit, given.cents) for given in paid)
        yield "\n".join((loc.text("What paid it:"), *items))


def _about(found: _Found) -> Iterator[str]:
    """Say where a payment or credit went, what a refund gives back, or why it does not count."""
    loc, row, today = found.loc, found.row, found.books.today
    if row.type == TransactionType.REFUND:
        rows = found.books.transactions
        source = next((other for other in rows if other.id == row.refunds_id), None)
        if source:
            yield loc.text("It gives back: {what}.", what=wording.named(loc, source))
        return
    if is_hidden(row, today):
        yield from wording.hidden_credits(loc, [row])
    if counts(row, today):
        yield wording.where_it_went(loc, found.books.ledger, row)
    else:
        yield wording.does_not_count(loc, row, today=today)


def _facts(found: _Found) -> Iterator[Fact]:
    loc, row = found.loc, found.row
    yield Fact(loc.text("Date"), loc.date(row.date))
    if row.due_date:
        yield Fact(loc.text("Due date"), loc.date(row.due_date))
    if row.period_first and row.period_last:
        period = wording.period(loc, row.period_first, row.period_last)
        yield Fact(loc.text("Service period"), period)
    yield Fact(loc.text("Amount"), loc.money(row.amount_cents))
    if found.open_item:
        yield Fact(loc.text("Still to be paid"), loc.money(found.open_item.open_cents))
    if row.payment_type:
        yield Fact(loc.text("Payment type"), wording.payment_type(loc, row.payment_type))
    if row.method_last_four:
        yield Fact(loc.text("Card"), wording.card(row.method_brand, row.method_last_four))
    if row.type == TransactionType.PAYMENT:
        state = wording.payment_state(loc, state_on(row, found.books.today))
        yield Fact(loc.text("State"), state[0].upper() + state[1:])
    if row.description:
        yield Fact(loc.text("Description"), row.description)


def _charges(found: _Found, context: Context) -> Table:
    scope, transaction_id = context.scope, found.row.id or 0
    with context.read() as session:
        lines = transactions.lines(session, scope=scope, transaction_id=transaction_id)
        taxes = transactions.taxes(session, scope=scope, transaction_id=transaction_id)
    return invoice_table.table(found.row, lines, taxes, loc=found.loc)


def _buttons(found: _Found) -> Iterator[Button]:
    loc = found.loc
    if found.row.type == TransactionType.INVOICE:
        if found.open_item:
            yield Button(loc.text("How to pay"), action="faq:make-payment")
        if found.row.date >= found.books.oldest_day:
            yield Button(loc.text("PDF"), action=f"invoice:{found.row.ref}")
    yield _history_button(loc)


def _history_button(loc: Localizer) -> Button:
    return Button(loc.text("Transaction history"), action="transactions")


command = Command(
    name="transaction",
    help=N_("Details of one transaction"),
    handle=handle,
    phrases=phrases(
        "transaction details | details of a transaction | details of one transaction | "
        "what is this transaction"
    ),
    listed=False,
    fits=fits,
    claims=claims,
)
