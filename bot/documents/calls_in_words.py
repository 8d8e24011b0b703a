"""Calls of an account in a chat: what was asked for, what it comes to, and a few of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

import phonenumbers

from bot.calls_view import CallsView
from bot.documents import wording
from bot.documents.cdr import figures, words
from bot.i18n import N_, Localizer
from bot.messages import Column, Fact, Table
from bot.slots.places import contracted, place_name
from store.call_filter import Between, CallOrder, Ending
from store.calls import CallRow, CallTotal
from store.models.calls import Direction

CENT = 10_000  # millionths of a dollar
MINUTE = 60  # seconds
MOST_EXTENSIONS = 25  # rows of a table
NO_CHARGE = "\N{EM DASH}"

_KINDS = {
    None: {
        None: N_("Calls"),
        Direction.OUT: N_("Outgoing calls"),
        Direction.IN: N_("Incoming calls"),
        Direction.INTERNAL: N_("Internal calls"),
        Direction.UNKNOWN: N_("Calls of unknown direction"),
    },
    Ending.ANSWERED: {
        None: N_("Answered calls"),
        Direction.OUT: N_("Answered outgoing calls"),
        Direction.IN: N_("Answered incoming calls"),
        Direction.INTERNAL: N_("Answered internal calls"),
        Direction.UNKNOWN: N_("Answered calls of unknown direction"),
    },
    Ending.UNANSWERED: {
        None: N_("Unanswered calls"),
        Direction.OUT: N_("Unanswered outgoing calls"),
        Direction.IN: N_("Missed calls"),
        Direction.INTERNAL: N_("Unanswered internal calls"),
        Direction.UNKNOWN: N_("Unanswered calls of unknown direction"),
    },
}
_ORDERS = {
    CallOrder.LONGEST: (N_("the longest one"), N_("the {n} longest"), N_("longest first")),
    CallOrder.DEAREST: (
        N_("the most expensive one"),
        N_("the {n} most expensive"),
        N_("most expensive first"),
    ),
    CallOrder.NEWEST: (N_("the latest one"), N_("the {n} latest"), N_("latest first")),
}


def heading(loc: Localizer, view: CallsView, first: date, last: date) -> str:
    """Say which calls are meant, in words that give the same calls when they are read again."""
    said = loc.text(_KINDS[view.ending][view.direction])
    if view.places:
        said = _with_places(loc, view, said)
    if view.party:
        said = _with_party(loc, view, said)
    limits = [*_charges(loc, view.charge_millionths), *_lengths(loc, view.seconds)]
    if limits:
        said = loc.text("{calls} {limits}", calls=said, limits=loc.join(limits))
    if view.per_extension:
        said = loc.text("{calls} per extension", calls=said)
    parts = [said, wording.period(loc, first, last)]
    if view.order in _ORDERS:
        one, several, all_ = _ORDERS[view.order]
        msgid = all_ if view.limit is None else one if view.limit == 1 else several
        parts.insert(1, loc.text(msgid, n=view.limit))
    return ", ".join(parts)


def _with_places(loc: Localizer, view: CallsView, calls: str) -> str:
    places = loc.join((place_name(code, loc.language) for code in view.places), "or")
    if view.direction == Direction.OUT:
        said = loc.text("{calls} to {places}", calls=calls, places=places)
    elif view.direction == Direction.IN:
        said = loc.text("{calls} from {places}", calls=calls, places=places)
    else:
        said = loc.text("{calls} with {places}", calls=calls, places=places)
    return contracted(said, loc.language)


def _with_party(loc: Localizer, view: CallsView, calls: str) -> str:
    party = view.party or ""
    if not party.startswith("+"):
        return loc.text("{calls} of extension {number}", calls=calls, number=party)
    if view.direction == Direction.OUT:
        return loc.text("{calls} to {number}", calls=calls, number=number(loc, party))
    if view.direction == Direction.IN:
        return loc.text("{calls} from {number}", calls=calls, number=number(loc, party))
    return loc.text("{calls} with {number}", calls=calls, number=number(loc, party))


def _charges(loc: Localizer, wanted: Between) -> Iterator[str]:
    yield from _limits(loc, wanted, CENT, loc.price)


def _lengths(loc: Localizer, wanted: Between) -> Iterator[str]:
    yield from _limits(loc, wanted, MINUTE, loc.duration)


def _limits(
    loc: Localizer, wanted: Between, whole: int, write: Callable[[int], str]
) -> Iterator[str]:
    """Say a limit as people do: over $1.00 rather than at least $1.000001."""
    least, most = wanted.least, wanted.most
    if least is not None and least > 0 and (least - 1) % whole == 0:
        yield loc.text("over {limit}", limit=write(least - 1))
    elif least is not None:
        yield loc.text("at least {limit}", limit=write(least))
    if most is not None and (most + 1) % whole == 0:
        yield loc.text("under {limit}", limit=write(most + 1))
    elif most is not None:
        yield loc.text("at most {limit}", limit=write(most))


def counted(loc: Localizer, total: CallTotal) -> str:
    """Say how many calls there are and what they cost: 42 calls, $63.10."""
    calls = loc.plural("{n} call", "{n} calls", total.calls)
    return loc.text("{calls}, {charge}", calls=calls, charge=loc.money(cents(total)))


def cents(total: CallTotal) -> int:
    """Round what calls cost to cents, half a cent up, once for all of them."""
    return (total.charge_millionths + CENT // 2) // CENT


def facts(loc: Localizer, total: CallTotal) -> Iterator[Fact]:
    """Give what a heading leaves out: how long they were, and a charge with parts of a cent."""
    yield Fact(loc.text("Duration"), figures.duration(total.seconds))
    if total.charge_millionths % CENT:
        yield Fact(loc.text("Charge before rounding"), loc.price(total.charge_millionths))


def table(loc: Localizer, rows: Sequence[CallRow], zone: str, *, mark_unbilled: bool) -> Table:
    columns = (
        Column(loc.text("Date")),
        Column(loc.ptext("call", "From")),
        Column(loc.ptext("call", "To")),
        Column(loc.text("Duration"), align="right"),
        Column(loc.ptext("call", "Charge"), align="right"),
    )
    return Table(
        columns, tuple(_row(loc, row, ZoneInfo(zone), mark_unbilled=mark_unbilled) for row in rows)
    )


def extensions(loc: Localizer, sums: Mapping[str, CallTotal]) -> Table:
    """Lay out the sums of each extension, the dearest first, and what they come to together.

    Beyond MOST_EXTENSIONS the others have one row.
    """
    ranked = sorted(
        sums.items(), key=lambda one: (-one[1].charge_millionths, -one[1].calls, one[0])
    )
    lines = [(_extension(loc, name), total) for name, total in ranked[:MOST_EXTENSIONS]]
    if others := [total for _, total in ranked[MOST_EXTENSIONS:]]:
        lines.append((loc.text("Other extensions"), sum(others, CallTotal())))
    lines.append((loc.ptext("calls", "Total"), sum(sums.values(), CallTotal())))
    columns = (
        Column(loc.ptext("call", "Extension")),
        Column(loc.text("Calls"), align="right"),
        Column(loc.text("Duration"), align="right"),
        Column(loc.ptext("call", "Charge"), align="right"),
    )
    return Table(columns, tuple(_sums(loc, label, total) for label, total in lines))


def _sums(loc: Localizer, label: str, total: CallTotal) -> tuple[str, ...]:
    charge, length = loc.price(total.charge_millionths), figures.duration(total.seconds)
    return label, loc.number(total.calls), length, charge


def _extension(loc: Localizer, name: str) -> str:
    return loc.text("ext. {number}", number=name) if name else loc.text("No extension")


def _row(loc: Localizer, row: CallRow, zone: ZoneInfo, *, mark_unbilled: bool) -> tuple[str, ...]:
    day = loc.short_date(row.start_at.astimezone(zone).date())
    return (
        loc.text("{day}, {time}", day=day, time=loc.time(row.start_at, zone.key)),
        _side(loc, row.from_number, row.from_extension),
        _side(loc, row.to_number, row.to_extension),
        figures.duration(row.duration_seconds),
        _charge(loc, row, mark_unbilled=mark_unbilled),
    )


def _side(loc: Localizer, number_: str, extension: str) -> str:
    if extension:
        return loc.text("ext. {number}", number=extension)
    return words.party(loc, number(loc, number_))


def _charge(loc: Localizer, row: CallRow, *, mark_unbilled: bool) -> str:
    """Write what a call costs and, where others are on one, that it is on no invoice yet."""
    charge = NO_CHARGE if row.charge_millionths is None else loc.price(row.charge_millionths)
    if row.invoice is not None or not mark_unbilled:
        return charge
    return loc.text("{charge}, not billed yet", charge=charge)


def number(loc: Localizer, e164: str) -> str:
    """Write a number as people here do, one from abroad in its groups; other text as it is."""
    if not e164.startswith("+") or e164.startswith("+1"):
        return loc.phone(e164)
    try:
        parsed = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
