"""Periods, transaction types, addresses and numbers, in both languages at once."""

from datetime import date

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from bot.slots import (
    Period,
    account_number,
    email,
    invoice_number,
    period,
    phone,
    transaction_type,
)
from tests.slots import DAY, DAYS, LOCALES, MAY, MONTH, OCTOBER, SPAN, TODAY, YEAR

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30), MONTH)
SEPTEMBER = Period(date(2026, 9, 1), date(2026, 9, 30), MONTH)
LAST_YEAR = Period(date(2025, 1, 1), date(2025, 12, 31), YEAR)
THIS_YEAR = Period(date(2026, 1, 1), date(2026, 12, 31), YEAR)
THREE_MONTHS = Period(date(2026, 8, 22), TODAY, SPAN)
SINCE_AUGUST = Period(date(2026, 8, 1), TODAY, SPAN)
THIRD_TO_NINTH = Period(date(2026, 11, 3), date(2026, 11, 9), SPAN)
YESTERDAY = Period(date(2026, 11, 21), date(2026, 11, 21), DAY)

PERIODS = [
    ("October", OCTOBER),
    ("october 2026", OCTOBER),
    ("show me the octobre invoices", OCTOBER),
    ("last month", OCTOBER),
    ("le mois passé", OCTOBER),
    ("les appels du mois dernier", OCTOBER),
    ("this month", NOVEMBER),
    ("ce mois-ci", NOVEMBER),
    ("le mois en cours", NOVEMBER),
    ("septembre", SEPTEMBER),
    ("sept", SEPTEMBER),
    ("et pour sept.?", SEPTEMBER),
    ("setpember", SEPTEMBER),
    ("2026-09", SEPTEMBER),
    ("may", MAY),
    ("invoices for May", MAY),
    ("en mai", MAY),
    ("december", Period(date(2025, 12, 1), date(2025, 12, 31), MONTH)),
    ("last november", Period(date(2025, 11, 1), date(2025, 11, 30), MONTH)),
    ("agust", Period(date(2026, 8, 1), date(2026, 8, 31), MONTH)),
    ("five months ago", Period(date(2026, 6, 1), date(2026, 6, 30), MONTH)),
    ("il y a 2 mois", SEPTEMBER),
    ("yesterday", YESTERDAY),
    ("payé hier", YESTERDAY),
    ("aujourd'hui", Period(TODAY, TODAY, DAY)),
    ("aujourd\N{RIGHT SINGLE QUOTATION MARK}hui", Period(TODAY, TODAY, DAY)),
    ("2026-10-03", Period(date(2026, 10, 3), date(2026, 10, 3), DAY)),
    ("le 1er décembre 2025", Period(date(2025, 12, 1), date(2025, 12, 1), DAY)),
    ("nov 25", Period(date(2025, 11, 25), date(2025, 11, 25), DAY)),
    ("29 février", Period(date(2024, 2, 29), date(2024, 2, 29), DAY)),
    ("last 3 months", THREE_MONTHS),
    ("les trois derniers mois", THREE_MONTHS),
    ("depuis 3 mois", THREE_MONTHS),
    ("past 30 days", Period(date(2026, 10, 23), TODAY, SPAN)),
    ("les sept derniers jours", Period(date(2026, 11, 15), TODAY, SPAN)),
    ("since August", SINCE_AUGUST),
    ("depuis août", SINCE_AUGUST),
    ("depuis le 1er aout", SINCE_AUGUST),
    ("2026", THIS_YEAR),
    ("this year", THIS_YEAR),
    ("cette année", THIS_YEAR),
    ("last year", LAST_YEAR),
    ("l'an passé", LAST_YEAR),
    ("l'année dernière", LAST_YEAR),
    ("from 3 to 9 nov", THIRD_TO_NINTH),
    ("du 3 au 9 novembre", THIRD_TO_NINTH),
    ("Nov 3-9", THIRD_TO_NINTH),
    ("2026-11-03 to 2026-11-09", THIRD_TO_NINTH),
    ("entre le 3 nov et le 9 nov", THIRD_TO_NINTH),
    ("de septembre à novembre", Period(date(2026, 9, 1), date(2026, 11, 30), SPAN)),
    ("nov to jan", Period(date(2025, 11, 1), date(2026, 1, 31), SPAN)),
    ("last week", Period(date(2026, 11, 15), date(2026, 11, 21), SPAN)),
    ("la semaine passée", Period(date(2026, 11, 15), date(2026, 11, 21), SPAN)),
    ("Q3", Period(date(2026, 7, 1), date(2026, 9, 30), SPAN)),
]

NO_PERIOD = [
    "",
    "what is my balance",
    "mon dernier paiement",
    "may i pay by card",
    "it may be wrong",
    "ça marche pas",
    "a number to remember, for members",
    "30 days past due",
    "22/11/2026",
    "03/11/2026",
    "$2026",
    "2 026,50 $",
    "613-555-2026",
    "INV00002026",
    "31 feb",
    "2026-13-01",
    "999 years and 99999 days ago",
]


@pytest.mark.parametrize(("text", "expected"), PERIODS)
def test_periods(text: str, expected: Period) -> None:
    """A period is understood as people say it; a month without a year is the latest begun."""
    assert expected == period(text, today=TODAY)


