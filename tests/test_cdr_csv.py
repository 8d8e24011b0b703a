"""Files of calls: which is asked for, and whole ones as CSV."""

import csv
import io
import json
from dataclasses import replace
from datetime import date

import pytest
from openpyxl import load_workbook

from bot.calls_view import CallsView
from bot.documents import calls_in_words
from bot.documents.cdr import CallsFile, Format, TotalsDiffer, csv_file, write
from bot.i18n import Localizer
from store.call_filter import Between, CallOrder, Ending
from store.models.calls import Direction
from tests.calls_files import ABROAD, ASKED, INSIDE, OCTOBER, totals, written


def test_a_file_in_english() -> None:
    assert (
        '\ufeff"Calls, October 2026"\r\n'
        '"From October 1, 2026 to October 31, 2026"\r\n'
        "Dates and times in the time zone of the account: America/Toronto\r\n"
        "1 of these calls is not billed yet.\r\n"
        "\r\n"
        "Call ID,Date,Time,Direction,From,To,Destination,Duration,Minutes included,"
        "Billable minutes,Rate per minute,Charge,Calling extension,Called extension,"
        "Caller's name,Invoice\r\n"
        "c-1,2026-10-03,10:22:05,Outgoing,+14165550100,+442079460958,United Kingdom,0:03:25,0.00,"
        "3.42,0.035,0.119583,204,,,INV00054321\r\n"
        "c-2,2026-10-31,23:59:59,Internal,204,205,Internal; house,0:01:05,,0.00,,,204,205,,"
        "Not billed yet\r\n"
        "Total,2 calls,,,,,,0:04:30,,,,0.119583,,,,\r\n"
        "Billed,1 call,,,,,,0:03:25,,,,0.119583,,,,\r\n"
        "Not billed yet,1 call,,,,,,0:01:05,,,,0.00,,,,\r\n"
        "Usage on the invoice,,,,,,,,,,,0.12,,,,\r\n"
        "Difference from the invoice,,,,,,,,,,,-0.000417,,,,\r\n"
    ) == written([ABROAD, INSIDE], usage_cents=12).decode()


def test_a_file_in_french() -> None:
    assert (
        "\ufeffCalls, October 2026\r\n"
        "Du 1er octobre 2026 au 31 octobre 2026\r\n"
        "Dates et heures dans le fuseau horaire du compte\u00a0: America/Toronto\r\n"
        "\r\n"
        "ID d'appel;Date;Heure;Sens;Appelant;Appelé;Destination;Durée;Minutes incluses;"
        "Minutes facturables;Tarif à la minute;Frais;Poste appelant;Poste appelé;"
        "Nom de l'appelant;Facture\r\n"
        "c-1;2026-10-03;10:22:05;Sortant;+14165550100;+442079460958;Royaume-Uni;0:03:25;0,00;"
        "3,42;0,035;0,119583;204;;;INV00054321\r\n"
        "Total;1 appel;;;;;;0:03:25;;;;0,119583;;;;\r\n"
    ) == written([ABROAD], language="fr").decode()


@pytest.mark.parametrize(
    ("stored", "english", "french"),
    [
        ("Internal", "Internal", "Interne"),
        ("TOLL FREE", "Toll-free", "Sans frais"),
        ("Long distance", "Long distance", "Interurbain"),
        ("United States", "United States", "États-Unis"),
        ("Hong Kong", "Hong Kong", "Hong Kong"),
        ("Montréal area", "Montréal area", "Montréal area"),
        ("=Local", "'=Local", "'=Local"),
        ("", "", ""),
    ],
)
def test_destinations_are_told_in_the_language_of_the_reader(stored, english, french) -> None:
    """What no catalogue knows stays as it is stored."""
    call = ABROAD._replace(destination=stored, from_number="anonymous", from_name="Local")
    assert f",+442079460958,{english}," in written([call]).decode()
    in_french = written([call], language="fr").decode()
    assert f";anonyme;+442079460958;{french};" in in_french
    assert ";204;;Local;" in in_french  # a name is nobody's to translate


def test_a_workbook_tells_destinations_in_the_language_of_the_reader() -> None:
    call = ABROAD._replace(from_number="anonymous", destination="Toll-free")
    book = load_workbook(io.BytesIO(written([call], Format.XLSX, language="fr")))
    said = {cell for row in book.active.iter_rows(values_only=True) for cell in row}
    assert {"anonyme", "Sans frais"} <= said


def test_calls_that_do_not_come_to_the_totals_are_refused() -> None:
    with pytest.raises(TotalsDiffer):
        write(io.BytesIO(), ASKED, [ABROAD, INSIDE], totals=totals(ABROAD))


