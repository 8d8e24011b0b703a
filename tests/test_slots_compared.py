"""Which invoices a sentence lays side by side."""

import pytest

from bot import slots
from tests.slots import TODAY


@pytest.mark.parametrize(
    ("text", "numbers", "months", "against"),
    [
        ("why is my bill higher this month", [], [11], False),
        ("why is october higher than september", [], [10, 9], False),
        ("compare September and October", [], [9, 10], False),
        ("compare this month with last month", [], [11, 10], False),
        ("october was cheaper than november, why the difference", [], [10, 11], False),
        ("how come we owe so much more than in september", [], [9], True),
        ("bill jumped compared to last month", [], [10], True),
        ("what changed since August", [], [8], True),
        ("pourquoi la facture daout est plus haute que celle de juillet", [], [8, 7], False),
        ("ma facture est plus haute quen aout", [], [8], True),
        ("why is the bill from october higher", [], [10], False),
        ("what changed on INV00054051", ["INV00054051"], [], False),
        ("INV00054051 vs inv 54049", ["INV00054051", "INV00054049"], [], False),
        ("INV00054051 INV00054051", ["INV00054051"], [], False),
        ("pourquoi ma facture a monté en octobre", [], [10], False),
        ("est-ce que ma facture d'octobre est plus haute", [], [10], False),
        ("c'est plus cher que le mois passé", [], [10], True),
        ("on doit tellement plus qu'en septembre", [], [9], True),
        ("la facture a augmenté par rapport au mois passé", [], [10], True),
        ("comparez octobre à septembre", [], [10, 9], False),
        ("la différence entre la facture de mai et celle de juin", [], [5, 6], False),
        ("pourquoi ma facture a monté", [], [], False),
        ("compare 2025 and 2026", [], [], False),
    ],
)
def test_months_and_invoices_come_in_the_order_they_stand(text, numbers, months, against):
    """Both languages; the month after "than" is the one that another is compared with."""
    found = slots.compared(text, today=TODAY)

    assert (numbers, months) == ([*found.numbers], [period.first.month for period in found.periods])
    assert against == found.against
