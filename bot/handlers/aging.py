"""How late is what I owe?"""

from collections.abc import Iterator

from bot import papers
from bot.billing.aging import Aging
from bot.commands import Answer, Command, Context
from bot.documents import aging_picture, wording
from bot.documents.books import Books
from bot.i18n import N_, Localizer
from bot.messages import Button, Column, Fact, Picture, Reply, Table


def handle(context: Context) -> Answer:
    """Sort what is unpaid by how late it is, in a table and a picture."""
    loc, books = context.loc, Books.read(context)
    aging = books.aging
    title = loc.text("Aging as of {day}", day=loc.date(books.today))
    if not aging.open_cents:
        return Answer(reply=_nothing_open(title, aging, books, loc))
    reply = Reply(
        title=title,
        text="\n\n".join(_sentences(aging, books, loc)),
        table=_table(aging, loc),
        picture=_picture(context, aging, books),
        buttons=(
            Button(loc.text("How to pay"), action="faq:make-payment"),
            Button(loc.text("Unpaid invoices"), action="invoice:unpaid invoices"),
            Button(loc.text("Current balance"), action="balance"),
            Button(loc.text("My invoices"), action="transactions:p1;t=invoice"),
        ),
    )
    return Answer(reply=reply)


def _nothing_open(title: str, aging: Aging, books: Books, loc: Localizer) -> Reply:
    sentences = [
        loc.text("No invoice is unpaid, so nothing is past due."),
        wording.balance(loc, aging.balance_cents),
        *(wording.does_not_count(loc, row, today=books.today) for row in books.ledger.pending),
    ]
    facts = [Fact(loc.text("Current balance"), loc.money(aging.balance_cents))]
    if aging.unapplied_cents:
        facts.insert(0, Fact(loc.text("Unapplied credits"), loc.money(-aging.unapplied_cents)))
    buttons = (
        Button(loc.text("Transaction history"), action="transactions"),
        Button(loc.text("Last payment"), action="last-payment"),
    )
    return Reply(title=title, text="\n\n".join(sentences), facts=tuple(facts), buttons=buttons)


def _sentences(aging: Aging, books: Books, loc: Localizer) -> Iterator[str]:
    yield wording.balance(loc, aging.balance_cents, past_due_cents=aging.past_due_cents)
    if not aging.past_due_cents:
        yield loc.text("Nothing is past due.")
    if oldest := books.oldest_open_invoice:
        yield wording.oldest_invoice(loc, oldest, today=books.today)
    for payment in books.ledger.pending:
        yield wording.does_not_count(loc, payment, today=books.today)


def _table(aging: Aging, loc: Localizer) -> Table:
    columns = (Column(loc.text("Days past due")), Column(loc.text("Amount"), align="right"))
    buckets = (
        (wording.bucket(loc, aged.bucket), loc.money(aged.open_cents)) for aged in aging.buckets
    )
    sums = (
        (loc.text("Total unpaid"), loc.money(aging.open_cents)),
        (loc.text("Unapplied credits"), loc.money(-aging.unapplied_cents)),
        (loc.text("Current balance"), loc.money(aging.balance_cents)),
    )
    return Table(columns, (*buckets, *sums))


def _picture(context: Context, aging: Aging, books: Books) -> Picture:
    loc, today = context.loc, books.today
    file = papers.kept(
        context,
        cache_key=aging_picture.cache_key(aging, as_of=today),
        language=loc.language,
        filename=loc.text("aging-{day}.png", day=today.isoformat()),
        media_type="image/png",
        make=lambda: aging_picture.draw(aging, as_of=today, loc=loc),
    )
    return Picture(file, aging_picture.alt(aging, as_of=today, loc=loc))


command = Command(name="aging", help=N_("Aging: what is late"), place=40, handle=handle)
