"""Which of several invoices a sentence means, besides their dates."""

import pytest

from bot.slots import Due, which


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("last 3 invoices", 3),
        ("my two latest bills", 2),
        ("a couple of my invoices", 2),
        ("les 3 dernières factures", 3),
        ("mes trois factures les plus anciennes", 3),
        ("3 factures les plus récentes", 3),
        ("les deux dernières", 2),
        ("my first 3 invoices", 3),
        ("mes 2 factures impayées", 2),
        ("my last unpaid invoice", 1),
        ("ma dernière facture impayée", 1),
        ("my last unpaid invoices", None),
        ("last 3 months", None),
        ("invoices of the last 12 months", None),
        ("les factures des 3 derniers mois", None),
        ("the last 4 digits of my card", None),
        ("my 2025 invoices", None),
        ("the 15 october invoices", None),
        ("INV00054321", None),
        ("", None),
    ],
)
def test_how_many_are_asked_for(text: str, count: int | None) -> None:
    """Months, days, digits and numbers of invoices are not counted."""
    assert count == which(text).count


@pytest.mark.parametrize(
    ("text", "oldest", "before_last", "due"),
    [
        ("oldest invoice", True, False, None),
        ("ma plus vieille facture", True, False, None),
        ("les factures les plus anciennes", True, False, None),
        ("the invoice before last", False, True, None),
        ("my second to last bill", False, True, None),
        ("l'avant-dernière facture", False, True, None),
        ("la facture d'avant la dernière", False, True, None),
        ("unpaid invoices", False, False, Due.UNPAID),
        ("open invoices", False, False, Due.UNPAID),
        ("mes factures impayées", False, False, Due.UNPAID),
        ("les factures à payer", False, False, Due.UNPAID),
        ("overdue bills", False, False, Due.LATE),
        ("factures en souffrance", False, False, Due.LATE),
        ("ma plus vieille facture impayée", True, False, Due.UNPAID),
        ("my paid invoices", False, False, Due.NOTHING),
        ("mes factures payées", False, False, Due.NOTHING),
        ("mes factures pas encore payées", False, False, Due.UNPAID),
        ("the invoice before last month", False, False, None),
        ("open my invoice", False, False, None),
        ("my last invoice", False, False, None),
        ("the one of last November", False, False, None),
    ],
)
def test_which_are_meant(text: str, *, oldest: bool, before_last: bool, due: Due | None) -> None:
    found = which(text)

    assert (oldest, before_last, due) == (found.oldest, found.before_last, found.due)
    assert found.chooses == (oldest or before_last or due is not None)
