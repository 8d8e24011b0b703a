"""The history, page by page, of all types or one, of any period."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from bot import slots
from bot.billing.history import History, HistoryRow, Page, page
from bot.commands import Answer, Command, Context
from bot.documents import wording
from bot.documents.books import Books
from bot.history_view import (
    View,
    in_every_language,
    narrowing,
    unknown_button,
    words,
)
from bot.i18n import N_, Localizer, phrases
from bot.listing import file_asked, list_asked, only_file, only_papers
from bot.markup import escape
from bot.messages import Button, Column, Reply, Table
from bot.which_day import ask_which_day, day_chosen
from store.models import PaymentState, TransactionType

DETAILS_BUTTONS = 3  # a longer page gets none: they would bury the table
NO_AMOUNT = "\N{EM DASH}"
_PAGES = {
    +1: phrases("older | older ones | next | next page | next ones | more | show more"),
    -1: phrases("newer | newer ones | previous | previous page | previous ones | back"),
}
_EARLIER = phrases(
    "the one before | the ones before | and the one before | and before that | before that | "
    "the month before | and the month before | the year before | the week before"
)


def handle(context: Context) -> Answer:
    """Show ten transactions; the argument is what a button carries, or words."""
    loc, books = context.loc, Books.read(context)
    view = _view(context, books.today)
    if view.period is None and (readings := _readings(context, books.today)):
        return _which_day(view, readings, context)
    if view.period and view.period[1] < books.oldest_day:
        return Answer(reply=_too_old(view, books.oldest_day, loc))
    history = History.of(books.transactions, as_of=books.today)
    rows = _filtered(history, view)
    found = page(rows, view.page)
    view = replace(view, page=found.number)
    context.ask(view.button)
    reply = Reply(
        title=_title(view, loc),
        text="\n\n".join([*_paragraphs(found, rows, view, books, loc), *_no_file(context)]),
        table=_table(found, loc) if found.rows else None,
        buttons=(*_statement(context, view), *_buttons(found, view, loc)),
    )
    # A page takes the place of the one it was turned from.
    return Answer(reply=reply, updates=context.request.is_pressed)


def fits(text: str, asked: str) -> str | None:
    """Understand "older", and "October" or "payments only", of the list that was just shown."""
    day, button = day_chosen(text, asked)
    if day:
        return day
    view = View.of_button(button)
    said = " ".join(words(text))
    for step, msgid in _PAGES.items():
        if said in in_every_language(msgid):
            return replace(view, page=max(1, view.page + step)).button
    if said in in_every_language(_EARLIER):
        return view.earlier.button
    if only_file(text):
        papers = view.type == TransactionType.INVOICE and only_papers(text)
        return None if papers else view.button
    rest = narrowing(text)
    if rest and view.type and slots.transaction_type(rest) is None:
        return f"{view.type} {rest}"
    return rest


def claims(text: str) -> str | None:
    """Know "my payments" and "paid in October" by their shape, with nothing besides."""
    return list_asked(text)


def _view(context: Context, today: date) -> View:
    args, request = context.args, context.request
    if re.match(r"p\d", args):
        return View.of_button(args)
    if not request.is_pressed:
        return View.of_words(args or request.text, today=today)
    view = View.of_words(args, today=today)
    if args and view.is_whole and not slots.date_readings(args, today=today):
        raise unknown_button()
    return view


def _readings(context: Context, today: date) -> tuple[slots.Period, ...]:
    """List what a date in digits can mean, when the list was asked for in words."""
    if re.match(r"p\d", context.args):
        return ()
    return slots.date_readings(context.said, today=today)


def _which_day(view: View, readings: tuple[slots.Period, ...], context: Context) -> Answer:
    days = [replace(view, period=(day.first, day.last)).button for day in readings]
    return ask_which_day(context, readings, days, command=command.name, asked=view.button)


def _filtered(history: History, view: View) -> tuple[HistoryRow, ...]:
    types = (view.type,) if view.type else tuple(TransactionType)
    first, last = view.period or (date.min, date.max)
    rows = history.filtered(types=types, first=first, last=last)
    if view.cents is None:
        return rows
    return tuple(row for row in rows if row.transaction.amount_cents == view.cents)


def _title(view: View, loc: Localizer) -> str:
    what = wording.transaction_types(loc, view.type) if view.type else loc.text("Transactions")
    if view.cents is not None:
        what = loc.text("{what} of {amount}", what=what, amount=loc.money(view.cents))
    if not view.period:
        return what
    return loc.text("{what}, {period}", what=what, period=wording.period(loc, *view.period))


def _paragraphs(
    found: Page, rows: Sequence[HistoryRow], view: View, books: Books, loc: Localizer
) -> Iterator[str]:
    if not found.rows:
        yield loc.text("Nothing was found.")
    elif found.pages == 1:
        yield loc.plural("{n} transaction.", "{n} transactions, newest first.", found.total_rows)
    else:
        yield loc.text(
            "{n} transactions, newest first; page {page} of {pages}.",
            n=loc.number(found.total_rows),
            page=loc.number(found.number),
            pages=loc.number(found.pages),
        )
    if view.type and len(rows) > 1:
        yield " ".join(_total(rows, loc))
    if view.period and view.period[0] < books.oldest_day:
        yield wording.kept_since(loc, books.oldest_day)
    shows_credits = (
        view.period is None and view.cents is None and view.type in {None, TransactionType.CREDIT}
    )
    if shows_credits and found.number == 1:
        yield from wording.hidden_credits(loc, books.ledger.hidden_credits)
    if len(found.rows) > DETAILS_BUTTONS:
        yield loc.text(
            "For the details of one, type its transaction ID, for example {number}.",
            number=escape(found.rows[0].transaction.number),
        )


def _total(rows: Sequence[HistoryRow], loc: Localizer) -> Iterator[str]:
    """Say what those of one type come to; what did not go through does not count."""
    counted = [row.credit_cents or row.debit_cents for row in rows]
    cents = [amount for amount in counted if amount is not None]
    yield loc.text("Total: {amount}.", amount=f"**{loc.money(sum(cents))}**")
    if left_out := len(rows) - len(cents):
        yield loc.plural(
            "{n} of them is not in the total: it did not go through, or is still pending.",
            "{n} of them are not in the total: they did not go through, or are still pending.",
            left_out,
        )


def _is_for_file(context: Context) -> bool:
    return not context.request.is_pressed and file_asked(context.request.text)


def _no_file(context: Context) -> Iterator[str]:
    if _is_for_file(context):
        yield context.loc.text(
            "I cannot make a file of this list itself, but I have your statement of account "
            "as a PDF."
        )


def _too_old(view: View, oldest_day: date, loc: Localizer) -> Reply:
    return Reply(
        title=_title(view, loc),
        text=wording.too_old(loc, wording.kept_since(loc, oldest_day)),
        buttons=(
            Button(loc.text("Talk to a person"), action="handoff"),
            Button(loc.text("All transactions"), action="transactions:p1"),
        ),
    )


def _table(found: Page, loc: Localizer) -> Table:
    columns = (
        Column(loc.text("Date")),
        Column(loc.text("Transaction ID")),
        Column(loc.text("Type")),
        Column(loc.text("Amount"), align="right"),
        Column(loc.text("Balance"), align="right"),
    )
    return Table(columns, tuple(_row(row, loc) for row in found.rows))


def _row(row: HistoryRow, loc: Localizer) -> tuple[str, ...]:
    return (
        loc.short_date(row.listed_on),
        row.transaction.number,
        _type(row, loc),
        _amount(row, loc),
        loc.money(row.balance_cents),
    )


def _type(row: HistoryRow, loc: Localizer) -> str:
    """Name the type; what does not count is told with its state and its amount."""
    name = wording.transaction_type(loc, row.transaction.type)
    if row.payment_state in {None, PaymentState.CLEARED}:
        return name
    return loc.text(
        "{type} of {amount}, {state}",
        type=name,
        amount=loc.money(row.transaction.amount_cents),
        state=wording.payment_state(loc, row.payment_state),
    )


def _amount(row: HistoryRow, loc: Localizer) -> str:
    """Write by how much the row changes the balance."""
    if row.credit_cents is not None:
        return loc.money(-row.credit_cents)
    return NO_AMOUNT if row.debit_cents is None else loc.money(row.debit_cents)


def _statement(context: Context, view: View) -> Iterator[Button]:
    if _is_for_file(context):
        days = f":{view.period[0]} to {view.period[1]}" if view.period else ""
        yield Button(context.loc.text("Statement of account"), action=f"statement{days}")


def _buttons(found: Page, view: View, loc: Localizer) -> Iterator[Button]:
    if len(found.rows) <= DETAILS_BUTTONS:
        for row in found.rows:
            label = loc.text("Details of {number}", number=row.transaction.number)
            yield Button(label, action=f"transaction:{row.transaction.ref}")
    if view.type == TransactionType.INVOICE and view.cents is None and found.rows:
        days = view.period or (found.rows[-1].listed_on, found.rows[0].listed_on)
        label = loc.text("PDF") if found.total_rows == 1 else loc.text("PDFs of this list")
        yield Button(label, action=f"invoice:{days[0].isoformat()} to {days[1].isoformat()}")
    if found.number > 1:
        newer = replace(view, page=found.number - 1)
        yield Button(loc.text("Newer"), action=f"transactions:{newer.button}")
    if found.number < found.pages:
        older = replace(view, page=found.number + 1)
        yield Button(loc.text("Older"), action=f"transactions:{older.button}")
    if not view.is_whole:
        yield Button(loc.text("All transactions"), action="transactions:p1")


command = Command(
    name="transactions",
    help=N_("Transaction history"),
    place=30,
    handle=handle,
    fits=fits,
    claims=claims,
)
