"""The history, page by page, of all types or one, of any period."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Self

from bot import slots
from bot.billing.history import History, HistoryRow, Page, page
from bot.billing.windows import HISTORY_MONTHS, history_window
from bot.commands import Answer, Command, Context
from bot.documents import wording
from bot.documents.books import Books
from bot.errors import UnknownChoice
from bot.i18n import N_, Localizer, languages, phrases
from bot.markup import escape
from bot.messages import Button, Column, Reply, Table
from bot.slots.calendar_words import codes
from bot.slots.words import plain
from store.models import PaymentState, TransactionType

DETAILS_BUTTONS = 3  # a longer page gets none: they would bury the table
NO_AMOUNT = "\N{EM DASH}"
_BUTTON = re.compile(
    r"p(?P<page>[1-9]\d{0,3})"
    r"(?:;t=(?P<type>invoice|payment|credit|refund))?"
    r"(?:;d=(?P<first>\d{8})-(?P<last>\d{8}))?",
    re.ASCII,
)
_PAGES = {
    +1: phrases("older | older ones | next | next page | next ones | more | show more"),
    -1: phrases("newer | newer ones | previous | previous page | previous ones | back"),
}
# Words that may stand beside a type or period in a message that only narrows the list.
_BESIDE = phrases("in | for | during | only | just | show | me | my | and | what | about")
# Words that may stand beside a type and a period in a message that asks for a list.
_ASKING = phrases(
    "list | see | view | give | get | want | need | i | all | the | of | from | please | "
    "can | could | you | us | our"
)
_HISTORY = phrases("transaction | transactions | history | activity | ledger")
_ONE_INVOICE = phrases("invoice | bill | statement")  # rather its PDF than a list


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Which part of the history is looked at; a button carries all of it."""

    page: int = 1
    type: TransactionType | None = None
    period: tuple[date, date] | None = None  # both days included

    @classmethod
    def of_button(cls, args: str) -> Self:
        """Read "p2;t=payment;d=20261001-20261031". Raises UnknownChoice."""
        found = _BUTTON.fullmatch(args)
        try:
            given = [found[name] for name in ("first", "last")] if found else []
            days = [date.fromisoformat(day) for day in given if day]
        except ValueError:
            found = None
        if not found or days != sorted(days):
            raise _unknown_button()
        return cls(
            page=int(found["page"]),
            type=TransactionType(found["type"]) if found["type"] else None,
            period=(days[0], days[1]) if days else None,
        )

    @classmethod
    def of_words(cls, text: str, *, today: date) -> Self:
        """Read "payments last month", in any language."""
        kind, found = slots.transaction_type(text), slots.period(text, today=today)
        return cls(
            type=TransactionType(kind) if kind else None,
            period=(found.first, found.last) if found else None,
        )

    @property
    def button(self) -> str:
        kind = f";t={self.type}" if self.type else ""
        days = f";d={self.period[0]:%Y%m%d}-{self.period[1]:%Y%m%d}" if self.period else ""
        return f"p{self.page}{kind}{days}"

    @property
    def is_whole(self) -> bool:
        return self.type is None and self.period is None


def handle(context: Context) -> Answer:
    """Show ten transactions; the argument is what a button carries, or words."""
    loc, books = context.loc, Books.read(context)
    view = _view(context, books.today)
    oldest_day = history_window(books.today)[0]
    if view.period and view.period[1] < oldest_day:
        return Answer(reply=_too_old(view, oldest_day, loc))
    history = History.of(books.transactions, as_of=books.today)
    found = page(_filtered(history, view), view.page)
    view = replace(view, page=found.number)
    context.ask(view.button)
    reply = Reply(
        title=_title(view, loc),
        text="\n\n".join(_paragraphs(found, view, books, loc)),
        table=_table(found, loc) if found.rows else None,
        buttons=tuple(_buttons(found, view, loc)),
    )
    # A page takes the place of the one it was turned from.
    return Answer(reply=reply, updates=context.request.action is not None)


def fits(text: str, asked: str) -> str | None:
    """Understand "older", and "October" or "payments only", of the list that was just shown."""
    view = View.of_button(asked)
    said = " ".join(re.findall(r"\w+", plain(text)))
    for step, words in _PAGES.items():
        if said in _in_every_language(words):
            return replace(view, page=max(1, view.page + step)).button
    beside = _in_every_language(_BESIDE)
    rest = " ".join(word for word in said.split() if word not in beside)
    return rest if _only_narrows(rest) else None


