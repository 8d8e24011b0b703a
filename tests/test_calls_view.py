"""What sentences about calls ask for, and that what is said back asks for the same."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import geocoder

from bot.calls_view import CallsView, of_button, read
from bot.documents import calls_in_words
from bot.errors import UnknownChoice
from bot.i18n import Localizer, languages
from bot.slots import areas as area_codes
from bot.slots import places
from store.call_filter import Between, CallOrder, Ending
from store.calls import CallTotal
from store.models.calls import Direction

TODAY = date(2026, 11, 22)
SEPTEMBER = (date(2026, 9, 1), date(2026, 9, 30))
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
YESTERDAY = (date(2026, 11, 21), date(2026, 11, 21))
OUT, IN = Direction.OUT, Direction.IN
UNANSWERED = Ending.UNANSWERED
AUGUST = (date(2026, 8, 1), date(2026, 8, 31))
OVER_A_DOLLAR = Between(1_000_001)


def asked(**fields: Any) -> Mapping[str, Any]:
    return fields


UNDERSTOOD = [
    (
        "all calls to the UK over a dollar in September",
        asked(direction=OUT, places=("GB",), charge_millionths=OVER_A_DOLLAR, period=SEPTEMBER),
    ),
    ("who did extension 104 call yesterday", asked(direction=OUT, party="104", period=YESTERDAY)),
    ("who called extension 104 yesterday?", asked(direction=IN, party="104", period=YESTERDAY)),
    ("mes CDR du mois passé", asked(period=OCTOBER)),
    ("combien d'appels j'ai faits en octobre", asked(direction=OUT, period=OCTOBER)),
    ("mon plus gros appel", asked(order=CallOrder.DEAREST, limit=1)),
    ("my longest call in october", asked(order=CallOrder.LONGEST, limit=1, period=OCTOBER)),
    ("the 10 longest calls last month", asked(order=CallOrder.LONGEST, limit=10, period=OCTOBER)),
    ("top 5 calls in october", asked(order=CallOrder.DEAREST, limit=5, period=OCTOBER)),
    ("the five most expensive", asked(order=CallOrder.DEAREST, limit=5)),
    (
        "les 5 plus chers du 3 au 9 novembre",
        asked(order=CallOrder.DEAREST, limit=5, period=(date(2026, 11, 3), date(2026, 11, 9))),
    ),
    (
        "les 10 appels les plus longs d'octobre",
        asked(order=CallOrder.LONGEST, limit=10, period=OCTOBER),
    ),
    ("my last 10 calls", asked(order=CallOrder.NEWEST, limit=10)),
    ("les 3 derniers appels", asked(order=CallOrder.NEWEST, limit=3)),
    ("le dernier appel", asked(order=CallOrder.NEWEST, limit=1)),
    ("calls over 5 minutes to the US", asked(direction=OUT, places=("US",), seconds=Between(301))),
    (
        "appels de plus de 5 minutes aux États",
        asked(direction=OUT, places=("US",), seconds=Between(301)),
    ),
    ("appels aux É.-U.", asked(direction=OUT, places=("US",))),
    ("calls to the u.s.", asked(direction=OUT, places=("US",))),
    ("calls we received from France in oct", asked(direction=IN, places=("FR",), period=OCTOBER)),
    ("appels qu'on a reçus hier", asked(direction=IN, period=YESTERDAY)),
    ("qui nous a appelés hier", asked(direction=IN, period=YESTERDAY)),
    ("who called us yesterday", asked(direction=IN, period=YESTERDAY)),
    (
        "incoming cals from Mexco in septmber",
        asked(direction=IN, places=("MX",), period=SEPTEMBER),
    ),
    (
        "apels sortant au mexique en setpembre",
        asked(direction=OUT, places=("MX",), period=SEPTEMBER),
    ),
    ("calls between 2 and 5 dollars", asked(charge_millionths=Between(2_000_000, 5_000_000))),
    ("appels entre 2 et 5 minutes", asked(seconds=Between(120, 300))),
    ("les appels dhier", asked(period=YESTERDAY)),
    (
        "appels de plus dune piasse en septembre",
        asked(charge_millionths=OVER_A_DOLLAR, period=SEPTEMBER),
    ),
    ("les appels de plus dune minute daout", asked(seconds=Between(61), period=AUGUST)),
    ("calls under a minute", asked(seconds=Between(None, 59))),
    ("calls of at least $0.50", asked(charge_millionths=Between(500_000))),
    ("calls to 514-555-0123", asked(direction=OUT, party="+15145550123")),
    ("appels du 514 555-0123", asked(direction=IN, party="+15145550123")),
    ("calls from +44 20 7946 0123", asked(direction=IN, party="+442079460123")),
    ("les appels du poste 104 en octobre", asked(party="104", period=OCTOBER)),
    (
        "long distance calls last month",
        asked(direction=OUT, charge_millionths=Between(1), period=OCTOBER),
    ),
    (
        "les interurbains d'octobre",
        asked(direction=OUT, charge_millionths=Between(1), period=OCTOBER),
    ),
    ("free calls in october", asked(charge_millionths=Between(None, 0), period=OCTOBER)),
    ("appels outremer en octobre", asked(places=(places.ABROAD,), period=OCTOBER)),
    ("calls to the UK and Spain", asked(direction=OUT, places=("GB", "ES"))),
    ("appels au Québec en octobre", asked(direction=OUT, places=("CA-QC",), period=OCTOBER)),
    ("calls from B.C.", asked(direction=IN, places=("CA-BC",))),
    ("internal calls in october", asked(direction=Direction.INTERNAL, period=OCTOBER)),
    ("appels entrants et sortants en octobre", asked(direction=None, period=OCTOBER)),
    ("calls since november 1", asked(period=(date(2026, 11, 1), TODAY))),
    ("calls d'october vers le Mexique", asked(direction=OUT, places=("MX",), period=OCTOBER)),
    ("missed calls yesterday", asked(ending=UNANSWERED, direction=IN, period=YESTERDAY)),
    ("appels manqués hier", asked(ending=UNANSWERED, direction=IN, period=YESTERDAY)),
    (
        "how many calls did we miss in october",
        asked(ending=UNANSWERED, direction=IN, period=OCTOBER),
    ),
    ("unanswered calls in october", asked(ending=UNANSWERED, period=OCTOBER)),
    ("calls nobody answered yesterday", asked(ending=UNANSWERED, period=YESTERDAY)),
    ("appels sans réponse en octobre", asked(ending=UNANSWERED, period=OCTOBER)),
    (
        "les appels sortants sans réponse en octobre",
        asked(ending=UNANSWERED, direction=OUT, period=OCTOBER),
    ),
    ("answered calls in october", asked(ending=Ending.ANSWERED, period=OCTOBER)),
    (
        "les appels répondus du poste 104 en octobre",
        asked(ending=Ending.ANSWERED, party="104", period=OCTOBER),
    ),
    ("calls per extension in October", asked(per_extension=True, period=OCTOBER)),
    ("appels par poste en octobre", asked(per_extension=True, period=OCTOBER)),
    (
        "what did each extension spend on calls in october",
        asked(per_extension=True, period=OCTOBER),
    ),
    (
        "les appels sortants de chaque poste en octobre",
        asked(per_extension=True, direction=OUT, period=OCTOBER),
    ),
    ("calls by extension 104 in october", asked(direction=OUT, party="104", period=OCTOBER)),
    ("les calls entrants d'hier", asked(direction=IN, period=YESTERDAY)),
]


@pytest.mark.parametrize(("text", "wanted"), UNDERSTOOD, ids=[text for text, _ in UNDERSTOOD])
def test_a_sentence_gives_its_filter(text: str, wanted: Mapping[str, Any]) -> None:
    """All that is said is read, nothing more, and nothing of it is left over."""
    found = read(text, today=TODAY)
    assert {name: getattr(found.view, name) for name in found.given} == wanted
    assert found.rest == ()
    assert not found.asks_how


@pytest.mark.parametrize(
    ("text", "file_format"),
    [
        ("mes CDR du mois passé en Excel", "xlsx"),
        ("my calls as a spreadsheet", "xlsx"),
        ("les appels d'octobre en XLS", "xls"),
        ("give me sept cdr csv", "csv"),
        ("appels en PDF svp", "pdf"),
        ("calls in October", None),
    ],
)
def test_the_format_of_a_file(text: str, file_format: str | None) -> None:
    found = read(text, today=TODAY)
    assert found.file_format == file_format
    assert found.rest == ()


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("urgent calls in october", ("urgent",)),
        ("calls I did not make in October", ("not",)),
        ("my calls drop since monday", ("drop",)),
        ("calls before october 5", ("before",)),
        ("calls in september, november", ("november",)),
        ("il manque des appels en octobre", ("manque",)),
        ("calls I did not miss in october", ("not", "miss")),
        ("les appels de Jean à Londres", ("Jean",)),
        ("je n'ai pas fait ces appels en octobre", ("pas",)),
        ("5 calls in october", ("5",)),
        ("calls of 5 minutes", ("5",)),
        ("calls per day in october", ("per", "day")),
    ],
)
def test_what_is_not_understood_is_left(text: str, rest: tuple[str, ...]) -> None:
    assert read(text, today=TODAY).rest == rest


@pytest.mark.parametrize(
    "text",
    [
        "where do i find my call records",
        "how do i get the calls into excel",
        "comment exporter les cdr en csv",
        "où trouver mes relevés d'appels",
        "c'est ou le bouton pour les appels d'octobre",
    ],
)
def test_the_steps_are_asked_for(text: str) -> None:
    assert read(text, today=TODAY).asks_how


def test_a_doubtful_date_is_not_guessed_at() -> None:
    found = read("calls on 03/11/2026", today=TODAY)
    assert found.rest == ()
    assert {day.first for day in found.days} == {date(2026, 11, 3), date(2026, 3, 11)}


PERIODS = st.builds(
    lambda first, length: (first, first + timedelta(days=length)),
    st.dates(date(2026, 5, 1), TODAY),
    st.integers(0, 40),
) | st.sampled_from([SEPTEMBER, OCTOBER])
CODES = sorted({*places._country_codes(), *places._areas(), *area_codes.AREAS, places.ABROAD})
LIMITS = st.tuples(st.integers(0, 10_000_000), st.integers(0, 10_000_000)).map(sorted)


def between(unit: int) -> st.SearchStrategy[Between]:
    some = st.integers(0, 9_999).map(lambda n: n * unit) | st.integers(0, 9_999_999)
    return (
        st.just(Between())
        | some.map(lambda least: Between(least + 1))
        | some.map(lambda most: Between(None, most))
        | st.tuples(some, some).map(lambda ends: Between(min(ends), max(ends)))
    )


ORDERS = st.sampled_from([CallOrder.LONGEST, CallOrder.DEAREST, CallOrder.NEWEST])
VIEWS = st.builds(
    lambda order, **fields: CallsView(order=order[0], limit=order[1], **fields),
    order=st.just((CallOrder.TIME, None)) | st.tuples(ORDERS, st.none() | st.integers(1, 99)),
    period=PERIODS,
    direction=st.none() | st.sampled_from([OUT, IN, Direction.INTERNAL]),
    ending=st.none() | st.sampled_from([Ending.ANSWERED, Ending.UNANSWERED]),
    per_extension=st.booleans(),
    party=st.none() | st.sampled_from(["104", "2001", "+15145550123", "+442079460123"]),
    places=st.lists(st.sampled_from(CODES), max_size=3, unique=True).map(tuple),
    seconds=between(60),
    charge_millionths=between(10_000),
)


@given(view=VIEWS)
def test_a_button_gives_its_view(view: CallsView) -> None:
    assert of_button(view.button("csv")) == (view, "csv")


@given(view=VIEWS, language=st.sampled_from(languages()))
def test_what_is_said_back_asks_for_the_same(view: CallsView, language: str) -> None:
    """The heading, read as a sentence, gives the filter that it was made of."""
    assert view.period is not None
    heading = calls_in_words.heading(Localizer(language), view, *view.period)
    found = read(heading, today=TODAY)
    assert found.rest == (), heading
    assert found.view == view, heading


def test_extensions_beyond_what_fits_have_one_row() -> None:
    sums = {str(100 + n): CallTotal(1, 60, n * 1_000_000) for n in range(40)}
    table = calls_in_words.extensions(Localizer("en"), sums)
    assert table.rows[0] == ("ext. 139", "1", "0:01:00", "$39.00")
    assert table.rows[-2:] == (
        ("Other extensions", "15", "0:15:00", "$105.00"),
        ("Total", "40", "0:40:00", "$780.00"),
    )


def test_abroad_has_one_article() -> None:
    view = CallsView(period=OCTOBER, places=(places.ABROAD,), direction=OUT)
    heading = calls_in_words.heading(Localizer("fr"), view, *OCTOBER)
    assert "Appels sortants vers l'étranger, octobre 2026" == heading


@pytest.mark.parametrize("language", languages())
def test_every_place_said_back_is_read_again(language: str) -> None:
    """Each country and province, with its article and each preposition."""
    for code in CODES:
        for direction in (OUT, IN, None):
            view = CallsView(period=OCTOBER, places=(code,), direction=direction)
            heading = calls_in_words.heading(Localizer(language), view, *OCTOBER)
            found = read(heading, today=TODAY)
            assert (found.view, found.rest) == (view, ()), heading


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    read(text, today=TODAY)


@pytest.mark.parametrize(
    "args",
    [
        "@d=20261001",
        "@d=20261031-20261001",
        "@d=20261301-20261302",
        "@d=00010101-00010102",
        "@w=sideways",
        "@a=unsaid",
        "@g=person",
        "@p=QQ",
        "@p=GB;p=FR",
        "@n=; DROP TABLE",
        "@l=0",
        "@l=1000",
        "@f=exe",
        "@x=1",
        "d=20261001-20261031",
        "@s=1",
    ],
)
def test_a_button_that_was_tampered_with_is_refused(args: str) -> None:
    with pytest.raises(UnknownChoice):
        of_button(args)


@pytest.mark.parametrize(("code", "areas"), area_codes.AREAS.items())
def test_area_codes_are_those_of_the_library(code: str, areas: str) -> None:
    """`phonenumbers` knows each as its country's and, where it knows more, as that one's."""
    name = places.place_name(code, "en", in_sentence=False).removesuffix(" State")
    for area in areas.split():
        number = phonenumbers.parse(f"+1{area}5550123")
        assert phonenumbers.region_code_for_number(number) == code[:2]
        told = geocoder.description_for_number(number, "en")
        # Of a new code the library tells no more; two stand there otherwise.
        known = {"", "Canada", "United States", "British Colombia", "Washington D.C."}
        assert told in known or name in told or told.endswith(f", {code[3:]}")


def test_the_longest_button_is_stored_where_telegram_has_no_room() -> None:
    month = CallsView(
        period=OCTOBER, direction=OUT, places=("GB",), charge_millionths=OVER_A_DOLLAR
    )
    assert len(f"calls:{month.button('xlsx')}") <= 64
