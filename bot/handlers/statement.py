"""A statement of account as a file, for a period."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot import papers, slots
from bot.billing.history import History
from bot.billing.windows import Month, months_before
from bot.commands import Answer, Command, Context
from bot.documents import wording
from bot.documents.books import Books
from bot.documents.statement_paper import StatementPaper
from bot.history_view import ASKING, BESIDE, LONGEST, in_every_language, only_period, words
from bot.i18n import N_, phrases
from bot.messages import Button, Fact, Reply
from bot.slots import Period, PeriodKind
from bot.which_day import ask_which_day, day_chosen

USUAL_MONTHS = 3  # when no period is named
_NAMES = phrases(
    "statement of account | account statement | statement of my account | statement of our account"
)
_SHORT_NAMES = phrases("statement")  # beside "as of"
_AS_OF = phrases("as of | as at | dated | up to | until")
_BESIDE = phrases(
    "a | an | as | pdf | file | copy | send | download | latest | current | to | be | end"
)
_Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class _Asked:
    context: Context
    books: Books
    days: _Days


def handle(context: Context) -> Answer:
    """Give the statement of the period that is named, else of the last three months.

    "As of" a day is up to it, again of three months.
    """
    books, loc = Books.read(context), context.loc
    if readings := slots.date_readings(context.said, today=books.today):
        return _which_day(context, readings)
    first, last = _days(context, books)
    context.ask(_days_in_words(first, last))
    asked = _Asked(context, books, (max(first, books.oldest_day), last))
    if last < books.oldest_day:
        return _too_old(asked)
    paper = _paper(asked)
    reply = Reply(
        title=loc.text(
            "{what}, {period}",
            what=loc.text("Statement of account"),
            period=wording.period(loc, *asked.days),
        ),
        text="\n\n".join(_about(asked, paper, cut=first < books.oldest_day)),
        facts=tuple(_facts(asked, paper)),
        files=(papers.statement_file(context, paper),),
        buttons=tuple(_buttons(asked)),
    )
    return Answer(reply=reply)


def fits(text: str, asked: str) -> str | None:
    """Understand "and for 2025?" after a statement."""
    day, _ = day_chosen(text, asked)
    if day:
        return day
    return only_period(text)


def claims(text: str) -> str | None:
    """Know "statement of account for October", "statement as of October 31" by their shape."""
    if len(text) > LONGEST:
        return None
    said = f" {' '.join(words(text))} "
    left = _without(said, _AS_OF)
    named = _without(left, _NAMES)
    if named == left:  # "statement" alone is an invoice to many
        named = _without(left, _SHORT_NAMES) if left != said else left
    if named == left:
        return None
    idle = in_every_language(BESIDE, ASKING, _BESIDE)
    rest = " ".join(word for word in named.split() if word not in idle)
    return text if not rest or only_period(rest) else None


def _without(said: str, msgid: str) -> str:
    """Take the longest of these names out."""
    names = sorted(in_every_language(msgid), key=len, reverse=True)
    name = next((name for name in names if f" {name} " in said), "")
    return said.replace(f" {name} ", " ", 1) if name else said


def _days(context: Context, books: Books) -> _Days:
    """Find which days are meant: up to a day that is named, as many as are usual."""
    found = slots.period(context.said, today=books.today)
    if found is None:
        return months_before(books.today, USUAL_MONTHS), books.today
    last = min(found.last, books.today)
    said = f" {' '.join(words(context.said))} "
    if found.kind is PeriodKind.DAY or _without(said, _AS_OF) != said:
        return months_before(last, USUAL_MONTHS), last
    return found.first, last


def _paper(asked: _Asked) -> StatementPaper:
    books = asked.books
    loc = papers.in_accounts_language(books.account)
    first, last = asked.days
    return StatementPaper(
        account=books.account,
        transactions=books.transactions,
        allocations=books.allocations,
        first=first,
        last=last,
        supplier=papers.supplier(asked.context, books.account, loc),
        loc=loc,
    )


def _which_day(context: Context, readings: tuple[Period, ...]) -> Answer:
    days = [_days_in_words(day.first, day.last) for day in readings]
    return ask_which_day(context, readings, days, command=command.name, asked="")


def _days_in_words(first: date, last: date) -> str:
    return f"{first} to {last}" if first != last else f"{first}"


def _about(asked: _Asked, paper: StatementPaper, *, cut: bool) -> Iterator[str]:
    loc, last = asked.context.loc, asked.days[1]
    if last < asked.books.today:
        yield loc.text("As things stood on {day}.", day=loc.date(last))
    else:
        aging = paper.aging
        yield wording.balance(loc, aging.balance_cents, past_due_cents=aging.past_due_cents)
    if cut:
        yield wording.kept_since(loc, asked.books.oldest_day)
    for payment in paper.ledger.pending:
        yield wording.does_not_count(loc, payment, today=last)
    yield from wording.hidden_credits(loc, paper.ledger.hidden_credits)
    yield from papers.language_note(asked.context, asked.books.account)


def _facts(asked: _Asked, paper: StatementPaper) -> Iterator[Fact]:
    loc, history = asked.context.loc, paper.history
    yield Fact(loc.text("Opening balance"), loc.money(history.opening_balance_cents))
    yield Fact(loc.text("Debits"), loc.money(_sum(history, "debit_cents")))
    yield Fact(loc.text("Credits"), loc.money(_sum(history, "credit_cents")))
    yield Fact(loc.text("Closing balance"), loc.money(history.closing_balance_cents))
    if history.hidden_credit_cents:
        balance = loc.money(paper.ledger.balance_cents)
        yield Fact(loc.text("Balance"), balance)


def _sum(history: History, column: str) -> int:
    return sum(getattr(row, column) or 0 for row in history.rows)


def _too_old(asked: _Asked) -> Answer:
    loc = asked.context.loc
    text = wording.too_old(loc, wording.kept_since(loc, asked.books.oldest_day))
    person = Button(loc.text("Talk to a person"), action="handoff")
    return Answer(reply=Reply(text=text, buttons=(person, *_buttons(asked))))


def _buttons(asked: _Asked) -> Iterator[Button]:
    """Offer last month, this year, and all that is kept; the period given is not offered again."""
    loc, today = asked.context.loc, asked.books.today
    month = Month.of(today).previous
    periods = (
        (month.first, month.last),
        (date(today.year, 1, 1), today),
        (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
    )
    for first, last in periods:
        if (first, last) != asked.days:
            action = f"statement:{_days_in_words(first, last)}"
            yield Button(loc.text("Statement: {period}", period=_short(asked, first, last)), action)
    yield Button(loc.text("Transaction history"), action="transactions")


def _short(asked: _Asked, first: date, last: date) -> str:
    loc = asked.context.loc
    if first.month == last.month and first.year == last.year:
        return loc.month(first)
    return str(first.year)


command = Command(
    name="statement",
    help=N_("Statement of account"),
    place=36,
    handle=handle,
    fits=fits,
    claims=claims,
)
