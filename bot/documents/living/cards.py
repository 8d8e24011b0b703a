"""The card on file, and Auto Pay, which charges it."""

from collections.abc import Iterator

from bot.billing.cards import CardState, card_state, good_through
from bot.documents import wording
from bot.documents.living.own import Own
from bot.i18n import N_, Localizer
from bot.markup import escape
from store.models import PaymentMethod

_ON_FILE = {
    CardState.VALID: N_("The card on file is {card}, valid until {month}."),
    CardState.EXPIRING_SOON: N_("The card on file, {card}, expires soon ({month})."),
    CardState.EXPIRED: N_("The card on file, {card}, has expired ({month})."),
}


def on_file(own: Own) -> Iterator[str]:
    """Name the saved cards, and say how long the one that is used is good for."""
    loc, cards = own.loc, own.cards
    if not cards:
        yield loc.text("There is no card on file for your account.")
        return
    msgid = _ON_FILE[card_state(cards[0], today=own.today)]
    yield loc.text(msgid, card=_named(cards[0]), month=_month(loc, cards[0]))
    if len(cards) > 1:
        others = [f"{_named(card)} ({_month(loc, card)})" for card in cards[1:]]
        yield loc.text("Also on file: {cards}.", cards=loc.join(others))


def auto_pay(own: Own) -> Iterator[str]:
    """Say whether it is on, with which card, and what is past due by now."""
    loc, is_on = own.loc, own.account.auto_pay
    if is_on and not own.cards:
        yield loc.text("Auto Pay is on, but no card is on file, so nothing can be charged.")
    else:
        yield loc.text("Auto Pay is on.") if is_on else loc.text("Auto Pay is off.")
        yield from on_file(own)
    if late := own.books.aging.past_due_cents:
        yield loc.text("{amount} is past due right now.", amount=loc.money(late))
    else:
        yield loc.text("Nothing is past due right now.")


def _named(card: PaymentMethod) -> str:
    return escape(wording.card(card.brand, card.last_four))


def _month(loc: Localizer, card: PaymentMethod) -> str:
    return loc.month(good_through(card))
