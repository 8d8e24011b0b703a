"""Countries, provinces and states in a sentence, and the numbers that are theirs.

A place is kept as a code: "GB", "CA-QC" (a province), ABROAD for all but Canada and the United
States, or a city's of `bot.slots.cities`. Names come from Babel, further ones and those of
provinces and states from `slots.toml`; which numbers are whose, from `phonenumbers`.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import phonenumbers
from babel import Locale
from phonenumbers import PhoneMetadata, PhoneNumber, PhoneNumberType

from bot.i18n import COUNTRY, languages
from bot.slots import cities
from bot.slots.areas import AREAS
from bot.slots.words import any_of, forms, plain, spaced, table_of, tables

ABROAD = "XX"  # a code that no country will have
HOME = ("CA", "US")  # their calls are not abroad
NANP = 1

# "US" and "the us" are a country, "call us" is not; « É.-U. » has its dots beside a hyphen.
_ABBREVIATED = (
    (re.compile(r"\b[Uu]\.\s?[Ss]\.(?:\s?[Aa]\.)?|\bUSA?\b|\b(?<=the )us\b"), "usa"),
    (re.compile(r"\b[\u00c9E]\.?-U\b\.?"), "etats unis"),
    (re.compile(r"\bR\.?-U\b\.?"), "royaume uni"),
    (re.compile(r"\b([A-Za-z])\.(?=[A-Za-z]\b)"), r"\1"),
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A place, where it is said, as a slice with the word before it, and which way a call goes."""

    start: int
    end: int
    code: str
    to: bool = False
    from_: bool = False


def unabbreviated(text: str) -> str:
    """Write out the abbreviations that are none once a text is made plain: "US", « É.-U. »."""
    for pattern, name in _ABBREVIATED:
        text = pattern.sub(name, text)
    return text


def found_places(words: str) -> Iterator[Mention]:
    """Go through the places of a text made plain."""
    for match in _pattern().finditer(words):
        code = _names()[spaced(match["place"])]
        to, from_ = match["to"] is not None, match["from"] is not None
        has_article = match["article"] or " " in (match["from"] or "")
        if to or has_article or spaced(match["place"]) not in _people():
            yield Mention(match.start(), match.end(), code, to=to, from_=from_)


def place_at(words: str, at: int) -> Mention | None:
    """Find the place whose name, or its article, begins just here."""
    match = _named().match(words, at)
    return match and Mention(at, match.end(), _names()[spaced(match["place"])])


@cache
def prefixes(code: str) -> tuple[str, ...]:
    """List how the numbers of a place begin, in E.164. Raises KeyError for an unknown code."""
    if is_city(code):
        return tuple(prefix for city in cities.cities_of(code) for prefix in city.prefixes)
    if code == ABROAD:
        others = (
            area for region, areas in _areas().items() if region not in HOME for area in areas
        )
        return (*(f"+{digit}" for digit in range(2, 10)), *(f"+1{area}" for area in sorted(others)))
    if code in AREAS:
        return tuple(f"+1{area}" for area in AREAS[code].split())
    if code in _areas():
        return tuple(f"+1{area}" for area in _areas()[code])
    return _own_prefixes(code, _country_codes()[code])


def place_name(code: str, language: str, *, in_sentence: bool = True) -> str:
    """Name a place: the United Kingdom, « le Royaume-Uni », London, Ontario."""
    table = table_of(language)["places"]
    if is_city(code):
        return _city_name(code, language)
    called = table["called"] | table["states"]
    name = called.get(code) or territories(language)[code]
    return f"{_article(name, table['articles'])}{name}" if in_sentence else name


def is_city(code: str) -> bool:
    return "/" in code


@cache
def region_names() -> dict[str, tuple[str, ...]]:
    """Map the names of countries, provinces and states, made plain, to their codes."""
    found = defaultdict(list)
    for name, code in _names().items():
        found[name].append(code)
    for table in tables():
        for code, name in table["places"]["states"].items():
            found[_said(name)].append(code)
    return {name: tuple(dict.fromkeys(codes)) for name, codes in found.items()}


