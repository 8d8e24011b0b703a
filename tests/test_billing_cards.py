"""When a saved card is about to expire."""

from datetime import date

import pytest

from bot.billing.cards import CardState, card_state, good_through
from store.models import PaymentMethod

CARD = PaymentMethod(
    id=1, account_id=1, brand="Visa", last_four="4242", expiry_year=2026, expiry_month=11
)


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2026, 9, 30), CardState.VALID),
        (date(2026, 10, 1), CardState.EXPIRING_SOON),
        (date(2026, 11, 30), CardState.EXPIRING_SOON),
        (date(2026, 12, 1), CardState.EXPIRED),
    ],
)
def test_a_card_is_good_through_the_last_day_of_its_month(today, state):
    """Within 60 days of that day the customer is told."""
    assert date(2026, 11, 30) == good_through(CARD)
    assert state == card_state(CARD, today=today)
