"""What do I owe?"""

from collections.abc import Iterator

from bot.commands import Answer, Command, Context
from bot.documents import wording
from bot.documents.books import Books
from bot.i18n import N_, Localizer
from bot.identity.linking import account_name
from bot.messages import Button, Fact, Reply


def handle(context: Context) -> Answer:
    """Say what is owed and when it is due, and what counts already or does not count yet."""
    loc, books = context.loc, Books.read(context)
    reply = Reply(
        title=loc.text("Current balance"),
        text="\n\n".join(_sentences(books, loc)),
        facts=tuple(_facts(books, loc)),
        buttons=tuple(_buttons(books, loc)),
    )
    return Answer(reply=reply)


def _sentences(books: Books, loc: Localizer) -> Iterator[str]:
    ledger = books.ledger
    past_due = books.aging.past_due_cents
    yield wording.balance(loc, ledger.balance_cents, past_due_cents=past_due)
    if oldest := books.oldest_open_invoice:
        yield wording.oldest_invoice(loc, oldest, today=books.today)
    for payment in ledger.pending:
        yield wording.does_not_count(loc, payment, today=books.today)
    yield from wording.hidden_credits(loc, books.ledger.hidden_credits)


def _facts(books: Books, loc: Localizer) -> Iterator[Fact]:
    ledger = books.ledger
    yield Fact(loc.text("Current balance"), loc.money(ledger.balance_cents))
    if ledger.due_date:
        day = loc.date(ledger.due_date)
        is_late = ledger.due_date < books.today
        yield Fact(loc.text("Due date"), loc.text("{day} (past due)", day=day) if is_late else day)
    for payment in ledger.pending:
        amount, day = loc.money(payment.amount_cents), loc.short_date(payment.date)
        yield Fact(loc.text("Pending payment"), f"{amount} ({day})")
    for credit in books.ledger.hidden_credits:
        yield Fact(loc.text("Credit not yet in the history"), loc.money(credit.amount_cents))
    yield Fact(loc.text("Account"), account_name(books.account))


def _buttons(books: Books, loc: Localizer) -> Iterator[Button]:
    if books.ledger.open_items:
        yield Button(loc.text("How to pay"), action="faq:make-payment")
        yield Button(loc.text("View aging"), action="aging")
    yield Button(loc.text("Transaction history"), action="transactions")
    yield Button(loc.text("Last payment"), action="last-payment")


command = Command(name="balance", help=N_("Balance and due date"), place=10, handle=handle)
