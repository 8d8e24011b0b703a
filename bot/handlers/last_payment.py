"""Did you get my payment?"""

from collections.abc import Iterator
from datetime import timedelta

from bot.billing.effect import state_on
from bot.commands import Answer, Command, Context
from bot.documents import wording
from bot.documents.books import Books
from bot.i18n import N_, Localizer
from bot.messages import Button, Fact, Reply
from store.models import PaymentState, Transaction, TransactionType

RECENTLY = timedelta(days=30)


def handle(context: Context) -> Answer:
    """Name the latest payment applied and what it paid, then what is pending or came to nothing."""
    loc, books = context.loc, Books.read(context)
    last = books.ledger.last_payment
    reply = Reply(
        title=loc.text("Last payment"),
        text="\n\n".join(_paragraphs(last, books, loc)),
        facts=tuple(_facts(last, loc)) if last else (),
        buttons=tuple(_buttons(books, loc)),
    )
    return Answer(reply=reply)


def _paragraphs(last: Transaction | None, books: Books, loc: Localizer) -> Iterator[str]:
    ledger = books.ledger
    if last is None:
        yield loc.text("I see no payment applied to your account yet.")
    else:
        yield loc.text(
            "The latest payment applied to your account is {amount}, made on {day}.",
            amount=f"**{loc.money(last.amount_cents)}**",
            day=loc.date(last.date),
        )
        yield wording.where_it_went(loc, ledger, last)
    for payment in (*ledger.pending, *_not_accepted(books)):
        yield wording.does_not_count(loc, payment, today=books.today)


def _facts(last: Transaction, loc: Localizer) -> Iterator[Fact]:
    yield Fact(loc.text("Date"), loc.date(last.date))
    yield Fact(loc.text("Amount"), loc.money(last.amount_cents))
    if last.payment_type:
        yield Fact(loc.text("Payment type"), wording.payment_type(loc, last.payment_type))
    if last.method_last_four:
        yield Fact(loc.text("Card"), wording.card(last.method_brand, last.method_last_four))
    yield Fact(loc.text("Transaction ID"), last.number)


def _buttons(books: Books, loc: Localizer) -> Iterator[Button]:
    if books.ledger.pending:
        yield Button(loc.text("Why is it pending?"), action="faq:pending-payment")
    if _not_accepted(books):
        yield Button(loc.text("How to pay"), action="faq:make-payment")
    yield Button(loc.text("My payments"), action="transactions:p1;t=payment")
    yield Button(loc.text("Current balance"), action="balance")


def _not_accepted(books: Books) -> list[Transaction]:
    """List the payments that were declined or taken back in the last 30 days, newest first."""
    since = books.today - RECENTLY
    return [
        row
        for row in reversed(books.transactions)
        if row.type == TransactionType.PAYMENT
        and since <= (row.settled_on or row.date) <= books.today
        and state_on(row, books.today) in {PaymentState.DECLINED, PaymentState.REVERSED}
    ]


command = Command(name="last-payment", help=N_("Last payment"), place=20, handle=handle)
