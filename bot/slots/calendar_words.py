"""Words of the calendar rewritten into codes that are the same in every language."""

import re
from collections.abc import Iterator
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.slots.amounts import without_marked_amounts
from bot.slots.calendar_names import months, weekdays
from bot.slots.identifiers import without_phones
from bot.slots.numbers import number_words
from bot.slots.numeric_dates import certain_as_iso
from bot.slots.words import any_of, forms, plain, spaced, tables

UNITS = ("day", "week", "month", "quarter", "half", "year")
KEYWORDS = (
    *UNITS,
    "today",
    "yesterday",
    "eve",
    "this",
    "last",
    "since",
    "after",
    "start",
    "ago",
    "to",
)
# Whole phrases that say what several codes say.
PHRASES = {"until_now": "TO TODAY", "year_to_date": "SINCE START YEAR"}

# One slip in a name of five letters passes ("agust"), two in one of nine ("setpembr"). "March" is
# out: it is one letter from the French "marche" ("ça marche pas") and from "match".
TYPO_LENGTH = 5
TYPO_SIMILARITY = 0.77
KEYWORD_TYPO_LENGTH = 7
TYPED_WRONG = {"TODAY", "YESTERDAY", "LAST", "WEEK", "QUARTER", "HALF"}
TOO_NEAR_TO_OTHERS = {"march"}
LONGEST_NAME = 12

_SHORT_YEAR = re.compile(r"(?<![\w'])'(\d\d)(?!\w)")
_GLUED = re.compile(r"(?<![\w.,])(\d{1,2})(?=[a-z]{3,9}\b)(?!eme|ere|nde)")
_DAY_RANGE = re.compile(r"(?<![\d/-])(\d{1,2})\s?-\s?(\d{1,2})(?![\d/-])")
_TOKEN = re.compile(r"\d{4}-\d\d(?:-\d\d)?(?![\d-])|\d+(?:[-/.:,]\d+)+|\w+|-", re.ASCII)
_NUMBER = re.compile(r"(\d{1,3}|20\d\d)(st|nd|rd|th|er|ere|e|eme|nde?)?")
# Tokens that are codes already: keywords, ISO dates and months, quarters.
_READY = re.compile(r"[A-Z]+|\d{4}-\d\d(-\d\d)?|q[1-4]")
_PART_OF_YEAR = re.compile(r"[tsh]([1-4])")  # T3 is a quarter, S1 and H1 are half-years
LAST_DAY = 31
COUNTED = {"DAY", "WEEK", "QUARTER", "HALF", "YEAR", "LAST"}

# What only several codes together can tell.
_JOINED = (
    (r"\bON (?=\d{1,2}o m\d\d)|(?<=m\d\d )ON |(?<=\bTO )ON ", ""),
    # « mar. 3 nov. » is a Tuesday
    (r"\bm03 (?=\d{1,2}o? m\d\d)|\bw\d (?=(?:ON )?\d{1,2}o? m|m\d\d \d|\d{4}-)", ""),
    (r"\bW\d ", ""),
    (r"\b([1-4])o QUARTER\b", r"q\1"),
    (r"\b([12])o HALF\b(?! m)", r"h\1"),
    (r"\b(?:LAST QUARTER|QUARTER LAST)(?= 20\d\d)", "q4"),
    (r"\b(m\d\d)(?: m\d\d)+ TO (?=m\d\d\b)", r"\1 TO "),
)


def codes(text: str) -> str:
    """The sentence as codes: "LAST 3 MONTH", "3 TO 9 m11 2026"; "_" for any other word.

    An ordinal keeps its mark ("3o QUARTER" is then q3); "ON 15o" is a day without its month.
    """
    words = without_phones(without_marked_amounts(plain(text)))
    words = certain_as_iso(words)
    words = _SHORT_YEAR.sub(r"20\1", words)
    words = _GLUED.sub(r"\1 ", words)
    words = _DAY_RANGE.sub(r"\1 - \2", words)
    words = _phrases().sub(lambda found: f" {_keywords()[spaced(found[0])]} ", words)
    coded = " ".join(_coded(_TOKEN.findall(words)))
    for pattern, together in _JOINED:
        coded = re.sub(pattern, together, coded)
    return coded


