"""The invoices and call records that can still be had."""

from collections.abc import Iterator

from bot.documents import wording
from bot.documents.living.own import Own
from bot.markup import escape


def latest_invoice(own: Own) -> Iterator[str]:
    """Name the latest invoice, and say what is still to be paid of it."""
    loc, books = own.loc, own.books
    invoice = next(reversed(books.invoices), None)
    if invoice is None:
        yield wording.no_invoice(loc)
        return
    yield loc.text(
        "Your latest invoice is {number}, of {day}: {amount}.",
        number=f"**{escape(invoice.number)}**",
        day=loc.date(invoice.date),
        amount=loc.money(invoice.amount_cents),
    )
    open_ = next(
        (item for item in books.ledger.open_items if item.transaction.id == invoice.id), None
    )
    if open_ is None:
        yield loc.text("This invoice is paid.")
    else:
        yield wording.still_to_pay(loc, open_, today=books.today)


def kept(own: Own) -> Iterator[str]:
    """Say how far back the account's invoices and call records go."""
    if found := own.books.invoices:
        day = own.loc.date(found[0].date)
        yield own.loc.text("Your invoices go back to the one of {day}.", day=day)
    yield from calls(own)


def calls(own: Own) -> Iterator[str]:
    """Say of which months there are call records to be had."""
    loc, found = own.loc, own.call_months
    months = found or own.call_window
    first, last = loc.month(months[0].first), loc.month(months[-1].first)
    if not found:
        yield loc.text(
            "I see no call records on your account for the months that are kept, {first} to "
            "{last}.",
            first=first,
            last=last,
        )
    elif first == last:
        yield loc.text("Your {month} call records are available.", month=last)
    else:
        yield loc.text(
            "Your {last} call records are available, back to {first}.", last=last, first=first
        )
