"""The calls that are looked at: the store's figures of them, and what an invoice bills of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from bot.billing.windows import Month, period_bounds
from bot.calls_view import CallsView
from bot.commands import Context
from bot.documents import calls_in_words
from bot.documents.books import Books
from bot.documents.living.own import Own
from bot.i18n import Localizer
from bot.markup import escape
from bot.slots.cities import City, cities_of
from bot.slots.places import is_city, place_name, prefixes
from store import calls, transactions
from store.call_filter import CallFilter, Ending
from store.calls import CallRow, CallTotal, CallTotals
from store.models import Direction, InvoiceLine, LineKind, Transaction

BILLED_WITHIN = 2  # months: usage is on the next invoice (docs/domain.md 1.5), or the one after
SHOWN = 10  # calls in the chat
MOST_NAMED = 5  # cities of one name


@dataclass(frozen=True)
class Found:
    """The calls that are looked at, with what they come to."""

    context: Context
    own: Own
    view: CallsView

    @property
    def loc(self) -> Localizer:
        return self.context.loc

    @cached_property
    def period(self) -> tuple[date, date]:
        """The days that are looked at: those of the view that can be."""
        first, last = self.view.period or days_of(self.own.call_window[-1])
        return max(first, self.own.call_window[0].first), last

    @property
    def is_within(self) -> bool:
        """Whether there may be calls of these days."""
        first, last = self.view.period or self.period
        return self.own.call_window[0].first <= last and first <= self.own.today

    @cached_property
    def heading(self) -> str:
        return self._said(self.view)

    @cached_property
    def heading_of_file(self) -> str:
        """What a file holds: calls, even where the chat tells their sums."""
        return self._said(replace(self.view, per_extension=False))

    def _said(self, view: CallsView) -> str:
        view = replace(view, places=self.places)
        return calls_in_words.heading(self.loc, view, *self.period)

    @cached_property
    def places(self) -> tuple[str, ...]:
        """The places that are looked at; of several cities of one name those with calls."""
        return tuple(code for place in self.view.places for code in self._meant(place))

    def _meant(self, place: str) -> Sequence[str]:
        cities = cities_of(place) if is_city(place) else ()
        if not cities[1:]:
            return [place]
        longest = max(len(prefix) for city in cities for prefix in city.prefixes)
        wanted = replace(self.wanted, prefixes=prefixes(place), limit=None)
        with self.context.read() as session:
            scope = self.context.scope
            begun = calls.beginnings(session, scope=scope, wanted=wanted, length=longest)
        with_calls = (city.code for city in cities if any(map(city.has, begun)))
        return list(with_calls) or [place]

    @cached_property
    def wanted(self) -> CallFilter:
        return self.view.wanted(*period_bounds(*self.period, self.own.account.time_zone))

    @cached_property
    def totals(self) -> CallTotals:
        scope = self.context.scope
        with self.context.read() as session:
            return calls.total(session, scope=scope, wanted=self.wanted)

    @cached_property
    def sums(self) -> Mapping[str, CallTotal]:
        """What the calls of each extension come to."""
        with self.context.read() as session:
            return calls.by_extension(session, scope=self.context.scope, wanted=self.wanted)

    @cached_property
    def rows(self) -> Sequence[CallRow]:
        scope, limit = self.context.scope, min(self.view.limit or SHOWN, SHOWN)
        with self.context.read() as session:
            return list(calls.rows(session, scope=scope, wanted=replace(self.wanted, limit=limit)))

    @cached_property
    def usage(self) -> tuple[str, int] | None:
        """The invoice that bills these calls and its usage in cents, where it bills just them."""
        month = Month.of(self.period[0])
        if not self.view.is_whole or self.period != days_of(month):
            return None
        scope, books = self.context.scope, Books.read(self.context)
        with self.context.read() as session:
            for row in books.transactions:
                if not month.last < row.date <= month.plus(BILLED_WITHIN).last:
                    continue
                lines = transactions.lines(session, scope=scope, transaction_id=row.id or 0)
                usage = [line.amount_cents for line in lines if _bills(line, row, self.period)]
                if usage:
                    return row.number, sum(usage)
        return None


def cities(found: Found) -> Iterator[str]:
    """Say which cities may be meant, by what they are told, and what cannot be told."""
    loc = found.loc
    named = {code: cities_of(code) for code in found.places if is_city(code)}
    for code, several in named.items():
        if len(several) > 1:
            yield _of_one_name(loc, place_name(code, loc.language), several)
        elif areas := several[0].areas:
            yield loc.plural(
                "{city} is recognized by its area code, {areas}.",
                "{city} is recognized by its area codes, {areas}.",
                len(areas),
                city=escape(several[0].name(loc.language)),
                areas=loc.join(areas),
            )
    if any(not city.areas for several in named.values() for city in several):
        yield loc.text(
            "Cities are recognized by the first digits of a number. Numbers that do not tell one, "
            "such as those of most cell phones, are not counted."
        )


def _of_one_name(loc: Localizer, name: str, several: Sequence[City]) -> str:
    places = loc.join(place_name(city.code, loc.language) for city in several[:MOST_NAMED])
    if len(several) > MOST_NAMED:
        return loc.text(
            "Several places are called {city}, among them {places}.", city=name, places=places
        )
    return loc.text("Several places are called {city}: {places}.", city=name, places=places)


def days_of(month: Month) -> tuple[date, date]:
    return month.first, month.last


def unsaid(found: Found) -> Iterator[str]:
    """Say how many calls are left out, of which it is not known whether they were answered."""
    if found.view.ending is None:
        return
    wanted = replace(found.wanted, ending=Ending.UNSAID, limit=None)
    with found.context.read() as session:
        left_out = calls.total(session, scope=found.context.scope, wanted=wanted).all.calls
    if left_out:
        yield found.loc.plural(
            "{n} more call is left out: its record does not tell whether it was answered.",
            "{n} more calls are left out: their records do not tell whether they were answered.",
            left_out,
        )


def per_extension(found: Found) -> Iterator[str]:
    """Say to whom internal calls are counted, and that files hold the calls themselves."""
    if not found.view.per_extension or not found.totals.all.calls:
        return
    if found.view.direction in (None, Direction.INTERNAL):
        yield found.loc.text("A call between two extensions counts for the one that called.")
    yield found.loc.text("Files list the calls themselves, each with its extensions.")


def unbilled(loc: Localizer, totals: CallTotals) -> Iterator[str]:
    if not totals.unbilled.calls:
        return
    if not totals.billed.calls:
        yield loc.plural(
            "It is not billed yet.",
            "None of these calls is billed yet.",
            totals.unbilled.calls,
        )
        return
    yield loc.text(
        "Of these, not billed yet: {counted}.",
        counted=calls_in_words.counted(loc, totals.unbilled),
    )


def invoiced(found: Found) -> Iterator[str]:
    """Compare a whole month with the usage on its invoice; what differs is never hidden."""
    if found.usage is None or not found.totals.billed.calls:
        return
    loc, (number, cents) = found.loc, found.usage
    billed = found.totals.billed
    difference = calls_in_words.cents(billed) - cents
    if difference == 0:
        yield loc.text(
            "Invoice {number} bills the same usage: {amount}.",
            number=escape(number),
            amount=loc.money(cents),
        )
        return
    yield loc.text(
        "Invoice {number} bills usage of {amount}. The billed calls come to {charge}: a difference "
        "of {difference}.",
        number=escape(number),
        amount=loc.money(cents),
        charge=loc.money(calls_in_words.cents(billed)),
        difference=loc.money(abs(difference)),
    )


def _bills(line: InvoiceLine, invoice: Transaction, period: tuple[date, date]) -> bool:
    """Tell the usage of a period; a line that names none has its invoice's."""
    own = (line.period_first or invoice.period_first, line.period_last or invoice.period_last)
    return line.kind == LineKind.USAGE and own == period
