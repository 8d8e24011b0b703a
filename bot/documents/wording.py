"""How figures of an account are put in words, the same in every answer and document."""

from collections.abc import Iterable
from datetime import date

from bot.billing.aging import Bucket
from bot.billing.effect import state_on
from bot.billing.ledger import Ledger, OpenItem
from bot.billing.windows import HISTORY_MONTHS, Month
from bot.i18n import N_, Localizer
from bot.markup import escape
from store.models import LineKind, PaymentState, PaymentType, Transaction, TransactionType

_TYPES = {
    TransactionType.INVOICE: N_("Invoice"),
    TransactionType.PAYMENT: N_("Payment"),
    TransactionType.CREDIT: N_("Credit"),
    TransactionType.REFUND: N_("Refund"),
}
_TYPES_IN_PLURAL = {
    TransactionType.INVOICE: N_("Invoices"),
    TransactionType.PAYMENT: N_("Payments"),
    TransactionType.CREDIT: N_("Credits"),
    TransactionType.REFUND: N_("Refunds"),
}
_PAYMENT_TYPES = {
    PaymentType.CREDIT_CARD: N_("Credit Card"),
    PaymentType.BANK_UPLOAD: N_("Bank Upload (includes cheques)"),
    PaymentType.HISTORICAL_CREDIT_CARD: N_("Historical Credit Card"),
}
_LINE_KINDS = {
    LineKind.RECURRING: N_("Recurring"),
    LineKind.ONE_TIME: N_("One-time"),
    LineKind.USAGE: N_("Usage"),
}


def transaction_type(loc: Localizer, kind: str) -> str:
    return loc.text(_TYPES[TransactionType(kind)])


def transaction_types(loc: Localizer, kind: str) -> str:
    """Name a type as a heading over several: Payments."""
    return loc.text(_TYPES_IN_PLURAL[TransactionType(kind)])


def payment_type(loc: Localizer, kind: str) -> str:
    return loc.text(_PAYMENT_TYPES[PaymentType(kind)])


def line_kind(loc: Localizer, kind: str) -> str:
    return loc.text(_LINE_KINDS[LineKind(kind)])


def payment_state(loc: Localizer, state: PaymentState) -> str:
    """Say where a payment stands: in French the words agree with « paiement »."""
    states = {
        PaymentState.PENDING: loc.ptext("payment", "pending"),
        PaymentState.CLEARED: loc.ptext("payment", "accepted by the bank"),
        PaymentState.DECLINED: loc.ptext("payment", "declined by the bank"),
        PaymentState.REVERSED: loc.ptext("payment", "taken back by the bank"),
    }
    return states[state]


def bucket(loc: Localizer, found: Bucket) -> str:
    names = {
        Bucket.CURRENT: loc.ptext("aging", "Current"),
        Bucket.DAYS_1_30: loc.ptext("aging", "1 to 30 days"),
        Bucket.DAYS_31_60: loc.ptext("aging", "31 to 60 days"),
        Bucket.DAYS_61_90: loc.ptext("aging", "61 to 90 days"),
        Bucket.OVER_90: loc.ptext("aging", "Over 90 days"),
    }
    return names[found]


def tax(loc: Localizer, name: str, rate_millionths: int | None) -> str:
    """Name a tax with its rate, if it has one: HST 13%, « TVH 13 % »."""
    if rate_millionths is None:
        return tax_name(loc, name)
    return f"{tax_name(loc, name)} {loc.rate(rate_millionths)}"


def tax_name(loc: Localizer, name: str) -> str:
    names = {
        "GST": loc.ptext("tax", "GST"),
        "HST": loc.ptext("tax", "HST"),
        "PST": loc.ptext("tax", "PST"),
        "QST": loc.ptext("tax", "QST"),
        "RST": loc.ptext("tax", "RST"),
    }
    return names.get(name, name)


def card(brand: str | None, last_four: str | None) -> str:
    """Name a card without its number: Visa •••• 4242."""
    return f"{brand or ''} •••• {last_four or ''}".strip()


def period(loc: Localizer, first: date, last: date) -> str:
    """Name the days from first to last: one day, a month, a year, or from when to when."""
    if first == last:
        return loc.date(first)
    month = Month.of(first)
    if (first, last) == (month.first, month.last):
        return loc.month(first)
    if (first, last) == (date(first.year, 1, 1), date(first.year, 12, 31)):
        return str(first.year)
    return loc.text("{first} to {last}", first=loc.date(first), last=loc.date(last))


def balance(loc: Localizer, cents: int, *, past_due_cents: int = 0) -> str:
    """Say a balance in words, so that nobody has to know what a minus sign means."""
    amount = loc.money(abs(cents))
    if cents == 0:
        return loc.text("Your balance is {amount}: there is nothing to pay.", amount=amount)
    if cents < 0:
        return loc.text(
            "You owe nothing: you have a credit of {amount}, which will go toward your next "
            "invoices.",
            amount=amount,
        )
    if past_due_cents >= cents:
        return loc.text("You owe {amount}, all of it past due.", amount=amount)
    if past_due_cents:
        late = loc.money(past_due_cents)
        return loc.text("You owe {amount}, of which {late} is past due.", amount=amount, late=late)
    return loc.text("You owe {amount}.", amount=amount)


