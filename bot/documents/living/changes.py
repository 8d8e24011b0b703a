"""How the latest invoice differs from the one before."""

from collections import Counter
from collections.abc import Iterator

from bot.documents import wording
from bot.documents.living.own import Own
from bot.documents.living.records import invoices
from bot.i18n import N_, Localizer
from bot.markup import escape
from store import transactions
from store.models import LineKind, Transaction

_TAXES = "taxes"  # counted beside the kinds of lines


def since_last_invoice(own: Own) -> Iterator[str]:
    """Say by how much, and which kinds of charges it comes from."""
    loc, kept = own.loc, invoices(own.books)
    if not kept[1:]:
        return
    before, latest = kept[-2:]
    change = latest.amount_cents - before.amount_cents
    yield loc.text(
        _compared(change),
        number=f"**{escape(latest.number)}**",
        amount=loc.money(latest.amount_cents),
        change=loc.money(abs(change)),
    )
    was, is_ = _charges(own, before), _charges(own, latest)
    changes = [
        f"{_kind(loc, kind)} ({_signed(loc, is_[kind] - was[kind])})"
        for kind in (*LineKind, _TAXES)
        if is_[kind] != was[kind]
    ]
    if changes:
        yield loc.text("What changed: {changes}.", changes=loc.join(changes))


def _compared(change: int) -> str:
    if change > 0:
        return N_("Your latest invoice, {number}, is {amount}: {change} more than the one before.")
    if change < 0:
        return N_("Your latest invoice, {number}, is {amount}: {change} less than the one before.")
    return N_("Your latest invoice, {number}, is {amount}, exactly like the one before.")


def _charges(own: Own, invoice: Transaction) -> Counter[str]:
    """Add up the cents of an invoice by kind of line, and the taxes."""
    scope, charges = own.context.scope, Counter[str]()
    with own.context.read() as session:
        for line in transactions.lines(session, scope=scope, transaction_id=invoice.id or 0):
            charges[line.kind] += line.amount_cents
        for tax in transactions.taxes(session, scope=scope, transaction_id=invoice.id or 0):
            charges[_TAXES] += tax.amount_cents
    return charges


def _kind(loc: Localizer, kind: str) -> str:
    return loc.text("Taxes") if kind == _TAXES else wording.line_kind(loc, kind)


def _signed(loc: Localizer, cents: int) -> str:
    return f"+{loc.money(cents)}" if cents > 0 else loc.money(cents)
