"""The PDF of an invoice, or of several: "send me my October invoice"."""

import re
from collections.abc import Iterator, Sequence

from bot import slots
from bot.billing.comparison import one_before
from bot.commands import Answer, Command, Context
from bot.documents import wording
from bot.documents.books import Books
from bot.history_view import (
    EARLIER,
    LONGEST,
    ONE_EARLIER,
    in_every_language,
    names_day,
    narrowing,
    words,
)
from bot.i18n import N_
from bot.invoice_choice import chosen
from bot.invoice_view import LATEST, InvoiceView
from bot.invoice_words import ALL, AS, DOCUMENT, among, says_no_more, without_idle
from bot.listing import only_papers
from bot.markup import escape
from bot.messages import Button
from bot.picked import billing, main_one, of_period, within
from bot.slots import Period, PeriodKind, Which
from bot.unread import unread
from bot.which_day import ask_which_day, asks_again, day_chosen
from store.models import Transaction, TransactionType
from store.models.types import is_ref

MENTIONED = 3  # other invoices of a month that get a button
_NUMBERED = re.compile(r"(?:inv|pay|cre|ref)? ?\d{3,8}", re.ASCII)


def handle(context: Context) -> Answer:
    """Give the PDF of the invoice that is named, by number, ref, period or rank; else the latest.

    A month means the invoice dated in it. What does not exist and what belongs to another account
    get the same answer.
    """
    said = context.said
    view = InvoiceView(context, Books.read(context))
    context.ask(asks_again(said))
    if answer := _named(view, said):
        return answer
    if readings := slots.date_readings(said, today=view.books.today):
        days = [day.first.isoformat() for day in readings]
        return ask_which_day(context, readings, days, command=command.name, asked="")
    which = slots.which(said)
    period = slots.period(which.rest, today=view.books.today)
    which = within(which, period)
    if which.chooses:
        return chosen(view, which, period, said)
    if period is None and in_every_language(ALL) & set(words(said)):
        period = Period(view.books.oldest_day, view.books.today, PeriodKind.SPAN)
    if period is not None:
        return _of_period(view, which, period)
    if not view.invoices:
        return view.none(wording.no_invoice(context.loc))
    notes = _not_chosen(view, which, [] if context.args else unread(said, DOCUMENT, ALL, AS))
    return view.one(view.invoices[0], lead=LATEST, notes=list(notes))


def fits(text: str, asked: str) -> str | None:
    """Understand "and September?", "the oldest", "as PDF", "the one before" of what was given."""
    day, asked = day_chosen(text, asked)
    if day:
        return day
    if asked and only_papers(text):
        return asked
    if slots.transaction_number(asked) and " ".join(words(text)) in in_every_language(ONE_EARLIER):
        return EARLIER + asked
    if chosen_words := among(text, asked):
        return chosen_words
    rest = narrowing(text, ALL)
    if rest is None or slots.transaction_type(rest) not in {None, TransactionType.INVOICE}:
        return None
    return rest


def claims(text: str) -> str | None:
    """Know "send me all invoices of 2025", "my last 3 invoices" and "PDF of INV00054321"."""
    said = words(text) if len(text) <= LONGEST else []
    which = slots.which(text)
    in_period = (which.first or which.newest) and names_day(which.rest)
    is_invoice = slots.transaction_type(text) == TransactionType.INVOICE
    if (which.chooses or in_period) and is_invoice:
        return text if said and says_no_more(which, text) else None
    if not set(said) & in_every_language(DOCUMENT):
        return None
    phrase = without_idle(text)
    if phrase and slots.transaction_number(phrase) and not re.sub(_NUMBERED, "", phrase).strip():
        return text
    dated = names_day(phrase) and narrowing(phrase) is not None
    return text if dated and slots.transaction_type(phrase) == TransactionType.INVOICE else None


def _not_chosen(view: InvoiceView, which: Which, left: Sequence[str]) -> Iterator[str]:
    """Say what the latest invoice was not asked for by, and how others are."""
    loc = view.context.loc
    if left:
        yield wording.not_understood(loc, " ".join(left))
    if left or which.many:
        yield loc.text(
            "For others, name a month or a number, or say “all of 2025”, “my last 3 invoices”, "
            "“my unpaid invoices” or “the oldest”."
        )


