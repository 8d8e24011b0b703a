"""Files of calls as PDF, and the figures that every format shows."""

import re
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date, format_time
from babel.numbers import format_decimal

from bot.documents.cdr import Format, figures
from bot.documents.cdr.remembered import EPOCH, QUARTER, QUARTERS_A_DAY, Remembered, Wall
from bot.i18n import Localizer
from tests import pdf_text
from tests.calls_files import ABROAD, INSIDE, written

START, PARTIES = "c-1 2026-10-03 10:23:05", "+14165550100 #204 +442079460958"
IN_ENGLISH = "0:03:25 0.00 3.42 $0.035 $0.119583"
IN_FRENCH = "0:03:25 0,00 3,42 0,035 $ 0,119583 $"
MANY = [
    (ABROAD if n % 3 else INSIDE)._replace(
        call_id=f"c-{n}", start_at=ABROAD.start_at + timedelta(minutes=n)
    )
    for n in range(120)
]


@pytest.mark.parametrize(
    ("language", "abroad", "total", "page"),
    [
        (
            "en",
            f"{START} Outgoing {PARTIES} United Kingdom {IN_ENGLISH} INV00054321",
            "Total 120 calls 5:16:40 $9.56664",
            "Page 3 of 3",
        ),
        (
            "fr",
            f"{START} Sortant {PARTIES} Royaume-Uni {IN_FRENCH} INV00054321",
            "Total 120 appels 5:16:40 9,56664 $",
            "Page 3 de 3",
        ),
    ],
)
def test_the_text_of_a_pdf_has_every_call_and_the_sums(language, abroad, total, page) -> None:
    content = written(MANY, Format.PDF, language=language)
    lines = [re.sub(r"\s+", " ", line) for line in pdf_text.lines(content)]
    assert abroad in lines
    assert total in lines
    assert lines[-1].endswith(page)
    calls = [line.split(" ")[0] for line in lines if line.startswith("c-")]
    assert [call.call_id for call in MANY] == calls


def test_pages_are_counted_right_around_the_end_of_a_page() -> None:
    for count in (0, 46, 49, 50, 51, 105):
        lines = pdf_text.lines(written(MANY[:count], Format.PDF))
        pages = [line for line in lines if "Page " in line]
        last = re.search(r"Page (\d) of (\d)$", pages[-1])
        assert last is not None
        assert str(len(pages)) == last[1] == last[2]


def test_a_pdf_says_what_it_is_and_in_which_language() -> None:
    content = written([ABROAD], Format.PDF, language="fr")
    assert "Calls, October 2026" in pdf_text.info(content)["Title"]
    assert b"/Lang (fr-CA)" in content


def test_the_clock_on_the_wall_is_right_in_every_kind_of_zone() -> None:
    zones = ("America/Toronto", "America/St_Johns", "America/Regina", "Asia/Kathmandu")
    start = datetime(2026, 3, 1, 0, 0, 1, tzinfo=UTC)
    for zone in zones:
        wall = Wall(zone, lambda local: (local, local.minute * 60))
        for n in range(3_000):
            instant = start + timedelta(minutes=137 * n, seconds=n)
            since = instant - EPOCH
            count, rest = divmod(since.seconds, QUARTER)
            local, begun = wall[since.days * QUARTERS_A_DAY + count]
            written_out = f"{local:%Y-%m-%d %H}{figures.PAST[begun + rest]}"
            right = instant.astimezone(ZoneInfo(zone))
            expected = f"{format_date(right, 'yyyy-MM-dd')} {format_time(right, 'HH:mm:ss')}"
            assert expected == written_out


def test_prices_and_minutes_are_those_of_babel() -> None:
    for millionths in (0, 1, 10, 12_500, 35_000, 100_000, 1_000_000, 63_104_567, -417, -1_500_000):
        expected = format_decimal(Decimal(millionths) / 1_000_000, "0.00####", locale="en_CA")
        assert expected == figures.dollars(millionths)
    for seconds in (0, 1, 59, 60, 61, 205, 3_599, 86_400):
        minutes = (Decimal(seconds) / 60).quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert format_decimal(minutes, "0.00", locale="en_CA") == str(figures.minutes(seconds))


def test_a_price_is_written_to_the_last_millionth() -> None:
    assert "$0.0125" == Localizer("en").price(12_500)
    assert "0,119583\u00a0$" == Localizer("fr").price(119_583)
    assert "$1,234.50" == Localizer("en").price(1_234_500_000)


def test_durations_go_past_a_day() -> None:
    assert ["0:00:00", "0:03:25", "27:46:40"] == [
        figures.duration(seconds) for seconds in (0, 205, 100_000)
    ]


def test_what_is_remembered_does_not_grow_without_end(monkeypatch) -> None:
    monkeypatch.setattr("bot.documents.cdr.remembered._MOST", 10)
    squares = Remembered(lambda n: n * n)
    assert [n * n for n in range(100)] == [squares[n] for n in range(100)]
    assert len(squares) <= 10
