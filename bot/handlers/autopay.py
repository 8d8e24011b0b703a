"""Is Auto Pay on, and with which card?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.billing.cards import CardState, card_state, good_through
from bot.commands import Answer, Command, Context
from bot.documents import wording
from bot.faq import facts
from bot.i18n import N_, Localizer
from bot.messages import Button, Fact, Reply
from store import accounts
from store.models import PaymentMethod

# The portal's own words, from the one table of them.
_LABELS = (
    "add_new",
    "auto_pay_status",
    "automatic_payment_method",
    "change_card",
    "manage_auto_payment",
    "use_for_auto_pay",
)


@dataclass(frozen=True, slots=True)
class _Setup:
    is_on: bool
    cards: Sequence[PaymentMethod]  # the default one first
    state: CardState | None  # of the default card


def handle(context: Context) -> Answer:
    """Say whether Auto Pay is on, with which card, and what to do about either."""
    loc, setup = context.loc, _read(context)
    reply = Reply(
        title=loc.text("Auto Pay"),
        text="\n\n".join(_paragraphs(setup, _portal_labels(context), loc)),
        facts=tuple(_facts(setup, loc)),
        buttons=tuple(_buttons(setup, loc)),
    )
    return Answer(reply=reply)


def _read(context: Context) -> _Setup:
    scope = context.scope
    with context.read() as session:
        account = accounts.get(session, scope=scope)
        cards = accounts.payment_methods(session, scope=scope)
    today = context.today(account.time_zone)
    return _Setup(account.auto_pay, cards, card_state(cards[0], today=today) if cards else None)


def _paragraphs(setup: _Setup, labels: dict[str, str], loc: Localizer) -> Iterator[str]:
    if not setup.is_on:
        yield loc.text("Auto Pay is off: you pay each invoice yourself.")
    elif setup.cards:
        yield loc.text(
            "Auto Pay is on: an invoice is charged to the card on file once it is past due."
        )
    else:
        yield loc.text(
            "Auto Pay is on, but no payment method is saved, so nothing can be charged. To add "
            "one, choose {add_new} under {automatic_payment_method} in the portal.",
            **labels,
        )
    yield from _about_card(setup, labels, loc)
    if not setup.is_on:
        yield loc.text(
            "To turn it on, choose {manage_auto_payment} in the {auto_pay_status} tile of the "
            "portal, enter the payment details, keep {use_for_auto_pay} ticked and save. Invoices "
            "that are past due at that moment are charged right away.",
            **labels,
        )


def _about_card(setup: _Setup, labels: dict[str, str], loc: Localizer) -> Iterator[str]:
    if setup.state is CardState.EXPIRED:
        yield loc.text(
            "**The card on file has expired** ({month}). Replace it in the portal: "
            "under {automatic_payment_method}, choose {change_card}.",
            month=loc.month(good_through(setup.cards[0])),
            **labels,
        )
    elif setup.state is CardState.EXPIRING_SOON:
        yield loc.text(
            "**The card on file expires soon** ({month}). Replace it in the portal "
            "before then: under {automatic_payment_method}, choose {change_card}.",
            month=loc.month(good_through(setup.cards[0])),
            **labels,
        )


def _facts(setup: _Setup, loc: Localizer) -> Iterator[Fact]:
    on_or_off = loc.ptext("auto pay", "On") if setup.is_on else loc.ptext("auto pay", "Off")
    yield Fact(loc.text("Auto Pay"), on_or_off)
    label = loc.text("Payment method on file")
    if not setup.cards:
        yield Fact(label, loc.ptext("payment method", "None"))
    for card in setup.cards:
        value = loc.text(
            "{card}, valid until {month}",
            card=wording.card(card.brand, card.last_four),
            month=loc.month(good_through(card)),
        )
        yield Fact(label, value)


def _buttons(setup: _Setup, loc: Localizer) -> Iterator[Button]:
    if setup.state in {CardState.EXPIRED, CardState.EXPIRING_SOON}:
        yield Button(loc.text("Change the card"), action="faq:change-card")
    if setup.is_on:
        yield Button(loc.text("When am I charged?"), action="faq:autopay-when-charged")
    else:
        yield Button(loc.text("Set up Auto Pay"), action="faq:autopay-setup")
    yield Button(loc.text("Current balance"), action="balance")


def _portal_labels(context: Context) -> dict[str, str]:
    language, today = context.loc.language, context.today()
    return {
        name: facts.fill(f"{{label_{name}}}", language=language, today=today) for name in _LABELS
    }


command = Command(name="autopay", help=N_("Auto Pay and the card on file"), place=45, handle=handle)
