"""Which part of the history is looked at, and the few words that choose it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Self

from bot import slots
from bot.errors import UnknownChoice
from bot.i18n import N_, Localizer, languages, phrases
from bot.slots.calendar_words import codes
from bot.slots.spans import adjoining
from bot.slots.words import plain
from store.models import TransactionType

_BUTTON = re.compile(
    r"p(?P<page>[1-9]\d{0,3})"
    r"(?:;t=(?P<type>invoice|payment|credit|refund))?"
    r"(?:;d=(?P<first>\d{8})-(?P<last>\d{8}))?"
    r"(?:;a=(?P<cents>\d{1,9}))?",
    re.ASCII,
)
LONGEST = 100  # characters; whoever writes more says more than what to list
# A date or range in digits is one word.
_WORD = re.compile(r"\d+(?:[/.-]\d+)+|\w+")
_DATE = re.compile(r"\d{1,4}([/.-])\d{1,2}(?:\1\d{2,4})?", re.ASCII)
# Words that may stand beside a type or period in a message that only narrows the list.
BESIDE = phrases(
    "in | for | during | only | just | show | me | my | and | what | about | how | same | thing | "
    "from | please | now | then | on | of | the | one | ones"
)
# Words that may stand beside a type and a period in a message that asks for a list or a file.
ASKING = phrases(
    "list | see | view | give | get | want | need | i | all | the | of | from | please | "
    "can | could | you | us | our"
)
EARLIER = "before "  # an argument that starts so means the one before what is named
INVOICES = phrases("invoice | invoices | bill | bills | statement | statements")
# What asks for the transaction before the one that was just shown.
ONE_EARLIER = phrases(
    "the one before | and the one before | the previous one | and the previous one | "
    "the one before that | and before that | before that | previous | the payment before | "
    "the invoice before | the invoice before that | the invoice before that one | the bill before"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Which part of the history is looked at; a button carries all of it."""

    page: int = 1
    type: TransactionType | None = None
    period: tuple[date, date] | None = None  # both days included
    cents: int | None = None  # the amount of the transaction itself

    @classmethod
    def of_button(cls, args: str) -> Self:
        """Read "p2;t=payment;d=20261001-20261031". Raises UnknownChoice."""
        found = _BUTTON.fullmatch(args)
        try:
            given = [found[name] for name in ("first", "last")] if found else []
            days = [date.fromisoformat(day) for day in given if day]
        except ValueError:
            found = None
        if not found or days != sorted(days):
            raise unknown_button()
        return cls(
            page=int(found["page"]),
            type=TransactionType(found["type"]) if found["type"] else None,
            period=(days[0], days[1]) if days else None,
            cents=int(found["cents"]) if found["cents"] else None,
        )

    @classmethod
    def of_words(cls, text: str, *, today: date) -> Self:
        """Read "payments last month", in any language."""
        kind, found = slots.transaction_type(text), slots.period(text, today=today)
        return cls(
            type=TransactionType(kind) if kind else None,
            period=(found.first, found.last) if found else None,
        )

    @property
    def button(self) -> str:
        kind = f";t={self.type}" if self.type else ""
        days = f";d={self.period[0]:%Y%m%d}-{self.period[1]:%Y%m%d}" if self.period else ""
        cents = f";a={self.cents}" if self.cents is not None else ""
        return f"p{self.page}{kind}{days}{cents}"

    @property
    def is_whole(self) -> bool:
        return self.type is None and self.period is None and self.cents is None

    @property
    def earlier(self) -> Self:
        """What comes right before: the page, or the period, as many months or days long."""
        if self.period is None:
            return replace(self, page=self.page + 1)
        return replace(self, page=1, period=adjoining(*self.period, -1))


def words(text: str) -> list[str]:
    """List the words of a message, made plain."""
    return _WORD.findall(plain(text))


def narrowing(text: str, *beside: str) -> str | None:
    """Give what names a type or a period when a message says nothing besides.

    `beside` are further lists of words, marked by `phrases`, that may stand there.
    """
    if len(text) > LONGEST:
        return None
    idle = in_every_language(BESIDE, *beside)
    rest = " ".join(word for word in words(text) if word not in idle)
    return rest if rest and _only_narrows(rest) else None


def only_period(text: str) -> str | None:
    """Give what names a period when a message says no more: "and for 2025?"."""
    rest = narrowing(text)
    return rest if rest and slots.transaction_type(rest) is None else None


def names_day(text: str) -> bool:
    """Whether a period stands there, or a date whose day and month are in doubt."""
    today = datetime.now(UTC).date()
    return slots.period(text, today=today) is not None or bool(
        slots.date_readings(text, today=today)
    )


@cache
def in_every_language(*msgids: str) -> frozenset[str]:
    """Collect the words of lists marked by `phrases`, in all languages."""
    return frozenset(plain(word) for word in _spoken(*msgids))


def unknown_button() -> UnknownChoice:
    return UnknownChoice(N_("This button no longer works. Please ask me again."))


def _spoken(*msgids: str) -> Iterator[str]:
    for language in languages():
        for msgid in msgids:
            yield from Localizer(language).phrases(msgid)


def _only_narrows(text: str) -> bool:
    kind = slots.transaction_type(text)
    if slots.date_readings(text, today=datetime.now(UTC).date()):
        rest = _DATE.sub(" ", text).split()
        return len(rest) == (1 if kind else 0)
    coded = codes(text).split()
    if not names_day(text):
        return kind is not None and coded == ["_"] and text.replace(" ", "").isalpha()
    return coded.count("_") == (1 if kind else 0)