def contracted(text: str, language: str) -> str:
    """Join prepositions and articles: « de le Royaume-Uni » is « du Royaume-Uni »."""
    for apart, joined in table_of(language)["places"]["contractions"].items():
        text = text.replace(apart, joined)
    return text


def place_words() -> frozenset[str]:
    """Collect the single words of all names, for the repair of slips."""
    return frozenset(word for name in _names() for word in name.split())


def _city_name(code: str, language: str) -> str:
    """Name a city and where it is; several of one name by what they share."""
    region, _, key = code.partition("/")
    named = [city.name(language) for city in cities.cities_of(code)]
    said = cities.said
    name = next((name for name in named if said(name) == key.replace("_", " ")), named[0])
    if region == cities.ANY or "(" in name:  # « Québec (ville) » is known without its province
        return name
    where = place_name(region, language, in_sentence=False)
    return str(table_of(language)["places"]["city"]).format(city=name, region=where)


def _article(name: str, articles: list[list[str]]) -> str:
    said = plain(name)
    return next((article for pattern, article in articles if re.search(pattern, said)), "")


def _own_prefixes(code: str, country: int) -> tuple[str, ...]:
    """List the beginnings of a country that may share its code with others."""
    if phonenumbers.region_code_for_country_code(country) == code:
        return (f"+{country}",)
    metadata = PhoneMetadata.metadata_for_region(code)
    digits = metadata.leading_digits if metadata else None
    simple = digits and re.fullmatch(r"\d+", digits)
    return (f"+{country}{digits}",) if simple else (f"+{country}",)


@cache
def _country_codes() -> dict[str, int]:
    found = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()
    return {
        region: code
        for code, regions in found
        for region in regions
        if code != NANP and region.isalpha()
    }


@cache
def _areas() -> dict[str, list[int]]:
    """Map each region of the North American plan to its area codes."""
    areas = defaultdict(list)
    for area in range(200, 1000):
        number = PhoneNumber(country_code=NANP, national_number=int(f"{area}5550123"))
        region = phonenumbers.region_code_for_number(number)
        if region and phonenumbers.number_type(number) != PhoneNumberType.TOLL_FREE:
            areas[region].append(area)
    return dict(areas)


@cache
def _names() -> dict[str, str]:
    """Map names made plain to codes, of every language."""
    known = {*_country_codes(), *_areas()}
    found: dict[str, str] = {}
    for language in languages():
        called = table_of(language)["places"]["called"]
        names = {code: name for code, name in territories(language).items() if code in known}
        found |= {_said(name): code for code, name in (names | called).items()}
    for table in tables():
        # A country of the same name comes first: Georgia.
        for code, name in table["places"]["states"].items():
            found.setdefault(_said(name), code)
        for code, names in table["places"]["names"].items():
            found |= dict.fromkeys(map(_said, names), code)
    return found | dict.fromkeys(forms("places", "abroad"), ABROAD)


@cache
def territories(language: str) -> dict[str, str]:
    """Map codes to names without what Babel puts in parentheses: Myanmar (Burma)."""
    names = Locale(language, COUNTRY).territories.items()
    return {code: re.sub(r" ?\([^)]*\)", "", name) for code, name in names}


def _said(name: str) -> str:
    """Write a name as `spaced` gives back what was found."""
    return " ".join(re.findall(r"\w+", plain(unabbreviated(name))))


@cache
def _people() -> frozenset[str]:
    return frozenset(forms("places", "people"))


@cache
def _pattern() -> re.Pattern[str]:
    to, from_, either = (any_of(forms("calls", key)) for key in ("to", "from", "either"))
    side = rf"(?:\b(?:{either}|(?P<to>{to})|(?P<from>{from_}))[\s']+)?"
    return re.compile(side + _named().pattern)


@cache
def _named() -> re.Pattern[str]:
    article = any_of(forms("places", "before"))
    return re.compile(rf"(?:\b(?P<article>{article})[\s']+)?\b(?P<place>{any_of(_names())})\b")
