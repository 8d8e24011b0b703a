"""Words of the calendar rewritten into codes that are the same in every language."""

import re
from collections.abc import Iterator
from functools import cache

from babel import Locale, localedata
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.i18n import COUNTRY, languages
from bot.slots.words import any_of, forms, plain, spaced, tables

UNITS = ("day", "week", "month", "quarter", "year")
KEYWORDS = (*UNITS, "today", "yesterday", "this", "last", "since", "ago", "to")

# One slip in a name of five letters passes ("agust"). "March" is out: it is one letter from the
# French "marche" ("ça marche pas") and from "match".
TYPO_LENGTH = 5
TYPO_SIMILARITY = 0.8
TOO_NEAR_TO_OTHERS = {"march"}

# What has digits and is no date: amounts, and dates nobody can read for sure (03/11/2026).
_AMOUNT = re.compile(r"\$\s*\d[\d\s.,]*|\d[\d\s.,]*\$")
_DAY_RANGE = re.compile(r"(?<![\d/-])(\d{1,2})\s?-\s?(\d{1,2})(?![\d/-])")
_TOKEN = re.compile(r"\d{4}-\d\d(?:-\d\d)?(?![\d-])|\d+(?:[-/.:,]\d+)+|\w+|-", re.ASCII)
_NUMBER = re.compile(r"(\d{1,3}|20\d\d)(?:st|nd|rd|th|er|e|eme)?")
# Tokens that are codes already: keywords, ISO dates and months, quarters.
_READY = re.compile(r"[A-Z]+|\d{4}-\d\d(-\d\d)?|q[1-4]")


def codes(text: str) -> str:
    """The sentence as codes: "LAST 3 MONTH", "3 TO 9 m11 2026"; "_" for any other word."""
    words = _AMOUNT.sub(" _ ", plain(text))
    words = _DAY_RANGE.sub(r"\1 - \2", words)
    words = _phrases().sub(lambda found: f" {_keywords()[spaced(found[0])]} ", words)
    tokens = _TOKEN.findall(words)
    return " ".join(_coded(tokens))


def _coded(tokens: list[str]) -> Iterator[str]:
    for at, token in enumerate(tokens):
        before = tokens[at - 1] if at else ""
        after = tokens[at + 1] if at + 1 < len(tokens) else ""
        if token not in _filler():
            yield _code(token, before, after, alone=len(tokens) == 1)


def _code(word: str, before: str, after: str, *, alone: bool) -> str:
    if word in _numbers() and (after == "LAST" or after.lower() in UNITS):
        return str(_numbers()[word])
    if number := _NUMBER.fullmatch(word):
        return number[1]
    if _READY.fullmatch(word):
        return word
    doubtful = word in forms("ambiguous", "words")
    if doubtful and not (alone or after.isdigit() or _leads_to_month(before)):
        return "_"
    return "TO" if word == "-" else _month(word)


def _leads_to_month(word: str) -> bool:
    return word.isdigit() or word in {"SINCE", "LAST", "TO"} or word in forms("ambiguous", "after")


def _month(word: str) -> str:
    names = _months()
    if word in names:
        return f"m{names[word]:02}"
    if len(word) >= TYPO_LENGTH:
        choices = [n for n in names if len(n) >= TYPO_LENGTH and n not in TOO_NEAR_TO_OTHERS]
        scorer = OSA.normalized_similarity
        nearest = process.extractOne(word, choices, scorer=scorer, score_cutoff=TYPO_SIMILARITY)
        if nearest:
            return f"m{names[nearest[0]]:02}"
    return "_"


@cache
def _months() -> dict[str, int]:
    names = {form: int(n) for table in tables() for n, fs in table["months"].items() for form in fs}
    for language in languages():
        here = f"{language}_{COUNTRY}"
        locale = Locale.parse(here if localedata.exists(here) else language)
        for usage in locale.months.values():
            for width in ("wide", "abbreviated"):
                names |= {plain(name).strip("."): month for month, name in usage[width].items()}
    return names


@cache
def _numbers() -> dict[str, int]:
    lists = (table["numbers"]["words"] for table in tables())
    return {word: n for words in lists for n, word in enumerate(words, start=1)}


@cache
def _keywords() -> dict[str, str]:
    return {form: keyword.upper() for keyword in KEYWORDS for form in forms("period", keyword)}


@cache
def _phrases() -> re.Pattern[str]:
    return re.compile(rf"\b{any_of(_keywords())}\b")


@cache
def _filler() -> frozenset[str]:
    return frozenset(forms("period", "filler"))