def _coded(tokens: list[str]) -> Iterator[str]:
    filler = _words("period", "filler")
    after = ""
    backwards = []
    for at in range(len(tokens) - 1, -1, -1):
        if tokens[at] not in filler:
            backwards.append(_code(tokens[at], tokens[at - 1] if at else "", after))
            after = tokens[at]
    return reversed(backwards)


def _code(word: str, before: str, after: str) -> str:
    """Code one word by what stands before it and the next word that counts after it."""
    if number := _NUMBER.fullmatch(word):
        return _number(number, before, after)
    if _READY.fullmatch(word):
        return word
    if word == "-":
        return "TO"
    return _counted(word, after) or _weekday(word, after) or _named(word, before, after)


def _number(number: re.Match[str], before: str, after: str) -> str:
    digits, ordinal = number[1], number[2]
    if ordinal and after in _words("numbers", "counted"):
        return "_"
    article = _words("period", "ordinal_after" if ordinal else "day_after")
    # "le 15 du mois dernier" is a day, "le 3 derniers mois" and "du 30 jours" are none
    counts = after in {"QUARTER", "HALF"} if ordinal else after[:1].isdigit() or after in COUNTED
    if before in article and int(digits) <= LAST_DAY and not counts:
        return f"ON {digits}o"
    return f"{digits}o" if ordinal else digits


def _counted(word: str, after: str) -> str | None:
    if word in number_words() and (after == "LAST" or after.lower() in UNITS):
        return str(number_words()[word])
    if word in _ordinals() and (after in {"QUARTER", "HALF"} or after in months()):
        return f"{_ordinals()[word]}o"
    return None


def _weekday(word: str, after: str) -> str | None:
    if word not in weekdays():
        return None
    day, in_full = weekdays()[word]
    if in_full:
        return f"w{day}"
    dated = after[:1].isdigit() or after in months()
    return f"W{day}" if dated and word not in months() else None


def _named(word: str, before: str, after: str) -> str:
    kinds = _words("transactions", "invoice", "payment")
    if part := _PART_OF_YEAR.fullmatch(word):
        letter = "q" if word[0] == "t" else "h"
        real = letter == "q" or part[1] in "12"
        # a T1 is a telephone line too
        dated = (not after or not after.isalpha() or after.isupper()) and (
            before in kinds or _in_a_date(before, after)
        )
        return letter + part[1] if real and dated else "_"
    if word in _words("ambiguous", "words"):
        opens = not before and after in kinds
        closes = before and not after
        return _month(word) if opens or closes or _in_a_date(before, after) else "_"
    return _month(word)


def _in_a_date(before: str, after: str) -> bool:
    return (
        not (before or after)
        or after[:1].isdigit()
        or after in {"TO", "-"}
        or before[:1].isdigit()
        or before in {"SINCE", "AFTER", "LAST", "TO", "-"}
        or before in _words("ambiguous", "after")
    )


def _month(word: str) -> str:
    if word in months():
        return f"m{months()[word]:02}"
    if TYPO_LENGTH <= len(word) <= LONGEST_NAME:
        names, scorer = _long_names(), OSA.normalized_similarity
        nearest = process.extractOne(
            word, names.keys(), scorer=scorer, score_cutoff=TYPO_SIMILARITY
        )
        if nearest:
            return names[nearest[0]]
    return "_"


@cache
def _long_names() -> dict[str, str]:
    names = {
        name: f"m{month:02}"
        for name, month in months().items()
        if len(name) >= TYPO_LENGTH and name not in TOO_NEAR_TO_OTHERS
    }
    keywords = {
        form: code
        for form, code in _keywords().items()
        if len(form) >= KEYWORD_TYPO_LENGTH and form.isalpha() and code in TYPED_WRONG
    }
    return names | keywords


@cache
def _ordinals() -> dict[str, int]:
    return {
        word: n for table in tables() for word, n in table["numbers"].get("ordinals", {}).items()
    }


@cache
def _keywords() -> dict[str, str]:
    codes_of = {keyword: keyword.upper() for keyword in KEYWORDS} | PHRASES
    return {form: code for key, code in codes_of.items() for form in forms("period", key)}


@cache
def _phrases() -> re.Pattern[str]:
    return re.compile(rf"\b{any_of(_keywords())}\b")


@cache
def _words(section: str, *keys: str) -> frozenset[str]:
    return frozenset(form for key in keys for form in forms(section, key))
