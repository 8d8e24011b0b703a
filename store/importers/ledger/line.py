"""One row of a ledger's file: its cells by the names of the header, read as what they are."""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple, TypeVar

from store.importers import cells
from store.importers.refusals import Refused

Choice = TypeVar("Choice", bound=StrEnum)

_A_CENT = 10_000  # millionths of a dollar
_LAST_FOUR = re.compile(r"[0-9]{4}")
_YES = frozenset({"yes", "true", "1", "oui", "vrai"})
_NO = frozenset({"no", "false", "0", "", "non", "faux"})


class Line(NamedTuple):
    """Every method raises Refused for a cell that cannot be."""

    number: int
    named: Mapping[str, str]
    original: list[str]
    trouble: str = ""  # why it could not be read, where it could not
    decimal_comma: bool | None = False

    def text(self, name: str) -> str:
        found = self.named.get(name, "")
        if "\0" in found or (not found.isascii() and not _is_text(found)):
            raise Refused(f"{name} holds characters that are no text")
        return found

    def needed(self, name: str) -> str:
        found = self.text(name)
        if not found:
            raise Refused(f"{name} is missing")
        return found

    def day(self, name: str) -> date:
        found = self.maybe_day(name)
        if found is None:
            raise Refused(f"{name} is missing")
        return found

    def maybe_day(self, name: str) -> date | None:
        text = self.text(name)
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise Refused(f"{name} is {text}: a date such as 2026-11-22 is expected") from None

    def cents(self, name: str) -> int:
        """Read dollars; fractions of a cent are refused."""
        millionths = self.millionths(name)
        if millionths % _A_CENT:
            raise Refused(f"{name} is {self.text(name)}: a fraction of a cent is left over")
        return millionths // _A_CENT

    def maybe_cents(self, name: str) -> int | None:
        return self.cents(name) if self.text(name) else None

    def positive_cents(self, name: str) -> int:
        found = self.cents(name)
        if found <= 0:
            raise Refused(f"{name} is {self.text(name)}: more than nothing is expected")
        return found

    def last_four(self, name: str) -> str:
        found = self.needed(name)
        if not _LAST_FOUR.fullmatch(found):
            raise Refused(f"{name} is not four digits; whole card numbers are never taken")
        return found

    def maybe_last_four(self, name: str) -> str | None:
        return self.last_four(name) if self.text(name) else None

    def millionths(self, name: str) -> int:
        return cells.millionths(self.needed(name), self.decimal_comma)

    def choice(self, name: str, choices: type[Choice], default: Choice | None = None) -> Choice:
        text = self.text(name).casefold().replace(" ", "_")
        if not text and default is not None:
            return default
        try:
            return choices(text)
        except ValueError:
            known = ", ".join(one.value for one in choices)
            raise Refused(f"{name} is {text or 'missing'}: one of {known} is expected") from None

    def flag(self, name: str) -> bool:
        text = self.text(name).casefold()
        if text not in _YES | _NO:
            raise Refused(f"{name} is {text}: yes or no is expected")
        return text in _YES


def _is_text(found: str) -> bool:
    try:
        found.encode()
    except UnicodeEncodeError:
        return False
    return True
