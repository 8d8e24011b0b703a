"""Which of several invoices are meant, besides their dates: "my last 3", "the oldest", "unpaid"."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from bot.slots.calendar_words import UNITS
from bot.slots.numbers import number_words
from bot.slots.words import any_of, forms, plain, spaced

MOST = 99


class Due(StrEnum):
    UNPAID = "unpaid"
    LATE = "late"  # past due
    NOTHING = "paid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """What is said of them; `rest` are the words, made plain, that say nothing of the kind."""

    count: int | None = None  # up to MOST
    newest: bool = False  # "last"
    oldest: bool = False
    first: bool = False  # the oldest of a number or a period
    before_last: bool = False
    due: Due | None = None
    many: bool = False  # invoices are named in the plural
    rest: str = ""

    @property
    def chooses(self) -> bool:
        """Whether these words choose; "last" alone chooses no other than what is usual."""
        return bool(self.count or self.oldest or self.before_last or self.due)


def which(text: str) -> Which:
    """Read what chooses among invoices, in either language."""
    rest, found = plain(text), dict[str, re.Match[str]]()
    for key, pattern in _patterns().items():
        if match := pattern.search(rest):
            found[key] = match
            if key not in {"last", "first"}:  # "last November" and "the first of May" are periods
                rest = f"{rest[: match.start()]} {rest[match.end() :]}"
    due = next((due for due in reversed(Due) if due in found), None)
    many = _plural().search(plain(text)) is not None
    return Which(
        count=_count(found.get("count"), one="last" in found and due is not None and not many),
        newest="last" in found,
        oldest="oldest" in found or ("first" in found and "count" in found),
        first="first" in found,
        before_last="before_last" in found,
        due=due,
        many=many,
        rest=rest,
    )


def _count(found: re.Match[str] | None, *, one: bool) -> int | None:
    """Give the number that is said; "my last unpaid invoice" is one without a number."""
    written = next((n for n in found.groups() if n), "") if found else ""
    if not written:
        return 1 if one else None
    return int(written) if written.isdigit() else int(number_words()[spaced(written)])


@cache
def _plural() -> re.Pattern[str]:
    nouns = forms("transactions", "invoice")
    return re.compile(rf"\b{any_of(noun for noun in nouns if noun.endswith('s'))}\b")


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """Build what finds each, in the order in which they are taken out of a sentence."""
    keys = ("before_last", "oldest", "last", "first", "late", "unpaid", "paid")
    words = {key: any_of(forms("which", key)) for key in keys}
    links, nouns = any_of(forms("which", "links")), any_of(forms("transactions", "invoice"))
    # "last 5 months" is a period, "last 4 digits" belong to a card
    others = (form for unit in UNITS for form in forms("period", unit))
    units = rf"(?![\s-]*{any_of((*others, *forms('which', 'digits')))}\b)"
    several = any_of(word for word, n in number_words().items() if 1 < n <= MOST and n == int(n))
    n = rf"(?<![\w.,:/-])((?:[2-9]|[1-9]\d)(?![\d.,:/-])|{several}\b)"
    beside = "|".join((links, *words.values()))
    counted = (
        rf"{n}(?=(?:\s(?:{beside}))*\s{nouns}\b)",
        rf"\b{words['last']}\s{n}\b{units}",
        rf"{n}\s{words['last']}\b{units}",
        rf"{n}(?=\s{words['oldest']}\b)",
    )
    return {
        "count": re.compile("|".join(counted)),
        **{key: re.compile(rf"\b{words[key]}\b{units}") for key in keys},
    }
