"""Languages, and how each writes money, dates and lists."""

from datetime import UTC, date, datetime

import pytest

from bot.i18n import Localizer, known, languages, preferred

EN, FR = Localizer("en"), Localizer("fr")


def test_english_comes_first() -> None:
    assert ("en", "fr") == languages()


@pytest.mark.parametrize(
    ("tag", "language"),
    [("fr-CA", "fr"), ("fr_FR", "fr"), ("EN", "en"), ("es", None), ("", None), (None, None)],
)
def test_a_tag_is_a_language_spoken_here_or_none(tag: str | None, language: str | None) -> None:
    assert language == known(tag)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("es,en;q=0.5,fr;q=0.7", "fr"),
        ("de", None),
        ("", None),
        ("fr;q=oops,en", "en"),
        ("*", None),
    ],
)
def test_the_browser_says_what_it_prefers(header: str, language: str | None) -> None:
    assert language == preferred(header)


@pytest.mark.parametrize(
    ("cents", "english", "french"),
    [
        (-21069, "-$210.69", "-210,69\u00a0$"),
        (123456, "$1,234.56", "1\u00a0234,56\u00a0$"),
        (75, "$0.75", "0,75\u00a0$"),
        (0, "$0.00", "0,00\u00a0$"),
    ],
)
def test_money(cents: int, english: str, french: str) -> None:
    assert (english, french) == (EN.money(cents), FR.money(cents))


@pytest.mark.parametrize(
    ("day", "english", "french"),
    [
        (date(2026, 11, 22), "November 22, 2026", "22 novembre 2026"),
        (date(2026, 12, 1), "December 1, 2026", "1er décembre 2026"),
        (date(2026, 12, 11), "December 11, 2026", "11 décembre 2026"),
        (date(2026, 12, 21), "December 21, 2026", "21 décembre 2026"),
    ],
)
def test_dates(day: date, english: str, french: str) -> None:
    assert (english, french) == (EN.date(day), FR.date(day))


def test_short_dates_and_months() -> None:
    day = date(2026, 11, 1)
    assert ("Nov 1, 2026", "1er nov. 2026") == (EN.short_date(day), FR.short_date(day))
    assert ("November 2026", "novembre 2026") == (EN.month(day), FR.month(day))


def test_the_time_of_day_is_the_accounts() -> None:
    instant = datetime(2026, 11, 22, 20, 5, tzinfo=UTC)
    assert "3:05\u202fp.m." == EN.time(instant, "America/Toronto")
    assert "15\u00a0h\u00a005" == FR.time(instant, "America/Toronto")
    assert "1\u00a0h\u00a005" == FR.time(instant, "Asia/Karachi")


def test_lists() -> None:
    assert "a, b and c" == EN.join(["a", "b", "c"]).replace(", and", " and")
    assert "a, b et c" == FR.join(["a", "b", "c"])
    assert "a or b" == EN.join(["a", "b"], "or")
    assert "a ou b" == FR.join(["a", "b"], "or")


def test_the_empty_text_stays_empty() -> None:
    """gettext answers the empty msgid with the catalogue's header."""
    assert ("", "") == (EN.text(""), FR.text(""))


def test_what_is_filled_in_is_never_read_as_a_placeholder() -> None:
    text = EN.text("Thank you, {contact}", contact="{0.__class__}")
    assert "Thank you, {0.__class__}" == text
