"""Amounts, durations and comparisons, in both languages at once."""

from decimal import Decimal

import pytest

from bot.slots import amounts
from bot.slots.limits import Comparison, Limit
from tests.slots import amount_limits, duration, duration_limits

OVER, UNDER, AT_LEAST, AT_MOST = Comparison


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1 234,56 $", 123456),
        ("1\N{NO-BREAK SPACE}234,56\N{NO-BREAK SPACE}$", 123456),
        ("$1,234.56", 123456),
        ("1234.56$", 123456),
        ("1 234,56", 123456),
        ("1.234,56 $", 123456),
        ("1234,5 $", 123450),
        ("1,234$", 123400),
        ("310.20", 31020),
        ("-$210.69", -21069),
        ("\N{MINUS SIGN}210,69 $", -21069),
        ("ça dit moins 85 piasses", -8500),
        ("au moins 85 piasses", 8500),
        ("$0.015 a minute", Decimal("1.5")),
        ("0,015 $ la minute", Decimal("1.5")),
        ("CA$12", 1200),
        ("12 CAD", 1200),
        ("12 piasses", 1200),
        ("100 bucks", 10000),
        ("a dollar", 100),
        ("une piasse", 100),
        ("half a dollar", 50),
        ("forty-one dollars", 4100),
        ("quarante et une piasses", 4100),
        ("soixante-quinze dollars", 7500),
        ("quatre-vingt-dix piasses", 9000),
        ("cent piasses", 10000),
        ("deux cents dollars", 20000),
        ("two hundred bucks", 20000),
        ("$2k", 200000),
        ("50 cents", 50),
        ("cinquante cents", 50),
        ("25 sous", 25),
        ("50 ¢", 50),
        ("12 dollars and 50 cents", 1250),
        ("facture 54321 de 310,20 $", 31020),
    ],
)
def test_amount(text: str, cents: Decimal) -> None:
    """An amount is read in either notation and in words."""
    assert [cents] == list(amounts(text)[:1])


@pytest.mark.parametrize(
    "text",
    ["", "54321", "1.50 %", "12.50 minutes", "22.11.2026", "613-555-0199", "INV00054321", "2026"],
)
def test_no_amount(text: str) -> None:
    """Numbers, shares, durations and dates are no amounts."""
    assert () == amounts(text)


def test_amounts_in_order() -> None:
    """All amounts come in the order they stand."""
    text = "I was told $24.95, you charged 29,95 $ and 12 bucks"
    assert (2495, 2995, 1200) == amounts(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5 minutes", 300),
        ("a 5-minute call", 300),
        ("a 61 second call", 61),
        ("dix minutes", 600),
        ("2,5 min", 150),
        ("2 min 30", 150),
        ("2 minutes and 30 seconds", 150),
        ("5m", 300),
        ("30 s", 30),
        ("1h30", 5400),
        ("1 h 05 min 10 s", 3910),
        ("an hour", 3600),
        ("half an hour", 1800),
        ("une demi-heure", 1800),
        ("3:45", 225),
        ("1:03:45", 3825),
        ("at 3:45", None),
        ("3:05 p.m.", None),
        ("à 15 h 05", None),
        ("a second invoice", None),
        ("quelqu'un s'est trompé", None),
        ("", None),
    ],
)
def test_duration(text: str, seconds: int | None) -> None:
    """A duration comes in seconds; a time of day is none."""
    assert seconds == duration(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("calls over a dollar", [Limit(OVER, Decimal(100))]),
        ("les appels de plus d'une piasse", [Limit(OVER, Decimal(100))]),
        ("more than five bucks", [Limit(OVER, Decimal(500))]),
        ("> $5", [Limit(OVER, Decimal(500))]),
        ("moins de 5 $", [Limit(UNDER, Decimal(500))]),
        ("au moins 5 $", [Limit(AT_LEAST, Decimal(500))]),
        ("$5 and up", [Limit(AT_LEAST, Decimal(500))]),
        ("10 $ et plus", [Limit(AT_LEAST, Decimal(1000))]),
        ("no more than $5", [Limit(AT_MOST, Decimal(500))]),
        ("pas plus de 5 $", [Limit(AT_MOST, Decimal(500))]),
        ("between $5 and $10", [Limit(AT_LEAST, Decimal(500)), Limit(AT_MOST, Decimal(1000))]),
        ("entre 5 et 10 $", [Limit(AT_LEAST, Decimal(500)), Limit(AT_MOST, Decimal(1000))]),
        ("it cost $5", []),
        ("des crédits de 5 $ et 10 $", []),
        ("over 5 minutes", []),
    ],
)
def test_amount_limits(text: str, expected: list[Limit]) -> None:
    """What an amount is compared with, in cents."""
    assert expected == amount_limits(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("over 5 minutes", [Limit(OVER, Decimal(300))]),
        ("plus de 2 min", [Limit(OVER, Decimal(120))]),
        ("moins de 30 secondes", [Limit(UNDER, Decimal(30))]),
        ("de 5 à 10 minutes", [Limit(AT_LEAST, Decimal(300)), Limit(AT_MOST, Decimal(600))]),
        ("over 5 minutes and more than $2", [Limit(OVER, Decimal(300))]),
        ("5 minutes", []),
    ],
)
def test_duration_limits(text: str, expected: list[Limit]) -> None:
    """What a duration is compared with, in seconds."""
    assert expected == duration_limits(text)
