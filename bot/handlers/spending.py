"""What did I spend? Invoiced and paid month by month, as a table and a picture."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot import papers, slots
from bot.billing.spending import Spending
from bot.billing.windows import Month
from bot.commands import Answer, Command, Context
from bot.documents import spending_picture, wording
from bot.documents.bar_picture import MEDIA_TYPE
from bot.documents.books import Books
from bot.history_view import LONGEST, in_every_language, only_period, words
from bot.i18n import N_, phrases
from bot.messages import Button, Column, Fact, Picture, Reply, Table

MONTHS = 12  # when no period is named
_YEAR = phrases("year")  # that runs: "my spending for the year"
_SPENT = phrases("paid | pay | spend | spent | spending")
_ASKING = phrases(
    "how | much | what | did | do | have | has | i | we | you | so | far | in | total | all | on | "
    "phones | the | my | our | for"
)
_LONG = timedelta(days=31)  # of a month or less, the payments themselves are listed


@dataclass(frozen=True, slots=True)
class _Asked:
    context: Context
    books: Books
    first: Month
    last: Month

    @property
    def is_cut(self) -> bool:
        """Whether the first month is not kept as a whole."""
        return self.first.first < self.books.oldest_day

    @property
    def is_up_to_date(self) -> bool:
        return self.last.last >= self.books.today


def handle(context: Context) -> Answer:
    """Add up what was invoiced and paid in the period that is named, else in twelve months."""
    loc, books = context.loc, Books.read(context)
    asked = _asked(context, books, context.said)
    context.ask(f"{asked.first.first} to {min(asked.last.last, books.today)}")
    if asked.last < Month.of(books.oldest_day):
        return _too_old(asked)
    spending = Spending.of(
        books.transactions, first=asked.first, last=asked.last, as_of=books.today
    )
    reply = Reply(
        title=loc.text("Spending, {period}", period=_period(asked)),
        text="\n\n".join(_sentences(asked, spending)),
        facts=tuple(_facts(asked, spending)),
        table=_table(asked, spending),
        picture=_picture(asked, spending) if len(spending.months) > 1 else None,
        buttons=tuple(_buttons(asked)),
    )
    return Answer(reply=reply)


def fits(text: str, _asked: str) -> str | None:
    """Understand "and in 2025?" after an answer."""
    return only_period(text)


def claims(text: str) -> str | None:
    """Know "how much have I paid this year" by its shape: spent, a long period, and no more."""
    said = words(text) if len(text) <= LONGEST else []
    spent = in_every_language(_SPENT)
    if not spent & set(said):
        return None
    idle = spent | in_every_language(_ASKING)
    rest = " ".join(word for word in said if word not in idle)
    found = slots.period(rest, today=datetime.now(UTC).date())
    long = found is not None and found.last - found.first >= _LONG
    return text if long and only_period(rest) else None


def _asked(context: Context, books: Books, said: str) -> _Asked:
    found = slots.period(said, today=books.today)
    this, oldest = Month.of(books.today), Month.of(books.oldest_day)
    if found is None:
        of_the_year = in_every_language(_YEAR) & set(words(said))
        first = Month(this.year, 1) if of_the_year else this.plus(1 - MONTHS)
        return _Asked(context, books, first, this)
    last = min(Month.of(found.last), this)
    first = Month.of(found.first)
    return _Asked(context, books, max(first, oldest) if last >= oldest else first, last)


def _period(asked: _Asked) -> str:
    last = min(asked.last.last, asked.books.today)
    return wording.period(asked.context.loc, asked.first.first, last)


def _sentences(asked: _Asked, spending: Spending) -> Iterator[str]:
    loc = asked.context.loc
    yield loc.text(
        "You were invoiced {charged}, taxes included, and paid {paid}.",
        charged=f"**{loc.money(spending.charged_cents)}**",
        paid=f"**{loc.money(spending.paid_cents)}**",
    )
    yield loc.text(
        "An invoice counts in the month in which it is dated, a payment in the one in which the "
        "bank accepted it."
    )
    for payment in asked.books.ledger.pending if asked.is_up_to_date else ():
        yield wording.does_not_count(loc, payment, today=asked.books.today)
    if asked.is_cut:
        yield wording.kept_since(loc, asked.books.oldest_day)


def _facts(asked: _Asked, spending: Spending) -> Iterator[Fact]:
    loc = asked.context.loc
    yield Fact(loc.text("Invoiced"), loc.money(spending.charged_cents))
    if spending.credited_cents:
        yield Fact(loc.text("Credits granted"), loc.money(spending.credited_cents))
    yield Fact(loc.text("Paid"), loc.money(spending.paid_cents))


def _table(asked: _Asked, spending: Spending) -> Table:
    loc = asked.context.loc
    columns = (
        Column(loc.text("Month")),
        Column(loc.text("Invoiced"), align="right"),
        Column(loc.text("Paid"), align="right"),
    )
    rows = (
        (
            loc.short_month(spent.month.first),
            loc.money(spent.charged_cents),
            loc.money(spent.paid_cents),
        )
        for spent in spending.months
    )
    total = (
        loc.text("Total"),
        loc.money(spending.charged_cents),
        loc.money(spending.paid_cents),
    )
    return Table(columns, (*rows, total))


def _picture(asked: _Asked, spending: Spending) -> Picture:
    loc = asked.context.loc
    days = {"first": str(asked.first), "last": str(asked.last)}
    file = papers.kept(
        asked.context,
        cache_key=spending_picture.cache_key(spending),
        language=loc.language,
        filename=loc.text("spending-{first}-to-{last}.png", **days),
        media_type=MEDIA_TYPE,
        make=lambda: spending_picture.draw(spending, loc=loc),
    )
    return Picture(file, spending_picture.alt(spending, loc=loc))


def _too_old(asked: _Asked) -> Answer:
    loc = asked.context.loc
    text = wording.too_old(loc, wording.kept_since(loc, asked.books.oldest_day))
    person = Button(loc.text("Talk to a person"), action="handoff")
    return Answer(reply=Reply(text=text, buttons=(person, *_buttons(asked))))


def _buttons(asked: _Asked) -> Iterator[Button]:
    loc, this = asked.context.loc, Month.of(asked.books.today)
    for year in (this.year, this.year - 1):
        if (asked.first, asked.last) not in {
            (Month(year, 1), this),
            (Month(year, 1), Month(year, 12)),
        }:
            label = loc.text("Spending, {period}", period=str(year))
            yield Button(label, action=f"spending:{year}")
    yield Button(loc.text("My invoices"), action="transactions:p1;t=invoice")
    yield Button(loc.text("My payments"), action="transactions:p1;t=payment")


command = Command(
    name="spending",
    help=N_("What you were invoiced and paid"),
    place=38,
    handle=handle,
    fits=fits,
    claims=claims,
    phrases=phrases(
        "what did i spend this year | how much did we spend on phones this year | "
        "how much have i paid this year | total spending | spending per month | "
        "what did you invoice us in total last year | how much did it cost us in 2025 | "
        "our monthly costs over the last year"
    ),
)
