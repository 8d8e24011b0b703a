"""Further periods, and dates that are asked back."""

from datetime import date, timedelta

import pytest

from bot.slots import Period, date_readings, period
from tests.slots import DAY, MAY, MONTH, OCTOBER, SPAN, TODAY, YEAR


def days(first: str, last: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last), SPAN)


def day(of: str) -> Period:
    return Period(date.fromisoformat(of), date.fromisoformat(of), DAY)


Q3, Q4_2025 = days("2026-07-01", "2026-09-30"), days("2025-10-01", "2025-12-31")
FIRST_HALF = days("2026-01-01", "2026-06-30")
OCTOBER_2025 = Period(date(2025, 10, 1), date(2025, 10, 31), MONTH)

PERIODS = [
    ("oct", OCTOBER),
    ("in 2025", Period(date(2025, 1, 1), date(2025, 12, 31), YEAR)),
    ("10/2026", OCTOBER),
    ("Oct '25", OCTOBER_2025),
    ("October of last year", OCTOBER_2025),
    ("octobre de l'an passé", OCTOBER_2025),
    ("ma facture doctobre", OCTOBER),
    ("daout", Period(date(2026, 8, 1), date(2026, 8, 31), MONTH)),
    ("Daoût et septembre", days("2026-08-01", "2026-09-30")),
    ("davril", Period(date(2026, 4, 1), date(2026, 4, 30), MONTH)),
    ("les paiements dhier", day("2026-11-21")),
    ("la facture daujourdhui", day("2026-11-22")),
    ("last year in October", OCTOBER_2025),
    ("T3", Q3),
    ("les factures T3", Q3),
    ("T3 2025", days("2025-07-01", "2025-09-30")),
    ("3e trimestre", Q3),
    ("le troisième trimestre", Q3),
    ("the 3rd quarter of 2025", days("2025-07-01", "2025-09-30")),
    ("last quarter of 2025", Q4_2025),
    ("since Q2", days("2026-04-01", "2026-11-22")),
    ("first half of 2026", FIRST_HALF),
    ("la première moitié de 2026", FIRST_HALF),
    ("premier semestre", FIRST_HALF),
    ("second half of last year", days("2025-07-01", "2025-12-31")),
    ("between July and September", Q3),
    ("juillet, août et septembre", Q3),
    ("juillet-sept", Q3),
    ("octobre à aujourd'hui", days("2026-10-01", "2026-11-22")),
    ("from August to today", days("2026-08-01", "2026-11-22")),
    ("d'août jusqu'à maintenant", days("2026-08-01", "2026-11-22")),
    ("year to date", days("2026-01-01", "2026-11-22")),
    ("depuis le début du mois", days("2026-11-01", "2026-11-22")),
    ("les 3 derniers mois", days("2026-08-22", "2026-11-22")),
    ("last couple of months", days("2026-09-22", "2026-11-22")),
    ("a week ago", days("2026-11-15", "2026-11-21")),
    ("le mois d'avant", OCTOBER),
    ("each month this year", Period(date(2026, 1, 1), date(2026, 12, 31), YEAR)),
    ("the 15th", day("2026-11-15")),
    ("I paid on the 28th", day("2026-10-28")),
    ("le 15", day("2026-11-15")),
    ("le 31", day("2026-10-31")),
    ("la facture du 3", day("2026-11-03")),
    ("the 15th of last month", day("2026-10-15")),
    ("le 15 du mois dernier", day("2026-10-15")),
    ("depuis le 15", days("2026-11-15", "2026-11-22")),
    ("from the 3rd to the 9th", days("2026-11-03", "2026-11-09")),
    ("du 3 au 9", days("2026-11-03", "2026-11-09")),
    ("du 3 au 9 nov", days("2026-11-03", "2026-11-09")),
    ("from Nov 3 to 9", days("2026-11-03", "2026-11-09")),
    ("le premier décembre 2025", day("2025-12-01")),
    ("nov 22", day("2026-11-22")),
    ("22 nov 2025", day("2025-11-22")),
    ("3nov", day("2026-11-03")),
    ("2026/9/3", day("2026-09-03")),
    ("03/03/2026", day("2026-03-03")),
    ("avant-hier", day("2026-11-20")),
    ("the day before yesterday", day("2026-11-20")),
    ("lundi passé", day("2026-11-16")),
    ("last Sunday", day("2026-11-15")),
    ("depuis vendredi", days("2026-11-20", "2026-11-22")),
    ("lundi le 3 novembre 2025", day("2025-11-03")),
    ("mar. 3 nov. 2026", day("2026-11-03")),
    ("the week of Nov 3", days("2026-11-01", "2026-11-07")),
    ("la semaine du 3 novembre", days("2026-11-01", "2026-11-07")),
    ("yesturday", day("2026-11-21")),
    ("la semiane derniere", days("2026-11-15", "2026-11-21")),
    ("setpembr", Period(date(2026, 9, 1), date(2026, 9, 30), MONTH)),
    ("May invoices please", MAY),
    ("my may bill", MAY),
    ("factures mai", MAY),
    ("mai et juin", days("2026-05-01", "2026-06-30")),
]

NO_PERIOD = [
    "mai jai pas recu ma facture",
    "as you may know",
    "I may have paid",
    "the 2nd invoice",
    "on the 1st page",
    "la 3e facture",
    "the second one",
    "my T1 line",
    "la ligne T1 coupe",
    "after six months",
    "qu'est-ce qui arrive après six mois",
    "2026 dollars",
    "call 613 555 2026",
    "open 24/7",
    "since 03/04/2026",
    "le 45",
    "le 1 800 555",
]


@pytest.mark.parametrize(("text", "expected"), PERIODS)
def test_periods(text: str, expected: Period) -> None:
    """Quarters, halves, weekdays, bare days and mixed forms are read as people mean them."""
    assert expected == period(text, today=TODAY)


@pytest.mark.parametrize("text", NO_PERIOD)
def test_no_period(text: str) -> None:
    """Ordinary words, counts, lines and amounts are no periods."""
    assert period(text, today=TODAY) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("22/11/2026", [day("2026-11-22")]),
        ("11/22/2026", [day("2026-11-22")]),
        ("le 03/04/2026", [day("2026-04-03"), day("2026-03-04")]),
        ("03.04.2026", [day("2026-04-03"), day("2026-03-04")]),
        ("26-11-22", [day("2026-11-22"), day("2022-11-26")]),
        ("03/11", [day("2026-11-03"), day("2026-03-11")]),
        ("25/12", [day("2025-12-25")]),
        (
            "since 03/04/2026",
            [days("2026-04-03", "2026-11-22"), days("2026-03-04", "2026-11-22")],
        ),
        (
            "du 03/11/2026 au 09/11/2026",
            [days("2026-11-03", "2026-11-09"), days("2026-03-11", "2026-09-11")],
        ),
        ("12/01/2026", [day("2026-01-12"), day("2026-12-01")]),
        ("03/03/2026", []),
        ("2026-03-04", []),
        ("33/44/2026", []),
        ("24/7", []),
        ("613-555-0199", []),
        ("october", []),
        ("", []),
    ],
)
def test_date_readings(text: str, expected: list[Period]) -> None:
    """A date in digits is asked back with all it can mean, a day in the future last."""
    assert expected == list(date_readings(text, today=TODAY))


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2024, 2, 29), date(2026, 3, 31)])
def test_last_month_ends_the_day_before_this_one(today: date) -> None:
    """At the edges of years and months, last month is the one just over."""
    read = period("last month", today=today)
    assert read is not None
    assert today.replace(day=1) - timedelta(days=1) == read.last
