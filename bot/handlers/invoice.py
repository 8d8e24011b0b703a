"""The PDF of an invoice, or of several: "send me my October invoice"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot import papers, slots
from bot.billing.comparison import one_before
from bot.billing.windows import HISTORY_MONTHS, Month, history_window
from bot.commands import Answer, Command, Context
from bot.documents import bundle, wording
from bot.documents.books import Books
from bot.faq import facts
from bot.history_view import (
    ASKING,
    BESIDE,
    EARLIER,
    LONGEST,
    ONE_EARLIER,
    in_every_language,
    names_day,
    narrowing,
    words,
)
from bot.i18n import N_, phrases
from bot.markup import escape
from bot.messages import Button, Column, FileRef, Reply, Table
from bot.slots import Period, PeriodKind
from bot.which_day import ask_which_day, day_chosen
from store.models import Transaction, TransactionType
from store.models.types import is_ref

MOST_FILES = 3  # more of them are one ZIP
MOST_ZIPPED = 12  # in one turn: each is drawn while the person waits
LISTED = 12  # rows; longer lists are told by their sums
_NUMBERED = re.compile(r"(?:inv|pay|cre|ref)? ?\d{3,8}", re.ASCII)
_ALL = phrases("all | every | each | whole")
# Words that ask for the document itself.
_DOCUMENT = phrases(
    "pdf | pdfs | zip | copy | copies | file | files | document | documents | download | send | "
    "print | email"
)
_BESIDE = phrases("as | a | an | in | to | with")


@dataclass(frozen=True, slots=True)
class _Asked:
    context: Context
    books: Books
    said: str  # what a button carries, or words

    @property
    def invoices(self) -> list[Transaction]:
        """Those that are issued, newest first."""
        rows = (row for row in self.books.transactions if row.type == TransactionType.INVOICE)
        return [row for row in reversed(list(rows)) if row.date <= self.books.today]

    @property
    def oldest_day(self) -> date:
        return history_window(self.books.today)[0]


def handle(context: Context) -> Answer:
    """Give the PDF of the invoice that is named, by number, ref or period; else of the latest.

    A month means the invoice dated in it. What does not exist and what belongs to another account
    get the same answer.
    """
    said = context.said
    asked = _Asked(context, Books.read(context), said)
    context.ask("")
    named = said.removeprefix(EARLIER)
    if number := (named if is_ref(named) else slots.transaction_number(named)):
        return _numbered(asked, number)
    if readings := slots.date_readings(said, today=asked.books.today):
        days = [day.first.isoformat() for day in readings]
        return ask_which_day(context, readings, days, command=command.name, asked="")
    period = slots.period(said, today=asked.books.today)
    if period is None and in_every_language(_ALL) & set(words(said)):
        period = Period(asked.oldest_day, asked.books.today, PeriodKind.SPAN)
    if period is not None:
        return _of_period(asked, period)
    if not asked.invoices:
        return Answer(reply=Reply(text=wording.no_invoice(context.loc)))
    return _one(asked, asked.invoices[0], latest=True)


def fits(text: str, asked: str) -> str | None:
    """Understand "and September?", "all of 2025" and "the one before" of an invoice just given."""
    day, asked = day_chosen(text, asked)
    if day:
        return day
    if asked and " ".join(words(text)) in in_every_language(ONE_EARLIER):
        return EARLIER + asked
    rest = narrowing(text, _ALL)
    if rest is None or slots.transaction_type(rest) not in {None, TransactionType.INVOICE}:
        return None
    return rest


def claims(text: str) -> str | None:
    """Know "send me all invoices of 2025" and "PDF of INV00054321": a document and no more."""
    said = words(text) if len(text) <= LONGEST else []
    if not set(said) & in_every_language(_DOCUMENT):
        return None
    idle = in_every_language(BESIDE, ASKING, _DOCUMENT, _ALL, _BESIDE)
    phrase = " ".join(word for word in said if word not in idle)
    if phrase and slots.transaction_number(phrase) and not re.sub(_NUMBERED, "", phrase):
        return text
    dated = names_day(phrase) and narrowing(phrase) is not None
    return text if dated and slots.transaction_type(phrase) == TransactionType.INVOICE else None


def _numbered(asked: _Asked, number: str) -> Answer:
    loc = asked.context.loc
    row = next((row for row in asked.books.transactions if number in {row.ref, row.number}), None)
    if row is None:
        text = loc.text(
            "I find no invoice {number} on your account. Please check its number in the history.",
            number=escape(number),
        )
        return Answer(reply=Reply(text=text, buttons=(_list_button(asked),)))
    if row.type != TransactionType.INVOICE:
        text = loc.text("{what} has no PDF: only invoices do.", what=wording.named(loc, row))
        details = loc.text("Details of {number}", number=row.number)
        button = Button(details, action=f"transaction:{row.ref}")
        return Answer(reply=Reply(text=text, buttons=(button, _list_button(asked))))
    if asked.said.startswith(EARLIER):
        older = one_before(row, asked.invoices)
        if older is None:
            text = loc.text("{what} is the oldest that I see.", what=wording.named(loc, row))
            asked.context.ask(row.number)
            return Answer(reply=Reply(text=text, buttons=(_list_button(asked),)))
        row = older
    return _one(asked, row)


def _of_period(asked: _Asked, period: Period) -> Answer:
    loc = asked.context.loc
    found = [row for row in asked.invoices if period.first <= row.date <= period.last]
    kept = [row for row in found if row.date >= asked.oldest_day]
    if period.last < asked.oldest_day or (found and not kept):
        return _too_old(asked)
    if len(kept) == 1:
        return _one(asked, kept[0], month=_month(period))
    if kept:
        return _several(asked, kept, period)
    text = loc.text(
        "I find no invoice dated in that period ({period}).",
        period=wording.period(loc, period.first, period.last),
    )
    buttons = (*_by_usage(asked, _month(period)), *_neighbours(asked, None))
    return Answer(reply=Reply(text=text, buttons=(*buttons, _list_button(asked))))


def _one(
    asked: _Asked, row: Transaction, *, latest: bool = False, month: Month | None = None
) -> Answer:
    context, loc = asked.context, asked.context.loc
    if row.date < asked.oldest_day:
        return _too_old(asked)
    paper = papers.invoice(context, asked.books, row)
    context.ask(row.number)
    details = loc.text("Details of {number}", number=row.number)
    reply = Reply(
        title=loc.text("Invoice {number}", number=row.number),
        text="\n\n".join(_about(asked, row, latest=latest)),
        files=(papers.invoice_file(context, paper),),
        buttons=(
            *_by_usage(asked, month, row),
            Button(details, action=f"transaction:{row.ref}"),
            *_neighbours(asked, row),
            _list_button(asked),
        ),
    )
    return Answer(reply=reply)


def _about(asked: _Asked, row: Transaction, *, latest: bool) -> Iterator[str]:
    loc, books = asked.context.loc, asked.books
    values = {"day": loc.date(row.date), "amount": f"**{loc.money(row.amount_cents)}**"}
    if latest:
        yield loc.text("Here is your latest invoice, of {day}: {amount}.", **values)
    else:
        yield loc.text("Here is your invoice of {day}: {amount}.", **values)
    if row.period_first and row.period_last:
        usage = wording.period(loc, row.period_first, row.period_last)
        yield loc.text("Usage billed: {period}.", period=usage)
    item = next((i for i in books.ledger.open_items if i.transaction.id == row.id), None)
    if item is None:
        yield loc.text("This invoice is paid.")
    else:
        yield wording.still_to_pay(loc, item, today=books.today)
    yield from papers.language_note(asked.context, asked.books.account)
    if latest:
        yield _in_the_portal(asked)


def _in_the_portal(asked: _Asked) -> str:
    loc = asked.context.loc
    labels = {
        name: facts.fill(f"{{label_{name}}}", language=loc.language, today=asked.books.today)
        for name in ("download", "transaction_history")
    }
    return loc.text(
        "In the portal, it is the “$” icon under {download} in the {transaction_history}.", **labels
    )


def _several(asked: _Asked, rows: Sequence[Transaction], period: Period) -> Answer:
    loc = asked.context.loc
    given = rows[:MOST_ZIPPED]
    text = [
        loc.plural(
            "{n} invoice, {total} in all.",
            "{n} invoices, {total} in all.",
            len(given),
            total=loc.money(sum(row.amount_cents for row in given)),
        ),
        *papers.language_note(asked.context, asked.books.account),
    ]
    if len(rows) > len(given):
        text.append(loc.text("These are the newest; name a shorter period for the others."))
    if period.first < asked.oldest_day:
        text.append(_kept_since(asked))
    days = wording.period(loc, period.first, period.last)
    reply = Reply(
        title=loc.text("{what}, {period}", what=loc.text("Invoices"), period=days),
        text="\n\n".join(text),
        table=_table(asked, given) if len(given) <= LISTED else None,
        files=_files(asked, given),
        buttons=(*_by_usage(asked, _month(period), *given), _list_button(asked)),
    )
    return Answer(reply=reply)


def _table(asked: _Asked, rows: Sequence[Transaction]) -> Table:
    loc = asked.context.loc
    columns = (
        Column(loc.text("Date")),
        Column(loc.text("Invoice")),
        Column(loc.text("Amount"), align="right"),
    )
    return Table(
        columns,
        tuple((loc.short_date(row.date), row.number, loc.money(row.amount_cents)) for row in rows),
    )


def _files(asked: _Asked, rows: Sequence[Transaction]) -> tuple[FileRef, ...]:
    context = asked.context
    found = [papers.invoice(context, asked.books, row) for row in rows]
    if len(found) <= MOST_FILES:
        return tuple(papers.invoice_file(context, paper) for paper in found)
    loc = found[0].loc
    dates = {"first": rows[-1].date.isoformat(), "last": rows[0].date.isoformat()}
    archive = papers.kept(
        context,
        cache_key=papers.key_of("invoices", *(paper.cache_key for paper in found)),
        language=loc.language,
        filename=loc.text("invoices-{first}-to-{last}.zip", **dates),
        media_type=bundle.MEDIA_TYPE,
        make=lambda: bundle.zipped((paper.filename, papers.draw_invoice(paper)) for paper in found),
    )
    return (archive,)


def _too_old(asked: _Asked) -> Answer:
    loc = asked.context.loc
    more = loc.text("For anything older, the Billing Team can help you.")
    person = Button(loc.text("Talk to a person"), action="handoff")
    text = f"{_kept_since(asked)} {more}"
    return Answer(reply=Reply(text=text, buttons=(person, _list_button(asked))))


def _kept_since(asked: _Asked) -> str:
    loc = asked.context.loc
    return loc.text(
        "PDFs of invoices are kept for {months} months: they go back to {day}.",
        months=loc.number(HISTORY_MONTHS),
        day=loc.date(asked.oldest_day),
    )


def _month(period: Period) -> Month | None:
    return Month.of(period.first) if period.kind is PeriodKind.MONTH else None


def _by_usage(asked: _Asked, month: Month | None, *given: Transaction) -> Iterator[Button]:
    """Offer the invoice that bills the usage of the month, if that is what was meant."""
    loc = asked.context.loc
    for row in asked.invoices if month else ():
        bills = row.period_first and Month.of(row.period_first) == month
        if month and bills and row.date >= asked.oldest_day and row not in given:
            label = loc.text(
                "Invoice of {day} (usage: {month})",
                day=loc.date(row.date),
                month=loc.month(month.first),
            )
            yield Button(label, action=f"invoice:{row.ref}")
            return


def _neighbours(asked: _Asked, given: Transaction | None) -> Iterator[Button]:
    """Offer the one before, or the latest where none was found."""
    loc = asked.context.loc
    row = one_before(given, asked.invoices) if given else next(iter(asked.invoices), None)
    if row and row.date >= asked.oldest_day:
        yield Button(loc.text("PDF of {day}", day=loc.date(row.date)), f"invoice:{row.ref}")


def _list_button(asked: _Asked) -> Button:
    return Button(asked.context.loc.text("My invoices"), action="transactions:p1;t=invoice")


command = Command(
    name="invoice",
    help=N_("PDF of an invoice"),
    place=25,
    handle=handle,
    fits=fits,
    claims=claims,
)
