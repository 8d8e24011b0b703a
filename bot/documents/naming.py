"""How documents name what stands in their tables."""

from datetime import date

from bot.documents import wording
from bot.i18n import N_, Localizer
from bot.slots.places import place_name
from store.models import LineKind, Transaction, TransactionType

# What the lines of a kind are called together.
_CHARGES = {
    LineKind.RECURRING: N_("Recurring charges"),
    LineKind.ONE_TIME: N_("One-time charges"),
    LineKind.USAGE: N_("Usage charges"),
}


def charges(loc: Localizer, kind: str) -> str:
    """Name the lines of a kind as a heading over them: Usage charges."""
    return loc.text(_CHARGES[LineKind(kind)])


def province(loc: Localizer, code: str) -> str:
    """Name a province of Canada; any other code stays as it is."""
    try:
        return place_name(f"CA-{code}", loc.language, in_sentence=False)
    except KeyError:
        return code


def short_period(loc: Localizer, first: date | None, last: date | None) -> str:
    """Name the days from first to last for a table; nothing when they are not known."""
    if first is None or last is None:
        return ""
    if first == last:
        return loc.short_date(first)
    return f"{loc.short_date(first)} \N{EN DASH} {loc.short_date(last)}"


def described(loc: Localizer, row: Transaction) -> str:
    """Name a transaction in a document: by what was it paid, or why was it credited."""
    name = wording.transaction_type(loc, row.type)
    if row.type != TransactionType.PAYMENT:
        said = row.description
    else:
        how = wording.payment_type(loc, row.payment_type) if row.payment_type else ""
        with_card = (
            wording.card(row.method_brand, row.method_last_four) if row.method_last_four else ""
        )
        said = ", ".join(filter(None, (how, with_card)))
    return f"{name} \N{EN DASH} {said}" if said else name
