"""Why is an invoice higher, or lower, than another?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from bot import slots
from bot.billing.comparison import Bill, Comparison, monthly
from bot.commands import Answer, Command, Context
from bot.documents import comparison_table, wording
from bot.documents.books import Books
from bot.history_view import (
    BESIDE,
    EARLIER,
    INVOICES,
    LONGEST,
    in_every_language,
    unknown_button,
    words,
)
from bot.i18n import N_, Localizer, phrases
from bot.markup import escape
from bot.messages import Button, Reply
from bot.paired import PAIR, Paired
from bot.slots.calendar_words import codes
from bot.slots.compared import without_numbers
from bot.slots.words import plain
from store import accounts, transactions
from store.models import Transaction
from store.models.types import is_ref

# With one of these, a sentence about an invoice or two months compares.
_COMPARING = phrases(
    "compare | comparing | compared | comparison | versus | vs | difference | differences | "
    "different | changed | higher | lower | cheaper | dearer"
)
_WITH = phrases("with | to | than | against | versus | vs")
# With one of these, an invoice is asked for and no comparison.
_SHOWING = phrases("show | see | view | give | send | get | open | pdf | copy | download | print")
NAMED = 3  # orders between two invoices; more of them are a sum
_SAYS_TWO = phrases("there")
_GOING_ON = phrases("and | about | also")
_IDLE = phrases(
    "why | is | it | that | did | does | has | have | was | were | with | between | against | "
    "than | to | and | a | ones | our | your | can | could | you | so | much | costs | cost | "
    "last | latest | previous | two | 2 | month | this | i | there | time"
)


@dataclass(frozen=True)
class _Invoices:
    """The invoices that are kept, and what stands on them."""

    context: Context
    books: Books

    @cached_property
    def kept(self) -> list[Transaction]:
        return self.books.invoices

    @cached_property
    def monthly(self) -> list[Transaction]:
        """Those that come every month; where none does, any may be compared."""
        scope = self.context.scope
        with self.context.read() as session:
            kinds = transactions.line_kinds(session, scope=scope)
        return monthly(self.kept, kinds) or self.kept

    def bill(self, invoice: Transaction) -> Bill:
        scope, id_ = self.context.scope, invoice.id or 0
        with self.context.read() as session:
            lines = transactions.lines(session, scope=scope, transaction_id=id_)
            taxes = transactions.taxes(session, scope=scope, transaction_id=id_)
        return Bill(invoice, lines, taxes)

    def places(self) -> Mapping[int, str]:
        """The labels of the service addresses by id; none is named where there is only one."""
        scope = self.context.scope
        with self.context.read() as session:
            found = accounts.service_addresses(session, scope=scope)
        return {place.id or 0: place.label for place in found} if found[1:] else {}


def handle(context: Context) -> Answer:
    """Compare the two invoices that are named, else the latest monthly one and the one before.

    The argument is the ref of an invoice, which is compared with the one before, or a sentence.
    """
    found = _Invoices(context, Books.read(context))
    paired = _paired(context, found)
    if paired.after is None:
        return _none(context, found, paired)
    if paired.before is None:
        context.ask(paired.after.number)
        return _alone(context, found, paired.after)
    context.ask(f"{paired.after.number} {paired.before.number}")
    return _compared(context, found, paired)


def claims(text: str) -> str | None:
    """Know "compare September and October", "what changed on my bill" by their shape."""
    if len(text) > LONGEST or not in_every_language(_COMPARING).intersection(words(text)):
        return None
    asked = _asked(text)
    named = asked.numbers or in_every_language(INVOICES).intersection(words(text))
    if not named and len(asked.periods) + asked.year_before < PAIR:
        return None
    alone = not (asked.numbers or asked.year_before) and len(asked.periods) < PAIR
    if alone and in_every_language(_SAYS_TWO).intersection(words(text)):
        return None  # "why are there two different invoices this month" asks why, not by how much
    idle = in_every_language(_COMPARING, INVOICES, _IDLE, BESIDE)
    return text if _says_no_more(without_numbers(plain(text)), idle) else None


def fits(text: str, asked: str) -> str | None:
    """Understand "and September?", "with August" and "than last year" of what was just shown."""
    named = _asked(text) if len(text) <= LONGEST else slots.Compared()
    if not (named.periods or named.year_before) or _asks_for_invoice(text):
        return None
    year_ago = named.year_before and not named.periods
    beside = (_COMPARING,) if year_ago else ()
    if not _says_no_more(text, in_every_language(_WITH, INVOICES, _IDLE, BESIDE, *beside)):
        return None
    with_it = year_ago or in_every_language(_WITH).intersection(words(text))
    number, *_ = asked.split()
    return f"{number} {text}" if with_it else text


def _asks_for_invoice(text: str) -> bool:
    """Whether "show me my October invoice" wants the document itself."""
    said = set(words(text))
    if not said & in_every_language(INVOICES):
        return False
    goes_on = said & in_every_language(_WITH, _GOING_ON)
    return not goes_on or bool(said & in_every_language(_SHOWING))


def _asked(text: str) -> slots.Compared:
    return slots.compared(text, today=datetime.now(UTC).date())


def _says_no_more(text: str, idle: frozenset[str]) -> bool:
    """Whether all words are idle, or name a day or month."""
    rest = " ".join(word for word in words(text) if word not in idle)
    return "_" not in codes(rest).split()


def _paired(context: Context, found: _Invoices) -> Paired:
    said = context.said
    if is_ref(said):
        said = next((row.number for row in found.kept if row.ref == said), "")
        if not said:
            raise unknown_button()
    asked = slots.compared(said, today=found.books.today)
    if said.startswith(EARLIER):
        asked = slots.Compared(asked.numbers[-1:])
    return Paired.of(asked, invoices=found.kept, monthly=found.monthly)


def _none(context: Context, found: _Invoices, paired: Paired) -> Answer:
    """Say what is not there: an invoice at all, that number, or one of that month."""
    loc = context.loc
    text = wording.no_invoice(loc)
    if paired.unknown:
        text = loc.text(
            "I find no invoice {number} on your account. Please check its number in the history.",
            number=escape(paired.unknown),
        )
    elif paired.empty:
        period = wording.period(loc, paired.empty.first, paired.empty.last)
        text = loc.text("I see no monthly invoice of {period} on your account.", period=period)
        if paired.empty.first < found.books.oldest_day:
            text = f"{text} {wording.kept_since(loc, found.books.oldest_day)}"
    invoices = Button(loc.text("My invoices"), action="transactions:p1;t=invoice")
    return Answer(reply=Reply(text=text, buttons=(invoices, _person(loc))))


def _alone(context: Context, found: _Invoices, invoice: Transaction) -> Answer:
    """Say why an invoice has nothing to be compared with."""
    loc = context.loc
    about = {
        "number": f"**{escape(invoice.number)}**",
        "day": loc.date(invoice.date),
        "amount": loc.money(invoice.amount_cents),
    }
    buttons = [_details(loc, invoice)]
    if invoice in found.monthly:
        text = loc.text(
            "{number} of {day}, {amount}, is the first monthly invoice that I see on your "
            "account: there is none before it to compare it with.",
            **about,
        )
        buttons += [Button(loc.text("About a first invoice"), action="faq:off-first-invoice")]
    else:
        text = loc.text(
            "{number} of {day}, {amount}, bills an order by itself. It does not come every month, "
            "so I compare it with no other invoice.",
            **about,
        )
        buttons += [Button(loc.text("Compare my last two invoices"), action="bill")]
    return Answer(reply=Reply(text=text, buttons=(*buttons, _person(loc))))


def _compared(context: Context, found: _Invoices, paired: Paired) -> Answer:
    loc, before, after = context.loc, paired.before, paired.after
    assert before is not None  # noqa: S101 - the caller saw to both
    assert after is not None  # noqa: S101
    comparison = Comparison.of(found.bill(before), found.bill(after))
    limit = loc.text("I lay two monthly invoices side by side. To choose them, name two months.")
    sentences = [
        *([limit] if paired.left_out else ()),
        comparison_table.lead(loc, comparison),
        comparison_table.sums(loc, comparison),
        *_between(found, comparison, loc),
    ]
    reply = Reply(
        title=loc.text("What changed"),
        text="\n\n".join(sentences),
        table=comparison_table.table(loc, comparison, found.places()) if comparison.parts else None,
        buttons=(_details(loc, after), _details(loc, before), _person(loc)),
    )
    return Answer(reply=reply)


def _between(found: _Invoices, comparison: Comparison, loc: Localizer) -> Iterator[str]:
    """Name the orders billed by themselves since the earlier invoice: they are no part of it."""
    pair = (comparison.before, comparison.after)
    first, last = (invoice.date for invoice in pair)
    rows = [
        row
        for row in found.kept
        if row not in (*found.monthly, *pair) and first <= row.date <= last
    ]
    orders = [f"**{escape(row.number)}** ({loc.money(row.amount_cents)})" for row in rows]
    if len(orders) > NAMED:
        yield loc.text(
            "{n} orders ({total} in all) were billed by themselves in between and are not part of "
            "this.",
            n=len(orders),
            total=loc.money(sum(row.amount_cents for row in rows)),
        )
    elif orders:
        yield loc.plural(
            "An order was billed by itself in between and is not part of this: {orders}.",
            "{n} orders were billed by themselves in between and are not part of this: {orders}.",
            len(orders),
            orders=loc.join(orders),
        )


def _details(loc: Localizer, invoice: Transaction) -> Button:
    label = loc.text("Details of {number}", number=invoice.number)
    return Button(label, action=f"transaction:{invoice.ref}")


def _person(loc: Localizer) -> Button:
    return Button(loc.text("Talk to a person"), action="handoff")


command = Command(
    name="bill",
    help=N_("What changed since the last invoice"),
    place=28,
    handle=handle,
    fits=fits,
    claims=claims,
    whole=True,
)
