"""The invoices and call records that can still be had."""

from collections.abc import Iterator

from bot.documents.living.own import Own


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
