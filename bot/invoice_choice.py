"""The last three invoices, the oldest, those that are unpaid: chosen by more than their dates."""

from collections.abc import Iterator, Sequence

from bot.commands import Answer
from bot.documents import wording
from bot.i18n import N_
from bot.invoice_view import BEFORE_LAST, MOST_ZIPPED, OLDEST, PLAIN, InvoiceView
from bot.messages import Button
from bot.picked import picked
from bot.slots import Due, Period, Which
from store.models import Transaction

_OWED = {Due.UNPAID, Due.LATE}
_NOTHING_DUE = {
    Due.UNPAID: N_("No invoice is unpaid, so nothing is past due."),
    Due.LATE: N_("No invoice is past due."),
    Due.NOTHING: N_("I see no paid invoice."),
}
_NOTHING_DUE_IN = {
    Due.UNPAID: N_("No invoice dated in that period ({period}) is unpaid."),
    Due.LATE: N_("No invoice dated in that period ({period}) is past due."),
    Due.NOTHING: N_("No invoice dated in that period ({period}) is paid."),
}


def chosen(view: InvoiceView, which: Which, period: Period | None, said: str) -> Answer:
    """Give the last three, the oldest, those that are unpaid ..."""
    loc, since = view.context.loc, view.books.oldest_day
    owed = which.due in _OWED
    known = [row for row in view.invoices if owed or row.date >= since]
    rows = picked(which, known, view.books.ledger, period)
    if not rows:
        return _none_chosen(view, which, period, known)
    notes = list(_about_choice(view, which, rows))
    if len(rows) == 1 and rows[0].date >= since:
        return view.one(rows[0], lead=_lead(which, period), notes=notes)
    lead = ""
    if owed and which.due and not which.count and not which.oldest:
        lead = _all_due(view, which.due, rows)
    what = {
        Due.UNPAID: N_("Unpaid invoices"),
        Due.LATE: N_("Past due invoices"),
        Due.NOTHING: N_("Paid invoices"),
        None: N_("Oldest invoices") if which.oldest else N_("Latest invoices"),
    }[which.due]
    pay = Button(loc.text("How to pay"), action="faq:make-payment")
    return view.several(
        rows,
        title=view.titled(loc.text(what), period),
        asked=said,
        lead=lead,
        notes=notes,
        due=owed,
        buttons=[pay] if owed else [],
    )


def _lead(which: Which, period: Period | None) -> str:
    if period or which.due or which.count:
        return PLAIN
    return BEFORE_LAST if which.before_last else OLDEST


def _all_due(view: InvoiceView, due: Due, rows: Sequence[Transaction]) -> str:
    loc = view.context.loc
    items = [item for row in rows if (item := view.books.ledger.open_item(row))]
    open_ = f"**{loc.money(sum(item.open_cents for item in items))}**"
    if due is Due.LATE:
        return loc.plural(
            "{n} invoice is past due: {open} is still to be paid.",
            "{n} invoices are past due: {open} is still to be paid in all.",
            len(rows),
            open=open_,
        )
    return loc.plural(
        "{n} invoice is unpaid: {open} is still to be paid.",
        "{n} invoices are unpaid: {open} is still to be paid in all.",
        len(rows),
        open=open_,
    )


def _about_choice(view: InvoiceView, which: Which, rows: Sequence[Transaction]) -> Iterator[str]:
    loc, books = view.context.loc, view.books
    if which.count and len(rows) < min(which.count, MOST_ZIPPED):
        yield loc.text("You asked for {wanted}: I find no more.", wanted=which.count)
    for payment in books.ledger.pending if which.due in _OWED else ():
        yield wording.does_not_count(loc, payment, today=books.today)


def _none_chosen(
    view: InvoiceView, which: Which, period: Period | None, known: Sequence[Transaction]
) -> Answer:
    loc, books = view.context.loc, view.books
    if which.due:
        text = loc.text(_NOTHING_DUE[which.due])
        if period:
            named = wording.period(loc, period.first, period.last)
            text = loc.text(_NOTHING_DUE_IN[which.due], period=named)
        owed = wording.balance(
            loc, books.aging.balance_cents, past_due_cents=books.aging.past_due_cents
        )
        return view.none(f"{text}\n\n{owed}", Button(loc.text("Current balance"), "balance"))
    if period:
        return view.none_dated(period)
    if which.before_last and known:
        return view.one(known[0], notes=[loc.text("It is the only one that I see.")])
    return view.none(wording.no_invoice(loc))
