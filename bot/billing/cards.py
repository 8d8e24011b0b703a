"""How long a saved card is good for."""

from datetime import date, timedelta
from enum import StrEnum

from bot.billing.windows import Month
from store.models import PaymentMethod

# Two invoice cycles: enough for the customer to change the card before Auto Pay needs it.
SOON = timedelta(days=60)


class CardState(StrEnum):
    VALID = "valid"
    EXPIRING_SOON = "expiring_soon"
    EXPIRED = "expired"


def good_through(card: PaymentMethod) -> date:
    """A card is good through the last day of its expiry month."""
    return Month(card.expiry_year, card.expiry_month).last


def card_state(card: PaymentMethod, *, today: date) -> CardState:
    """Whether a card has expired, or does so within the next 60 days."""
    last = good_through(card)
    if last < today:
        return CardState.EXPIRED
    return CardState.EXPIRING_SOON if last - today <= SOON else CardState.VALID