def claims(text: str) -> str | None:
    """Know "payments in October" by its shape: what is listed, when, and nothing besides."""
    said = re.findall(r"\w+", plain(text))
    rest = [word for word in said if word not in _in_every_language(_BESIDE, _ASKING)]
    listed = [word for word in rest if word not in _in_every_language(_HISTORY)]
    phrase = " ".join(listed)
    if slots.period(phrase, today=datetime.now(UTC).date()) is None or not _only_narrows(phrase):
        return None
    names_many = slots.transaction_type(phrase) is not None and not (
        set(listed) & _in_every_language(_ONE_INVOICE)
    )
    return text if names_many or len(listed) < len(rest) else None


def _only_narrows(text: str) -> bool:
    """Whether a message names a type or a period, and nothing besides."""
    kind = slots.transaction_type(text)
    is_period = slots.period(text, today=datetime.now(UTC).date()) is not None
    words = codes(text).split()
    if not is_period:
        return kind is not None and words == ["_"] and text.replace(" ", "").isalpha()
    return words.count("_") == (1 if kind else 0)


@cache
def _in_every_language(*msgids: str) -> frozenset[str]:
    spoken = (Localizer(language) for language in languages())
    return frozenset(
        plain(word) for loc in spoken for msgid in msgids for word in loc.phrases(msgid)
    )


def _view(context: Context, today: date) -> View:
    args, request = context.args, context.request
    if re.match(r"p\d", args):
        return View.of_button(args)
    if request.action is None:
        return View.of_words(args or request.text, today=today)
    view = View.of_words(args, today=today)
    if args and view.is_whole:
        raise _unknown_button()
    return view


def _filtered(history: History, view: View) -> tuple[HistoryRow, ...]:
    types = (view.type,) if view.type else tuple(TransactionType)
    first, last = view.period or (date.min, date.max)
    return history.filtered(types=types, first=first, last=last)


def _title(view: View, loc: Localizer) -> str:
    what = wording.transaction_types(loc, view.type) if view.type else loc.text("Transactions")
    if not view.period:
        return what
    return loc.text("{what}, {period}", what=what, period=wording.period(loc, *view.period))


def _paragraphs(found: Page, view: View, books: Books, loc: Localizer) -> Iterator[str]:
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
    oldest_day = history_window(books.today)[0]
    if view.period and view.period[0] < oldest_day:
        yield _kept_since(oldest_day, loc)
    shows_credits = view.period is None and view.type in {None, TransactionType.CREDIT}
    if shows_credits and found.number == 1:
        yield from wording.hidden_credits(loc, books.hidden_credits)
    if len(found.rows) > DETAILS_BUTTONS:
        yield loc.text(
            "For the details of one, type its transaction ID, for example {number}.",
            number=escape(found.rows[0].transaction.number),
        )


def _kept_since(oldest_day: date, loc: Localizer) -> str:
    return loc.text(
        "Transactions are kept for {months} months: the history goes back to {day}.",
        months=loc.number(HISTORY_MONTHS),
        day=loc.date(oldest_day),
    )


def _too_old(view: View, oldest_day: date, loc: Localizer) -> Reply:
    more = loc.text("For anything older, the Billing Team can help you.")
    return Reply(
        title=_title(view, loc),
        text=f"{_kept_since(oldest_day, loc)} {more}",
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


def _buttons(found: Page, view: View, loc: Localizer) -> Iterator[Button]:
    if len(found.rows) <= DETAILS_BUTTONS:
        for row in found.rows:
            label = loc.text("Details of {number}", number=row.transaction.number)
            yield Button(label, action=f"transaction:{row.transaction.ref}")
    if found.number > 1:
        newer = replace(view, page=found.number - 1)
        yield Button(loc.text("Newer"), action=f"transactions:{newer.button}")
    if found.number < found.pages:
        older = replace(view, page=found.number + 1)
        yield Button(loc.text("Older"), action=f"transactions:{older.button}")
    if not view.is_whole:
        yield Button(loc.text("All transactions"), action="transactions:p1")


def _unknown_button() -> UnknownChoice:
    return UnknownChoice(N_("This button no longer works. Please ask me again."))


command = Command(
    name="transactions",
    help=N_("Transaction history"),
    handle=handle,
    fits=fits,
    claims=claims,
)