def test_what_is_asked_for_goes_through_json() -> None:
    wanted = replace(
        OCTOBER,
        direction=Direction.OUT,
        ending=Ending.UNANSWERED,
        party="204",
        prefixes=("+44", "+353"),
        seconds=Between(60),
        charge_millionths=Between(1, 2),
        order=CallOrder.DEAREST,
        limit=10,
    )
    for asked in (ASKED, replace(ASKED, wanted=wanted, language="fr", format=Format.PDF)):
        assert asked == CallsFile.from_json(json.loads(json.dumps(asked.to_json())))


def test_the_key_tells_files_apart() -> None:
    one = totals(ABROAD)
    keys = {
        ASKED.cache_key(one),
        ASKED.cache_key(one, usage_cents=12),
        ASKED.cache_key(replace(one, mark=(2, 1))),
        ASKED.cache_key(totals(INSIDE)),
        replace(ASKED, format=Format.PDF).cache_key(one),
        replace(ASKED, heading="Calls").cache_key(one),
        replace(ASKED, wanted=replace(OCTOBER, limit=10)).cache_key(one),
    }
    assert 7 == len(keys)
    assert max(map(len, keys)) <= 128


def test_a_file_is_named_after_its_period() -> None:
    last, loc = date(2026, 10, 9), Localizer("fr")
    heading = calls_in_words.heading(loc, CallsView(), ASKED.first, last)
    days = replace(ASKED, heading=heading, last=last, language="fr", format=Format.XLSX)
    assert "calls-2026-10.csv" == ASKED.filename()
    assert "appels-2026-10-01_2026-10-09.xlsx" == days.filename()
    heading = calls_in_words.heading(Localizer("en"), CallsView(), ASKED.first, ASKED.first)
    day = replace(ASKED, heading=heading, last=ASKED.first)
    assert "calls-2026-10-01.csv" == day.filename()


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    "text",
    [
        "=1+cmd|A1",
        "Bob,=1+cmd|A1",
        "Bob;=1+cmd|A1",
        "Bob\t@SUM(A1)",
        'Bob, "=1+cmd|A1"',
        "Bob;; -cmd|A1",
        "Bob\n+cmd|A1",
        "5;+5+cmd|A1",
    ],
)
def test_no_cell_is_a_formula_whatever_the_delimiter(text: str, language: str) -> None:
    call = ABROAD._replace(call_id=text, from_name=text, destination=text, invoice=text)
    content = written([call], language=language).decode("utf-8-sig")
    for delimiter in ",;\t":
        for line in csv.reader(io.StringIO(content), delimiter=delimiter):
            begun = [cell.lstrip('" \t\r\n') for cell in line if "A1" in cell]
            assert not [cell for cell in begun if cell[:1] in tuple("=+-@")]


def test_numbers_inside_text_stay() -> None:
    for text in ("Bob, +14165550123; -5", "Montréal, QC", "Saint-Jean;Sud-Ouest"):
        assert text == csv_file.harmless(text)
    assert "Bob,'=1+cmd|A1" == csv_file.harmless("Bob,=1+cmd|A1")


@pytest.mark.parametrize(
    ("view", "english", "french"),
    [
        (
            CallsView(direction=Direction.OUT, places=("XX",)),
            "outgoing-calls-to-places-abroad",
            "sortants-vers-l-etranger",
        ),
        (
            CallsView(party="204", order=CallOrder.LONGEST, limit=10),
            "of-extension-204-the-10-longest",
            "du-poste-204-les-10-plus-longs",
        ),
        (
            CallsView(party="+14165550100", charge_millionths=Between(1_000_001)),
            "with-416-555-0100-over-1-00",
            "avec-le-416-555-0100-de-plus-de-1-00",
        ),
    ],
)
def test_a_file_that_leaves_calls_out_says_so_in_its_name(view, english, french) -> None:
    assert f"calls-2026-10-{english}.csv" == named(view, "en")
    assert f"appels-2026-10-{french}.csv" == named(view, "fr")


def test_long_names_are_cut_and_stay_apart() -> None:
    many = ("AU", "BM", "FR", "GB", "IT", "JP", "MX", "NZ")
    names = {named(CallsView(places=many[:n]), "en") for n in range(9)}
    assert 9 == len(names)
    assert max(map(len, names)) <= len("calls-2026-10-.csv") + 60 + 7


def named(view: CallsView, language: str) -> str:
    heading = calls_in_words.heading(Localizer(language), view, ASKED.first, ASKED.last)
    return replace(ASKED, heading=heading, language=language).filename()
