"""Which file of calls is asked for: plain data, so that it can wait in a queue as JSON."""

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self

from bot.billing.windows import Month
from bot.documents import wording
from bot.i18n import Localizer
from bot.slots.words import plain
from store.call_filter import Between, CallFilter, CallOrder, Ending
from store.calls import CallTotals
from store.models.calls import Direction

_WORD = re.compile(r"[a-z0-9]+")
_LONGEST, _DIGEST = 60, 6  # letters of what narrows, and of a digest, in a file's name
# Raise it when what is written changes: older files are no longer taken from the store.
_WRITTEN_AS = 2


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"


_MEDIA_TYPES = {
    Format.CSV: "text/csv",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.PDF: "application/pdf",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsFile:
    wanted: CallFilter
    heading: str  # what was understood, in the reader's language
    first: date  # the period, in the account's zone
    last: date
    zone: str  # IANA
    format: Format
    language: str

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[self.format]

    def filename(self) -> str:
        """Name the file by its period, then by what it leaves out.

        calls-2026-10.csv, appels-2026-10-03_2026-10-09-sortants-vers-les-bermudes.csv
        """
        word = Localizer(self.language).ptext("file name", "calls")
        parts = (word, self._period(), self._narrowed(word))
        return f"{'-'.join(filter(None, parts))}.{self.format}"

    def cache_key(self, totals: CallTotals, *, usage_cents: int | None = None) -> str:
        """Name what the file says; account and language are the store's to add."""
        said = json.dumps([self.to_json(), asdict(totals), usage_cents], sort_keys=True)
        digest = hashlib.sha256(said.encode()).hexdigest()
        return f"calls:{_WRITTEN_AS}:{self.format}:{digest}"

    def to_json(self) -> dict[str, Any]:
        wanted = self.wanted
        return {
            "wanted": asdict(wanted)
            | {"start_at": wanted.start_at.isoformat(), "end_at": wanted.end_at.isoformat()},
            "heading": self.heading,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "zone": self.zone,
            "format": self.format.value,
            "language": self.language,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read what `to_json` wrote. Raises KeyError, TypeError or ValueError for anything else."""
        return cls(
            wanted=_wanted(data["wanted"]),
            heading=data["heading"],
            first=date.fromisoformat(data["first"]),
            last=date.fromisoformat(data["last"]),
            zone=data["zone"],
            format=Format(data["format"]),
            language=data["language"],
        )

    def _narrowed(self, word: str) -> str:
        """Give what the heading says besides calls and period, as a file name may have it.

        Of what is too long, a digest stands for the end.
        """
        days = wording.period(Localizer(self.language), self.first, self.last)
        said = plain(self.heading.removesuffix(days))
        name = "-".join(_WORD.findall(said)).removeprefix(word).strip("-")
        if len(name) <= _LONGEST:
            return name
        digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST]
        return f"{name[:_LONGEST].rpartition('-')[0]}-{digest}"

    def _period(self) -> str:
        first, last = self.first.isoformat(), self.last.isoformat()
        if first == last:
            return first
        month = Month.of(self.first)
        is_month = (self.first, self.last) == (month.first, month.last)
        return str(month) if is_month else f"{first}_{last}"


def _wanted(data: dict[str, Any]) -> CallFilter:
    return CallFilter(
        start_at=datetime.fromisoformat(data["start_at"]),
        end_at=datetime.fromisoformat(data["end_at"]),
        direction=data["direction"] and Direction(data["direction"]),
        ending=Ending(data["ending"]) if data.get("ending") else None,  # older ones have none
        party=data["party"],
        prefixes=tuple(data["prefixes"]),
        seconds=Between(**data["seconds"]),
        charge_millionths=Between(**data["charge_millionths"]),
        order=CallOrder(data["order"]),
        limit=data["limit"],
    )
