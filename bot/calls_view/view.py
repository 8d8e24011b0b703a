"""Which calls of an account are looked at, as a button carries it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self

from bot.history_view import unknown_button
from bot.slots import FORMATS
from bot.slots.places import prefixes
from bot.slots.spans import adjoining
from store.call_filter import Between, CallFilter, CallOrder, Ending
from store.models.calls import Direction

MARK = "@"  # what the argument of a button begins with, and no words do
XLS = "xls"  # what is asked for by this name is given as xlsx
FIRST_YEAR, LAST_YEAR = 2000, 2100
_REGION = "[A-Z]{2}(?:-[A-Z]{2})?"
_PLACE = rf"(?:{_REGION}|(?:\*|{_REGION})/[a-z_]{{1,80}})"  # a place, or a city
_EXTENSION = "ext"
_RANGE = r"\d{0,15}-\d{0,15}"
_PARTS = {
    "d": r"\d{8}-\d{8}",
    "w": "|".join(Direction),
    "a": f"{Ending.ANSWERED}|{Ending.UNANSWERED}",
    "n": r"\+?\d{2,15}",
    "p": rf"{_PLACE}(?:\+{_PLACE}){{0,5}}",
    "s": _RANGE,
    "c": _RANGE,
    "o": "|".join(CallOrder),
    "l": r"[1-9]\d?",
    "g": _EXTENSION,
    "f": "|".join((*FORMATS, XLS)),
}
_PART = re.compile("|".join(f"(?P<{key}>{key}=(?:{form}))" for key, form in _PARTS.items()))


ANY = Between()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsView:
    """Calls by the days they were made on; what the rest means, `CallFilter` of the store says."""

    period: tuple[date, date] | None = None  # both days included; None: the latest month
    direction: Direction | None = None
    ending: Ending | None = None
    party: str | None = None
    places: tuple[str, ...] = ()  # codes of `bot.slots.places`
    seconds: Between = ANY
    charge_millionths: Between = ANY
    order: CallOrder = CallOrder.TIME
    limit: int | None = None
    per_extension: bool = False  # told as the sums of each, the calls are the same

    def button(self, file_format: str | None = None) -> str:
        """Give "@d=20261001-20261031;w=out", which `of_button` reads."""
        return MARK + ";".join(self._parts(file_format))

    def wanted(self, start_at: datetime, end_at: datetime) -> CallFilter:
        """Ask for these calls from one instant to before another."""
        return CallFilter(
            start_at=start_at,
            end_at=end_at,
            direction=self.direction,
            ending=self.ending,
            party=self.party,
            prefixes=tuple(dict.fromkeys(p for code in self.places for p in prefixes(code))),
            seconds=self.seconds,
            charge_millionths=self.charge_millionths,
            order=self.order,
            limit=self.limit,
        )

    def moved(self, step: int) -> Self:
        """Look at as many months or days right before (-1) or after (1)."""
        return self if self.period is None else replace(self, period=adjoining(*self.period, step))

    @property
    def is_whole(self) -> bool:
        """Whether all calls of the period are meant."""
        return replace(self, period=None) == type(self)()

    def _parts(self, file_format: str | None) -> Iterator[str]:
        said = {
            "d": self.period and f"{self.period[0]:%Y%m%d}-{self.period[1]:%Y%m%d}",
            "w": self.direction,
            "a": self.ending,
            "n": self.party,
            "p": "+".join(self.places),
            "s": _range(self.seconds),
            "c": _range(self.charge_millionths),
            "o": self.order if self.order != CallOrder.TIME else None,
            "l": self.limit,
            "g": self.per_extension and _EXTENSION,
            "f": file_format,
        }
        return (f"{key}={value}" for key, value in said.items() if value)


def of_button(args: str) -> tuple[CallsView, str | None]:
    """Read what `CallsView.button` gave. Raises UnknownChoice for anything else."""
    parts = dict(part.split("=", 1) for part in _checked(args))
    view = CallsView(
        period=_days(parts["d"]) if "d" in parts else None,
        direction=Direction(parts["w"]) if "w" in parts else None,
        ending=Ending(parts["a"]) if "a" in parts else None,
        party=parts.get("n"),
        places=_places(parts["p"]) if "p" in parts else (),
        seconds=_between(parts.get("s", "-")),
        charge_millionths=_between(parts.get("c", "-")),
        order=CallOrder(parts.get("o", CallOrder.TIME)),
        limit=int(parts["l"]) if "l" in parts else None,
        per_extension="g" in parts,
    )
    return view, parts.get("f")


def _days(written: str) -> tuple[date, date]:
    try:
        first, last = (date.fromisoformat(day) for day in written.split("-"))
    except ValueError:
        raise unknown_button() from None
    if first > last or not FIRST_YEAR <= first.year <= last.year <= LAST_YEAR:
        raise unknown_button()
    return first, last


def _places(written: str) -> tuple[str, ...]:
    codes = tuple(written.split("+"))
    try:
        for code in codes:
            prefixes(code)
    except KeyError:
        raise unknown_button() from None
    return codes


def _checked(args: str) -> list[str]:
    """Cut a button's argument into its parts, each of a known shape and there once."""
    parts = args.removeprefix(MARK).split(";") if args != MARK else []
    found = [_PART.fullmatch(part) for part in parts]
    keys = [match.lastgroup for match in found if match]
    if not args.startswith(MARK) or not all(found) or len(keys) != len(set(keys)):
        raise unknown_button()
    return parts


def _range(between: Between) -> str:
    if between == ANY:
        return ""
    least, most = ("" if end is None else str(end) for end in (between.least, between.most))
    return f"{least}-{most}"


def _between(written: str) -> Between:
    least, most = (int(end) if end else None for end in written.split("-"))
    return Between(least, most)
