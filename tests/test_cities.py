"""Cities in sentences about calls, and the file of them beside what phonenumbers says."""

import subprocess
import sys
from datetime import date

import pytest
from phonenumbers.geodata import GEOCODE_DATA, GEOCODE_LONGEST_PREFIX

from bot.calls_view import CallsView, read
from bot.documents import calls_in_words
from bot.i18n import Localizer, languages
from bot.slots import cities
from bot.slots.areas import AREAS
from bot.slots.places import place_name
from bot.slots.words import table_of, tables
from store.models.calls import Direction
from tests import cities as made

TODAY = date(2026, 11, 22)
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
ROWS = [line.split("\t") for line in cities.FILE.read_text("utf-8").splitlines()]
# Named there in area codes that are all counted as the city's.
BOROUGHS = {
    "CA-QC/montreal": (
        "Saint-Laurent Pointe-Claire Dorval Lachine Lasalle Pointe-aux-Trembles Verdun".split()
    ),
    "CA-ON/toronto": ["North York", "Etobicoke", "Scarborough"],
    "US-NY/new_york": [
        *("Brooklyn", "Bronx", "Staten Island", "Jamaica", "Flushing"),
        *("Long Island City", "Far Rockaway", "Elmhurst"),
    ],
}
CODES = [cities.code_of(row[1], row[0]) for row in ROWS if len(row) > len(("key", "GB", "of"))]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("calls to London, Ontario", "CA-ON/london"),
        ("calls to london ON", "CA-ON/london"),
        ("calls to London on Monday", "*/london"),
        ("calls to London, England", "GB/london"),
        ("appels vers Londres", "GB/london"),
        ("appels vers London (Ontario)", "CA-ON/london"),
        ("appels vers Montréal", "CA-QC/montreal"),
        ("calls to mtl", "CA-QC/montreal"),
        ("calls to New York", "US-NY/new_york"),
        ("appels à New York", "US-NY/new_york"),
        ("calls to NYC", "US-NY/new_york"),
        ("appels à Québec (ville)", "CA-QC/quebec_city"),
        ("appels à Québec", "CA-QC/quebec_city"),
        ("calls to Quebec City", "CA-QC/quebec_city"),
        ("appels au Québec", "CA-QC"),
        ("appels vers le Québec", "CA-QC"),
        ("calls to Quebec", "CA-QC"),
        ("appels à Mexico", "MX/mexico_city"),
        ("calls to Mexico", "MX"),
        ("appels à Genève", "CH/geneva"),
        ("calls to Sydney, Nova Scotia", "CA-NS/sydney"),
        ("appels vers Sydney en Australie", "AU/sydney"),
        ("calls to Paris, France", "FR/paris"),
        ("calls to St. John's", "CA-NL/saint_john_s"),
        ("appels vers St-Jérôme", "CA-QC/saint_jerome"),
        ("did we call Calgary", "CA-AB/calgary"),
        ("appels du Caire", "EG/cairo_giza_qalyubia"),
        ("calls to Jersey City", "US-NJ/jersey_city"),
        ("calls to Jersey", "JE"),
        ("calls to Athens, Georgia", "US-GA/athens"),
        ("calls to Washington D.C.", "US-DC/washington"),
        ("appels à Nice", "*/nice"),
        ("calls to Mobile", "US-AL/mobile"),
        ("calls to Springfield, USA", "US/springfield"),
    ],
)
def test_a_city_is_read_in_both_languages(text: str, code: str) -> None:
    found = read(text, today=TODAY)
    assert (found.view.places, found.rest) == ((code,), ())
    assert found.names_calls


@pytest.mark.parametrize(
    ("text", "codes", "direction"),
    [
        ("calls to London and Paris, France", ("*/london", "FR/paris"), Direction.OUT),
        ("calls to the UK, Calgary or Laval, Quebec", None, Direction.OUT),
        ("appels de Montréal et de Gatineau", ("CA-QC/montreal", "CA-QC/gatineau"), Direction.IN),
        ("appels de Montréal à Gatineau", ("CA-QC/montreal", "CA-QC/gatineau"), None),
    ],
)
def test_several_cities(text: str, codes: tuple[str, ...] | None, direction: Direction) -> None:
    found = read(text, today=TODAY)
    assert set(found.view.places) == set(codes or ("GB", "CA-AB/calgary", "CA-QC/laval"))
    assert (found.view.direction, found.rest) == (direction, ())


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("nice calls in October", ("nice",)),
        ("calls from reading", ("reading",)),
        ("calls to mobile phones", ("mobile", "phones")),
        ("les appels orange", ("orange",)),
        ("calls with bell", ("bell",)),
        ("London calls", ("London",)),
        ("calls to Zzyzxville", ("Zzyzxville",)),
    ],
)
def test_ordinary_words_are_no_cities(text: str, rest: tuple[str, ...]) -> None:
    found = read(text, today=TODAY)
    assert (found.view.places, found.rest) == ((), rest)