def _named(view: InvoiceView, said: str) -> Answer | None:
    """Give what is named by ref or number, if anything is."""
    named = said.removeprefix(EARLIER)
    if is_ref(named):
        return _numbered(view, named, earlier=named != said)
    numbers = slots.transaction_numbers(named)
    if len(numbers) > 1:
        return _all_numbered(view, numbers)
    number = slots.transaction_number(named)
    return _numbered(view, number, earlier=named != said) if number else None


def _numbered(view: InvoiceView, number: str, *, earlier: bool) -> Answer:
    loc = view.context.loc
    row = next((row for row in view.books.transactions if number in {row.ref, row.number}), None)
    if row is None:
        text = loc.text(
            "I find no invoice {number} on your account. Please check its number in the history.",
            number=escape(number),
        )
        return view.none(text)
    if row.type != TransactionType.INVOICE:
        text = loc.text("{what} has no PDF: only invoices do.", what=wording.named(loc, row))
        details = loc.text("Details of {number}", number=row.number)
        return view.none(text, Button(details, action=f"transaction:{row.ref}"))
    if earlier:
        older = one_before(row, view.invoices)
        if older is None:
            view.context.ask(row.number)
            named = wording.named(loc, row)
            return view.none(loc.text("{what} is the oldest that I see.", what=named))
        row = older
    return view.one(row)


def _all_numbered(view: InvoiceView, numbers: Sequence[str]) -> Answer:
    """Give all that are named, and say which of them are not there."""
    loc = view.context.loc
    found = [row for row in view.invoices if row.number in numbers]
    kept = [row for row in found if row.date >= view.books.oldest_day]
    missing = [number for number in numbers if number not in {row.number for row in kept}]
    notes = (
        [loc.text("I find no PDF of this: {numbers}.", numbers=escape(loc.join(missing)))]
        if missing
        else []
    )
    if not kept:
        return view.none(notes[0])
    return view.several(kept, title=loc.text("Invoices"), asked=" ".join(numbers), notes=notes)


def _of_period(view: InvoiceView, which: Which, period: Period) -> Answer:
    found = of_period(view.invoices, period)
    kept = [row for row in found if row.date >= view.books.oldest_day]
    if period.last < view.books.oldest_day or (found and not kept):
        return view.too_old()
    if not kept:
        return view.none_dated(period)
    usage = billing(view.invoices, period, since=view.books.oldest_day)
    usage = None if usage in kept else usage
    notes, buttons = _by_usage(view, period, usage)
    row = main_one(kept, which, period)
    if row is None:
        return _all_of(view, kept, period, notes=notes, buttons=buttons)
    others = [other for other in kept if other is not row]
    return view.one(
        row,
        notes=[*_also_dated(view, period, others), *notes],
        buttons=[*map(view.pdf_button, others[:MENTIONED]), *buttons],
    )


def _all_of(
    view: InvoiceView,
    rows: Sequence[Transaction],
    period: Period,
    *,
    notes: Sequence[str],
    buttons: Sequence[Button],
) -> Answer:
    cut = [view.kept_since()] if period.first < view.books.oldest_day else []
    return view.several(
        rows,
        title=view.titled(view.context.loc.text("Invoices"), period),
        asked=_in_words(period),
        notes=[*notes, *cut],
        buttons=buttons,
    )


def _also_dated(view: InvoiceView, period: Period, others: Sequence[Transaction]) -> Iterator[str]:
    loc = view.context.loc
    listed = [f"{escape(row.number)} ({loc.money(row.amount_cents)})" for row in others]
    if listed:
        month = loc.month(period.first)
        yield loc.text("Dated in {month} as well: {others}.", month=month, others=loc.join(listed))


def _by_usage(
    view: InvoiceView, period: Period, row: Transaction | None
) -> tuple[list[str], list[Button]]:
    """Mention the invoice that bills the usage of the month, which may be what was meant."""
    if row is None:
        return [], []
    loc = view.context.loc
    said = {"month": loc.month(period.first), "day": loc.date(row.date)}
    note = loc.text("The usage of {month} is on the invoice of {day}.", **said)
    label = loc.text("Invoice of {day} (usage: {month})", **said)
    return [note], [Button(label, action=f"invoice:{row.ref}")]


def _in_words(period: Period) -> str:
    return f"{period.first.isoformat()} to {period.last.isoformat()}"


command = Command(
    name="invoice",
    help=N_("PDF of an invoice"),
    place=25,
    handle=handle,
    fits=fits,
    claims=claims,
)
