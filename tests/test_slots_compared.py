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


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("why is my October bill higher than last October", [10]),
        ("compare last october to october", [10]),
        ("why is my bill higher than last year", []),
        ("compare my october invoice with the same month last year", [10]),
        ("why is my bill higher than this time last year", []),
        ("compare my bill with a year ago", []),
        ("pourquoi ma facture d'octobre est plus haute que l'an passé", [10]),
        ("pourquoi ma facture d'octobre est plus haute qu'en octobre dernier", [10]),
        ("celle de septembre et celle du même mois l'an dernier", [9]),
        ("ma facture est plus chère qu'il y a un an", []),
    ],
)
def test_a_month_is_compared_with_itself_a_year_before(text, months):
    """ "Last October" beside October, "last year", and a year ago."""
    found = slots.compared(text, today=TODAY)
    assert months == [month.first.month for month in found.periods]
    assert (found.year_before, found.more) == (True, False)


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("why is october higher than last september", [(2026, 10), (2026, 9)]),
        ("why is my november bill higher than last november", [(2026, 11), (2025, 11)]),
        ("compare october 2026 with october 2025", [(2026, 10), (2025, 10)]),
        ("why is it higher than october of last year", [(2025, 10)]),
        ("why is october higher in october", [(2026, 10)]),
        ("compare 2025 and 2026", []),
        ("plus haute qu'il y a deux ans", []),
    ],
)
def test_a_month_that_is_named_is_itself(text, months):
    """Nothing is moved to the year before that was not said to be."""
    found = slots.compared(text, today=TODAY)
    assert months == [(month.first.year, month.first.month) for month in found.periods]
    assert not found.year_before