@pytest.mark.parametrize("text", NO_PERIOD)
def test_no_period(text: str) -> None:
    """What only looks like a period is none, and a date with slashes is nobody's guess."""
    assert period(text, today=TODAY) is None


@given(day=DAYS, locale=LOCALES, form=st.sampled_from(["LLLL y", "LLL y", "MMMM y", "MMM y"]))
def test_reads_the_months_babel_writes(day: date, locale: str, form: str) -> None:
    """A month and year as the bot writes them, in full or short, are read back."""
    read = period(format_date(day, form, locale=locale), today=TODAY)
    assert read is not None
    assert (day.replace(day=1), MONTH) == (read.first, read.kind)


@given(today=DAYS, month=st.integers(1, 12), locale=LOCALES, form=st.sampled_from(["LLLL", "LLL"]))
def test_a_bare_month_has_begun(today: date, month: int, locale: str, form: str) -> None:
    """A month without a year began at most a year ago, and not in the future."""
    read = period(format_date(date(2024, month, 1), form, locale=locale), today=today)
    assert read is not None
    assert month == read.first.month
    assert read.first <= today
    assert (today - read.first).days <= 366


@given(today=DAYS, text=st.text(max_size=60) | st.sampled_from([text for text, _ in PERIODS]))
def test_periods_run_forwards(today: date, text: str) -> None:
    """Whatever is typed on whatever day, a period never ends before it starts."""
    read = period(text, today=today)
    assert read is None or read.first <= read.last


def test_long_messages_are_bounded() -> None:
    """Forty thousand characters of anything are read without harm."""
    for text in ("\ufdfa" * 40_000, "inv " * 10_000, "1 " * 20_000, "a." * 20_000):
        assert period(text, today=TODAY) is None
        assert email(text) is None
        assert phone(text) is None
        assert invoice_number(text) is None
        transaction_type(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("show my invoices", "invoice"),
        ("mes bills", "invoice"),
        ("les factures d'octobre", "invoice"),
        ("facutre", "invoice"),
        ("pmts", "payment"),
        ("nos paiements", "payment"),
        ("my credit card payments", "payment"),
        ("credits", "credit"),
        ("notes de crédit", "credit"),
        ("refudn", "refund"),
        ("remboursments", "refund"),
        ("money back", "refund"),
        ("credit card", None),
        ("ma carte de crédit", None),
        ("mode de paiement", None),
        ("bill to", None),
        ("invoices and payments", None),
        ("what is my balance", None),
        ("", None),
    ],
)
def test_transaction_type(text: str, expected: str | None) -> None:
    """The one type that is named; a credit card is no credit, and of two types neither wins."""
    assert expected == transaction_type(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("inv 54321", "INV00054321"),
        ("#INV00054321", "INV00054321"),
        ("INV-00054321 please", "INV00054321"),
        ("invoice #7", "INV00000007"),
        ("invoice number is 54321", "INV00054321"),
        ("la facture no 54321", "INV00054321"),
        ("facture 54321 svp", "INV00054321"),
        ("00054321", "INV00054321"),
        ("facture 2026", None),
        ("my bill is $12345", None),
        ("facture 12345,50", None),
        ("bill 300", None),
        ("613-555-0123", None),
        ("", None),
    ],
)
def test_invoice_number(text: str, expected: str | None) -> None:
    """An invoice number is read however it is typed, and amounts and years are none."""
    assert expected == invoice_number(text)


@given(
    number=st.integers(0, 99_999_999), form=st.sampled_from(["INV{:08}", "inv{:08}", "INV {:08}"])
)
def test_invoice_numbers_as_printed(number: int, form: str) -> None:
    """Any number as the invoice prints it is read back."""
    assert f"INV{number:08}" == invoice_number(f"please send {form.format(number)} again")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("account 1234", "001234"),
        ("acct #001234", "001234"),
        ("numéro de compte 5678", "005678"),
        ("mon numéro de compte est 5678", "005678"),
        ("compte no 5678", "005678"),
        ("001234", "001234"),
        ("compte 2026", None),
        ("account 12", None),
        ("00054321", None),
        ("", None),
    ],
)
def test_account_number(text: str, expected: str | None) -> None:
    """An account number gets its leading zeros back."""
    assert expected == account_number(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("613-555-0199", "+16135550199"),
        ("call me at (613) 555-0199.", "+16135550199"),
        ("1 877 498-3772", "+18774983772"),
        ("+1 613 555 0199", "+16135550199"),
        ("613.555.0199 ext 3", "+16135550199"),
        ("mon tel: 5145550199 merci", "+15145550199"),
        ("+33 1 23 45 67 89", "+33123456789"),
        ("011 44 20 7946 0958", "+442079460958"),
        ("123-456-7890", None),
        ("5555 5555 5555 4444", None),
        ("INV00054321", None),
        ("2026-10-03", None),
        ("", None),
    ],
)
def test_phone(text: str, expected: str | None) -> None:
    """A phone number becomes E.164; a card number or a date is none."""
    assert expected == phone(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("write to Bob.Smith+bills@Maple.example.", "bob.smith+bills@maple.example"),
        ("comptes@erable.example", "comptes@erable.example"),
        ("bob@maple", None),
        ("@maple.example", None),
        ("", None),
    ],
)
def test_email(text: str, expected: str | None) -> None:
    """A mail address is found in a sentence."""
    assert expected == email(text)