@pytest.mark.parametrize("language", languages())
def test_a_city_said_back_is_read_again(language: str) -> None:
    loc = Localizer(language)
    big = [code for table in tables() for code in table["places"]["towns"]]
    for code in [*big, *CODES[:: len(CODES) // 100]]:
        for direction in (Direction.OUT, Direction.IN, None):
            view = CallsView(period=OCTOBER, places=(code,), direction=direction)
            heading = calls_in_words.heading(loc, view, *OCTOBER)
            found = read(heading, today=TODAY)
            assert (found.view, found.rest) == (view, ()), heading


def test_numbers_are_the_cities_that_phonenumbers_says() -> None:
    """The longest known beginning of a number names its city."""
    for code in CODES[:: len(CODES) // 300]:
        (city,) = cities.cities_of(code)
        for prefix in city.prefixes[:3] if code not in made.OWN_AREAS else ():
            number = f"{prefix[1:]}{'0' * GEOCODE_LONGEST_PREFIX}"[:GEOCODE_LONGEST_PREFIX]
            ends = range(len(prefix) - 1, 0, -1)
            told = next(GEOCODE_DATA[number[:end]] for end in ends if number[:end] in GEOCODE_DATA)
            assert cities.said(made._bare(told["en"])) == city.key


@pytest.mark.slow
def test_the_file_is_up_to_date() -> None:
    """`make cities` writes it anew."""
    assert made.lines() == cities.FILE.read_text("utf-8").splitlines()


@pytest.mark.parametrize(("code", "areas"), made.OWN_AREAS.items())
def test_area_codes_of_one_city_have_no_other(code: str, areas: str) -> None:
    """What phonenumbers names in them are the city and its boroughs."""
    (city,) = cities.cities_of(code)
    assert city.prefixes == tuple(f"+1{area}" for area in areas.split())
    named = {
        made._bare(told["en"])
        for prefix, told in GEOCODE_DATA.items()
        if prefix.startswith(tuple(f"1{area}" for area in areas.split()))
        and ", " in told.get("en", "")
    }
    assert named <= {city.english, *BOROUGHS[code]}


def test_towns_with_names_of_their_own_are_in_the_file() -> None:
    for table in tables():
        for code, names in table["places"]["towns"].items():
            for name in names:
                called = cities.cities_called(cities.said(name))
                assert code in {city.code for city in called}, name


def test_a_city_needs_none_of_the_tables_of_phonenumbers() -> None:
    """They take a second and 99 MiB."""
    asked = (
        "import sys, datetime; from bot.calls_view import read;"
        "print(read('calls to London', today=datetime.date(2026, 11, 22)).view.places,"
        " 'phonenumbers.geodata' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["('*/london',)", "False"]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("calls to Florida in October", ("US-FL",)),
        ("appels vers la Caroline du Nord en octobre", ("US-NC",)),
        ("calls to Texas and California last month", ("US-TX", "US-CA")),
        ("appels vers l'État de New York en octobre", ("US-NY",)),
        ("calls to Georgia in October", ("GE",)),
        ("calls to Atlanta, Georgia in October", ("US-GA/atlanta",)),
        ("calls to Washington in October", ("*/washington",)),
    ],
)
def test_a_state_can_be_asked_for(text: str, places: tuple[str, ...]) -> None:
    assert places == read(text, today=TODAY).view.places


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("mes appels vers la Floride et vers Londres en octobre", {"GB/london", "US-FL"}),
        ("appels vers Paris et vers Londres en octobre", {"*/paris", "GB/london"}),
        ("calls to Paris and to London in October", {"*/paris", "*/london"}),
        ("calls to London, Ontario and to France in October", {"CA-ON/london", "FR"}),
    ],
)
def test_the_word_before_a_place_may_be_said_again(text: str, places: set[str]) -> None:
    asked = read(text, today=TODAY)
    assert (places, ()) == (set(asked.view.places), asked.rest)


def test_every_state_can_be_asked_for() -> None:
    """Each area code is of one alone."""
    states = {place: areas.split() for place, areas in AREAS.items() if place[:2] == "US"}
    assert states.keys() == table_of("en")["places"]["states"].keys() - {"US-GA"}
    codes = [code for areas in states.values() for code in areas]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("US-FL", "la Floride"),
        ("US-NC", "la Caroline du Nord"),
        ("US-ME", "le Maine"),
        ("US-NJ", "le New Jersey"),
        ("US-NM", "le Nouveau-Mexique"),
        ("US-OH", "l'Ohio"),
        ("US-HI", "Hawaï"),
    ],
)
def test_states_have_their_article_in_french(code: str, name: str) -> None:
    assert name == place_name(code, "fr")
