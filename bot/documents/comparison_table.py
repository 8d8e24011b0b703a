"""How two invoices differ, in words and line by line."""

from collections.abc import Iterator, Mapping

from bot.billing.comparison import Cause, Charge, Comparison, Levy, Part, Section
from bot.documents import invoice_table, wording
from bot.i18n import N_, Localizer
from bot.markup import escape
from bot.messages import Column, Table

MOST_ROWS = 12  # parts that are told one by one, the biggest; the others are one sum
_ARROW = "{before} \N{RIGHTWARDS ARROW} {after}"
_LEADS = {
    1: N_(
        "Your invoice of {day}, {number}, is {change} higher than the one of {other_day}, "
        "{other}: {amount} instead of {other_amount}."
    ),
    0: N_(
        "Your invoice of {day}, {number}, is exactly as high as the one of {other_day}, {other}: "
        "{amount}."
    ),
    -1: N_(
        "Your invoice of {day}, {number}, is {change} lower than the one of {other_day}, {other}: "
        "{amount} instead of {other_amount}."
    ),
}


def lead(loc: Localizer, found: Comparison) -> str:
    """Name both invoices and their difference."""
    change = found.change_cents
    return loc.text(
        _LEADS[(change > 0) - (change < 0)],
        day=loc.date(found.after.date),
        number=f"**{escape(found.after.number)}**",
        amount=loc.money(found.after.amount_cents),
        change=loc.money(abs(change)),
        other_day=loc.date(found.before.date),
        other=f"**{escape(found.before.number)}**",
        other_amount=loc.money(found.before.amount_cents),
    )


def sums(loc: Localizer, found: Comparison) -> str:
    """Say in a sentence which kinds of charges the difference comes from."""
    if not found.parts:
        return loc.text("Every line and every tax is the same on both.")
    changes = [
        f"{_section(loc, section)} ({wording.signed(loc, cents)})"
        for section, cents in found.sections()
    ]
    if not changes:
        return loc.text("What came and what went make up for each other.")
    return loc.text("What changed: {changes}.", changes=loc.join(changes))


def table(loc: Localizer, found: Comparison, places: Mapping[int, str]) -> Table:
    """Put each part in a row, the biggest first, and their sum below.

    `places` are the labels of the service addresses by id, where lines of several can stand.
    """
    columns = (
        Column(loc.text("What changed")),
        Column(loc.text("Detail")),
        Column(loc.text("Difference"), align="right"),
    )
    total = (loc.text("Total"), "", wording.signed(loc, found.change_cents))
    return Table(columns, (*_rows(loc, found, places), total))


def _rows(
    loc: Localizer, found: Comparison, places: Mapping[int, str]
) -> Iterator[tuple[str, str, str]]:
    shown = found.parts if len(found.parts) <= MOST_ROWS + 1 else found.parts[:MOST_ROWS]
    provinces = {part.province for part in found.parts if part.province}
    for part in shown:
        what = _tax(loc, part, provinces) if part.province else _what(loc, part, places)
        yield what, _how(loc, part), wording.signed(loc, part.cents)
    if rest := found.parts[len(shown) :]:
        what = loc.plural("{n} smaller change", "{n} smaller changes", len(rest))
        yield what, "", wording.signed(loc, sum(part.cents for part in rest))


def _section(loc: Localizer, section: Section) -> str:
    if section is Section.TAXES:
        return loc.text("Taxes")
    if section is Section.OTHER:
        return loc.text("Not itemized")
    return wording.line_kind(loc, section)


def _what(loc: Localizer, part: Part, places: Mapping[int, str]) -> str:
    if part.section is Section.OTHER:
        return loc.text("Not itemized")
    what, only = part.what, part.after or part.before
    if part.cause in {Cause.ADDED, Cause.REMOVED} and isinstance(only, Charge):
        what = invoice_table.described(loc, what, only.quantity_millionths)
    place = places.get(part.service_address_id or 0)
    return loc.text("{what} ({place})", what=what, place=place) if place else what


def _tax(loc: Localizer, part: Part, provinces: set[str]) -> str:
    levies = [levy for levy in (part.after, part.before) if isinstance(levy, Levy)]
    name = wording.tax(loc, part.what, levies[0].rate_millionths)
    if len(provinces) == 1:
        return name
    return loc.text("{tax} ({province})", tax=name, province=part.province)


def _how(loc: Localizer, part: Part) -> str:
    match part.before, part.after:
        case Charge() as before, Charge() as after:
            return _changed(loc, part.cause, before, after)
        case Levy() as before, Levy() as after:
            return _levied(loc, before, after)
        case None, None:
            return ""
    return _came_or_went(loc, part)


def _came_or_went(loc: Localizer, part: Part) -> str:
    kind, came = _section(loc, part.section), part.cause is Cause.ADDED
    if part.section is Section.ONE_TIME:
        return kind if came else loc.text("{kind}, earlier invoice only", kind=kind)
    return loc.text(N_("{kind}, added") if came else N_("{kind}, removed"), kind=kind)


def _levied(loc: Localizer, before: Levy, after: Levy) -> str:
    if (
        before.rate_millionths
        and after.rate_millionths
        and before.rate_millionths != after.rate_millionths
    ):
        return _arrow(loc.rate(before.rate_millionths), loc.rate(after.rate_millionths))
    return _arrow(loc.money(before.cents), loc.money(after.cents))


def _changed(loc: Localizer, cause: Cause, before: Charge, after: Charge) -> str:
    if cause is Cause.QUANTITY:
        sides = [loc.quantity(n) for n, *_ in (before, after)]
        return loc.text("Quantity {change}", change=_arrow(*sides))
    if cause is Cause.PRICE:
        sides = [loc.price(price) for _, price, _ in (before, after)]
        return loc.text("Price {change}", change=_arrow(*sides))
    return _arrow(loc.money(before.cents), loc.money(after.cents))


def _arrow(before: str, after: str) -> str:
    return _ARROW.format(before=before, after=after)