def oldest_invoice(loc: Localizer, item: OpenItem, *, today: date) -> str:
    """Name the oldest unpaid invoice and say when it is or was due."""
    number, day = f"**{escape(item.transaction.number)}**", loc.date(item.due_date)
    days_late = (today - item.due_date).days
    if days_late < 0:
        return loc.text(
            "The oldest unpaid invoice, {number}, is due on {day}.", number=number, day=day
        )
    if days_late == 0:
        return loc.text("The oldest unpaid invoice, {number}, is due today.", number=number)
    return loc.plural(
        "The oldest unpaid invoice, {number}, was due on {day}: it is {n} day late, and {open} of "
        "it is still to be paid.",
        "The oldest unpaid invoice, {number}, was due on {day}: it is {n} days late, and {open} of "
        "it is still to be paid.",
        days_late,
        number=number,
        day=day,
        open=loc.money(item.open_cents),
    )


def hidden_credits(loc: Localizer, credits_: Iterable[Transaction]) -> list[str]:
    """Say of each credit why the history and the balance differ by it."""
    return [
        loc.text(
            "A credit of {amount} granted on {day} is already in your balance; it will show in "
            "the history with your next invoice.",
            amount=loc.money(row.amount_cents),
            day=loc.date(row.date),
        )
        for row in credits_
    ]


def does_not_count(loc: Localizer, payment: Transaction, *, today: date) -> str:
    """Say why a payment is not in the balance: it is pending, or the bank said no."""
    msgids = {
        PaymentState.PENDING: N_(
            "A payment of {amount} made on {day} is pending: it does not change the balance "
            "until the bank accepts it."
        ),
        PaymentState.DECLINED: N_(
            "A payment of {amount} made on {day} was declined by the bank: it does not change "
            "the balance."
        ),
        PaymentState.REVERSED: N_(
            "A payment of {amount} made on {day} was taken back by the bank: it no longer counts."
        ),
    }
    return loc.text(
        msgids[state_on(payment, today)],
        amount=loc.money(payment.amount_cents),
        day=loc.date(payment.date),
    )


def signed(loc: Localizer, cents: int) -> str:
    """Write a difference, with its sign."""
    return f"+{loc.money(cents)}" if cents > 0 else loc.money(cents)


def no_invoice(loc: Localizer) -> str:
    months = loc.number(HISTORY_MONTHS)
    return loc.text("I see no invoice of the last {months} months on your account.", months=months)


def kept_since(loc: Localizer, oldest_day: date) -> str:
    """Say how far back the history goes."""
    return loc.text(
        "Transactions are kept for {months} months: the history goes back to {day}.",
        months=loc.number(HISTORY_MONTHS),
        day=loc.date(oldest_day),
    )


def too_old(loc: Localizer, kept: str) -> str:
    """Say how far back something is kept, which `kept` tells, and who has what is older."""
    return " ".join((kept, loc.text("For anything older, the Billing Team can help you.")))


def still_to_pay(loc: Localizer, item: OpenItem, *, today: date) -> str:
    """Say what is open of an invoice, and until when or since when."""
    open_, day = loc.money(item.open_cents), loc.date(item.due_date)
    days_late = (today - item.due_date).days
    if days_late <= 0:
        return loc.text("{open} is still to be paid, by {day}.", open=open_, day=day)
    return loc.plural(
        "This invoice is {n} day past due: {open} is still to be paid.",
        "This invoice is {n} days past due: {open} is still to be paid.",
        days_late,
        open=open_,
    )


def named(loc: Localizer, row: Transaction) -> str:
    """Name a transaction inside a text: Invoice INV00054321 of November 1, 2026."""
    return loc.text(
        "{type} {number} of {day}",
        type=transaction_type(loc, row.type),
        number=escape(row.number),
        day=loc.date(row.date),
    )


def applied(loc: Localizer, row: Transaction, cents: int) -> str:
    """Say, as an item of a list, how much went to or came from a transaction."""
    return "- " + loc.text("{what}: {amount}", what=named(loc, row), amount=loc.money(cents))


def where_it_went(loc: Localizer, ledger: Ledger, credit: Transaction) -> str:
    """List what a payment or credit paid, the oldest first, and what is left of it."""
    given = [found for found in ledger.applications if found.credit.id == credit.id]
    given.sort(key=lambda found: (found.debit.due_date or found.debit.date, found.debit.number))
    left = credit.amount_cents - sum(found.cents for found in given)
    lines = [applied(loc, found.debit, found.cents) for found in given]
    if not lines:
        return loc.text("It has not gone to an invoice yet; it will go toward your next invoices.")
    if left:
        rest = loc.text(
            "Not used yet: {amount}, which will go toward your next invoices",
            amount=loc.money(left),
        )
        lines.append(f"- {rest}")
    return "\n".join((loc.text("It went to:"), *lines))


def not_understood(loc: Localizer, words: str) -> str:
    """Say what of a message is left out of the answer, as it was typed."""
    return loc.text(
        "I did not understand “{words}”, so it is not taken into account.", words=escape(words)
    )
